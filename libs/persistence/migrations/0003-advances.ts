import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Money before inspection: its documents lie beside the settlements, and an order knows how much of what it was granted no settlement stands for. */
export class Advances1763900000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE settlement ADD COLUMN kind text NOT NULL DEFAULT 'settlement' CHECK (kind IN ('settlement', 'advance'))`);
    await runner.query('ALTER TABLE orders ADD COLUMN advanced_amount bigint NOT NULL DEFAULT 0 CHECK (advanced_amount >= 0)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE orders DROP COLUMN advanced_amount');
    await runner.query('ALTER TABLE settlement DROP COLUMN kind');
  }
}
