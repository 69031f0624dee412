import type { Order } from '#libs/domain/order';
import { choosePolicy, type PublishedVersion } from '#libs/domain/policy/choose-policy';
import type { Policy } from '#libs/domain/policy/policy';
import { prepared, type Transaction } from './database';
import { newId } from './ids';
import { Remembered } from './remembered';

export interface PolicyVersion {
  readonly id: string;
  readonly version: number;
  readonly policy: Policy;
  readonly publishedAt: Date | null;
}
/** A policy: its newest version (the draft, if there is one) and what it consists of, oldest version first. */
export interface StoredPolicy extends PolicyVersion {
  readonly createdAt: Date;
  readonly versions: readonly VersionSummary[];
}
export interface VersionSummary {
  readonly version: number;
  readonly effectiveFrom: Date;
  readonly publishedAt: Date | null;
}
/** `effective_from`: not later than what is published already. */
export type DraftOutcome =
  { readonly kind: 'saved'; readonly policy: StoredPolicy } | { readonly kind: 'effective_from'; readonly after: Date } | { readonly kind: 'not_found' };
export type PublishOutcome = { readonly kind: 'published'; readonly policy: StoredPolicy } | { readonly kind: 'no_draft' } | { readonly kind: 'not_found' };

/** What a policy is chosen for: the order, the lines of the application, and the customer's tier (the order's when null). */
export interface PolicyQuestion {
  readonly order: Order;
  readonly lineIds: readonly string[];
  readonly tier?: string | null;
}

/** Published versions never change: read once a process, the least recently used ones leave. */
const published = new Remembered<Policy>(500);

/** Of each policy the version in force at `$1`, and its first. */
const versionsInForce = prepared(
  `SELECT v.policy_id AS "policyId", v.version, p.created_at AS "createdAt" FROM policy_version v JOIN policy p ON p.id = v.policy_id
   WHERE v.published_at IS NOT NULL AND v.version IN (
     (SELECT version FROM policy_version w WHERE w.policy_id = v.policy_id AND w.published_at IS NOT NULL AND w.effective_from <= $1 ORDER BY effective_from DESC LIMIT 1),
     (SELECT version FROM policy_version w WHERE w.policy_id = v.policy_id AND w.published_at IS NOT NULL ORDER BY effective_from LIMIT 1))`,
);

/**
 * The published version that rules a return (CONTRACT §7); null when the merchant has none that matches. Two short reads at most, usually one: the rows
 * say which versions there are, their bodies are remembered.
 */
export async function policyInForce(tx: Transaction, question: PolicyQuestion): Promise<{ id: string; version: number; policy: Policy } | null> {
  const rows = await tx.query<{ policyId: string; version: number; createdAt: Date }>(versionsInForce, [question.order.placedAt]);
  const bodies = await publishedBodies(tx, rows);
  const candidates = rows.map((row): PublishedVersion => ({
    policyId: row.policyId,
    version: row.version,
    policyCreatedAt: row.createdAt.toISOString(),
    policy: bodies.get(key(row.policyId, row.version)) as Policy,
  }));
  const chosen = choosePolicy(candidates, question);
  return chosen && { id: chosen.policyId, version: chosen.version, policy: chosen.policy };
}

/** A published version's rules; null when there is no such version, or it is still a draft. */
export async function readPolicyVersion(tx: Transaction, id: string, version: number): Promise<Policy | null> {
  const bodies = await publishedBodies(tx, [{ policyId: id, version }]);
  return bodies.get(key(id, version)) ?? null;
}

const key = (policyId: string, version: number) => `${policyId}/${version}`;

/** Ids are unique among all merchants, and whoever asks got them from rows they may see (or asks the database first). */
async function publishedBodies(tx: Transaction, wanted: readonly { policyId: string; version: number }[]): Promise<ReadonlyMap<string, Policy>> {
  const known = wanted.flatMap(({ policyId, version }): [string, Policy][] => {
    const policy = published.get(key(policyId, version));
    return policy ? [[key(policyId, version), policy]] : [];
  });
  const bodies = new Map(known);
  const missing = wanted.filter(({ policyId, version }) => !bodies.has(key(policyId, version)));
  if (missing.length === 0) return bodies;
  const rows = await tx.query<{ policyId: string; version: number; body: Policy }>(
    `SELECT policy_id AS "policyId", version, body FROM policy_version
     WHERE published_at IS NOT NULL AND (policy_id, version) IN (SELECT * FROM unnest($1::text[], $2::int[]))`,
    [missing.map((row) => row.policyId), missing.map((row) => row.version)],
  );
  for (const row of rows) {
    published.put(key(row.policyId, row.version), row.body);
    bodies.set(key(row.policyId, row.version), row.body);
  }
  return bodies;
}

/** A new policy: version 1, a draft. */
export async function createPolicy(tx: Transaction, policy: Policy): Promise<StoredPolicy> {
  const id = newId('pol');
  await tx.query(`INSERT INTO policy (id, merchant_id) VALUES ($1, current_setting('app.merchant_id'))`, [id]);
  await insertDraft(tx, id, 1, policy);
  return (await readPolicy(tx, id)) as StoredPolicy;
}

/** Replaces the draft, or begins the next version's. */
export async function saveDraft(tx: Transaction, id: string, policy: Policy): Promise<DraftOutcome> {
  if (!(await lockPolicy(tx, id))) return { kind: 'not_found' };
  const versions = await readVersions(tx, id);
  const last = versions.findLast((version) => version.publishedAt !== null);
  if (last && Date.parse(policy.effectiveFrom) <= last.effectiveFrom.getTime()) return { kind: 'effective_from', after: last.effectiveFrom };
  const draft = versions.find((version) => version.publishedAt === null);
  if (draft) {
    await tx.query('UPDATE policy_version SET body = $3, effective_from = $4 WHERE policy_id = $1 AND version = $2', [
      id,
      draft.version,
      JSON.stringify(policy),
      policy.effectiveFrom,
    ]);
  } else {
    await insertDraft(tx, id, (versions.at(-1)?.version ?? 0) + 1, policy);
  }
  return { kind: 'saved', policy: (await readPolicy(tx, id)) as StoredPolicy };
}

/** From here on the draft never changes. */
export async function publishPolicy(tx: Transaction, id: string): Promise<PublishOutcome> {
  if (!(await lockPolicy(tx, id))) return { kind: 'not_found' };
  const draft = (await readVersions(tx, id)).find((version) => version.publishedAt === null);
  if (!draft) return { kind: 'no_draft' };
  await tx.query('UPDATE policy_version SET published_at = now() WHERE policy_id = $1 AND version = $2', [id, draft.version]);
  return { kind: 'published', policy: (await readPolicy(tx, id)) as StoredPolicy };
}

async function lockPolicy(tx: Transaction, id: string): Promise<boolean> {
  return (await tx.query('SELECT id FROM policy WHERE id = $1 FOR UPDATE', [id])).length > 0;
}

async function insertDraft(tx: Transaction, id: string, version: number, policy: Policy): Promise<void> {
  await tx.query(
    `INSERT INTO policy_version (policy_id, version, merchant_id, body, effective_from) VALUES ($1, $2, current_setting('app.merchant_id'), $3, $4)`,
    [id, version, JSON.stringify(policy), policy.effectiveFrom],
  );
}

/** Oldest first. */
async function readVersions(tx: Transaction, id: string): Promise<VersionSummary[]> {
  return tx.query<VersionSummary>(
    'SELECT version, effective_from AS "effectiveFrom", published_at AS "publishedAt" FROM policy_version WHERE policy_id = $1 ORDER BY version',
    [id],
  );
}

/** One version, draft or published. */
export async function readVersion(tx: Transaction, id: string, version: number): Promise<PolicyVersion | null> {
  const [row] = await tx.query<PolicyVersion>(
    'SELECT policy_id AS id, version, body AS policy, published_at AS "publishedAt" FROM policy_version WHERE policy_id = $1 AND version = $2',
    [id, version],
  );
  return row ?? null;
}

export async function readPolicy(tx: Transaction, id: string): Promise<StoredPolicy | null> {
  const [policy] = await tx.query<StoredPolicy>(`${newest} WHERE p.id = $1`, [id]);
  return policy ? { ...policy, versions: await readVersions(tx, id) } : null;
}

const newest = `
SELECT p.id, p.created_at AS "createdAt", p.created_at::text AS "position", v.version, v.body AS policy, v.published_at AS "publishedAt"
FROM policy p JOIN LATERAL (SELECT version, body, published_at FROM policy_version WHERE policy_id = p.id ORDER BY version DESC LIMIT 1) v ON true`;

/** Newest policy first. `after`: `[position, id]` of the last one seen. Without the list of versions. */
export async function listPolicies(
  tx: Transaction,
  after: readonly [string, string] | null,
  limit: number,
): Promise<(Omit<StoredPolicy, 'versions'> & { readonly position: string })[]> {
  return tx.query(`${newest} WHERE $1::timestamptz IS NULL OR (p.created_at, p.id) < ($1, $2::text) ORDER BY p.created_at DESC, p.id DESC LIMIT $3`, [
    after?.[0] ?? null,
    after?.[1] ?? null,
    limit,
  ]);
}
