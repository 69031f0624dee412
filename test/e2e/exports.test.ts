import { randomUUID } from 'node:crypto';
import { csvLine } from '#libs/persistence/exports';
import { direct } from '../stack/direct';
import { client, login, shop, stack, until, type Body } from '../stack/stack';
import { anOrder, expectStatus, importOrder, Journey } from './journey';
import { expectProblem } from './refusals';

afterAll(() => direct.close());

/** The rows of a CSV file by their columns: RFC 4180, read by nobody's library but the letter of it. */
function parsed(text: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (!match) throw new Error(`not RFC 4180 at ${field.lastIndex}`);
    rows.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === '\r\n') rows.push([]);
  }
  const [columns, ...lines] = rows.slice(0, -1);
  return lines.map((cells) => Object.fromEntries(columns!.map((column, index) => [column, cells[index]!])));
}
const file = async (what: string, query = '', who = 'finance') => {
  const answer = await (await login(who)).get(`/v1/exports/${what}.csv${query}`);
  expectStatus(answer, 200);
  return { answer, rows: parsed(answer.body as string) };
};
const text = (value: unknown) => (value === null || value === undefined ? '' : String(value));

describe('a line', () => {
  const lineOf = async (value: string | null) =>
    (await direct.sql<{ line: string }>(`SELECT ${csvLine([{ sql: 'v', text: true }, { sql: '1', text: false }])} AS line FROM (SELECT $1::text AS v) AS row`, [value]))[0]!.line; // prettier-ignore

  test.each([
    ['', ''],
    ['a', 'a'],
    ['a-b=c', 'a-b=c'],
    ['中文', '中文'],
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['two\nlines', '"two\nlines"'],
    [' blank ', '" blank "'],
    ['=1+1', `"'=1+1"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\t=1', `"'\t=1"`],
    ['\r=1', `"'\r=1"`],
    ['="x",1', `"'=""x"",1"`],
  ])('quotes %j where it has to, and keeps a spreadsheet from running it', async (value, shown) => {
    const line = await lineOf(value);
    expect(line).toBe(`${shown},1`);
    expect(parsed(`a,b\r\n${line}\r\n`)[0]!.a!.replace(/^'/, '')).toBe(value);
  });

  test('has an empty field for nothing', async () => expect(await lineOf(null)).toBe(',1'));
});

let journey: Journey;
let from = '';
beforeAll(async () => {
  from = new Date(Date.now() - 60_000).toISOString();
  journey = await Journey.begin(anOrder(), { quantity: 2 });
  await journey.bringBack(2);
  await journey.until('completed');
});

describe('a file', () => {
  test('is CSV in UTF-8 with a header, for a program to save', async () => {
    const { answer } = await file('ledger', `?from=${from}&to=2990-01-01`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="ledger-from-${from.slice(0, 10)}-to-2990-01-01.csv"`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((answer.body as string).split('\r\n')[0]).toBe('entryId,position,at,type,returnId,refundId,debitAccount,creditAccount,amount,currency');
    expect((await file('refunds', '?to=1990-01-01')).rows).toEqual([]);
    expect((await file('refunds', '?to=1990-01-01')).answer.body).toMatch(/^id,.*\r\n$/);
  });

  test('of refunds says what the API says', async () => {
    const { rows } = await file('refunds', `?from=${from}`);
    const mine = rows.filter((row) => row.returnId === journey.id);
    const { data } = expectStatus(await (await login('finance')).get(`/v1/refunds?returnId=${journey.id}`), 200);
    expect(mine).toHaveLength(data.length);
    for (const row of mine) {
      const { attempts, approvals, ...refund } = data.find((one: Body) => one.id === row.id);
      for (const [field, value] of Object.entries(refund)) if (field in row) expect([field, row[field]]).toEqual([field, text(value)]);
      expect(row).toMatchObject({
        providerPaymentId: journey.providerPaymentId,
        attempt: String(attempts.length),
        approvedBy: approvals.map((one: Body) => one.by).join(' '),
      });
    }
  });

  test('of the ledger has a row for every posting, oldest first, and comes to the same balances', async () => {
    const { rows } = await file('ledger', `?from=${from}`);
    expect(rows.every((row, index) => index === 0 || row.at! >= rows[index - 1]!.at!)).toBe(true);
    const shown = rows.filter((row) => row.returnId === journey.id);
    const { data } = expectStatus(await (await login('finance')).get(`/v1/ledger/entries?returnId=${journey.id}&limit=200`), 200);
    const postings = data
      .toReversed()
      .flatMap((entry: Body) =>
        entry.postings.flatMap((posting: Body, index: number) =>
          index % 2 > 0 ? [] : [[entry.id, entry.at, entry.refundId, posting.account, entry.postings[index + 1].account, posting.debitAmount]],
        ),
      );
    const sorted = (all: unknown[][]) => all.map((one) => one.map(text).join(' ')).toSorted();
    expect(sorted(shown.map((row) => [row.entryId, row.at, row.refundId, row.debitAccount, row.creditAccount, row.amount]))).toEqual(sorted(postings));
    const [sums] = await direct.sql<{ total: string }>(`SELECT sum(amount)::text AS total FROM ledger_posting WHERE merchant_id = 'demo'`);
    const all = (await file('ledger')).rows.reduce((sum, row) => sum + BigInt(row.amount!), 0n);
    expect(all).toBeGreaterThanOrEqual(BigInt(sums!.total));
  });

  test('of returns names ids, states and what was refunded, and no person', async () => {
    const { answer, rows } = await file('returns', `?from=${from}`);
    const mine = rows.find((row) => row.id === journey.id)!;
    expect(mine).toMatchObject({ number: journey.rma.number, orderNumber: journey.order.orderNumber, status: 'completed', currency: 'CNY', refundedAmount: '2000', pendingAmount: '0', units: '2' }); // prettier-ignore
    expect(mine.createdAt).toBe(journey.rma.createdAt);
    expect(answer.body).not.toMatch(/Li Lei|example\.com|13800000000|West Lake/);
  });

  test('leaves other merchants’ rows where they are', async () => {
    const other = await login('admin@other.example');
    for (const what of ['refunds', 'ledger', 'returns']) {
      const answer = await other.get(`/v1/exports/${what}.csv`);
      expect(answer.status).toBe(200);
      expect(answer.body).not.toContain(journey.id);
    }
  });

  test('does not let a spreadsheet run what somebody typed', async () => {
    const orderNumber = `=1+1,"${randomUUID()}"`;
    await Journey.begin(anOrder({ orderNumber }));
    const { answer, rows } = await file('returns', `?from=${from}`);
    expect(answer.body).toContain(`,"'${orderNumber.replaceAll('"', '""')}",`);
    expect(rows.filter((row) => row.orderNumber === `'${orderNumber}`)).toHaveLength(1);
  });
});

describe('who and what is refused', () => {
  test.each(['customer', 'agent', 'warehouse', 'shop'])('%s has no books to take away', async (who) => {
    const caller = who === 'shop' ? shop() : await login(who);
    for (const what of ['refunds', 'ledger', 'returns']) expectProblem(await caller.get(`/v1/exports/${what}.csv`), 403, 'forbidden');
  });

  test('a bad range is a problem, not a file', async () => {
    const finance = await login('finance');
    expectProblem(await finance.get('/v1/exports/ledger.csv?from=2026-02-01&to=2026-01-01'), 400, 'validation_failed', '/query/to');
    expectProblem(await finance.get('/v1/exports/ledger.csv?from=2026-02-01&to=2026-02-01'), 400, 'validation_failed', '/query/to');
    expectProblem(await finance.get('/v1/exports/ledger.csv?from=yesterday'), 400, 'validation_failed', '/query/from');
    expectProblem(await finance.get('/v1/exports/ledger.csv?since=2026-01-01'), 400, 'validation_failed', '/query/since');
    expectProblem(await finance.get('/v1/exports/people.csv'), 404, 'not_found');
  });
});

describe('a file of many rows', () => {
  const merchant = 'mer_export_test';
  let token = '';
  const many = 60_000;
  beforeAll(async () => {
    await direct.sql('INSERT INTO merchant (id, name) VALUES ($1, $1) ON CONFLICT DO NOTHING', [merchant]);
    await direct.sql(
      `INSERT INTO ledger_posting (merchant_id, entry_id, position, at, type, from_account, to_account, amount, currency)
       SELECT $1, 'led_' || lpad(((i + 1) / 2)::text, 8, '0'), i % 2, now() - interval '1 day' + i / 2 * interval '1 millisecond', 'refund_paid', 'refunds_payable', 'provider_clearing', 1 + i % 7, 'CNY'
       FROM generate_series(1, $2::int) AS i`,
      [merchant, many],
    );
    await direct.sql(
      `INSERT INTO user_account (id, merchant_id, email, name, role, password_hash) SELECT 'usr_export_test', $1, 'finance@export.example', 'F', 'finance', password_hash FROM user_account WHERE email = 'finance@demo.example' ON CONFLICT DO NOTHING`,
      [merchant],
    );
  });
  afterAll(async () => {
    const forget =
      "SET session_replication_role = replica; DELETE FROM ledger_posting WHERE merchant_id = 'mer_export_test'; SET session_replication_role = DEFAULT";
    await direct.sql(forget);
  });

  const opened = async (path = '/v1/exports/ledger.csv') => {
    token ||= (await client().post('/v1/auth/login', { email: 'finance@export.example', password: 'boomerang' })).body.token;
    const abort = new AbortController();
    const response = await fetch(`${stack().apiUrl}${path}`, { headers: { authorization: `Bearer ${token}` }, signal: abort.signal });
    return { response, abort };
  };
  const transactions = async () =>
    (
      await direct.sql<{ n: number }>(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE 'FETCH%export' AND state LIKE 'idle in transaction%'`)
    )[0]!.n;

  test('is of one moment, however long it takes and whatever is written meanwhile', async () => {
    const { response } = await opened();
    expect(response.status).toBe(200);
    const reader = response.body!.getReader();
    const chunks = [(await reader.read()).value!];
    await direct.sql(
      `INSERT INTO ledger_posting (merchant_id, entry_id, position, at, type, from_account, to_account, amount, currency)
       SELECT $1, 'led_late' || i, 0, now() + i * interval '1 second', 'late', 'refunds_payable', 'provider_clearing', 1, 'CNY' FROM generate_series(1, 1000) AS i`,
      [merchant],
    );
    for (let read = await reader.read(); !read.done; read = await reader.read()) chunks.push(read.value);
    const rows = parsed(Buffer.concat(chunks).toString('utf8'));
    expect(rows).toHaveLength(many);
    expect(new Set(rows.map((row) => `${row.entryId}/${row.position}`)).size).toBe(many);
    expect(rows.some((row) => row.type === 'late')).toBe(false);
  });

  test('whose reader hangs up gives its connection back', async () => {
    const { response, abort } = await opened();
    expect(response.status).toBe(200);
    await until(async () => (await transactions()) > 0, 60_000, 'the export to wait for its reader');
    abort.abort();
    await until(async () => (await transactions()) === 0, 60_000, 'the connection to be given back');
  });

  test('leaves connections for everybody else: more of them at a time are told to come back', async () => {
    const slow = [await opened(), await opened()];
    expect(slow.map(({ response }) => response.status)).toEqual([200, 200]);
    const third = await opened();
    expect(third.response.status).toBe(429);
    expect(third.response.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await third.response.json()).toMatchObject({ code: 'rate_limited' });
    expect((await (await login('finance')).get('/v1/refunds?limit=1')).status).toBe(200);
    for (const { abort } of slow) abort.abort();
    const again = await until(async () => { const { response } = await opened('/v1/exports/refunds.csv'); return response.ok && response; }, 60_000, 'room for an export'); // prettier-ignore
    await again.text();
    await until(async () => (await transactions()) === 0, 60_000, 'all room to be given back');
  });

  test('that breaks off in the middle is no file: the connection is cut', async () => {
    const { response } = await opened();
    await until(async () => (await transactions()) > 0, 60_000, 'the export to wait for its reader');
    await direct.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'FETCH%export'`);
    await expect(response.text()).rejects.toThrow();
    expect((await (await login('finance')).get('/v1/refunds?limit=1')).status).toBe(200);
  });
});

test('an order that was imported and never returned is in no file', async () => {
  const order = anOrder();
  await importOrder(order);
  const { answer } = await file('returns', `?from=${from}`);
  expect(answer.body).not.toContain(order.orderNumber);
});
