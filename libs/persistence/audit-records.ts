import { formatVersion, type AuditRecord, type CheckpointRecord } from '#libs/audit/records';
import { chainsFrom, readChains, readEntries, readMerchantPostings, readTail, type Chain } from './audit-rows';
import { prepared, type Database, type Transaction } from './database';
import { merchantStream } from './log';

/** All that an audit asks of a database. */
export type Reading = Pick<Database, 'ask' | 'snapshot'>;

/** Entries that are read in one snapshot, and held at a time; a longer chain is read in pieces of so many. */
const ENTRIES = 5_000;
const CHECKPOINTS = 500;
const STRAYS = 20;
/** Characters of an audit file that leave together. */
const PIECE = 64 * 1024;

/**
 * What an audit of a merchant reads, in the order of `libs/audit/records.ts`; with `returnId` the chains of that return alone, with all checkpoints, for any may vouch for it.
 * What belongs together is read in one snapshot, so nothing that is written meanwhile looks like tampering; no connection is held while the reader is slow.
 */
export async function* auditRecords(database: Reading, merchantId: string, returnId: string | null = null): AsyncGenerator<AuditRecord> {
  yield { kind: 'boomerang-audit', version: formatVersion, merchantId, at: new Date().toISOString() };
  let last = 0;
  for await (const checkpoint of checkpoints(database, merchantId)) {
    last = checkpoint.number;
    yield checkpoint;
  }
  const counts = { streams: 0, entries: 0, postings: 0, settlements: 0 };
  for await (const record of returnId === null ? allChains(database, merchantId, last) : chainsOf(database, merchantId, returnId, last)) {
    if (record.kind === 'stream') counts.streams++;
    else if (record.kind === 'entry') counts.entries++;
    else if (record.kind === 'posting') counts.postings++;
    else if (record.kind === 'settlement') counts.settlements++;
    yield record;
  }
  yield { kind: 'end', ...counts };
}

/** The same as lines of an audit file, many in one piece. */
export async function* auditLines(database: Reading, merchantId: string): AsyncGenerator<string> {
  let lines = '';
  for await (const record of auditRecords(database, merchantId)) {
    lines += `${JSON.stringify(record)}\n`;
    if (lines.length < PIECE) continue;
    yield lines;
    lines = '';
  }
  yield lines;
}

const checkpointsAfter = prepared(
  `SELECT 'checkpoint' AS kind, number, text, hash, public_key AS "publicKey", signature FROM audit_checkpoint WHERE number > $1 ORDER BY number LIMIT ${CHECKPOINTS}`,
);
async function* checkpoints(database: Reading, merchantId: string): AsyncGenerator<CheckpointRecord> {
  for (let last = 0; ;) {
    const rows = await database.ask<CheckpointRecord>(merchantId, checkpointsAfter, [last]);
    yield* rows;
    if (rows.length < CHECKPOINTS) return;
    last = rows.at(-1)!.number;
  }
}

/** @param last the checkpoint up to which leaves are shown */
async function* allChains(database: Reading, merchantId: string, last: number): AsyncGenerator<AuditRecord> {
  for (let after = ''; ;) {
    const read = await database.snapshot(merchantId, async (tx) => {
      const names = fitting(await chainsFrom(tx, after), merchantStream(merchantId));
      return { names, chains: names.length === 0 || isLong(names, merchantId) ? [] : await readChains(tx, names.map(({ stream }) => stream), last, ENTRIES) }; // prettier-ignore
    });
    if (read.names.length === 0) break;
    if (isLong(read.names, merchantId)) yield* longChain(database, merchantId, read.names[0]!.stream, last);
    else for (const chain of read.chains) yield* recordsOf(chain);
    after = read.names.at(-1)!.stream;
  }
  yield* strays(database, merchantId);
}

async function* chainsOf(database: Reading, merchantId: string, returnId: string, last: number): AsyncGenerator<AuditRecord> {
  for (const stream of [returnId, `${returnId}/annotations`]) {
    const [known] = await database.snapshot(merchantId, (tx) => chainsFrom(tx, stream, true));
    if (known?.stream === stream || stream === returnId) yield* longChain(database, merchantId, stream, last);
  }
}

type Name = Awaited<ReturnType<typeof chainsFrom>>[number];
const isLong = ([first]: readonly Name[], merchantId: string) =>
  first !== undefined && (first.sequence > ENTRIES || first.stream === merchantStream(merchantId));
/** As many of the next chains as are read at once; one that is read in pieces, or otherwise, alone. */
function fitting(names: readonly Name[], alone: string): readonly Name[] {
  if (names[0]?.stream === alone) return names.slice(0, 1);
  let entries = 0;
  const end = names.findIndex(({ stream, sequence }, index) => {
    entries += sequence;
    return index > 0 && (stream === alone || entries > ENTRIES);
  });
  return end < 0 ? names : names.slice(0, end);
}

function* recordsOf({ record, entries, postings, settlements }: Chain): Generator<AuditRecord> {
  yield record;
  yield* entries;
  yield* postings;
  yield* settlements;
}

/** A chain piece by piece, each in a snapshot of its own: what was there at the first one never changes, and what came later is left out. */
async function* longChain(database: Reading, merchantId: string, stream: string, last: number): AsyncGenerator<AuditRecord> {
  const ofMerchant = stream === merchantStream(merchantId);
  const [chain] = await database.snapshot(merchantId, (tx) => readChains(tx, [stream], last, 0));
  const { record, postings, settlements } = chain!;
  yield record;
  const end = record.head?.sequence ?? 2 ** 31 - 1;
  for (let after = 0; ;) {
    const piece = await database.snapshot(merchantId, async (tx) => {
      const entries = await readEntries(tx, stream, after, end, ENTRIES);
      const upTo = entries.length < ENTRIES ? end : entries.at(-1)!.sequence;
      return { entries, upTo, postings: ofMerchant ? await readMerchantPostings(tx, after, upTo) : [] };
    });
    let next = 0;
    for (const entry of piece.entries) {
      yield entry;
      while (next < piece.postings.length && piece.postings[next]!.merchantSequence! <= entry.sequence) yield piece.postings[next++]!;
    }
    yield* piece.postings.slice(next);
    after = piece.upTo;
    if (piece.entries.length < ENTRIES) break;
  }
  const tail = await database.snapshot(merchantId, (tx) => readTail(tx, stream, ofMerchant));
  yield* tail.entries;
  yield* [...postings, ...tail.postings];
  yield* settlements;
}

/** Rows that name a chain which is not there. */
const strayed = {
  log_entry: `SELECT stream AS id FROM log_entry e WHERE NOT EXISTS (SELECT FROM log_head h WHERE h.stream = e.stream COLLATE "C") GROUP BY stream`,
  ledger_posting: `SELECT entry_id || '#' || position AS id FROM ledger_posting p WHERE NOT EXISTS (SELECT FROM log_head h WHERE h.stream = coalesce(p.return_id, 'merchant/' || p.merchant_id) COLLATE "C")`,
  settlement: `SELECT id FROM settlement s WHERE NOT EXISTS (SELECT FROM log_head h WHERE h.stream = s.return_id COLLATE "C")`,
  return: `SELECT id FROM return r WHERE NOT EXISTS (SELECT FROM log_head h WHERE h.stream = r.id COLLATE "C")`,
} as const;

async function* strays(database: Reading, merchantId: string): AsyncGenerator<AuditRecord> {
  for (const [table, sql] of Object.entries(strayed) as [keyof typeof strayed, string][]) {
    const rows = await database.snapshot(merchantId, (tx) => patiently<{ id: string }>(tx, `${sql} LIMIT ${STRAYS}`));
    for (const { id } of rows) yield { kind: 'stray', table, id };
  }
}
/** These read whole tables. */
async function patiently<Row>(tx: Transaction, sql: string): Promise<Row[]> {
  await tx.query(`SET LOCAL statement_timeout = '15min'`);
  return tx.query<Row>(sql);
}
