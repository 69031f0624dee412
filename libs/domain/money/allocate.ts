import { sum, toAmount } from './rational';

/** Recorded in every settlement: other allocators give other odd units, and a settlement must recompute to the same figures years later. */
export const allocator = 'largest-remainder-1';

/**
 * Spreads `total` (≥ 0) over `weights` (≥ 0) by largest remainder: each gets the whole part of its ideal share, the odd units go to the largest
 * remainders, ties to the earlier. Weight 0 gets nothing. Throws RangeError when there is something to spread and no weight to carry it.
 */
export function allocate(total: number, weights: readonly number[]): number[] {
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

/**
 * The same with a ceiling for each: what overflows is spread over those with room by the same weights, until nothing overflows.
 * Throws RangeError when the room of those with a weight does not hold the total.
 */
export function allocateWithin(total: number, weights: readonly number[], room: readonly number[]): number[] {
  const given = weights.map(() => 0);
  let rest = total;
  let open = weights;
  while (rest > 0) {
    const round = allocate(rest, open);
    for (const [index, share] of round.entries()) {
      const taken = Math.min(share, roomLeft(index));
      given[index] = (given[index] ?? 0) + taken;
      rest -= taken;
    }
    open = weights.map((weight, index) => (roomLeft(index) > 0 ? weight : 0));
  }
  return given;

  function roomLeft(index: number): number {
    return (room[index] ?? 0) - (given[index] ?? 0);
  }
}

/** Whether {@link allocateWithin} can place the total. */
export function fitsWithin(total: number, weights: readonly number[], room: readonly number[]): boolean {
  return total <= sum(room.map((ceiling, index) => ((weights[index] ?? 0) > 0 ? Math.max(0, ceiling) : 0)));
}
