import { generateKeyPairSync } from 'node:crypto';
import { explainRefund } from '#apps/api/finance/explanation';
import { Auditor, type Expectations, type Finding } from '#libs/audit/auditor';
import { readKeyRing } from '#libs/audit/keys';
import type { AuditRecord } from '#libs/audit/records';
import { auditRecords } from '#libs/persistence/audit-records';
import { sha256 } from '#libs/persistence/canonical';
import { makeCheckpoint } from '#libs/persistence/checkpoints';
import { AuditedShop, Rehearsal } from './audited-shop';

const tables = ['log_entry', 'ledger_posting', 'settlement'] as const;
type Table = (typeof tables)[number];
const keyOf = () => readKeyRing({ AUDIT_SIGNING_KEY: generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() });

let shop: AuditedShop;
let returnId: string;
let rehearsal: Rehearsal;
beforeAll(async () => {
  shop = await AuditedShop.open();
  returnId = await shop.refund();
  await shop.refund();
  for (let movement = 0; movement < 3; movement++) await shop.movement();
  rehearsal = await Rehearsal.begin();
});
afterAll(() => rehearsal?.end());

const recompute: Expectations['recompute'] = (settlement) => explainRefund('', settlement as never).mismatch;
async function recordsOf(ofReturn: string | null): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  for await (const record of auditRecords(rehearsal, shop.id, ofReturn)) records.push(record);
  return records;
}
function audited(records: readonly AuditRecord[], expectations: Expectations): readonly Finding[] {
  const auditor = new Auditor(expectations);
  for (const record of records) auditor.take(record);
  return auditor.finish().findings;
}
/** What the audit of the whole shop says: from the database, and from a file of it. */
async function audits(expectations: Expectations = { trusted: null }) {
  const records = await recordsOf(null);
  const lines = records.map((record) => JSON.parse(JSON.stringify(record)) as AuditRecord);
  return { online: audited(records, expectations), offline: audited(lines, { ...expectations, recompute }) };
}
/** What the audit of one return says. */
const auditOfReturn = async (expectations: Expectations = { trusted: null }) => audited(await recordsOf(returnId), { ...expectations, partial: true });
const nothing = { online: [], offline: [] };
/** Whatever is done, both audits of the whole shop see it, and can say where. */
async function expectFound(what: string, tamper: () => Promise<number | void>): Promise<Finding> {
  return rehearsal.undone(async () => {
    const done = await tamper();
    if (done === 0) throw new Error(`${what}: nothing was changed`);
    const { online, offline } = await audits();
    const found = { what, online: online.length > 0, offline: offline.length > 0, sequence: online[0]?.sequence ?? null };
    expect(found).toMatchObject({ what, online: true, offline: true, sequence: expect.any(Number) });
    return online[0]!;
  });
}

const rowsOf = (table: Table) => rehearsal.sql<{ ctid: string }>(`SELECT ctid::text AS ctid FROM ${table} WHERE merchant_id = $1 ORDER BY ctid`, [shop.id]);
function columnsOf(table: Table): Promise<{ name: string; type: string }[]> {
  return rehearsal.sql<{ name: string; type: string }>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position`,
    [table],
  );
}
/** Another value, as near as there is: by column, else by type. */
const other: Record<string, (column: string) => string> = {
  text: (column) => `coalesce(${column} || 'x', 'x')`,
  integer: (column) => `coalesce(${column} + 1000, 1)`,
  bigint: (column) => `${column} + 1`,
  'timestamp with time zone': (column) => `${column} + interval '1 microsecond'`,
  kind: () => `CASE kind WHEN 'advance' THEN 'settlement' ELSE 'advance' END`,
  jsonb: (column) => `${column} || '{"x": 1}'`,
};

test('nothing is wrong as long as nobody touches anything, and all of it is looked at', async () => {
  expect(await audits()).toEqual(nothing);
  expect(await auditOfReturn()).toEqual([]);
  const auditor = new Auditor({ trusted: null });
  for await (const record of auditRecords(rehearsal, shop.id)) auditor.take(record);
  const counts = { log_entry: 'entries', ledger_posting: 'postings', settlement: 'settlements' } as const;
  const verdict = auditor.finish();
  for (const table of tables) {
    const rows = (await rowsOf(table)).length;
    expect(rows).toBeGreaterThan(0);
    expect({ table, rows: verdict[counts[table]] }).toEqual({ table, rows });
  }
});

describe.each(tables)('%s', (table) => {
  test('a change of any column is found', async () => {
    const rows = await rowsOf(table);
    for (const { name, type } of await columnsOf(table)) {
      for (const { ctid } of [rows[0]!, rows[Math.floor(rows.length / 2)]!, rows.at(-1)!])
        await expectFound(`${table}.${name} of ${ctid}`, () =>
          rehearsal.change(`UPDATE ${table} SET ${name} = ${(other[name] ?? other[type]!)(name)} WHERE ctid = $1::tid`, [ctid]),
        );
    }
  });

  test('any row that is missing is found', async () => {
    for (const { ctid } of await rowsOf(table))
      await expectFound(`${table} without ${ctid}`, () => rehearsal.change(`DELETE FROM ${table} WHERE ctid = $1::tid`, [ctid]));
  });

  test('a row more is found, wherever it claims to belong', async () => {
    const columns = (await columnsOf(table)).map(({ name }) => name);
    const key = { log_entry: 'sequence', ledger_posting: 'entry_id', settlement: 'id' }[table];
    const copy = (changes: Record<string, string>) => () =>
      rehearsal.change(
        `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${columns.map((name) => changes[name] ?? name).join(', ')} FROM ${table} WHERE ctid = $1::tid`,
        [ctid],
      );
    const { ctid } = (await rowsOf(table)).at(-1)!;
    await expectFound(
      'a copy',
      copy({ [key]: table === 'log_entry' ? '(SELECT max(sequence) + 1 FROM log_entry l WHERE l.stream = log_entry.stream)' : `${key} || 'x'` }),
    );
    if (table === 'log_entry') {
      await expectFound('a chain that nobody knows', copy({ stream: `'ret_nobody'`, sequence: '1' }));
      return;
    }
    await expectFound('of a return that nobody knows', copy({ [key]: `${key} || 'x'`, return_id: `'ret_nobody'` }));
    await expectFound('of another merchant', async () => rehearsal.change(`UPDATE ${table} SET merchant_id = 'other' WHERE ctid = $1::tid`, [ctid]));
    if (table === 'ledger_posting') await expectFound('of no return', copy({ entry_id: `entry_id || 'x'`, return_id: 'NULL' }));
  });

  test('two rows that have changed places are found', async () => {
    const swapped = { log_entry: ['text', 'hash', 'cause', 'at'], ledger_posting: ['from_account', 'to_account', 'amount', 'refund_id', 'type'], settlement: ['document', 'inputs', 'total', 'created_at'] }[table]; // prettier-ignore
    const of = (row: string) => `(${swapped.map((column) => `${row}.${column}`).join(', ')})`;
    const [pair] = await rehearsal.sql<{ one: string; two: string }>(
      `SELECT a.ctid::text AS one, b.ctid::text AS two FROM ${table} a, ${table} b WHERE a.merchant_id = $1 AND b.merchant_id = $1 AND ${of('a')} IS DISTINCT FROM ${of('b')} ORDER BY a.ctid, b.ctid DESC LIMIT 1`,
      [shop.id],
    );
    const { one, two } = pair!;
    const set = swapped.map((column) => `${column} = b.${column}`).join(', ');
    await expectFound(`${one} and ${two}`, () =>
      rehearsal.change(`UPDATE ${table} a SET ${set} FROM ${table} b WHERE (a.ctid, b.ctid) IN (($1::tid, $2::tid), ($2::tid, $1::tid))`, [one, two]),
    );
  });
});

describe('what an audit says', () => {
  test('names the place: the row, the entry that tells it, and what differs', async () => {
    const finding = await expectFound('amount', () =>
      rehearsal.change(`UPDATE ledger_posting SET amount = amount + 1 WHERE (merchant_id, entry_id, position) IN (SELECT merchant_id, entry_id, position FROM ledger_posting WHERE return_id = $1 LIMIT 1)`, [returnId]),
    ); // prettier-ignore
    expect(finding).toMatchObject({
      stream: returnId,
      table: 'ledger_posting',
      detail: expect.stringMatching(/^has another amount than the log tells \(\d+, not \d+\)$/),
    });
    const first = await expectFound('text', () =>
      rehearsal.change(`UPDATE log_entry SET text = replace(text, 'applied', 'apblied') WHERE stream = $1 AND sequence = 1`, [returnId]),
    );
    expect(first).toEqual({ stream: returnId, sequence: 1, table: 'log_entry', id: `${returnId}/1`, detail: 'is not what its hash was made of' });
  });

  test('a return is audited alone with all that is its own', async () => {
    for (const table of tables) {
      const column = table === 'log_entry' ? 'stream' : 'return_id';
      await rehearsal.undone(async () => {
        await rehearsal.change(`DELETE FROM ${table} WHERE ctid = (SELECT max(ctid) FROM ${table} WHERE ${column} = $1)`, [returnId]);
        expect({ table, found: (await auditOfReturn()).length }).toEqual({ table, found: 1 });
      });
    }
    await rehearsal.undone(async () => {
      await rehearsal.change(`UPDATE log_entry SET text = text || ' ' WHERE stream = $1`, [`${returnId}/annotations`]);
      expect(await auditOfReturn()).toMatchObject([{ stream: `${returnId}/annotations`, sequence: 1 }]);
    });
  });
});

describe('somebody who rewrites everything that lies beside it as well', () => {
  /** A chain made anew from its second entry on, every hash and every head as it would be. */
  async function rewrite(stream: string): Promise<void> {
    const rows = await rehearsal.sql<{ sequence: number; text: string; previous: string }>('SELECT sequence, text, previous FROM log_entry WHERE stream = $1 ORDER BY sequence', [stream]); // prettier-ignore
    let previous = rows[0]!.previous;
    for (const { sequence, text } of rows) {
      const rewritten = sequence === 2 ? text.replace(/"actor":\{"id":"[^"]*"/, '"actor":{"id":"nobody"') : text;
      const hash = sha256(previous + rewritten);
      await rehearsal.change('UPDATE log_entry SET text = $3, previous = $4, hash = $5 WHERE stream = $1 AND sequence = $2', [
        stream,
        sequence,
        rewritten,
        previous,
        hash,
      ]);
      previous = hash;
    }
    await rehearsal.change('UPDATE log_head SET hash = $2 WHERE stream = $1', [stream, previous]);
    await rehearsal.change('UPDATE return SET head = $2 WHERE id = $1', [stream, previous]);
  }
  const erase = async (stream: string) => {
    for (const table of ['ledger_posting', 'settlement']) await rehearsal.change(`DELETE FROM ${table} WHERE return_id = $1`, [stream]);
    for (const table of ['log_entry', 'log_head']) await rehearsal.change(`DELETE FROM ${table} WHERE stream = $1`, [stream]);
    await rehearsal.change('DELETE FROM return WHERE id = $1', [stream]);
  };
  const seal = async (ring: ReturnType<typeof keyOf>) => {
    await rehearsal.snapshot(shop.id, (tx) => makeCheckpoint(tx, shop.id, ring.signing!));
    return ring.trusted;
  };

  test('goes unseen as long as nothing is signed, and is found by the checkpoint that was', async () => {
    await rehearsal.undone(async () => {
      await rewrite(returnId);
      expect(await audits()).toEqual(nothing);
    });
    await rehearsal.undone(async () => {
      const trusted = await seal(keyOf());
      expect(await audits({ trusted })).toEqual(nothing);
      await rewrite(returnId);
      const found = { ...(await audits({ trusted })), ofReturn: await auditOfReturn({ trusted }) };
      for (const findings of Object.values(found)) {
        expect(findings[0]).toMatchObject({ stream: returnId, table: 'log_entry', detail: 'is not the entry that checkpoint 1 vouches for' });
      }
    });
  });

  test('a return of which nothing is left is found by the checkpoint that saw it', async () => {
    await rehearsal.undone(async () => {
      const trusted = await seal(keyOf());
      await erase(returnId);
      const { online, offline } = await audits({ trusted });
      for (const findings of [online, offline])
        expect(findings[0]).toMatchObject({ stream: returnId, sequence: 1, detail: expect.stringContaining('checkpoint 1 vouches for it') });
    });
    // Left standing, its head alone gives it away.
    await expectFound('a return without its rows', async () => {
      for (const table of ['ledger_posting', 'settlement']) await rehearsal.change(`DELETE FROM ${table} WHERE return_id = $1`, [returnId]);
      await rehearsal.change('DELETE FROM log_entry WHERE stream = $1', [returnId]);
      await rehearsal.change('DELETE FROM return WHERE id = $1', [returnId]);
    });
  });

  test('and signs it all anew is betrayed by the key, and without a trusted key by a hash that is known from elsewhere', async () => {
    await rehearsal.undone(async () => {
      const ring = keyOf();
      const trusted = await seal(ring);
      const [kept] = await rehearsal.sql<{ hash: string }>('SELECT hash FROM audit_checkpoint WHERE merchant_id = $1', [shop.id]);
      await rewrite(returnId);
      for (const table of ['audit_leaf', 'audit_checkpoint']) await rehearsal.change(`DELETE FROM ${table} WHERE merchant_id = $1`, [shop.id]);
      await seal(keyOf());
      expect((await audits({ trusted })).online).toMatchObject([{ table: 'audit_checkpoint', detail: expect.stringContaining('not among the trusted ones') }]);
      expect((await audits({ trusted: null, known: { number: 1, hash: kept!.hash } })).offline).toMatchObject([{ table: 'audit_checkpoint', id: '1' }]);
      expect((await audits()).online).toEqual([]);
    });
  });

  test.each([
    ['a leaf that says something else', 'UPDATE audit_leaf SET hash = repeat($2, 64) WHERE merchant_id = $1 AND stream = $3'],
    ['a leaf that is missing', 'DELETE FROM audit_leaf WHERE merchant_id = $1 AND stream = $3 AND $2 <> $3'],
    [
      'a checkpoint with another text',
      `UPDATE audit_checkpoint SET text = replace(text, '"streams":', $2 || '"streams":') WHERE merchant_id = $1 AND $3 <> ''`,
    ],
    ['a checkpoint with another signature', 'UPDATE audit_checkpoint SET signature = $2 WHERE merchant_id = $1 AND $3 <> $2'],
    ['a checkpoint with more than a signature', 'UPDATE audit_checkpoint SET signature = signature || $2 WHERE merchant_id = $1 AND $3 <> $2'],
    ['a checkpoint with more than a key', 'UPDATE audit_checkpoint SET public_key = public_key || $2 WHERE merchant_id = $1 AND $3 <> $2'],
    ['a checkpoint with another key', 'UPDATE audit_checkpoint SET public_key = $2 WHERE merchant_id = $1 AND $3 <> $2'],
    ['a checkpoint that is missing', 'DELETE FROM audit_checkpoint WHERE merchant_id = $1 AND number = 1 AND $2 <> $3'],
    [
      'all checkpoints missing',
      'WITH gone AS (DELETE FROM audit_leaf WHERE merchant_id = $1) DELETE FROM audit_checkpoint WHERE merchant_id = $1 AND $2 <> $3',
    ],
  ])('%s is found', async (what, sql) => {
    await rehearsal.undone(async () => {
      const trusted = await seal(keyOf());
      await rehearsal.change('UPDATE log_head SET moved = false WHERE merchant_id = $1', [shop.id]);
      expect((await audits({ trusted })).online).toEqual([]);
      await rehearsal.change(sql, [shop.id, 'a', returnId]);
      const { online, offline } = await audits({ trusted });
      expect({ what, online: online.length > 0, offline: offline.length > 0 }).toEqual({ what, online: true, offline: true });
    });
  });

  test('a head that is marked as signed, and is not, is found; one that is marked as moved, and is not, hides nothing', async () => {
    const mark = (moved: boolean) => rehearsal.change('UPDATE log_head SET moved = $3 WHERE merchant_id = $1 AND stream = $2', [shop.id, returnId, moved]);
    const finding = await expectFound('a head that no checkpoint took', () => mark(false));
    expect(finding).toMatchObject({ stream: returnId, table: 'audit_leaf', detail: 'is missing: a checkpoint took this head' });
    await rehearsal.undone(async () => {
      const trusted = await seal(keyOf());
      // So it is until somebody has marked it after a checkpoint, too; the next one finds it by its leaf.
      await mark(true);
      expect(await audits({ trusted })).toEqual(nothing);
      expect(await rehearsal.snapshot(shop.id, (tx) => makeCheckpoint(tx, shop.id, keyOf().signing!))).toBeNull();
    });
  });
});
