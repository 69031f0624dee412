import { advanceOf, withdrawAdvances } from './advance-withdrawal';
import type { Event } from './evolve';
import { refuse, type Input, type Refusal, type World } from './input';
import { unitKey, type Replacement, type ReturnState, type Unit } from './state';
import { destination, isRejected, lineOf, status } from './tables';
import { undoHandover } from './handover';
import { isOpenFor } from './offers';

/** Until the goods are handed over or money is under way. An advance that has not left is called off with it. */
export function cancel(state: ReturnState, { actor }: Input<'cancel'>): readonly Event[] | Refusal {
  if (state.units.some((unit) => lineOf(state, unit).goodsBack && !['awaiting', 'kept_by_customer'].includes(unit.logistics)))
    return refuse('invalid_state', 'the goods are on their way');
  const withdrawn = withdrawAdvances(state, actor.id);
  const owed = state.refunds.some((refund) => refund.status !== 'rejected' && !advanceOf(state, refund));
  if (withdrawn === null || owed || state.units.some((unit) => unit.settlementId !== null)) return refuse('invalid_state', 'money is under way');
  const replaced = (...found: readonly Replacement['status'][]) => state.replacements.some((one) => found.includes(one.status));
  if (replaced('shipped', 'delivered')) return refuse('invalid_state', 'the replacement is on its way');
  if (replaced('lost')) return refuse('invalid_state', 'the replacement was lost; an agent sees to it first');
  return [...withdrawn, { type: 'cancelled' }];
}

/** What an end or the end of an appeal gives back: claims, labels, couriers. */
export function release(before: ReturnState, after: ReturnState): Event[] {
  if (before.end === null && after.end !== null) {
    const units = after.units.filter((unit) => !unit.released).map(unitKey);
    const released: Event = { type: 'units_released', units, set: { released: true, money: 'none', inspection: 'waived', logistics: 'kept_by_customer' } };
    return [...(units.length > 0 ? [released] : []), ...undoHandover(after)];
  }
  return giveUp(
    after,
    after.units.filter((unit) => !unit.released && isRejected(after, unit) && appealSpent(after, unit)),
  );
}

/** Once a line: dismissed is the last word, and who was heard once is not heard again about what comes later. */
const appealSpent = (state: ReturnState, unit: Unit): boolean => ['dismissed', 'upheld'].includes(lineOf(state, unit).appeal ?? '');

/** The appeal window is over: rejected units are free, and what the warehouse kept goes back. */
export const closeAppeals = (state: ReturnState): Event[] =>
  giveUp(
    state,
    state.units.filter((unit) => isRejected(state, unit) && !unit.released && lineOf(state, unit).appeal !== 'open'),
  );
/** A policy that gives no window for appeals keeps nobody waiting for one. */
export const closeWithoutWindow = (state: ReturnState, world: World): Event[] => (world.policy.deadlines.appeal || state.end ? [] : closeAppeals(state));

function giveUp(state: ReturnState, units: readonly Unit[]): Event[] {
  if (units.length === 0) return [];
  const back = units.filter((unit) => destination(unit, 'send_back') === 'sending_back');
  return [
    { type: 'units_released', units: units.map(unitKey), set: { released: true, money: 'none' } },
    ...(back.length > 0 ? [{ type: 'sending_back' as const, units: back.map(unitKey), set: { logistics: 'sending_back' as const } }] : []),
    ...(status(state) === 'rejected' ? undoHandover(state) : []),
  ];
}

/** An offer about nothing any more: nobody is asked to answer it. */
export const closeOffers = (state: ReturnState): Event[] =>
  state.offers
    .filter((offer) => offer.status === 'open' && !isOpenFor(state, offer.resolution))
    .map((offer): Event => ({ type: 'offer_closed', offerId: offer.offerId, set: { status: 'expired' } }));
