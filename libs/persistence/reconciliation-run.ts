import type { DifferenceKind, OurRefund, TheirRefund } from '#libs/domain/money/reconciliation';
import type { Database, Transaction } from './database';
import { newId } from './ids';
import { appendToMerchantLog } from './log';
import { taskOfDifference, type DifferenceFacts } from './reconciliations';
import { endTasks, openFinanceTasks } from './tasks';

export type Step = 'list' | 'theirs' | 'ours' | 'close';
/** A run as far as it has come. */
export interface Run {
  readonly merchantId: string;
  readonly id: string;
  readonly provider: string;
  readonly from: Date;
  readonly to: Date;
  readonly step: Step;
  readonly cursor: string | null;
  readonly found: number;
  readonly failures: number;
  readonly createdAt: Date;
}
/** A refund of both books side by side; each may be unknown to the other. */
export interface Pair {
  /** Sorts the pairs of a step. */
  readonly cursor: string;
  readonly refundId: string;
  readonly ours: OurRefund | null;
  readonly theirs: TheirRefund | null;
  /** Ours is a refund that others made and a report has told us of. */
  readonly elsewhere: boolean;
  readonly providerPaymentId: string | null;
  readonly returnId: string | null;
  readonly orderNumber: string | null;
  /** When the provider made it, or of what it has not listed, when we did. */
  readonly at: Date;
}
export interface Found {
  readonly kind: DifferenceKind;
  readonly facts: DifferenceFacts;
}
/** Another worker has taken this step. */
export class Overtaken extends Error {}

/** Null when it is over. */
export async function readRun(tx: Transaction, merchantId: string, id: string): Promise<Run | null> {
  const [row] = await tx.query<Omit<Run, 'merchantId'>>(
    `SELECT id, provider, from_at AS "from", to_at AS "to", step, cursor, missing_here + missing_there + amount_differs AS found, failures, created_at AS "createdAt"
     FROM reconciliation WHERE id = $1 AND status = 'running'`,
    [id],
  );
  return row ? { ...row, merchantId } : null;
}

interface Progress {
  readonly step: Step;
  readonly cursor: string | null;
  readonly matched?: number;
  readonly told?: number;
  readonly found?: readonly Found[];
}
/** First in the transaction of every step: the same step counts once, whoever else is on it. */
async function advance(tx: Transaction, run: Run, { step, cursor, matched = 0, told = 0, found = [] }: Progress): Promise<void> {
  const count = (kind: DifferenceKind) => found.filter((one) => one.kind === kind).length;
  const rows = await tx.query(
    `UPDATE reconciliation SET step = $5, cursor = $6, matched = matched + $7, missing_here = missing_here + $8, missing_there = missing_there + $9, amount_differs = amount_differs + $10,
       told = told + $11, failures = 0, updated_at = now()
     WHERE merchant_id = $1 AND id = $2 AND status = 'running' AND step = $3 AND cursor IS NOT DISTINCT FROM $4 RETURNING id`,
    [run.merchantId, run.id, run.step, run.cursor, step, cursor, matched, count('missing_here'), count('missing_there'), count('amount_differs'), told],
  );
  if (rows.length === 0) throw new Overtaken();
}

interface Listed extends TheirRefund {
  readonly refundId: string;
  readonly providerPaymentId: string;
  readonly at: string;
}
/** Keeps a page of the provider's list. An account may be shared: what belongs to another merchant's refund or payment is left out; what belongs to nobody stays. */
export async function keepListed(database: Database, run: Run, listed: readonly Listed[], next: Pick<Progress, 'step' | 'cursor'>): Promise<void> {
  await database.asSystem(async (tx) => {
    await advance(tx, run, next);
    await tx.query(
      `INSERT INTO provider_refund (merchant_id, reconciliation_id, id, refund_id, provider_payment_id, amount, currency, status, at)
       SELECT $1, $2, l.id, l."refundId", l."providerPaymentId", l.amount, l.currency, l.status, l.at
       FROM jsonb_to_recordset($4::jsonb) AS l (id text, "refundId" text, "providerPaymentId" text, amount bigint, currency text, status text, at timestamptz)
       WHERE coalesce((SELECT r.merchant_id = $1 FROM refund r WHERE r.id = l."refundId"),
         (SELECT bool_or(t.merchant_id = $1) FROM tender t WHERE t.provider = $3 AND t.provider_payment_id = l."providerPaymentId"), true)
       ON CONFLICT (merchant_id, reconciliation_id, id) DO UPDATE SET status = excluded.status, amount = excluded.amount, currency = excluded.currency`,
      [run.merchantId, run.id, run.provider, JSON.stringify(listed)],
    );
  });
}

const ourSide = `CASE WHEN r.id IS NOT NULL THEN jsonb_build_object('status', r.status, 'amount', r.amount, 'currency', r.currency, 'providerRefundId', r.provider_refund_id) END`;
const theirSide = `CASE WHEN p.id IS NOT NULL THEN jsonb_build_object('id', p.id, 'status', p.status, 'amount', p.amount, 'currency', p.currency) END AS theirs`;
const inRange = (column: string) => `${column} >= $3 AND ${column} < $4`;

/** What others did at the provider and its reports have told us: a fact in our books, and first of all what this refund of theirs is. */
const elsewhereSide = `CASE WHEN e.provider_refund_id IS NOT NULL THEN jsonb_build_object('status', e.status, 'amount', e.amount, 'currency', e.currency, 'providerRefundId', e.provider_refund_id) END`;

/** The next of what the provider has listed for the range, with ours. */
export function theirPairs(tx: Transaction, run: Run, limit: number): Promise<Pair[]> {
  return tx.query<Pair>(
    `SELECT p.id AS cursor, p.refund_id AS "refundId", coalesce(${elsewhereSide}, ${ourSide}) AS ours, ${theirSide}, e.provider_refund_id IS NOT NULL AS elsewhere,
       p.provider_payment_id AS "providerPaymentId", r.return_id AS "returnId",
       coalesce(r.order_number, (SELECT min(t.order_number) FROM tender t WHERE t.provider = $2 AND t.provider_payment_id = p.provider_payment_id)) AS "orderNumber", p.at
     FROM provider_refund p LEFT JOIN refund r ON r.merchant_id = p.merchant_id AND r.id = p.refund_id
       LEFT JOIN refund_elsewhere e ON e.merchant_id = p.merchant_id AND e.provider = $2 AND e.provider_refund_id = p.id
     WHERE p.reconciliation_id = $1 AND ${inRange('p.at')} AND p.id > $5 ORDER BY p.id LIMIT $6`,
    [run.id, run.provider, run.from, run.to, run.cursor ?? '', limit],
  );
}

/** The next of our paid refunds that were made in the range, with what the provider has listed. Cursor: `created_at` and id. */
export function ourPairs(tx: Transaction, run: Run, limit: number): Promise<Pair[]> {
  const after = run.cursor === null ? [] : (JSON.parse(run.cursor) as [at: string, id: string]);
  return tx.query<Pair>(
    `SELECT jsonb_build_array(r.created_at::text, r.id)::text AS cursor, r.id AS "refundId", ${ourSide} AS ours, ${theirSide}, false AS elsewhere,
       r.provider_payment_id AS "providerPaymentId", r.return_id AS "returnId", r.order_number AS "orderNumber", coalesce(p.at, r.created_at) AS at
     FROM (
       SELECT * FROM refund WHERE provider = $2 AND ${inRange('created_at')} AND status = 'succeeded' AND provider_payment_id IS NOT NULL
         ${after.length > 0 ? 'AND (created_at, id) > ($6::timestamptz, $7)' : ''} ORDER BY created_at, id LIMIT $5) AS r
       LEFT JOIN LATERAL (
       SELECT id, status, amount, currency, at FROM provider_refund WHERE merchant_id = r.merchant_id AND reconciliation_id = $1 AND refund_id = r.id
         AND id = coalesce(r.provider_refund_id, id) ORDER BY status = 'succeeded' DESC, id LIMIT 1) AS p ON true
     ORDER BY r.created_at, r.id`,
    [run.id, run.provider, run.from, run.to, limit, ...after],
  );
}

/** The same pairs with our side as it is by now. */
export async function withOurs(tx: Transaction, { provider }: Run, pairs: readonly Pair[]): Promise<Pair[]> {
  const keys = pairs.map(({ cursor, refundId, theirs }) => ({ cursor, refundId, theirId: theirs?.id ?? null }));
  const rows = await tx.query<Pick<Pair, 'cursor' | 'ours' | 'elsewhere'>>(
    `SELECT k.cursor, coalesce(${elsewhereSide}, ${ourSide}) AS ours, e.provider_refund_id IS NOT NULL AS elsewhere
     FROM jsonb_to_recordset($1::jsonb) AS k (cursor text, "refundId" text, "theirId" text)
       LEFT JOIN LATERAL (SELECT * FROM refund WHERE id = k."refundId" LIMIT 1) AS r ON true
       LEFT JOIN LATERAL (SELECT * FROM refund_elsewhere WHERE provider = $2 AND provider_refund_id = k."theirId" LIMIT 1) AS e ON true`,
    [JSON.stringify(keys), provider],
  );
  const now = new Map(rows.map((row) => [row.cursor, row]));
  return pairs.map((pair) => ({ ...pair, ...now.get(pair.cursor) }));
}

/** One page is compared: what it found, counted and made into work, in one transaction. */
export async function keepCompared(tx: Transaction, run: Run, progress: Progress): Promise<void> {
  await advance(tx, run, progress);
  const found = progress.found ?? [];
  if (found.length === 0) return;
  const rows = found.map(({ kind, facts }, index) => ({
    id: newId('dif'),
    n: run.found + index + 1,
    kind,
    subject: kind === 'missing_there' ? facts.refundId : facts.providerRefundId,
    facts,
    at: facts.at,
  }));
  // A person's explanation holds as long as the facts that it explains.
  const anew = `(difference.state = 'gone' OR difference.state = 'resolved' AND difference.facts - 'status' <> excluded.facts - 'status')`;
  const kept = await tx.query<{ id: string; subject: string; kind: DifferenceKind; state: string }>(
    `INSERT INTO difference (merchant_id, id, provider, kind, subject, facts, at, created_at, seen_at)
     SELECT current_setting('app.merchant_id'), id, $2, kind, subject, facts, at, now(), now() FROM jsonb_to_recordset($1::jsonb) AS d (id text, kind text, subject text, facts jsonb, at timestamptz)
     ORDER BY kind, subject
     ON CONFLICT (merchant_id, provider, kind, subject) DO UPDATE SET facts = excluded.facts, at = excluded.at, seen_at = excluded.seen_at,
       state = CASE WHEN ${anew} THEN 'open' ELSE difference.state END, ended_by = CASE WHEN ${anew} THEN NULL ELSE difference.ended_by END,
       ended_at = CASE WHEN ${anew} THEN NULL ELSE difference.ended_at END, note = CASE WHEN ${anew} THEN NULL ELSE difference.note END
     RETURNING id, subject, kind, state`,
    [JSON.stringify(rows), run.provider],
  );
  const known = new Map(kept.map((one) => [`${one.kind}/${one.subject}`, one]));
  const numbered = rows.map((row) => ({ ...row, ...known.get(`${row.kind}/${row.subject}`)! }));
  tx.write(
    `INSERT INTO reconciliation_difference (merchant_id, reconciliation_id, n, difference_id, facts)
     SELECT current_setting('app.merchant_id'), $2, n, id, facts FROM jsonb_to_recordset($1::jsonb) AS d (n int, id text, facts jsonb)`,
    [JSON.stringify(numbered), run.id],
  );
  openFinanceTasks(
    tx,
    new Date().toISOString(),
    numbered
      .filter(({ state }) => state === 'open')
      .map(({ id, n, kind, facts }) => ({
        id: taskOfDifference(id),
        title: `reconciliation_${kind}`,
        subject: id,
        detail: { reconciliationId: run.id, n, kind, provider: run.provider, ...facts },
      })),
  );
}

/** Everything is compared: what an earlier run had found in this range and this one has not is gone, and so is its work. */
export async function closeRun(tx: Transaction, run: Run): Promise<void> {
  await end(tx, run, 'done', null);
  const gone = await tx.query<{ id: string }>(
    `UPDATE difference SET state = 'gone', ended_by = $1, ended_at = now() WHERE provider = $2 AND state = 'open' AND ${inRange('at')} AND seen_at < $5
       AND NOT EXISTS (SELECT FROM reconciliation_difference rd WHERE rd.reconciliation_id = $1 AND rd.difference_id = difference.id) RETURNING id`,
    [run.id, run.provider, run.from, run.to, run.createdAt],
  );
  endTasks(
    tx,
    gone.map(({ id }) => taskOfDifference(id)),
  );
}
/** It cannot be finished; what it has found stays. */
export const failRun = (tx: Transaction, run: Run, reason: string): Promise<void> => end(tx, run, 'failed', reason);

async function end(tx: Transaction, run: Run, status: 'done' | 'failed', reason: string | null): Promise<void> {
  const [row] = await tx.query(
    `UPDATE reconciliation SET status = $3, reason = $4, step = 'over', cursor = NULL, updated_at = now(), finished_at = now()
     WHERE id = $1 AND status = 'running' AND step = $2 RETURNING matched, missing_here AS "missingHere", missing_there AS "missingThere", amount_differs AS "amountDiffers", told`,
    [run.id, run.step, status, reason],
  );
  if (!row) throw new Overtaken();
  tx.write('DELETE FROM provider_refund WHERE reconciliation_id = $1', [run.id]);
  const data = { reconciliationId: run.id, provider: run.provider, from: run.from.toISOString(), to: run.to.toISOString(), status, reason, ...row };
  await appendToMerchantLog(tx, run.merchantId, { type: 'reconciled', actor: { kind: 'system', id: 'boomerang' }, data });
}

/** The provider could not be asked. Answers how often in a row. */
export async function noteFailure(tx: Transaction, run: Run): Promise<number> {
  const [row] = await tx.query<{ failures: number }>(
    `UPDATE reconciliation SET failures = failures + 1, updated_at = now() WHERE id = $1 AND status = 'running' RETURNING failures`,
    [run.id],
  );
  return row?.failures ?? 0;
}
