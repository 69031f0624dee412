import type { Actor } from '#libs/contracts/caller';
import { canonical, sha256 } from './canonical';
import type { Transaction } from './database';

/** What the first entry of a chain follows. */
export const beginning = '0'.repeat(64);

/** One entry as it is hashed: ids, codes, amounts and digests, never personal data. */
export interface LogEntry {
  readonly stream: string;
  readonly sequence: number;
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly actor: Pick<Actor, 'kind' | 'id'>;
  readonly cause: string;
  readonly type: string;
  readonly data: unknown;
}
interface Linked extends LogEntry {
  readonly text: string;
  readonly previous: string;
  readonly hash: string;
}

/** `hash = sha256(previous ‖ canonical text)`; the hashed text is what is stored. Changing any entry breaks every one after it. */
export function link(entries: readonly LogEntry[], head: string): Linked[] {
  let previous = head;
  return entries.map((entry) => {
    const text = canonical(entry);
    const linked = { ...entry, text, previous, hash: sha256(previous + text) };
    previous = linked.hash;
    return linked;
  });
}

/** Entries of one chain, in sequence; its head moves with them. */
export function insertEntries(tx: Transaction, entries: readonly Linked[]): void {
  if (entries.length === 0) return;
  tx.write(
    `WITH entry AS (
       SELECT * FROM jsonb_to_recordset($1::jsonb) AS entry (stream text, sequence int, at timestamptz, cause text, type text, text text, previous text, hash text)),
     head AS (
       INSERT INTO log_head (merchant_id, stream, sequence, hash)
       SELECT current_setting('app.merchant_id'), stream, sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1
       ON CONFLICT (merchant_id, stream) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, moved = true)
     INSERT INTO log_entry (merchant_id, stream, sequence, at, cause, type, text, previous, hash)
     SELECT current_setting('app.merchant_id'), stream, sequence, at, cause, type, text, previous, hash FROM entry`,
    [
      JSON.stringify(
        entries.map(({ stream, sequence, at, cause, type, text, previous, hash }) => ({ stream, sequence, at, cause, type, text, previous, hash })),
      ),
    ],
  );
}

/** The name of the merchant's own chain: policies, keys, users, and money that moved outside of any return. */
export const merchantStream = (merchantId: string): string => `merchant/${merchantId}`;
/** Answers the entry's sequence. */
export const appendToMerchantLog = (tx: Transaction, merchantId: string, entry: Told): Promise<number> => appendToChain(tx, merchantStream(merchantId), entry);

interface Told {
  /** RFC 3339; now, unless something else was written with it. */
  readonly at?: string;
  readonly type: string;
  readonly actor: Pick<Actor, 'kind' | 'id'>;
  readonly data: unknown;
}
/** A chain that is not a return's process. One writer at a time, by an advisory lock that ends with the transaction. Answers the entry's sequence. */
export async function appendToChain(tx: Transaction, stream: string, { at, type, actor, data }: Told): Promise<number> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 7620042))', [stream]);
  const [last] = await tx.query<{ sequence: number; hash: string }>('SELECT sequence, hash FROM log_entry WHERE stream = $1 ORDER BY sequence DESC LIMIT 1', [
    stream,
  ]);
  const sequence = (last?.sequence ?? 0) + 1;
  const entry: LogEntry = {
    stream,
    sequence,
    at: at ?? new Date().toISOString(),
    actor: { kind: actor.kind, id: actor.id },
    cause: `${stream}/${sequence}`,
    type,
    data,
  };
  insertEntries(tx, link([entry], last?.hash ?? beginning));
  return sequence;
}
