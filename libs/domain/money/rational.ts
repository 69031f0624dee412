/** Exact fractions. Money is a safe integer at the edges and a bigint inside, so nothing between is ever rounded by a machine. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** An amount left the range in which integers are exact (± 2^53 − 1 minor units). */
export class AmountTooLarge extends RangeError {
  override readonly name = 'AmountTooLarge';
}

const decimal = /^\d{1,12}(\.\d{1,18})?$/;

export function isRate(text: string): boolean {
  return decimal.test(text);
}

const parsed = new Map<string, Fraction>();

/** "0.09975" → 9975/100000. Throws RangeError unless the text is a non-negative decimal number. */
export function parseRate(text: string): Fraction {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  if (!isRate(text)) throw new RangeError(`not a decimal rate: ${text}`);
  const [whole = '0', decimals = ''] = text.split('.');
  const rate = { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
  // The rates in force are a handful, asked for again with every line; the bound keeps a flood of odd ones from staying.
  if (parsed.size < 1000) parsed.set(text, rate);
  return rate;
}

/** The sum of rates over one common denominator. */
export function sumOfRates(rates: readonly Fraction[]): Fraction {
  return rates.reduce(
    (all, rate) => ({ numerator: all.numerator * rate.denominator + rate.numerator * all.denominator, denominator: all.denominator * rate.denominator }),
    { numerator: 0n, denominator: 1n },
  );
}

/** R(numerator / denominator): the nearest integer, halves away from zero. */
export function roundHalfAway(numerator: bigint, denominator: bigint): bigint {
  if (denominator === 0n) throw new RangeError('division by zero');
  const belowZero = numerator < 0n !== denominator < 0n;
  const above = numerator < 0n ? -numerator : numerator;
  const below = denominator < 0n ? -denominator : denominator;
  const rounded = (2n * above + below) / (2n * below);
  return belowZero ? -rounded : rounded;
}

const { isSafeInteger } = Number;

/** A bigint back at the edge; throws AmountTooLarge beyond the safe integers. */
export function toAmount(value: bigint): number {
  const amount = Number(value);
  // Whatever lies outside the safe integers is also rounded to something outside of them.
  if (!isSafeInteger(amount)) throw new AmountTooLarge(`${value} is beyond what can be counted exactly`);
  return amount;
}

/** amount × factor, exact or AmountTooLarge. */
export function times(amount: number, factor: number): number {
  return toAmount(BigInt(amount) * BigInt(factor));
}

/** The sum, exact or AmountTooLarge. */
export function sum(amounts: readonly number[]): number {
  let total = 0;
  for (const amount of amounts) {
    total += amount;
    if (!isSafeInteger(total)) throw new AmountTooLarge(`a sum of ${amounts.length} amounts is beyond what can be counted exactly`);
  }
  return total;
}

/** R(amount × part / whole). A whole of nothing has no parts: 0. */
export function proportion(amount: number, part: number, whole: number): number {
  if (whole === 0 || amount === 0) return 0;
  return toAmount(roundHalfAway(BigInt(amount) * BigInt(part), BigInt(whole)));
}

/** R(amount × rate). */
export function atRate(amount: number, rate: Fraction): number {
  return toAmount(roundHalfAway(BigInt(amount) * rate.numerator, rate.denominator));
}

/** R(amount × rate ÷ (1 + all)): the tax of one rate inside an amount that bears `all` of them. */
export function insideAtRate(amount: number, rate: Fraction, all: Fraction): number {
  return toAmount(roundHalfAway(BigInt(amount) * rate.numerator * all.denominator, rate.denominator * (all.denominator + all.numerator)));
}

/** −amount, without the negative zero that JSON and comparisons trip over. */
export function negative(amount: number): number {
  return amount === 0 ? 0 : -amount;
}
