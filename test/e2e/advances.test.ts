import { randomUUID } from 'node:crypto';
import { direct, expectSoundBooks } from '../stack/direct';
import { login, shop, until, type Body } from '../stack/stack';
import { anOrder, application, expectStatus, importOrder, Journey, type ApplyOptions } from './journey';
import { ownPolicy } from './policies';
import { expectProblem } from './refusals';
import { booksAgree, everybodySees, ledger, logHolds, mailOf, refundsOf, returnable, tenders, timeline, typesOf, workOf } from './witnesses';

afterAll(() => direct.close());

const worn = { A: '0', B: '0.10', C: '0.50', D: '1' };
async function begin(refund: Record<string, unknown>, { order = {}, ...options }: ApplyOptions & { order?: Record<string, unknown> } = {}): Promise<Journey> {
  const channel = await ownPolicy({ refund: { timing: 'at_approval', advanceBelow: 30_000, gradeDeductions: worn, ...refund } });
  return Journey.begin(anOrder({ channel, ...order }), { channel, ...options });
}
const moneyIs = (money: string) => (rma: Body) => rma.lines[0].units[0].money === money;
const graded = (grade: string) => [{ quantity: 1, grade, disposition: 'restock', accepted: true }];
/** At the dock, whatever it came with. */
const arrive = (journey: Journey) => journey.receive([{ lineId: '1', quantity: 1 }], { trackingNumber: undefined, returnNumber: journey.rma.number });
/** From the customer's hands to the warehouse's, with this grade. */
async function bringBack(journey: Journey, grade = 'A'): Promise<void> {
  await arrive(journey);
  await journey.inspect(graded(grade));
}
/** The provider has paid it once, and no more. */
async function paidOnce(journey: Journey, amount: number): Promise<void> {
  const { refunds } = await journey.payment();
  expect(refunds.map((refund: Body) => [refund.amount, refund.status])).toEqual([[amount, 'succeeded']]);
}
async function explained(refundId: string): Promise<Body> {
  return expectStatus(await (await login('finance')).get(`/v1/refunds/${refundId}/explanation`), 200);
}

test('at approval: the customer has the money before the goods have moved, and the inspection closes it', async () => {
  const journey = await begin({});
  await journey.until(moneyIs('refunded'));
  await everybodySees(journey, { who: 'customer', action: 'hand_over' });
  expect(journey.rma).toMatchObject({
    status: 'awaiting_handover',
    settlement: null,
    settlements: [],
    advances: [{ amount: 1000, settledAmount: 0, recoveredAmount: 0, recovery: null, status: 'open', units: [{ lineId: '1', unit: 1 }] }],
  });
  expect((await journey.read('customer')).advances).toHaveLength(1);
  expect((await journey.read('warehouse')).advances).toEqual([]);
  expect(await ledger(journey)).toEqual({ customer_receivable: 1000, provider_clearing: -1000 });
  expect((await tenders(journey))[0]).toMatchObject({ refundedAmount: 1000, pendingAmount: 0, availableAmount: 2000 });
  expectProblem(await (await login('customer')).post(`/v1/returns/${journey.id}/cancel`, { reason: 'no' }), 409, 'invalid_state');
  await journey.bringBack();
  await journey.until('completed');
  expect(journey.rma).toMatchObject({
    settlement: { total: 1000, tenders: [{ tenderId: 't1', amount: 1000 }] },
    refunds: [{ amount: 1000, status: 'succeeded' }],
    advances: [{ settledAmount: 1000, status: 'settled' }],
  });
  await paidOnce(journey, 1000);
  await booksAgree(journey, 1000);
  expect((await ledger(journey)).customer_receivable ?? 0).toBe(0);
  await expectSoundBooks(journey.order.orderNumber as string);
  const [refund] = await refundsOf(journey);
  expect(await explained(refund!.id)).toMatchObject({ settlementId: journey.rma.advances[0].advanceId, matches: true, settlement: { total: 1000 } });
  expect(typesOf(await timeline(journey, 'customer'))).toContain('advanced');
  expect(typesOf(await timeline(journey, 'warehouse'))).not.toContain('advanced');
  await mailOf(journey.order.customer.email as string, 'advanced');
});

test('at the first scan, and not before', async () => {
  const journey = await begin({ timing: 'at_first_scan' });
  await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: journey.trackingNumber });
  expect(journey.rma).toMatchObject({ advances: [], refunds: [] });
  await journey.scan('picked_up');
  await journey.until((rma) => rma.status === 'in_transit' && moneyIs('refunded')(rma));
  await journey.scan('delivered');
  await bringBack(journey);
  await journey.until('completed');
  await paidOnce(journey, 1000);
  await booksAgree(journey, 1000);
});

test('the limit holds: what is not below it waits for the inspection', async () => {
  const journey = await begin({ advanceBelow: 1000 });
  expect(journey.rma).toMatchObject({ advances: [], refunds: [], status: 'awaiting_handover' });
  await bringBack(journey);
  await journey.until('completed');
  expect(await ledger(journey)).toMatchObject({ provider_clearing: -1000 });
});

describe('worn goods are worth half of what was advanced', () => {
  const half = async (advanceRecovery: string) => {
    const journey = await begin({ advanceRecovery });
    await journey.until(moneyIs('refunded'));
    await bringBack(journey, 'C');
    await journey.until('completed');
    expect(journey.rma).toMatchObject({
      settlement: { total: 500 },
      advances: [{ amount: 1000, settledAmount: 500, recoveredAmount: 500, recovery: advanceRecovery }],
    });
    await paidOnce(journey, 1000);
    await booksAgree(journey, 1000);
    await expectSoundBooks(journey.order.orderNumber as string);
    return journey;
  };
  test('the rest is written off', async () => {
    const journey = await half('write_off');
    expect(await ledger(journey)).toMatchObject({ write_off: 500, provider_clearing: -1000 });
    expect(journey.rma.advances[0].status).toBe('recovered');
    expect(journey.rma.nextStep).toBeNull();
  });
  test('the rest is taken from the customer’s store credit, who is told', async () => {
    const journey = await half('store_credit');
    expect(await ledger(journey)).toMatchObject({ store_credit: 500, provider_clearing: -1000 });
    await mailOf(journey.order.customer.email as string, 'advance_recovered');
  });
  test('the rest is invoiced: it stays open in the books, and is somebody’s work until they have seen to it', async () => {
    const journey = await half('invoice');
    expect(await ledger(journey)).toMatchObject({ customer_receivable: 500, provider_clearing: -1000 });
    expect(await workOf(journey, 'agent', 'exception')).toEqual(['advance_to_invoice']);
    await journey.command('agent', 'resolve', { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'none', note: 'invoice 17' }] });
    expect(journey.rma).toMatchObject({
      attention: null,
      nextStep: null,
      advances: [{ status: 'invoiced' }],
      lines: [{ units: [{ disposition: 'restock' }] }],
    });
    expect(await workOf(journey, 'agent', 'exception')).toEqual([]);
    expect((await ledger(journey)).customer_receivable).toBe(500);
    await logHolds(journey);
  });
});

test('goods that never come: the return expires, the money is recovered, and the unit can be asked for again', async () => {
  const journey = await begin({ advanceRecovery: 'write_off' }, { method: 'drop_off' });
  await journey.until(moneyIs('refunded'));
  await journey.advance('P8D');
  await journey.until('expired');
  expect(journey.rma.advances).toMatchObject([{ status: 'recovered', settledAmount: 0, recoveredAmount: 1000 }]);
  expect(await ledger(journey)).toEqual({ write_off: 1000, provider_clearing: -1000 });
  await paidOnce(journey, 1000);
  await booksAgree(journey, 1000);
  await expectSoundBooks(journey.order.orderNumber as string);
  expect(await returnable(journey)).toEqual([3]);
});

describe('the same unit is asked for once more after its advance was recovered', () => {
  const lines = [{ lineId: '1', sku: 'TEE-M', title: 'T-shirt, M', category: 'apparel', supplier: 'acme', quantity: 2, unitPrice: 1000 }];
  const twice = async (advanceRecovery: string) => {
    const first = await begin({ advanceRecovery }, { method: 'drop_off', order: { lines } });
    await first.until(moneyIs('refunded'));
    await first.advance('P8D');
    await first.until('expired');
    expect(await returnable(first)).toEqual([2]);
    const second = await first.again();
    expect(second.rma.lines[0].units).toMatchObject([{ unit: 1 }]);
    return { first, second };
  };
  test.each(['write_off', 'invoice'])('%s: the customer has its money, so nothing is advanced and nothing is paid again', async (advanceRecovery) => {
    const { second } = await twice(advanceRecovery);
    expect(second.rma).toMatchObject({ status: 'awaiting_handover', advances: [], refunds: [], lines: [{ units: [{ refundAmount: 0 }] }] });
    const other = await second.again();
    expect(other.rma).toMatchObject({ advances: [], lines: [{ units: [{ unit: 2, refundAmount: 1000 }] }] });
    await other.command('customer', 'cancel', { reason: 'I keep it' });
    await bringBack(second);
    await second.until('completed');
    expect(second.rma).toMatchObject({ settlement: { total: 0 }, advances: [], refunds: [] });
    await paidOnce(second, 1000);
    expect(await ledger(second)).toEqual({});
    expect(await returnable(second)).toEqual([1]);
    await expectSoundBooks(second.order.orderNumber as string);
    await logHolds(second);
  });
  test('store credit took the money back, so it is paid again', async () => {
    const { first, second } = await twice('store_credit');
    await bringBack(second);
    await second.until('completed');
    expect(second.rma).toMatchObject({ settlement: { total: 1000 }, refunds: [{ amount: 1000 }] });
    await until(async () => (await second.payment()).refundedAmount === 2000, 60_000, 'the second refund');
    expect(await ledger(first)).toEqual({ store_credit: 1000, provider_clearing: -1000 });
    await expectSoundBooks(second.order.orderNumber as string);
    await logHolds(second);
  });
  test('goods that come late after all: what was given is taken off again, and nothing more is paid', async () => {
    const journey = await begin({ advanceRecovery: 'write_off' }, { method: 'drop_off', order: { lines } });
    await journey.until(moneyIs('refunded'));
    await journey.advance('P8D');
    await journey.until('expired');
    await arrive(journey);
    await journey.command('agent', 'resolve', { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'refund', note: 'came late' }] });
    await journey.until('completed');
    expect(journey.rma).toMatchObject({ settlement: { total: 1000 }, advances: [{ status: 'settled', recoveredAmount: 0 }] });
    await paidOnce(journey, 1000);
    await booksAgree(journey, 1000);
    expect(await returnable(journey)).toEqual([1]);
    await expectSoundBooks(journey.order.orderNumber as string);
  });
});

test('goods that fail the inspection: recovered once nobody can appeal any more', async () => {
  const journey = await begin({});
  await journey.until(moneyIs('refunded'));
  await arrive(journey);
  await journey.inspect([{ quantity: 1, grade: 'D', disposition: 'send_back', accepted: false }]);
  expect(await journey.read()).toMatchObject({ status: 'rejected', nextStep: { who: 'customer', action: 'appeal' }, advances: [{ status: 'open' }] });
  await journey.advance('P8D');
  await journey.until((rma) => rma.advances[0].status === 'recovered');
  expect(await ledger(journey)).toEqual({ write_off: 1000, provider_clearing: -1000 });
  await booksAgree(journey, 1000);
});

test('above the limit it waits for finance; called off, nothing was ever paid', async () => {
  const journey = await begin({ approvalAbove: 500 });
  await journey.until((rma) => rma.refunds[0]?.status === 'awaiting_approval');
  expect(await workOf(journey, 'finance', 'refund_approval')).toEqual(['approve_refund']);
  await journey.command('customer', 'cancel', { reason: 'I keep it' });
  expect(journey.rma).toMatchObject({ status: 'cancelled', refunds: [{ status: 'rejected' }], advances: [{ status: 'withdrawn', withdrawnAmount: 1000 }] });
  expect((await journey.payment()).refunds).toEqual([]);
  expect(await ledger(journey)).toEqual({});
  expect((await tenders(journey))[0]).toMatchObject({ refundedAmount: 0, pendingAmount: 0, availableAmount: 3000 });
  await expectSoundBooks(journey.order.orderNumber as string);
  await logHolds(journey);
});

test('finance does not let it go: the line is an agent’s once more, and the money waits for the goods', async () => {
  const journey = await begin({ approvalAbove: 500 });
  const [refund] = await refundsOf(journey);
  expectStatus(await (await login('finance')).post(`/v1/refunds/${refund!.id}/reject`, { note: 'not before we have it' }), 200);
  await journey.until('in_review');
  await journey.command('agent', 'decision', { lines: [{ lineId: '1', decision: 'approve' }] });
  expect(journey.rma).toMatchObject({ status: 'awaiting_handover', refunds: [{ status: 'rejected' }] });
  await bringBack(journey, 'C');
  const approval = (await refundsOf(journey)).find(({ status }) => status === 'pending' || status === 'succeeded');
  expect(approval).toMatchObject({ amount: 500 });
  await journey.until('completed');
  await paidOnce(journey, 500);
  await booksAgree(journey, 500);
  await expectSoundBooks(journey.order.orderNumber as string);
});

test('an advance whose payment fails later is dropped when nothing is owed for it any more', async () => {
  const journey = await begin({}, { method: 'drop_off', order: { payment: 'pay_declined_' } });
  await journey.until((rma) => rma.refunds[0]?.status === 'failed');
  expect(journey.rma).toMatchObject({ status: 'awaiting_handover', attention: { reason: 'refund_failed' } });
  await journey.advance('P8D');
  await journey.until('expired');
  expect(journey.rma).toMatchObject({ attention: null, refunds: [{ status: 'rejected' }], advances: [{ status: 'withdrawn', recoveredAmount: 0 }] });
  expect(await ledger(journey)).toEqual({});
  await expectSoundBooks(journey.order.orderNumber as string);
});

test('two units: the second is still on its way when the first is settled', async () => {
  const journey = await begin({}, { quantity: 2 });
  await journey.until(moneyIs('refunded'));
  await bringBack(journey, 'C');
  expect(await journey.read()).toMatchObject({
    advances: [{ amount: 2000, settledAmount: 500, recoveredAmount: 0, status: 'open' }],
    settlement: { total: 500 },
  });
  await bringBack(journey);
  await journey.until('completed');
  expect(journey.rma).toMatchObject({ settlement: { total: 1500 }, advances: [{ settledAmount: 1500, recoveredAmount: 500, status: 'recovered' }] });
  expect(await ledger(journey)).toMatchObject({ write_off: 500, provider_clearing: -2000 });
  await paidOnce(journey, 2000);
  await booksAgree(journey, 2000);
});

test('two returns of one order at the same moment: its shipping is advanced once, and no tender promises more than it gave', async () => {
  const channel = await ownPolicy({ refund: { timing: 'at_approval', outboundShipping: 'always' } });
  const deliveredAt = new Date(Date.now() - 86_400_000).toISOString();
  const order = anOrder({
    channel,
    shipments: [{ shipmentId: 's1', lineIds: ['1'], shippingAmount: 500, deliveredAt }],
    tenders: [
      { tenderId: 'g', kind: 'gift_card', provider: 'sandbox', providerPaymentId: `pay_ok_${randomUUID()}`, amount: 700 },
      { tenderId: 't1', kind: 'card', provider: 'sandbox', providerPaymentId: `pay_ok_${randomUUID()}`, amount: 2800 },
    ],
  });
  await importOrder(order);
  const apply = async () => expectStatus(await shop().post('/v1/returns', application(order, { channel }), { key: randomUUID() }), 201);
  const returns = await Promise.all([apply(), apply(), apply()]);
  const amounts = returns.map((rma) => rma.advances[0].amount as number);
  expect(amounts.toSorted((a, b) => a - b)).toEqual([1000, 1000, 1500]);
  const admin = await login('admin');
  for (const { id } of returns)
    await until(async () => moneyIs('refunded')(expectStatus(await admin.get(`/v1/returns/${id}`), 200)), 60_000, `the advance of ${id}`);
  await expectSoundBooks(order.orderNumber as string);
  const { data } = expectStatus(await (await login('finance')).get(`/v1/tenders?orderNumber=${order.orderNumber}`), 200);
  expect(data.map((tender: Body) => [tender.refundedAmount, tender.availableAmount])).toEqual([
    [700, 0],
    [2800, 0],
  ]);
});
