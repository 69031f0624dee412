import { tax } from './money-fixtures';
import { type Case, play } from './worked-case';

/** Worked by hand: tenders, points, coupons, exchanges and adjustments over several returns of one order. The comment is the reckoning. */
const one = [['1', 1]] as const;
const mind = { reason: 'changed_mind' } as const;
const even = { kind: 'exchange', exchangePrice: null } as const;
const adjust = (adjustmentAmount: number) => ({ kind: 'adjustment', reason: 'price_dropped', adjustmentAmount }) as const;
const twoHalves = { lines: [{ unitPrice: 500 }, { unitPrice: 500 }] };
const cases: Readonly<Record<string, Case>> = {
  'last-in-first': {
    order: { ...twoHalves, tenders: [{ amount: 600 }, { amount: 400, kind: 'gift_card' }] },
    rules: { tenderOrder: 'last_in' },
    steps: [
      { return: [['1', 1]], total: 500, tenders: [['t2', 400], ['t1', 100]] }, // prettier-ignore
      { return: [['2', 1]], total: 500, tenders: [['t1', 500]] },
    ],
  },
  'a-tender-that-paid-nothing-gets-nothing': {
    order: { lines: [{ unitPrice: 1000 }], tenders: [{ amount: 0, kind: 'gift_card' }, { amount: 1000 }] },
    rules: { tenderOrder: 'non_cash_first' },
    steps: [{ return: one, total: 1000, tenders: [['t2', 1000]] }],
  },
  'refunded-elsewhere-leaves-less-room': {
    order: { ...twoHalves, tenders: [{ amount: 600 }, { amount: 400 }] },
    steps: [
      { return: [['1', 1]], elsewhere: { t1: 200 }, total: 500, tenders: [['t1', 400], ['t2', 100]] }, // prettier-ignore
      { return: [['2', 1]], refused: 'amount_unavailable' },
      { return: [['2', 1, adjust(300)]], total: 300, tenders: [['t2', 300]] },
    ],
    together: 800,
  },
  'no-room-but-consent-to-store-credit': {
    order: { ...twoHalves, tenders: [{ amount: 600 }, { amount: 400 }] },
    steps: [{ return: one, elsewhere: { t1: 600, t2: 400 }, more: { refundTo: 'store_credit' }, total: 500, tenders: [['store_credit', 500]] }],
  },
  'store-credit-then-the-card': {
    order: { ...twoHalves },
    steps: [
      { return: [['1', 1]], more: { refundTo: 'store_credit' }, total: 500, tenders: [['store_credit', 500]] },
      { return: [['2', 1]], total: 500, tenders: [['t1', 500]] },
    ],
    together: 1000,
  },
  // 300 went back elsewhere: of 800 t1's share is 480, t2's 320.
  'pro-rata-makes-up-for-elsewhere': {
    order: { ...twoHalves, tenders: [{ amount: 600 }, { amount: 400 }] },
    rules: { tenderOrder: 'pro_rata' },
    steps: [{ return: [['1', 1]], elsewhere: { t1: 300 }, total: 500, tenders: [['t1', 180], ['t2', 320]] }], // prettier-ignore
  },
  // t1 has all it gave: its share of 1000 is 600, not less; the rest is t2's.
  'pro-rata-one-tender-is-done': {
    order: { lines: [{ unitPrice: 250, quantity: 4 }], tenders: [{ amount: 600 }, { amount: 400 }] },
    rules: { tenderOrder: 'pro_rata' },
    steps: [
      { return: one, elsewhere: { t1: 600 }, total: 250, tenders: [['t2', 250]] },
      { return: one, refused: 'amount_unavailable' },
    ],
  },
  // A third of the cent each: t1, then t2, then t3.
  'pro-rata-cent-by-cent': {
    order: { lines: [{ unitPrice: 1, quantity: 3 }], tenders: [{ amount: 1 }, { amount: 1 }, { amount: 1 }] },
    rules: { tenderOrder: 'pro_rata' },
    steps: [
      { return: one, total: 1, tenders: [['t1', 1]] },
      { return: one, total: 1, tenders: [['t2', 1]] },
      { return: one, total: 1, tenders: [['t3', 1]] },
    ],
  },
  // 900 of 1500 after 10 %: 600 and 300; then 600 more.
  'pro-rata-with-fees-and-shipping': {
    order: {
      lines: [{ unitPrice: 1000 }, { unitPrice: 400 }],
      shipments: [{ shippingAmount: 100 }],
      tenders: [{ amount: 1000 }, { amount: 500, kind: 'wallet' }],
    },
    rules: { tenderOrder: 'pro_rata', outboundShipping: 'full_return', fees: [{ kind: 'restocking', rate: '0.10', amount: null, reasons: ['changed_mind'] }] },
    steps: [
      { return: [['1', 1, mind]], total: 900, tenders: [['t1', 600], ['t2', 300]] }, // prettier-ignore
      { return: [['2', 1]], total: 500, shipping: 100, tenders: [['t1', 333], ['t2', 167]] }, // prettier-ignore
    ],
    together: 1400,
  },
  'points-tender-first': {
    order: { ...twoHalves, tenders: [{ amount: 700 }, { amount: 300, kind: 'points' }], pointsSpent: 30 },
    rules: { tenderOrder: 'non_cash_first' },
    steps: [
      { return: [['1', 1]], total: 500, tenders: [['t2', 300], ['t1', 200]], restored: 30 }, // prettier-ignore
      { return: [['2', 1]], total: 500, tenders: [['t1', 500]], restored: 0 },
    ],
  },
  // 75 of the 300 each time: 2.5 → 3, 5, 7.5 → 8, 10.
  'points-restored-are-cumulative': {
    order: { lines: [{ unitPrice: 250, quantity: 4 }], tenders: [{ amount: 700 }, { amount: 300, kind: 'points' }], pointsSpent: 10 },
    rules: { tenderOrder: 'pro_rata' },
    steps: [3, 2, 3, 2].map((restored) => ({ return: one, total: 250, tenders: [['t1', 175], ['t2', 75]], restored })), // prettier-ignore
  },
  // R(100 × 900 / 2000) = 45 and 90; the tenth that fees keep keeps its points.
  'points-follow-the-money-after-fees': {
    order: { lines: [{ unitPrice: 1000, quantity: 2 }], pointsEarned: 100 },
    rules: { fees: [{ kind: 'restocking', rate: '0.10', amount: null, reasons: ['changed_mind'] }] },
    steps: [
      { return: [['1', 1, mind]], total: 900, revoked: 45 },
      { return: [['1', 1, mind]], total: 900, revoked: 45 },
    ],
  },
  // 1000 of 1500 paid, shipping included.
  'points-are-for-all-that-was-paid': {
    order: { lines: [{ unitPrice: 1000 }], shipments: [{ shippingAmount: 500 }], pointsEarned: 30 },
    steps: [{ return: one, total: 1000, revoked: 20 }],
  },
  'points-go-with-an-adjustment-too': {
    order: { lines: [{ unitPrice: 1000 }], pointsEarned: 10 },
    steps: [
      { return: [['1', 1, adjust(250)]], total: 250, revoked: 3 },
      { return: one, total: 750, revoked: 7 },
    ],
    together: 1000,
  },
  'coupon-comes-back-with-the-last-unit': {
    order: { lines: [{ unitPrice: 1000, quantity: 2 }], discounts: [{ amount: 200, couponCode: 'SAVE' }] },
    steps: [
      { return: one, total: 900, coupons: { restored: [], revoked: [] } },
      { return: one, total: 900, coupons: { restored: ['SAVE'], revoked: [] } },
    ],
  },
  'coupon-stays-used-after-an-exchange': {
    order: { lines: [{ unitPrice: 1000, quantity: 2 }], discounts: [{ amount: 200, couponCode: 'SAVE' }] },
    steps: [
      { return: [['1', 1, even]], total: 0 },
      { return: one, total: 900, coupons: { restored: [], revoked: [] } },
    ],
  },
  // A refund that leaves the goods unwinds the sale all the same.
  'coupon-comes-back-though-goods-are-kept': {
    order: { lines: [{ unitPrice: 1000, quantity: 2 }], discounts: [{ amount: 200, couponCode: 'SAVE' }] },
    steps: [
      { return: [['1', 1, { keepsGoods: true }]], total: 900 },
      { return: one, total: 900, coupons: { restored: ['SAVE'], revoked: [] } },
    ],
  },
  'used-gift-is-kept-at-most-the-total': {
    order: { lines: [{ unitPrice: 300, quantity: 2 }], giftedCoupons: [{ code: 'G', value: 500 }] },
    more: { usedCoupons: ['G'] },
    steps: [
      { return: one, total: 300, clawbacks: 0 },
      { return: one, total: 0, clawbacks: -300, coupons: { restored: [], revoked: [] }, tenders: [] },
    ],
  },
  // 1000 + 400 − 100 − 500.
  'used-and-unused-gift-with-fee-and-shipping': {
    order: {
      lines: [{ unitPrice: 1000 }],
      shipments: [{ shippingAmount: 400 }],
      giftedCoupons: [
        { code: 'G1', value: 500 },
        { code: 'G2', value: 900 },
      ],
    },
    rules: { outboundShipping: 'full_return', fees: [{ kind: 'restocking', rate: '0.10', amount: null, reasons: [] }] },
    more: { usedCoupons: ['G1'] },
    steps: [{ return: [['1', 1, mind]], total: 800, shipping: 400, fees: { restocking: -100 }, clawbacks: -500, coupons: { restored: [], revoked: ['G2'] } }],
  },
  'full-return-does-not-wait-for-the-exchanged': {
    order: { lines: [{ unitPrice: 1000, quantity: 2 }], shipments: [{ shippingAmount: 900 }] },
    rules: { outboundShipping: 'full_return' },
    steps: [
      { return: [['1', 1, even]], total: 0, shipping: 0 },
      { return: one, total: 1900, shipping: 900 },
    ],
  },
  'an-exchange-brings-nothing-back': {
    order: { lines: [{ unitPrice: 1000, quantity: 2 }], shipments: [{ shippingAmount: 900 }] },
    rules: { outboundShipping: 'full_return' },
    steps: [
      { return: one, total: 1000, shipping: 0 },
      { return: [['1', 1, even]], total: 0, shipping: 0 },
    ],
    together: 1000,
  },
  'full-return-does-not-wait-for-the-kept': {
    order: { lines: [{ unitPrice: 1000, quantity: 2 }], shipments: [{ shippingAmount: 900 }] },
    rules: { outboundShipping: 'full_return' },
    steps: [
      { return: [['1', 1, { keepsGoods: true }]], total: 1000, shipping: 0 },
      { return: one, total: 1900, shipping: 900 },
    ],
  },
  'all-kept-earns-no-full-return': {
    order: { lines: [{ unitPrice: 1000 }], shipments: [{ shippingAmount: 900 }] },
    rules: { outboundShipping: 'full_return' },
    steps: [{ return: [['1', 1, { keepsGoods: true }]], total: 1000, shipping: 0 }],
  },
  'full-return-after-an-adjustment': {
    order: { lines: [{ unitPrice: 1000 }], shipments: [{ shippingAmount: 500 }] },
    rules: { outboundShipping: 'full_return' },
    steps: [
      { return: [['1', 1, adjust(200)]], total: 200, shipping: 0 },
      { return: one, total: 1300, shipping: 500 },
    ],
    together: 1500,
  },
  // Unit 1: 900 with tax 150. R(150 × 100 / 900) = 17 goes with the 100, the other 133 later.
  'adjustment-then-return': {
    order: { lines: [{ unitPrice: 1000, quantity: 3, taxRates: tax('0.20') }], discounts: [{ amount: 299 }] },
    steps: [
      { return: [['1', 1, adjust(100)]], total: 100, lineTax: 17 },
      { return: one, total: 800, lineTax: 133 },
      { return: [['1', 2]], total: 1801, lineTax: 300 },
    ],
    together: 2701,
  },
  // 301 over two units of 1001 each: 151 and 150; later the rests 850 and 851.
  'adjustment-over-two-units': {
    order: { lines: [{ unitPrice: 1001, quantity: 2 }] },
    steps: [
      { return: [['1', 2, adjust(301)]], total: 301, units: [151, 150] },
      { return: [['1', 2]], total: 1701, units: [850, 851] },
    ],
    together: 2002,
  },
  'adjustments-end-at-what-was-paid': {
    order: { lines: [{ unitPrice: 1000 }] },
    steps: [
      { return: [['1', 1, adjust(600)]], total: 600 },
      { return: [['1', 1, adjust(600)]], total: 400 },
      { return: [['1', 1, adjust(600)]], total: 0 },
      { return: one, total: 0 },
    ],
    together: 1000,
  },
  // 200 was given before: 800 is left, the other article costs 700.
  'exchange-after-an-adjustment': {
    order: { lines: [{ unitPrice: 1000 }] },
    steps: [
      { return: [['1', 1, adjust(200)]], total: 200 },
      { return: [['1', 1, { kind: 'exchange', exchangePrice: 700 }]], total: 100 },
    ],
    together: 300,
  },
  // 1100 paid, 770 for the other.
  'exchange-tax-on-top': {
    order: { pricesIncludeTax: false, lines: [{ unitPrice: 1000, taxRates: tax('0.10') }] },
    steps: [{ return: [['1', 1, { kind: 'exchange', exchangePrice: 700 }]], total: 330, goods: 300, lineTax: 30 }],
  },
  // 900, 901 and 900 were paid.
  'exchange-of-three-discounted-units': {
    order: { lines: [{ unitPrice: 1000, quantity: 3 }], discounts: [{ amount: 299 }] },
    steps: [{ return: [['1', 3, { kind: 'exchange', exchangePrice: 850 }]], total: 151, units: [50, 51, 50] }],
  },
  'exchange-for-what-it-cost-before-the-discount': {
    order: { lines: [{ unitPrice: 1000, discountAmount: 100 }] },
    steps: [{ return: [['1', 1, { kind: 'exchange', exchangePrice: 950 }]], total: 0 }],
  },
  'exchange-and-refund-in-one-return': {
    order: { lines: [{ unitPrice: 1000 }, { unitPrice: 400 }], shipments: [{ shippingAmount: 100 }] },
    rules: { outboundShipping: 'always' },
    steps: [{ return: [['1', 1, { kind: 'exchange', exchangePrice: 900 }], ['2', 1]], total: 600, lines: { '1': 100, '2': 400 }, shipping: 100 }], // prettier-ignore
  },
  'a-unit-is-refunded-once': {
    order: { lines: [{ unitPrice: 1000, quantity: 2 }] },
    steps: [
      { return: one, total: 1000 },
      { return: [['1', 1, { unit: 1 }]], refused: 'units_unavailable' },
    ],
  },
  'adjusted-then-refunded-is-refunded-once': {
    order: { lines: [{ unitPrice: 1000, quantity: 2 }] },
    steps: [
      { return: [['1', 1, adjust(200)]], total: 200 },
      { return: one, total: 800 },
      { return: [['1', 1, { unit: 1 }]], refused: 'units_unavailable' },
    ],
    together: 1000,
  },
};

test.each(Object.entries(cases))('%s', (_name, worked) => {
  expect(play(worked)).toEqual({ steps: worked.steps, ...(worked.together !== undefined && { together: worked.together }) });
});
