import { setTimeout as sleep } from 'node:timers/promises';
import { residentKiB } from './cpu';
import type { Rig } from './rig';

export interface Export {
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** The same rows as PostgreSQL alone writes them as CSV, to a reader that throws them away. */
  readonly floorPerSecond: number;
  readonly ratio: number;
  /** Of the API process: before, and the most during the download; null where there is no /proc. */
  readonly restingMiB: number | null;
  readonly highestMiB: number | null;
}

const fill = `INSERT INTO ledger_posting (merchant_id, entry_id, position, at, return_id, refund_id, type, from_account, to_account, amount, currency)
  SELECT 'demo', 'led_bench_' || lpad((i / 2)::text, 9, '0'), i % 2, now() - interval '1 year' + i / 2 * interval '10 milliseconds', 'ret_bench_' || i / 4, 'rfd_bench_' || i / 4, 'refund_paid',
    'refunds_payable', CASE WHEN i % 2 = 0 THEN 'provider_clearing' ELSE 'tax_payable' END, 1 + i % 100000, 'CNY' FROM generate_series(1, $1::int) AS i`;
const copy = `COPY (SELECT entry_id, position, at, type, return_id, refund_id, from_account, to_account, amount, currency FROM ledger_posting WHERE merchant_id = 'demo'
  ORDER BY at, entry_id, position) TO STDOUT WITH (FORMAT csv, HEADER)`;

/** A file of so many ledger rows over HTTP, beside the database's own way of writing one. */
export async function measureExport(rig: Rig, rows: number): Promise<Export> {
  await rig.database.query(fill, [rows]);
  await rig.database.query('ANALYZE ledger_posting');
  const login = await fetch(`${rig.stack.apiUrl}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'finance@demo.example', password: 'boomerang' }),
  });
  const { token } = (await login.json()) as { token: string };
  const download = (query: string) => linesOf(`${rig.stack.apiUrl}/v1/exports/ledger.csv${query}`, token);
  await download('?to=1990-01-01');
  await rig.database.query(copy); // both read what is in memory by now
  const floor = await timed(() => rig.database.query(copy).then(() => rows));
  const resting = residentKiB(rig.stack.pid('api'));
  const memory = highest(rig);
  const own = await timed(() => download(''));
  const highestKiB = await memory.end();
  if (own.rows < rows) throw new Error(`the export had ${own.rows} of ${rows} rows`);
  return {
    rows: own.rows,
    rowsPerSecond: own.perSecond,
    floorPerSecond: floor.perSecond,
    ratio: own.perSecond / floor.perSecond,
    restingMiB: resting && resting / 1024,
    highestMiB: highestKiB && highestKiB / 1024,
  };
}

async function timed(work: () => Promise<number>): Promise<{ rows: number; perSecond: number }> {
  const began = performance.now();
  const rows = await work();
  return { rows, perSecond: (rows * 1000) / (performance.now() - began) };
}

/** Rows of a file without its header; nothing of it is kept. */
async function linesOf(url: string, token: string): Promise<number> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok || !response.body) throw new Error(`the export answered ${response.status}`);
  let lines = -1;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
  }
  return lines;
}

/** Watches the API's memory until `end`. */
function highest(rig: Rig): { end(): Promise<number | null> } {
  let most = residentKiB(rig.stack.pid('api'));
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      most = Math.max(most ?? 0, residentKiB(rig.stack.pid('api')) ?? 0) || null;
      await sleep(50, undefined, { signal: over.signal }).catch(() => undefined);
    }
  })();
  return {
    async end() {
      over.abort();
      await watching;
      return most;
    },
  };
}
