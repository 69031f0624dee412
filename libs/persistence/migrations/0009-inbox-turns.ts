import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Facts that nobody waits for yet take turns, so that none keeps another from its turn; and one that is a merchant's is no other merchant's to see. Until it is known
 * whose it is, it is nobody's, and whoever works for a merchant may find that it is theirs.
 */
export class InboxTurns1764500000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE inbox ADD COLUMN tried_at timestamptz;
      DROP INDEX inbox_unhandled;
      CREATE INDEX inbox_turn ON inbox (tried_at NULLS FIRST, id) WHERE handled_at IS NULL;
      ALTER TABLE inbox ENABLE ROW LEVEL SECURITY; ALTER TABLE inbox FORCE ROW LEVEL SECURITY;
      CREATE POLICY merchant ON inbox TO boomerang_app USING (merchant_id IS NULL OR merchant_id = (SELECT current_setting('app.merchant_id')));
      CREATE POLICY system ON inbox TO boomerang_system USING (true);`);
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP POLICY system ON inbox; DROP POLICY merchant ON inbox; ALTER TABLE inbox NO FORCE ROW LEVEL SECURITY; ALTER TABLE inbox DISABLE ROW LEVEL SECURITY;
      DROP INDEX inbox_turn; CREATE INDEX inbox_unhandled ON inbox (id) WHERE handled_at IS NULL; ALTER TABLE inbox DROP COLUMN tried_at`);
  }
}
