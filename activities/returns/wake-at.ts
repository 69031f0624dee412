import { due } from '#libs/domain/return/due';
import type { ReturnState } from '#libs/domain/return/state';

/** How long the process has for what is its turn, in milliseconds: to hear its clock, and to have a call made and its answer written. */
const moment = 60_000;
const call = 120_000;

/**
 * When the reconciler wakes a return, unless its process has moved it on by then; null when nothing will happen by itself. A column, so that looking for the neglected
 * does not read whoever merely waits for a person.
 * @param at the return's own clock when the state came about; the answer is ours. Both milliseconds since 1970
 */
export function wakeAt(state: ReturnState, at: number): number | null {
  const { effects, later, moments } = due(state);
  const turns = [...moments.map((one) => one.at + moment), ...effects.map(() => at + call), ...later.map((one) => Math.max(at, one.at) + call)];
  return turns.length === 0 ? null : Math.min(...turns) - state.clockOffset;
}
