import { postingsOfCouponExpired } from '#libs/domain/money/coupon-postings';
import type { Database, Transaction } from './database';
import { newId } from './ids';
import { postForMerchant } from './ledger';
import { statusToCome } from './restored-coupons';

/** A settlement whose money finance did not let go is as if it had not been. */
const stands = `NOT EXISTS (SELECT FROM refund r WHERE r.merchant_id = s.merchant_id AND r.return_id = s.return_id AND r.settlement_id = s.id AND r.status = 'rejected')`;

/** What is known of a coupon: one we gave for the trouble (`returnId`), or one that an order brought (`giftedBy`). */
export interface Coupon {
  readonly code: string;
  readonly status: 'awaiting_approval' | 'granted' | 'used' | 'revoked';
  readonly amount: number;
  readonly currency: string;
  readonly customerId: string;
  readonly reason: string;
  readonly validUntil: Date | null;
  /** The compensation's id; null for a gift that nobody has used yet. */
  readonly id: string | null;
  readonly returnId: string | null;
  readonly giftedBy: string | null;
}
/** A gift that was used once has a row among the compensations: it belongs to its order instead of a return. */
const giftOf = (orderNumber: string) => `order/${orderNumber}`;

interface Row extends Omit<Coupon, 'returnId' | 'giftedBy'> {
  readonly source: string;
}
/** Null when no coupon of the merchant has this code. */
export async function findCoupon(database: Database, merchantId: string, code: string): Promise<Coupon | null> {
  // As the system: row-level security would keep the index of gifted codes from being used.
  return database.asSystem(async (tx) => {
    const [row] = await tx.query<Row>(
      // What a settlement has given back is free, although its own return may not have heard of it yet.
      `SELECT id, code, coalesce(${statusToCome('compensation')}, status) AS status, amount, currency, customer_id AS "customerId", reason, valid_until AS "validUntil", return_id AS source
       FROM compensation WHERE merchant_id = $1 AND code = $2 AND kind = 'coupon'`,
      [merchantId, code],
    );
    if (row) {
      const { source, ...coupon } = row;
      const giftedBy = source.startsWith('order/') ? source.slice('order/'.length) : null;
      return { ...coupon, giftedBy, returnId: giftedBy === null ? source : null };
    }
    const [gift] = await tx.query<{ orderNumber: string; amount: number; currency: string; customerId: string; revoked: boolean }>(
      `SELECT o.order_number AS "orderNumber", o.currency, o.customer_id AS "customerId",
         (SELECT (g ->> 'value')::bigint FROM jsonb_array_elements(o.document -> 'giftedCoupons') g WHERE g ->> 'code' = $2 LIMIT 1) AS amount,
         EXISTS (SELECT FROM settlement s WHERE s.merchant_id = o.merchant_id AND s.order_number = o.order_number AND s.document -> 'coupons' -> 'revoked' ? $2 AND ${stands}) AS revoked
       FROM orders o WHERE o.merchant_id = $1 AND o.document -> 'giftedCoupons' @> jsonb_build_array(jsonb_build_object('code', $2::text)) ORDER BY o.placed_at DESC LIMIT 1`,
      [merchantId, code],
    );
    if (!gift) return null;
    const { orderNumber, revoked, ...known } = gift;
    return { ...known, id: null, code, status: revoked ? 'revoked' : 'granted', reason: 'gifted', validUntil: null, returnId: null, giftedBy: orderNumber };
  });
}

/** Marks an order's gift as used, or as free again; false when it is not in the state for that. The caller holds the order's row, as whoever takes the gift back does. */
export async function setGiftUsed(tx: Transaction, { code, amount, currency, customerId, giftedBy }: Coupon, used: boolean, by: string): Promise<boolean> {
  const source = giftOf(giftedBy!);
  if (!used) {
    const [free] = await tx.query(
      `WITH freed AS (UPDATE compensation SET status = 'granted' WHERE code = $1 AND return_id = $2 AND status = 'used' RETURNING id) SELECT id FROM freed`,
      [code, source],
    );
    return free !== undefined;
  }
  const revoked = await tx.query(`SELECT FROM settlement s WHERE s.order_number = $1 AND s.document -> 'coupons' -> 'revoked' ? $2 AND ${stands} LIMIT 1`, [
    giftedBy,
    code,
  ]);
  if (revoked.length > 0) return false;
  const [row] = await tx.query(
    `INSERT INTO compensation (merchant_id, id, return_id, customer_id, kind, amount, currency, code, status, reason, granted_by, created_at)
     VALUES (current_setting('app.merchant_id'), $1, $2, $3, 'coupon', $4, $5, $6, 'used', 'gifted', $7, now())
     ON CONFLICT (merchant_id, code) WHERE code IS NOT NULL DO UPDATE SET status = 'used' WHERE compensation.status = 'granted' AND compensation.return_id = excluded.return_id
     RETURNING id`,
    [newId('cmp'), source, customerId, amount, currency, code, by],
  );
  return row !== undefined;
}

export interface CompensationRow extends Row {
  readonly kind: string;
  readonly createdAt: Date;
  readonly position: string;
}
/** What a customer was given for their trouble, newest first; gifts of orders are not among it. A code is told once its coupon was granted. */
export async function listCompensations(
  tx: Transaction,
  customerId: string,
  after: readonly [string, string] | null,
  limit: number,
): Promise<CompensationRow[]> {
  return tx.query<CompensationRow>(
    `SELECT id, kind, CASE WHEN status IN ('granted', 'used') OR (status = 'revoked' AND reason <> 'goodwill') THEN code END AS code, status, amount, currency,
       customer_id AS "customerId", reason, valid_until AS "validUntil", return_id AS source, created_at AS "createdAt", created_at::text AS position
     FROM compensation WHERE customer_id = $1 AND return_id NOT LIKE 'order/%' AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3))
     ORDER BY created_at DESC, id DESC LIMIT $4`,
    [customerId, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}

/** Nobody can use the coupon any more, and the books have ended it. */
export async function isExpired(tx: Transaction, id: string): Promise<boolean> {
  const rows = await tx.query('SELECT FROM compensation WHERE id = $1 AND expired_at IS NOT NULL', [id]);
  return rows.length > 0;
}

/** Shops that owe for coupons whose time is over. A day late: a checkout's clock may be behind, and what it takes must still be owed. */
const overdue = `kind = 'coupon' AND status = 'granted' AND expired_at IS NULL AND valid_until < now() - interval '1 day'`;
export async function merchantsWithExpiredCoupons(tx: Transaction): Promise<string[]> {
  const rows = await tx.query<{ merchantId: string }>(`SELECT DISTINCT merchant_id AS "merchantId" FROM compensation WHERE ${overdue}`);
  return rows.map(({ merchantId }) => merchantId);
}

/** Some of a shop's coupons are not owed any more. How many; those that a checkout is about to take are left for the next time. */
export async function expireCoupons(tx: Transaction, merchantId: string, limit: number): Promise<number> {
  const expired = await tx.query<{ id: string; returnId: string; amount: number; currency: string }>(
    `WITH expired AS (UPDATE compensation SET expired_at = now() WHERE (merchant_id, id) IN (
       SELECT merchant_id, id FROM compensation WHERE ${overdue} ORDER BY valid_until LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING id, return_id, amount, currency)
     SELECT id, return_id AS "returnId", amount, currency FROM expired`,
    [limit],
  );
  for (const { id, returnId, ...worth } of expired) {
    const entry = { id: `${id}/expired`, refundId: null, postings: postingsOfCouponExpired(worth) };
    await postForMerchant(tx, merchantId, {
      ...entry,
      type: 'coupon_expired',
      actor: { kind: 'system', id: 'system' },
      data: { compensationId: id, returnId },
    });
  }
  return expired.length;
}
