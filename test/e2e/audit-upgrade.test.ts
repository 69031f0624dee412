import { DataSource } from 'typeorm';
import { Auditor, type Finding } from '#libs/audit/auditor';
import { auditRecords } from '#libs/persistence/audit-records';
import { Database, dataSourceOptions } from '#libs/persistence/database';
import { beginning, link, type LogEntry } from '#libs/persistence/log';
import { AuditProofs1764300000007 } from '#libs/persistence/migrations/0007-audit-proofs';
import { direct } from '../stack/direct';
import { stack } from '../stack/stack';

/** A database as releases left it whose log did not tell the ledger yet. */
const name = `upgrade_${process.pid}`;
let url: string;
let database: Database;
const at = '2026-01-01T00:00:00.000Z';
const ledger = [
  { id: 'led_told', refundId: null, postings: [{ from: 'sales_returns', to: 'refunds_payable', amount: 5, currency: 'CNY', type: 'goods_returned' }] },
];

beforeAll(async () => {
  await direct.sql(`CREATE DATABASE ${name}`);
  url = Object.assign(new URL(stack().databaseUrl), { pathname: `/${name}` }).toString();
  await fillOld();
  database = await Database.connect({ url, poolSize: 2 });
  await database.source.runMigrations();
});
afterAll(async () => {
  await database?.close();
  await direct.sql(`DROP DATABASE ${name} WITH (FORCE)`);
  await direct.close();
});

async function fillOld(): Promise<void> {
  const options = dataSourceOptions({ url, poolSize: 1 });
  const older = options.migrations.slice(0, options.migrations.indexOf(AuditProofs1764300000007));
  const source = await new DataSource({ ...options, migrations: older }).initialize();
  await source.runMigrations();
  const entries = (stream: string, events: readonly [string, object][]) =>
    link(
      events.map(([type, data], index): LogEntry => ({ stream, sequence: index + 1, at, actor: { kind: 'system', id: 'system' }, cause: `c${index}`, type, data })),
      beginning,
    ); // prettier-ignore
  const logs = [
    ...entries('merchant/m', [['merchant_created', {}]]),
    ...entries('ret_old', [['applied', { orderNumber: 'O1' }], ['closed', {}]]),
    ...entries('ret_both', [['applied', { orderNumber: 'O1' }], ['closed', { detail: { ledger } }]]),
  ]; // prettier-ignore
  await source.query('SET session_replication_role = replica');
  await source.query(`INSERT INTO merchant (id, name) VALUES ('m', 'M')`);
  await source.query(
    `INSERT INTO log_entry (merchant_id, stream, sequence, at, cause, type, text, previous, hash)
     SELECT 'm', stream, sequence, at, cause, type, text, previous, hash FROM jsonb_to_recordset($1::jsonb) AS e (stream text, sequence int, at timestamptz, cause text, type text, text text, previous text, hash text)`,
    [JSON.stringify(logs)],
  );
  for (const stream of ['ret_old', 'ret_both']) {
    await source.query(
      `INSERT INTO return (merchant_id, id, number, order_number, customer_id, sequence, state, details, head, status, status_since, priority, created_at, updated_at)
       VALUES ('m', $1, $1, 'O1', 'c', 2, '{}', '{}', $2, 'completed', now(), 'normal', now(), now())`,
      [stream, logs.findLast((entry) => entry.stream === stream)!.hash],
    );
  }
  const posting = (id: string, position: number, returnId: string, amount: number) =>
    source.query(
      `INSERT INTO ledger_posting (merchant_id, entry_id, position, at, return_id, type, from_account, to_account, amount, currency)
       VALUES ('m', $1, $2, $3, $4, 'goods_returned', 'sales_returns', 'refunds_payable', $5, 'CNY')`,
      [id, position, at, returnId, amount],
    );
  await posting('led_old', 0, 'ret_old', 1);
  await posting('led_old', 1, 'ret_old', 2);
  await posting('led_Old2', 0, 'ret_old', 3);
  await posting('led_before', 0, 'ret_both', 4);
  await posting('led_told', 0, 'ret_both', 5);
  await source.destroy();
}

async function audited(): Promise<readonly Finding[]> {
  const auditor = new Auditor({ trusted: null });
  for await (const record of auditRecords(database, 'm')) auditor.take(record);
  const verdict = auditor.finish();
  expect(verdict).toMatchObject({ streams: 3, entries: 5 });
  return verdict.findings;
}

test('postings that are older than their telling by the chain are adopted as they lay there', async () => {
  expect(await audited()).toEqual([]);
});

test.each([
  ['changed', `UPDATE ledger_posting SET amount = amount + 1 WHERE entry_id = 'led_old' AND position = 1`, 'ret_old'],
  ['missing', `DELETE FROM ledger_posting WHERE entry_id = 'led_before'`, 'ret_both'],
  [
    'too many',
    `INSERT INTO ledger_posting SELECT * FROM (SELECT (jsonb_populate_record(p, '{"entry_id": "led_new"}')).* FROM ledger_posting p WHERE entry_id = 'led_told') AS one`,
    'ret_both',
  ],
  ['adopted otherwise', `UPDATE log_head SET adopted = NULL WHERE stream = 'ret_both'`, 'ret_both'],
])('and one of them that is %s is found', async (_, sql, stream) => {
  const runner = database.source.createQueryRunner();
  try {
    await runner.query('SET session_replication_role = replica');
    await runner.query('CREATE TEMP TABLE kept AS SELECT * FROM ledger_posting; CREATE TEMP TABLE heads AS SELECT * FROM log_head');
    await runner.query(sql);
    expect(await audited()).toMatchObject([{ stream, sequence: 3 }]);
    await runner.query(
      'DELETE FROM ledger_posting; INSERT INTO ledger_posting SELECT * FROM kept; DELETE FROM log_head; INSERT INTO log_head SELECT * FROM heads; DROP TABLE kept, heads',
    );
    await runner.query('SET session_replication_role = origin');
  } finally {
    await runner.release();
  }
  expect(await audited()).toEqual([]);
});
