import type { Allocator } from './allocator';
import { toAmount } from './rational';

/** Largest remainder: each gets the whole part of its ideal share, the odd units go to the largest remainders, ties to the earlier. */
export const largestRemainder = { version: 'largest-remainder-1', spread } as const satisfies Allocator;

function spread(total: number, weights: readonly number[]): number[] {
  if (total < 0 || weights.some((weight) => weight < 0)) throw new RangeError('only what is not negative can be spread');
  if (total === 0) return weights.map(() => 0);
  const whole = weights.reduce((all, weight) => all + BigInt(weight), 0n);
  if (whole === 0n) throw new RangeError('nothing carries a weight');
  const ideals = weights.map((weight) => BigInt(total) * BigInt(weight));
  const shares = ideals.map((ideal) => ideal / whole);
  let odd = BigInt(total) - shares.reduce((all, share) => all + share, 0n);
  const byRemainder = ideals
    .map((ideal, index) => ({ remainder: ideal % whole, index }))
    .toSorted((one, other) => (one.remainder === other.remainder ? one.index - other.index : one.remainder > other.remainder ? -1 : 1));
  for (const { index } of byRemainder) {
    if (odd === 0n) break;
    shares[index] = (shares[index] ?? 0n) + 1n;
    odd -= 1n;
  }
  return shares.map(toAmount);
}
