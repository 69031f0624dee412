import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultPolicy } from '#libs/domain/policy/default-policy';
import { freezeOrder } from '#libs/domain/money/order-shares';
import { sampleOrder } from '#libs/domain/return/fixtures';
import type { Transaction } from '#libs/persistence/database';
import { listLedger } from '#libs/persistence/finance-reads';
import { importOrder } from '#libs/persistence/orders';
import { createPolicy, publishPolicy } from '#libs/persistence/policies';
import { listReturns } from '#libs/persistence/returns';
import { listTasks, type WorkFilter, type WorkPosition } from '#libs/persistence/tasks';
import { stack, until } from '../stack/stack';
import { merchant } from './filling';
import { nodesOf, rowsRead, shapeOf, unboundedSorts } from './plan';
import { questions, type Question } from './questions';
import { filledDatabase, type Statement, type WatchedDatabase } from './watched-database';

/** What a statement may look at for a page of 51 rows: some filters are read past, nothing is read through. */
const ROWS = 1_000;
/** Rows from which a table is big: what reads it from end to end is slow in a shop that has been in business for years. */
const BIG = 5_000;

let database: WatchedDatabase;
let drop: () => Promise<void> = async () => undefined;
let bigTables: ReadonlySet<string>;

beforeAll(async () => {
  ({ database, drop } = await filledDatabase(stack().databaseUrl));
  await database.inMerchant(merchant, async (tx) => {
    await publishPolicy(tx, (await createPolicy(tx, defaultPolicy('CNY', '2026-01-01T00:00:00Z'))).id);
    await importOrder(tx, sampleOrder(), freezeOrder(sampleOrder()));
  });
  const tables = await database.source.query<{ name: string }[]>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples >= ${BIG}`,
  );
  bigTables = new Set(tables.map(({ name }) => name));
}, 300_000);
afterAll(() => drop());

/** The statements of a question, with their plans. Two alike are shown once. */
async function statementsOf({ ask }: Question): Promise<Statement[]> {
  database.statements = [];
  try {
    await ask(database);
    return database.statements;
  } finally {
    database.statements = null;
  }
}
const shown = (statements: readonly Statement[]) => [...new Set(statements.map(({ plan }) => shapeOf(plan).join('\n')))].join('\n');

test('the tables are as full as those of shops that have been in business for years', () => {
  expect([...bigTables]).toEqual(
    expect.arrayContaining(['return', 'orders', 'log_entry', 'refund', 'ledger_posting', 'task', 'command', 'inbox', 'parcel', 'receipt', 'unit_claim']),
  );
});

describe.each(Object.entries(questions))('%s', (name, asked) => {
  const file = join(__dirname, `${name}.plan.txt`);
  const committed = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const plans = new Map<string, string>();

  test.each(asked)('$name is answered along an index', async (question) => {
    const statements = await statementsOf(question);
    expect(statements.length).toBeGreaterThan(0);
    plans.set(question.name, shown(statements));
    for (const { sql, plan, analysed } of statements) {
      const through = nodesOf(plan).filter((node) => node['Node Type'] === 'Seq Scan' && bigTables.has(node['Relation Name'] ?? ''));
      const sorts = question.list && !question.sorts ? unboundedSorts(plan) : [];
      const read = analysed ? rowsRead(plan) : 0;
      const verdict = { through: question.readsAll ? 0 : through.length, sorts: sorts.length, tooMany: question.readsAll || read <= ROWS ? 0 : read };
      expect({ sql, plan: shapeOf(plan), ...verdict }).toMatchObject({ through: 0, sorts: 0, tooMany: 0 });
    }
  });

  test('as committed (UPDATE_PLANS=1 writes them anew)', () => {
    const text = asked.map((question) => `${question.name}\n${plans.get(question.name) ?? '  not planned'}\n`).join('\n');
    if (process.env.UPDATE_PLANS === '1') writeFileSync(file, text);
    else expect(text).toBe(committed);
  });
});

/** All that a list brings, page by page. */
async function leafed<Row, Position>(list: (tx: Transaction, after: Position | null) => Promise<Row[]>, position: (row: Row) => Position): Promise<Row[]> {
  const all: Row[] = [];
  for (let after: Position | null = null; ; after = position(all.at(-1)!)) {
    const rows: Row[] = await database.inMerchant(merchant, (tx) => list(tx, after));
    all.push(...rows);
    if (rows.length < 100) return all;
  }
}
const rowsOf = (sql: string) => database.inMerchant(merchant, (tx) => tx.query<{ id: string }>(sql));
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

describe('page after page brings every row once, in the list’s order', () => {
  const tasks = (filter: Partial<WorkFilter>) =>
    leafed(
      (tx, after: WorkPosition | null) => listTasks(tx, { queues: ['review', 'exception'], ...filter }, after, 100),
      ({ priority, position, id }): WorkPosition => [priority, position, id],
    );
  const expected = (condition: string) =>
    rowsOf(`SELECT id FROM task WHERE queue IN ('review', 'exception') AND ${condition} ORDER BY priority DESC, due_at NULLS LAST, id`);
  const holder = 'CASE WHEN claimed_until > now() THEN claimed_by ELSE assignee END';

  test.each([
    ['of all work', {}, 'true'],
    ['of what somebody holds or was given', { assignee: 'usr_15' }, `${holder} = 'usr_15'`],
    ['of what is overdue', { overdue: true }, 'due_at < now()'],
    ['of what is not, without a due time included', { overdue: false }, '(due_at IS NULL OR due_at >= now())'],
  ])('%s', async (_, filter: Partial<WorkFilter>, condition) => {
    // A task falls due every minute: what is compared was so before and after.
    const [wanted, got] = await until(async () => {
      const [before, listed, after] = [ids(await expected(condition)), ids(await tasks(filter)), ids(await expected(condition))];
      return before.join() === after.join() && ([before, listed] as const);
    });
    expect(wanted.length).toBeGreaterThan(100);
    expect(got).toEqual(wanted);
  });

  test.each(['provider_clearing', 'write_off'])('of the entries that touch the account %s', async (account) => {
    const got = await leafed(
      (tx, after: readonly [string, string] | null) => listLedger(tx, { account }, after, 100),
      ({ position, id }) => [position, id] as const,
    );
    const wanted = await rowsOf(
      `SELECT entry_id AS id FROM ledger_posting WHERE '${account}' IN (from_account, to_account) AND at > now() - interval '1 year' GROUP BY entry_id, at ORDER BY at DESC, entry_id DESC`,
    );
    expect(wanted.length).toBeGreaterThan(20);
    expect(ids(got).slice(0, wanted.length)).toEqual(ids(wanted));
    expect(got.every(({ postings }) => postings.length === 2)).toBe(true);
  });

  test('of the returns of a customer, whatever case the address is in', async () => {
    const got = await database.inMerchant(merchant, (tx) => listReturns(tx, merchant, {}, { email: 'C77@EXAMPLE.com', orderNumber: null }, null, 100));
    expect(got.map(({ state }) => state)).toHaveLength(5);
  });
});

test('how long they take is printed, for who wonders', async () => {
  const times: [number, string][] = [];
  for (const question of Object.values(questions)
    .flat()
    .filter(({ name }) => name.startsWith('GET /v1/'))) {
    const taken: number[] = [];
    for (let run = 0; run < 5; run++) {
      const from = performance.now();
      await question.ask(database);
      taken.push(performance.now() - from);
    }
    times.push([taken.toSorted((a, b) => a - b).at(-1)!, question.name]);
  }
  const slowest = times.toSorted(([a], [b]) => b - a).slice(0, 10);
  process.stdout.write(`slowest of five runs, ms:\n${slowest.map(([ms, name]) => `${ms.toFixed(1).padStart(8)}  ${name}\n`).join('')}`);
  expect(times.length).toBeGreaterThan(50);
});
