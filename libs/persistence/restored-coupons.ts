import { problemOf } from '#libs/contracts/errors';
import type { Actor } from '#libs/contracts/caller';
import { canonical, sha256 } from './canonical';
import type { Database, Transaction } from './database';

/**
 * A coupon of ours comes back when the order it was spent on is unwound. It belongs to another return than the one that unwinds the order, so that return is told by a
 * command: it is written with the settlement, and the reconciler, or whoever wants to spend the coupon before, brings it there.
 */
const from = { caller: 'boomerang', route: 'coupons/restored' } as const;
const system: Actor = { kind: 'system', id: 'boomerang' };
/** A command of this kind that nobody has dealt with yet; at most one of a coupon. */
const waiting = `caller = '${from.caller}' AND route = '${from.route}' AND answer IS NULL`;

/** What moves the coupon: the settlement that unwound the order, or finance that did not let its money go. */
export interface Cause {
  readonly settlementId: string;
  readonly orderNumber: string;
}
interface MoveBody {
  /** `spentOn` null: free again. */
  readonly input: { readonly type: 'coupon_used'; readonly compensationId: string; readonly spentOn: string | null; readonly validUntil: null };
  readonly because: Cause;
}
export interface Move {
  readonly id: string;
  readonly body: MoveBody;
}
/** SQL: the status that a coupon of this table has as soon as its return has heard of what waits; null when nothing does. */
export const statusToCome = (table: string): string =>
  `(SELECT CASE WHEN m.body #>> '{input,spentOn}' IS NULL THEN 'granted' ELSE 'used' END FROM command m
    WHERE m.merchant_id = ${table}.merchant_id AND m.return_id = ${table}.return_id AND ${waiting} AND m.body #>> '{input,compensationId}' = ${table}.id ORDER BY m.created_at DESC LIMIT 1)`;
export interface SpentCoupon {
  readonly id: string;
  readonly returnId: string;
  readonly status: string;
}

const restoringId = ({ settlementId }: Cause, couponId: string) => `${settlementId}/restores/${couponId}`;
const takingId = ({ settlementId }: Cause, couponId: string) => `${settlementId}/spends/${couponId}`;
/** Whether an entry of a return's log was caused by such a command. */
export const isMove = (cause: string): boolean => /^stl_\w+\/(?:restores|spends)\//.test(cause);

/**
 * Our own among these codes that are spent, or about to be once more; one whose time is over by the clock of its return is nobody's to use again. Their rows are held
 * until the transaction ends, so that no return changes what is decided here.
 */
export function lockSpent(tx: Transaction, codes: readonly string[]): Promise<SpentCoupon[]> {
  return tx.query<SpentCoupon>(
    `SELECT c.id, c.return_id AS "returnId", c.status FROM compensation c JOIN return r ON r.merchant_id = c.merchant_id AND r.id = c.return_id
     WHERE c.code IS NOT NULL AND c.code = ANY ($1::text[]) AND c.kind = 'coupon'
       AND (c.valid_until IS NULL OR c.valid_until >= now() + (r.state ->> 'clockOffset')::bigint * interval '1 millisecond')
       AND (c.status = 'used' OR EXISTS (SELECT FROM command m WHERE m.return_id = c.return_id AND ${waiting} AND m.body #>> '{input,compensationId}' = c.id))
     ORDER BY c.id FOR UPDATE OF c`,
    [codes],
  );
}

/** The coupons that a settlement brought back, or is about to. Held as well. */
export function lockRestored(tx: Transaction, { settlementId }: Cause): Promise<SpentCoupon[]> {
  return tx.query<SpentCoupon>(
    `SELECT c.id, c.return_id AS "returnId", c.status FROM compensation c
     WHERE c.kind = 'coupon' AND c.code IS NOT NULL AND c.code = ANY (ARRAY (SELECT jsonb_array_elements_text(s.document -> 'coupons' -> 'restored') FROM settlement s WHERE s.id = $1))
       AND EXISTS (SELECT FROM command m WHERE m.id = $1 || '/restores/' || c.id)
     ORDER BY c.id FOR UPDATE OF c`,
    [settlementId],
  );
}

/** Free again, if it is spent on this very order. */
export async function restoreCoupon(tx: Transaction, coupon: SpentCoupon, cause: Cause): Promise<void> {
  const last = await lastMove(tx, coupon);
  const called = await callOff(tx, coupon, cause);
  if (called.length === 0 && !(coupon.status === 'used' && last?.spentOn === cause.orderNumber)) return;
  writeMove(tx, restoringId(cause, coupon.id), coupon, { ...cause, spentOn: null });
}

/** Spent on this order as before, unless somebody else has done something with it meanwhile. */
export async function spendAgain(tx: Transaction, coupon: SpentCoupon, cause: Cause): Promise<void> {
  const last = await lastMove(tx, coupon);
  const called = await callOff(tx, coupon, cause);
  if (called.length === 0 && !(coupon.status === 'granted' && last?.cause === restoringId(cause, coupon.id))) return;
  // Also when it was called off: its return may be dealing with it at this very moment, and is refused this one if it is not.
  writeMove(tx, takingId(cause, coupon.id), coupon, { ...cause, spentOn: cause.orderNumber });
}

async function lastMove(tx: Transaction, { id, returnId }: SpentCoupon): Promise<{ cause: string; spentOn: string | null } | undefined> {
  const [last] = await tx.query<{ cause: string; spentOn: string | null }>(
    `SELECT cause, text::jsonb #>> '{data,detail,spentOn}' AS "spentOn" FROM log_entry
     WHERE stream = $1 AND type = 'compensation_changed' AND text::jsonb #>> '{data,id}' = $2 ORDER BY sequence DESC LIMIT 1`,
    [returnId, id],
  );
  return last;
}

const overtaken = { status: 409, body: problemOf('invalid_state', { detail: 'something else has become of the coupon' }) };
/** What waits about this coupon and this order is not done any more, unless its return is dealing with it already. */
function callOff(tx: Transaction, { id, returnId }: SpentCoupon, { orderNumber }: Cause): Promise<{ id: string }[]> {
  return tx.query(
    `WITH called AS (UPDATE command SET answer = $4 WHERE return_id = $1 AND ${waiting} AND body #>> '{input,compensationId}' = $2 AND body #>> '{because,orderNumber}' = $3 RETURNING id)
     SELECT id FROM called`,
    [returnId, id, orderNumber, JSON.stringify(overtaken)],
  );
}
/** The coupon's own return has changed it otherwise: released or taken back. Its row is held. */
export function overtakeMoves(tx: Transaction, returnId: string, couponId: string): void {
  tx.write(`UPDATE command SET answer = $3 WHERE return_id = $1 AND ${waiting} AND body #>> '{input,compensationId}' = $2`, [
    returnId,
    couponId,
    JSON.stringify(overtaken),
  ]);
}

function writeMove(tx: Transaction, id: string, coupon: SpentCoupon, { spentOn, ...because }: Cause & { spentOn: string | null }): void {
  const body: MoveBody = { input: { type: 'coupon_used', compensationId: coupon.id, spentOn, validUntil: null }, because };
  // Nobody else brings it but the reconciler, so it need not wait until others have had their time for it.
  tx.write(
    `INSERT INTO command (id, merchant_id, caller, route, idempotency_key, body_hash, body, actor, return_id, created_at)
     VALUES ($1, current_setting('app.merchant_id'), $2, $3, $1, $4, $5, $6, $7, now() - interval '15 seconds')`,
    [id, from.caller, from.route, sha256(canonical(body)), JSON.stringify(body), JSON.stringify(system), coupon.returnId],
  );
  tx.write(`SELECT enqueue('reconcile', '{}', 'reconcile/coupons', NULL)`);
}

/** What is written down and not done yet about a coupon of this return. */
export async function waitingMove(database: Database, merchantId: string, { id, returnId }: Pick<SpentCoupon, 'id' | 'returnId'>): Promise<Move | null> {
  const [move] = await database.inMerchant(merchantId, (tx) =>
    tx.query<Move>(`SELECT id, body FROM command WHERE return_id = $1 AND ${waiting} AND body #>> '{input,compensationId}' = $2`, [returnId, id]),
  );
  return move ?? null;
}
/** The request that the command stands for: whoever sends it again gets it done. */
export const requestOf = <Caller extends { readonly id: string }>(caller: Caller, { id, body }: Move) => ({
  caller: { ...caller, id: from.caller },
  route: from.route,
  key: id,
  body,
  input: body.input,
});
