import type { Event } from './evolve';
import { refuse, type Refusal } from './input';
import { unitKey, type ReturnState } from './state';
import { isRejected, lineOf, status } from './tables';
import { undoHandover } from './handover';

/** Until the goods are handed over or money is under way. */
export function cancel(state: ReturnState): readonly Event[] | Refusal {
  if (state.units.some((unit) => lineOf(state, unit).goodsBack && !['awaiting', 'kept_by_customer'].includes(unit.logistics))) return refuse('invalid_state', 'the goods are on their way');
  if (state.refunds.length > 0 || state.units.some((unit) => unit.settlementId !== null)) return refuse('invalid_state', 'money is under way');
  if (state.replacements.some((replacement) => replacement.status === 'shipped' || replacement.status === 'delivered')) return refuse('invalid_state', 'the replacement is on its way');
  return [{ type: 'cancelled' }];
}

/** What an end or the end of the appeal window gives back: claims, labels, couriers. */
export function release(before: ReturnState, after: ReturnState): Event[] {
  const ended = before.end === null && after.end !== null;
  const units = after.units.filter((unit) => !unit.released && (ended || dismissed(after, unit)));
  if (units.length === 0) return ended ? undoHandover(after) : [];
  const back = units.filter((unit) => unit.logistics === 'received' && !ended);
  return [
    { type: 'units_released', units: units.map(unitKey), set: { released: true, money: 'none', ...(ended && { inspection: 'waived', logistics: 'kept_by_customer' }) } },
    ...(back.length > 0 ? [{ type: 'sending_back' as const, units: back.map(unitKey), set: { logistics: 'sending_back' as const } }] : []),
    ...(ended || status(after) === 'rejected' ? undoHandover(after) : []),
  ];
}
const dismissed = (state: ReturnState, unit: ReturnState['units'][number]): boolean => isRejected(state, unit) && lineOf(state, unit).appeal === 'dismissed';

/** The appeal window is over: rejected units are free, and what the warehouse kept goes back. */
export function closeAppeals(state: ReturnState): Event[] {
  const units = state.units.filter((unit) => isRejected(state, unit) && !unit.released && lineOf(state, unit).appeal !== 'open');
  const back = units.filter((unit) => unit.logistics === 'received');
  return [
    ...(units.length > 0 ? [{ type: 'units_released' as const, units: units.map(unitKey), set: { released: true, money: 'none' as const } }] : []),
    ...(back.length > 0 ? [{ type: 'sending_back' as const, units: back.map(unitKey), set: { logistics: 'sending_back' as const } }] : []),
  ];
}
