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

export function insertEntries(tx: Transaction, entries: readonly Linked[]): void {
  if (entries.length === 0) return;
  tx.write(
    `INSERT INTO log_entry (merchant_id, stream, sequence, at, cause, type, text, previous, hash)
     SELECT current_setting('app.merchant_id'), stream, sequence, at, cause, type, text, previous, hash
     FROM jsonb_to_recordset($1::jsonb) AS entry (stream text, sequence int, at timestamptz, cause text, type text, text text, previous text, hash text)`,
    [
      JSON.stringify(
        entries.map(({ stream, sequence, at, cause, type, text, previous, hash }) => ({ stream, sequence, at, cause, type, text, previous, hash })),
      ),
    ],
  );
}

/** The merchant's own chain: policies, keys, users. */
export const appendToMerchantLog = (tx: Transaction, merchantId: string, entry: Told): Promise<void> => appendToChain(tx, `merchant/${merchantId}`, entry);

interface Told {
  /** RFC 3339; now, unless something else was written with it. */
  readonly at?: string;
  readonly type: string;
  readonly actor: Pick<Actor, 'kind' | 'id'>;
  readonly data: unknown;
}
/** A chain that is not a return's process. One writer at a time, by an advisory lock that ends with the transaction. */
export async function appendToChain(tx: Transaction, stream: string, { at, type, actor, data }: Told): Promise<void> {
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
}

export interface Verification {
  readonly ok: boolean;
  readonly entries: number;
  readonly head: string;
  /** The first sequence that does not follow from the one before it. */
  readonly firstBroken: number | null;
}

/** Recomputes a chain from its stored texts, a thousand entries at a time. A return's head must also be the one its row names. */
export async function verifyStream(tx: Transaction, merchantId: string, stream: string): Promise<Verification> {
  let [head, entries] = [beginning, 0];
  for (;;) {
    const rows = await tx.query<{ sequence: number; text: string; previous: string; hash: string; type: string; cause: string }>(
      'SELECT sequence, text, previous, hash, type, cause FROM log_entry WHERE merchant_id = $1 AND stream = $2 AND sequence > $3 ORDER BY sequence LIMIT 1000',
      [merchantId, stream, entries],
    );
    for (const row of rows) {
      const holds = row.sequence === entries + 1 && row.previous === head && row.hash === sha256(row.previous + row.text) && agrees(row, stream);
      if (!holds) return { ok: false, entries, head, firstBroken: entries + 1 };
      head = row.hash;
      entries++;
    }
    if (rows.length < 1000) break;
  }
  const [row] = await tx.query<{ head: string; sequence: number }>('SELECT head, sequence FROM return WHERE merchant_id = $1 AND id = $2', [
    merchantId,
    stream,
  ]);
  const cut = row !== undefined && (row.head !== head || row.sequence !== entries);
  return { ok: !cut, entries, head, firstBroken: cut ? entries + 1 : null };
}
/** The columns that queries go by say the same as the text that is hashed. */
function agrees(row: { sequence: number; text: string; type: string; cause: string }, stream: string): boolean {
  try {
    const entry = JSON.parse(row.text) as LogEntry;
    return entry.stream === stream && entry.sequence === row.sequence && entry.type === row.type && entry.cause === row.cause;
  } catch {
    return false;
  }
}
