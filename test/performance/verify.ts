import { Auditor } from '#libs/audit/auditor';
import { auditRecords } from '#libs/persistence/audit-records';
import { sha256 } from '#libs/persistence/canonical';
import { Database } from '#libs/persistence/database';
import { beginning, link } from '#libs/persistence/log';
import type { Rig } from './rig';

export interface Verify {
  readonly entries: number;
  readonly postings: number;
  readonly entriesPerSecond: number;
  /** The same texts, in memory already, hashed one after the other. */
  readonly floorPerSecond: number;
  readonly ratio: number;
}

/** Entries of a return of the ordinary kind. */
const CHAIN = 20;
const BATCH = 100;
const merchant = 'bench-audit';
const booked = [
  { from: 'sales_returns', to: 'refunds_payable', amount: 750, currency: 'CNY', type: 'goods_returned' },
  { from: 'tax_payable', to: 'refunds_payable', amount: 150, currency: 'CNY', type: 'tax_returned' },
];

/** Everything about one return, as its log, its row and the ledger hold it. */
function rowsOf(index: number) {
  const stream = `ret_bench_${String(index).padStart(7, '0')}`;
  const at = new Date(1_790_000_000_000 + index * 1000).toISOString();
  const entries = link(
    Array.from({ length: CHAIN }, (_, step) => ({
      stream,
      sequence: step + 1,
      at,
      actor: { kind: 'system' as const, id: 'system' },
      cause: `cmd_${index}_${step}`,
      type: step === 0 ? 'applied' : 'step_changed',
      // About as long as an event is.
      data: { id: `stp_${index}_${step}`, set: { status: 'done', note: 'x'.repeat(300) }, ...(step === 9 && { detail: { ledger: [{ id: `led_${stream}`, refundId: null, postings: booked }] } }) },
    })),
    beginning,
  ); // prettier-ignore
  return { stream, at, entries };
}

const inserts = `WITH chain AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS c (stream text, at timestamptz, entries jsonb)),
  entry AS (SELECT e.* FROM chain, jsonb_to_recordset(entries) AS e (stream text, sequence int, at timestamptz, cause text, type text, text text, previous text, hash text)),
  log AS (INSERT INTO log_entry (merchant_id, stream, sequence, at, cause, type, text, previous, hash) SELECT $2, stream, sequence, at, cause, type, text, previous, hash FROM entry),
  head AS (INSERT INTO log_head (merchant_id, stream, sequence, hash) SELECT $2, stream, sequence, hash FROM entry WHERE sequence = ${CHAIN}),
  posted AS (INSERT INTO ledger_posting (merchant_id, entry_id, position, at, return_id, type, from_account, to_account, amount, currency)
    SELECT $2, 'led_' || stream, position - 1, at, stream, p ->> 'type', p ->> 'from', p ->> 'to', (p ->> 'amount')::bigint, p ->> 'currency'
    FROM chain, jsonb_array_elements($3::jsonb) WITH ORDINALITY AS b (p, position))
  INSERT INTO return (merchant_id, id, number, order_number, customer_id, sequence, state, details, head, status, status_since, priority, created_at, updated_at)
  SELECT $2, stream, stream, 'O', 'c', sequence, '{}', '{}', hash, 'completed', at, 'normal', at, at FROM entry WHERE sequence = ${CHAIN}`;

/** The chains of a shop with so many entries: read from the database, made anew and compared with what they tell. */
export async function measureVerify(rig: Rig, entries: number): Promise<Verify> {
  const texts: string[] = [];
  await rig.database.query(`INSERT INTO merchant (id, name) VALUES ('${merchant}', 'Bench')`);
  await rig.database.query('SET session_replication_role = replica'); // a return needs no order here
  for (let index = 0; index < entries / CHAIN; index += BATCH) {
    const chains = Array.from({ length: Math.min(BATCH, entries / CHAIN - index) }, (_, offset) => rowsOf(index + offset));
    texts.push(...chains.flatMap((chain) => chain.entries.map(({ text }) => text)));
    await rig.database.query(inserts, [JSON.stringify(chains), merchant, JSON.stringify(booked)]);
  }
  await rig.database.query('SET session_replication_role = origin; ANALYZE log_entry; ANALYZE log_head; ANALYZE ledger_posting; ANALYZE return');
  const database = await Database.connect({ url: rig.stack.databaseUrl, poolSize: 1 });
  try {
    await audited(database); // both read what is in memory by now
    const began = performance.now();
    const verdict = await audited(database);
    const seconds = (performance.now() - began) / 1000;
    if (!verdict.ok || verdict.entries !== texts.length)
      throw new Error(`the audit of ${texts.length} entries: ${JSON.stringify(verdict.findings[0] ?? verdict.entries)}`);
    const floorPerSecond = hashed(texts);
    const entriesPerSecond = verdict.entries / seconds;
    return { entries: verdict.entries, postings: verdict.postings, entriesPerSecond, floorPerSecond, ratio: entriesPerSecond / floorPerSecond };
  } finally {
    await database.close();
  }
}

async function audited(database: Database) {
  const auditor = new Auditor({ trusted: null });
  for await (const record of auditRecords(database, merchant)) auditor.take(record);
  return auditor.finish();
}

function hashed(texts: readonly string[]): number {
  const began = performance.now();
  let previous = beginning;
  for (const text of texts) previous = sha256(previous + text);
  return (texts.length * 1000) / (performance.now() - began);
}
