import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The first schema. Every row has a merchant; every table with one forces row-level security. Three roles: the owner migrates, `boomerang_app` works inside one
 * merchant and may neither change nor delete what is history, `boomerang_system` (outbox, reconciler, sign-in) sees all merchants.
 */
export class Core1763700000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [roles, access, catalogue, claims, process, money, work]) await runner.query(statement);
    await runner.query(security);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...tables, ...systemTables].toReversed()) await runner.query(`DROP TABLE IF EXISTS "${table}" CASCADE`);
    await runner.query('DROP FUNCTION IF EXISTS refuse_change, refuse_published_change CASCADE');
  }
}

const roles = `
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'boomerang_app') THEN CREATE ROLE boomerang_app NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'boomerang_system') THEN CREATE ROLE boomerang_system NOLOGIN; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another database of the same cluster migrates at this very moment
END $$;
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$;
`;

const access = `
CREATE TABLE merchant (id text PRIMARY KEY, name text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE user_account (
  id text PRIMARY KEY, merchant_id text NOT NULL REFERENCES merchant, email text NOT NULL, name text NOT NULL,
  role text NOT NULL CHECK (role IN ('customer', 'agent', 'warehouse', 'finance', 'admin')),
  password_hash text, warehouse text, goodwill_limit_amount bigint NOT NULL DEFAULT 0 CHECK (goodwill_limit_amount >= 0),
  decision_limit_amount bigint NOT NULL DEFAULT 0 CHECK (decision_limit_amount >= 0), active boolean NOT NULL DEFAULT true, created_at timestamptz NOT NULL DEFAULT now());
CREATE UNIQUE INDEX user_account_email ON user_account (lower(email));
CREATE INDEX user_account_merchant ON user_account (merchant_id, created_at DESC, id DESC);
CREATE TABLE api_key (
  id text PRIMARY KEY, merchant_id text NOT NULL REFERENCES merchant, name text NOT NULL, key_hash text NOT NULL UNIQUE, scopes text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(), revoked_at timestamptz);
CREATE INDEX api_key_merchant ON api_key (merchant_id, created_at DESC, id DESC);
CREATE TABLE session (
  token_hash text PRIMARY KEY, merchant_id text NOT NULL REFERENCES merchant, user_id text REFERENCES user_account, order_number text, email text,
  created_at timestamptz NOT NULL DEFAULT now(), expires_at timestamptz NOT NULL, CHECK ((user_id IS NULL) <> (order_number IS NULL)));
CREATE INDEX session_expiry ON session (expires_at);
CREATE INDEX session_account ON session (user_id) WHERE user_id IS NOT NULL;
`;

const catalogue = `
CREATE TABLE customer (
  merchant_id text NOT NULL REFERENCES merchant, id text NOT NULL, email text, name text, tier text, blocked boolean NOT NULL DEFAULT false,
  risk_score int NOT NULL DEFAULT 0 CHECK (risk_score BETWEEN 0 AND 100), updated_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (merchant_id, id));
CREATE TABLE policy (id text PRIMARY KEY, merchant_id text NOT NULL REFERENCES merchant, created_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX policy_merchant ON policy (merchant_id, created_at, id);
CREATE TABLE policy_version (
  policy_id text NOT NULL REFERENCES policy, version int NOT NULL CHECK (version > 0), merchant_id text NOT NULL REFERENCES merchant, body jsonb NOT NULL,
  effective_from timestamptz NOT NULL, published_at timestamptz, PRIMARY KEY (policy_id, version));
CREATE UNIQUE INDEX policy_one_draft ON policy_version (policy_id) WHERE published_at IS NULL;
CREATE UNIQUE INDEX policy_effective ON policy_version (policy_id, effective_from) WHERE published_at IS NOT NULL;
CREATE INDEX policy_published ON policy_version (merchant_id, policy_id, effective_from) WHERE published_at IS NOT NULL;
CREATE FUNCTION refuse_published_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF OLD.published_at IS NOT NULL THEN RAISE EXCEPTION 'a published policy never changes' USING ERRCODE = 'integrity_constraint_violation'; END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER policy_version_immutable BEFORE UPDATE OR DELETE ON policy_version FOR EACH ROW EXECUTE FUNCTION refuse_published_change();
CREATE TABLE calendar (merchant_id text NOT NULL REFERENCES merchant, id text NOT NULL, body jsonb NOT NULL, updated_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (merchant_id, id));
CREATE TABLE inventory (
  merchant_id text NOT NULL REFERENCES merchant, sku text NOT NULL, title text NOT NULL, price bigint NOT NULL CHECK (price >= 0),
  available int NOT NULL CHECK (available >= 0), updated_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (merchant_id, sku));
CREATE TABLE orders (
  merchant_id text NOT NULL REFERENCES merchant, order_number text NOT NULL, customer_id text NOT NULL, customer_email text NOT NULL, currency text NOT NULL,
  -- A column of its own: lower() might tell what it sees, so row-level security keeps it from searching an index.
  customer_key text NOT NULL GENERATED ALWAYS AS (lower(customer_email)) STORED,
  placed_at timestamptz NOT NULL, document jsonb NOT NULL, locked_at timestamptz, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
  granted_amount bigint NOT NULL DEFAULT 0 CHECK (granted_amount >= 0),
  points_restored bigint NOT NULL DEFAULT 0, points_revoked bigint NOT NULL DEFAULT 0, PRIMARY KEY (merchant_id, order_number));
CREATE INDEX orders_customer ON orders (merchant_id, customer_key);
`;

const claims = `
CREATE TABLE tender (
  merchant_id text NOT NULL, order_number text NOT NULL, tender_id text NOT NULL, position int NOT NULL, kind text NOT NULL, provider text NOT NULL, provider_payment_id text,
  captured_amount bigint NOT NULL CHECK (captured_amount >= 0), refunded_amount bigint NOT NULL DEFAULT 0 CHECK (refunded_amount >= 0),
  pending_amount bigint NOT NULL DEFAULT 0 CHECK (pending_amount >= 0), disputed_amount bigint NOT NULL DEFAULT 0 CHECK (disputed_amount >= 0),
  PRIMARY KEY (merchant_id, order_number, tender_id), FOREIGN KEY (merchant_id, order_number) REFERENCES orders);
CREATE INDEX tender_payment ON tender (provider, provider_payment_id);
CREATE TABLE shipment_balance (
  merchant_id text NOT NULL, order_number text NOT NULL, shipment_id text NOT NULL, paid_amount bigint NOT NULL CHECK (paid_amount >= 0),
  refunded_amount bigint NOT NULL DEFAULT 0 CHECK (refunded_amount BETWEEN 0 AND paid_amount),
  PRIMARY KEY (merchant_id, order_number, shipment_id), FOREIGN KEY (merchant_id, order_number) REFERENCES orders);
CREATE TABLE unit_claim (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, merchant_id text NOT NULL, order_number text NOT NULL, line_id text NOT NULL, unit int NOT NULL CHECK (unit BETWEEN 1 AND 999),
  return_id text NOT NULL, given_amount bigint NOT NULL DEFAULT 0 CHECK (given_amount >= 0), outcome text NOT NULL DEFAULT 'open' CHECK (outcome IN ('open', 'refunded', 'refunded_kept', 'adjusted', 'kept')),
  released_at timestamptz, FOREIGN KEY (merchant_id, order_number) REFERENCES orders);
-- The one promise about units: whoever asks, a unit has one live claim.
CREATE UNIQUE INDEX unit_claim_live ON unit_claim (merchant_id, order_number, line_id, unit) WHERE released_at IS NULL;
CREATE INDEX unit_claim_order ON unit_claim (merchant_id, order_number);
CREATE INDEX unit_claim_return ON unit_claim (merchant_id, return_id);
CREATE TABLE stock_reservation (
  merchant_id text NOT NULL, replacement_id text NOT NULL, sku text NOT NULL, quantity int NOT NULL CHECK (quantity > 0),
  status text NOT NULL CHECK (status IN ('reserved', 'shipped', 'released')), PRIMARY KEY (merchant_id, replacement_id));
`;

const process = `
CREATE TABLE return (
  merchant_id text NOT NULL REFERENCES merchant, id text NOT NULL, number text NOT NULL, order_number text NOT NULL, customer_id text NOT NULL, sequence int NOT NULL,
  state jsonb NOT NULL, details jsonb NOT NULL, head text NOT NULL, status text NOT NULL, status_since timestamptz NOT NULL, priority text NOT NULL, assignee text, attention text,
  next_due_at timestamptz, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, closed_at timestamptz,
  wake_at timestamptz, woken_at timestamptz,
  PRIMARY KEY (merchant_id, id), FOREIGN KEY (merchant_id, order_number) REFERENCES orders);
CREATE UNIQUE INDEX return_number ON return (merchant_id, number);
CREATE INDEX return_newest ON return (merchant_id, created_at DESC, id DESC);
CREATE INDEX return_status ON return (merchant_id, status, created_at DESC, id DESC);
CREATE INDEX return_order ON return (merchant_id, order_number, created_at DESC, id DESC);
CREATE INDEX return_customer ON return (merchant_id, customer_id, created_at DESC, id DESC);
-- Whoever waits for something that nobody does: next to nobody, so looking each minute costs next to nothing.
CREATE INDEX return_wake ON return (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX return_overdue ON return (merchant_id, next_due_at) WHERE closed_at IS NULL;
CREATE INDEX return_attention ON return (merchant_id, created_at DESC, id DESC) WHERE attention IS NOT NULL;
CREATE INDEX return_assignee ON return (merchant_id, assignee, created_at DESC, id DESC) WHERE assignee IS NOT NULL;
CREATE TABLE command (
  id text PRIMARY KEY, merchant_id text NOT NULL REFERENCES merchant, caller text NOT NULL, route text NOT NULL, idempotency_key text, body_hash text NOT NULL, body jsonb NOT NULL,
  actor jsonb NOT NULL, return_id text, answer jsonb, created_at timestamptz NOT NULL DEFAULT now());
CREATE UNIQUE INDEX command_key ON command (merchant_id, caller, route, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX command_unanswered ON command (created_at) WHERE answer IS NULL;
CREATE INDEX command_return ON command (merchant_id, return_id, created_at);
CREATE TABLE log_entry (
  merchant_id text NOT NULL REFERENCES merchant, stream text NOT NULL, sequence int NOT NULL CHECK (sequence > 0), at timestamptz NOT NULL, cause text NOT NULL, type text NOT NULL,
  text text NOT NULL, previous text NOT NULL, hash text NOT NULL, PRIMARY KEY (merchant_id, stream, sequence));
CREATE INDEX log_entry_cause ON log_entry (merchant_id, stream, cause);
CREATE TRIGGER log_entry_append_only BEFORE UPDATE OR DELETE ON log_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TABLE inbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, source text NOT NULL, event_id text NOT NULL, type text NOT NULL, subject text NOT NULL, body jsonb NOT NULL,
  merchant_id text, return_id text, received_at timestamptz NOT NULL DEFAULT now(), handled_at timestamptz, UNIQUE (source, event_id));
CREATE INDEX inbox_subject ON inbox (subject, id) WHERE handled_at IS NULL;
CREATE INDEX inbox_unhandled ON inbox (id) WHERE handled_at IS NULL;
CREATE TABLE parcel (
  merchant_id text NOT NULL, return_id text NOT NULL, parcel_id text NOT NULL, direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')), carrier text NOT NULL,
  tracking_number text NOT NULL,
  -- The carrier gave us the number; others are what customers and warehouses say.
  bought boolean NOT NULL DEFAULT false, created_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (merchant_id, return_id, parcel_id));
CREATE INDEX parcel_tracking ON parcel (tracking_number, created_at DESC);
CREATE TABLE receipt (
  merchant_id text NOT NULL REFERENCES merchant, id text NOT NULL, status text NOT NULL CHECK (status IN ('matched', 'unmatched')), return_id text, tracking_number text, body jsonb NOT NULL,
  -- The command that counted it: none other does.
  unexpected jsonb NOT NULL DEFAULT '[]', counted_by text, received_by text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (merchant_id, id));
CREATE INDEX receipt_newest ON receipt (merchant_id, created_at DESC, id DESC);
CREATE INDEX receipt_unmatched ON receipt (merchant_id, created_at DESC, id DESC) WHERE status = 'unmatched';
CREATE TABLE serial_number (
  merchant_id text NOT NULL, serial text NOT NULL, return_id text NOT NULL, line_id text NOT NULL, unit int NOT NULL, PRIMARY KEY (merchant_id, serial, return_id));
`;

const money = `
CREATE TABLE settlement (
  merchant_id text NOT NULL REFERENCES merchant, id text NOT NULL, return_id text NOT NULL, order_number text NOT NULL, currency text NOT NULL, total bigint NOT NULL CHECK (total >= 0),
  document jsonb NOT NULL, inputs jsonb NOT NULL, rules jsonb NOT NULL, created_at timestamptz NOT NULL, PRIMARY KEY (merchant_id, id));
CREATE INDEX settlement_return ON settlement (merchant_id, return_id, created_at);
CREATE INDEX settlement_order ON settlement (merchant_id, order_number);
CREATE TRIGGER settlement_append_only BEFORE UPDATE OR DELETE ON settlement FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TABLE refund (
  merchant_id text NOT NULL REFERENCES merchant, id text NOT NULL, return_id text NOT NULL, order_number text NOT NULL, settlement_id text NOT NULL, tender_id text NOT NULL, provider text NOT NULL,
  provider_payment_id text, amount bigint NOT NULL CHECK (amount > 0), currency text NOT NULL,
  status text NOT NULL CHECK (status IN ('awaiting_approval', 'pending', 'unknown', 'succeeded', 'failed', 'rejected', 'redirected', 'awaiting_payout')),
  attempt int NOT NULL DEFAULT 1 CHECK (attempt > 0), provider_refund_id text, granted_by text NOT NULL, redirected_from text, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, id), FOREIGN KEY (merchant_id, settlement_id) REFERENCES settlement);
CREATE INDEX refund_newest ON refund (merchant_id, created_at DESC, id DESC);
CREATE INDEX refund_return ON refund (merchant_id, return_id, created_at);
CREATE INDEX refund_status ON refund (merchant_id, status, created_at DESC, id DESC);
CREATE INDEX refund_provider ON refund (merchant_id, provider, created_at DESC, id DESC);
-- A provider names the refund alone: whose it is, we must find.
CREATE UNIQUE INDEX refund_id ON refund (id);
CREATE TABLE refund_attempt (
  merchant_id text NOT NULL, refund_id text NOT NULL, attempt int NOT NULL, idempotency_key text NOT NULL UNIQUE, status text NOT NULL, code text, provider_refund_id text,
  requested_at timestamptz NOT NULL, answered_at timestamptz, PRIMARY KEY (merchant_id, refund_id, attempt), FOREIGN KEY (merchant_id, refund_id) REFERENCES refund);
CREATE TABLE refund_approval (
  merchant_id text NOT NULL, refund_id text NOT NULL, decision text NOT NULL CHECK (decision IN ('approved', 'rejected')), by_user text NOT NULL, note text, at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, refund_id, at), FOREIGN KEY (merchant_id, refund_id) REFERENCES refund);
CREATE TABLE ledger_posting (
  merchant_id text NOT NULL REFERENCES merchant, entry_id text NOT NULL, position int NOT NULL, at timestamptz NOT NULL, return_id text, refund_id text, type text NOT NULL,
  from_account text NOT NULL, to_account text NOT NULL, amount bigint NOT NULL CHECK (amount > 0), currency text NOT NULL, CHECK (from_account <> to_account),
  PRIMARY KEY (merchant_id, entry_id, position));
CREATE INDEX ledger_newest ON ledger_posting (merchant_id, at DESC, entry_id DESC, position);
CREATE INDEX ledger_from ON ledger_posting (merchant_id, from_account, at DESC, entry_id DESC);
CREATE INDEX ledger_to ON ledger_posting (merchant_id, to_account, at DESC, entry_id DESC);
CREATE INDEX ledger_return ON ledger_posting (merchant_id, return_id, at DESC, entry_id DESC);
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger_posting FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TABLE compensation (
  merchant_id text NOT NULL REFERENCES merchant, id text NOT NULL, return_id text NOT NULL, customer_id text NOT NULL, kind text NOT NULL CHECK (kind IN ('coupon', 'points', 'credit')),
  amount bigint NOT NULL CHECK (amount > 0), currency text NOT NULL, code text, status text NOT NULL CHECK (status IN ('awaiting_approval', 'granted', 'used', 'revoked')),
  reason text NOT NULL, valid_until timestamptz, granted_by text NOT NULL, created_at timestamptz NOT NULL, PRIMARY KEY (merchant_id, id));
CREATE UNIQUE INDEX compensation_code ON compensation (merchant_id, code) WHERE code IS NOT NULL;
CREATE INDEX compensation_customer ON compensation (merchant_id, customer_id, created_at DESC);
`;

const work = `
CREATE TABLE task (
  merchant_id text NOT NULL REFERENCES merchant, id text NOT NULL, queue text NOT NULL, return_id text NOT NULL, title text NOT NULL, priority int NOT NULL, due_at timestamptz,
  assignee text, claimed_by text, claimed_until timestamptz, created_at timestamptz NOT NULL,
  -- Both ascend with the list's order, so that a page begins by one step into the index.
  urgency int NOT NULL GENERATED ALWAYS AS (-priority) STORED, due_key timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(due_at, 'infinity')) STORED,
  PRIMARY KEY (merchant_id, id));
CREATE INDEX task_urgent ON task (merchant_id, queue, urgency, due_key, id);
CREATE INDEX task_assignee ON task (merchant_id, assignee, queue, urgency, due_key, id) WHERE assignee IS NOT NULL;
CREATE INDEX task_claimed ON task (merchant_id, claimed_by, queue, urgency, due_key, id) WHERE claimed_by IS NOT NULL;
CREATE INDEX task_return ON task (merchant_id, return_id);
CREATE TABLE annotation (
  merchant_id text NOT NULL REFERENCES merchant, id text NOT NULL, return_id text NOT NULL, kind text NOT NULL CHECK (kind IN ('note', 'rating', 'comment', 'appeal', 'inspection')),
  visibility text NOT NULL CHECK (visibility IN ('internal', 'customer')), body jsonb NOT NULL, author text NOT NULL, created_at timestamptz NOT NULL, PRIMARY KEY (merchant_id, id));
CREATE INDEX annotation_return ON annotation (merchant_id, return_id, created_at);
CREATE TABLE file (
  merchant_id text NOT NULL REFERENCES merchant, id text NOT NULL, owner text NOT NULL, content_type text NOT NULL, size int NOT NULL, sha256 text NOT NULL, content bytea NOT NULL,
  return_id text, created_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (merchant_id, id));
CREATE INDEX file_unlinked ON file (created_at) WHERE return_id IS NULL;
`;

/** Tables a merchant's request may touch. */
const tables = [
  'merchant', 'user_account', 'api_key', 'session', 'customer', 'policy', 'policy_version', 'calendar', 'inventory', 'orders', 'tender', 'shipment_balance', 'unit_claim', 'stock_reservation',
  'return', 'command', 'log_entry', 'parcel', 'receipt', 'serial_number', 'settlement', 'refund', 'refund_attempt', 'refund_approval', 'ledger_posting', 'compensation', 'task', 'annotation', 'file',
]; // prettier-ignore
/** Facts come in before anybody knows whose they are. */
const systemTables = ['inbox'];
/** What is history: read and appended, never changed. */
const history = ['log_entry', 'ledger_posting', 'settlement'];

const security = [
  ...tables.map(
    (table) => `
    ALTER TABLE "${table}" ENABLE ROW LEVEL SECURITY; ALTER TABLE "${table}" FORCE ROW LEVEL SECURITY;
    CREATE POLICY merchant ON "${table}" TO boomerang_app USING (${table === 'merchant' ? 'id' : 'merchant_id'} = (SELECT current_setting('app.merchant_id')));
    CREATE POLICY system ON "${table}" TO boomerang_system USING (true);
    GRANT SELECT, INSERT ${history.includes(table) ? '' : ', UPDATE, DELETE'} ON "${table}" TO boomerang_app, boomerang_system;`,
  ),
  ...systemTables.map((table) => `GRANT SELECT, INSERT, UPDATE ON "${table}" TO boomerang_system; GRANT SELECT, UPDATE ON "${table}" TO boomerang_app;`),
  'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO boomerang_app, boomerang_system;',
].join('\n');
