import { orderLimits } from '../order';
import { Returns, sketchOrder, tax } from './money-fixtures';
import { orderProblem } from './order-problem';
import { freezeOrder, unitShares } from './order-shares';
import { checkSettlement, total } from './order-story-fixtures';
import { type Case, play } from './worked-case';

/** Worked by hand: what was paid for lines and units, with their tax and shipping. The comment is the reckoning. */
const one = [['1', 1]] as const;
const mind = { reason: 'changed_mind' } as const;
const cases: Readonly<Record<string, Case>> = {
  // 1, 1, 2: two discounts of 1 go to the third line (remainders .25 .25 .5), the next one overflows it and goes to the first of the others.
  'discount-overflows-to-those-with-room': {
    order: { lines: [{ unitPrice: 1 }, { unitPrice: 1 }, { unitPrice: 2 }], discounts: [{ amount: 1 }, { amount: 1 }, { amount: 1 }] },
    steps: [{ return: [['1', 1], ['2', 1], ['3', 1]], total: 1, lines: { '1': 0, '2': 1, '3': 0 } }], // prettier-ignore
  },
  // 101 on 300 and 200: 60.6 and 40.4, the odd one to the larger remainder.
  'discount-on-two-named-lines': {
    order: {
      lines: [{ unitPrice: 300 }, { unitPrice: 200 }, { unitPrice: 500 }],
      discounts: [{ target: 'line', lineIds: ['2', '1'], amount: 101 }],
    },
    steps: [{ return: [['1', 1], ['2', 1], ['3', 1]], total: 899, lines: { '1': 239, '2': 160, '3': 500 } }], // prettier-ignore
  },
  // Line 1 has 200 left after its own discount and 100 after the named one; the order's 90 lies on 100 and 500: 15 and 75.
  'discount-own-named-and-order': {
    order: {
      lines: [{ unitPrice: 300, discountAmount: 100 }, { unitPrice: 500 }],
      discounts: [{ amount: 90 }, { target: 'line', lineIds: ['1'], amount: 100 }],
    },
    steps: [{ return: [['1', 1], ['2', 1]], total: 510, lines: { '1': 85, '2': 425 }, discount: -290 }], // prettier-ignore
  },
  // 100 on 500 and 300: 62.5 and 37.5, equal remainders: the earlier.
  'discount-on-two-shipments': {
    order: {
      lines: [{ unitPrice: 1000 }, { unitPrice: 1000 }],
      discounts: [{ target: 'shipping', amount: 100 }],
      shipments: [
        { shippingAmount: 500, lineIds: ['1'] },
        { shippingAmount: 300, lineIds: ['2'] },
      ],
    },
    rules: { outboundShipping: 'always' },
    steps: [
      { return: [['1', 1]], total: 1437, shipping: 437 },
      { return: [['2', 1]], total: 1263, shipping: 263 },
    ],
    together: 2700,
  },
  'discount-of-everything-leaves-shipping': {
    order: { lines: [{ unitPrice: 1000, taxRates: tax('0.20') }], discounts: [{ amount: 1000 }], shipments: [{ shippingAmount: 500 }] },
    rules: { outboundShipping: 'always' },
    steps: [{ return: one, total: 500, goods: 1000, discount: -1000, lineTax: 0, shipping: 500 }],
  },
  'free-line-bears-no-discount': {
    order: { lines: [{ unitPrice: 0, quantity: 2 }, { unitPrice: 999 }], discounts: [{ amount: 100 }] },
    steps: [
      { return: [['1', 2]], total: 0, discount: 0, tenders: [] },
      { return: [['2', 1]], total: 899, discount: -100 },
    ],
    together: 899,
  },
  // R(100 k / 7) runs 14 29 43 57 71 86 100.
  'seven-units-three-then-four': {
    order: { lines: [{ unitPrice: 100, quantity: 7 }], discounts: [{ amount: 100 }] },
    steps: [
      { return: [['1', 3]], total: 257, units: [86, 85, 86] },
      { return: [['1', 4]], total: 343, units: [86, 86, 85, 86] },
    ],
    together: 600,
  },
  // Units are taken lowest first, but any of them gives its own share: 85 is the second.
  'a-unit-from-the-middle': {
    order: { lines: [{ unitPrice: 100, quantity: 7 }], discounts: [{ amount: 100 }] },
    steps: [
      { return: [['1', 1, { unit: 2 }]], total: 85 },
      { return: [['1', 6]], total: 515 },
    ],
    together: 600,
  },
  // 1150 holds R(1150 × .05 / 1.15) = 50 and R(1150 × .10 / 1.15) = 100.
  'tax-two-rates-included': {
    order: { lines: [{ unitPrice: 1150, taxRates: tax('0.05', '0.10') }] },
    steps: [{ return: one, total: 1150, lineTax: 150, taxes: { '0.05': 50, '0.10': 100 } }],
  },
  // T = R(1998 × .19 / 1.19) = R(319.008) = 319; half of it is 159.5: 160 and 159.
  'tax-odd-cent-to-the-first-unit': {
    order: { lines: [{ unitPrice: 999, quantity: 2, taxRates: tax('0.19') }] },
    steps: [
      { return: one, total: 999, lineTax: 160 },
      { return: one, total: 999, lineTax: 159 },
    ],
    together: 1998,
  },
  // 999 − 100 = 899, T = R(62.93) = 63; discounts 33 34 33, so 300 599 899 runs to tax 21 42 63.
  'tax-excluded-discounted-units': {
    order: { pricesIncludeTax: false, lines: [{ unitPrice: 333, quantity: 3, taxRates: tax('0.07') }], discounts: [{ amount: 100 }] },
    steps: [
      { return: one, total: 321, lineTax: 21 },
      { return: one, total: 320, lineTax: 21 },
      { return: one, total: 321, lineTax: 21 },
    ],
    together: 962,
  },
  // Of 1000 at .10 and .05 together: 87 (86.96) and 43 (43.48).
  'tax-of-shipping-two-rates-included': {
    order: { lines: [{ unitPrice: 500 }], shipments: [{ shippingAmount: 1000, taxRates: tax('0.10', '0.05') }] },
    rules: { outboundShipping: 'always' },
    steps: [{ return: one, total: 1500, shipping: 1000, shippingTax: 130, lineTax: 0, taxes: {} }],
  },
  'tax-jpy-reduced-and-standard': {
    order: {
      currency: 'JPY',
      lines: [
        { unitPrice: 1080, taxRates: tax('0.08') },
        { unitPrice: 2200, taxRates: tax('0.10') },
      ],
    },
    steps: [{ return: [['1', 1], ['2', 1]], total: 3280, taxes: { '0.08': 80, '0.10': 200 }, netAmounts: { '0.08': 1000, '0.10': 2000 } }], // prettier-ignore
  },
  // 100 × 0.08 / 1.08 = 7.4 each line, not 14.8 on both.
  'tax-is-rounded-per-line': {
    order: {
      currency: 'JPY',
      lines: [
        { unitPrice: 100, taxRates: tax('0.08') },
        { unitPrice: 100, taxRates: tax('0.08') },
      ],
    },
    steps: [{ return: [['1', 1], ['2', 1]], total: 200, lineTax: 14, taxes: { '0.08': 14 } }], // prettier-ignore
  },
  // 10 010 × .05 = 500.5.
  'tax-kwd-half-away-from-zero': {
    order: { currency: 'KWD', pricesIncludeTax: false, lines: [{ unitPrice: 10_010, taxRates: tax('0.05') }] },
    steps: [{ return: one, total: 10_511, lineTax: 501 }],
  },
  'tax-of-zero-percent-is-shown': {
    order: { lines: [{ unitPrice: 700, taxRates: tax('0') }] },
    steps: [{ return: one, total: 700, lineTax: 0, taxes: { '0': 0 }, netAmounts: { '0': 700 } }],
  },
  // 1 × .5 / 1.5 = .33: nothing; its 2 units together 2 × .5 / 1.5 = .67: 1, which the second unit bears (.5 away from zero: the first).
  'tax-larger-than-the-price-can-show': {
    order: { lines: [{ unitPrice: 1, quantity: 2, taxRates: tax('0.5') }] },
    steps: [
      { return: one, total: 1, lineTax: 1 },
      { return: one, total: 1, lineTax: 0 },
    ],
  },
  'shipping-two-shipments-one-fault': {
    order: {
      lines: [{ unitPrice: 1000 }, { unitPrice: 500 }],
      shipments: [
        { shippingAmount: 700, lineIds: ['1'] },
        { shippingAmount: 300, lineIds: ['2'] },
      ],
    },
    rules: { outboundShipping: 'seller_fault' },
    steps: [{ return: [['1', 1, mind], ['2', 1]], total: 1800, shipping: 300 }], // prettier-ignore
  },
  'shipping-that-names-no-lines-carried-all': {
    order: { lines: [{ unitPrice: 1000 }, { unitPrice: 500 }], shipments: [{ shippingAmount: 700, lineIds: [] }] },
    rules: { outboundShipping: 'seller_fault' },
    steps: [
      { return: [['1', 1, mind]], total: 1000, shipping: 0 },
      { return: [['2', 1]], total: 1200, shipping: 700 },
    ],
    together: 2200,
  },
  'shipping-of-a-line-in-two-parcels': {
    order: { lines: [{ unitPrice: 1000, quantity: 2 }], shipments: [{ shippingAmount: 400 }, { shippingAmount: 300 }] },
    rules: { outboundShipping: 'always' },
    steps: [
      { return: one, total: 1700, shipping: 700 },
      { return: one, total: 1000, shipping: 0 },
    ],
    together: 2700,
  },
  'shipping-carriers-fault-is-not-the-sellers': {
    order: { lines: [{ unitPrice: 1000, quantity: 2 }], shipments: [{ shippingAmount: 400 }] },
    rules: { outboundShipping: 'seller_fault_or_full' },
    steps: [
      { return: [['1', 1, { reason: 'lost', fault: 'carrier' }]], total: 1000, shipping: 0 },
      { return: [['1', 1, { reason: 'lost', fault: 'carrier' }]], total: 1400, shipping: 400 },
    ],
    together: 2400,
  },
  'largest-amount': {
    order: { lines: [{ unitPrice: Number.MAX_SAFE_INTEGER }], pointsEarned: Number.MAX_SAFE_INTEGER },
    steps: [{ return: one, total: Number.MAX_SAFE_INTEGER, revoked: Number.MAX_SAFE_INTEGER, tenders: [['t1', Number.MAX_SAFE_INTEGER]] }],
  },
  // 2 × 4 503 599 627 370 495 = 9 007 199 254 740 990 holds R(÷ 6) = 1 501 199 875 790 165; half of it ends in .5.
  'largest-amount-with-tax': {
    order: { lines: [{ unitPrice: 4_503_599_627_370_495, quantity: 2, taxRates: tax('0.20') }] },
    steps: [
      { return: one, total: 4_503_599_627_370_495, lineTax: 750_599_937_895_083 },
      { return: one, total: 4_503_599_627_370_495, lineTax: 750_599_937_895_082 },
    ],
    together: 9_007_199_254_740_990,
  },
};

test.each(Object.entries(cases))('%s', (_name, worked) => {
  expect(orderProblem(sketchOrder(worked.order))).toBeNull();
  expect(play(worked)).toEqual({ steps: worked.steps, ...(worked.together !== undefined && { together: worked.together }) });
});

test('the largest order there may be is exact to the last unit, and so are returns of its largest size', () => {
  const lines = Array.from({ length: orderLimits.lines }, (_, index) => ({
    unitPrice: 1 + index * 7919,
    quantity: orderLimits.unitsPerLine,
    taxRates: tax('0.07', '0.13'),
  }));
  const order = sketchOrder({
    lines,
    discounts: [{ amount: 1_234_567 }, { amount: 7_654_321 }],
    shipments: [{ shippingAmount: 999, lineIds: [] }],
    pointsEarned: 777,
  });
  expect(orderProblem(order)).toBeNull();
  const frozen = freezeOrder(order);
  for (const line of frozen.lines) expect(total(unitShares(line).map(({ paidAmount }) => paidAmount))).toBe(line.paidAmount);
  const returns = new Returns(order, { outboundShipping: 'always' });
  const each = orderLimits.unitsPerReturn / orderLimits.lines;
  for (let round = 0; round < 3; round += 1) {
    const units = order.lines.flatMap(({ lineId }) => returns.next(lineId, each));
    const input = returns.input(units);
    checkSettlement(input, returns.settle(units), returns.units);
  }
  const first = frozen.lines.flatMap((line) => unitShares(line).slice(0, 3 * each));
  expect(returns.total).toBe(total(first.map(({ paidAmount }) => paidAmount)) + 999);
});
