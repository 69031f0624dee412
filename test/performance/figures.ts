/** The value below which `share` of them lie; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** For people: 1234, 56.7, 0.89. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  const size = Math.abs(value);
  return value.toFixed(size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2);
}

/** Rows under a heading, the first column to the left and the others to the right. */
export function table(heading: string, columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [columns, ...rows];
  const widths = columns.map((_, index) => Math.max(...all.map((row) => (row[index] ?? '').length)));
  const line = (row: readonly string[]) =>
    `  ${columns.map((_, index) => (index === 0 ? (row[index] ?? '').padEnd(widths[index]!) : (row[index] ?? '').padStart(widths[index]!))).join('  ')}`.trimEnd();
  return [heading, line(columns), `  ${widths.map((width) => '-'.repeat(width)).join('  ')}`, ...rows.map(line)].join('\n');
}
