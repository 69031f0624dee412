import { CheckpointTree, firstPrevious, signCheckpoint } from '#libs/audit/checkpoint';
import type { SigningKey } from '#libs/audit/keys';
import type { CheckpointRecord, Leaf } from '#libs/audit/records';
import { prepared, type Database, type Transaction } from './database';

/** Heads that one statement takes. */
const HEADS = 5_000;
/** Heads that are locked at a time: whoever commits waits for these at most. */
const MARKED = 1_000;

type Head = Omit<Leaf, 'number'> & { readonly stream: string };

/**
 * Signs every head that moved since the last checkpoint, and whatever earlier days had missed. One at a time per merchant; what commits meanwhile is the next one's.
 * Call {@link markSealed} after the transaction.
 * @returns null when nothing has moved
 */
export async function makeCheckpoint(tx: Transaction, merchantId: string, key: SigningKey): Promise<CheckpointRecord | null> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 7620043))', [merchantId]);
  const last = await lastCheckpoint(tx);
  const number = (last?.number ?? 0) + 1;
  const tree = new CheckpointTree();
  for (let after = ''; ;) {
    const heads = await tx.query<Head>(
      `INSERT INTO audit_leaf (merchant_id, number, stream, sequence, hash, adopted)
       SELECT merchant_id, $1, stream, sequence, hash, adopted FROM log_head h
       WHERE moved AND stream > $2 AND NOT EXISTS (SELECT FROM audit_leaf l WHERE l.stream = h.stream AND l.sequence = h.sequence)
       ORDER BY stream LIMIT ${HEADS} RETURNING stream, sequence, hash, adopted`,
      [number, after],
    );
    const sorted = heads.toSorted((a, b) => Buffer.compare(Buffer.from(a.stream), Buffer.from(b.stream)));
    for (const head of sorted) tree.add(head.stream, head);
    if (heads.length < HEADS) break;
    after = sorted.at(-1)!.stream;
  }
  if (tree.size === 0) return null;
  const text = { merchantId, number, at: new Date().toISOString(), previous: last?.hash ?? firstPrevious, root: tree.root(), streams: tree.size };
  const checkpoint = signCheckpoint(text, key);
  tx.write(
    `INSERT INTO audit_checkpoint (merchant_id, number, text, hash, public_key, signature) VALUES (current_setting('app.merchant_id'), $1, $2, $3, $4, $5)`,
    [number, checkpoint.text, checkpoint.hash, checkpoint.publicKey, checkpoint.signature],
  );
  return checkpoint;
}

/**
 * Heads that a checkpoint holds need no other one until they move again. A few at a time, and never one that somebody is writing: what is passed over, or left by a process
 * that died, is found by its leaf the next time.
 */
export async function markSealed(database: Database, merchantId: string): Promise<void> {
  for (let after: string | undefined = ''; after !== undefined;) {
    const from: string = after;
    const marked = await database.inMerchant(merchantId, (tx) =>
      tx.query<{ stream: string }>(
        `UPDATE log_head h SET moved = false FROM (
           SELECT stream, sequence FROM log_head c WHERE moved AND stream > $1 AND EXISTS (SELECT FROM audit_leaf l WHERE l.stream = c.stream AND l.sequence = c.sequence)
           ORDER BY stream LIMIT ${MARKED} FOR UPDATE SKIP LOCKED) AS sealed
         WHERE h.stream = sealed.stream AND h.sequence = sealed.sequence RETURNING h.stream`,
        [from],
      ),
    );
    after =
      marked.length < MARKED ? undefined : marked.map(({ stream }) => stream).reduce((a, b) => (Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0 ? a : b));
  }
}

/** Whose chains have moved since their last checkpoint. */
export const merchantsWithMovedHeads = async (tx: Transaction): Promise<string[]> =>
  (await tx.query<{ id: string }>('SELECT id FROM merchant m WHERE EXISTS (SELECT FROM log_head h WHERE h.merchant_id = m.id AND moved) ORDER BY id')).map(
    ({ id }) => id,
  );

const columns = `'checkpoint' AS kind, number, text, hash, public_key AS "publicKey", signature`;
const newest = prepared(`SELECT ${columns} FROM audit_checkpoint WHERE number < $1 ORDER BY number DESC LIMIT $2`);

/** Newest first. @param before the number after which the page begins; null for the first page */
export const listCheckpoints = (tx: Transaction, before: number | null, limit: number): Promise<CheckpointRecord[]> =>
  tx.query<CheckpointRecord>(newest, [before ?? 2 ** 31 - 1, limit]);

export const lastCheckpoint = async (tx: Transaction): Promise<CheckpointRecord | null> => (await listCheckpoints(tx, null, 1))[0] ?? null;

const leavesOf = prepared(`SELECT stream, sequence, hash, adopted FROM audit_leaf WHERE number = $1 AND stream > $2 ORDER BY stream LIMIT ${HEADS}`);

/** The tree of a checkpoint, made anew from what is kept of it. */
export async function rebuiltTree(database: Database, merchantId: string, number: number): Promise<CheckpointTree> {
  const tree = new CheckpointTree();
  for (let after = ''; ;) {
    const heads = await database.ask<Head>(merchantId, leavesOf, [number, after]);
    for (const head of heads) tree.add(head.stream, head);
    if (heads.length < HEADS) return tree;
    after = heads.at(-1)!.stream;
  }
}
