import type { MigrationInterface, QueryRunner } from 'typeorm';
import { merchantTable } from './merchant-table';

/**
 * A provider's list against ours. A run has its rows; what is wrong is a difference, which outlives the run that found it and is one piece of work however often it is
 * found. Work need not belong to a return any more.
 */
export class Reconciliations1764200000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    for (const table of ['reconciliation', 'provider_refund', 'difference']) await runner.query(merchantTable(table));
    await runner.query(merchantTable('reconciliation_difference', { history: true }));
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE reconciliation_difference, difference, provider_refund, reconciliation; DROP INDEX settlement_newest');
    await runner.query('DELETE FROM task WHERE return_id IS NULL');
    await runner.query('ALTER TABLE task ALTER COLUMN return_id SET NOT NULL, DROP COLUMN subject, DROP COLUMN detail');
  }
}

const tables = `
ALTER TABLE task ALTER COLUMN return_id DROP NOT NULL, ADD COLUMN subject text, ADD COLUMN detail jsonb;
CREATE INDEX settlement_newest ON settlement (merchant_id, created_at DESC, id DESC);
CREATE TABLE reconciliation (
  merchant_id text NOT NULL REFERENCES merchant, id text NOT NULL, provider text NOT NULL, from_at timestamptz NOT NULL, to_at timestamptz NOT NULL CHECK (to_at > from_at),
  status text NOT NULL CHECK (status IN ('running', 'done', 'failed')), reason text,
  -- How far it has come: a worker that dies is followed by one that goes on from here.
  step text NOT NULL CHECK (step IN ('list', 'theirs', 'ours', 'close', 'over')), cursor text,
  matched int NOT NULL DEFAULT 0, missing_here int NOT NULL DEFAULT 0, missing_there int NOT NULL DEFAULT 0, amount_differs int NOT NULL DEFAULT 0,
  -- Reports that had been lost and were told anew; calls to the provider that failed one after the other.
  told int NOT NULL DEFAULT 0, failures int NOT NULL DEFAULT 0,
  requested_by text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(), finished_at timestamptz, PRIMARY KEY (merchant_id, id));
CREATE INDEX reconciliation_newest ON reconciliation (merchant_id, created_at DESC, id DESC);
CREATE INDEX reconciliation_running ON reconciliation (updated_at) WHERE status = 'running';
CREATE UNIQUE INDEX reconciliation_nightly ON reconciliation (merchant_id, provider, from_at) WHERE requested_by = 'boomerang';
-- What a provider listed, for as long as the run compares it.
CREATE TABLE provider_refund (
  merchant_id text NOT NULL, reconciliation_id text NOT NULL, id text NOT NULL, refund_id text NOT NULL, provider_payment_id text NOT NULL, amount bigint NOT NULL, currency text NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')), at timestamptz NOT NULL, PRIMARY KEY (merchant_id, reconciliation_id, id),
  FOREIGN KEY (merchant_id, reconciliation_id) REFERENCES reconciliation);
CREATE INDEX provider_refund_ours ON provider_refund (merchant_id, reconciliation_id, refund_id);
CREATE TABLE difference (
  merchant_id text NOT NULL REFERENCES merchant, id text NOT NULL, provider text NOT NULL, kind text NOT NULL CHECK (kind IN ('missing_here', 'missing_there', 'amount_differs')),
  -- What it is about: the provider's refund, or ours when the provider has none.
  subject text NOT NULL, facts jsonb NOT NULL, at timestamptz NOT NULL, state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'resolved', 'gone')),
  ended_by text, ended_at timestamptz, note text, created_at timestamptz NOT NULL, seen_at timestamptz NOT NULL, PRIMARY KEY (merchant_id, id), CHECK ((state = 'open') = (ended_at IS NULL)));
CREATE UNIQUE INDEX difference_subject ON difference (merchant_id, provider, kind, subject);
CREATE INDEX difference_open ON difference (merchant_id, provider, at) WHERE state = 'open';
CREATE TABLE reconciliation_difference (
  merchant_id text NOT NULL, reconciliation_id text NOT NULL, n int NOT NULL CHECK (n > 0), difference_id text NOT NULL, facts jsonb NOT NULL,
  PRIMARY KEY (merchant_id, reconciliation_id, n), UNIQUE (merchant_id, reconciliation_id, difference_id), FOREIGN KEY (merchant_id, reconciliation_id) REFERENCES reconciliation,
  FOREIGN KEY (merchant_id, difference_id) REFERENCES difference);
`;
