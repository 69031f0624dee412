import { execFile } from 'node:child_process';
import { generateKeyPairSync, createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '#apps/local/project-root';
import { direct } from '../stack/direct';
import { client, login, stack, until, type Body } from '../stack/stack';
import { AuditedShop } from './audited-shop';
import { expectStatus } from './journey';
import { expectProblem } from './refusals';

let shop: AuditedShop;
let returnId: string;
const folder = mkdtempSync(join(tmpdir(), 'audit-'));
beforeAll(async () => {
  shop = await AuditedShop.open();
  returnId = await shop.refund();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await direct.close();
});

const seal = async (status = 201) => expectStatus(await shop.admin.post('/v1/audit/checkpoints', {}, { key: randomUUID() }), status);
const verified = async (query = '') => expectStatus(await shop.admin.get(`/v1/audit/verify${query}`), 200);
/** The shop's audit file as the API gives it. */
async function exported(): Promise<string> {
  const answer = await shop.admin.get<string>('/v1/audit/export');
  expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="audit-.*\.ndjson"$/);
  return expectStatus(answer, 200);
}
/** The command that ships, without anything it could ask. */
function verifyFile(content: string, ...args: string[]): Promise<{ code: number; said: string }> {
  const file = join(folder, 'audit.ndjson');
  writeFileSync(file, content);
  return run('audit', 'verify', '--file', file, ...args);
}
function run(...args: string[]): Promise<{ code: number; said: string }> {
  const program = join(projectRoot, 'dist', 'apps', 'api', 'boomerang.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env: { PATH: process.env.PATH } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, said: stdout + stderr }),
    );
  });
}

describe('checkpoints', () => {
  test('sign what has moved, once, each on the one before it', async () => {
    const first = await seal();
    expect(first).toMatchObject({ number: 1, previous: '0'.repeat(64), streams: 3 }); // the merchant's chain, the return's, and the one beside it
    expect(await seal(200)).toEqual(first);
    await shop.movement();
    const second = await seal();
    expect(second).toMatchObject({ number: 2, previous: first.hash, streams: 1 });
    expect(expectStatus(await shop.admin.get('/v1/audit/checkpoints'), 200)).toEqual({ data: [second, first], nextCursor: null });
    const page = expectStatus(await shop.admin.get('/v1/audit/checkpoints?limit=1'), 200);
    expect(page.data).toEqual([second]);
    expect((await shop.admin.get(`/v1/audit/checkpoints?limit=1&cursor=${page.nextCursor}`)).body).toEqual({ data: [first], nextCursor: null });
    expect((await shop.admin.get('/v1/audit/checkpoints/2')).body).toEqual(second);
    expectProblem(await shop.admin.get('/v1/audit/checkpoints/3'), 404, 'not_found');
    expectProblem(await shop.admin.get('/v1/audit/checkpoints/0'), 400, 'validation_failed');
    expect(await verified()).toMatchObject({ ok: true, checkpoints: 2, lastCheckpoint: second.hash, keysTrusted: true, place: null });
    expect(await verified(`?returnId=${returnId}`)).toMatchObject({ ok: true, checkpoints: 2, streams: 2, stream: returnId });
  });

  test('asked for ten times at once, or with one key twice, are made once', async () => {
    await shop.movement();
    const answers = await Promise.all(Array.from({ length: 10 }, () => shop.admin.post('/v1/audit/checkpoints', {}, { key: randomUUID(), timeoutMs: 60_000 })));
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body.hash)).size).toBe(1);
    await shop.movement();
    const key = randomUUID();
    const [one, again] = [await shop.admin.post('/v1/audit/checkpoints', {}, { key }), await shop.admin.post('/v1/audit/checkpoints', {}, { key })];
    expect([one.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true']);
    expect(again.body).toEqual(one.body);
    expect(await verified()).toMatchObject({ ok: true, checkpoints: one.body.number });
  });

  test('survive a death between signing and marking: what is signed is not signed again', async () => {
    await shop.movement();
    const last = await seal();
    await direct.sql('UPDATE log_head SET moved = true WHERE merchant_id = $1', [shop.id]);
    expect(await verified()).toMatchObject({ ok: true });
    expect(await seal(200)).toEqual(last);
    expect(await direct.sql('SELECT stream FROM log_head WHERE merchant_id = $1 AND moved', [shop.id])).toEqual([]);
  });

  test('are made by the worker every night, for each merchant whose chains have moved', async () => {
    await shop.movement();
    const { number } = (await shop.admin.get('/v1/audit/checkpoints')).body.data[0];
    await direct.sql(`SELECT graphile_worker.add_job('checkpoint_all')`);
    await until(async () => (await shop.admin.get('/v1/audit/checkpoints')).body.data[0].number === number + 1, 60_000, 'the checkpoint of the night');
    expect(await verified()).toMatchObject({ ok: true, checkpoints: number + 1 });
  });
});

describe('a key that is rotated', () => {
  const file = () => join(stack().home, 'audit-key.pem');
  const fresh = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const publicPart = (pem: string) => createPublicKey(createPrivateKey(pem)).export({ format: 'pem', type: 'spki' }).toString();

  test('signs from then on; what the old one signed counts as long as its public part is kept', async () => {
    const old = readFileSync(file(), 'utf8');
    try {
      const before = (await shop.admin.get('/v1/audit/checkpoints')).body.data[0];
      const next = fresh();
      writeFileSync(file(), next + publicPart(old));
      await shop.movement();
      const after = await seal();
      expect(after.keyId).not.toBe(before.keyId);
      expect(await verified()).toMatchObject({ ok: true, keysTrusted: true });
      writeFileSync(join(folder, 'keys.pem'), publicPart(next) + publicPart(old));
      expect(await verifyFile(await exported(), '--public-key', join(folder, 'keys.pem'))).toMatchObject({
        code: 0,
        said: expect.stringContaining(`${after.keyId} signed 1; trusted`),
      });
      writeFileSync(file(), next);
      expect(await verified()).toMatchObject({ ok: false, keysTrusted: false, firstBroken: 1, place: { table: 'audit_checkpoint', id: '1' } });
    } finally {
      // What was signed here stays trusted for the tests to come.
      writeFileSync(file(), old + readFileSync(file(), 'utf8').split(/(?<=-----END PRIVATE KEY-----\n)/)[0]!);
    }
    expect(await verified()).toMatchObject({ ok: true, keysTrusted: true });
  });
});

describe('the audit file', () => {
  test('is verified by the command alone, and says what it found', async () => {
    const content = await exported();
    const { code, said } = await verifyFile(content);
    expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining('OK: everything follows') });
    expect(said).toContain(`merchant     ${shop.id}`);
    expect(said).toMatch(/settlements {2}1, 1 computed once more/);
    expect(said).toContain('CNY: trial balance 0;');
    expect(said).toContain('not compared: name the trusted keys with --public-key');
    const head = (await verified()).head;
    expect(said).toContain(`head         ${head}`);
  });

  test('names no person', async () => {
    const content = await exported();
    for (const personal of ['Li Lei', '8613800000000', 'demo.example', 'West Lake', 'called the customer', `${shop.id}.example`])
      expect(content).not.toContain(personal);
  });

  test.each<[string, (lines: string[]) => string[], number, string | RegExp]>([
    [
      'an amount of the ledger',
      (lines) => lines.map((line) => line.replace(/("kind":"posting".*"amount":)(\d+)/, '$19$2')),
      1,
      /^BROKEN: ledger_posting .* has another amount/m,
    ],
    [
      'a word of the log',
      (lines) => lines.map((line) => line.replace('\\"type\\":\\"settled\\"', '\\"type\\":\\"sentled\\"')),
      1,
      /^BROKEN: log_entry .* is not what its hash was made of/m,
    ],
    [
      'a figure of a settlement',
      (lines) => lines.map((line) => (line.includes('"kind":"settlement"') ? line.replace('"total":1000', '"total":1001') : line)),
      1,
      /^BROKEN: settlement .* has another/m,
    ],
    [
      'a checkpoint',
      (lines) => lines.map((line) => line.replace(/("kind":"checkpoint","number":1,.*"signature":")..../, '$1AAAA')),
      1,
      'BROKEN: audit_checkpoint 1 its signature does not hold',
    ],
    ['lines that were cut off', (lines) => lines.slice(0, -1), 2, 'UNREADABLE: it ends too early'],
    [
      'a line that was taken out',
      (lines) => lines.filter((line) => !line.includes('"kind":"settlement"')),
      2,
      /UNREADABLE: line \d+: it has 0 settlements and not 1/,
    ],
    ['half a line', (lines) => lines.with(2, lines[2]!.slice(0, 20)), 2, 'UNREADABLE: line 3: is not a line of an audit file'],
    ['something else', () => ['hello'], 2, 'UNREADABLE: line 1: is not a line of an audit file'],
    ['nothing', () => [], 2, 'UNREADABLE: it ends too early'],
  ])('with %s changed does not pass', async (_, change, code, said) => {
    const lines = (await exported()).trimEnd().split('\n');
    expect(await verifyFile(change(lines).join('\n'))).toMatchObject({
      code,
      said: typeof said === 'string' ? expect.stringContaining(said) : expect.stringMatching(said),
    });
  });

  test('is compared with keys and with a checkpoint that somebody kept', async () => {
    const content = await exported();
    const last = (await shop.admin.get('/v1/audit/checkpoints')).body.data[0];
    expect(await verifyFile(content, '--checkpoint', `${last.number}:${last.hash}`)).toMatchObject({ code: 0 });
    expect(await verifyFile(content, '--checkpoint', `${last.number}:${'0'.repeat(64)}`)).toMatchObject({
      code: 1,
      said: expect.stringContaining('is not the one that is known from elsewhere'),
    });
    expect(await verifyFile(content, '--checkpoint', 'latest')).toMatchObject({ code: 2 });
    writeFileSync(join(folder, 'other.pem'), generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }));
    expect(await verifyFile(content, '--public-key', join(folder, 'other.pem'))).toMatchObject({ code: 1, said: expect.stringContaining('NOT TRUSTED') });
    expect(await verifyFile(content, '--public-key', join(folder, 'nowhere.pem'))).toMatchObject({ code: 2 });
    expect(await run('audit', 'verify', '--file', join(folder, 'nowhere.ndjson'))).toMatchObject({
      code: 2,
      said: expect.stringContaining('cannot be read (ENOENT)'),
    });
    expect(await run('audit', 'verify')).toMatchObject({ code: 2, said: expect.stringContaining('usage:') });
  });
});

describe('tampering, seen through the API', () => {
  test('is reported with its place, for the whole and for the return', async () => {
    const posting = `merchant_id = '${shop.id}' AND return_id = '${returnId}' AND position = 0 AND type = 'refund_paid'`;
    const change = (by: string) =>
      direct.sql(`DO $$ BEGIN SET LOCAL session_replication_role = replica; UPDATE ledger_posting SET amount = amount ${by} WHERE ${posting}; END $$`);
    await change('+ 1');
    try {
      const place = { table: 'ledger_posting', detail: 'has another amount than the log tells (1001, not 1000)' };
      expect(await verified()).toMatchObject({ ok: false, stream: returnId, firstBroken: expect.any(Number), place });
      expect(await verified(`?returnId=${returnId}`)).toMatchObject({ ok: false, stream: returnId, place });
      expect(await verifyFile(await exported())).toMatchObject({ code: 1, said: expect.stringContaining(place.detail) });
    } finally {
      await change('- 1');
    }
    expect(await verified()).toMatchObject({ ok: true });
  });
});

describe('whatever is written meanwhile', () => {
  test('never looks like tampering', async () => {
    const state = { over: false };
    const writing = Promise.all([shop.refund(), shop.refund(), repeated(6, () => shop.movement()), repeated(6, checkpoint)]).finally(() => {
      state.over = true;
    });
    writing.catch(() => undefined); // awaited below
    do {
      expect(await verified()).toMatchObject({ ok: true, place: null });
      expect(await verifyFile(await exported())).toMatchObject({ code: 0 });
    } while (!state.over);
    await writing;
    expect(await verified()).toMatchObject({ ok: true });
  });
  const checkpoint = async () => expect([200, 201]).toContain((await shop.admin.post('/v1/audit/checkpoints', {}, { key: randomUUID() })).status);
  async function repeated(times: number, work: () => Promise<void>): Promise<void> {
    for (let time = 0; time < times; time++) await work();
  }
});

describe('who may', () => {
  test('finance and admin; no one else, and nobody sees another merchant’s', async () => {
    for (const who of ['agent', 'warehouse', 'customer']) {
      const caller = await login(who);
      expectProblem(await caller.get('/v1/audit/checkpoints'), 403, 'forbidden');
      expectProblem(await caller.get('/v1/audit/export'), 403, 'forbidden');
      expectProblem(await caller.post('/v1/audit/checkpoints', {}), 403, 'forbidden');
    }
    expectProblem(await client().get('/v1/audit/export'), 401, 'unauthenticated');
    const other = expectStatus(await (await login('admin@other.example')).get('/v1/audit/checkpoints?limit=200'), 200);
    expect(other.data.every(({ text }: Body) => JSON.parse(text).merchantId === 'other')).toBe(true);
    expectProblem(await (await login('finance')).get(`/v1/audit/verify?returnId=${returnId}`), 404, 'not_found');
    expectProblem(await shop.admin.post('/v1/audit/checkpoints', { force: true }), 400, 'validation_failed');
    expectProblem(await shop.admin.get('/v1/audit/checkpoints?cursor=x'), 400, 'validation_failed');
  });
});
