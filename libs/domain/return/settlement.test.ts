import type { Settlement, SettlementInput } from '../money/settlement-types';
import { settleWith } from '../money/settle';
import { defaultPolicy } from '../policy/default-policy';
import { applicationLine, Bench, inspected, sampleOrder, samplePolicy } from './fixtures';
import type { EventOf } from './evolve';

const order = sampleOrder({
  lines: [{ unitPrice: 1000, quantity: 2, sku: 'TEE-M' }],
  shipments: [{ shippingAmount: 900, deliveredAt: '2026-11-13T09:00:00Z' }],
  tenders: [{ tenderId: 't1', kind: 'card', providerPaymentId: 'pay_ok_1', amount: 2900 }],
});
const { refund } = defaultPolicy('CNY', '2026-01-01T00:00:00Z');
const grades = { A: '0', B: '0.10', C: '0.50', D: '1' } as const;
const fees = [
  { kind: 'restocking', rate: '0.10', amount: null, reasons: ['changed_mind'] },
  { kind: 'return_shipping', rate: null, amount: 300, reasons: ['changed_mind'] },
] as const;
const policy = (change: Partial<typeof refund>) => samplePolicy({ refund: { ...refund, ...change } });
const settlements = (bench: Bench) => bench.log.filter((event): event is EventOf<'settled'> => event.type === 'settled');
const documents = (bench: Bench) => settlements(bench).map(({ detail }) => detail?.settlement as Settlement);
const mind = applicationLine('1', { quantity: 2, reason: 'changed_mind' });

test('full_return waits for what is sent again: the customer has it, and may return it later', () => {
  const two = sampleOrder({
    lines: [{ unitPrice: 1000, sku: 'TEE-M' }, { unitPrice: 1000 }],
    shipments: [{ shippingAmount: 900, deliveredAt: '2026-11-13T09:00:00Z' }],
    tenders: [{ tenderId: 't1', kind: 'card', providerPaymentId: 'pay_ok_1', amount: 2900 }],
  });
  const bench = new Bench({ order: two, policy: policy({ outboundShipping: 'full_return' }) });
  bench.apply([applicationLine('1', { reason: 'lost', resolution: 'reship' }), applicationLine('2')]);
  bench.receive({ '2': 1 });
  bench.inspect('2', inspected());
  expect(documents(bench)).toMatchObject([{ total: 1000, shipping: [{ amount: 0 }] }]);
  expect(bench.log.find((event) => event.type === 'applied')?.detail?.quote).toMatchObject({ total: 1000 });
});

describe('full_return goes by the return as a whole, in whatever sequence its units are inspected', () => {
  const two = sampleOrder({
    lines: [
      { unitPrice: 500, sku: 'TEE-M' },
      { unitPrice: 700, sku: 'TEE-L' },
    ],
    shipments: [{ shippingAmount: 900, deliveredAt: '2026-11-13T09:00:00Z' }],
    tenders: [{ tenderId: 't1', kind: 'card', providerPaymentId: 'pay_ok_1', amount: 2100 }],
  });
  const full = (change: Partial<typeof refund> = {}) => new Bench({ order: two, policy: policy({ outboundShipping: 'full_return', ...change }) });
  const both = [applicationLine('1'), applicationLine('2', { resolution: 'exchange' })];
  const bring = (bench: Bench, lineId: string) => {
    bench.receive({ [lineId]: 1 });
    bench.inspect(lineId, inspected());
  };

  test.each([
    [
      ['1', '2'],
      [500, 900],
    ],
    [
      ['2', '1'],
      [0, 1400],
    ],
  ])('lines %j, one refunded and one exchanged', (sequence, totals) => {
    const bench = full().apply(both);
    for (const lineId of sequence) bring(bench, lineId);
    expect(documents(bench).map(({ total }) => total)).toEqual(totals);
    expect(bench.log.find((event) => event.type === 'applied')?.detail?.quote).toMatchObject({ total: 1400 });
    const last = settlements(bench).at(-1)?.detail as unknown as { settlement: Settlement; inputs: SettlementInput; rules: unknown };
    expect(settleWith(last.rules, JSON.parse(JSON.stringify(last.inputs)) as SettlementInput).settlement).toEqual(last.settlement);
  });
  test('what finance did not let go brought nothing back', () => {
    const bench = full({ approvalAbove: 10 }).apply(both);
    bring(bench, '1');
    bench.do('reject_refund', { refundId: 'rfd_1' }, 'finance');
    bring(bench, '2');
    expect(documents(bench).map(({ total }) => total)).toEqual([500, 0]);
    bench.decide('approve', ['1']);
    expect(documents(bench).map(({ total }) => total)).toEqual([500, 0, 1400]);
  });
  test('nor did what another return brought: an order of which this one brings none earns nothing', () => {
    const bench = full().apply([applicationLine('1')]);
    bring(bench, '1');
    bench.again().apply([applicationLine('2', { resolution: 'exchange' })]);
    bring(bench, '2');
    expect(documents(bench).map(({ total }) => total)).toEqual([500, 0]);
  });
});

test('an amount fee is taken with the first instalment, and rates with each', () => {
  const bench = new Bench({ order, policy: policy({ fees, outboundShipping: 'never' }) }).apply([mind]);
  bench.receive({ '1': 1 });
  bench.inspect('1', inspected());
  bench.receive({ '1': 1 });
  bench.inspect('1', inspected());
  expect(documents(bench).map(({ total }) => total)).toEqual([600, 900]);
});

test.each([
  [null, 500],
  ['customer', 500],
  ['seller', 1000],
  ['carrier', 1000],
] as const)('a grade lowers the refund by the fault that the inspection finds (%s)', (fault, total) => {
  const bench = new Bench({ order, policy: policy({ gradeDeductions: grades, outboundShipping: 'never' }) });
  bench.apply([applicationLine('1', { reason: 'changed_mind' })]).bring({ grade: 'C', fault });
  expect(documents(bench).map((one) => one.total)).toEqual([total]);
});

test('goods that need not come back bear no fee, as the quote promised', () => {
  const bench = new Bench({ order, policy: policy({ fees, keepItBelow: 1500, outboundShipping: 'never' }) });
  bench.apply([applicationLine('1', { reason: 'changed_mind' })], { method: 'none' });
  expect([bench.unit().refundAmount, documents(bench).map(({ total }) => total)]).toEqual([1000, [1000]]);
});

test('a settlement is made again from what its event keeps', () => {
  const bench = new Bench({ order, policy: policy({ fees, gradeDeductions: grades }) }).apply([mind]).bring({ grade: 'B' });
  const kept = JSON.parse(JSON.stringify(settlements(bench)[0]?.detail)) as { settlement: Settlement; inputs: SettlementInput; rules: unknown };
  expect(JSON.parse(JSON.stringify(settleWith(kept.rules, kept.inputs).settlement))).toEqual(kept.settlement);
});
