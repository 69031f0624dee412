import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A repetition gets the first answer to the letter: `json` keeps the text, `jsonb` would sort its fields. Nobody looks into an answer here. */
export class AnswersToTheLetter1764400000008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE command ALTER COLUMN answer TYPE json USING answer::json');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE command ALTER COLUMN answer TYPE jsonb USING answer::jsonb');
  }
}
