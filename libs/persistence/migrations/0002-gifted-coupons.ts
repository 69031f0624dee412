import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the order that gave a coupon away. Most orders give none, and are not in it. */
export class GiftedCoupons1763800000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX orders_gifted ON orders USING gin ((document -> 'giftedCoupons') jsonb_path_ops)`);
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX orders_gifted');
  }
}
