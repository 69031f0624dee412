import { login, otherShop, shop, type Body } from '../stack/stack';
import { anOrder, application, expectStatus, importOrder, Journey, uniqueNumber } from './journey';
import { expectProblem } from './refusals';

const put = (order: Body) => shop().put(`/v1/orders/${encodeURIComponent(order.orderNumber)}`, order);
/** The contract's own example. */
const a1001 = (): Body => ({
  orderNumber: uniqueNumber('A1001-'), channel: 'web', currency: 'CNY', placedAt: '2026-11-11T00:00:03Z', pricesIncludeTax: true,
  customer: { id: 'c-1', name: 'Li Lei', email: 'li.lei@example.com', phone: '+8613800000000', tier: 'gold', locale: 'zh-CN' },
  shipTo: { name: 'Li Lei', phone: '1', country: 'CN', region: 'Zhejiang', city: 'Hangzhou', postalCode: '310000', lines: ['1 West Lake Road'] },
  lines: [{ lineId: '1', sku: 'TEE-M', title: 'T-shirt, M', category: 'apparel', supplier: 'acme', quantity: 3, unitPrice: 1000, discountAmount: 0, taxRates: [{ name: 'VAT', rate: '0.20' }], finalSale: false, serials: [] }],
  discounts: [{ discountId: 'd1', target: 'order', amount: 299, couponCode: 'SAVE3' }],
  shipments: [{ shipmentId: 's1', lineIds: ['1'], shippingAmount: 1200, discountAmount: 0, taxRates: [], deliveredAt: '2026-11-13T09:00:00Z' }],
  tenders: [{ tenderId: 't1', kind: 'card', provider: 'sandbox', providerPaymentId: `pay_ok_${uniqueNumber()}`, amount: 3901 }],
  pointsEarned: 39, pointsSpent: 0, giftedCoupons: [{ code: 'GIFT5', value: 500 }], freightInsurance: false, chargebacks: [],
}); // prettier-ignore

describe('an order', () => {
  test('of the contract’s example: units of 900, 901 and 900, and it reads back as it was sent', async () => {
    const order = a1001();
    const answer = await put(order);
    const stored = expectStatus(answer, 201);
    expect(answer.headers.get('location')).toBe(`/v1/orders/${order.orderNumber}`);
    expect(stored.lines[0]).toMatchObject({ paidAmount: 2701, returnableQuantity: 3 });
    expect(stored.lines[0].units.map((unit: Body) => unit.paidAmount)).toEqual([900, 901, 900]);
    expect(stored.lines[0].units.map((unit: Body) => unit.unit)).toEqual([1, 2, 3]);
    // 450: R(2701 × 0.2 / 1.2), shared out by what was paid.
    expect(stored.lines[0].units.reduce((sum: number, unit: Body) => sum + unit.taxAmount, 0)).toBe(450);
    for (const unit of stored.lines[0].units) expect(unit.goodsAmount - unit.discountAmount).toBe(unit.paidAmount);
    expect(stored).toMatchObject({ ...order, lines: [{ ...order.lines[0] }] });
    expect(expectStatus(await shop().get(`/v1/orders/${order.orderNumber}`), 200)).toEqual(stored);
    expect(expectStatus(await put(order), 200)).toEqual(stored);
  });

  test('with tax on top: what was paid is goods less discounts plus tax, unit by unit', async () => {
    const order = { ...a1001(), pricesIncludeTax: false, tenders: [{ tenderId: 't1', kind: 'cash', amount: 2701 + 540 + 1200 }] };
    const { lines } = expectStatus(await put(order), 201);
    expect(lines[0].paidAmount).toBe(3241);
    expect(lines[0].units.reduce((sum: number, unit: Body) => sum + unit.paidAmount, 0)).toBe(3241);
    for (const unit of lines[0].units) expect(unit.goodsAmount - unit.discountAmount + unit.taxAmount).toBe(unit.paidAmount);
  });

  test('in yen and in dinars: minor units are the currency’s own', async () => {
    for (const currency of ['JPY', 'KWD'])
      expect(expectStatus(await put({ ...a1001(), currency }), 201).lines[0].units.map((unit: Body) => unit.paidAmount)).toEqual([900, 901, 900]);
    expectProblem(await put({ ...a1001(), currency: 'ZZZ' }), 400, 'validation_failed', '/currency');
  });

  test('that does not add up is refused with both figures', async () => {
    const order = a1001();
    order.tenders[0].amount = 3900;
    const { detail } = expectProblem(await put(order), 422, 'order_totals_mismatch');
    expect(detail).toMatch(/3901/);
    expect(detail).toMatch(/3900/);
    expectProblem(await shop().get(`/v1/orders/${order.orderNumber}`), 404, 'not_found');
  });

  test('with discounts above its goods is not valid', async () => {
    const order = a1001();
    order.discounts[0].amount = 3001;
    expectProblem(await put(order), 400, 'validation_failed');
    const ofLine = a1001();
    ofLine.lines[0].discountAmount = 3001;
    expectProblem(await put(ofLine), 400, 'validation_failed', '/lines/0/discountAmount');
    const ofShipping = a1001();
    ofShipping.shipments[0].discountAmount = 1201;
    expectProblem(await put(ofShipping), 400, 'validation_failed', '/shipments/0/discountAmount');
  });

  test.each<[string, (order: Body) => void, string]>([
    ['another number than the path’s', (order) => (order.orderNumber = 'other'), '/orderNumber'],
    ['a line twice', (order) => order.lines.push({ ...order.lines[0] }), '/lines'],
    ['no lines', (order) => (order.lines = []), '/lines'],
    ['201 lines', (order) => (order.lines = Array.from({ length: 201 }, (_, index) => ({ ...order.lines[0], lineId: String(index) }))), '/lines'],
    ['a line of 1000', (order) => (order.lines[0].quantity = 1000), '/lines/0/quantity'],
    ['a tax rate that is a number', (order) => (order.lines[0].taxRates[0].rate = 0.2), '/lines/0/taxRates/0/rate'],
    ['more serials than pieces', (order) => (order.lines[0].serials = ['a', 'b', 'c', 'd']), '/lines/0/serials'],
    ['a shipment of a line that is not there', (order) => (order.shipments[0].lineIds = ['7']), '/shipments/0/lineIds/0'],
    [
      'a chargeback of a tender that is not there',
      (order) => (order.chargebacks = [{ chargebackId: 'x', tenderId: 't9', amount: 1, status: 'open', at: '2026-01-01T00:00:00Z' }]),
      '/chargebacks/0/tenderId',
    ],
    ['a discount on a line without saying which', (order) => (order.discounts[0].target = 'line'), '/discounts/0/lineIds'],
    ['a worth beyond counting', (order) => Object.assign(order.lines[0], { quantity: 999, unitPrice: Number.MAX_SAFE_INTEGER }), '/lines'],
  ])('with %s is not valid', async (_, spoil, pointer) => {
    const order = a1001();
    const path = order.orderNumber;
    spoil(order);
    expectProblem(await shop().put(`/v1/orders/${path}`, order), 400, 'validation_failed', pointer);
  });

  test('may change until its first return; after that only deliveries, new captures and chargebacks', async () => {
    const order = anOrder();
    const { deliveredAt: _deliveredAt, ...undelivered } = order.shipments[0];
    expectStatus(await put({ ...order, shipments: [undelivered] }), 201);
    expectStatus(await put({ ...order, channel: 'app' }), 200);
    expectStatus(await put(order), 200);
    const { id } = expectStatus(await shop().post('/v1/returns', application(order)), 201);
    expect(expectStatus(await shop().get(`/v1/orders/${order.orderNumber}`), 200).lines[0].returnableQuantity).toBe(2);
    const locked: ((copy: Body) => void)[] = [
      (copy) => (copy.lines[0].unitPrice = 999),
      (copy) => (copy.lines[0].title = 'Another'),
      (copy) => (copy.customer.email = 'thief@example.com'),
      (copy) => (copy.tenders[0].amount = 2999),
      (copy) => (copy.tenders = []),
      (copy) => (copy.currency = 'USD'),
      (copy) => (copy.placedAt = '2026-01-01T00:00:00Z'),
      (copy) => copy.lines.push({ ...copy.lines[0], lineId: '2' }),
    ];
    for (const change of locked) {
      const copy = structuredClone(order);
      change(copy);
      const answer = await put(copy);
      expect([change.toString(), answer.status, answer.body.code]).toEqual([change.toString(), 409, 'order_locked']);
    }
    const later = structuredClone(order);
    later.shipments[0].deliveredAt = new Date().toISOString();
    later.tenders.push({ tenderId: 't2', kind: 'card', provider: 'sandbox', providerPaymentId: `pay_ok_${uniqueNumber()}`, amount: 700 });
    later.chargebacks = [{ chargebackId: 'cb1', tenderId: 't1', amount: 3000, status: 'open', at: new Date().toISOString() }];
    const after = expectStatus(await put(later), 200);
    expect(after.tenders).toHaveLength(2);
    const finance = await login('finance');
    const balances = async () => (await finance.get(`/v1/tenders?orderNumber=${order.orderNumber}`)).body.data;
    expect(await balances()).toMatchObject([{ tenderId: 't1', disputedAmount: 3000, availableAmount: 0 }, { tenderId: 't2', capturedAmount: 700, availableAmount: 700 }]); // prettier-ignore
    later.chargebacks[0].status = 'won';
    expectStatus(await put(later), 200);
    expect((await balances())[0]).toMatchObject({ disputedAmount: 0, availableAmount: 3000 });
    expect((await shop().get(`/v1/returns/${id}`)).body.status).toBe('awaiting_handover');
  });

  test('of one shop is nothing to another: the same number is two orders', async () => {
    const order = anOrder();
    await importOrder(order);
    expectProblem(await otherShop().get(`/v1/orders/${order.orderNumber}`), 404, 'not_found');
    expectStatus(await otherShop().put(`/v1/orders/${order.orderNumber}`, { ...order, channel: 'elsewhere' }), 201);
    expect((await shop().get(`/v1/orders/${order.orderNumber}`)).body.channel).toBe('web');
  });

  test('with blanks and slashes in its number is found by it', async () => {
    const order = anOrder({ orderNumber: `${uniqueNumber()}/ 1#中` });
    expectStatus(await put(order), 201);
    expect((await shop().get(`/v1/orders/${encodeURIComponent(order.orderNumber)}`)).body.orderNumber).toBe(order.orderNumber);
    const rma = expectStatus(await shop().post('/v1/returns', application(order)), 201);
    expect((await shop().get(`/v1/returns?orderNumber=${encodeURIComponent(order.orderNumber)}`)).body.data.map((one: Body) => one.id)).toEqual([rma.id]);
  });
});

describe('stock', () => {
  test('is put and read; agents and warehouse read, only shop and admin write', async () => {
    const sku = uniqueNumber('SKU-');
    const level = { available: 3, price: 1000, title: 'T-shirt' };
    expectProblem(await shop().get(`/v1/inventory/${sku}`), 404, 'not_found');
    expectStatus(await shop().put(`/v1/inventory/${sku}`, level), 201);
    expectStatus(await (await login('admin')).put(`/v1/inventory/${sku}`, { ...level, available: 2 }), 200);
    for (const who of ['agent', 'warehouse']) {
      expect((await (await login(who)).get(`/v1/inventory/${sku}`)).body).toMatchObject({ sku, available: 2, price: 1000 });
      expectProblem(await (await login(who)).put(`/v1/inventory/${sku}`, level), 403, 'forbidden');
    }
    expectProblem(await otherShop().get(`/v1/inventory/${sku}`), 404, 'not_found');
  });
});

describe('a quote', () => {
  const codesOf = (quote: Body) => quote.lines.map((line: Body) => line.findings.map((finding: Body) => finding.code).toSorted());
  test('names all findings of all lines, not the first, and commits nothing', async () => {
    const order = anOrder({
      lines: [
        { lineId: '1', sku: 'A', title: 'A', quantity: 1, unitPrice: 1000, finalSale: true },
        { lineId: '2', sku: 'B', title: 'B', quantity: 1, unitPrice: 1000 },
      ],
      shipments: [{ shipmentId: 's1', lineIds: ['1', '2'], shippingAmount: 0 }],
    });
    await importOrder(order);
    const lines = [
      { lineId: '1', quantity: 2, reason: 'changed_mind' },
      { lineId: '2', quantity: 1, reason: 'bored', resolution: 'refund' },
    ];
    const quote = expectStatus(await shop().post('/v1/returns/quote', application(order, { lines })), 200);
    expect(quote.eligible).toBe(false);
    expect(codesOf(quote)[0]).toEqual(expect.arrayContaining(['final_sale', 'not_delivered', 'quantity_unavailable']));
    expect(codesOf(quote)[1]).toEqual(expect.arrayContaining(['reason_not_allowed']));
    const refused = expectProblem(await shop().post('/v1/returns', application(order, { lines })), 422, 'not_eligible');
    expect(codesOf(refused)).toEqual(codesOf(quote));
    expect((await shop().get(`/v1/returns?orderNumber=${order.orderNumber}`)).body.data).toEqual([]);
  });

  test('of what is eligible gives the settlement that the return then has', async () => {
    const order = { ...a1001(), placedAt: anOrder().placedAt, shipments: [{ ...a1001().shipments[0], deliveredAt: anOrder().shipments[0].deliveredAt }] };
    const asked = { quantity: 2 };
    await importOrder(order);
    const quote = expectStatus(await shop().post('/v1/returns/quote', application(order, asked)), 200);
    expect(quote).toMatchObject({
      eligible: true,
      approval: 'automatic',
      settlement: { currency: 'CNY', total: 1801, lines: [{ lineId: '1', units: [1, 2], goodsAmount: 2000, discountAmount: -199, amount: 1801 }] },
    });
    const { settlement } = quote;
    const sum = (rows: Body[]) => rows.reduce((total, row) => total + row.amount, 0);
    expect(sum(settlement.lines) + sum(settlement.shipping) + sum(settlement.fees) + sum(settlement.clawbacks)).toBe(settlement.total);
    expect(sum(settlement.tenders)).toBe(settlement.total);
    expect((await shop().get(`/v1/orders/${order.orderNumber}`)).body.lines[0].returnableQuantity).toBe(3);
    const rma = expectStatus(await shop().post('/v1/returns', application(order, asked)), 201);
    expect(rma.quote).toEqual(settlement);
    expect(rma.policy).toEqual(quote.policy);
    const rest = expectStatus(await shop().post('/v1/returns/quote', application(order, { quantity: 1 })), 200);
    expect(rest.settlement.lines[0].units).toEqual([3]);
  });

  test('of a blocked customer says so', async () => {
    const journey = await Journey.begin(anOrder());
    expectStatus(await (await login('admin')).patch(`/v1/customers/${encodeURIComponent(journey.order.customer.id)}`, { blocked: true }), 200);
    const quote = expectStatus(await shop().post('/v1/returns/quote', application(journey.order)), 200);
    expect(codesOf(quote)[0]).toContain('customer_blocked');
  });
});
