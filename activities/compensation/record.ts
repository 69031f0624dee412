import { postingsOfCouponExpired, postingsOfCouponUsed } from '#libs/domain/money/coupon-postings';
import { postingsOfCompensation, reversed } from '#libs/domain/money/postings';
import { creditMovements, takenBack } from '#libs/domain/money/store-credit';
import { evolve } from '#libs/domain/return/evolve';
import type { Compensation, ReturnState } from '#libs/domain/return/state';
import { isExpired } from '#libs/persistence/coupons';
import type { Transaction } from '#libs/persistence/database';
import { isMove, overtakeMoves } from '#libs/persistence/restored-coupons';
import { lockCredit } from '#libs/persistence/store-credit';
import { post } from '../payments/ledger';
import type { Change } from '../returns/record';
import { recordRestoredCoupons } from './restored-coupons';

/** Coupons, points and credit for the trouble: ours to give, so they are issued in the deciding transaction, and undone the same way. */
export async function recordCompensations(tx: Transaction, change: Change): Promise<void> {
  await recordRestoredCoupons(tx, change);
  let state: ReturnState = change.before;
  for (const event of change.events) {
    const next = evolve(state, event);
    if (event.type === 'compensation_granted') {
      const { code, reason, validUntil } = (event.detail ?? {}) as { code?: string; reason: string; validUntil?: number | null };
      insert(tx, change, event.compensation, { code: code ?? null, reason, validUntil: validUntil ? new Date(validUntil).toISOString() : null });
      if (event.compensation.status === 'granted') grant(tx, change, event.compensation);
    }
    if (event.type === 'compensation_changed') {
      const was = state.compensations.find((one) => one.id === event.id)!;
      const is = next.compensations.find((one) => one.id === event.id)!;
      tx.write('UPDATE compensation SET status = $2 WHERE id = $1', [is.id, is.status]);
      if (is.kind === 'coupon' && !isMove(change.cause)) overtakeMoves(tx, change.before.returnId, is.id);
      await book(tx, change, was, is, next.sequence);
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

/** What a change of status is in the books. Waiting for approval is nothing yet, and refused it never was anything. `sequence` of its event names the entry. */
async function book(tx: Transaction, change: Change, was: Compensation, is: Compensation, sequence: number): Promise<void> {
  if (was.status === 'awaiting_approval' && is.status === 'granted') grant(tx, change, is);
  if (was.status === 'granted' && is.status === 'revoked') await revoke(tx, change, is);
  const used = was.status === 'granted' && is.status === 'used';
  const released = was.status === 'used' && is.status === 'granted';
  if (!used && !released) return;
  const worth = { amount: is.amount, currency: change.after.state.currency };
  // Once its end is in the books, a use takes that back, and its release ends it again: finance may withdraw what gave it back long after.
  const ended = (await isExpired(tx, is.id)) ? reversed(postingsOfCouponExpired(worth)) : [];
  const postings = [...ended, ...postingsOfCouponUsed(worth)];
  post(tx, change, { id: `${is.id}/${sequence}`, refundId: null, postings: used ? postings : reversed(postings) });
}

function grant(tx: Transaction, change: Change, { id, kind, amount }: Compensation): void {
  post(tx, change, { id, refundId: null, postings: postingsOfCompensation({ kind, amount, currency: change.after.state.currency }) });
}

async function revoke(tx: Transaction, change: Change, { id, kind, amount }: Compensation): Promise<void> {
  // Its end is in the books already.
  if (kind === 'coupon' && (await isExpired(tx, id))) return;
  const { currency } = change.after.state;
  const left = kind === 'credit' ? takenBack(amount, await creditLeft(tx, change)) : amount;
  const postings = left === 0 ? [] : postingsOfCompensation({ kind, amount: left, currency });
  post(tx, change, { id: `${id}/undo`, refundId: null, postings: reversed(postings) });
}

/** The balance as this transaction will leave it: its own movements are written last. */
async function creditLeft(tx: Transaction, { world, after, ledger }: Change): Promise<number> {
  const before = await lockCredit(tx, world.order.customer.id, after.state.currency);
  return creditMovements(ledger).reduce((sum, { amount }) => sum + amount, before);
}
