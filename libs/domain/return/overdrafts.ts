import type { Event } from './evolve';
import { refuse, type Input, type Refusal, type World } from './input';
import { acceptPaidAfterAll } from './paid-after-all';
import type { Refund, ReturnState } from './state';

/**
 * Facts are recorded whatever a balance says: a chargeback after the refund, a refund made elsewhere. Where more has left a tender, or is disputed, than it ever gave, a
 * person has to know. One return of the order speaks for its tenders; the others leave it alone.
 */
export function noticeOverdrafts(before: ReturnState, state: ReturnState, world: World): Event[] {
  if (world.orderSpeaker !== null && world.orderSpeaker !== state.returnId) return [];
  return world.money.tenders.flatMap(({ tenderId, capturedAmount, refundedAmount, disputedAmount }): Event[] => {
    const known = (state.overdrafts ?? []).find((one) => one.tenderId === tenderId) ?? { amount: 0, acceptedAmount: 0 };
    // The balances do not know yet what this very decision moves.
    const moved = paid(state.refunds, tenderId) - paid(before.refunds, tenderId);
    // What was paid for a refund that had been given up is asked of its own return.
    const asked = world.paidElsewhere.reduce((sum, one) => (one.tenderId === tenderId ? sum + one.amount : sum), 0);
    const amount = Math.max(0, refundedAmount + moved + disputedAmount - asked - capturedAmount);
    if (amount === known.amount) return [];
    return [{ type: 'overdraft_changed', tenderId, amount, acceptedAmount: Math.min(amount, known.acceptedAmount) }];
  });
}
const paid = (refunds: readonly Refund[], tenderId: string): number =>
  refunds.reduce((sum, refund) => (refund.tenderId === tenderId && refund.status === 'succeeded' ? sum + refund.amount : sum), 0);

/** Finance takes the loss: it is written off, and asks nobody any more unless it grows. Should the balance recover, so does what was written off. */
export function acceptOverdraft(state: ReturnState, _input: Input<'accept_overdraft'>): readonly Event[] | Refusal {
  const open = openOverdrafts(state);
  const late = acceptPaidAfterAll(state);
  if (open.length + late.length === 0) return refuse('invalid_state', 'no tender of the order is overdrawn, or it was accepted already');
  return [...open.map(({ tenderId, amount }): Event => ({ type: 'overdraft_changed', tenderId, amount, acceptedAmount: amount })), ...late];
}

export const openOverdrafts = (state: ReturnState) => (state.overdrafts ?? []).filter(({ amount, acceptedAmount }) => amount > acceptedAmount);
