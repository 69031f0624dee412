import type { FeeRule } from '../policy/policy';
import { tax } from './money-fixtures';
import { type Case, play } from './worked-case';

/** Worked by hand: fees, deductions, faults and instalments. The comment is the reckoning. */
const one = [['1', 1]] as const;
const mind = { reason: 'changed_mind' } as const;
const of = (kind: FeeRule['kind'], price: string | number, ...reasons: string[]): FeeRule => ({
  kind,
  rate: typeof price === 'string' ? price : null,
  amount: typeof price === 'number' ? price : null,
  reasons,
});
const restocking = of('restocking', '0.10', 'changed_mind');
const shipping = of('return_shipping', 800, 'changed_mind');
const grades = { A: '0', B: '0.10', C: '0.50', D: '1' } as const;
const cases: Readonly<Record<string, Case>> = {
  // 10 000 − 1000 − 900 − 810 − 800.
  'all-four-in-their-order': {
    order: { lines: [{ unitPrice: 10_000 }] },
    rules: { gradeDeductions: grades, fees: [shipping, restocking, of('missing_parts', '0.10')] },
    steps: [
      {
        return: [['1', 1, { ...mind, grade: 'B' }]],
        total: 6490,
        feesByLine: [['condition', '1', -1000], ['missing_parts', '1', -900], ['restocking', '1', -810], ['return_shipping', '1', -800]], // prettier-ignore
      },
    ],
  },
  // 500 by 1000 and 3000.
  'amount-over-two-lines': {
    order: { lines: [{ unitPrice: 1000 }, { unitPrice: 3000 }] },
    rules: { fees: [of('return_shipping', 500)] },
    steps: [{ return: [['1', 1], ['2', 1]], total: 3500, feesByLine: [['return_shipping', '1', -125], ['return_shipping', '2', -375]] }], // prettier-ignore
  },
  'amount-odd-cent-to-the-earlier-line': {
    order: { lines: [{ unitPrice: 100 }, { unitPrice: 100 }, { unitPrice: 100 }] },
    rules: { fees: [of('restocking', 100)] },
    steps: [{ return: [['1', 1], ['2', 1], ['3', 1]], total: 200, units: [66, 67, 67] }], // prettier-ignore
  },
  // Restocking leaves 900 of line 1 and 3000 of line 2, which 800 are spread over: 184.6 and 615.4.
  'amount-follows-what-is-still-given': {
    order: { lines: [{ unitPrice: 1000 }, { unitPrice: 3000 }] },
    rules: { fees: [restocking, of('return_shipping', 800)] },
    steps: [{ return: [['1', 1, mind], ['2', 1]], total: 3100, feesByLine: [['restocking', '1', -100], ['return_shipping', '1', -185], ['return_shipping', '2', -615]] }], // prettier-ignore
  },
  'only-the-lines-of-the-reason': {
    order: { lines: [{ unitPrice: 1000 }, { unitPrice: 1000 }] },
    rules: { fees: [restocking] },
    steps: [{ return: [['1', 1, mind], ['2', 1]], total: 1900, lines: { '1': 1000, '2': 1000 }, units: [900, 1000] }], // prettier-ignore
  },
  'the-last-fee-shrinks': {
    order: { lines: [{ unitPrice: 1000 }] },
    rules: { fees: [of('restocking', 600), of('missing_parts', 600)] },
    steps: [{ return: one, total: 0, fees: { missing_parts: -600, restocking: -400 }, tenders: [] }],
  },
  'nothing-left-to-charge': {
    order: { lines: [{ unitPrice: 1000 }] },
    rules: { gradeDeductions: grades, fees: [restocking, shipping] },
    steps: [{ return: [['1', 1, { ...mind, grade: 'D' }]], total: 0, fees: { condition: -1000 } }],
  },
  // The goods give nothing, the shipping 900: the floor is the total's.
  'amount-reaches-into-shipping': {
    order: { lines: [{ unitPrice: 500 }], shipments: [{ shippingAmount: 900 }] },
    rules: { outboundShipping: 'always', fees: [shipping] },
    steps: [{ return: [['1', 1, mind]], total: 600, shipping: 900, fees: { return_shipping: -800 } }],
  },
  // R(0.5) = 1 on each of three units, not R(1.5) = 2 on the line.
  'condition-is-rounded-per-unit': {
    order: { lines: [{ unitPrice: 5, quantity: 3 }] },
    rules: { gradeDeductions: grades },
    steps: [{ return: [['1', 3, { ...mind, grade: 'B' }]], total: 12, fees: { condition: -3 } }],
  },
  // 33 discounted units' thirds: .5 of 300, 299, 300 is 150, 149.5 → 150, 150.
  'condition-on-discounted-units': {
    order: { lines: [{ unitPrice: 333, quantity: 3 }], discounts: [{ amount: 100 }] },
    rules: { gradeDeductions: grades },
    steps: [{ return: [['1', 3, { ...mind, grade: 'C' }]], total: 449, fees: { condition: -450 } }],
  },
  // R(0.5) = 1 on each line, not R(1) = 1 on both.
  'rate-is-rounded-per-line': {
    order: { lines: [{ unitPrice: 5 }, { unitPrice: 5 }] },
    rules: { fees: [restocking] },
    steps: [{ return: [['1', 1, mind], ['2', 1, mind]], total: 8 }], // prettier-ignore
  },
  'grades-spare-the-sellers-fault': {
    order: { lines: [{ unitPrice: 1000, quantity: 3 }] },
    rules: { gradeDeductions: grades },
    steps: [
      { return: [['1', 1, { grade: 'D' }]], total: 1000, fees: {} },
      { return: [['1', 1, { reason: 'late', fault: 'carrier', grade: 'D' }]], total: 1000, fees: {} },
      { return: [['1', 1, { ...mind, grade: 'D' }]], total: 0, fees: { condition: -1000 } },
    ],
    together: 2000,
  },
  // The inspection finds the seller at fault: the grade costs nothing, the reason still bears its fee.
  'fault-turned-to-the-seller': {
    order: { lines: [{ unitPrice: 1000 }] },
    rules: { gradeDeductions: grades, fees: [restocking] },
    steps: [{ return: [['1', 1, { ...mind, fault: 'seller', grade: 'C' }]], total: 900, fees: { restocking: -100 } }],
  },
  'fault-turned-to-the-customer': {
    order: { lines: [{ unitPrice: 1000, quantity: 2 }], shipments: [{ shippingAmount: 300 }] },
    rules: { gradeDeductions: grades, outboundShipping: 'seller_fault' },
    steps: [{ return: [['1', 1, { fault: 'customer', grade: 'C' }]], total: 500, shipping: 0, fees: { condition: -500 } }],
  },
  'missing-parts-found-complete': {
    order: { lines: [{ unitPrice: 1000, quantity: 2 }] },
    rules: { fees: [of('missing_parts', '0.25')] },
    steps: [{ return: [['1', 1, { missingParts: false }], ['1', 1, { unit: 2, missingParts: true }]], total: 1750, units: [1000, 750] }], // prettier-ignore
  },
  'amount-of-another-currency': {
    order: { currency: 'JPY', lines: [{ unitPrice: 1000 }] },
    rules: { fees: [restocking, shipping] },
    more: { policyCurrency: 'CNY' },
    steps: [{ return: [['1', 1, mind]], total: 900, fees: { restocking: -100 } }],
  },
  'kept-goods-bear-no-fee': {
    order: { lines: [{ unitPrice: 400 }] },
    rules: { fees: [restocking, shipping] },
    steps: [{ return: [['1', 1, { ...mind, keepsGoods: true }]], total: 400, fees: {} }],
  },
  'amount-once-over-instalments': {
    order: { lines: [{ unitPrice: 5000, quantity: 2 }] },
    rules: { fees: [restocking, shipping] },
    steps: [
      { return: [['1', 1, mind]], total: 3700, fees: { restocking: -500, return_shipping: -800 } },
      { return: [['1', 1, mind]], more: { feesTaken: ['return_shipping'] }, total: 4500, fees: { restocking: -500 } },
    ],
    together: 8200,
  },
  'amount-again-for-another-return': {
    order: { lines: [{ unitPrice: 5000, quantity: 2 }] },
    rules: { fees: [shipping] },
    steps: [
      { return: [['1', 1, mind]], total: 4200 },
      { return: [['1', 1, mind]], total: 4200 },
    ],
    together: 8400,
  },
  'withdrawn-and-asked-again': {
    order: { lines: [{ unitPrice: 1000, quantity: 2 }], shipments: [{ shippingAmount: 300 }], pointsEarned: 23 },
    rules: { outboundShipping: 'always', fees: [shipping] },
    steps: [
      { return: [['1', 1, mind]], withdrawn: true, total: 500, shipping: 300, revoked: 5 },
      { return: [['1', 1, mind]], total: 500, shipping: 300, revoked: 5 },
      { return: one, total: 1000, shipping: 0, revoked: 10 },
    ],
    together: 1500,
  },
  // 10 % of the difference of 300.
  'fee-on-a-cheaper-exchange': {
    order: { lines: [{ unitPrice: 1000 }] },
    rules: { fees: [restocking] },
    steps: [{ return: [['1', 1, { ...mind, kind: 'exchange', exchangePrice: 700 }]], total: 270, fees: { restocking: -30 } }],
  },
  'even-exchange-bears-no-fee': {
    order: { lines: [{ unitPrice: 1000 }] },
    rules: { fees: [restocking, shipping] },
    steps: [{ return: [['1', 1, { ...mind, kind: 'exchange' }]], total: 0, fees: {}, tenders: [] }],
  },
  'adjustment-bears-no-fee': {
    order: { lines: [{ unitPrice: 1000 }] },
    rules: { fees: [of('restocking', '0.10'), of('return_shipping', 800)], gradeDeductions: grades },
    steps: [{ return: [['1', 1, { kind: 'adjustment', reason: 'price_dropped', adjustmentAmount: 200 }]], total: 200, fees: {} }],
  },
  // 1150 − 115 = 1035 holds 45 and 90 on 900.
  'fee-lowers-the-tax-of-both-rates': {
    order: { lines: [{ unitPrice: 1150, taxRates: tax('0.05', '0.10') }] },
    rules: { fees: [restocking] },
    steps: [{ return: [['1', 1, mind]], total: 1035, lineTax: 150, taxes: { '0.05': 45, '0.10': 90 }, netAmounts: { '0.05': 900, '0.10': 900 } }],
  },
  // 1200 paid, 120 kept, 1080 holds 180.
  'fee-on-prices-without-tax': {
    order: { pricesIncludeTax: false, lines: [{ unitPrice: 1000, taxRates: tax('0.20') }] },
    rules: { fees: [restocking] },
    steps: [{ return: [['1', 1, mind]], total: 1080, lineTax: 200, taxes: { '0.20': 180 }, netAmounts: { '0.20': 900 } }],
  },
  // 700 by 1100 and 2400: 220 and 480; 880 holds 80, 1920 holds 320.
  'amount-lowers-the-tax-of-each-line': {
    order: {
      lines: [
        { unitPrice: 1100, taxRates: tax('0.10') },
        { unitPrice: 2400, taxRates: tax('0.20') },
      ],
    },
    rules: { fees: [of('return_shipping', 700)] },
    steps: [{ return: [['1', 1], ['2', 1]], total: 2800, taxes: { '0.10': 80, '0.20': 320 } }], // prettier-ignore
  },
  // JPY 2 × 1080: R(.08) each half is 80; restocking R(.15 × 1080) = 162 leaves 918, of which R(68) is tax.
  'fee-in-yen': {
    order: { currency: 'JPY', lines: [{ unitPrice: 1080, quantity: 2, taxRates: tax('0.08') }] },
    rules: { fees: [of('restocking', '0.15')] },
    steps: [
      { return: one, total: 918, taxes: { '0.08': 68 } },
      { return: one, total: 918, taxes: { '0.08': 68 } },
    ],
    together: 1836,
  },
  // KWD 12 345 × .125 = 1543.125.
  'fee-in-dinar': {
    order: { currency: 'KWD', lines: [{ unitPrice: 12_345 }] },
    rules: { fees: [of('restocking', '0.125')] },
    steps: [{ return: one, total: 10_802, fees: { restocking: -1543 } }],
  },
};

test.each(Object.entries(cases))('%s', (_name, worked) => {
  expect(play(worked)).toEqual({ steps: worked.steps, ...(worked.together !== undefined && { together: worked.together }) });
});
