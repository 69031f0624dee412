import type { Chargeback, Order } from './order';
import { difference, disputedAmounts, frozenDifference, mergedImport, standingChargeback } from './order-change';

const order: Order = {
  orderNumber: 'A1',
  channel: 'web',
  currency: 'CNY',
  placedAt: '2026-11-11T00:00:03Z',
  pricesIncludeTax: true,
  customer: { id: 'c-1', name: 'Li Lei', email: 'li.lei@example.com', phone: null, tier: null, locale: 'zh-CN' },
  shipTo: null,
  lines: [
    {
      lineId: '1',
      sku: 'TEE',
      title: 'T-shirt',
      category: null,
      supplier: null,
      quantity: 2,
      unitPrice: 500,
      discountAmount: 0,
      taxRates: [],
      finalSale: false,
      serials: [],
    },
  ],
  discounts: [],
  shipments: [{ shipmentId: 's1', lineIds: ['1'], shippingAmount: 0, discountAmount: 0, taxRates: [], deliveredAt: null }],
  tenders: [{ tenderId: 't1', kind: 'card', provider: 'sandbox', providerPaymentId: 'pay_ok_1', amount: 1000 }],
  pointsEarned: 0,
  pointsSpent: 0,
  giftedCoupons: [],
  freightInsurance: false,
  chargebacks: [],
};
const card = order.tenders[0]!;
const disputed = (status: Chargeback['status'], more: Partial<Chargeback> = {}): Chargeback => ({
  chargebackId: 'cb1',
  tenderId: 't1',
  amount: 300,
  status,
  at: '2026-12-01T00:00:00Z',
  ...more,
});

describe('an order with returns', () => {
  it('may be told when it was delivered', () => {
    expect(frozenDifference(order, { ...order, shipments: [{ ...order.shipments[0]!, deliveredAt: '2026-11-13T09:00:00Z' }] })).toBeNull();
  });

  it('takes new tenders and chargebacks', () => {
    const next = { ...order, tenders: [card, { ...card, tenderId: 't2', amount: 50 }], chargebacks: [disputed('open')] };
    expect(frozenDifference(order, next)).toBeNull();
  });

  it.each([
    ['a price', '/lines/0/unitPrice', { lines: [{ ...order.lines[0]!, unitPrice: 501 }] }],
    ['a line more', '/lines', { lines: [...order.lines, { ...order.lines[0]!, lineId: '2' }] }],
    ['a name', '/customer/name', { customer: { ...order.customer, name: 'Han Meimei' } }],
    ['the captured amount of a tender it had', '/tenders/0/amount', { tenders: [{ ...card, amount: 1001 }] }],
    ['a tender it had gone', '/tenders', { tenders: [{ ...card, tenderId: 't2' }] }],
    ['a shipment with other carriage', '/shipments/0/shippingAmount', { shipments: [{ ...order.shipments[0]!, shippingAmount: 1 }] }],
    ['a discount', '/discounts', { discounts: [{ discountId: 'd', target: 'order', lineIds: [], shipmentIds: [], amount: 1, couponCode: null }] }],
    ['a delivery address', '/shipTo', { shipTo: { name: '', phone: null, country: 'CN', region: null, city: null, postalCode: null, lines: [] } }],
  ] as [string, string, Partial<Order>][])('refuses %s and says where', (_, pointer, change) => {
    expect(frozenDifference(order, { ...order, ...change })).toBe(pointer);
  });
});

describe('chargebacks', () => {
  it('that a provider reported stay when the shop does not name them', () => {
    const reported = { ...order, chargebacks: [disputed('open')] };
    expect(mergedImport(reported, order).chargebacks).toEqual([disputed('open')]);
  });

  it('take the state the shop gives them', () => {
    const reported = { ...order, chargebacks: [disputed('open')] };
    expect(mergedImport(reported, { ...order, chargebacks: [disputed('won')] }).chargebacks).toEqual([disputed('won')]);
  });

  it('go with their tender', () => {
    const reported = { ...order, chargebacks: [disputed('open')] };
    expect(mergedImport(reported, { ...order, tenders: [{ ...card, tenderId: 't9' }] }).chargebacks).toEqual([]);
  });

  it('hold the balance while open and when lost, and free it when won', () => {
    const amounts = disputedAmounts([
      disputed('open'),
      disputed('lost', { amount: 20 }),
      disputed('won', { amount: 5000 }),
      disputed('won', { tenderId: 't2' }),
    ]);
    expect([...amounts]).toEqual([['t1', 320]]);
  });
});

describe('the difference of two JSON values', () => {
  it('is none when only the sequence of keys differs', () => {
    expect(difference({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBeNull();
  });

  it.each([
    [{ a: { 'x/y~z': 1 } }, { a: { 'x/y~z': 2 } }, '/a/x~1y~0z'],
    [[1, 2], [1], ''],
    [{ a: null }, { a: {} }, '/a'],
    [{ a: 1 }, { a: 1, b: 2 }, '/b'],
    [{ a: [] }, { a: {} }, '/a'],
  ])('names the place: %j and %j', (a, b, pointer) => {
    expect(difference(a, b)).toBe(pointer);
  });
});

describe('what stands about a dispute', () => {
  const said = (status: Chargeback['status'], at: string, amount = 400): Chargeback => ({ chargebackId: 'cb', tenderId: 't1', amount, status, at });
  const [early, late] = ['2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z'];
  test.each([
    ['nothing was known', null, said('lost', early), said('lost', early)],
    ['open, then decided, however old the word is', said('open', late), said('won', early), said('won', early)],
    ['decided, it is not open again', said('won', early), said('open', late), said('won', early)],
    ['the later decision', said('won', early), said('lost', late), said('lost', late)],
    ['not the earlier decision', said('won', late), said('lost', early), said('won', late)],
    ['of two at once the one that was told last', said('won', early), said('lost', early), said('lost', early)],
    ['of two open ones the later', said('open', late, 500), said('open', early), said('open', late, 500)],
    ['the same instant in another notation is the same', said('lost', '2026-11-01T01:00:00+01:00'), said('lost', early), said('lost', early)],
  ])('%s', (_, known, next, stands) => {
    expect(standingChargeback(known ? [known] : [], next)).toEqual(stands);
  });
  test('an import with an old snapshot does not open it again', () => {
    expect(mergedImport({ ...order, chargebacks: [said('won', late)] }, { ...order, chargebacks: [said('open', late)] }).chargebacks).toEqual([
      said('won', late),
    ]);
  });
});
