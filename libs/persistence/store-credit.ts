import type { CreditMovement } from '#libs/domain/money/store-credit';
import { prepared, type Transaction } from './database';

/** Whose account, and what belongs to the movement. */
export interface CreditCause {
  readonly customerId: string;
  readonly orderNumber: string;
  readonly returnId: string | null;
  /** RFC 3339. */
  readonly at: string;
}

const columns = 'merchant_id, id, customer_id, currency, position, at, type, amount, balance, order_number, return_id, refund_id';
const movement = `INSERT INTO store_credit_movement (${columns}) SELECT merchant_id, $1, customer_id, currency, position, $5, $6, $4::bigint, balance, $7, $8, $9 FROM moved`;
const valuesOf = ({ id, amount, currency, type, refundId }: CreditMovement, { customerId, orderNumber, returnId, at }: CreditCause, change = amount) => [
  id,
  customerId,
  currency,
  change,
  at,
  type,
  orderNumber,
  returnId,
  refundId,
];

/** The account follows what was booked, below zero if need be. Locks the account: after units, shipments, tenders and stock, before the merchant's chain. */
export function moveCredit(tx: Transaction, credit: CreditMovement, cause: CreditCause): void {
  tx.write(
    `WITH moved AS (
       INSERT INTO store_credit_account AS a (merchant_id, customer_id, currency, position, balance) VALUES (current_setting('app.merchant_id'), $2, $3, 1, $4::bigint)
       ON CONFLICT (merchant_id, customer_id, currency) DO UPDATE SET position = a.position + 1, balance = a.balance + excluded.balance
       RETURNING merchant_id, customer_id, currency, position, balance)
     ${movement}`,
    valuesOf(credit, cause),
  );
}

/** A claim of ours: taken where there is enough. What is left of the account; null when there was not enough, and nothing was taken. `amount` is below zero. */
export async function takeCredit(tx: Transaction, credit: CreditMovement, cause: CreditCause): Promise<number | null> {
  const [row] = await tx.query<{ balance: number }>(
    `WITH moved AS (
       UPDATE store_credit_account SET position = position + 1, balance = balance + $4::bigint WHERE customer_id = $2 AND currency = $3 AND balance + $4::bigint >= 0
       RETURNING merchant_id, customer_id, currency, position, balance),
     written AS (${movement}) SELECT balance FROM moved`,
    valuesOf(credit, cause),
  );
  return row?.balance ?? null;
}

export interface CreditBalance {
  readonly currency: string;
  /** What we owe the customer; below zero: what they owe us. */
  readonly balanceAmount: number;
}
/** In every currency the customer ever had credit in. */
export function creditBalances(tx: Transaction, customerId: string): Promise<CreditBalance[]> {
  return tx.query<CreditBalance>('SELECT currency, balance AS "balanceAmount" FROM store_credit_account WHERE customer_id = $1 ORDER BY currency', [
    customerId,
  ]);
}

/** Nobody else takes from the account until the transaction ends. Zero where there is none: then there is nothing to take either. */
export async function lockCredit(tx: Transaction, customerId: string, currency: string): Promise<number> {
  const [row] = await tx.query<{ balance: number }>('SELECT balance FROM store_credit_account WHERE customer_id = $1 AND currency = $2 FOR UPDATE', [
    customerId,
    currency,
  ]);
  return row?.balance ?? 0;
}

export interface CreditMovementRow {
  /** Of the ledger's entry. */
  readonly id: string;
  readonly at: Date;
  readonly type: string;
  readonly currency: string;
  readonly amount: number;
  /** Of the account, after it. */
  readonly balanceAmount: number;
  readonly orderNumber: string | null;
  readonly returnId: string | null;
  readonly refundId: string | null;
  readonly position: number;
}
const newest = prepared(
  `SELECT id, at, type, currency, amount, balance AS "balanceAmount", order_number AS "orderNumber", return_id AS "returnId", refund_id AS "refundId", number AS position
   FROM store_credit_movement WHERE customer_id = $1 AND ($2::bigint IS NULL OR number < $2) ORDER BY number DESC LIMIT $3`,
);
/** Newest first. `after`: `position` of the last one seen. */
export const listCredit = (tx: Transaction, customerId: string, after: number | null, limit: number): Promise<CreditMovementRow[]> =>
  tx.query<CreditMovementRow>(newest, [customerId, after, limit]);

/** What an order has drawn. */
export interface CreditSpend {
  readonly customerId: string;
  readonly currency: string;
  readonly amount: number;
}
/** Notes that the order draws credit. False when it holds some already, whoever's. */
export async function beginSpend(tx: Transaction, orderNumber: string, { customerId, currency, amount }: CreditSpend): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO store_credit_spend AS s (merchant_id, order_number, customer_id, currency, amount) VALUES (current_setting('app.merchant_id'), $1, $2, $3, $4)
     ON CONFLICT (merchant_id, order_number) DO UPDATE SET customer_id = excluded.customer_id, currency = excluded.currency, amount = excluded.amount WHERE s.amount = 0
     RETURNING order_number`,
    [orderNumber, customerId, currency, amount],
  );
  return rows.length > 0;
}

/** What the order holds, until the transaction ends; null when it holds nothing. */
export async function lockSpend(tx: Transaction, orderNumber: string): Promise<CreditSpend | null> {
  const [row] = await tx.query<CreditSpend>(
    'SELECT customer_id AS "customerId", currency, amount FROM store_credit_spend WHERE order_number = $1 AND amount > 0 FOR UPDATE',
    [orderNumber],
  );
  return row ?? null;
}

/** The order holds so much less. */
export function endSpend(tx: Transaction, orderNumber: string, amount: number): void {
  tx.write('UPDATE store_credit_spend SET amount = amount - $2 WHERE order_number = $1', [orderNumber, amount], `order ${orderNumber} holds no store credit`);
}
