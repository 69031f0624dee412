import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tax of what was given of a unit, by its line's rates: it is rounded for the line as a whole, and the rest of the unit gives the rest of it. Null: in proportion. */
export class GivenTaxes1764600000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE unit_claim ADD COLUMN given_taxes jsonb CHECK (jsonb_typeof(given_taxes) = 'array')`);
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE unit_claim DROP COLUMN given_taxes');
  }
}
