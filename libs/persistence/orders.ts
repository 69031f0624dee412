import type { FrozenOrder } from '#libs/domain/money/order-shares';
import type { Chargeback, Order } from '#libs/domain/order';
import { difference, disputedAmounts, frozenDifference, mergedImport, standingChargeback } from '#libs/domain/order-change';
import { tellChargebacks, type Teller } from './chargebacks';
import { rememberCustomer } from './customers';
import type { Transaction } from './database';

const theShop: Teller = { kind: 'service', id: 'order_import' };

export interface StoredOrder {
  readonly order: Order;
  /** Since when only `deliveredAt`, new tenders and chargebacks may change; null before the first return. */
  readonly lockedAt: Date | null;
}
/** Of one tender, minor units. What is available may be negative: facts are recorded as they come. */
export interface TenderBalance {
  readonly tenderId: string;
  readonly kind: string;
  readonly provider: string;
  readonly capturedAmount: number;
  readonly refundedAmount: number;
  readonly pendingAmount: number;
  readonly disputedAmount: number;
  readonly availableAmount: number;
}
/** `locked`: nothing was written, `pointer` says what may not change any more. `order` is the order as it stands. */
export type ImportOutcome =
  | { readonly kind: 'created' | 'changed' | 'same'; readonly order: Order; readonly locked: boolean }
  | { readonly kind: 'locked'; readonly order: Order; readonly pointer: string };

/** Job for the worker: the balances of an order with returns have changed, so whatever waits for them is to be woken. Payload `{ merchantId, orderNumber }`. */
export const orderChangedTask = 'order_changed';
/** Job for the worker: a payment that somebody has reported about already belongs to an order now. Payload `{ providerPaymentId }`. */
export const paymentKnownTask = 'facts_of_payment';

/** Of an order `o` the return that speaks for its tenders (`World.orderSpeaker`): one piece of work, however many returns there are. */
export const orderSpeaker = `(SELECT r.id FROM return r WHERE r.order_number = o.order_number
    ORDER BY r.state @? '$.overdrafts[*]' DESC, r.closed_at IS NOT NULL, r.created_at DESC, r.id DESC LIMIT 1)`;

const stored = 'document AS "order", locked_at AS "lockedAt"';

export async function readOrder(tx: Transaction, orderNumber: string): Promise<StoredOrder | null> {
  const [row] = await tx.query<StoredOrder>(`SELECT ${stored} FROM orders WHERE order_number = $1`, [orderNumber]);
  return row ?? null;
}

/** Holds the order's row until the transaction ends: nobody imports it, or opens a return on it, meanwhile. */
export async function lockOrder(tx: Transaction, orderNumber: string): Promise<StoredOrder | null> {
  const [row] = await tx.query<StoredOrder>(`SELECT ${stored} FROM orders WHERE order_number = $1 FOR UPDATE`, [orderNumber]);
  return row ?? null;
}

/** Units of each line that a return holds or has had, by line. */
export async function claimedUnits(tx: Transaction, orderNumber: string): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.query<{ lineId: string; units: number }>(
    'SELECT line_id AS "lineId", count(*)::int AS units FROM unit_claim WHERE order_number = $1 AND released_at IS NULL GROUP BY line_id',
    [orderNumber],
  );
  return new Map(rows.map((row) => [row.lineId, row.units]));
}

/** Null when there is no such order; an order without tenders has an empty list. */
export async function readTenders(tx: Transaction, orderNumber: string): Promise<TenderBalance[] | null> {
  const rows = await tx.query<TenderBalance>(
    `SELECT tender_id AS "tenderId", kind, provider, captured_amount AS "capturedAmount", refunded_amount AS "refundedAmount", pending_amount AS "pendingAmount",
       disputed_amount AS "disputedAmount", captured_amount - refunded_amount - pending_amount - disputed_amount AS "availableAmount"
     FROM tender WHERE order_number = $1 ORDER BY position, tender_id`,
    [orderNumber],
  );
  if (rows.length > 0) return rows;
  return (await readOrder(tx, orderNumber)) ? [] : null;
}

/**
 * Takes an order in, or an allowed change of it: order, tenders, shipping balances and customer in one transaction. Before the first return the snapshot
 * replaces the former one; captures, refunds and disputes that were recorded meanwhile stay with their tenders.
 * @param frozen the shares of `order`; the caller has checked that it adds up
 */
export async function importOrder(tx: Transaction, order: Order, frozen: FrozenOrder): Promise<ImportOutcome> {
  if (await insertOrder(tx, order)) {
    await rememberCustomer(tx, order.customer);
    await writeShipments(tx, order.orderNumber, frozen);
    await writeTenders(tx, order, true);
    await tellChargebacks(tx, order, [], theShop);
    return { kind: 'created', order, locked: false };
  }
  const known = await lockOrder(tx, order.orderNumber);
  if (!known) throw new Error(`order ${order.orderNumber} is neither new nor there`);
  const next = mergedImport(known.order, order);
  const locked = known.lockedAt !== null;
  if (difference(known.order, next) === null) return { kind: 'same', order: known.order, locked };
  const pointer = locked ? frozenDifference(known.order, next) : null;
  if (pointer !== null) return { kind: 'locked', order: known.order, pointer };
  await updateOrder(tx, next);
  await rememberCustomer(tx, next.customer);
  if (!locked) await writeShipments(tx, next.orderNumber, frozen);
  await writeTenders(tx, next, !locked);
  await tellChargebacks(tx, next, known.order.chargebacks, theShop);
  if (locked) wakeReturns(tx, next.orderNumber);
  return { kind: 'changed', order: next, locked };
}

/** A dispute that a provider reports: a fact, recorded whatever the balance. False when it changes nothing. */
export async function recordChargeback(tx: Transaction, orderNumber: string, chargeback: Chargeback, by: Teller): Promise<boolean> {
  const known = await lockOrder(tx, orderNumber);
  if (!known) return false;
  const others = known.order.chargebacks.filter((other) => other.chargebackId !== chargeback.chargebackId);
  const before = known.order.chargebacks.find((other) => other.chargebackId === chargeback.chargebackId);
  const stands = standingChargeback(known.order.chargebacks, chargeback);
  if (before && difference(before, stands) === null) return false;
  const next = { ...known.order, chargebacks: [...others, stands] };
  await updateOrder(tx, next);
  await tellChargebacks(tx, next, known.order.chargebacks, by);
  await writeTenders(tx, next, false);
  if (known.lockedAt) wakeReturns(tx, orderNumber);
  return true;
}

async function insertOrder(tx: Transaction, order: Order): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO orders (merchant_id, order_number, customer_id, customer_email, currency, placed_at, document)
     VALUES (current_setting('app.merchant_id'), $1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING order_number`,
    [order.orderNumber, order.customer.id, order.customer.email, order.currency, order.placedAt, JSON.stringify(order)],
  );
  return rows.length > 0;
}

async function updateOrder(tx: Transaction, order: Order): Promise<void> {
  await tx.query(
    'UPDATE orders SET customer_id = $2, customer_email = $3, currency = $4, placed_at = $5, document = $6, updated_at = now() WHERE order_number = $1',
    [order.orderNumber, order.customer.id, order.customer.email, order.currency, order.placedAt, JSON.stringify(order)],
  );
}

async function writeShipments(tx: Transaction, orderNumber: string, frozen: FrozenOrder): Promise<void> {
  const rows = frozen.shipments.map(({ shipmentId, paidAmount }) => ({ shipmentId, paidAmount }));
  await tx.query('DELETE FROM shipment_balance WHERE order_number = $1 AND NOT (shipment_id = ANY ($2))', [orderNumber, rows.map((row) => row.shipmentId)]);
  await tx.query(
    `INSERT INTO shipment_balance (merchant_id, order_number, shipment_id, paid_amount)
     SELECT current_setting('app.merchant_id'), $1, "shipmentId", "paidAmount" FROM jsonb_to_recordset($2::jsonb) AS s ("shipmentId" text, "paidAmount" bigint) ORDER BY "shipmentId"
     ON CONFLICT (merchant_id, order_number, shipment_id) DO UPDATE SET paid_amount = excluded.paid_amount`,
    [orderNumber, JSON.stringify(rows)],
  );
}

/** Written in the sequence of their ids, as claims lock them. @param replace whether tenders the order already had take the amounts given now */
async function writeTenders(tx: Transaction, order: Order, replace: boolean): Promise<void> {
  const disputed = disputedAmounts(order.chargebacks);
  const rows = order.tenders.map((tender, position) => ({ ...tender, position, disputedAmount: disputed.get(tender.tenderId) ?? 0 }));
  if (replace)
    await tx.query('DELETE FROM tender WHERE order_number = $1 AND NOT (tender_id = ANY ($2))', [order.orderNumber, rows.map((row) => row.tenderId)]);
  const values = replace
    ? 'kind = excluded.kind, provider = excluded.provider, provider_payment_id = excluded.provider_payment_id, captured_amount = excluded.captured_amount, '
    : '';
  await tx.query(
    `INSERT INTO tender (merchant_id, order_number, tender_id, position, kind, provider, provider_payment_id, captured_amount, disputed_amount)
     SELECT current_setting('app.merchant_id'), $1, "tenderId", position, kind, provider, "providerPaymentId", amount, "disputedAmount"
     FROM jsonb_to_recordset($2::jsonb)
       AS t ("tenderId" text, position int, kind text, provider text, "providerPaymentId" text, amount bigint, "disputedAmount" bigint) ORDER BY "tenderId"
     ON CONFLICT (merchant_id, order_number, tender_id) DO UPDATE SET ${values}position = excluded.position, disputed_amount = excluded.disputed_amount`,
    [order.orderNumber, JSON.stringify(rows)],
  );
  await tx.query(
    `SELECT enqueue($2, json_build_object('providerPaymentId', payment), NULL, NULL) FROM unnest($1::text[]) AS payment
     WHERE EXISTS (SELECT FROM inbox WHERE subject = payment AND handled_at IS NULL)`,
    [order.tenders.flatMap((tender) => tender.providerPaymentId ?? []), paymentKnownTask],
  );
}

/** Its balances have changed: whatever waits for them looks again. */
export function wakeReturns(tx: Transaction, orderNumber: string): void {
  tx.write(
    `SELECT enqueue($1, json_build_object('merchantId', current_setting('app.merchant_id'), 'orderNumber', $2::text),
       $1 || '/' || current_setting('app.merchant_id') || '/' || $2::text, NULL)`,
    [orderChangedTask, orderNumber],
  );
}
