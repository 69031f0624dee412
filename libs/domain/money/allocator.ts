import { sum } from './rational';

/** How an amount that does not divide evenly is spread. The choice is recorded in every settlement: another allocator gives other odd units. */
export interface Allocator {
  readonly version: string;
  /** Spreads `total` (≥ 0) over `weights` (≥ 0); the shares add up to it, weight 0 gets nothing. Throws RangeError when no weight is there to carry it. */
  readonly spread: (total: number, weights: readonly number[]) => number[];
}

/**
 * The same with a ceiling for each: what overflows is spread over those with room by the same weights, until nothing overflows.
 * Throws RangeError when the room of those with a weight does not hold the total.
 */
export function spreadWithin({ spread }: Allocator, total: number, weights: readonly number[], room: readonly number[]): number[] {
  const given = weights.map(() => 0);
  let rest = total;
  let open = weights;
  while (rest > 0) {
    for (const [index, share] of spread(rest, open).entries()) {
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

/** Whether {@link spreadWithin} can place the total. */
export function fitsWithin(total: number, weights: readonly number[], room: readonly number[]): boolean {
  return total <= sum(room.map((ceiling, index) => ((weights[index] ?? 0) > 0 ? Math.max(0, ceiling) : 0)));
}
