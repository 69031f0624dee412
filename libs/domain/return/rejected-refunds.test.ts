import { nextStep } from './attention';
import { describe as tell, noDetails } from './details';
import { due } from './due';
import { applicationLine, Bench, day, reviewed, sampleOrder, samplePolicy, type ActorName, type BenchOptions } from './fixtures';
import { sketchOrder } from '../money/money-fixtures';
import type { Policy } from '../policy/policy';

const above = (approvalAbove: number, more: Partial<Policy['refund']> = {}): Policy =>
  reviewed({ refund: { ...samplePolicy().refund, approvalAbove, ...more } });
const decided = (lines = [applicationLine('1')], options: BenchOptions = {}) => new Bench({ policy: above(10), ...options }).apply(lines).decide('approve');
const reject = (bench: Bench, refundId = 'rfd_1', by: ActorName = 'finance') => bench.do('reject_refund', { refundId }, by);
const no = (bench: Bench, refundId = 'rfd_1', by: ActorName = 'finance') => bench.refusal('reject_refund', { refundId }, by);
const statuses = (bench: Bench) => bench.state.refunds.map(({ status }) => status);

test('a refund that finance rejects sends its line back to an agent, as if it had not been settled', () => {
  const bench = decided().bring();
  const [tender] = bench.tenders;
  expect([bench.grantedAmount, tender!.pendingAmount]).toEqual([1000, 1000]);
  reject(bench);
  expect([bench.status, nextStep(bench.state), bench.state.lines[0]!.authorization]).toMatchObject([
    'in_review',
    { who: 'agent', action: 'review' },
    'pending',
  ]);
  expect(bench.unit()).toMatchObject({ money: 'quoted', settlementId: null, refundAmount: 1000, inspection: 'passed', logistics: 'received', released: false });
  expect([statuses(bench), bench.grantedAmount, tender!.pendingAmount, due(bench.state).effects]).toEqual([['rejected'], 0, 0, []]);
  expect([bench.deadline('approval'), bench.deadline('review')]).toMatchObject([undefined, { onBreach: 'approve' }]);
  const details = bench.log.reduce((sum, event) => tell(sum, event, 'now'), noDetails('now'));
  expect(details.settlements).toEqual([]);
});
test('approved once more it is settled anew and paid once, when somebody else than the agent lets it go', () => {
  const bench = decided().bring();
  reject(bench);
  bench.decide('approve', ['1'], 'admin');
  expect(bench.state.refunds).toMatchObject([{ status: 'rejected' }, { refundId: 'rfd_2', settlementId: 'stl_2', status: 'awaiting_approval', amount: 1000 }]);
  expect(bench.refusal('approve_refund', { refundId: 'rfd_2' }, 'admin')).toBe('four_eyes_required');
  expect(bench.refusal('approve_refund', { refundId: 'rfd_1' }, 'finance')).toBe('invalid_state');
  bench.do('approve_refund', { refundId: 'rfd_2' }, 'finance');
  bench.answer('refund', { kind: 'done', providerRefundId: 'prf_1' });
  expect([bench.status, bench.tenders[0]]).toMatchObject(['completed', { pendingAmount: 0, refundedAmount: 1000 }]);
});
test('rejected by the agent too, the goods go back after the window, and the unit is free', () => {
  const bench = decided().bring();
  reject(bench);
  bench.decide('reject');
  expect([bench.status, nextStep(bench.state)?.action]).toEqual(['rejected', 'appeal']);
  bench.pass(7 * day);
  expect([bench.unit(), bench.world.freeUnits['1']]).toMatchObject([{ released: true, logistics: 'sending_back', money: 'none' }, [1, 2, 3]]);
});
test('whoever granted it may withdraw it; only what waits for approval or for a dispute is rejected', () => {
  const granter = new Bench({ policy: above(10) }).apply().decide('approve', ['1'], 'admin').bring();
  expect([no(granter, 'rfd_1', 'admin'), no(granter, 'rfd_9')]).toEqual([null, 'not_found']);
  const paying = decided().bring();
  paying.do('approve_refund', { refundId: 'rfd_1' }, 'finance');
  expect(no(paying)).toBe('invalid_state');
  paying.answer('refund', { kind: 'refused', code: 'card_closed' });
  expect(no(paying)).toBe('invalid_state');
  reject(granter);
  expect(no(granter)).toBe('invalid_state');
});
test('money held by a dispute can be rejected as well', () => {
  const bench = new Bench().apply();
  bench.tenders[0]!.disputedAmount = 5500;
  bench.bring();
  reject(bench);
  expect([bench.status, statuses(bench), bench.state.attention, bench.tenders[0]!.pendingAmount]).toEqual(['in_review', ['rejected'], null, 0]);
});
test('all refunds of the settlement go together: none of them once a part has been paid or is under way', () => {
  const order = sampleOrder({
    tenders: [
      { tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 500 },
      { tenderId: 't2', kind: 'wallet', providerPaymentId: 'pay_2', amount: 5000 },
    ],
  });
  const bench = decided([applicationLine('1')], { order }).bring();
  expect(statuses(bench)).toEqual(['awaiting_approval', 'awaiting_approval']);
  const one = decided([applicationLine('1')], { order }).bring();
  reject(bench, 'rfd_2');
  expect([statuses(bench), bench.tenders.map(({ pendingAmount }) => pendingAmount)]).toEqual([
    ['rejected', 'rejected'],
    [0, 0],
  ]);
  one.do('approve_refund', { refundId: 'rfd_1' }, 'finance');
  expect(no(one, 'rfd_2')).toBe('invalid_state');
  one.answer('refund', { kind: 'refused', code: 'card_closed' });
  expect(no(one, 'rfd_2')).toBeNull();
  one.do('retry_refund', { refundId: 'rfd_1' }, 'finance');
  one.answer('refund', { kind: 'done', providerRefundId: 'prf_1' });
  expect(no(one, 'rfd_2')).toBe('invalid_state');
});
test('a unit of the line that has its money keeps it, whatever becomes of the other', () => {
  const bench = new Bench({ policy: above(1500) }).apply([applicationLine('1', { quantity: 2 })]).decide('approve');
  bench.receive({ '1': 2 });
  bench.inspect('1');
  bench.inspect('1');
  bench.answer('refund', { kind: 'done', providerRefundId: 'prf_1' });
  reject(bench, 'rfd_2');
  expect([bench.status, bench.unit('1', 1).money, bench.unit('1', 2).money]).toEqual(['in_review', 'granted', 'quoted']);
  bench.decide('reject');
  bench.pass(7 * day);
  expect([bench.unit('1', 1), bench.unit('1', 2), bench.status]).toMatchObject([{ released: false, logistics: 'received' }, { released: true }, 'completed']);
  expect(bench.world.freeUnits['1']).toEqual([2, 3]);
});
test('the fee of an amount that it took, and the shipping it gave, are there for the next settlement', () => {
  const fees = [{ kind: 'return_shipping', rate: null, amount: 300, reasons: [] }] as const;
  const order = sketchOrder({
    lines: [{ unitPrice: 1000, quantity: 3, sku: 'TEE-M' }],
    shipments: [{ shipmentId: 's1', shippingAmount: 500, deliveredAt: '2026-11-12T00:00:00Z' }],
    tenders: [{ tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 3500 }],
  });
  const bench = decided([applicationLine('1')], { order, policy: above(10, { fees, outboundShipping: 'always' }) }).bring();
  const { amount } = bench.state.refunds[0]!;
  expect([amount, bench.state.feesTaken]).toEqual([1200, ['return_shipping']]);
  reject(bench);
  expect(bench.state.feesTaken).toEqual([]);
  bench.decide('approve', ['1'], 'agent2');
  expect([bench.state.refunds[1]!.amount, bench.state.feesTaken]).toEqual([1200, ['return_shipping']]);
});
test('an adjusted unit is claimed anew, unless another return has it by now', () => {
  const adjusted = () => decided([applicationLine('3', { reason: 'price_dropped', resolution: 'adjustment', adjustmentAmount: 120 })]);
  const bench = adjusted();
  expect(bench.world.freeUnits['3']).toEqual([1]);
  reject(bench);
  expect([bench.status, bench.world.freeUnits['3'], bench.world.money.givenAmounts]).toEqual(['in_review', [], []]);
  bench.decide('approve', ['3'], 'agent2');
  expect(bench.state.refunds[1]).toMatchObject({ status: 'awaiting_approval', amount: 120 });
  const taken = adjusted();
  taken.claims.push({ returnId: 'ret_2', lineId: '3', unit: 1, outcome: 'open', given: 0, live: true });
  expect(no(taken)).toBe('units_unavailable');
});
describe('a replacement', () => {
  const swapped = () => decided([applicationLine('1', { resolution: 'exchange', exchangeSku: 'TEE-SALE' })]).bring();
  const ship = (bench: Bench) => bench.answer('reship', { kind: 'done', carrier: 'sandbox', trackingNumber: 'OUT1' });
  test('that has left is not followed by a rejection of its line', () => {
    const bench = swapped();
    reject(bench);
    const word = (decision: 'approve' | 'reject') => bench.refusal('decision', { lines: [{ lineId: '1', decision }] }, 'agent2');
    expect([word('reject'), word('approve')]).toEqual(['invalid_state', null]);
    ship(bench);
    expect([word('reject'), bench.refusal('offer', { resolution: 'refund_only', amount: 100 }, 'agent')]).toEqual(['invalid_state', 'invalid_state']);
    bench.decide('approve', ['1'], 'agent2');
    bench.scan('delivered', 'OUT1');
    bench.do('approve_refund', { refundId: bench.state.refunds.at(-1)!.refundId }, 'finance');
    bench.answer('refund', { kind: 'done' });
    expect([bench.status, bench.tenders[0]!.refundedAmount, bench.state.replacements.length]).toEqual(['completed', 400, 1]);
  });
  test('that was lost and paid for: only the last settlement is withdrawn first', () => {
    const bench = swapped();
    ship(bench);
    bench.scan('lost', 'OUT1');
    bench.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'refund' }] }, 'agent');
    expect(bench.state.refunds.map(({ settlementId, amount }) => [settlementId, amount])).toEqual([['stl_1', 400], ['stl_2', 600]]); // prettier-ignore
    expect(no(bench, 'rfd_1')).toBe('invalid_state');
    reject(bench, 'rfd_2');
    expect([bench.unit(), bench.world.money.givenAmounts]).toMatchObject([{ settlementId: 'stl_1', money: 'quoted' }, [{ amount: 400 }]]);
    reject(bench, 'rfd_1');
    expect([bench.unit().settlementId, bench.grantedAmount, bench.tenders[0]!.pendingAmount]).toEqual([null, 0, 0]);
    bench.decide('approve', ['1'], 'agent2');
    expect(bench.state.refunds[2]).toMatchObject({ settlementId: 'stl_3', amount: 1000 });
  });
});
test('what was given for the trouble is not taken back before the line is decided', () => {
  const policy = { ...above(10), compensation: [{ when: { fault: 'seller' as const }, grant: { kind: 'coupon' as const, amount: 500, validFor: null } }] };
  const bench = decided([applicationLine('1')], { policy }).bring();
  reject(bench);
  const held = () => bench.state.compensations.map(({ status }) => status);
  expect(held()).toEqual(['granted']);
  bench.decide('reject');
  expect(held()).toEqual(['revoked']);
});
test('a customer may cancel what finance rejected, while they still have the goods', () => {
  const bench = decided([applicationLine('3', { resolution: 'refund_only' })]);
  expect(bench.refusal('cancel', {}, 'customer')).toBe('invalid_state');
  reject(bench);
  bench.do('cancel', {}, 'customer');
  expect([bench.status, bench.world.freeUnits['3']]).toEqual(['cancelled', [1]]);
});
