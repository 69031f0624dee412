import { login, shop, type Body } from '../stack/stack';
import { anOrder, expectStatus, Journey, uniqueNumber } from './journey';
import { ownPolicy } from './policies';
import { booksAgree, everybodySees, logHolds, returnable, timeline, typesOf, workOf } from './witnesses';

const accepted = { grade: 'A', disposition: 'restock', accepted: true };
const refused = { grade: 'D', disposition: 'send_back', accepted: false };
const byNumber = (journey: Journey) => ({ trackingNumber: null, returnNumber: journey.rma.number });
const receipts = async (status: string): Promise<Body[]> =>
  expectStatus(await (await login('warehouse')).get(`/v1/receipts?status=${status}&limit=200`), 200).data;
const logistics = (rma: Body): string[] => rma.lines[0].units.map((unit: Body) => unit.logistics);
const money = (rma: Body): string[] => rma.lines[0].units.map((unit: Body) => unit.money);
const twoTeesAndACap = () => [
  { lineId: '1', sku: 'TEE-M', title: 'T-shirt, M', category: 'apparel', supplier: 'acme', quantity: 2, unitPrice: 1000 },
  { lineId: '2', sku: 'CAP', title: 'Cap', category: 'apparel', supplier: 'acme', quantity: 1, unitPrice: 700 },
];

describe('whatever arrives', () => {
  test('finds its return by the return’s number, however it was written, or by the order’s', async () => {
    const [first, second] = [await Journey.begin(), await Journey.begin()];
    expect(await first.receive(undefined, { trackingNumber: null, returnNumber: first.rma.number.toLowerCase().replaceAll('-', '') })).toMatchObject({
      returnId: first.id,
      status: 'matched',
    });
    expect(await second.receive([{ sku: 'TEE-M', quantity: 1 }], { trackingNumber: null, orderNumber: second.order.orderNumber })).toMatchObject({
      returnId: second.id,
      status: 'matched',
      unexpected: [],
    });
    for (const journey of [first, second])
      expect(await journey.read()).toMatchObject({ status: 'at_warehouse', lines: [{ units: [{ logistics: 'received' }] }] });
  });

  test('waits unmatched when nobody knows it, until somebody says whose it is; matching it again changes nothing', async () => {
    const journey = await Journey.begin();
    const { id, ...receipt } = await journey.receive([{ sku: 'TEE-M', quantity: 1 }], { trackingNumber: uniqueNumber('UNKNOWN') });
    expect(receipt).toMatchObject({ returnId: null, status: 'unmatched' });
    expect((await receipts('unmatched')).map((one) => one.id)).toContain(id);
    const match = async (body: Body, status: number) => expectStatus(await (await login('warehouse')).post(`/v1/receipts/${id}/match`, body), status);
    await match({ returnId: 'ret_nothing' }, 404);
    expect(await match({ returnId: journey.rma.number }, 200)).toMatchObject({ returnId: journey.id, status: 'matched', unexpected: [] });
    expect(logistics(await journey.read())).toEqual(['received']);
    await match({ returnId: journey.id }, 200);
    const other = await Journey.begin();
    await match({ returnId: other.id }, 409);
    expect(typesOf(await timeline(journey)).filter((type) => type === 'received')).toHaveLength(1);
    expect((await receipts('matched')).map((one) => one.id)).toContain(id);
  });

  test('is noted as unexpected where nobody waited for it, and never counted twice', async () => {
    const journey = await Journey.begin();
    const first = await journey.receive(
      [
        { lineId: '1', quantity: 2 },
        { sku: 'SOMETHING', quantity: 1 },
      ],
      byNumber(journey),
    );
    expect(first).toMatchObject({
      status: 'matched',
      unexpected: [
        { lineId: '1', quantity: 1 },
        { sku: 'SOMETHING', quantity: 1 },
      ],
    });
    const again = await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    expect(again).toMatchObject({ status: 'matched', unexpected: [{ lineId: '1', quantity: 1 }] });
    expect(logistics(await journey.read())).toEqual(['received']);
    await journey.inspect();
    await journey.until('completed');
    await booksAgree(journey, 1000);
  });

  test('ends the waiting when it is said to be all: what is missing is short, and an agent resolves it', async () => {
    const journey = await Journey.begin(anOrder(), { quantity: 3 });
    await journey.receive([{ lineId: '1', quantity: 1 }], { ...byNumber(journey), final: true });
    expect(logistics(await journey.until((rma) => rma.attention?.reason === 'units_short'))).toEqual(['received', 'short', 'short']);
    await everybodySees(journey, { who: 'warehouse', action: 'inspect' });
    await journey.inspect();
    await journey.until((rma) => rma.nextStep?.action === 'resolve_exception');
    await everybodySees(journey, { who: 'agent', action: 'resolve_exception' });
    expect(await workOf(journey, 'warehouse', 'exception')).toEqual(['units_short']);
    const word = (unit: number, given: string) => ({ lineId: '1', unit, logistics: 'short', money: given });
    await journey.command('agent', 'resolve', { units: [word(2, 'refund'), word(3, 'none')] });
    const done = await journey.until('completed');
    expect(money(done)).toEqual(['refunded', 'refunded', 'none']);
    expect(done).toMatchObject({ attention: null, nextStep: null, settlement: { total: 2000 } });
    expect(await workOf(journey, 'warehouse', 'exception')).toEqual([]);
    await booksAgree(journey, 2000);
  });

  test('is received when it was short and turns up later', async () => {
    const journey = await Journey.begin(anOrder(), { quantity: 2 });
    await journey.receive([{ lineId: '1', quantity: 1 }], { ...byNumber(journey), final: true });
    await journey.until((rma) => rma.attention?.reason === 'units_short');
    await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    expect(logistics(await journey.until((rma) => rma.attention === null))).toEqual(['received', 'received']);
  });
});

describe('units of one return', () => {
  test('go on alone: each is inspected, settled and paid when it is there', async () => {
    const journey = await Journey.begin(anOrder(), { quantity: 2 });
    await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    await journey.inspect();
    await journey.until((rma) => rma.refunds[0]?.status === 'succeeded');
    // What came was handed over, and the rest with it as far as anybody knows: it cannot expire any more.
    expect(journey.rma).toMatchObject({ status: 'in_transit', settlements: [{ total: 1000 }] });
    expect(money(journey.rma)).toEqual(['refunded', 'quoted']);
    await everybodySees(journey, { who: 'warehouse', action: 'receive' });
    await journey.command('customer', 'cancel', {}, 409);
    await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    await journey.inspect();
    const done = await journey.until('completed');
    expect(done.settlements).toHaveLength(2);
    expect(done.settlements[0].id).not.toBe(done.settlements[1].id);
    expect(done).toMatchObject({ settlement: { total: 2000 }, refunds: [{ amount: 1000 }, { amount: 1000 }] });
    await booksAgree(journey, 2000);
  });

  test('are inspected a part at a time, and only once they are there', async () => {
    const order = anOrder({ lines: twoTeesAndACap() });
    const lines = [
      { lineId: '1', quantity: 2, reason: 'changed_mind', resolution: 'refund' },
      { lineId: '2', quantity: 1, reason: 'changed_mind', resolution: 'refund' },
    ];
    const journey = await Journey.begin(order, { lines });
    const inspect = (unit: Body, lineId: string, status: number) => journey.command('warehouse', 'inspections', { lines: [{ lineId, units: [unit] }] }, status);
    await inspect({ quantity: 1, ...accepted }, '1', 409);
    await journey.receive([{ lineId: '1', quantity: 2 }], byNumber(journey));
    await inspect({ quantity: 3, ...accepted }, '1', 400);
    await inspect({ unit: 1, ...accepted }, '2', 409);
    await inspect({ unit: 2, ...accepted }, '1', 200);
    expect(journey.rma.lines[0].units).toMatchObject([{ inspection: 'pending' }, { inspection: 'passed', grade: 'A', disposition: 'restock' }]);
    expect(journey.rma).not.toHaveProperty('tenders');
    expect(journey.rma).toMatchObject({ quote: null, refunds: [], settlement: null });
    await inspect({ quantity: 1, ...accepted }, '1', 200);
    await journey.receive([{ lineId: '2', quantity: 1 }], byNumber(journey));
    expect(await workOf(journey, 'warehouse', 'inspection')).toEqual(['inspect_units']);
    await inspect({ quantity: 1, ...accepted }, '2', 200);
    expect(await workOf(journey, 'warehouse', 'inspection')).toEqual([]);
    const done = await journey.until('completed');
    expect(done.settlement.total).toBe(2700);
    await booksAgree(journey, 2700);
  });

  test('keep a corrected inspection until they are settled, and not after', async () => {
    const journey = await Journey.begin();
    await journey.receive(undefined, byNumber(journey));
    await journey.inspect([{ unit: 1, ...refused }]);
    expect(journey.rma).toMatchObject({ status: 'rejected', nextStep: { who: 'customer', action: 'appeal' } });
    await journey.command('warehouse', 'inspections', { lines: [{ lineId: '1', units: [{ unit: 1, ...accepted }] }], supersedes: true });
    await journey.until('completed');
    expect(journey.rma).toMatchObject({ nextStep: null, lines: [{ units: [{ inspection: 'passed', grade: 'A', money: 'refunded' }] }] });
    await journey.command('warehouse', 'inspections', { lines: [{ lineId: '1', units: [{ unit: 1, ...refused }] }], supersedes: true }, 409);
    expect(typesOf(await timeline(journey))).toContain('inspection_corrected');
    await booksAgree(journey, 1000);
  });

  test('are repaired and go back to their owner, or are refunded when nobody can repair them', async () => {
    const journey = await Journey.begin(anOrder(), { quantity: 2, reason: 'defective', resolution: 'repair' });
    await journey.receive([{ lineId: '1', quantity: 2 }], byNumber(journey));
    await journey.inspect([{ quantity: 2, grade: 'C', disposition: 'repair', accepted: true }]);
    expect(journey.rma.status).toBe('at_warehouse');
    await everybodySees(journey, { who: 'warehouse', action: 'repair', whenOverdue: 'attention' });
    expect(await workOf(journey, 'warehouse', 'repair')).toEqual(['repair_units']);
    await journey.command('warehouse', 'repairs', { lineId: '1', unit: 1, outcome: 'repaired' });
    await journey.command('warehouse', 'repairs', { lineId: '1', unit: 1, outcome: 'repaired' }, 409);
    await journey.command('warehouse', 'repairs', { lineId: '1', unit: 2, outcome: 'unrepairable' });
    await journey.until((rma) => money(rma)[1] === 'refunded');
    expect(journey.rma).toMatchObject({
      status: 'settling',
      nextStep: { who: 'warehouse', action: 'wait' },
      replacements: [{ kind: 'repair', unit: 1, status: 'reserved' }],
    });
    expect(await workOf(journey, 'warehouse', 'repair')).toEqual([]);
    const home = uniqueNumber('BACK');
    await journey.command('warehouse', 'sendback', { carrier: 'sf', trackingNumber: home });
    expect(journey.rma).toMatchObject({ status: 'completed', replacements: [{ status: 'shipped', trackingNumber: home }] });
    expect([logistics(journey.rma)[0], money(journey.rma)]).toEqual(['sent_back', ['none', 'refunded']]);
    await journey.scan('delivered', home);
    await journey.until((rma) => rma.replacements[0].status === 'delivered');
    // One never left, one is repaired and back: both may be asked for.
    expect(await returnable(journey)).toEqual([2]);
    await booksAgree(journey, 1000);
  });
});

describe('what the goods turn out to be worth', () => {
  const graded = async (grade: string, found: Body, options: Body) => {
    const channel = await ownPolicy({ refund: { gradeDeductions: { A: '0', B: '0.10', C: '0.50', D: '1' } } });
    const journey = await Journey.begin(anOrder({ channel }), { channel, ...options });
    await journey.receive(undefined, byNumber(journey));
    await journey.inspect([{ unit: 1, grade, disposition: 'restock', accepted: true, ...found }]);
    return journey.until('completed');
  };

  test.each([
    ['A', 1000],
    ['B', 900],
    ['C', 500],
    ['D', 0],
  ])('grade %s gives %i where the customer is at fault', async (grade, total) => {
    const done = await graded(grade, {}, { reason: 'changed_mind' });
    expect(done.settlement).toMatchObject({ total, fees: total === 1000 ? [] : [{ kind: 'condition', lineId: '1', amount: total - 1000 }] });
  });

  test('costs nobody anything where the seller is at fault, unless the inspection finds the customer’s', async () => {
    expect((await graded('C', {}, { reason: 'damaged' })).settlement).toMatchObject({ total: 1000, fees: [] });
    expect((await graded('C', { fault: 'customer' }, { reason: 'damaged' })).settlement).toMatchObject({ total: 500, fees: [{ kind: 'condition' }] });
    expect((await graded('C', { fault: 'seller' }, { reason: 'changed_mind' })).settlement).toMatchObject({ total: 1000, fees: [] });
  });

  test('is quoted with its fee before, and settled to the same figure: 1621 for two shirts of an order with coupon, tax and shipping', async () => {
    const channel = await ownPolicy({ refund: { fees: [{ kind: 'restocking', rate: '0.10', reasons: ['changed_mind'] }] } });
    const base = anOrder({ channel });
    const order = {
      ...base,
      lines: [{ ...base.lines[0], taxRates: [{ name: 'VAT', rate: '0.20' }] }],
      discounts: [{ discountId: 'd1', target: 'order', amount: 299, couponCode: 'SAVE3' }],
      shipments: [{ ...base.shipments[0], shippingAmount: 1200 }],
      tenders: [{ ...base.tenders[0], amount: 3901 }],
      pointsEarned: 39,
    };
    const journey = await Journey.begin(order, { channel, quantity: 2 });
    const figures = {
      total: 1621,
      lines: [{ lineId: '1', units: [1, 2], goodsAmount: 2000, discountAmount: -199, taxAmount: 300, amount: 1801 }],
      fees: [{ kind: 'restocking', lineId: '1', amount: -180 }],
      taxes: [{ name: 'VAT', rate: '0.20', netAmount: 1351, taxAmount: 270 }],
      tenders: [{ tenderId: 't1', kind: 'card', amount: 1621 }],
      points: { restored: 0, revoked: 16 },
    };
    expect(journey.rma.quote).toMatchObject(figures);
    await journey.receive([{ lineId: '1', quantity: 2 }], byNumber(journey));
    await journey.inspect([{ quantity: 2, ...accepted }]);
    expect((await journey.until('completed')).settlement).toMatchObject(figures);
    await booksAgree(journey, 1621);
    const finance = await login('finance');
    const [refund] = expectStatus(await finance.get(`/v1/refunds?returnId=${journey.id}`), 200).data;
    expect(expectStatus(await finance.get(`/v1/refunds/${refund.id}/explanation`), 200)).toMatchObject({ matches: true });
    expect(expectStatus(await shop().get(`/v1/orders/${order.orderNumber}`), 200)).toMatchObject({ lines: [{ returnableQuantity: 1 }] });
    await logHolds(journey);
  });
});
