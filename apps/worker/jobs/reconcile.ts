import type { ReturnState } from '#libs/domain/return/state';
import type { Database, Transaction } from '#libs/persistence/database';
import { enqueueRun } from '#libs/persistence/reconciliations';
import { tasksByTheClock } from './by-the-clock';
import { PATIENCE } from './facts';
import type { JobContext } from './job-context';

/** Returns, commands or facts that one statement takes, and calls to Temporal at a time. */
const BATCH = 200;
const BATCHES = 5;
const AT_A_TIME = 10;

/**
 * Once a minute: whatever was left lying because a process died between a commit and its next step. It makes nothing itself; it only calls those whose turn it is, and
 * calling one too many does no harm. Each part is bounded, and none keeps another from its turn.
 */
export async function reconcile(context: JobContext): Promise<void> {
  const parts = { wakeReturns, repeatCommands, deliverFacts, resumeReconciliations, freeJobs, tidy };
  const failed: string[] = [];
  for (const [part, work] of Object.entries(parts)) {
    try {
      const count = await work(context);
      if (count > 0) context.log.info({ what: part, count }, 'reconciled');
    } catch (error) {
      failed.push(part);
      context.log.warn({ what: part, err: error }, 'could not be reconciled; tried again in a minute');
    }
  }
  if (failed.length === Object.keys(parts).length) throw new Error('nothing could be reconciled');
}

/** Open returns whose moment has passed, or with a call that nobody makes (`wake_at`): their workflow is gone, or a worker still has it, and then this changes nothing. */
async function wakeReturns({ database, wake }: JobContext): Promise<number> {
  const begun = await databaseClock(database);
  let count = 0;
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const rows = await database.asSystem((tx) =>
      tx.query<{ state: ReturnState }>(
        `UPDATE return r SET woken_at = clock_timestamp() FROM (
           SELECT merchant_id, id FROM return WHERE wake_at < now() AND (woken_at IS NULL OR woken_at < $1)
           ORDER BY woken_at NULLS FIRST LIMIT ${BATCH} FOR UPDATE SKIP LOCKED) AS due
         WHERE r.merchant_id = due.merchant_id AND r.id = due.id RETURNING r.state`,
        [begun],
      ),
    );
    await inTurns(rows, ({ state }) => wake(state));
    count += rows.length;
    if (rows.length < BATCH) break;
  }
  return count;
}

/** Commands that are written down and have no answer: for a day, as their caller may have given up; our own for as long as it takes, for nobody else repeats them. */
async function repeatCommands({ database, signal }: JobContext): Promise<number> {
  const commands = await database.asSystem((tx) =>
    tx.query<{ id: string; state: ReturnState }>(
      `SELECT c.id, r.state FROM command c JOIN return r ON r.merchant_id = c.merchant_id AND r.id = c.return_id
       WHERE c.answer IS NULL AND (c.caller = 'boomerang' OR c.created_at > now() - interval '1 day') AND c.created_at <= now() - interval '15 seconds'
         AND c.body ? 'input' ORDER BY c.created_at LIMIT ${BATCH}`,
    ),
  );
  await inTurns(commands, ({ id, state }) => signal(state, { id, kind: 'command' }));
  return commands.length;
}

/**
 * Facts whose parcel, refund or payment is known by now, and scans that have waited long enough. Those that lie here take turns: new ones first, then who was looked at
 * longest ago. The key keeps a fact from being queued twice, and takes it out of a dead worker's hands.
 */
async function deliverFacts({ database }: JobContext): Promise<number> {
  const begun = await databaseClock(database);
  let count = 0;
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const rows = await database.asSystem(async (tx) => {
      const turn = await tx.query<{ id: number; due: boolean }>(
        `UPDATE inbox i SET tried_at = clock_timestamp() FROM (
           SELECT id FROM inbox WHERE handled_at IS NULL AND received_at < now() - interval '1 minute' AND (tried_at IS NULL OR tried_at < $1)
           ORDER BY tried_at NULLS FIRST, id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED) AS turn
         WHERE i.id = turn.id RETURNING i.id, coalesce((SELECT true FROM parcel WHERE tracking_number = subject LIMIT 1), (SELECT true FROM refund WHERE refund.id = subject LIMIT 1),
           (SELECT true FROM tender WHERE provider = split_part(source, '/', 2) AND provider_payment_id = subject LIMIT 1),
           source LIKE 'carrier/%' AND received_at < now() - interval '${PATIENCE}') AS due`,
        [begun],
      );
      const due = turn.filter((fact) => fact.due).map(({ id }) => id);
      if (due.length > 0)
        await tx.query(`SELECT enqueue('deliver_fact', json_build_object('inboxId', id), 'fact/' || id, NULL) FROM unnest($1::bigint[]) AS id`, [due]);
      count += due.length;
      return turn;
    });
    if (rows.length < BATCH) break;
  }
  return count;
}

/** Runs that nobody has moved on for a while: their worker is dead, or the queue pauses for longer than we do. */
async function resumeReconciliations({ database }: JobContext): Promise<number> {
  const runs = await database.asSystem((tx) =>
    tx.query<{ id: string; merchantId: string }>(
      `SELECT id, merchant_id AS "merchantId" FROM reconciliation WHERE status = 'running' AND updated_at < now() - interval '2 minutes' ORDER BY updated_at LIMIT ${BATCH}`,
    ),
  );
  for (const { id, merchantId } of runs) await database.inMerchant(merchantId, (tx) => enqueueRun(tx, id));
  return runs.length;
}

/** No job of ours takes minutes: who holds one that long has died with it. (The queue's own patience is four hours.) */
async function freeJobs({ database }: JobContext): Promise<number> {
  const [row] = await database.source.query<{ dead: string[] | null }[]>(
    `SELECT array_agg(DISTINCT locked_by) AS dead FROM graphile_worker.jobs WHERE locked_at < now() - interval '5 minutes' AND locked_by IS NOT NULL`,
  );
  const dead = row?.dead ?? [];
  if (dead.length > 0) await database.source.query('SELECT graphile_worker.force_unlock_workers($1::text[])', [dead]);
  return dead.length;
}

/** What nobody can use any more. */
async function tidy(context: JobContext): Promise<number> {
  const { database } = context;
  const sessions = await database.asSystem((tx) => gone(tx, 'session', 'expires_at < now()'));
  const files = await database.asSystem((tx) => gone(tx, 'file', `return_id IS NULL AND created_at < now() - interval '24 hours'`));
  return sessions.length + files.length + (await displacedRuns(context));
}

/**
 * A run by the clock that has not ended when the next one is due gives up its key to that one and is not tried again; if its worker died, it stays like that. Nothing is
 * lost with it. One that still has its key is the last of its kind, and a job that was given up.
 */
async function displacedRuns({ database }: JobContext): Promise<number> {
  const runs = await database.source.query<unknown[]>(
    `SELECT FROM graphile_worker.complete_jobs(ARRAY (SELECT id FROM graphile_worker.jobs
       WHERE task_identifier = ANY ($1::text[]) AND key IS NULL AND attempts >= max_attempts AND locked_at IS NULL LIMIT ${BATCH}))`,
    [tasksByTheClock],
  );
  return runs.length;
}

/** What is compared with the database's times. */
async function databaseClock(database: Database): Promise<Date> {
  const [row] = await database.asSystem((tx) => tx.query<{ now: Date }>('SELECT now()'));
  return row!.now;
}

const gone = (tx: Transaction, table: string, rows: string) =>
  tx.query(`DELETE FROM ${table} WHERE ctid = ANY (ARRAY (SELECT ctid FROM ${table} WHERE ${rows} LIMIT ${BATCH})) RETURNING 1`);

/** Some at a time; the first failure ends it, for the next would most likely fail alike. */
async function inTurns<T>(rows: readonly T[], work: (row: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < rows.length; from += AT_A_TIME) await Promise.all(rows.slice(from, from + AT_A_TIME).map(work));
}
