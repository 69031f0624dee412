import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which refund of ours the provider says that it paid, although we had given it up. Null: it names none. */
export class PaidAfterAll1764700000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE refund_elsewhere ADD COLUMN refund_id text');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE refund_elsewhere DROP COLUMN refund_id');
  }
}
