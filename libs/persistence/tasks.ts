import type { Role } from '#libs/contracts/caller';
import { workQueues, type WorkQueue } from '#libs/contracts/lists';
import type { Transaction } from './database';

export interface TaskRow {
  readonly id: string;
  readonly queue: string;
  /** Null: it is about something else, which `subject` names. */
  readonly returnId: string | null;
  readonly title: string;
  readonly subject: string | null;
  /** What a person has to know to deal with a task that has no return. */
  readonly detail: Readonly<Record<string, unknown>> | null;
  /** By the clock of its return, as the return says it. */
  readonly dueAt: Date | null;
  /** The higher, the more urgent. */
  readonly priority: number;
  /** Who has claimed it, as long as the claim holds; else who it was given to. */
  readonly assignee: string | null;
  readonly claimedUntil: Date | null;
  /** `due_at`, which is by our clock, in microseconds since 1970, for the cursor; the largest safe integer when there is none. */
  readonly position: number;
}
/** Exceptions of the books: a queue of their own in the table, so that goods and money are read along their own ways of the index; people see it as `exception`. */
export const financeExceptions = 'finance_exception';
export interface WorkFilter {
  /** Queues the caller works on, as the table names them. */
  readonly queues: readonly string[];
  readonly assignee?: string | undefined;
  readonly overdue?: boolean | undefined;
}
/** Where a page ended: priority, `position` and id of its last task. */
export type WorkPosition = readonly [priority: number, dueAt: number, id: string];
export type ClaimOutcome = { readonly kind: 'done'; readonly task: TaskRow } | { readonly kind: 'held'; readonly by: string } | { readonly kind: 'free' };

const holder = 'CASE WHEN claimed_until > now() THEN claimed_by ELSE assignee END';
const position = `coalesce((extract(epoch FROM due_at) * 1000000)::bigint, ${Number.MAX_SAFE_INTEGER})`;
/** What `advance` has added to the clock of the task's return (sandbox); `due_at` is without it, so that the queue is in the order of the time that is left. */
const clockOffset = `coalesce((SELECT (r.state ->> 'clockOffset')::bigint FROM return r WHERE r.id = task.return_id), 0) * interval '1 millisecond'`;
const columns = `id, queue, return_id AS "returnId", title, subject, detail, due_at + ${clockOffset} AS "dueAt", priority, ${holder} AS assignee,
  CASE WHEN claimed_until > now() THEN claimed_until END AS "claimedUntil", ${position} AS position`;

/**
 * Most urgent first: priority, then due time (none comes last), then id. Every queue is read along its own index from where the last page ended and gives no more
 * than a page, so the cost depends neither on how much work there is nor on how far one has paged.
 */
export async function listTasks(tx: Transaction, { queues, assignee, overdue }: WorkFilter, after: WorkPosition | null, limit: number): Promise<TaskRow[]> {
  const values: unknown[] = [queues];
  const put = (value: unknown) => `$${values.push(value)}`;
  const conditions = ['task.queue = wanted.name'];
  if (after) {
    const [priority, dueAt, id] = after;
    const due = dueAt === Number.MAX_SAFE_INTEGER ? `'infinity'` : `'epoch'::timestamptz + ${put(dueAt)}::bigint * interval '1 microsecond'`;
    conditions.push(`(task.urgency, task.due_key, task.id) > (${put(-priority)}::int, ${due}, ${put(id)}::text)`);
  }
  if (overdue !== undefined) conditions.push(overdue ? 'task.due_key < now()' : 'task.due_key >= now()');
  const size = put(limit);
  const some = (...more: readonly string[]) =>
    `SELECT * FROM task WHERE ${[...conditions, ...more].join(' AND ')} ORDER BY task.urgency, task.due_key, task.id LIMIT ${size}`;
  return tx.query<TaskRow>(
    `SELECT ${columns} FROM unnest($1::text[]) AS wanted (name) CROSS JOIN LATERAL (${assignee === undefined ? some() : heldBy(put(assignee), some)}) AS task
     ORDER BY urgency, due_key, id LIMIT ${size}`,
    values,
  );
}
/** What somebody has claimed, and what was given to them and is not claimed: two indexes, for no one index knows who holds a task now. */
const heldBy = (who: string, some: (...more: readonly string[]) => string): string =>
  `(${some(`task.claimed_by = ${who}`, 'task.claimed_until > now()')}) UNION ALL (${some(`task.assignee = ${who}`, '(task.claimed_until IS NULL OR task.claimed_until <= now())')})`;

/** What people of a role do themselves. More is for them to see (`queuesOf`), but what is given to them has to be theirs to do. */
const doneBy: Partial<Record<Role, readonly WorkQueue[]>> = {
  agent: ['review', 'appeal', 'exception', 'follow_up'],
  warehouse: ['inspection', 'repair', 'exception'],
  finance: ['refund_approval', 'payout', 'goodwill_approval', 'exception'],
  admin: workQueues,
};
/** SQL: whose a task of this queue is when its return was given to `user`; null where their role has no part in it. */
export const ownerOf = (user: string, queue: string): string =>
  `(SELECT u.id FROM user_account u WHERE u.id = ${user} AND u.active AND '${JSON.stringify(doneBy)}'::jsonb -> u.role ? ${queue})`;

/** A return was given to somebody, or to nobody: so is its work, as far as they do it. */
export async function assignTasks(tx: Transaction, returnId: string, userId: string | null): Promise<void> {
  await tx.query(`UPDATE task SET assignee = ${ownerOf('$2', 'task.queue')} WHERE return_id = $1`, [returnId, userId]);
}

/** Work for finance that belongs to no return, due within a day of `at`. Asked for again it stays what it is, with its owner, and says what is known now. */
export function openFinanceTasks(
  tx: Transaction,
  at: string,
  tasks: readonly (Pick<TaskRow, 'id' | 'title' | 'detail'> & { readonly subject: string; readonly priority?: number })[],
): void {
  if (tasks.length === 0) return;
  tx.write(
    `INSERT INTO task (merchant_id, id, queue, title, subject, detail, priority, due_at, created_at)
     SELECT current_setting('app.merchant_id'), id, $3, title, subject, detail, coalesce(priority, 2), $2::timestamptz + interval '1 day', $2
     FROM jsonb_to_recordset($1::jsonb) AS task (id text, title text, subject text, detail jsonb, priority int) ORDER BY id
     ON CONFLICT (merchant_id, id) DO UPDATE SET title = excluded.title, detail = excluded.detail`,
    [JSON.stringify(tasks), at, financeExceptions],
  );
}

/** What the tasks asked for is done, or is not to be done any more. */
export function endTasks(tx: Transaction, ids: readonly string[]): void {
  if (ids.length > 0) tx.write('DELETE FROM task WHERE id = ANY ($1::text[])', [ids]);
}

/** The task, its row held until the transaction ends. */
export async function lockTask(tx: Transaction, id: string): Promise<TaskRow | null> {
  const [row] = await tx.query<TaskRow>(`SELECT ${columns} FROM task WHERE id = $1 FOR UPDATE`, [id]);
  return row ?? null;
}

/** Takes a task for half an hour, unless somebody has it. */
export async function claimTask(tx: Transaction, task: TaskRow, by: string): Promise<ClaimOutcome> {
  if (task.claimedUntil) return { kind: 'held', by: task.assignee ?? by };
  await tx.query(`UPDATE task SET claimed_by = $2, claimed_until = now() + interval '30 minutes' WHERE id = $1`, [task.id, by]);
  return { kind: 'done', task: (await lockTask(tx, task.id)) as TaskRow };
}

/** Gives a claimed task back to its queue. `by` null: whoever holds it. */
export async function releaseTask(tx: Transaction, task: TaskRow, by: string | null): Promise<ClaimOutcome> {
  if (!task.claimedUntil) return { kind: 'free' };
  if (by !== null && task.assignee !== by) return { kind: 'held', by: task.assignee ?? '' };
  await tx.query('UPDATE task SET claimed_by = NULL, claimed_until = NULL WHERE id = $1', [task.id]);
  return { kind: 'done', task: (await lockTask(tx, task.id)) as TaskRow };
}
