import { runMigrations } from 'graphile-worker';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './database';

/**
 * Brings the database up to this release: our tables, the job queue's, and the one function by which a merchant's transaction adds a job to it.
 * Safe to run at every start and by several processes at once (an advisory lock lets one through at a time).
 */
export async function migrate(url: string): Promise<void> {
  const source = await new DataSource(dataSourceOptions({ url, poolSize: 2 })).initialize();
  const lock = source.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock(7620041)');
    await source.runMigrations();
    await runMigrations({ connectionString: url });
    await lock.query(jobs);
  } finally {
    await lock.query('SELECT pg_advisory_unlock(7620041)').catch(() => undefined);
    await lock.release();
    await source.destroy();
  }
}

/** The app role owns nothing, the job queue's tables included: it may add a job and no more. */
const jobs = `
CREATE OR REPLACE FUNCTION enqueue(task text, payload json, job_key text, queue text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public AS
$$ SELECT graphile_worker.add_job(task, payload, queue_name => queue, job_key => job_key, max_attempts => 20) $$;
REVOKE ALL ON FUNCTION enqueue FROM public;
GRANT EXECUTE ON FUNCTION enqueue TO boomerang_app, boomerang_system;
`;

if (require.main === module) {
  const url = process.env.DATABASE_URL;
  if (!url) {
    process.stderr.write('DATABASE_URL is not set: say which database to migrate\n');
    process.exit(1);
  }
  migrate(url).then(
    () => process.stdout.write('migrated\n'),
    (error: Error) => {
      process.stderr.write(`migration failed: ${error.message}\n`);
      process.exit(1);
    },
  );
}
