import { postingsOfMoneyGone } from '#libs/domain/money/fact-postings';
import { reversed } from '#libs/domain/money/postings';
import type { Teller } from './chargebacks';
import type { Transaction } from './database';
import { postForMerchant } from './ledger';
import { lockOrder, wakeReturns } from './orders';

export interface RefundElsewhere {
  readonly orderNumber: string;
  readonly tenderId: string;
  readonly provider: string;
  readonly providerRefundId: string;
  /** Minor units of the order's currency. */
  readonly amount: number;
  readonly status: 'succeeded' | 'failed';
  /** Ours, as the provider names it; null: it names none. */
  readonly refundId: string | null;
}
/** Of an order `o` what was paid for refunds that had been given up (`World.paidElsewhere`). */
export const paidAfterAll = `(SELECT jsonb_agg(jsonb_build_object('refundId', e.refund_id, 'tenderId', e.tender_id, 'providerRefundId', e.provider_refund_id, 'amount', e.amount))
     FROM refund_elsewhere e JOIN refund f ON f.merchant_id = e.merchant_id AND f.id = e.refund_id
     WHERE e.merchant_id = o.merchant_id AND e.order_number = o.order_number AND e.status = 'succeeded' AND f.order_number = o.order_number AND f.status IN ('redirected', 'rejected'))`;

/** `recorded`: it changed something. `known`: it is ours, or was said before. `undecided`: it may be one of ours about which the provider is being asked. */
export type Recorded = 'recorded' | 'known' | 'undecided';

/**
 * A refund that somebody made at the provider without us: a fact, recorded whatever the balance, and booked. It counts once by the provider's own number, however often and
 * in whatever order it is told; one that failed after all is taken back. So is money that left for a refund of ours that had been given up meanwhile.
 */
export async function recordElsewhere(tx: Transaction, merchantId: string, fact: RefundElsewhere, by: Teller): Promise<Recorded> {
  const { orderNumber, tenderId, provider, providerRefundId, amount, status, refundId } = fact;
  const order = await lockOrder(tx, orderNumber);
  if (!order || amount === 0) return 'known';
  const [known] = await tx.query<{ amount: number; status: string }>(
    'SELECT amount, status FROM refund_elsewhere WHERE provider = $1 AND provider_refund_id = $2',
    [provider, providerRefundId],
  );
  if (known?.status === 'failed' || known?.status === status) return 'known';
  if (!known) {
    const ours = await whetherOurs(tx, fact);
    if (ours) return ours;
  }
  const { currency } = order.order;
  await tx.query(
    `INSERT INTO refund_elsewhere (merchant_id, provider, provider_refund_id, order_number, tender_id, amount, currency, status, refund_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (merchant_id, provider, provider_refund_id) DO UPDATE SET status = excluded.status, updated_at = now()`,
    [merchantId, provider, providerRefundId, orderNumber, tenderId, amount, currency, status, refundId],
  );
  // One that failed before anybody heard of it has moved nothing.
  if (!known && status === 'failed') return 'recorded';
  const moved = known ? -known.amount : amount;
  await tx.query('UPDATE tender SET refunded_amount = refunded_amount + $3 WHERE order_number = $1 AND tender_id = $2', [orderNumber, tenderId, moved]);
  const id = await entryId(tx, `${provider}/${providerRefundId}`);
  const booked = postingsOfMoneyGone('refunded_elsewhere', Math.abs(moved), currency);
  await postForMerchant(tx, merchantId, {
    id: known ? `${id}/undo` : id,
    refundId: null,
    postings: known ? ((await isBooked(tx, id)) ? reversed(booked) : []) : booked,
    type: known ? 'refund_elsewhere_failed' : 'refunded_elsewhere',
    actor: by,
    data: { orderNumber, tenderId, providerRefundId, amount: Math.abs(moved) },
  });
  if (order.lockedAt) wakeReturns(tx, orderNumber);
  return 'recorded';
}

/**
 * It is a refund of ours after all, which stands: from here on it is no money of others. Its order is locked by the caller, who books it as that refund's.
 */
export async function takeOver(
  tx: Transaction,
  merchantId: string,
  { orderNumber, provider, providerRefundId }: Pick<RefundElsewhere, 'orderNumber' | 'provider' | 'providerRefundId'>,
  by: Teller,
): Promise<void> {
  const [gone] = await tx.query<{ tenderId: string; amount: number; currency: string }>(
    `WITH gone AS (DELETE FROM refund_elsewhere WHERE provider = $1 AND provider_refund_id = $2 AND order_number = $3 AND status = 'succeeded' RETURNING *)
     SELECT tender_id AS "tenderId", amount, currency FROM gone`,
    [provider, providerRefundId, orderNumber],
  );
  if (!gone) throw new Error(`refund ${providerRefundId} of ${provider} is not known to have been made elsewhere`);
  const { tenderId, amount, currency } = gone;
  await tx.query('UPDATE tender SET refunded_amount = refunded_amount - $3 WHERE order_number = $1 AND tender_id = $2', [orderNumber, tenderId, amount]);
  await postForMerchant(tx, merchantId, {
    id: `${await entryId(tx, `${provider}/${providerRefundId}`)}/ours`,
    refundId: null,
    postings: reversed(postingsOfMoneyGone('refunded_elsewhere', amount, currency)),
    type: 'refund_elsewhere_is_ours',
    actor: by,
    data: { orderNumber, tenderId, providerRefundId, amount },
  });
}

/** Null: it is nobody's of ours. One that we gave up (redirected, rejected) moved money all the same; one that failed says nothing new by failing. */
async function whetherOurs(
  tx: Transaction,
  { orderNumber, tenderId, provider, providerRefundId, amount, status, refundId }: RefundElsewhere,
): Promise<Recorded | null> {
  const ours = await tx.query<{ known: boolean; undecided: boolean }>(
    `SELECT r.provider_refund_id = $3 AND (r.status NOT IN ('redirected', 'rejected') OR $5) AS known,
       r.provider_refund_id IS NULL AND r.tender_id = $4 AND r.amount = $6 AND r.status IN ('pending', 'unknown')
         AND NOT jsonb_path_exists(one.state, '$.refunds[*] ? (@.refundId == $id && (@.held == true || @.paused == true))', jsonb_build_object('id', r.id))
         OR r.id = $7 AND r.status = 'failed' AND NOT $5 AS undecided
     FROM return one JOIN refund r ON r.merchant_id = one.merchant_id AND r.return_id = one.id WHERE one.order_number = $1 AND r.provider = $2`,
    [orderNumber, provider, providerRefundId, tenderId, status === 'failed', amount, refundId],
  );
  if (ours.some((one) => one.known)) return 'known';
  return ours.some((one) => one.undecided) ? 'undecided' : null;
}

const isBooked = async (tx: Transaction, id: string): Promise<boolean> =>
  (await tx.query('SELECT FROM ledger_posting WHERE entry_id = $1 LIMIT 1', [`led_${id}`])).length > 0;

/** Money that became a refund of ours, failed, and was paid once more is booked once more: under a name of its own, for an entry counts once. */
async function entryId(tx: Transaction, id: string): Promise<string> {
  let own = id;
  for (let times = 2; await isBooked(tx, `${own}/ours`); times += 1) own = `${id}/${times}`;
  return own;
}
