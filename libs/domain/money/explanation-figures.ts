/** "0.09975" → "9.975 %": a decimal rate as people say it. */
export function percent(rate: string): string {
  const [whole = '0', decimals = ''] = rate.split('.');
  const moved = `${whole}${decimals.slice(0, 2).padEnd(2, '0')}`.replace(/^0+(?=\d)/, '');
  const rest = decimals.slice(2).replace(/0+$/, '');
  return `${moved}${rest === '' ? '' : `.${rest}`} %`;
}

/** [1, 2, 3, 5] → ["1–3", "5"]. */
export function ranges(units: readonly number[]): string[] {
  const found: { from: number; to: number }[] = [];
  for (const unit of units) {
    const last = found.at(-1);
    if (last !== undefined && last.to === unit - 1) last.to = unit;
    else found.push({ from: unit, to: unit });
  }
  return found.map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`));
}

/** What most of a kind cost alike; null when they do not. */
export function alike(prices: readonly (number | null)[]): number | null {
  const [first = null] = prices;
  return prices.every((price) => price === first) ? first : null;
}
