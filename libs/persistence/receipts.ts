import type { ReceiptBody } from '#libs/contracts/receipt-requests';
import type { Transaction } from './database';
import { readReturnNumber } from './ids';

export interface Receipt {
  readonly id: string;
  readonly status: 'matched' | 'unmatched';
  readonly returnId: string | null;
  readonly trackingNumber: string | null;
  readonly body: ReceiptBody;
  readonly unexpected: readonly unknown[];
  readonly receivedBy: string;
  readonly createdAt: Date;
}
const columns = `id, status, return_id AS "returnId", tracking_number AS "trackingNumber", body, unexpected, received_by AS "receivedBy", created_at AS "createdAt"`;

/**
 * The return that what arrived belongs to: by the parcel's number, by the return's own, or by the order's when only one return of it is waiting. Of several with the
 * parcel's number an open one is meant, rather one that bought it than one that merely said it, and of those the first.
 */
export async function returnOfReceipt(tx: Transaction, { trackingNumber, returnNumber, orderNumber }: ReceiptBody): Promise<string | null> {
  const [row] = await tx.query<{ id: string }>(
    `SELECT id FROM (
       SELECT p.return_id AS id, 1 AS rank, r.closed_at, p.bought, p.created_at FROM parcel p JOIN return r ON r.merchant_id = p.merchant_id AND r.id = p.return_id
         WHERE p.tracking_number = $1 AND p.direction = 'inbound'
       UNION ALL SELECT r.id, 2, NULL, false, r.created_at FROM return r WHERE r.number = $2 OR r.id = $3
       UNION ALL SELECT max(r.id), 3, NULL, false, max(r.created_at) FROM return r WHERE r.order_number = $4 AND r.status IN ('in_review', 'awaiting_handover', 'in_transit', 'at_warehouse') HAVING count(*) = 1
     ) found ORDER BY rank, closed_at DESC NULLS FIRST, bought DESC, created_at LIMIT 1`,
    [trackingNumber, returnNumber === null ? null : readReturnNumber(returnNumber), returnNumber, orderNumber],
  );
  return row?.id ?? null;
}

export async function insertReceipt(tx: Transaction, receipt: { id: string; returnId: string | null; body: ReceiptBody; receivedBy: string }): Promise<void> {
  await tx.query(
    `INSERT INTO receipt (merchant_id, id, status, return_id, tracking_number, body, received_by) VALUES (current_setting('app.merchant_id'), $1, $2, $3, $4, $5, $6)
     ON CONFLICT (merchant_id, id) DO NOTHING`,
    [
      receipt.id,
      receipt.returnId === null ? 'unmatched' : 'matched',
      receipt.returnId,
      receipt.body.trackingNumber,
      JSON.stringify(receipt.body),
      receipt.receivedBy,
    ],
  );
}

export async function readReceipt(tx: Transaction, id: string): Promise<Receipt | null> {
  const [row] = await tx.query<Receipt>(`SELECT ${columns} FROM receipt WHERE id = $1`, [id]);
  return row ?? null;
}

export async function listReceipts(
  tx: Transaction,
  status: string | undefined,
  after: readonly [string, string] | null,
  limit: number,
): Promise<(Receipt & { position: string })[]> {
  return tx.query(
    `SELECT ${columns}, created_at::text AS position FROM receipt WHERE merchant_id = current_setting('app.merchant_id') AND ($1::text IS NULL OR status = $1)
       AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3)) ORDER BY created_at DESC, id DESC LIMIT $4`,
    [status ?? null, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}
