import type { ReturnState } from '#libs/domain/return/state';
import type { Transaction } from './database';

/** Whether refunds leave for a provider. `since`, `by` and `reason` are those of the last pause or resumption; null when there was none. */
export interface ProviderRow {
  readonly provider: string;
  readonly paused: boolean;
  readonly since: Date | null;
  readonly by: string | null;
  readonly reason: string | null;
  /** Refunds that wait for it, and what they come to by currency. */
  readonly waiting: readonly { readonly currency: string; readonly refunds: number; readonly amount: number }[];
}

/** Job for the worker: a provider's refunds may leave again. Payload `{ merchantId, provider, after }`; `after`: where the last batch ended, `[created_at, id]`. */
export const providerResumedTask = 'provider_resumed';

/** Every provider that an order was paid through, by name: each found by one step into the index. `after`: the last one seen. */
export async function listProviders(tx: Transaction, after: string | null, limit: number): Promise<ProviderRow[]> {
  return tx.query<ProviderRow>(
    `WITH RECURSIVE named AS (
       (SELECT provider, 1 AS n FROM tender WHERE provider > $1 ORDER BY provider LIMIT 1)
       UNION ALL
       SELECT next.provider, named.n + 1 FROM named CROSS JOIN LATERAL (
         SELECT provider FROM tender WHERE tender.provider > named.provider ORDER BY tender.provider LIMIT 1) AS next WHERE named.n < $2)
     SELECT ${row} FROM named LEFT JOIN payment_provider p USING (provider) ORDER BY provider`,
    [after ?? '', limit],
  );
}

/** Null: no order was ever paid through it. */
export async function readProvider(tx: Transaction, provider: string): Promise<ProviderRow | null> {
  const [found] = await tx.query<ProviderRow>(
    `SELECT ${row} FROM (SELECT $1::text AS provider WHERE EXISTS (SELECT FROM tender WHERE provider = $1)) AS named LEFT JOIN payment_provider p USING (provider)`,
    [provider],
  );
  return found ?? null;
}
const row = `named.provider, p.paused_at IS NOT NULL AS paused, p.changed_at AS since, p.changed_by AS by, p.reason,
  (SELECT coalesce(jsonb_agg(w ORDER BY w.currency), '[]') FROM (SELECT r.currency, count(*) AS refunds, sum(r.amount) AS amount FROM refund r
     WHERE p.paused_at IS NOT NULL AND r.provider = named.provider AND r.status = 'pending' AND r.provider_refund_id IS NULL GROUP BY r.currency) AS w) AS waiting`;

/** False: it is so already. The row is held until the transaction ends, which is what a refund that is told to wait looks at. */
export async function setPaused(tx: Transaction, provider: string, paused: boolean, by: string, reason: string): Promise<boolean> {
  const changed = await tx.query(
    `INSERT INTO payment_provider AS p (merchant_id, provider, paused_at, changed_at, changed_by, reason)
     SELECT current_setting('app.merchant_id'), $1, CASE WHEN $2 THEN now() END, now(), $3, $4 WHERE $2 OR EXISTS (SELECT FROM payment_provider WHERE provider = $1)
     ON CONFLICT (merchant_id, provider) DO UPDATE SET paused_at = excluded.paused_at, changed_at = now(), changed_by = excluded.changed_by, reason = excluded.reason
     WHERE (p.paused_at IS NOT NULL) <> $2 RETURNING provider`,
    [provider, paused, by, reason],
  );
  if (changed.length === 0) return false;
  if (!paused) await wakeWaiting(tx, provider, null);
  return true;
}

type Position = readonly [createdAt: string, id: string];
/** Has a batch of returns woken that wait for the provider, after `after`. */
export async function wakeWaiting(tx: Transaction, provider: string, after: Position | null): Promise<void> {
  await tx.query(
    `SELECT enqueue($1, json_build_object('merchantId', current_setting('app.merchant_id'), 'provider', $2::text, 'after', $3::json), NULL, NULL)`,
    [providerResumedTask, provider, JSON.stringify(after)],
  );
}

/** Returns with a refund that waits for the provider, oldest refund first, and where the batch ended; null: that was the last. */
export async function waitingFor(
  tx: Transaction,
  provider: string,
  after: Position | null,
  limit: number,
): Promise<{ readonly states: readonly ReturnState[]; readonly next: Position | null }> {
  const rows = await tx.query<{ state: ReturnState | null; createdAt: string; id: string }>(
    `SELECT f.created_at::text AS "createdAt", f.id, (SELECT r.state FROM return r WHERE r.id = f.return_id AND r.state @? '$.refunds[*] ? (@.paused == true)') AS state
     FROM refund f WHERE f.provider = $1 AND f.status = 'pending' AND ($2::timestamptz IS NULL OR (f.created_at, f.id) > ($2, $3)) ORDER BY f.created_at, f.id LIMIT $4`,
    [provider, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
  const last = rows.at(-1);
  const states = new Map(rows.flatMap(({ state }) => (state === null ? [] : [[state.returnId, state]])));
  return { states: [...states.values()], next: last && rows.length === limit ? [last.createdAt, last.id] : null };
}
