import { postingsOfRefund, reversed } from '#libs/domain/money/postings';
import { isOurCredit, paymentIdOf } from '#libs/domain/money/store-credit';
import type { Event } from '#libs/domain/return/evolve';
import { evolve, type EventOf } from '#libs/domain/return/evolve';
import { manualTender } from '#libs/domain/return/redirect';
import type { Refund, ReturnState } from '#libs/domain/return/state';
import type { Transaction } from '#libs/persistence/database';
import { wakeReturns } from '#libs/persistence/orders';
import type { Change } from '../returns/record';
import { post } from './ledger';

/** What providers, and people about refunds, have said: rows, attempts, balances and ledger follow the state, step by step. */
export function recordRefunds(tx: Transaction, change: Change): void {
  let state: ReturnState = change.before;
  for (const event of change.events) {
    const next = evolve(state, event);
    if (event.type === 'refund_changed') recordOne(tx, change, event, find(state, event.refundId), find(next, event.refundId), next.sequence);
    if (event.type === 'refund_redirected') recordRedirection(tx, change, event, find(state, event.refundId), next.sequence);
    state = next;
  }
}
const find = (state: ReturnState, refundId: string): Refund => state.refunds.find((refund) => refund.refundId === refundId)!;

function recordOne(tx: Transaction, change: Change, event: Event, was: Refund, is: Refund, sequence: number): void {
  tx.write('UPDATE refund SET status = $2, attempt = $3, provider_refund_id = $4, updated_at = $5 WHERE id = $1', [
    is.refundId,
    is.status,
    is.attempt,
    is.providerRefundId,
    change.at,
  ]);
  if (is.attempt > was.attempt) {
    tx.write(`UPDATE refund_attempt SET status = 'failed', answered_at = $3 WHERE refund_id = $1 AND attempt = $2 AND status <> 'failed'`, [
      is.refundId,
      was.attempt,
      change.at,
    ]);
    tx.write(
      `INSERT INTO refund_attempt (merchant_id, refund_id, attempt, idempotency_key, status, requested_at) VALUES (current_setting('app.merchant_id'), $1, $2, $3, 'pending', $4)`,
      [is.refundId, is.attempt, `${is.refundId}/${is.attempt}`, change.at],
    );
  } else {
    tx.write(
      'UPDATE refund_attempt SET status = $3, code = coalesce($4, code), provider_refund_id = $5, answered_at = $6 WHERE refund_id = $1 AND attempt = $2',
      [is.refundId, is.attempt, is.status, (event.detail?.code as string | undefined) ?? null, is.providerRefundId, change.at],
    );
  }
  if ((is.status === 'rejected' || is.status === 'redirected') && was.status !== is.status) tellOthers(tx, change, is.tenderId);
  if (typeof event.detail?.rejectedBy === 'string') {
    tx.write(
      `INSERT INTO refund_approval (merchant_id, refund_id, decision, by_user, at) VALUES (current_setting('app.merchant_id'), $1, 'rejected', $2, $3)`,
      [is.refundId, event.detail.rejectedBy, change.at],
    );
  }
  if (typeof event.detail?.approvedBy === 'string') {
    tx.write(
      `INSERT INTO refund_approval (merchant_id, refund_id, decision, by_user, at) VALUES (current_setting('app.merchant_id'), $1, 'approved', $2, $3)`,
      [is.refundId, event.detail.approvedBy, change.at],
    );
  }
  if (typeof event.detail?.settledBy === 'string') {
    tx.write(
      `INSERT INTO refund_approval (merchant_id, refund_id, decision, by_user, note, at) VALUES (current_setting('app.merchant_id'), $1, 'approved', $2, 'paid out', $3)`,
      [is.refundId, event.detail.settledBy, change.at],
    );
  }
  if ((was.status === 'succeeded') !== (is.status === 'succeeded')) move(tx, change, is, is.status === 'succeeded', sequence);
}

/** The old refund ends, a new one begins, and what it holds of a balance goes with it. Money paid by hand or as store credit holds none. */
function recordRedirection(tx: Transaction, change: Change, { refund }: EventOf<'refund_redirected'>, was: Refund, sequence: number): void {
  const { orderNumber } = change.after.state;
  const tender = change.world.order.tenders.find((candidate) => candidate.tenderId === refund.tenderId);
  tx.write(`UPDATE refund SET status = 'redirected', updated_at = $2 WHERE id = $1`, [was.refundId, change.at]);
  tx.write(
    `INSERT INTO refund (merchant_id, id, return_id, order_number, settlement_id, tender_id, provider, provider_payment_id, amount, currency, status, attempt, granted_by, redirected_from, created_at, updated_at)
     SELECT merchant_id, $2, return_id, order_number, settlement_id, $3, $4, $5, amount, currency, $6, 1, $7, id, $8, $8 FROM refund WHERE id = $1`,
    [was.refundId, refund.refundId, refund.tenderId, refund.provider, tender ? paymentIdOf(tender) : null, refund.status, change.actor.id, change.at],
  );
  tx.write(
    `INSERT INTO refund_attempt (merchant_id, refund_id, attempt, idempotency_key, status, requested_at, answered_at)
     VALUES (current_setting('app.merchant_id'), $1, 1, $1::text || '/1', $2, $3, CASE WHEN $2 = 'succeeded' THEN $3::timestamptz END)`,
    [refund.refundId, refund.status, change.at],
  );
  tx.write('UPDATE tender SET pending_amount = pending_amount - $3 WHERE order_number = $1 AND tender_id = $2', [orderNumber, was.tenderId, was.amount]);
  tellOthers(tx, change, was.tenderId);
  if (tender) {
    tx.write(
      `UPDATE tender SET pending_amount = pending_amount + $3 WHERE order_number = $1 AND tender_id = $2 AND captured_amount - refunded_amount - pending_amount - disputed_amount >= $3`,
      [orderNumber, refund.tenderId, refund.amount],
      // The decision looked at this very balance under the order's lock: a bug, and nothing of it is kept.
      `tender ${refund.tenderId} of order ${orderNumber} has not ${refund.amount} left`,
    );
  }
  if (refund.status === 'succeeded') move(tx, change, refund, true, sequence);
}

/** A balance that was promised twice, or that more has left than came in: other returns wait for it, or speak for it. */
function tellOthers(tx: Transaction, { world, after }: Change, tenderId: string): void {
  const money = world.money.tenders.find((tender) => tender.tenderId === tenderId);
  if (money && money.capturedAmount < money.refundedAmount + money.pendingAmount + money.disputedAmount) wakeReturns(tx, after.state.orderNumber);
}

/** Money has moved, or has come back days later: then the balance is claimed again and the ledger answered, never corrected. `sequence` of its event names the entry. */
function move(tx: Transaction, change: Change, refund: Refund, paid: boolean, sequence: number): void {
  tellOthers(tx, change, refund.tenderId);
  const sign = paid ? 1 : -1;
  const { state } = change.after;
  tx.write('UPDATE tender SET pending_amount = pending_amount - $3, refunded_amount = refunded_amount + $3 WHERE order_number = $1 AND tender_id = $2', [
    state.orderNumber,
    refund.tenderId,
    sign * refund.amount,
  ]);
  const tender = change.world.order.tenders.find((candidate) => candidate.tenderId === refund.tenderId);
  const kind = tender?.kind ?? (refund.tenderId === manualTender ? 'cash' : 'store_credit');
  const postings = postingsOfRefund({ amount: refund.amount, currency: state.currency, kind, elsewhere: tender !== undefined && !isOurCredit(tender) });
  post(tx, change, { id: `${refund.refundId}/${sequence}`, refundId: refund.refundId, postings: paid ? postings : reversed(postings) });
}
