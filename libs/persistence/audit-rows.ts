import type { EntryRecord, Leaf, PostingRecord, SettlementRecord, StreamRecord } from '#libs/audit/records';
import { prepared, type Transaction } from './database';

/** Chains that are named at a time. */
const CHAINS = 200;
/** Rows that nothing tells are shown, and not counted. */
const TAIL = 100;

/** A chain with the rows of its return. */
export interface Chain {
  readonly record: StreamRecord;
  readonly entries: readonly EntryRecord[];
  readonly postings: readonly PostingRecord[];
  readonly settlements: readonly SettlementRecord[];
}

const instant = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
/** What code writes has milliseconds; further digits are somebody else's, and stay. */
const shown = (text: string) => (text.endsWith('000Z') ? `${text.slice(0, -4)}Z` : text);
const amountOf = (text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : text);

const named = (than: '>' | '>=') =>
  prepared(
    `SELECT stream, max(sequence)::int AS sequence FROM (
       (SELECT stream, sequence FROM log_head WHERE stream ${than} $1 ORDER BY stream LIMIT ${CHAINS})
       UNION ALL (SELECT DISTINCT ON (stream) stream, 0 FROM audit_leaf WHERE stream ${than} $1 ORDER BY stream LIMIT ${CHAINS})) AS chain
     GROUP BY stream ORDER BY stream LIMIT ${CHAINS}`,
  );
const [namesAfter, namesFrom] = [named('>'), named('>=')];
/** Chains there are, and those that a checkpoint says there were; ascending by the bytes of their names. */
export const chainsFrom = (tx: Transaction, after: string, included = false) =>
  tx.query<{ stream: string; sequence: number }>(included ? namesFrom : namesAfter, [after]);

const headsOf = prepared('SELECT stream, sequence, hash, adopted, moved FROM log_head WHERE stream = ANY ($1::text[])');
const returnsOf = prepared('SELECT id, sequence, head AS hash FROM return WHERE id = ANY ($1::text[])');
const leavesOf = prepared(
  `SELECT stream, number, sequence, hash, adopted, number > $2 AND EXISTS (SELECT FROM audit_checkpoint c WHERE c.number = l.number) AS later
   FROM audit_leaf l WHERE stream = ANY ($1::text[]) ORDER BY stream, number`,
);
const entryColumns = `sequence, ${instant('at')} AS at, cause, type, text, previous, hash`;
const entriesOf = prepared(`SELECT stream, ${entryColumns} FROM log_entry WHERE stream = ANY ($1::text[]) ORDER BY stream, sequence LIMIT $2`);
const postingColumns = `entry_id AS "entryId", position, ${instant('at')} AS at, return_id AS "returnId", refund_id AS "refundId", type, from_account AS "from", to_account AS "to",
  amount::text AS amount, currency, merchant_sequence AS "merchantSequence"`;
const postingsOf = prepared(
  `SELECT ${postingColumns} FROM ledger_posting WHERE return_id = ANY ($1::text[]) ORDER BY return_id, entry_id COLLATE "C", position`,
);
const settlementsOf = prepared(
  `SELECT id, kind AS "of", return_id AS "returnId", order_number AS "orderNumber", currency, total::text AS total, document, inputs, rules, ${instant('created_at')} AS "createdAt"
   FROM settlement WHERE return_id = ANY ($1::text[]) ORDER BY return_id, created_at, id`,
);

type Raw<T> = { -readonly [K in keyof T]: T[K] };
const asEntry = ({ at, ...row }: Omit<EntryRecord, 'kind'>): EntryRecord => ({ kind: 'entry', ...row, at: shown(at) });
const asPosting = ({ at, amount, ...row }: Raw<Omit<PostingRecord, 'kind'>>): PostingRecord => ({
  kind: 'posting',
  ...row,
  at: shown(at),
  amount: amountOf(String(amount)),
});
const asSettlement = ({ createdAt, total, ...row }: Omit<SettlementRecord, 'kind'>): SettlementRecord => ({
  kind: 'settlement',
  ...row,
  total: amountOf(String(total)),
  createdAt: shown(createdAt),
});

/**
 * Chains with all that is theirs, in the sequence of `names`.
 * @param lastCheckpoint what was signed later has no part in this audit; a leaf of a checkpoint that is not there at all has
 * @param entries how many entries all of them have at most; 0 leaves the entries to be read in pieces
 */
export async function readChains(tx: Transaction, names: readonly string[], lastCheckpoint: number, entries: number): Promise<Chain[]> {
  const [heads, returns, leaves, log, postings, settlements] = await Promise.all([
    tx.query<{ stream: string; sequence: number; hash: string; adopted: string | null; moved: boolean }>(headsOf, [names]),
    tx.query<{ id: string; sequence: number; hash: string }>(returnsOf, [names]),
    tx.query<Leaf & { stream: string; later: boolean }>(leavesOf, [names, lastCheckpoint]),
    // More than there may be is as good as all of it: the chain is broken then.
    entries === 0 ? [] : tx.query<Omit<EntryRecord, 'kind'> & { stream: string }>(entriesOf, [names, entries + CHAINS]),
    tx.query<Omit<PostingRecord, 'kind'>>(postingsOf, [names]),
    tx.query<Omit<SettlementRecord, 'kind'>>(settlementsOf, [names]),
  ]);
  const [head, row] = [new Map(heads.map((one) => [one.stream, one])), new Map(returns.map((one) => [one.id, one]))];
  const [leavesBy, logBy, postingsBy, settlementsBy] = [by(leaves, 'stream'), by(log, 'stream'), by(postings, 'returnId'), by(settlements, 'returnId')];
  return names.map((stream) => {
    const [known, own] = [head.get(stream), leavesBy.get(stream) ?? []];
    return {
      record: {
        kind: 'stream',
        stream,
        head: known ? { sequence: known.sequence, hash: known.hash, adopted: known.adopted } : null,
        sealed: known?.moved === false && own.every(({ later }) => !later),
        row: row.has(stream) ? { sequence: row.get(stream)!.sequence, hash: row.get(stream)!.hash } : null,
        leaves: own.filter(({ later }) => !later).map(({ stream: _, later: __, ...leaf }) => leaf),
      },
      entries: (logBy.get(stream) ?? []).map(({ stream: _, ...entry }) => asEntry(entry)),
      postings: (postingsBy.get(stream) ?? []).map(asPosting),
      settlements: (settlementsBy.get(stream) ?? []).map(asSettlement),
    };
  });
}

function by<Row>(rows: readonly Row[], name: keyof Row): Map<unknown, Row[]> {
  const groups = new Map<unknown, Row[]>();
  for (const row of rows) {
    const group = groups.get(row[name]);
    if (group) group.push(row);
    else groups.set(row[name], [row]);
  }
  return groups;
}

const entriesBetween = prepared(`SELECT ${entryColumns} FROM log_entry WHERE stream = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence LIMIT $4`);
export const readEntries = async (tx: Transaction, stream: string, after: number, upTo: number, limit: number): Promise<EntryRecord[]> =>
  (await tx.query<Omit<EntryRecord, 'kind'>>(entriesBetween, [stream, after, upTo, limit])).map(asEntry);

const merchantPostings = prepared(
  `SELECT ${postingColumns} FROM ledger_posting WHERE return_id IS NULL AND merchant_sequence > $1 AND merchant_sequence <= $2 ORDER BY merchant_sequence, entry_id COLLATE "C", position`,
);
/** What belongs to no return, by the entries of the merchant's chain that tell it. */
export const readMerchantPostings = async (tx: Transaction, after: number, upTo: number): Promise<PostingRecord[]> =>
  (await tx.query<Omit<PostingRecord, 'kind'>>(merchantPostings, [after, upTo])).map(asPosting);

const entriesBeyond = prepared(
  `SELECT ${entryColumns} FROM log_entry WHERE stream = $1 AND sequence > (SELECT coalesce(max(sequence), 0) FROM log_head WHERE stream = $1 COLLATE "C") ORDER BY sequence LIMIT ${TAIL}`,
);
const postingsBeyond = prepared(
  `SELECT ${postingColumns} FROM ledger_posting WHERE return_id IS NULL AND (merchant_sequence IS NULL OR merchant_sequence < 1
     OR merchant_sequence > (SELECT coalesce(max(sequence), 0) FROM log_head WHERE stream = $1 COLLATE "C")) ORDER BY entry_id COLLATE "C", position LIMIT ${TAIL}`,
);
/** What lies beyond a chain's head, and must not be there. */
export async function readTail(tx: Transaction, stream: string, ofMerchant: boolean): Promise<Pick<Chain, 'entries' | 'postings'>> {
  const [entries, postings] = await Promise.all([
    tx.query<Omit<EntryRecord, 'kind'>>(entriesBeyond, [stream]),
    ofMerchant ? tx.query<Omit<PostingRecord, 'kind'>>(postingsBeyond, [stream]) : [],
  ]);
  return { entries: entries.map(asEntry), postings: postings.map(asPosting) };
}
