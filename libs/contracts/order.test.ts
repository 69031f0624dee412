import { fieldErrors } from './errors';
import { orderBody } from './order';

const contractOrder = {
  orderNumber: 'A1001',
  channel: 'web',
  currency: 'CNY',
  placedAt: '2026-11-11T00:00:03Z',
  pricesIncludeTax: true,
  customer: { id: 'c-1', name: 'Li Lei', email: 'Li.Lei@example.com', phone: '+8613800000000', tier: 'gold', locale: 'zh-CN' },
  shipTo: { name: 'Li Lei', phone: '…', country: 'CN', region: 'Zhejiang', city: 'Hangzhou', postalCode: '310000', lines: ['…'] },
  lines: [
    {
      lineId: '1',
      sku: 'TEE-M',
      title: 'T-shirt, M',
      category: 'apparel',
      supplier: 'acme',
      quantity: 3,
      unitPrice: 1000,
      discountAmount: 0,
      taxRates: [{ name: 'VAT', rate: '0.20' }],
      finalSale: false,
      serials: [],
    },
  ],
  discounts: [{ discountId: 'd1', target: 'order', amount: 299, couponCode: 'SAVE3' }],
  shipments: [{ shipmentId: 's1', lineIds: ['1'], shippingAmount: 1200, discountAmount: 0, taxRates: [], deliveredAt: '2026-11-13T09:00:00Z' }],
  tenders: [{ tenderId: 't1', kind: 'card', provider: 'sandbox', providerPaymentId: 'pay_ok_1', amount: 3901 }],
  pointsEarned: 39,
  pointsSpent: 0,
  giftedCoupons: [{ code: 'GIFT5', value: 500 }],
  freightInsurance: false,
  chargebacks: [],
};
const line = contractOrder.lines[0]!;
const pointers = (order: unknown): string[] => {
  const result = orderBody.safeParse(order);
  return result.success ? [] : fieldErrors(result.error.issues).map((error) => error.pointer);
};

test('the order of the contract is taken, and what it leaves out is filled in', () => {
  const order = orderBody.parse(contractOrder);
  expect(order).toMatchObject(contractOrder);
  expect(order.discounts[0]).toEqual({ discountId: 'd1', target: 'order', lineIds: [], shipmentIds: [], amount: 299, couponCode: 'SAVE3' });
});

test('an order needs only its number, currency, time, customer and lines', () => {
  const order = orderBody.parse({
    orderNumber: 'B1',
    currency: 'JPY',
    placedAt: '2026-01-01T00:00:00Z',
    customer: { id: 'c', email: 'a@b.example' },
    lines: [{ lineId: '1', sku: 'X', quantity: 1, unitPrice: 0 }],
  });
  expect(order).toMatchObject({ channel: 'web', pricesIncludeTax: true, shipTo: null, discounts: [], shipments: [], tenders: [], freightInsurance: false });
});

test('an e-mail address keeps its letters as given', () => {
  expect(orderBody.parse(contractOrder).customer.email).toBe('Li.Lei@example.com');
});

test.each([
  ['2026-11-11T08:00:03+08:00', '2026-11-11T00:00:03Z'],
  ['2026-11-11T00:00:03.250Z', '2026-11-11T00:00:03.250Z'],
  ['2026-11-10T23:30:00-01:30', '2026-11-11T01:00:00Z'],
])('%s is kept as %s', (given, kept) => {
  expect(orderBody.parse({ ...contractOrder, placedAt: given }).placedAt).toBe(kept);
});

test.each([
  '2026-11-11',
  '2026-11-11T00:00:03',
  '2026-13-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '1969-12-31T23:59:59Z',
  '9999-01-01T00:00:00Z',
  'yesterday',
  1,
  null,
])('%p is not an instant', (placedAt) => {
  expect(pointers({ ...contractOrder, placedAt })).toEqual(['/placedAt']);
});

test.each(['cny', 'XXX', 'US', '', 1])('%p is not a currency', (currency) => {
  expect(pointers({ ...contractOrder, currency })).toEqual(['/currency']);
});

test.each([
  ['above the safe integers', 2 ** 53],
  ['negative', -1],
  ['a fraction', 1.5],
  ['a text', '1000'],
])('a price that is %s is refused', (_, unitPrice) => {
  expect(pointers({ ...contractOrder, lines: [{ ...line, unitPrice }] })).toContain('/lines/0/unitPrice');
});

test.each([
  ['nothing', 0],
  ['a thousand', 1000],
  ['half a piece', 0.5],
])('%s is not a quantity', (_, quantity) => {
  expect(pointers({ ...contractOrder, lines: [{ ...line, quantity }] })).toEqual(['/lines/0/quantity']);
});

const lines = (count: number) => Array.from({ length: count }, (_, index) => ({ ...line, lineId: `${index + 1}`, quantity: 999 }));
test('999 pieces and 200 lines are taken, one more is not', () => {
  expect(pointers({ ...contractOrder, lines: lines(200) })).toEqual([]);
  expect(pointers({ ...contractOrder, lines: lines(201) })).toEqual(['/lines']);
});

test('an order that cannot be counted in safe integers is refused, taxes on top included', () => {
  const dear = { ...line, quantity: 1, unitPrice: Number.MAX_SAFE_INTEGER, taxRates: [] };
  expect(pointers({ ...contractOrder, shipments: [], lines: [dear] })).toEqual([]);
  expect(pointers({ ...contractOrder, shipments: [], lines: [{ ...dear, taxRates: line.taxRates }] })).toEqual(['/lines']);
  expect(pointers({ ...contractOrder, shipments: [], lines: [{ ...dear, quantity: 2 }] })).toEqual(['/lines']);
});

test.each([
  ['line', { lines: [line, line] }, ['/lines']],
  ['tender', { tenders: [contractOrder.tenders[0], contractOrder.tenders[0]] }, ['/tenders']],
  ['discount', { discounts: [contractOrder.discounts[0], contractOrder.discounts[0]] }, ['/discounts']],
])('a %s that is given twice is refused', (_, change, expected) => {
  expect(pointers({ ...contractOrder, ...change })).toEqual(expected);
});

test.each([
  ['a discount on a line', { discounts: [{ discountId: 'd', target: 'line', lineIds: ['9'], amount: 1 }] }, ['/discounts/0/lineIds/0']],
  ['a discount on a shipment', { discounts: [{ discountId: 'd', target: 'shipping', shipmentIds: ['s1', 's9'], amount: 1 }] }, ['/discounts/0/shipmentIds/1']],
  ['a shipment', { shipments: [{ shipmentId: 's', lineIds: ['1', '9'] }] }, ['/shipments/0/lineIds/1']],
  [
    'a chargeback',
    { chargebacks: [{ chargebackId: 'c', tenderId: 't9', amount: 1, status: 'open', at: '2026-11-20T00:00:00Z' }] },
    ['/chargebacks/0/tenderId'],
  ],
])('%s that names what is not in the order is refused', (_, change, expected) => {
  expect(pointers({ ...contractOrder, ...change })).toEqual(expected);
});

test('a discount on lines names them, one on the order does not', () => {
  expect(pointers({ ...contractOrder, discounts: [{ discountId: 'd', target: 'line', amount: 1 }] })).toEqual(['/discounts/0/lineIds']);
  expect(pointers({ ...contractOrder, discounts: [{ discountId: 'd', target: 'order', lineIds: ['1'], amount: 1 }] })).toEqual(['/discounts/0/lineIds']);
  expect(pointers({ ...contractOrder, discounts: [{ discountId: 'd', target: 'order', shipmentIds: ['s1'], amount: 1 }] })).toEqual([
    '/discounts/0/shipmentIds',
  ]);
});

test('a discount of its own may take all of a line or a shipment, and no more', () => {
  expect(pointers({ ...contractOrder, lines: [{ ...line, discountAmount: 3000 }] })).toEqual([]);
  expect(pointers({ ...contractOrder, lines: [{ ...line, discountAmount: 3001 }] })).toEqual(['/lines/0/discountAmount']);
  expect(pointers({ ...contractOrder, shipments: [{ shipmentId: 's', shippingAmount: 5, discountAmount: 6 }] })).toEqual(['/shipments/0/discountAmount']);
});

test('more serials than pieces are refused', () => {
  expect(pointers({ ...contractOrder, lines: [{ ...line, quantity: 1, serials: ['a', 'b'] }] })).toEqual(['/lines/0/serials']);
});

test.each(['0.2.0', '-0.1', '10', '.5', '1e-1', '', 0.2])('%p is not a tax rate', (rate) => {
  expect(pointers({ ...contractOrder, lines: [{ ...line, taxRates: [{ name: 'VAT', rate }] }] })).toContain('/lines/0/taxRates/0/rate');
});

test.each(['\0', 'a\0b', '\ud800', ' A1', 'A1 ', 'A\n1', '', 'x'.repeat(101)])('%j is not an order number', (orderNumber) => {
  expect(pointers({ ...contractOrder, orderNumber })).toEqual(expect.arrayContaining(['/orderNumber']));
});

test('unknown fields are refused one by one, wherever they are', () => {
  expect(pointers({ ...contractOrder, colour: 1, size: 2, lines: [{ ...line, 'a/b~c': 1 }] })).toEqual(['/lines/0/a~1b~0c', '/colour', '/size']);
});
