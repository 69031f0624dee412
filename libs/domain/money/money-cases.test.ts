import { type OrderSketch, Returns, sketchOrder, tax, unit } from './money-fixtures';
import { orderProblem } from './order-problem';
import { freezeOrder, unitShares } from './order-shares';
import { type Case, play } from './worked-case';

/** The worked cases, by name: these figures, to the minor unit. */
const customer = { reason: 'changed_mind' } as const;
const three = [{ unitPrice: 1000 }, { unitPrice: 1000 }, { unitPrice: 1000 }];
const restocking = { kind: 'restocking', rate: '0.10', amount: null, reasons: ['changed_mind'] } as const;
const grades = { A: '0', B: '0.10', C: '0.50', D: '1' } as const;

const discountsOf = (sketch: OrderSketch) => freezeOrder(sketchOrder(sketch)).lines.map((line) => line.discountAmount);

describe('discounts over lines', () => {
  test.each<[string, OrderSketch, number[]]>([
    ['spread-equal-lines', { lines: three, discounts: [{ amount: 299 }] }, [100, 100, 99]],
    ['spread-even', { lines: [{ unitPrice: 4000 }, { unitPrice: 2000 }, { unitPrice: 2000 }], discounts: [{ amount: 300 }] }, [150, 75, 75]],
    ['spread-coupon', { lines: [{ unitPrice: 200 }, { unitPrice: 150 }], discounts: [{ amount: 70 }] }, [40, 30]],
    ['spread-after-own', { lines: [{ unitPrice: 1000, discountAmount: 500 }, { unitPrice: 1000 }], discounts: [{ amount: 300 }] }, [600, 200]],
    [
      'spread-same-weights',
      { lines: [{ unitPrice: 300 }, { unitPrice: 400 }, { unitPrice: 401 }], discounts: [{ amount: 200 }, { amount: 333 }] },
      [145, 194, 194],
    ],
  ])('%s', (_name, sketch, expected) => expect(discountsOf(sketch)).toEqual(expected));
});

describe('units of a line', () => {
  const taxed = { unitPrice: 1000, quantity: 3, taxRates: tax('0.20') };
  test.each<[string, OrderSketch, { discounts: number[]; taxes: number[]; paid: number[] }]>([
    ['tax-units-by-paid', { lines: [taxed], discounts: [{ amount: 1 }] }, { discounts: [0, 1, 0], taxes: [167, 166, 167], paid: [1000, 999, 1000] }],
    ['contract-example', { lines: [taxed], discounts: [{ amount: 299 }] }, { discounts: [100, 99, 100], taxes: [150, 150, 150], paid: [900, 901, 900] }],
  ])('%s', (_name, sketch, { discounts, taxes, paid }) => {
    const units = freezeOrder(sketchOrder(sketch)).lines.flatMap(unitShares);
    expect(units.map((share) => share.discountAmount)).toEqual(discounts);
    expect(units.map((share) => share.taxAmount)).toEqual(taxes);
    expect(units.map((share) => share.paidAmount)).toEqual(paid);
  });
});

const cases: Readonly<Record<string, Case>> = {
  'line-after-spread': {
    order: { lines: [{ unitPrice: 600 }, { unitPrice: 400 }], discounts: [{ amount: 100 }] },
    steps: [{ return: [['1', 1]], total: 540 }],
  },
  'units-two-halves': {
    order: { lines: [{ unitPrice: 17_249, quantity: 2, taxRates: tax('0.20') }], discounts: [{ amount: 600 }] },
    steps: [
      { return: [['1', 1]], total: 16_949 },
      { return: [['1', 1]], total: 16_949 },
    ],
    together: 33_898,
  },
  'units-three-thirds': {
    order: { lines: [{ unitPrice: 10_000, quantity: 3 }], discounts: [{ amount: 1000 }] },
    steps: [
      { return: [['1', 1]], total: 9667 },
      { return: [['1', 1]], total: 9666 },
      { return: [['1', 1]], total: 9667 },
    ],
    together: 29_000,
  },
  'line-of-two': { order: { lines: [{ unitPrice: 4000 }, { unitPrice: 6000 }] }, steps: [{ return: [['1', 1]], total: 4000 }] },
  'line-small-of-large': { order: { lines: [{ unitPrice: 2000 }, { unitPrice: 25_000 }] }, steps: [{ return: [['1', 1]], total: 2000 }] },
  'units-discount-tax-shipping': {
    order: {
      pricesIncludeTax: false,
      lines: [{ unitPrice: 1000, quantity: 4, taxRates: tax('0.10') }],
      discounts: [{ amount: 399 }],
      shipments: [{ shippingAmount: 1000, discountAmount: 500, taxRates: tax('0.15') }],
    },
    rules: { outboundShipping: 'always' },
    steps: [
      { return: [['1', 1]], total: 1565, shipping: 575 },
      { return: [['1', 1]], total: 990 },
      { return: [['1', 1]], total: 991 },
      { return: [['1', 1]], total: 990 },
    ],
    together: 4536,
  },
  'units-nine-then-one': {
    order: { lines: [{ unitPrice: 2000, quantity: 10 }], discounts: [{ amount: 6000 }] },
    steps: [
      { return: [['1', 9]], total: 12_600, discount: -5400 },
      { return: [['1', 1]], total: 1400, discount: -600 },
    ],
    together: 14_000,
  },
  'tax-included-simple': { order: { lines: [{ unitPrice: 1100, taxRates: tax('0.10') }] }, steps: [{ return: [['1', 1]], total: 1100, lineTax: 100 }] },
  'tax-three-rates-excluded': {
    order: {
      pricesIncludeTax: false,
      lines: [
        { unitPrice: 1000, taxRates: tax('0.10') },
        { unitPrice: 1000, taxRates: tax('0.15') },
        { unitPrice: 2000, taxRates: tax('0.20') },
      ],
    },
    steps: [{ return: [['1', 1], ['2', 1], ['3', 1]], total: 4650, lineTax: 650, taxes: { '0.10': 100, '0.15': 150, '0.20': 400 } }], // prettier-ignore
  },
  'tax-three-rates-included': {
    order: {
      lines: [
        { unitPrice: 1100, taxRates: tax('0.10') },
        { unitPrice: 1150, taxRates: tax('0.15') },
        { unitPrice: 2400, taxRates: tax('0.20') },
      ],
    },
    steps: [{ return: [['1', 1], ['2', 1], ['3', 1]], total: 4650, lineTax: 650, taxes: { '0.10': 100, '0.15': 150, '0.20': 400 } }], // prettier-ignore
  },
  'tax-excluded-two-lines': {
    order: {
      pricesIncludeTax: false,
      lines: [
        { unitPrice: 1050, taxRates: tax('0.06') },
        { unitPrice: 350, taxRates: tax('0.06') },
      ],
    },
    steps: [{ return: [['1', 1], ['2', 1]], total: 1484 }], // prettier-ignore
  },
  'tax-two-rates-excluded': {
    order: { pricesIncludeTax: false, lines: [{ unitPrice: 1000, taxRates: tax('0.05', '0.09975') }] },
    steps: [{ return: [['1', 1]], total: 1150, lineTax: 150, taxes: { '0.05': 50, '0.09975': 100 } }],
  },
  'tax-half-excluded': {
    order: { pricesIncludeTax: false, lines: [{ unitPrice: 250, taxRates: tax('0.05') }] },
    steps: [{ return: [['1', 1]], total: 263, lineTax: 13 }],
  },
  'tax-units-by-paid': {
    order: { lines: [{ unitPrice: 1000, quantity: 3, taxRates: tax('0.20') }], discounts: [{ amount: 1 }] },
    steps: [{ return: [['1', 1]], total: 1000, lineTax: 167 }],
  },
  'shipping-tax-excluded': {
    order: { pricesIncludeTax: false, lines: [{ unitPrice: 2000 }], shipments: [{ shippingAmount: 1000, taxRates: tax('0.23') }] },
    rules: { outboundShipping: 'always' },
    steps: [{ return: [['1', 1]], total: 3230, shipping: 1230 }],
  },
  'shipping-full-return': {
    order: { lines: [{ unitPrice: 1000, quantity: 2 }], shipments: [{ shippingAmount: 900 }] },
    rules: { outboundShipping: 'full_return' },
    steps: [
      { return: [['1', 1, { grade: 'A' }]], total: 1000, shipping: 0 },
      { return: [['1', 1, { grade: 'A' }]], total: 1900, shipping: 900 },
    ],
    together: 2900,
  },
  'shipping-always-first': {
    order: { lines: [{ unitPrice: 1000, quantity: 3 }], shipments: [{ shippingAmount: 700 }] },
    rules: { outboundShipping: 'always' },
    steps: [
      { return: [['1', 1, customer]], total: 1700, shipping: 700 },
      { return: [['1', 2, customer]], total: 2000, shipping: 0 },
    ],
    together: 3700,
  },
  'contract-example': {
    order: {
      lines: [{ unitPrice: 1000, quantity: 3, taxRates: tax('0.20') }],
      discounts: [{ amount: 299, couponCode: 'SAVE3' }],
      shipments: [{ shippingAmount: 1200 }],
      pointsEarned: 39,
      giftedCoupons: [{ code: 'GIFT5', value: 500 }],
      tenders: [{ amount: 3901 }],
    },
    rules: { fees: [restocking] },
    steps: [
      {
        return: [['1', 2, customer]],
        total: 1621,
        goods: 2000,
        discount: -199,
        lineTax: 300,
        fees: { restocking: -180 },
        taxes: { '0.20': 270 },
        revoked: 16,
        tenders: [['t1', 1621]],
      },
    ],
  },
  'fees-restocking-and-shipping': {
    order: { lines: [{ unitPrice: 5000, quantity: 2 }] },
    rules: { fees: [restocking, { kind: 'return_shipping', rate: null, amount: 800, reasons: ['changed_mind'] }] },
    steps: [{ return: [['1', 1, customer]], total: 3700, fees: { restocking: -500, return_shipping: -800 } }],
  },
  'fees-condition-first': {
    order: { lines: [{ unitPrice: 1000 }] },
    rules: { fees: [restocking], gradeDeductions: grades },
    steps: [{ return: [['1', 1, { ...customer, grade: 'B' }]], total: 810, fees: { condition: -100, restocking: -90 } }],
  },
  'tenders-both-whole': {
    order: { lines: [{ unitPrice: 1000 }], tenders: [{ amount: 500 }, { amount: 500 }] },
    steps: [{ return: [['1', 1]], total: 1000, tenders: [['t1', 500], ['t2', 500]] }], // prettier-ignore
  },
  'tenders-gift-card-first': {
    order: { lines: [{ unitPrice: 600 }, { unitPrice: 900 }], tenders: [{ amount: 1000 }, { amount: 500, kind: 'gift_card' }] },
    rules: { tenderOrder: 'non_cash_first' },
    steps: [{ return: [['1', 1]], total: 600, tenders: [['t2', 500], ['t1', 100]] }], // prettier-ignore
  },
  'tenders-non-cash-order': {
    order: {
      lines: [{ unitPrice: 250 }, { unitPrice: 750 }],
      tenders: [{ amount: 700 }, { amount: 100, kind: 'store_credit' }, { amount: 100, kind: 'gift_card' }, { amount: 100, kind: 'points' }],
      pointsSpent: 10,
    },
    rules: { tenderOrder: 'non_cash_first' },
    steps: [{ return: [['1', 1]], total: 250, tenders: [['t4', 100], ['t3', 100], ['t2', 50]] }], // prettier-ignore
  },
  'tenders-pro-rata': {
    order: { lines: [{ unitPrice: 250, quantity: 4 }], tenders: [{ amount: 667 }, { amount: 333, kind: 'wallet' }] },
    rules: { tenderOrder: 'pro_rata' },
    steps: [
      { return: [['1', 1]], total: 250, tenders: [['t1', 167], ['t2', 83]] }, // prettier-ignore
      { return: [['1', 1]], total: 250, tenders: [['t1', 167], ['t2', 83]] }, // prettier-ignore
      { return: [['1', 1]], total: 250, tenders: [['t1', 166], ['t2', 84]] }, // prettier-ignore
      { return: [['1', 1]], total: 250, tenders: [['t1', 167], ['t2', 83]] }, // prettier-ignore
    ],
    together: 1000,
  },
  'points-revoked': {
    order: { lines: [{ unitPrice: 1000, quantity: 3 }], pointsEarned: 31 },
    steps: [
      { return: [['1', 1]], total: 1000, revoked: 10 },
      { return: [['1', 1]], total: 1000, revoked: 11 },
      { return: [['1', 1]], total: 1000, revoked: 10 },
    ],
    together: 3000,
  },
  'exchange-cheaper': { order: { lines: [{ unitPrice: 1000 }] }, steps: [{ return: [['1', 1, { kind: 'exchange', exchangePrice: 700 }]], total: 300 }] },
  'adjustment-part': {
    order: { lines: [{ unitPrice: 1000 }] },
    steps: [{ return: [['1', 1, { kind: 'adjustment', reason: 'price_dropped', adjustmentAmount: 200 }]], total: 200 }],
  },
  'zero-line-beside': { order: { lines: [{ unitPrice: 0 }, { unitPrice: 500 }] }, steps: [{ return: [['1', 1]], total: 0, tenders: [] }] },
  'zero-order': { order: { lines: [{ unitPrice: 0 }], tenders: [] }, steps: [{ return: [['1', 1]], total: 0, tenders: [] }] },
  'currency-three': {
    order: { currency: 'KWD', lines: [{ unitPrice: 10_003, quantity: 2, taxRates: tax('0.05') }], discounts: [{ amount: 1 }] },
    steps: [{ return: [['1', 2]], total: 20_005, lineTax: 953 }],
  },
};

describe('settlements', () => {
  test.each(Object.entries(cases))('%s', (_name, one) => {
    expect(orderProblem(sketchOrder(one.order))).toBeNull();
    expect(play(one)).toEqual({ steps: one.steps, ...(one.together !== undefined && { together: one.together }) });
  });

  test('contract-example is the settlement the contract shows, field by field', () => {
    const example = cases['contract-example'];
    if (example === undefined) throw new Error('no such case');
    const returns = new Returns(sketchOrder(example.order), example.rules);
    const { explanation, ...settlement } = returns.settle([unit('1', 1, customer), unit('1', 2, customer)]);
    expect(settlement).toEqual({
      currency: 'CNY',
      model: 'as_paid',
      allocator: 'largest-remainder-1',
      lines: [{ lineId: '1', units: [1, 2], goodsAmount: 2000, discountAmount: -199, taxAmount: 300, amount: 1801 }],
      shipping: [{ shipmentId: 's1', amount: 0, taxAmount: 0 }],
      fees: [{ kind: 'restocking', lineId: '1', amount: -180, rule: 'restocking rate 0.10' }],
      clawbacks: [{ kind: 'gifted_coupon', code: 'GIFT5', amount: 0 }],
      taxes: [{ name: 'VAT', rate: '0.20', netAmount: 1351, taxAmount: 270 }],
      total: 1621,
      tenders: [{ tenderId: 't1', kind: 'card', amount: 1621 }],
      points: { restored: 0, revoked: 16 },
      coupons: { restored: [], revoked: [] },
    });
    expect(explanation[0]).toMatchObject({ rule: 'unit_share', amount: 1801 });
    expect(returns.units.map(({ refundAmount }) => refundAmount)).toEqual([810, 811]);
  });
});

describe('what cannot be', () => {
  test('quantity-above: a unit the line does not have', () => {
    const returns = new Returns(sketchOrder({ lines: [{ unitPrice: 123 }] }));
    expect(() => returns.settle([unit('1', 1), unit('1', 2)])).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  test('offer-above-line: an adjustment never gives more than its line can', () => {
    const order = sketchOrder({
      pricesIncludeTax: false,
      lines: [
        { unitPrice: 1000, taxRates: tax('0.23') },
        { unitPrice: 500, taxRates: tax('0.23') },
      ],
    });
    expect(new Returns(order).settle([unit('1', 1, { kind: 'adjustment', adjustmentAmount: 1500 })]).total).toBe(1230);
  });

  test('discounts-above-goods', () => {
    const sketch = { lines: [{ unitPrice: 1000 }], discounts: [{ amount: 800 }, { amount: 300 }], tenders: [] };
    expect(orderProblem(sketchOrder(sketch))).toMatchObject({ kind: 'discounts_above_goods', pointer: '/discounts/1/amount' });
  });
});
