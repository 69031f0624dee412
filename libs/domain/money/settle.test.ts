import { Returns, type Rules, sketchOrder, tax, unit } from './money-fixtures';
import { untouchedMoney } from './order-money-fixtures';
import { SettlementError } from './settle';

const fee = (kind: 'missing_parts' | 'restocking' | 'return_shipping', price: string | number, reasons: string[] = []) => ({
  kind,
  rate: typeof price === 'string' ? price : null,
  amount: typeof price === 'number' ? price : null,
  reasons,
});
const grades = { A: '0', B: '0.10', C: '0.50', D: '1' } as const;
const mind = { reason: 'changed_mind' } as const;
const three = { lines: [{ unitPrice: 1000, quantity: 3 }] };
const withCarriage = {
  lines: [{ unitPrice: 1000, quantity: 2 }, { unitPrice: 500 }],
  shipments: [
    { shippingAmount: 700, lineIds: ['1'] },
    { shippingAmount: 300, lineIds: ['2'] },
  ],
};
const returnsOf = (sketch: Parameters<typeof sketchOrder>[0], rules: Partial<Rules> = {}) => new Returns(sketchOrder(sketch), rules);
const shippingOf = (returns: Returns, ...units: Parameters<Returns['settle']>) => returns.settle(...units).shipping.map(({ amount }) => amount);
const feesOf = ({ fees }: ReturnType<Returns['settle']>) => fees.map(({ kind, lineId, amount }) => [kind, lineId, amount]);

describe('fees', () => {
  test('grades lower a unit only when the customer is at fault', () => {
    const one = returnsOf(three, { gradeDeductions: grades }).settle([
      unit('1', 1, { grade: 'D' }),
      unit('1', 2, { ...mind, grade: 'C' }),
      unit('1', 3, { ...mind, grade: 'A' }),
    ]);
    expect(feesOf(one)).toEqual([['condition', '1', -500]]);
    expect(one.total).toBe(2500);
  });

  test('the four kinds are taken in their order, each on what the one before left', () => {
    const fees = [fee('return_shipping', '0.10'), fee('restocking', '0.10'), fee('missing_parts', '0.10')];
    const one = returnsOf({ lines: [{ unitPrice: 10_000 }] }, { fees, gradeDeductions: grades }).settle([unit('1', 1, { ...mind, grade: 'B' })]);
    expect(feesOf(one)).toEqual([
      ['condition', '1', -1000],
      ['missing_parts', '1', -900],
      ['restocking', '1', -810],
      ['return_shipping', '1', -729],
    ]);
  });

  test('a rate fee is rounded per line, on the units whose reason it names', () => {
    const one = returnsOf({ lines: [{ unitPrice: 5, quantity: 3 }] }, { fees: [fee('restocking', '0.10', ['changed_mind'])] });
    expect(feesOf(one.settle([unit('1', 1, mind), unit('1', 2), unit('1', 3, mind)]))).toEqual([['restocking', '1', -1]]);
    expect(one.units.map(({ refundAmount }) => refundAmount)).toEqual([4, 5, 5]);
  });

  test('missing parts cost nothing once an inspection found everything there', () => {
    const rules = { fees: [fee('missing_parts', '0.50')] };
    expect(returnsOf(three, rules).settle([unit('1', 1, { missingParts: false })]).fees).toEqual([]);
    expect(returnsOf(three, rules).settle([unit('1', 1, { missingParts: true })]).total).toBe(500);
    expect(returnsOf(three, rules).settle([unit('1', 1)]).total).toBe(500);
  });

  test('an amount fee is spread over lines by what they still give, ties to the earlier', () => {
    const rules = { fees: [fee('return_shipping', 801)] };
    expect(feesOf(returnsOf({ lines: [{ unitPrice: 1000 }, { unitPrice: 1000 }] }, rules).settle([unit('1', 1), unit('2', 1)]))).toEqual([
      ['return_shipping', '1', -401],
      ['return_shipping', '2', -400],
    ]);
  });

  test('an amount fee is taken once a return, and not in a currency the policy does not know', () => {
    const rules = { fees: [fee('return_shipping', 800)] };
    expect(returnsOf(three, rules).settle([unit('1', 1)], { feesTaken: ['return_shipping'] }).total).toBe(1000);
    expect(returnsOf(three, rules).settle([unit('1', 1)], { policyCurrency: 'USD' }).total).toBe(1000);
    expect(returnsOf(three, { fees: [fee('restocking', '0.10')] }).settle([unit('1', 1)], { policyCurrency: 'USD' }).total).toBe(900);
  });

  test('the last fees shrink so that the total stays at zero', () => {
    const fees = [fee('missing_parts', 700), fee('restocking', 700), fee('return_shipping', 700)];
    const one = returnsOf(three, { fees }).settle([unit('1', 1)]);
    expect(feesOf(one)).toEqual([
      ['missing_parts', '1', -700],
      ['restocking', '1', -300],
    ]);
    expect([one.total, one.tenders]).toEqual([0, []]);
  });

  test('the floor is the total’s: an amount fee may reach into the shipping that is given back', () => {
    const returns = returnsOf(
      { lines: [{ unitPrice: 500 }], shipments: [{ shippingAmount: 900 }] },
      { outboundShipping: 'always', fees: [fee('return_shipping', 800)] },
    );
    expect(returns.settle([unit('1', 1, mind)]).total).toBe(600);
  });

  test('adjustments and units that get nothing bear no fee', () => {
    const rules = { fees: [fee('restocking', '0.10'), fee('return_shipping', 10)], gradeDeductions: grades };
    expect(
      returnsOf(three, rules).settle([unit('1', 1, { kind: 'adjustment', adjustmentAmount: 300 }), unit('1', 2, { ...mind, kind: 'none', grade: 'D' })]),
    ).toMatchObject({ total: 300, fees: [] });
  });

  test('a fee lowers the tax that is given back', () => {
    const one = returnsOf({ lines: [{ unitPrice: 1200, taxRates: tax('0.20') }] }, { fees: [fee('restocking', '0.10')] }).settle([unit('1', 1)]);
    expect(one.taxes).toEqual([{ name: 'VAT', rate: '0.20', netAmount: 900, taxAmount: 180 }]);
  });
});

describe('outbound shipping', () => {
  test('never: nothing, even for everything by the seller’s fault', () => {
    expect(shippingOf(returnsOf(withCarriage), [unit('1', 1), unit('1', 2), unit('2', 1)])).toEqual([0, 0]);
  });

  test('always and seller_fault concern the shipments that carried a returned line', () => {
    expect(shippingOf(returnsOf(withCarriage, { outboundShipping: 'always' }), [unit('2', 1, mind)])).toEqual([0, 300]);
    expect(shippingOf(returnsOf(withCarriage, { outboundShipping: 'seller_fault' }), [unit('1', 1), unit('2', 1, mind)])).toEqual([700, 0]);
    expect(shippingOf(returnsOf(withCarriage, { outboundShipping: 'seller_fault' }), [unit('1', 1, mind)])).toEqual([0, 0]);
  });

  test('seller_fault_or_full gives the rest of the shipments with the last unit, whoever’s fault', () => {
    const returns = returnsOf(withCarriage, { outboundShipping: 'seller_fault_or_full' });
    expect(shippingOf(returns, [unit('1', 1)])).toEqual([700, 0]);
    expect(shippingOf(returns, [unit('1', 2, mind)])).toEqual([0, 0]);
    expect(shippingOf(returns, [unit('2', 1, mind)])).toEqual([0, 300]);
  });

  test('full_return does not wait for units that were exchanged or kept', () => {
    const returns = returnsOf(withCarriage, { outboundShipping: 'full_return' });
    expect(shippingOf(returns, [unit('1', 1, { kind: 'exchange' })])).toEqual([0, 0]);
    expect(shippingOf(returns, [unit('1', 2, { keepsGoods: true })])).toEqual([0, 0]);
    expect(shippingOf(returns, [unit('2', 1, mind)])).toEqual([700, 300]);
  });

  test('an order of none but exchanged and kept units earns nothing', () => {
    const returns = returnsOf({ lines: [{ unitPrice: 1000, quantity: 2 }], shipments: [{ shippingAmount: 900 }] }, { outboundShipping: 'full_return' });
    expect(shippingOf(returns, [unit('1', 1, { keepsGoods: true })])).toEqual([0]);
    expect(shippingOf(returns, [unit('1', 2, { kind: 'exchange' })])).toEqual([0]);
  });

  test('a unit that is turned down keeps the order open', () => {
    const returns = returnsOf({ lines: [{ unitPrice: 1000, quantity: 2 }], shipments: [{ shippingAmount: 900 }] }, { outboundShipping: 'full_return' });
    expect(shippingOf(returns, [unit('1', 1), unit('1', 2, { kind: 'none' })])).toEqual([0]);
  });

  test('what was given back of a shipment before is not given again', () => {
    const order = sketchOrder({ ...three, shipments: [{ shippingAmount: 1230, taxRates: tax('0.23') }] });
    const before = { ...untouchedMoney(order), shipments: [{ shipmentId: 's1', refundedAmount: 615 }] };
    expect(new Returns(order, { outboundShipping: 'always' }).settle([unit('1', 1)], { before }).shipping).toEqual([
      { shipmentId: 's1', amount: 615, taxAmount: 115 },
    ]);
  });

  test('exchanges and adjustments earn no shipping', () => {
    const returns = returnsOf(withCarriage, { outboundShipping: 'always' });
    expect(returns.settle([unit('1', 1, { kind: 'exchange', exchangePrice: 1000 }), unit('1', 2, { kind: 'adjustment', adjustmentAmount: 5 })]).total).toBe(5);
  });
});

describe('tenders', () => {
  const four = {
    lines: [{ unitPrice: 1000 }],
    tenders: [{ amount: 400 }, { amount: 300, kind: 'gift_card' as const }, { amount: 200, kind: 'points' as const }, { amount: 100 }],
  };
  const part = unit('1', 1, { kind: 'adjustment', adjustmentAmount: 650 });
  test.each([
    [
      'first_in',
      [
        ['t1', 400],
        ['t2', 250],
      ],
    ],
    [
      'last_in',
      [
        ['t4', 100],
        ['t3', 200],
        ['t2', 300],
        ['t1', 50],
      ],
    ],
    [
      'non_cash_first',
      [
        ['t3', 200],
        ['t2', 300],
        ['t1', 150],
      ],
    ],
    [
      'pro_rata',
      [
        ['t1', 260],
        ['t2', 195],
        ['t3', 130],
        ['t4', 65],
      ],
    ],
  ] as const)('%s', (tenderOrder, wanted) => {
    expect(
      returnsOf(four, { tenderOrder })
        .settle([part])
        .tenders.map(({ tenderId, amount }) => [tenderId, amount]),
    ).toEqual(wanted);
  });

  test('a tender takes no more than it has left, pending refunds counted; the rest goes on', () => {
    const order = sketchOrder(four);
    const before = untouchedMoney(order);
    const tenders = before.tenders.map((tender) => (tender.tenderId === 't1' ? { ...tender, refundedAmount: 100, pendingAmount: 250 } : tender));
    expect(new Returns(order).settle([part], { before: { ...before, tenders } }).tenders.map(({ amount }) => amount)).toEqual([50, 300, 200, 100]);
  });

  test('pro_rata: a tender that is ahead of its share gets nothing until the others have caught up', () => {
    const order = sketchOrder({ lines: [{ unitPrice: 600 }], tenders: [{ amount: 200 }, { amount: 200 }, { amount: 200 }] });
    const before = untouchedMoney(order);
    const tenders = before.tenders.map((tender) => (tender.tenderId === 't2' ? { ...tender, refundedAmount: 150 } : tender));
    const adjust = unit('1', 1, { kind: 'adjustment', adjustmentAmount: 101 });
    expect(new Returns(order, { tenderOrder: 'pro_rata' }).settle([adjust], { before: { ...before, tenders } }).tenders).toEqual([
      { tenderId: 't1', kind: 'card', amount: 51 },
      { tenderId: 't3', kind: 'card', amount: 50 },
    ]);
  });

  test('a disputed balance is still the one that is owed', () => {
    const order = sketchOrder(four);
    const before = untouchedMoney(order);
    const tenders = before.tenders.map((tender) => ({ ...tender, disputedAmount: tender.capturedAmount }));
    expect(new Returns(order).settle([part], { before: { ...before, tenders } }).tenders[0]).toEqual({ tenderId: 't1', kind: 'card', amount: 400 });
  });

  test('what fits nowhere is refused, not invented', () => {
    const order = sketchOrder(three);
    const before = { ...untouchedMoney(order), tenders: [{ tenderId: 't1', capturedAmount: 2999, refundedAmount: 2000, pendingAmount: 0, disputedAmount: 0 }] };
    expect(() => new Returns(order).settle([unit('1', 1)], { before })).toThrow(
      new SettlementError('amount_unavailable', 'The tenders can take back 999, the settlement gives 1000.'),
    );
  });

  test('store credit takes the whole total when the customer wants it, and no points go back', () => {
    const one = returnsOf({ ...four, pointsSpent: 20, pointsEarned: 10 }, { tenderOrder: 'non_cash_first' }).settle([part], { refundTo: 'store_credit' });
    expect(one.tenders).toEqual([{ tenderId: 'store_credit', kind: 'store_credit', amount: 650 }]);
    expect(one.points).toEqual({ restored: 0, revoked: 7 });
  });

  test('points that were spent come back with the money of their tender', () => {
    const returns = returnsOf({ lines: [{ unitPrice: 100, quantity: 3 }], tenders: [{ amount: 300, kind: 'points' }], pointsSpent: 100 });
    expect([1, 2, 3].map((number) => returns.settle([unit('1', number)]).points.restored)).toEqual([33, 34, 33]);
  });
});

describe('coupons', () => {
  const sketch = {
    lines: [{ unitPrice: 1000, quantity: 2 }],
    discounts: [{ amount: 200, couponCode: 'SAVE' }],
    giftedCoupons: [
      { code: 'G1', value: 500 },
      { code: 'G2', value: 900 },
    ],
  };

  test('nothing happens to them before the whole order is unwound', () => {
    expect(returnsOf(sketch).settle([unit('1', 1)], { usedCoupons: ['G1'] })).toMatchObject({
      total: 900,
      coupons: { restored: [], revoked: [] },
      clawbacks: [{ amount: 0 }, { amount: 0 }],
    });
  });

  test('the return that unwinds the order restores its coupon, ends unused gifts and keeps the value of used ones', () => {
    const returns = returnsOf(sketch);
    returns.settle([unit('1', 1)]);
    const one = returns.settle([unit('1', 2)], { usedCoupons: ['G1'] });
    expect(one).toMatchObject({ total: 400, coupons: { restored: ['SAVE'], revoked: ['G2'] } });
    expect(one.clawbacks).toEqual([
      { kind: 'gifted_coupon', code: 'G1', amount: -500 },
      { kind: 'gifted_coupon', code: 'G2', amount: 0 },
    ]);
  });

  test('used gifts take at most the total', () => {
    const one = returnsOf({ ...sketch, lines: [{ unitPrice: 800 }] }).settle([unit('1', 1)], { usedCoupons: ['G1', 'G2'] });
    expect(one.clawbacks.map(({ amount }) => amount)).toEqual([-500, -100]);
    expect(one.total).toBe(0);
  });

  test('an exchanged unit leaves the order standing', () => {
    const one = returnsOf(sketch).settle([unit('1', 1), unit('1', 2, { kind: 'exchange', exchangePrice: 0 })], { usedCoupons: ['G1'] });
    expect(one.coupons).toEqual({ restored: [], revoked: [] });
  });
});

describe('exchanges, adjustments and what was given before', () => {
  test('an even exchange settles nothing, a dearer one nothing below', () => {
    const order = { lines: [{ unitPrice: 1000, discountAmount: 100 }] };
    for (const exchangePrice of [null, 900, 1000, 5000]) expect(returnsOf(order).settle([unit('1', 1, { kind: 'exchange', exchangePrice })]).total).toBe(0);
    expect(returnsOf(order).settle([unit('1', 1, { kind: 'exchange', exchangePrice: 899 })]).total).toBe(1);
  });

  test('the other article’s price is taken as the order’s prices are: tax comes on top where it did', () => {
    const lines = [{ unitPrice: 1000, taxRates: tax('0.10') }];
    const swap = unit('1', 1, { kind: 'exchange', exchangePrice: 700 });
    expect(returnsOf({ lines, pricesIncludeTax: false }).settle([swap]).lines).toEqual([
      { lineId: '1', units: [1], goodsAmount: 300, discountAmount: 0, taxAmount: 30, amount: 330 },
    ]);
    expect(returnsOf({ lines }).settle([swap]).total).toBe(300);
  });

  test('an adjustment is laid on the units of its line, and a later refund gives the rest of each', () => {
    const returns = returnsOf({ lines: [{ unitPrice: 1001, quantity: 2, taxRates: tax('0.20') }] });
    returns.settle([unit('1', 1, { kind: 'adjustment', adjustmentAmount: 301 }), unit('1', 2, { kind: 'adjustment' })]);
    expect(returns.units.map(({ amount }) => amount)).toEqual([151, 150]);
    expect(returns.settle([unit('1', 1)]).total).toBe(850);
    expect(returns.settle([unit('1', 2)]).total).toBe(851);
    expect(returns.settlements.reduce((all, { lines }) => all + (lines[0]?.taxAmount ?? 0), 0)).toBe(334);
  });

  test('adjustments one after the other never give more than was paid', () => {
    const returns = returnsOf({ lines: [{ unitPrice: 1000 }] });
    const adjust = (adjustmentAmount: number) => returns.settle([unit('1', 1, { kind: 'adjustment', adjustmentAmount })]).total;
    expect([adjust(600), adjust(600), adjust(600)]).toEqual([600, 400, 0]);
  });
});

describe('what cannot be settled', () => {
  test.each([
    ['an unknown line', [unit('9', 1)], 'invalid_input'],
    ['unit 0', [unit('1', 0)], 'invalid_input'],
    ['an amount below zero', [unit('1', 1, { kind: 'adjustment', adjustmentAmount: -1 })], 'invalid_input'],
    ['a unit named twice', [unit('1', 1), unit('1', 1)], 'units_unavailable'],
  ])('%s', (_what, units, code) => expect(() => returnsOf(three).settle(units)).toThrow(expect.objectContaining({ code })));

  test('a unit that was refunded already', () => {
    const returns = returnsOf(three);
    returns.settle([unit('1', 1)]);
    expect(() => returns.settle([unit('1', 1)])).toThrow(expect.objectContaining({ code: 'units_unavailable' }));
  });
});

test('every explanation is a sentence', () => {
  const returns = returnsOf(
    { ...withCarriage, discounts: [{ amount: 250, couponCode: 'SAVE' }], giftedCoupons: [{ code: 'G1', value: 10 }], pointsEarned: 30 },
    { outboundShipping: 'full_return', fees: [fee('restocking', '0.10', ['changed_mind'])], gradeDeductions: grades },
  );
  const one = returns.settle([unit('1', 1, { ...mind, grade: 'B' }), unit('1', 2), unit('2', 1)], { usedCoupons: ['G1'] });
  expect(one.explanation.map(({ rule, amount, text }) => [rule, amount, text])).toMatchSnapshot();
});
