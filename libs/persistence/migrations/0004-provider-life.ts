import type { MigrationInterface, QueryRunner } from 'typeorm';
import { merchantTable } from './merchant-table';

/** Providers that finance pauses, and refunds that others made at a provider: each counts once, by the provider's own number. */
export class ProviderLife1764000000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(known);
    for (const table of ['payment_provider', 'refund_elsewhere']) await runner.query(merchantTable(table));
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE refund_elsewhere, payment_provider; DROP INDEX tender_provider, compensation_return, refund_waiting');
  }
}

const tables = `
CREATE TABLE payment_provider (
  merchant_id text NOT NULL REFERENCES merchant, provider text NOT NULL,
  -- Null: refunds leave. Why somebody paused it is kept beside the log, which holds no free text.
  paused_at timestamptz, changed_at timestamptz NOT NULL, changed_by text NOT NULL, reason text NOT NULL, PRIMARY KEY (merchant_id, provider));
CREATE TABLE refund_elsewhere (
  merchant_id text NOT NULL REFERENCES merchant, provider text NOT NULL, provider_refund_id text NOT NULL, order_number text NOT NULL, tender_id text NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0), currency text NOT NULL, status text NOT NULL CHECK (status IN ('succeeded', 'failed')),
  created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (merchant_id, provider, provider_refund_id),
  FOREIGN KEY (merchant_id, order_number) REFERENCES orders);
CREATE INDEX refund_elsewhere_order ON refund_elsewhere (merchant_id, order_number);
CREATE INDEX tender_provider ON tender (merchant_id, provider);
CREATE INDEX compensation_return ON compensation (merchant_id, return_id);
-- Under way at a provider, oldest first: who is woken when it is resumed.
CREATE INDEX refund_waiting ON refund (merchant_id, provider, created_at, id) WHERE status = 'pending';
`;

/** Those that were recorded before only the merchant's log knows; they were booked nowhere, and their taking back books nothing. */
const read = ['log_entry', 'tender', 'orders'];
const known = `
${read.map((table) => `ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY;`).join(' ')} -- the owner sees no merchant's rows otherwise
INSERT INTO refund_elsewhere (merchant_id, provider, provider_refund_id, order_number, tender_id, amount, currency, status, created_at, updated_at)
SELECT l.merchant_id, t.provider, l.told ->> 'providerRefundId', t.order_number, t.tender_id, (l.told ->> 'amount')::bigint, o.currency, 'succeeded', l.at, l.at
FROM (SELECT merchant_id, at, text::jsonb -> 'data' AS told FROM log_entry WHERE type = 'refunded_elsewhere' AND stream = 'merchant/' || merchant_id) AS l
JOIN tender t ON t.merchant_id = l.merchant_id AND t.order_number = l.told ->> 'orderNumber' AND t.tender_id = l.told ->> 'tenderId'
JOIN orders o ON o.merchant_id = t.merchant_id AND o.order_number = t.order_number
WHERE (l.told ->> 'amount')::bigint > 0 ON CONFLICT DO NOTHING;
${read.map((table) => `ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;`).join(' ')}`;
