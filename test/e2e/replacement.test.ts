import { login, shop, type Body } from '../stack/stack';
import { anOrder, application, expectStatus, importOrder, Journey, uniqueNumber } from './journey';
import { ownPolicy } from './policies';
import { booksAgree, everybodySees, ledger, logHolds, mailOf, returnable, tenders, workOf } from './witnesses';

const byNumber = (journey: Journey) => ({ trackingNumber: null, returnNumber: journey.rma.number });
/** An article of our own: nobody else's test draws on it. */
async function stock(available: number, price = 1000): Promise<string> {
  const sku = uniqueNumber('SKU');
  expectStatus(await shop().put(`/v1/inventory/${sku}`, { available, price, title: `Article ${sku}` }), 201);
  return sku;
}
const available = async (sku: string): Promise<number> => expectStatus(await (await login('agent')).get(`/v1/inventory/${sku}`), 200).available;
const lineOf = (sku: string, quantity = 1) => ({ lineId: '1', sku, title: sku, category: 'apparel', supplier: 'acme', quantity, unitPrice: 1000 });
const exchange = (exchangeSku: string, reason = 'changed_mind') => ({ lines: [{ lineId: '1', quantity: 1, reason, resolution: 'exchange', exchangeSku }] });
const shipped = async (journey: Journey): Promise<string> =>
  (await journey.until((rma) => rma.replacements[0]?.status === 'shipped')).replacements[0].trackingNumber as string;

describe('an exchange', () => {
  test('for the same article reserves it at approval, ships it after the inspection and settles to nothing', async () => {
    const sku = await stock(2);
    const journey = await Journey.begin(anOrder({ lines: [lineOf(sku)] }), exchange(sku));
    expect(journey.rma).toMatchObject({
      status: 'awaiting_handover',
      quote: { total: 0 },
      replacements: [{ sku, kind: 'exchange', status: 'reserved', unit: 1 }],
    });
    expect(await available(sku)).toBe(1);
    await everybodySees(journey, { who: 'customer', action: 'hand_over' });
    await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    await journey.inspect();
    const trackingNumber = await shipped(journey);
    expect(journey.rma).toMatchObject({ status: 'settling', parcels: [{ direction: 'outbound', trackingNumber }] });
    await everybodySees(journey, { who: 'system', action: 'wait', whenOverdue: 'attention' });
    await journey.scan('in_transit', trackingNumber);
    await journey.until((rma) => rma.parcels[0].scans.length === 1);
    await journey.scan('delivered', trackingNumber);
    const done = await journey.until('completed');
    expect(done).toMatchObject({ nextStep: null, settlement: { total: 0 }, refunds: [], replacements: [{ status: 'delivered' }] });
    expect(done.closedAt).not.toBeNull();
    expect(done.parcels[0].scans.map((scan: Body) => scan.status)).toEqual(['in_transit', 'delivered']);
    expect(await available(sku)).toBe(1);
    await booksAgree(journey, 0);
  });

  test('for a cheaper article gives the difference back, and a dearer one is not eligible', async () => {
    const [cheap, dear] = [await stock(1, 600), await stock(1, 1500)];
    const email = `${uniqueNumber('swap').toLowerCase()}@example.com`;
    const order = anOrder();
    const journey = await Journey.begin({ ...order, customer: { ...order.customer, email } }, exchange(cheap));
    expect(journey.rma.quote.total).toBe(400);
    await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    await journey.inspect();
    await journey.scan('delivered', await shipped(journey));
    const done = await journey.until('completed');
    expect(done).toMatchObject({ settlement: { total: 400, lines: [{ amount: 400 }] }, refunds: [{ amount: 400, status: 'succeeded' }] });
    expect(await mailOf(email, 'replacement_shipped')).toBeDefined();
    await booksAgree(journey, 400);
    const answer = await shop().post('/v1/returns', application(journey.order, exchange(dear)));
    expect(expectStatus(answer, 422)).toMatchObject({ code: 'not_eligible', lines: [{ findings: [{ code: 'exchange_price_higher' }] }] });
    expect(await available(dear)).toBe(1);
  });

  test('for an article that is gone is not eligible; the last one goes to the first who asks', async () => {
    const sku = await stock(1);
    const order = anOrder();
    await importOrder(order);
    expectStatus(await shop().post('/v1/returns', application(order, exchange(sku))), 201);
    const late = anOrder();
    await importOrder(late);
    expect(expectStatus(await shop().post('/v1/returns', application(late, exchange(sku))), 422)).toMatchObject({
      code: 'not_eligible',
      lines: [{ findings: [{ code: 'out_of_stock' }] }],
    });
    expect(await available(sku)).toBe(0);
  });

  test('that is cancelled gives its stock back', async () => {
    const sku = await stock(1);
    const journey = await Journey.begin(anOrder(), exchange(sku));
    expect(await available(sku)).toBe(0);
    await journey.command('customer', 'cancel');
    expect(journey.rma).toMatchObject({ status: 'cancelled', replacements: [{ status: 'cancelled' }] });
    expect(await available(sku)).toBe(1);
  });

  test('whose goods the inspection refuses keeps its stock until the appeal window is over, then gives it back', async () => {
    const sku = await stock(1);
    const journey = await Journey.begin(anOrder(), exchange(sku));
    await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    await journey.inspect([{ unit: 1, grade: 'D', disposition: 'send_back', accepted: false }]);
    expect(journey.rma).toMatchObject({ status: 'rejected', replacements: [{ status: 'reserved' }] });
    await journey.advance('P7DT1H');
    await journey.until((rma) => rma.closedAt !== null);
    expect(journey.rma.replacements).toMatchObject([{ status: 'cancelled' }]);
    expect(await available(sku)).toBe(1);
  });
});

describe('a replacement that is sent again', () => {
  test('needs no goods back where the policy asks for none', async () => {
    const sku = await stock(3);
    const journey = await Journey.begin(anOrder({ lines: [lineOf(sku)] }), { reason: 'lost', resolution: 'reship', method: 'none' });
    const trackingNumber = await shipped(journey);
    expect(journey.rma).toMatchObject({
      status: 'settling',
      replacements: [{ kind: 'reship', sku }],
      lines: [{ units: [{ logistics: 'kept_by_customer', inspection: 'waived' }] }],
    });
    await everybodySees(journey, { who: 'system', action: 'wait' });
    await journey.command('customer', 'cancel', {}, 409);
    await journey.scan('delivered', trackingNumber);
    expect(await journey.until('completed')).toMatchObject({ settlement: null, refunds: [], nextStep: null, lines: [{ units: [{ money: 'none' }] }] });
    expect(await available(sku)).toBe(2);
    await booksAgree(journey, 0);
    // The customer has one again, and may return that one too.
    expect(await returnable(journey)).toEqual([1]);
    expectStatus(await shop().post('/v1/returns', application(journey.order)), 201);
  });

  test('and is lost too is an agent’s to resolve with the money', async () => {
    const sku = await stock(3);
    const journey = await Journey.begin(anOrder({ lines: [lineOf(sku)] }), { reason: 'lost', resolution: 'reship', method: 'none' });
    await journey.scan('lost', await shipped(journey));
    await journey.until((rma) => rma.attention?.reason === 'replacement_lost');
    await everybodySees(journey, { who: 'agent', action: 'resolve_exception' });
    await journey.command('agent', 'resolve', { units: [{ lineId: '1', unit: 1, logistics: 'kept_by_customer', money: 'refund' }] });
    expect(await journey.until('completed')).toMatchObject({
      attention: null,
      nextStep: null,
      settlement: { total: 1000 },
      replacements: [{ status: 'cancelled' }],
    });
    await booksAgree(journey, 1000);
  });

  test('and takes too long becomes an agent’s exception', async () => {
    const sku = await stock(1);
    const journey = await Journey.begin(anOrder({ lines: [lineOf(sku)] }), { reason: 'lost', resolution: 'reship', method: 'none' });
    const trackingNumber = await shipped(journey);
    await journey.advance('P3DT1H');
    await journey.until((rma) => rma.attention?.reason === 'replacement_overdue');
    expect(await workOf(journey, 'agent', 'exception')).toEqual(['replacement_overdue']);
    await journey.scan('delivered', trackingNumber);
    expect(await journey.until('completed')).toMatchObject({ attention: null, nextStep: null });
  });

  test('has run out by the time it is approved: an offer ends it', async () => {
    const sku = await stock(1);
    const channel = await ownPolicy({ approval: { automatic: [] } });
    const journey = await Journey.begin(anOrder({ channel, lines: [lineOf(sku)] }), { channel, reason: 'late', resolution: 'reship', method: 'none' });
    expectStatus(await shop().put(`/v1/inventory/${sku}`, { available: 0, price: 1000, title: sku }), 200);
    await journey.command('agent', 'decision', { lines: [{ lineId: '1', decision: 'approve' }] });
    await journey.until((rma) => rma.attention?.reason === 'out_of_stock');
    await everybodySees(journey, { who: 'agent', action: 'resolve_exception' });
    await journey.command('agent', 'offers', { resolution: 'refund_only', note: 'there is none left' });
    await everybodySees(journey, { who: 'customer', action: 'answer_offer' });
    await journey.command('customer', `offers/${journey.rma.offers[0].offerId}/accept`);
    expect(await journey.until('completed')).toMatchObject({ attention: null, nextStep: null, settlement: { total: 1000 } });
    expect(await available(sku)).toBe(0);
    await booksAgree(journey, 1000);
  });
});

describe('a return of many kinds at once', () => {
  test('refunds, exchanges, adjusts and lets the customer keep, each line in its own time', async () => {
    const sku = await stock(1, 1000);
    const article = (lineId: string, unitPrice: number) => ({
      lineId,
      sku: `ART-${lineId}`,
      title: `Article ${lineId}`,
      category: 'apparel',
      supplier: 'acme',
      quantity: 1,
      unitPrice,
    });
    const order = anOrder({ lines: [article('1', 1000), article('2', 1000), article('3', 2000), article('4', 500)] });
    const lines = [
      { lineId: '1', quantity: 1, reason: 'changed_mind', resolution: 'refund' },
      { lineId: '2', quantity: 1, reason: 'changed_mind', resolution: 'exchange', exchangeSku: sku },
      { lineId: '3', quantity: 1, reason: 'price_dropped', resolution: 'adjustment', adjustmentAmount: 300 },
      { lineId: '4', quantity: 1, reason: 'damaged', resolution: 'refund_only' },
    ];
    const journey = await Journey.begin(order, { lines });
    expect(journey.rma.quote.total).toBe(1800);
    // What needs no goods is settled at once; the rest waits for its goods.
    await journey.until((rma) => rma.refunds[0]?.status === 'succeeded');
    expect(journey.rma).toMatchObject({ status: 'awaiting_handover', settlements: [{ total: 800 }] });
    await everybodySees(journey, { who: 'customer', action: 'hand_over' });
    await journey.receive(
      [
        { lineId: '1', quantity: 1 },
        { lineId: '2', quantity: 1 },
      ],
      byNumber(journey),
    );
    const good = (lineId: string) => ({ lineId, units: [{ quantity: 1, grade: 'A', disposition: 'restock', accepted: true }] });
    await journey.command('warehouse', 'inspections', { lines: [good('1'), good('2')] });
    await journey.scan('delivered', await shipped(journey));
    const done = await journey.until('completed');
    expect(done.settlement.total).toBe(1800);
    expect(done.lines.map((line: Body) => line.units[0].money)).toEqual(['refunded', 'refunded', 'refunded', 'refunded']);
    expect(await tenders(journey)).toMatchObject([{ capturedAmount: 4500, refundedAmount: 1800, pendingAmount: 0 }]);
    expect(await ledger(journey)).not.toHaveProperty('refunds_payable');
    await booksAgree(journey, 1800);
    // What was adjusted is the customer's to return later, for what it still gives.
    expect(await returnable(journey)).toEqual([0, 0, 1, 0]);
    const rest = expectStatus(
      await shop().post('/v1/returns/quote', application(order, { lines: [{ lineId: '3', quantity: 1, reason: 'changed_mind', resolution: 'refund' }] })),
      200,
    );
    expect(rest.settlement.total).toBe(1700);
    await logHolds(journey);
  });
});
