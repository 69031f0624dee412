import { redirected } from './advance-book';
import { advanceOf } from './advance-withdrawal';
import type { Event } from './evolve';
import { refuse, type Input, type Refusal, type World } from './input';
import type { PaidAfterAll, Refund, ReturnState } from './state';

/**
 * A refund was given up (paid another way, or rejected), and then its provider says that it was paid after all. The money that left is a fact of the order; here its return
 * learns of it, so that nobody pays the same a second time: whatever replaces it and has not left is held until finance has chosen.
 */
export function noticePaidAfterAll(state: ReturnState, world: World): Event[] {
  const known = state.paidAfterAll ?? [];
  const paid = paidNow(state, world);
  const news = paid.filter(({ refundId, amount }) => known.find((one) => one.refundId === refundId)?.amount !== amount);
  const gone = known.filter(({ refundId }) => !paid.some((one) => one.refundId === refundId));
  return [
    ...gone.map((one): Event => ({ type: 'refund_paid_after_all', paid: { ...one, amount: 0, acceptedAmount: 0 } })),
    ...news.map((one): Event => ({ type: 'refund_paid_after_all', paid: one })),
    ...state.refunds
      .filter((refund) => !refund.held && hasNotLeft(refund, world.now) && openOtherwise(state, refund, world))
      .map((refund): Event => ({ type: 'refund_changed', refundId: refund.refundId, set: { held: true } })),
  ];
}
/** As the order's facts have it by now, with what finance has said of it: the return itself may not have heard yet. */
function paidNow(state: ReturnState, { paidElsewhere }: World): PaidAfterAll[] {
  const paid = new Map<string, PaidAfterAll>();
  for (const { refundId, tenderId, providerRefundId, amount } of paidElsewhere) {
    if (!state.refunds.some((refund) => refund.refundId === refundId && (refund.status === 'redirected' || refund.status === 'rejected'))) continue;
    const sum = amount + (paid.get(refundId)?.amount ?? 0);
    const { acceptedAmount = 0 } = state.paidAfterAll?.find((one) => one.refundId === refundId) ?? {};
    paid.set(refundId, { refundId, tenderId, providerRefundId, amount: sum, acceptedAmount: Math.min(sum, acceptedAmount) });
  }
  return [...paid.values()];
}

const isOpen = ({ amount, acceptedAmount }: PaidAfterAll): boolean => amount > acceptedAmount;
/** Nobody has said yet what becomes of it. */
export const openPaidAfterAll = (state: ReturnState): readonly PaidAfterAll[] => (state.paidAfterAll ?? []).filter(isOpen);

/** Waits for a person, or for a provider that is paused: it can be kept here. */
const hasNotLeft = ({ status, call, paused, notBefore }: Refund, now: number): boolean =>
  status === 'awaiting_payout' || (status === 'pending' && (paused === true || (call === 'refund' && notBefore !== null && notBefore > now)));
/** The other ways in which the same money was to go: what it replaces, and what was to replace it. */
function otherWays({ refunds }: ReturnState, refund: Refund): string[] {
  const root = (one: Refund): string => {
    const before = refunds.find(({ refundId }) => refundId === one.replaces);
    return before ? root(before) : one.refundId;
  };
  return refunds.filter((one) => one.refundId !== refund.refundId && root(one) === root(refund)).map(({ refundId }) => refundId);
}
/** The same money that was paid another way after all, whatever finance has said of it. */
function paidOtherwise(state: ReturnState, refund: Refund, world: World): PaidAfterAll[] {
  if (world.paidElsewhere.length === 0) return [];
  const others = otherWays(state, refund);
  return paidNow(state, world).filter(({ refundId }) => others.includes(refundId));
}
/** Finance has not said yet what becomes of that: this refund does not leave. */
export const openOtherwise = (state: ReturnState, refund: Refund, world: World): PaidAfterAll | undefined => paidOtherwise(state, refund, world).find(isOpen);
/** What may stand in place of this refund: also when finance has taken the loss, for it may have come back, or not have left. */
export const mayStandInstead = (state: ReturnState, refund: Refund, world: World): PaidAfterAll | undefined => paidOtherwise(state, refund, world)[0];
export const notTwice = (paid: PaidAfterAll): Refusal =>
  refuse('invalid_state', `refund ${paid.refundId}, which this one replaces, was paid after all: reject this one, or accept the loss first`);

/**
 * Finance rejects what was to replace it: the refund that was paid stands, what replaced it is directed back to it, and what was owed has been paid. The settlement stands
 * too, so nothing goes back to an agent. Only for the same money to the unit; any other can only be accepted as a loss.
 */
export function standsInstead(
  state: ReturnState,
  refund: Refund,
  paid: PaidAfterAll,
  { actor }: Input<'reject_refund'>,
  now: number,
): readonly Event[] | Refusal {
  const original = state.refunds.find(({ refundId }) => refundId === paid.refundId)!;
  if (!(hasNotLeft(refund, now) || refund.held || (refund.status === 'failed' && refund.call === null)))
    return refuse('invalid_state', `the refund is ${refund.status}; it may have left`);
  if (original.amount !== paid.amount || original.tenderId !== paid.tenderId)
    return refuse('invalid_state', `the provider has paid ${paid.amount} for refund ${paid.refundId} of ${original.amount}: only the loss can be accepted`);
  const advance = advanceOf(state, refund);
  return [
    {
      type: 'refund_changed',
      refundId: refund.refundId,
      set: { status: 'redirected', call: null, notBefore: null, held: false },
      detail: { rejectedBy: actor.id },
    },
    {
      type: 'refund_changed',
      refundId: original.refundId,
      set: { status: 'succeeded', providerRefundId: paid.providerRefundId },
      detail: { standsInsteadOf: refund.refundId },
    },
    ...(advance
      ? redirected([advance], [refund], { refundId: refund.refundId, refund: original }).map(({ advanceId, tenders }): Event => ({
          type: 'advance_changed',
          advanceId,
          set: { tenders },
        }))
      : []),
  ];
}

/** Finance takes the loss: it is written off, and what was held goes on. */
export const acceptPaidAfterAll = (state: ReturnState): Event[] =>
  openPaidAfterAll(state).map((paid) => ({ type: 'refund_paid_after_all', paid: { ...paid, acceptedAmount: paid.amount } }));
