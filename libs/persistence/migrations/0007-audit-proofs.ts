import type { MigrationInterface, QueryRunner } from 'typeorm';
import { canonical, sha256 } from '../canonical';
import { merchantTable } from './merchant-table';

/** What proves the log as a whole: where each chain ends, and signed checkpoints over those ends. */
export class AuditProofs1764300000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(merchantTable('log_head'));
    for (const table of ['audit_checkpoint', 'audit_leaf']) await runner.query(merchantTable(table, { history: true }));
    // The owner sees no row of a table that forces row-level security.
    await runner.query('SET LOCAL ROLE boomerang_system');
    await runner.query(
      'INSERT INTO log_head (merchant_id, stream, sequence, hash) SELECT DISTINCT ON (merchant_id, stream) merchant_id, stream, sequence, hash FROM log_entry ORDER BY merchant_id, stream, sequence DESC',
    );
    await adopt(runner);
    await runner.query('RESET ROLE');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_leaf, audit_checkpoint, log_head; ALTER TABLE ledger_posting DROP COLUMN merchant_sequence');
  }
}

const tables = `
-- The entry of the merchant's chain that tells a posting which belongs to no return.
ALTER TABLE ledger_posting ADD COLUMN merchant_sequence int;
CREATE INDEX ledger_merchant ON ledger_posting (merchant_id, merchant_sequence) WHERE return_id IS NULL;
-- Names are compared by their bytes: trees over them have to come out alike in any database, for ever.
CREATE TABLE log_head (
  merchant_id text NOT NULL REFERENCES merchant, stream text COLLATE "C" NOT NULL, sequence int NOT NULL CHECK (sequence > 0), hash text NOT NULL,
  -- Digest of the postings that are older than their telling by the chain; null where there are none.
  adopted text,
  -- Since the last checkpoint. A flag of its own, so that most updates touch no index.
  moved boolean NOT NULL DEFAULT true, PRIMARY KEY (merchant_id, stream));
CREATE INDEX log_head_moved ON log_head (merchant_id, stream) WHERE moved;
CREATE TABLE audit_checkpoint (
  merchant_id text NOT NULL REFERENCES merchant, number int NOT NULL CHECK (number > 0), text text NOT NULL, hash text NOT NULL, public_key text NOT NULL, signature text NOT NULL,
  PRIMARY KEY (merchant_id, number));
CREATE TABLE audit_leaf (
  merchant_id text NOT NULL, number int NOT NULL, stream text COLLATE "C" NOT NULL, sequence int NOT NULL, hash text NOT NULL, adopted text,
  PRIMARY KEY (merchant_id, number, stream), FOREIGN KEY (merchant_id, number) REFERENCES audit_checkpoint DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX audit_leaf_stream ON audit_leaf (merchant_id, stream, sequence);
`;

/** Postings that no chain tells are vouched for from now on as they lie here: by a digest at their return's head, which the first checkpoint signs. */
async function adopt(runner: QueryRunner): Promise<void> {
  const returns = (await runner.query(
    `SELECT DISTINCT p.merchant_id AS "merchantId", p.return_id AS "returnId" FROM ledger_posting p
     WHERE p.return_id IS NOT NULL AND EXISTS (SELECT FROM log_head h WHERE h.merchant_id = p.merchant_id AND h.stream = p.return_id)`,
  )) as { merchantId: string; returnId: string }[];
  for (const { merchantId, returnId } of returns) {
    const untold = (await runner.query(
      `SELECT jsonb_build_object('entryId', entry_id, 'position', position, 'at', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'returnId', return_id, 'refundId', refund_id,
         'type', type, 'from', from_account, 'to', to_account, 'amount', amount, 'currency', currency, 'merchantSequence', NULL) AS row
       FROM ledger_posting WHERE merchant_id = $1 AND return_id = $2 AND entry_id NOT IN (
         SELECT jsonb_array_elements(text::jsonb #> '{data,detail,ledger}') ->> 'id' FROM log_entry WHERE merchant_id = $1 AND stream = $2 AND text::jsonb #> '{data,detail,ledger}' IS NOT NULL)
       ORDER BY entry_id COLLATE "C", position`,
      [merchantId, returnId],
    )) as { row: { at: string } }[];
    if (untold.length === 0) continue;
    const digest = untold.reduce((before, { row }) => sha256(before + canonical({ ...row, at: row.at.replace(/000Z$/, 'Z') })), '');
    await runner.query('UPDATE log_head SET adopted = $3 WHERE merchant_id = $1 AND stream = $2', [merchantId, returnId, digest]);
  }
}
