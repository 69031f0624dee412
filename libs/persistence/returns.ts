import type { ReturnRecord } from '#libs/contracts/present-return';
import type { Details } from '#libs/domain/return/details';
import type { ReturnState } from '#libs/domain/return/state';
import { prepared, type Transaction } from './database';
import { readReturnNumber } from './ids';

/** Whose returns somebody may see: a customer's are those of the orders with their address, and of one order alone where the token opens one. */
export interface Sight {
  readonly email: string | null;
  readonly orderNumber: string | null;
}
interface Row {
  readonly state: ReturnState;
  readonly details: Details;
  readonly statusSince: Date;
  readonly closedAt: Date | null;
}
const columns = 'r.state, r.details, r.status_since AS "statusSince", r.closed_at AS "closedAt"';
const recordOf = ({ state, details, statusSince, closedAt }: Row): ReturnRecord => ({
  state,
  details,
  statusSince: statusSince.toISOString(),
  closedAt: closedAt?.toISOString() ?? null,
});
/** Parameter `$1` is the merchant. Only what limits the sight is in the statement: an order's index is found then, and nothing is asked of whoever sees all. */
const seen = ({ email, orderNumber }: Sight, put: (value: unknown) => string) => [
  email !== null && `r.order_number IN (SELECT order_number FROM orders WHERE merchant_id = $1 AND customer_key = lower(${put(email)}))`,
  orderNumber !== null && `r.order_number = ${put(orderNumber)}`,
];
const all = (conditions: readonly (string | false)[]) => conditions.filter((condition) => condition !== false).join(' AND ');

/** By id or by the number people read out; null when it is not there, or not theirs to see. */
export async function findReturn(tx: Transaction, merchantId: string, idOrNumber: string, sight: Sight): Promise<ReturnRecord | null> {
  const values: unknown[] = [merchantId, idOrNumber, readReturnNumber(idOrNumber)];
  const conditions = all(['r.merchant_id = $1', '(r.id = $2 OR r.number = $3)', ...seen(sight, (value) => `$${values.push(value)}`)]);
  const [row] = await tx.query<Row>(prepared(`SELECT ${columns} FROM return r WHERE ${conditions}`), values);
  return row ? recordOf(row) : null;
}

export interface ReturnFilter {
  /** Ids or numbers. */
  readonly returnIds?: readonly string[] | undefined;
  readonly status?: string | undefined;
  readonly customerId?: string | undefined;
  readonly orderNumber?: string | undefined;
  readonly trackingNumber?: string | undefined;
  readonly serial?: string | undefined;
  readonly assignee?: string | undefined;
  readonly attention?: boolean | undefined;
  readonly overdue?: boolean | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}
/** Newest first; `after` is the `[created_at, id]` of the last one seen. Only what is asked for is in the statement, so that each filter finds its index. */
export async function listReturns(
  tx: Transaction,
  merchantId: string,
  filter: ReturnFilter,
  sight: Sight,
  after: readonly [string, string] | null,
  limit: number,
): Promise<(ReturnRecord & { position: string })[]> {
  const values: unknown[] = [merchantId];
  const put = (value: unknown) => `$${values.push(value)}`;
  const conditions = all([
    'r.merchant_id = $1',
    ...seen(sight, put),
    filter.returnIds !== undefined &&
      `(r.id = ANY (${put(filter.returnIds)}::text[]) OR r.number = ANY (${put(filter.returnIds.flatMap((one) => readReturnNumber(one) ?? []))}::text[]))`,
    filter.status !== undefined && `r.status = ${put(filter.status)}`,
    filter.customerId !== undefined && `r.customer_id = ${put(filter.customerId)}`,
    filter.orderNumber !== undefined && `r.order_number = ${put(filter.orderNumber)}`,
    filter.trackingNumber !== undefined && `r.id IN (SELECT return_id FROM parcel WHERE tracking_number = ${put(filter.trackingNumber)})`,
    filter.serial !== undefined && `r.id IN (SELECT return_id FROM serial_number WHERE serial = ${put(filter.serial)})`,
    filter.assignee !== undefined && `r.assignee = ${put(filter.assignee)}`,
    filter.attention === true && 'r.attention IS NOT NULL',
    filter.attention === false && 'r.attention IS NULL',
    filter.overdue === true && `r.closed_at IS NULL AND r.next_due_at < now()`,
    filter.overdue === false && `(r.closed_at IS NOT NULL OR r.next_due_at IS NULL OR r.next_due_at >= now())`,
    filter.from !== undefined && `r.created_at >= ${put(filter.from)}`,
    filter.to !== undefined && `r.created_at < ${put(filter.to)}`,
    after !== null && `(r.created_at, r.id) < (${put(after[0])}::timestamptz, ${put(after[1])})`,
  ]);
  const rows = await tx.query<Row & { position: string }>(
    `SELECT ${columns}, r.created_at::text AS position FROM return r WHERE ${conditions} ORDER BY r.created_at DESC, r.id DESC LIMIT ${put(limit)}`,
    values,
  );
  return rows.map((row) => ({ ...recordOf(row), position: row.position }));
}

export interface TimelineRow {
  readonly sequence: number;
  readonly at: Date;
  readonly text: string;
  readonly hash: string;
}
/** Oldest first, a page at a time: what the process did, by its log. */
export async function readTimeline(tx: Transaction, merchantId: string, returnId: string, after: number, limit: number): Promise<TimelineRow[]> {
  return tx.query<TimelineRow>(
    'SELECT sequence, at, text, hash FROM log_entry WHERE merchant_id = $1 AND stream = $2 AND sequence > $3::bigint ORDER BY sequence LIMIT $4',
    [merchantId, returnId, after, limit],
  );
}
