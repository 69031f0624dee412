import { postingsOfCompensation, reversed } from '#libs/domain/money/postings';
import { evolve } from '#libs/domain/return/evolve';
import type { Compensation, ReturnState } from '#libs/domain/return/state';
import type { Transaction } from '#libs/persistence/database';
import { post } from '../payments/ledger';
import type { Change } from '../returns/record';

/** Coupons, points and credit for the trouble: ours to give, so they are issued in the deciding transaction, and undone the same way. */
export function recordCompensations(tx: Transaction, change: Change): void {
  let state: ReturnState = change.before;
  for (const event of change.events) {
    const next = evolve(state, event);
    if (event.type === 'compensation_granted') {
      const { code, reason, validUntil } = (event.detail ?? {}) as { code?: string; reason: string; validUntil?: number | null };
      insert(tx, change, event.compensation, { code: code ?? null, reason, validUntil: validUntil ? new Date(validUntil).toISOString() : null });
      if (event.compensation.status === 'granted') book(tx, change, event.compensation, true);
    }
    if (event.type === 'compensation_changed') {
      const was = state.compensations.find((one) => one.id === event.id)!;
      const is = next.compensations.find((one) => one.id === event.id)!;
      tx.write('UPDATE compensation SET status = $2 WHERE id = $1', [is.id, is.status]);
      if (was.status === 'awaiting_approval' && is.status === 'granted') book(tx, change, is, true);
      if (was.status === 'granted' && is.status === 'revoked') book(tx, change, is, false);
    }
    state = next;
  }
}

function insert(
  tx: Transaction,
  { after, world, actor, at }: Change,
  compensation: Compensation,
  more: { code: string | null; reason: string; validUntil: string | null },
): void {
  tx.write(
    `INSERT INTO compensation (merchant_id, id, return_id, customer_id, kind, amount, currency, code, status, reason, valid_until, granted_by, created_at)
     VALUES (current_setting('app.merchant_id'), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    // prettier-ignore
    [compensation.id, after.state.returnId, world.order.customer.id, compensation.kind, compensation.amount, after.state.currency, more.code, compensation.status, more.reason, more.validUntil, actor.id, at],
  );
}

function book(tx: Transaction, change: Change, { id, kind, amount }: Compensation, granted: boolean): void {
  const postings = postingsOfCompensation({ kind, amount, currency: change.after.state.currency });
  post(tx, change, { id: granted ? id : `${id}/undo`, refundId: null, postings: granted ? postings : reversed(postings) });
}
