import { proportion } from '../money/rational';
import type { Order } from '../order';
import { isCounted, keptWithin } from './advance-keeping';
import { less, promisedOf, restOf, settledOf, total } from './advance-book';
import type { Event } from './evolve';
import { refuse, type Input, type Refusal, type World } from './input';
import { unitKey, type Advance, type Refund, type ReturnState } from './state';

/** What an advance has promised and nobody has paid can still be let go of. Nothing here touches money that left, or that may have. */
export const advanceOf = (state: ReturnState, { settlementId }: Pick<Refund, 'settlementId'>): Advance | undefined =>
  state.advances?.find(({ advanceId }) => advanceId === settlementId);
const isLive = ({ status }: Refund): boolean => status !== 'redirected' && status !== 'rejected';
export const refundsOfAdvance = (state: ReturnState, { advanceId }: Advance): readonly Refund[] =>
  state.refunds.filter((refund) => refund.settlementId === advanceId && isLive(refund));

/** It waits for a word of finance or for a dispute's end, was not sent because its provider is paused, or has definitely failed: nobody paid it, and nobody is about to. */
export const isUnpaid = ({ status, held, paused, call }: Refund): boolean =>
  status === 'failed' ? call === null : status === 'awaiting_approval' || held || (paused === true && call === 'refund');

const dropped = (refund: Refund, detail: Event['detail']): Event => ({
  type: 'refund_changed',
  refundId: refund.refundId,
  set: { status: 'rejected', call: null, notBefore: null, held: false, ...(refund.paused && { paused: false }) },
  detail,
});

/** Lets go of some refunds of an advance: it has promised that much less. Points that wait with them are not given back. */
export function letGo(
  state: ReturnState,
  advance: Advance,
  refunds: readonly Refund[],
  order: Order,
  detail: Event['detail'] = { letGo: true },
): { readonly events: readonly Event[]; readonly left: Advance } {
  if (refunds.length === 0) return { events: [], left: advance };
  const inPoints = (some: readonly Refund[]) =>
    total(some.filter(({ tenderId }) => order.tenders.some((tender) => tender.tenderId === tenderId && tender.kind === 'points')));
  const all = inPoints(refundsOfAdvance(state, advance));
  const left: Advance = {
    ...advance,
    withdrawnAmount: advance.withdrawnAmount + total(refunds),
    tenders: less(advance.tenders, refunds, 'tenderId'),
    pointsRestored: all === 0 ? advance.pointsRestored : proportion(advance.pointsRestored, all - inPoints(refunds), all),
  };
  const { withdrawnAmount, tenders, pointsRestored } = left;
  const kept = advance.kept && { kept: keptWithin(left) };
  const nothing = promisedOf(left) === 0;
  const set = { withdrawnAmount, tenders, pointsRestored, ...(nothing && { shipping: [] }), ...kept };
  return {
    events: [...refunds.map((refund) => dropped(refund, detail)), { type: 'advance_changed', advanceId: advance.advanceId, set }],
    left: { ...left, ...set },
  };
}

/** Every advance of a return that is called off, or why that cannot be. */
export function withdrawAdvances(state: ReturnState, by: string): readonly Event[] | null {
  const advances = (state.advances ?? []).filter((advance) => promisedOf(advance) > 0);
  if (advances.some((advance) => settledOf(advance) > 0 || refundsOfAdvance(state, advance).some((refund) => !isUnpaid(refund)))) return null;
  return advances.flatMap((advance) => withdrawn(state, advance, [], { letGo: true, by }));
}
const withdrawn = (state: ReturnState, advance: Advance, lines: readonly string[], detail: Event['detail']): Event[] => [
  ...refundsOfAdvance(state, advance).map((refund) => dropped(refund, detail)),
  { type: 'advance_withdrawn', advanceId: advance.advanceId, lines, detail: { amount: promisedOf(advance) } },
];

/**
 * Finance lets none of an advance go, and its lines are an agent's to decide once more: the goods may still come, and are then settled as they are found. All of it or
 * nothing, like a settlement. Once its units are decided, what nobody has paid can be dropped piece by piece, as far as nothing is owed for it.
 */
export function rejectAdvance(
  state: ReturnState,
  advance: Advance,
  refund: Refund,
  { order, money }: World,
  { actor }: Input<'reject_refund'>,
): readonly Event[] | Refusal {
  if (isCounted(advance, money)) return refuse('invalid_state', 'a later return of these units has given that much less: the refund is owed');
  const detail = { rejectedBy: actor.id };
  if (advance.recovery !== null) {
    const droppable = isUnpaid(refund) || refund.status === 'awaiting_payout';
    if (droppable && refund.amount <= restOf(advance)) return letGo(state, advance, [refund], order, detail).events;
    return refuse('invalid_state', `the refund is ${refund.status}; only what was not paid and is not owed is rejected now`);
  }
  if (refund.status !== 'awaiting_approval' && !refund.held)
    return refuse('invalid_state', `the refund is ${refund.status}; one is rejected while it waits for approval, or for a dispute`);
  if (settledOf(advance) > 0 || refundsOfAdvance(state, advance).some((other) => !isUnpaid(other)))
    return refuse('invalid_state', 'a part of this advance has been paid, is under way, or has been settled; the rest of it goes with it');
  const open = state.units.filter((unit) => advance.units.includes(unitKey(unit)) && unit.money === 'quoted' && !unit.released);
  return withdrawn(state, advance, [...new Set(open.map(({ lineId }) => lineId))], detail);
}
