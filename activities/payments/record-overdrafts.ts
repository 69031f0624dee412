import { postingsOfOverdraft } from '#libs/domain/money/fact-postings';
import { evolve } from '#libs/domain/return/evolve';
import type { ReturnState } from '#libs/domain/return/state';
import type { Transaction } from '#libs/persistence/database';
import type { Change } from '../returns/record';
import { post } from './ledger';

/**
 * What finance has written off of a tender that gave less than left it, or of a refund that was paid beside what replaced it, and what of that came back: the ledger follows
 * the accepted amount, up and down.
 */
export function recordOverdrafts(tx: Transaction, change: Change): void {
  let state: ReturnState = change.before;
  for (const event of change.events) {
    const next = evolve(state, event);
    if (event.type === 'overdraft_changed') {
      const amount = accepted(next, event.tenderId) - accepted(state, event.tenderId);
      post(tx, change, { id: `${state.returnId}/overdraft/${next.sequence}`, refundId: null, postings: postingsOfOverdraft(amount, state.currency) });
    }
    if (event.type === 'refund_paid_after_all') {
      const { refundId } = event.paid;
      const amount = takenAsLoss(next, refundId) - takenAsLoss(state, refundId);
      post(tx, change, { id: `${state.returnId}/overdraft/${next.sequence}`, refundId, postings: postingsOfOverdraft(amount, state.currency) });
    }
    state = next;
  }
}
const takenAsLoss = (state: ReturnState, refundId: string): number => state.paidAfterAll?.find((one) => one.refundId === refundId)?.acceptedAmount ?? 0;
const accepted = (state: ReturnState, tenderId: string): number => state.overdrafts?.find((one) => one.tenderId === tenderId)?.acceptedAmount ?? 0;
