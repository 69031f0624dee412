import { paymentIdOf } from '../money/store-credit';
import { storeCreditTender } from '../money/tenders';
import { isAsked } from './contradictions';
import type { Event } from './evolve';
import { refuse, type Input, type Refusal, type World } from './input';
import { notTwice, openOtherwise } from './paid-after-all';
import { payment } from './settlement';
import type { Refund, ReturnState } from './state';

/** Where a refund goes that is paid out by hand: no tender of the order. */
export const manualTender = 'manual';

/** A refund that cannot be paid to its tender goes somewhere else: another tender of the order, store credit with the customer's consent, or by hand. */
export function redirectRefund(state: ReturnState, { refundId, to, actor }: Input<'redirect_refund'>, world: World): readonly Event[] | Refusal {
  const refund = state.refunds.find((candidate) => candidate.refundId === refundId);
  if (!refund) return refuse('not_found', `no refund ${refundId}`);
  if (isAsked(refund)) return refuse('invalid_state', 'the provider is being asked what became of it');
  // One that a dispute holds is not sent round it: lost, the dispute itself has given the customer the money.
  if (refund.status !== 'failed') return refuse('invalid_state', `the refund is ${refund.status}; only one that failed is redirected`);
  const paid = openOtherwise(state, refund, world);
  if (paid) return notTwice(paid);
  if (to === refund.tenderId) return refuse('invalid_state', 'that is where it goes already; a failed one can be tried again');
  const target = targetOf(state, refund, to, world);
  if ('refusal' in target) return target;
  const fresh = { attempt: 1, round: 1, notBefore: null, providerRefundId: null, held: false } as const;
  const { settlementId, amount } = refund;
  const redirected: Refund = { refundId: world.newId('rfd'), settlementId, amount, ...fresh, ...target, by: actor.id, replaces: refundId };
  return [{ type: 'refund_redirected', refundId, refund: redirected, detail: { by: actor.id } }];
}

type Target = Pick<Refund, 'tenderId' | 'provider' | 'status' | 'call'>;
function targetOf(state: ReturnState, refund: Refund, to: string, world: World): Target | Refusal {
  if (to === manualTender) return { tenderId: manualTender, provider: manualTender, status: 'awaiting_payout', call: null };
  if (to === storeCreditTender.tenderId) {
    const consent = state.refundTo === 'store_credit' || state.offers.some((offer) => offer.resolution === 'store_credit' && offer.status === 'accepted');
    if (!consent) return refuse('invalid_state', 'the customer has not agreed to store credit; offer it first');
    return { tenderId: to, provider: 'boomerang', status: 'succeeded', call: null };
  }
  const tender = world.order.tenders.find((candidate) => candidate.tenderId === to);
  if (!tender) return refuse('not_found', `the order has no tender ${to}`);
  const money = world.money.tenders.find((candidate) => candidate.tenderId === to);
  const available = money ? money.capturedAmount - money.refundedAmount - money.pendingAmount - money.disputedAmount : 0;
  if (available < refund.amount) return refuse('amount_unavailable', `tender ${to} has ${available} left, the refund is ${refund.amount}`);
  return { tenderId: to, provider: tender.provider, ...payment(tender.kind, paymentIdOf(tender)) };
}
