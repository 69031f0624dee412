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
  /** Its place in the whole timeline, from 1: the process and what people wrote beside it are two chains. */
  readonly sequence: number;
  readonly at: Date;
  readonly text: string;
  readonly hash: string;
  /** What people wrote with it. Null: nothing, or it was erased. */
  readonly notes: readonly TimelineNote[] | null;
}
export interface TimelineNote {
  readonly kind: string;
  readonly visibility: 'internal' | 'customer';
  readonly body: Readonly<Record<string, unknown>>;
}
const note = `jsonb_build_object('kind', a.kind, 'visibility', a.visibility, 'body', a.body)`;

/**
 * Oldest first, a page at a time: what the process did and what was written beside it, by both logs. A chain never goes back in time, so an entry counts as at least as
 * late as the one before it. Texts are erasable rows: a note's is named by its entry, a command's was written at the instant of its first event.
 */
export async function readTimeline(tx: Transaction, merchantId: string, returnId: string, after: number, limit: number): Promise<TimelineRow[]> {
  return tx.query<TimelineRow>(
    `WITH told AS (
       SELECT stream, sequence, at, text, hash, max(at) OVER (PARTITION BY stream ORDER BY sequence) AS moment, row_number() OVER (PARTITION BY stream, cause ORDER BY sequence) = 1 AS first
       FROM log_entry WHERE merchant_id = $1 AND stream IN ($2, $2 || '/annotations')),
     page AS (SELECT * FROM (SELECT row_number() OVER (ORDER BY moment, stream, sequence) AS place, told.* FROM told) AS numbered WHERE place > $3::bigint ORDER BY place LIMIT $4)
     SELECT place AS sequence, at, text, hash,
       CASE WHEN stream = $2 THEN CASE WHEN first THEN (SELECT jsonb_agg(${note} ORDER BY a.id) FROM annotation a WHERE a.merchant_id = $1 AND a.return_id = $2 AND a.created_at = page.at
         AND a.id NOT IN (SELECT text::jsonb -> 'data' ->> 'annotationId' FROM told WHERE stream <> $2 AND text::jsonb -> 'data' ? 'annotationId')) END
       ELSE (SELECT jsonb_agg(${note}) FROM annotation a WHERE a.merchant_id = $1 AND a.id = page.text::jsonb -> 'data' ->> 'annotationId') END AS notes
     FROM page ORDER BY place`,
    [merchantId, returnId, after, limit],
  );
}
