import { prepared, type Transaction } from './database';

/** What the shop has to do to a customer's points: above zero add, below zero take. `type` says why; one that goes against its type takes an earlier one back. */
export interface PointsMovement {
  readonly id: string;
  /** `restored`: spent on goods that came back. `revoked`: earned with them. `granted`: for the trouble. */
  readonly type: 'restored' | 'revoked' | 'granted';
  readonly points: number;
}
export interface PointsCause {
  readonly customerId: string;
  readonly orderNumber: string;
  readonly returnId: string;
  /** RFC 3339. */
  readonly at: string;
}
export function movePoints(tx: Transaction, movements: readonly PointsMovement[], { customerId, orderNumber, returnId, at }: PointsCause): void {
  if (movements.length === 0) return;
  tx.write(
    `INSERT INTO points_movement (merchant_id, id, customer_id, at, type, points, order_number, return_id)
     SELECT current_setting('app.merchant_id'), id, $2, $3, type, points, $4, $5 FROM jsonb_to_recordset($1::jsonb) AS m (id text, type text, points bigint)`,
    [JSON.stringify(movements), customerId, at, orderNumber, returnId],
  );
}

/** A settlement was withdrawn: its points go back the way they came. */
export function withdrawPoints(tx: Transaction, settlementId: string, at: string): void {
  tx.write(
    `INSERT INTO points_movement (merchant_id, id, customer_id, at, type, points, order_number, return_id)
     SELECT merchant_id, id || '/undo', customer_id, $2, type, -points, order_number, return_id FROM points_movement WHERE id = ANY ($1::text[])`,
    [[`${settlementId}/restored`, `${settlementId}/revoked`], at],
  );
}

export interface PointsTotals {
  readonly restored: number;
  readonly revoked: number;
  readonly granted: number;
}
/** All a customer's movements together, what was withdrawn left out; none of them is below zero. */
export async function pointsTotals(tx: Transaction, customerId: string): Promise<PointsTotals> {
  const [row] = await tx.query<PointsTotals>(
    `SELECT coalesce(sum(points) FILTER (WHERE type = 'restored'), 0)::bigint AS restored, coalesce(-sum(points) FILTER (WHERE type = 'revoked'), 0)::bigint AS revoked,
       coalesce(sum(points) FILTER (WHERE type = 'granted'), 0)::bigint AS granted
     FROM points_movement WHERE customer_id = $1`,
    [customerId],
  );
  return row!;
}

export interface PointsMovementRow extends PointsMovement {
  readonly at: Date;
  readonly orderNumber: string;
  readonly returnId: string;
  readonly position: number;
}
const newest = prepared(
  `SELECT id, at, type, points, order_number AS "orderNumber", return_id AS "returnId", number AS position
   FROM points_movement WHERE customer_id = $1 AND ($2::bigint IS NULL OR number < $2) ORDER BY number DESC LIMIT $3`,
);
/** Newest first. `after`: `position` of the last one seen. */
export const listPoints = (tx: Transaction, customerId: string, after: number | null, limit: number): Promise<PointsMovementRow[]> =>
  tx.query<PointsMovementRow>(newest, [customerId, after, limit]);
