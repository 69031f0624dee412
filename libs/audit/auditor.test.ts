import { generateKeyPairSync } from 'node:crypto';
import { canonical, sha256 } from '#libs/persistence/canonical';
import { beginning, link, type LogEntry } from '#libs/persistence/log';
import { Auditor, Unreadable, type Expectations, type Verdict } from './auditor';
import { CheckpointTree, firstPrevious, signCheckpoint } from './checkpoint';
import { readKeyRing, type SigningKey } from './keys';
import type { AuditRecord, CheckpointRecord, EntryRecord, Leaf, PostingRecord, SettlementRecord, StreamRecord } from './records';

const at = '2026-11-22T10:00:00.000Z';
const actor = { kind: 'system', id: 'system' } as const;
const newKey = (): SigningKey =>
  readKeyRing({ AUDIT_SIGNING_KEY: generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() }).signing!;

interface Chain {
  readonly stream: StreamRecord;
  readonly entries: readonly EntryRecord[];
}
/** A chain of events, as the database holds it. */
function chain(name: string, events: readonly { readonly type: string; readonly data: unknown }[], leaves: readonly Leaf[] = []): Chain {
  const entries = link(
    events.map(({ type, data }, index): LogEntry => ({ stream: name, sequence: index + 1, at, actor, cause: `cause/${index + 1}`, type, data })),
    beginning,
  ).map(({ sequence, cause, type, text, previous, hash }): EntryRecord => ({ kind: 'entry', sequence, at, cause, type, text, previous, hash }));
  const last = entries.at(-1)!;
  const head = { sequence: last.sequence, hash: last.hash };
  const row = name.startsWith('ret_') && !name.includes('/') ? head : null;
  return { stream: { kind: 'stream', stream: name, head: { ...head, adopted: null }, sealed: false, row, leaves }, entries };
}

const document = { currency: 'CNY', total: 900 };
const inputs = { order: 'O1' };
const booked = [
  { from: 'sales_returns', to: 'refunds_payable', amount: 750, currency: 'CNY', type: 'goods_returned' },
  { from: 'tax_payable', to: 'refunds_payable', amount: 150, currency: 'CNY', type: 'tax_returned' },
] as const;
const posting = (index: number, more: Partial<PostingRecord> = {}): PostingRecord => ({
  kind: 'posting', entryId: 'led_stl_1', position: index, at, returnId: 'ret_1', refundId: null, merchantSequence: null, ...booked[index]!, ...more,
}); // prettier-ignore
const settlement: SettlementRecord = {
  kind: 'settlement', id: 'stl_1', of: 'settlement', returnId: 'ret_1', orderNumber: 'O1', currency: 'CNY', total: 900, document, inputs, rules: { model: 'as_paid' }, createdAt: at,
}; // prettier-ignore
const settled = {
  type: 'settled',
  data: {
    settlementId: 'stl_1',
    detail: {
      settlement: document,
      inputsDigest: sha256(canonical(inputs)),
      rules: settlement.rules,
      ledger: [{ id: 'led_stl_1', refundId: null, postings: booked }],
    },
  },
};
const moved = { type: 'refunded_elsewhere', data: { ledger: [{ id: 'led_x', refundId: null, postings: [booked[0]] }] } };
const ofMerchant = posting(0, { entryId: 'led_x', returnId: null, merchantSequence: 2 });

const merchant = () => chain('merchant/m', [{ type: 'merchant_created', data: {} }, moved, { type: 'user_created', data: {} }]);
const aReturn = (leaves: readonly Leaf[] = []) =>
  chain('ret_1', [{ type: 'applied', data: { orderNumber: 'O1' } }, settled, { type: 'closed', data: {} }], leaves);

interface Parts {
  checkpoints?: readonly CheckpointRecord[];
  merchant?: Chain;
  rma?: Chain;
  rows?: readonly (PostingRecord | SettlementRecord)[];
  after?: readonly AuditRecord[];
  merchantRows?: readonly PostingRecord[];
}
/** Everything of a merchant with one return; `parts` go over what is right. */
function records({ checkpoints = [], merchant: own = merchant(), rma = aReturn(), rows, after = [], merchantRows = [ofMerchant] }: Parts = {}): AuditRecord[] {
  const theirs = rows ?? [posting(0), posting(1), settlement];
  const body: AuditRecord[] = [
    own.stream,
    ...own.entries.slice(0, 2),
    ...merchantRows,
    ...own.entries.slice(2),
    rma.stream,
    ...rma.entries,
    ...theirs,
    ...after,
  ];
  const count = (kind: string) => body.filter((record) => record.kind === kind).length;
  const end = { kind: 'end', streams: count('stream'), entries: count('entry'), postings: count('posting'), settlements: count('settlement') } as const;
  return [{ kind: 'boomerang-audit', version: 1, merchantId: 'm', at }, ...checkpoints, ...body, end];
}
function audit(all: readonly AuditRecord[], expectations: Expectations = { trusted: null }): Verdict {
  const auditor = new Auditor(expectations);
  for (const record of all) auditor.take(record);
  return auditor.finish();
}
const first = (all: readonly AuditRecord[], expectations?: Expectations) => audit(all, expectations).findings[0];

/** A checkpoint over both chains as they are, and the records with its leaves. */
function sealed(key: SigningKey, { number = 1, previous = firstPrevious, text = {} } = {}): { checkpoint: CheckpointRecord; leaf: (name: Chain) => Leaf } {
  const leaf = ({ stream }: Chain): Leaf => ({ number, sequence: stream.head!.sequence, hash: stream.head!.hash, adopted: null });
  const tree = new CheckpointTree();
  for (const one of [merchant(), aReturn()]) tree.add(one.stream.stream, leaf(one));
  return { checkpoint: signCheckpoint({ merchantId: 'm', number, at, previous, root: tree.root(), streams: tree.size, ...text }, key), leaf };
}
function signedRecords(key: SigningKey, change: Parameters<typeof sealed>[1] = {}): AuditRecord[] {
  const { checkpoint, leaf } = sealed(key, change);
  return records({ checkpoints: [checkpoint], merchant: withLeaf(merchant(), leaf), rma: withLeaf(aReturn(), leaf) });
}
const withLeaf = (one: Chain, leaf: (of: Chain) => Leaf): Chain => ({ ...one, stream: { ...one.stream, sealed: true, leaves: [leaf(one)] } });

describe('an audit', () => {
  test('of what nobody touched holds, counts it and sums the books up to zero', () => {
    const verdict = audit(records());
    expect(verdict).toMatchObject({
      ok: true,
      merchantId: 'm',
      streams: 2,
      entries: 6,
      postings: 3,
      settlements: 1,
      recomputed: 0,
      lastCheckpoint: null,
      findings: [],
    });
    const balances = [...verdict.balances.get('CNY')!];
    expect(Object.fromEntries(balances)).toEqual({ sales_returns: 1500n, tax_payable: 150n, refunds_payable: -1650n });
  });

  test.each<[string, Parts, string, number]>([
    [
      'a posting with another amount',
      { rows: [posting(0, { amount: 751 }), posting(1), settlement] },
      'has another amount than the log tells (751, not 750)',
      2,
    ],
    [
      'an amount that no number holds',
      { rows: [posting(0, { amount: '9007199254740993' }), posting(1), settlement] },
      'has another amount than the log tells (9007199254740993, not 750)',
      2,
    ],
    ['a posting that is missing', { rows: [posting(0), settlement] }, 'is told by the log, and missing', 2],
    ['a posting too many', { rows: [posting(0), posting(1), posting(1, { position: 2 }), settlement] }, 'is told by no entry of the log', 4],
    ['a settlement that is missing', { rows: [posting(0), posting(1)] }, 'is told by the log, and missing', 2],
    ['a settlement too many', { rows: [posting(0), posting(1), settlement, { ...settlement, id: 'stl_2' }] }, 'is told by no entry of the log', 4],
    [
      'a settlement of another order',
      { rows: [posting(0), posting(1), { ...settlement, orderNumber: 'O2' }] },
      'has another orderNumber than the log tells (O2, not O1)',
      2,
    ],
    [
      'a settlement with other inputs',
      { rows: [posting(0), posting(1), { ...settlement, inputs: { order: 'O2' } }] },
      'has another inputsDigest than the log tells',
      2,
    ],
    [
      'a settlement that claims to be an advance',
      { rows: [posting(0), posting(1), { ...settlement, of: 'advance' }] },
      'has another of than the log tells (advance, not settlement)',
      2,
    ],
    ['a movement outside of any return that is missing', { merchantRows: [] }, 'is told by the log, and missing', 2],
    [
      'a movement outside of any return under another entry',
      { merchantRows: [{ ...ofMerchant, merchantSequence: 1 }] },
      'has another merchantSequence than the log tells (1, not 2)',
      2,
    ],
    ['a row that belongs to nothing', { after: [{ kind: 'stray', table: 'settlement', id: 'stl_9' }] }, 'belongs to no chain there is', 1],
  ])('finds %s', (_, parts, detail, sequence) => {
    expect(first(records(parts))).toMatchObject({ detail, sequence });
  });

  const tampered = (index: number, change: Partial<EntryRecord>): Chain => {
    const rma = aReturn();
    return { ...rma, entries: rma.entries.with(index, { ...rma.entries[index]!, ...change }) };
  };
  test.each<[string, Chain, string, number]>([
    ['a text', tampered(1, { text: '{}' }), 'is not what its hash was made of', 2],
    ['a hash', tampered(1, { hash: 'f'.repeat(64) }), 'is not what its hash was made of', 2],
    ['what it follows', tampered(1, { previous: 'f'.repeat(64) }), 'does not follow from the entry before it', 2],
    ['a type', tampered(0, { type: 'cancelled' }), 'has a column that differs from the text that is hashed', 1],
    ['a time by a microsecond', tampered(2, { at: '2026-11-22T10:00:00.000001Z' }), 'has a column that differs from the text that is hashed', 3],
    ['a sequence', tampered(2, { sequence: 4 }), 'is missing: entry 4 comes next', 3],
  ])('finds an entry with another %s', (_, rma, detail, sequence) => {
    expect(first(records({ rma }))).toMatchObject({ table: 'log_entry', detail, sequence, stream: 'ret_1' });
  });

  test('finds entries that were cut off, wherever the end is still known', () => {
    const rma = aReturn();
    const cut = { ...rma, entries: rma.entries.slice(0, 2) };
    expect(first(records({ rma: cut }))).toMatchObject({ table: 'log_entry', sequence: 3 });
    const head = { sequence: 2, hash: cut.entries[1]!.hash };
    const headToo = { ...cut, stream: { ...cut.stream, head: { ...head, adopted: null } } };
    expect(first(records({ rma: headToo }))).toMatchObject({ table: 'return', sequence: 3 });
    expect(first(records({ rma: { ...headToo, stream: { ...headToo.stream, row: head } } }))).toBeUndefined();
    expect(first(records({ rma: { ...rma, stream: { ...rma.stream, head: null } } }))).toMatchObject({ table: 'log_head', detail: 'is missing' });
    expect(first(records({ rma: { ...rma, stream: { ...rma.stream, row: null } } }))).toMatchObject({ table: 'return', detail: 'is missing' });
  });

  test('takes postings that are older than their telling as they were adopted, and no others', () => {
    const old = posting(0, { entryId: 'led_old' });
    const { kind: _, ...row } = old;
    const rma = aReturn();
    const adopting = { ...rma, stream: { ...rma.stream, head: { ...rma.stream.head!, adopted: sha256(canonical(row)) } } };
    const rows = [old, posting(0), posting(1), settlement];
    expect(audit(records({ rma: adopting, rows })).ok).toBe(true);
    expect(first(records({ rma, rows }))).toMatchObject({ id: 'led_old#0', detail: 'is told by no entry of the log' });
    expect(first(records({ rma: adopting, rows: [{ ...old, amount: 1 }, ...rows.slice(1)] }))).toMatchObject({ id: 'led_old#0' });
    expect(first(records({ rma: adopting }))).toMatchObject({ detail: 'adopted postings are missing' });
  });

  test('knows an advance from what was settled', () => {
    const { settlementId: _, ...data } = settled.data;
    const advanced = { type: 'advanced', data: { ...data, advance: { advanceId: 'stl_1' } } };
    const rma = chain('ret_1', [{ type: 'applied', data: { orderNumber: 'O1' } }, advanced]);
    const rows = [posting(0), posting(1), { ...settlement, of: 'advance' }];
    expect(audit(records({ rma, rows })).ok).toBe(true);
    expect(first(records({ rma }))).toMatchObject({ table: 'settlement', detail: 'has another of than the log tells (settlement, not advance)' });
  });

  test('computes settlements once more when it is told how', () => {
    expect(audit(records(), { trusted: null, recompute: () => null })).toMatchObject({ ok: true, recomputed: 1 });
    expect(first(records(), { trusted: null, recompute: () => 'total differs' })).toMatchObject({
      table: 'settlement',
      id: 'stl_1',
      detail: 'computed once more: total differs',
    });
  });
});

describe('checkpoints', () => {
  const key = newKey();
  const trusted = new Set([key.keyId]);

  test('hold when root, chain, signature and key are right', () => {
    expect(audit(signedRecords(key), { trusted })).toMatchObject({ ok: true, checkpoints: [{ number: 1, streams: 2, keyId: key.keyId }] });
  });
  test.each<[string, AuditRecord[], string]>([
    ['a root over something else', signedRecords(key, { text: { root: 'f'.repeat(64) } }), 'signs other heads than those it is kept with (2 signed, 2 kept)'],
    ['fewer heads than were signed', signedRecords(key, { text: { streams: 3 } }), 'signs other heads than those it is kept with (3 signed, 2 kept)'],
    ['another merchant', signedRecords(key, { text: { merchantId: 'n' } }), 'its text is about another checkpoint'],
    ['a hole before it', signedRecords(key, { number: 2 }), 'is missing: checkpoint 2 comes next'],
    ['nothing that it follows', signedRecords(key, { previous: 'a'.repeat(64) }), 'does not follow from the checkpoint before it'],
    ['a key that nobody trusts', signedRecords(newKey()), 'which is not among the trusted ones'],
  ])('with %s are found', (_, all, detail) => {
    expect(first(all, { trusted })?.detail).toContain(detail);
  });
  test.each<[string, Partial<CheckpointRecord>, string]>([
    ['text', { text: '{}' }, 'its hash is not that of its text'],
    ['signature', { signature: 'AAAA' }, 'its signature does not hold'],
    ['public key', { publicKey: newKey().publicKey }, 'its signature does not hold'],
    ['hash', { hash: firstPrevious }, 'its hash is not that of its text'],
  ])('with another %s are found', (_, change, detail) => {
    const all = signedRecords(key).map((record) => (record.kind === 'checkpoint' ? { ...record, ...change } : record));
    expect(first(all, { trusted })?.detail).toBe(detail);
  });

  test('by an old key and a new one hold together, and each key counts for itself', () => {
    const next = newKey();
    const one = sealed(key);
    const two = sealed(next, { number: 2, previous: one.checkpoint.hash });
    const both = (made: Chain): Chain => ({ ...made, stream: { ...made.stream, leaves: [one.leaf(made), two.leaf(made)] } });
    const all = records({ checkpoints: [one.checkpoint, two.checkpoint], merchant: both(merchant()), rma: both(aReturn()) });
    expect(audit(all, { trusted: new Set([key.keyId, next.keyId]) })).toMatchObject({ ok: true, lastCheckpoint: two.checkpoint.hash });
    expect(first(all, { trusted: new Set([next.keyId]) })).toMatchObject({ table: 'audit_checkpoint', id: '1' });
    expect(first(all, { trusted: null, known: { number: 2, hash: two.checkpoint.hash } })).toBeUndefined();
    expect(first(all, { trusted: null, known: { number: 2, hash: one.checkpoint.hash } })?.detail).toBe('is not the one that is known from elsewhere');
    expect(first(all, { trusted: null, known: { number: 3, hash: one.checkpoint.hash } })?.detail).toBe('is known from elsewhere, and missing');
  });

  test('vouch for entries: one that is another now, or gone, is found', () => {
    const { checkpoint, leaf } = sealed(key);
    const rma = withLeaf(aReturn(), (made) => ({ ...leaf(made), hash: 'a'.repeat(64) }));
    expect(first(records({ checkpoints: [checkpoint], merchant: withLeaf(merchant(), leaf), rma }))).toMatchObject({
      sequence: 3,
      detail: 'is not the entry that checkpoint 1 vouches for',
    });
    const beyond = withLeaf(aReturn(), (made) => ({ ...leaf(made), sequence: 9 }));
    expect(first(records({ checkpoints: [checkpoint], merchant: withLeaf(merchant(), leaf), rma: beyond }))?.detail).toBe(
      'is missing: checkpoint 1 vouches for it',
    );
    const unsealed = { ...aReturn(), stream: { ...aReturn().stream, sealed: true } };
    expect(first(records({ rma: unsealed }))).toMatchObject({ table: 'audit_leaf', detail: 'is missing: a checkpoint took this head' });
    expect(first(records({ rma: withLeaf(aReturn(), leaf) }))).toMatchObject({ table: 'audit_leaf', detail: 'belongs to no checkpoint 1' });
  });
});

describe('what is no audit', () => {
  const all = records();
  test.each<[string, readonly AuditRecord[], string]>([
    ['is empty', [], 'it ends too early'],
    ['is cut off', all.slice(0, -1), 'it ends too early'],
    ['lacks a row in the middle', all.toSpliced(5, 1), 'entries and not'],
    ['does not begin', all.slice(1), 'it does not begin like an audit'],
    ['begins twice', [all[0]!, ...all], 'it does not begin like an audit'],
    ['is of a later format', [{ kind: 'boomerang-audit', version: 2, merchantId: 'm', at }], 'its format 2 is not known here'],
    ['goes on after its end', [...all, all.at(-1)!], 'something follows the end'],
    ['has its chains out of order', [all[0]!, aReturn().stream, merchant().stream], 'chain merchant/m is out of order'],
    ['has a row before its chain', [all[0]!, posting(0)], 'a row comes before its chain'],
    ['holds something unknown', [all[0]!, { kind: 'else' } as unknown as AuditRecord], 'it holds something unknown (else)'],
  ])('%s: it cannot be read', (_, lines, why) => {
    expect(() => audit(lines)).toThrow(Unreadable);
    expect(() => audit(lines)).toThrow(why);
  });
});
