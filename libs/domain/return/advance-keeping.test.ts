import { sketchOrder } from '../money/money-fixtures';
import type { RefundRules } from '../policy/policy';
import { advanceStatus } from './advance-book';
import { advance, bench, books, paid, refunds, rules, worn } from './advance-fixtures';
import { applicationLine, day, inspected, reviewed, type Bench, type BenchOptions } from './fixtures';
import { worth } from './limits';

/** Paid ahead, and never handed over. */
function expired(advanceRecovery: RefundRules['advanceRecovery'], options: BenchOptions = {}, lines = [worn]): Bench {
  const one = bench({ advanceRecovery }, options).apply(lines, { method: 'drop_off' });
  one.answer('refund', { kind: 'done', providerRefundId: 'prf_1' });
  one.pass(8 * day);
  expect(one.status).toBe('expired');
  return one;
}
const unit1 = { lineId: '1', unit: 1 };
const given = ({ world }: Bench) => world.money.givenAmounts.map(({ lineId, unit, amount }) => [`${lineId}#${unit}`, amount]);
const shippingLeft = ({ world }: Bench, paidAmount: number) => world.money.shipments.reduce((left, { refundedAmount }) => left - refundedAmount, paidAmount);
const three = [applicationLine('1', { quantity: 3, reason: 'changed_mind' })];
const shipped = (shippingAmount: number) =>
  sketchOrder({
    lines: [{ unitPrice: 1000, quantity: 3, sku: 'TEE-M' }],
    shipments: [{ shipmentId: 's1', shippingAmount, deliveredAt: '2026-11-12T00:00:00Z' }],
    tenders: [{ tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 3000 + shippingAmount }],
  });

describe('what the customer keeps of an advance counts as given', () => {
  test.each(['write_off', 'invoice'] as const)('%s: asked for once more, the unit may come back, and its money is 0', (recovery) => {
    const one = expired(recovery);
    expect([given(one), worth(unit1, one.world), one.world.freeUnits['1']]).toEqual([[['1#1', 1000]], 0, [1, 2, 3]]);
    one.again().apply([worn]);
    expect([one.unit().refundAmount, one.state.advances, refunds(one)]).toEqual([0, undefined, []]);
    one.bring();
    expect([one.status, refunds(one), one.grantedAmount, one.tenders[0]!.refundedAmount]).toEqual(['completed', [], 1000, 1000]);
    one.again().apply([worn]);
    expect(one.state.units[0]!.unit).toBe(2);
  });
  test('taken back as store credit, the unit is worth its whole share again, and may be advanced again', () => {
    const one = expired('store_credit');
    expect([given(one), worth(unit1, one.world)]).toEqual([[], 1000]);
    one.again().apply([worn]);
    expect(refunds(one)).toEqual([[1000, 'pending']]);
  });
  test('goods that were rejected and went back: the same', () => {
    const one = paid().bring({ accepted: false });
    expect([given(one), one.world.freeUnits['1']]).toEqual([[], [2, 3]]);
    one.pass(8 * day);
    expect([given(one), one.world.freeUnits['1']]).toEqual([[['1#1', 1000]], [1, 2, 3]]);
    one.again().apply([worn]).bring();
    expect([one.status, refunds(one)]).toEqual(['completed', []]);
  });
  test('a fee that the advance kept back is all that is left of the unit', () => {
    const fees = [{ kind: 'restocking', rate: '0.10', amount: null, reasons: ['changed_mind'] }] as const;
    const one = bench({ fees }).apply([worn], { method: 'drop_off' });
    one.answer('refund', { kind: 'done' });
    one.pass(8 * day);
    expect([given(one), worth(unit1, one.world)]).toEqual([[['1#1', 900]], 100]);
  });
  test('what is worn is settled: the rest of its advance counts nowhere else', () => {
    const one = paid().bring({ grade: 'C' });
    expect([advance(one).recoveredAmount, advance(one).kept, given(one)]).toEqual([500, [], []]);
  });
  test('the other units of the order wait for the inspection', () => {
    const one = expired('write_off');
    one.again().apply([applicationLine('2')]);
    expect([one.unit('2').refundAmount, one.state.advances]).toEqual([2000, undefined]);
    one.bring();
    expect(refunds(one)).toEqual([[2000, 'pending']]);
  });
  test('a unit that is given up before the others of its advance stays claimed until it is closed', () => {
    const one = bench().apply([worn, applicationLine('2')]);
    one.answer('refund', { kind: 'done' });
    one.receive({ '1': 1 });
    one.inspect('1', inspected({ accepted: false }));
    one.do('appeal', {}, 'customer');
    one.decide('reject', ['1'], 'agent2');
    expect([one.unit().released, one.world.freeUnits['1'], given(one)]).toEqual([true, [2, 3], []]);
    one.receive({ '2': 1 });
    one.inspect('2');
    expect([advance(one).recoveredAmount, one.world.freeUnits['1'], given(one)]).toEqual([1000, [1, 2, 3], [['1#1', 1000]]]);
  });
});

describe('how the rest is shared', () => {
  test('each unit counts with what was advanced for it, and the shipment with its part: none of it is given again', () => {
    const one = bench({ outboundShipping: 'full_return' }, { order: shipped(500) }).apply(three, { method: 'drop_off' });
    one.answer('refund', { kind: 'done' });
    one.pass(8 * day);
    expect([advance(one).recoveredAmount, given(one), advance(one).shipping, shippingLeft(one, 500)]).toEqual([
      3500,
      [['1#1', 1000], ['1#2', 1000], ['1#3', 1000]],
      [{ shipmentId: 's1', amount: 500 }],
      0,
    ]); // prettier-ignore
    one.again().apply(three).bring();
    expect([one.status, refunds(one), one.grantedAmount, one.world.money.refundedAmount]).toEqual(['completed', [], 3500, 0]);
  });
  test('a fee for all of them is spread to the last unit of money', () => {
    const fees = [{ kind: 'return_shipping', rate: null, amount: 100, reasons: [] }] as const;
    const one = bench({ fees }, { order: shipped(0) }).apply(three, { method: 'drop_off' });
    one.answer('refund', { kind: 'done' });
    one.pass(8 * day);
    expect(advance(one).recoveredAmount).toBe(2900);
    expect(advance(one).kept!.reduce((sum, { amount }) => sum + amount, 0)).toBe(2900);
  });
  test('taken back as store credit, the shipping is there to be earned again', () => {
    const one = bench({ outboundShipping: 'full_return', advanceRecovery: 'store_credit' }, { order: shipped(500) }).apply(three, { method: 'drop_off' });
    one.answer('refund', { kind: 'done' });
    one.pass(8 * day);
    expect([given(one), advance(one).shipping, shippingLeft(one, 500)]).toEqual([[], [], 500]);
  });
});

describe('when the recovery is undone', () => {
  const late = (one: Bench, ...units: readonly number[]) =>
    one.do('resolve', { units: units.map((unit) => ({ lineId: '1', unit, logistics: 'received' as const, money: 'refund' as const })) }, 'agent');
  test('goods that come late are settled in full, and paid by what was advanced', () => {
    const one = expired('write_off');
    one.receive({ '1': 1 });
    late(one, 1);
    expect([one.status, refunds(one), given(one), advanceStatus(advance(one))]).toEqual(['completed', [[1000, 'succeeded']], [], 'settled']);
    expect(books(one, 'write_off', 'customer_receivable', 'refunds_payable')).toEqual([0, 0, 0]);
  });
  test('the others of its advance go on counting, and what they were given is not used for it', () => {
    const one = expired('write_off', { order: shipped(0) }, three);
    one.receive({ '1': 1 });
    late(one, 1);
    expect([one.status, given(one), advance(one).recoveredAmount, refunds(one)]).toEqual([
      'completed',
      [['1#2', 1000], ['1#3', 1000]],
      2000,
      [[3000, 'succeeded']],
    ]); // prettier-ignore
  });
  test('an agent grants the whole of it, whatever the unit counts with', () => {
    const order = sketchOrder({
      lines: [{ unitPrice: 200_000, sku: 'TEE-M' }],
      tenders: [{ tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 200_000 }],
    });
    const one = bench({}, { order, policy: reviewed({ refund: rules({ approvalAbove: null }) }) }).apply([worn], { method: 'drop_off' });
    one.decide('approve', ['1'], 'admin');
    one.answer('refund', { kind: 'done' });
    one.pass(8 * day);
    expect([one.status, given(one)]).toEqual(['expired', [['1#1', 200_000]]]);
    one.receive({ '1': 1 });
    expect(one.refusal('resolve', { units: [{ ...unit1, logistics: 'received', money: 'refund' }] }, 'agent')).toBe('forbidden');
  });
});

describe('when its payment fails later', () => {
  const failed = { refundId: 'rfd_1', providerRefundId: 'prf_1', status: 'failed' } as const;
  test('nothing is kept of it: the unit is worth its share again', () => {
    const one = expired('write_off');
    one.do('refund_reported', failed, 'provider');
    expect([refunds(one), given(one), worth(unit1, one.world)]).toEqual([[[1000, 'rejected']], [], 1000]);
  });
  test('unless a later return has given that much less: then it is owed, and tried again', () => {
    const one = expired('write_off');
    const first = one.state;
    one.again().apply([worn]).bring();
    one.again(first).do('refund_reported', failed, 'provider');
    expect([refunds(one), one.state.attention?.reason, given(one)]).toEqual([[[1000, 'failed']], 'refund_failed', [['1#1', 1000]]]);
    expect(one.refusal('reject_refund', { refundId: 'rfd_1' }, 'finance')).toBe('invalid_state');
    one.do('retry_refund', { refundId: 'rfd_1' }, 'finance');
    one.answer('refund', { kind: 'done', providerRefundId: 'prf_2' });
    expect([refunds(one), one.state.attention, books(one, 'refunds_payable', 'customer_receivable', 'write_off')]).toEqual([[[1000, 'succeeded']], null, [0, 0, -1000]]); // prettier-ignore
  });
});
