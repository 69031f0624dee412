import type { DifferenceKind, OurRefund } from '#libs/domain/money/reconciliation';
import type { Transaction } from './database';
import { newId } from './ids';
import { endTasks } from './tasks';

/** Job for the worker: compares, or goes on comparing. Payload `{ merchantId, reconciliationId }`. */
export const reconciliationTask = 'reconcile_provider';

/** What both sides say of one refund; amounts in minor units. Null: that side knows nothing. */
export interface DifferenceFacts {
  /** The id under which the provider holds it; ours when there is a return. */
  readonly refundId: string;
  readonly returnId: string | null;
  readonly orderNumber: string | null;
  readonly providerRefundId: string | null;
  readonly providerPaymentId: string | null;
  readonly amount: number | null;
  readonly providerAmount: number | null;
  readonly currency: string | null;
  readonly providerCurrency: string | null;
  readonly status: string | null;
  readonly providerStatus: string | null;
  /** RFC 3339: when the provider made it; of what it has not, when we did. */
  readonly at: string;
}
export interface DifferenceRow {
  readonly n: number;
  readonly id: string;
  readonly kind: DifferenceKind;
  /** As this run found it. */
  readonly facts: DifferenceFacts;
  /** `gone`: a later run did not find it any more. */
  readonly state: 'open' | 'resolved' | 'gone';
  readonly endedBy: string | null;
  readonly endedAt: Date | null;
  readonly note: string | null;
}
export interface ReconciliationRow {
  readonly id: string;
  readonly provider: string;
  readonly from: Date;
  readonly to: Date;
  readonly status: 'running' | 'done' | 'failed';
  readonly reason: string | null;
  readonly matched: number;
  readonly missingHere: number;
  readonly missingThere: number;
  readonly amountDiffers: number;
  readonly told: number;
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  /** `created_at` to the microsecond, for the cursor. */
  readonly position: string;
}
const columns = `id, provider, from_at AS "from", to_at AS "to", status, reason, matched, missing_here AS "missingHere", missing_there AS "missingThere", amount_differs AS "amountDiffers",
  told, requested_by AS "requestedBy", created_at AS "createdAt", finished_at AS "finishedAt", created_at::text AS position`;

/** A run that begins as soon as a worker takes it. */
export async function createReconciliation(
  tx: Transaction,
  { provider, from, to, requestedBy }: { readonly provider: string; readonly from: string; readonly to: string; readonly requestedBy: string },
): Promise<ReconciliationRow | null> {
  const [row] = await tx.query<ReconciliationRow>(
    `INSERT INTO reconciliation (merchant_id, id, provider, from_at, to_at, status, step, requested_by) VALUES (current_setting('app.merchant_id'), $1, $2, $3, $4, 'running', 'list', $5)
     ON CONFLICT (merchant_id, provider, from_at) WHERE requested_by = 'boomerang' DO NOTHING RETURNING ${columns}`,
    [newId('rcl'), provider, from, to, requestedBy],
  );
  if (row) await enqueueRun(tx, row.id);
  return row ?? null;
}
/** Once however often it is asked for; a run that a dead worker holds is taken from it. */
export async function enqueueRun(tx: Transaction, reconciliationId: string): Promise<void> {
  await tx.query(
    `SELECT enqueue($1, json_build_object('merchantId', current_setting('app.merchant_id'), 'reconciliationId', $2::text), 'reconciliation/' || current_setting('app.merchant_id') || '/' || $2::text, NULL)`,
    [reconciliationTask, reconciliationId],
  );
}

export async function readReconciliation(tx: Transaction, id: string): Promise<ReconciliationRow | null> {
  const [row] = await tx.query<ReconciliationRow>(`SELECT ${columns} FROM reconciliation WHERE id = $1`, [id]);
  return row ?? null;
}

/** Newest first. `after`: `[position, id]` of the last one seen. */
export async function listReconciliations(tx: Transaction, after: readonly [string, string] | null, limit: number): Promise<ReconciliationRow[]> {
  const values: unknown[] = [limit, ...(after ?? [])];
  return tx.query<ReconciliationRow>(
    `SELECT ${columns} FROM reconciliation ${after ? 'WHERE (created_at, id) < ($2::timestamptz, $3)' : ''} ORDER BY created_at DESC, id DESC LIMIT $1`,
    values,
  );
}

const ofRun = `rd.n, d.id, d.kind, rd.facts, d.state, d.ended_by AS "endedBy", d.ended_at AS "endedAt", d.note
  FROM reconciliation_difference rd JOIN difference d ON d.merchant_id = rd.merchant_id AND d.id = rd.difference_id`;

/** In the sequence in which they were found, after number `after`. */
export function listDifferences(tx: Transaction, reconciliationId: string, after: number, limit: number): Promise<DifferenceRow[]> {
  return tx.query<DifferenceRow>(`SELECT ${ofRun} WHERE rd.reconciliation_id = $1 AND rd.n > $2 ORDER BY rd.n LIMIT $3`, [reconciliationId, after, limit]);
}
/** The first of each kind. */
export function firstDifferences(tx: Transaction, reconciliationId: string, limit: number): Promise<DifferenceRow[]> {
  const kind = (name: DifferenceKind) => `(SELECT ${ofRun} WHERE rd.reconciliation_id = $1 AND d.kind = '${name}' ORDER BY rd.n LIMIT $2)`;
  return tx.query<DifferenceRow>(`${kind('missing_here')} UNION ALL ${kind('missing_there')} UNION ALL ${kind('amount_differs')} ORDER BY n`, [
    reconciliationId,
    limit,
  ]);
}
export async function openDifferences(tx: Transaction, reconciliationId: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM reconciliation_difference rd JOIN difference d ON d.merchant_id = rd.merchant_id AND d.id = rd.difference_id
     WHERE rd.reconciliation_id = $1 AND d.state = 'open'`,
    [reconciliationId],
  );
  return row!.count;
}

/** The difference as a run numbered it, held until the transaction ends. */
export async function lockDifference(tx: Transaction, reconciliationId: string, n: number): Promise<(DifferenceRow & { readonly provider: string }) | null> {
  const [row] = await tx.query<DifferenceRow & { provider: string }>(
    `SELECT d.provider, ${ofRun} WHERE rd.reconciliation_id = $1 AND rd.n = $2 FOR UPDATE OF d`,
    [reconciliationId, n],
  );
  return row ?? null;
}
export interface NowHere {
  /** `asked`: the provider is being asked what became of it. Null: no refund of ours has that id. */
  readonly ours: (OurRefund & { readonly asked: boolean }) | null;
  /** What our books say of the provider's refund as one that others made; null: nothing. */
  readonly elsewhere: 'succeeded' | 'failed' | null;
}
/** What our books say by now of what a difference is about. */
export async function nowHere(tx: Transaction, provider: string, { refundId, providerRefundId }: DifferenceFacts): Promise<NowHere> {
  const [row] = await tx.query<NowHere>(
    `SELECT (SELECT jsonb_build_object('status', r.status, 'amount', r.amount, 'currency', r.currency, 'providerRefundId', r.provider_refund_id, 'asked',
         jsonb_path_exists(one.state, '$.refunds[*] ? (@.refundId == $id && @.call != null)', jsonb_build_object('id', r.id)))
       FROM refund r JOIN return one ON one.merchant_id = r.merchant_id AND one.id = r.return_id WHERE r.id = $2) AS ours,
       (SELECT status FROM refund_elsewhere WHERE provider = $1 AND provider_refund_id = $3) AS elsewhere`,
    [provider, refundId, providerRefundId],
  );
  return row!;
}

/** A person has explained it; its work is done. */
export function resolveDifference(tx: Transaction, id: string, by: string, note: string): void {
  tx.write(`UPDATE difference SET state = 'resolved', ended_by = $2, ended_at = now(), note = $3 WHERE id = $1 AND state = 'open'`, [id, by, note]);
  endTasks(tx, [taskOfDifference(id)]);
}
export const taskOfDifference = (id: string): string => `tsk_${id.slice(id.indexOf('_') + 1)}_difference`;

/** Something a provider would have reported, in its own form. */
export interface Report {
  readonly eventId: string;
  readonly type: string;
  readonly subject: string;
  readonly at: string;
  readonly data: object;
  readonly input: object;
}
/** Job for the worker: takes a report down as if the provider had sent it. Payload `{ provider, report }`. */
export const reportTask = 'tell_report';
export async function enqueueReport(tx: Transaction, provider: string, report: Report): Promise<void> {
  await tx.query('SELECT enqueue($1, $2::json, NULL, NULL)', [reportTask, JSON.stringify({ provider, report })]);
}
/** It counts once, and goes the way of all reports. True when it had not been told before. */
export async function tellReport(tx: Transaction, provider: string, { eventId, type, subject, at, data, input }: Report): Promise<boolean> {
  const [row] = await tx.query<{ id: number }>(
    'INSERT INTO inbox (source, event_id, type, subject, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (source, event_id) DO NOTHING RETURNING id',
    [`payment/${provider}`, eventId, type, subject, JSON.stringify({ event: { id: eventId, type, at, data }, input })],
  );
  if (row) await tx.query(`SELECT enqueue('deliver_fact', json_build_object('inboxId', $1::bigint), NULL, NULL)`, [row.id]);
  return row !== undefined;
}
