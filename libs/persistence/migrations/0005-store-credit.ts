import type { MigrationInterface, QueryRunner } from 'typeorm';
import { merchantTable } from './merchant-table';

/**
 * Accounts of what customers hold: store credit, which we owe and pay, and points, which the shop keeps and we only tell about. What was booked before there were
 * accounts becomes their first movements.
 */
export class StoreCredit1764100000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    for (const table of ['store_credit_account', 'store_credit_spend']) await runner.query(merchantTable(table));
    for (const table of ['store_credit_movement', 'points_movement']) await runner.query(merchantTable(table, { history: true }));
    // The owner need not be a superuser, and row-level security is forced on it.
    await runner.query('SET LOCAL ROLE boomerang_system');
    await runner.query(whatWasBooked);
    await runner.query('RESET ROLE');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE store_credit_account DROP CONSTRAINT store_credit_account_follows; ALTER TABLE compensation DROP COLUMN expired_at;
       DROP TABLE points_movement, store_credit_spend, store_credit_movement, store_credit_account`,
    );
  }
}

/**
 * Each movement knows the one before it and the balance it led to, and the account is where the last one led: that the balance is the sum of its movements is the
 * database's own promise. Facts may take a balance below zero; what we do ourselves may not.
 */
const tables = `
CREATE TABLE store_credit_account (
  merchant_id text NOT NULL REFERENCES merchant, customer_id text NOT NULL, currency text NOT NULL, position int NOT NULL, balance bigint NOT NULL, PRIMARY KEY (merchant_id, customer_id, currency));
CREATE TABLE store_credit_movement (
  merchant_id text NOT NULL REFERENCES merchant, id text NOT NULL, number bigint GENERATED ALWAYS AS IDENTITY, customer_id text NOT NULL, currency text NOT NULL,
  position int NOT NULL CHECK (position > 0), at timestamptz NOT NULL, type text NOT NULL, amount bigint NOT NULL CHECK (amount <> 0), balance bigint NOT NULL,
  order_number text, return_id text, refund_id text,
  previous_position int GENERATED ALWAYS AS (nullif(position - 1, 0)) STORED, previous_balance bigint GENERATED ALWAYS AS (balance - amount) STORED,
  PRIMARY KEY (merchant_id, id), UNIQUE (merchant_id, customer_id, currency, position), UNIQUE (merchant_id, customer_id, currency, position, balance),
  FOREIGN KEY (merchant_id, customer_id, currency, previous_position, previous_balance) REFERENCES store_credit_movement (merchant_id, customer_id, currency, position, balance),
  CONSTRAINT store_credit_begins CHECK (position > 1 OR balance = amount),
  CONSTRAINT store_credit_suffices CHECK (amount > 0 OR balance >= 0 OR type NOT IN ('store_credit_spent', 'compensation_granted')));
CREATE INDEX store_credit_newest ON store_credit_movement (merchant_id, customer_id, number DESC);
ALTER TABLE store_credit_account ADD CONSTRAINT store_credit_account_follows
  FOREIGN KEY (merchant_id, customer_id, currency, position, balance) REFERENCES store_credit_movement (merchant_id, customer_id, currency, position, balance);
-- What an order has drawn, until it is given back: one customer's, once.
CREATE TABLE store_credit_spend (
  merchant_id text NOT NULL REFERENCES merchant, order_number text NOT NULL, customer_id text NOT NULL, currency text NOT NULL, amount bigint NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (merchant_id, order_number));
CREATE TABLE points_movement (
  merchant_id text NOT NULL REFERENCES merchant, id text NOT NULL, number bigint GENERATED ALWAYS AS IDENTITY, customer_id text NOT NULL, at timestamptz NOT NULL,
  type text NOT NULL CHECK (type IN ('restored', 'revoked', 'granted')), points bigint NOT NULL CHECK (points <> 0), order_number text NOT NULL, return_id text NOT NULL,
  PRIMARY KEY (merchant_id, id));
CREATE INDEX points_newest ON points_movement (merchant_id, customer_id, number DESC);
-- A coupon that nobody can use any more is not owed any more.
ALTER TABLE compensation ADD COLUMN expired_at timestamptz;
CREATE INDEX compensation_expiry ON compensation (valid_until) WHERE kind = 'coupon' AND status = 'granted' AND expired_at IS NULL AND valid_until IS NOT NULL;
`;

const whatWasBooked = `
WITH entry AS (
  SELECT p.merchant_id, p.entry_id, min(p.at) AS at, r.customer_id, r.order_number, p.return_id, min(p.refund_id) AS refund_id, min(p.type) AS type, p.currency,
    sum(CASE WHEN p.to_account = 'store_credit' THEN p.amount ELSE -p.amount END)::bigint AS amount
  FROM ledger_posting p JOIN return r ON r.merchant_id = p.merchant_id AND r.id = p.return_id WHERE 'store_credit' IN (p.from_account, p.to_account)
  GROUP BY p.merchant_id, p.entry_id, p.return_id, r.customer_id, r.order_number, p.currency HAVING sum(CASE WHEN p.to_account = 'store_credit' THEN p.amount ELSE -p.amount END) <> 0),
moved AS (
  INSERT INTO store_credit_movement (merchant_id, id, customer_id, currency, position, at, type, amount, balance, order_number, return_id, refund_id)
  -- What was booked before there was a balance to look at is a fact.
  SELECT merchant_id, entry_id, customer_id, currency, row_number() OVER account, at, CASE WHEN amount < 0 THEN 'brought_forward' ELSE type END, amount, sum(amount) OVER account, order_number, return_id, refund_id
  FROM entry WINDOW account AS (PARTITION BY merchant_id, customer_id, currency ORDER BY at, entry_id) ORDER BY at, entry_id
  RETURNING merchant_id, customer_id, currency, position, balance)
INSERT INTO store_credit_account (merchant_id, customer_id, currency, position, balance)
SELECT DISTINCT ON (merchant_id, customer_id, currency) merchant_id, customer_id, currency, position, balance FROM moved ORDER BY merchant_id, customer_id, currency, position DESC;
INSERT INTO points_movement (merchant_id, id, customer_id, at, type, points, order_number, return_id)
SELECT s.merchant_id, s.id || '/' || what.type, r.customer_id, s.created_at, what.type, what.points, s.order_number, s.return_id
FROM settlement s JOIN return r ON r.merchant_id = s.merchant_id AND r.id = s.return_id
CROSS JOIN LATERAL (VALUES ('restored', (s.document #>> '{points,restored}')::bigint), ('revoked', -(s.document #>> '{points,revoked}')::bigint)) AS what (type, points)
WHERE what.points <> 0 AND NOT EXISTS (SELECT FROM refund f WHERE f.merchant_id = s.merchant_id AND f.settlement_id = s.id AND f.status = 'rejected')
UNION ALL
SELECT c.merchant_id, c.id, c.customer_id, c.created_at, 'granted', c.amount, r.order_number, c.return_id
FROM compensation c JOIN return r ON r.merchant_id = c.merchant_id AND r.id = c.return_id WHERE c.kind = 'points' AND c.status = 'granted';
-- A key that may do everything may do this too.
UPDATE api_key SET scopes = scopes || ARRAY['store_credit'] WHERE scopes @> ARRAY['orders', 'returns', 'inventory', 'coupons', 'webhooks', 'sandbox'] AND NOT 'store_credit' = ANY (scopes);
`;
