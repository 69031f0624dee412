import { type OrderSketch, Returns, type Rules, sketchOrder, tax, unit } from './money-fixtures';
import type { Settlement, UnitToSettle } from './settlement-types';

const settle = (order: OrderSketch, rules: Partial<Rules>, ...units: readonly UnitToSettle[]) => new Returns(sketchOrder(order), rules).settle(units);
const spoken = ({ explanation }: Settlement, rule: string) =>
  explanation.filter((entry) => entry.rule === rule).map(({ text, texts }) => [text, texts?.['zh-CN']] as const);
const fee = (kind: Rules['fees'][number]['kind'], of: { rate: string } | { amount: number }) => ({ kind, rate: null, amount: null, reasons: [], ...of });

describe('a fee that comes to nothing', () => {
  const one = (unitPrice: number, ...fees: Rules['fees']) => spoken(settle({ lines: [{ unitPrice }] }, { fees }, unit('1', 1)), 'restocking')[0];
  test('rounds to nothing', () => {
    expect(one(4, fee('restocking', { rate: '0.10' }))).toEqual([
      'Restocking: the policy keeps 10 % for every reason, but nothing is kept, because it is so little that it rounds to nothing.',
      '重新上架费：按规则，任何退货原因收取 10 %，此次未收取，因为金额过小，取整后为零。',
    ]);
  });
  test.each([
    ['10 %', 0, fee('restocking', { rate: '0.10' }), 'there was nothing to keep it of', '没有可扣的金额'],
    ['0 %', 500, fee('restocking', { rate: '0' }), 'that is nothing', '该费用为零'],
  ])('%s of %i', (rate, unitPrice, restocking, because, chinese) => {
    expect(one(unitPrice, restocking)).toEqual([
      `Restocking: the policy keeps ${rate} for every reason, but nothing is kept, because ${because}.`,
      `重新上架费：按规则，任何退货原因收取 ${rate}，此次未收取，因为${chinese}。`,
    ]);
  });
  test('is an amount of nothing', () => {
    expect(one(500, fee('restocking', { amount: 0 }))?.[0]).toBe(
      'Restocking: the policy keeps 0.00 CNY once a return for every reason, but nothing is kept, because that is nothing.',
    );
  });
  test('or finds nothing, because a fee before it took all', () => {
    expect(one(4, fee('missing_parts', { rate: '1' }), fee('restocking', { rate: '0.10' }))?.[0]).toContain('there was nothing to keep it of');
  });
});

test('a fee that reaches into the shipping says so, and its tax is what is kept beyond the lines', () => {
  const order = { lines: [{ unitPrice: 500, taxRates: tax('0.20') }], shipments: [{ shippingAmount: 900 }] };
  const fees = [fee('restocking', { amount: 600 }), fee('return_shipping', { amount: 100 })];
  const settlement = settle(order, { outboundShipping: 'always', fees }, unit('1', 1));
  expect(settlement.total).toBe(700);
  expect(spoken(settlement, 'restocking')).toEqual([
    [
      'Restocking, line 1: the policy keeps 6.00 CNY once a return for every reason; 6.00 CNY is kept: the 5.00 CNY that the line still gave, and 1.00 CNY of what else the settlement gives.',
      '重新上架费，订单行 1：按规则，任何退货原因收取 6.00 CNY（每次退货收取一次）；扣除 6.00 CNY：该行尚余的 5.00 CNY，以及本次结算其他金额中的 1.00 CNY。',
    ],
  ]);
  expect(spoken(settlement, 'return_shipping')).toEqual([
    [
      'Return shipping, line 1: the policy keeps 1.00 CNY once a return for every reason; 1.00 CNY is kept of what else the settlement gives, as the line gives nothing any more.',
      '退货运费，订单行 1：按规则，任何退货原因收取 1.00 CNY（每次退货收取一次）；该行已无余额，从本次结算的其他金额中扣除 1.00 CNY。',
    ],
  ]);
  expect(spoken(settlement, 'tax')).toEqual([
    [
      'VAT at 20 %: fees keep more than the lines that bear it gave; of what is kept beyond them, 0.33 CNY is tax on 1.67 CNY before tax.',
      'VAT 20 %：费用超出了适用该税率的订单行所给的金额，超出部分中，税额 0.33 CNY，不含税金额 1.67 CNY。',
    ],
  ]);
});

test.each<[boolean, string, string]>([
  [
    false,
    'for an article of 7.000 KWD plus 0.700 KWD of tax each; 22.000 KWD was left of what was paid for them, and the difference of 6.600 KWD',
    '换每件 7.000 KWD（另加税 0.700 KWD）的商品，实付金额中尚余 22.000 KWD，退还差价 6.600 KWD',
  ],
  [
    true,
    'for an article of 7.000 KWD each; 20.000 KWD was left of what was paid for them, and the difference of 6.000 KWD',
    '换每件 7.000 KWD 的商品，实付金额中尚余 20.000 KWD，退还差价 6.000 KWD',
  ],
])('an exchange tells what the other article costs, with its tax on top where prices are without (included: %s)', (pricesIncludeTax, english, chinese) => {
  const order = { currency: 'KWD', pricesIncludeTax, lines: [{ unitPrice: 10_000, quantity: 2, taxRates: tax('0.10') }] };
  const exchange = { kind: 'exchange', exchangePrice: 7000 } as const;
  const [texts] = spoken(settle(order, {}, unit('1', 1, exchange), unit('1', 2, exchange)), 'exchange_difference');
  expect(texts?.[0]).toContain(english);
  expect(texts?.[1]).toContain(chinese);
});

test('what is refunded and kept does not come back: carriage is given for the refund, and no fee for a return', () => {
  const order = { lines: [{ unitPrice: 500 }], shipments: [{ shippingAmount: 900 }] };
  const rules = { outboundShipping: 'seller_fault', fees: [fee('restocking', { rate: '0.10' })] } as const;
  const settlement = settle(order, rules, unit('1', 1, { reason: 'lost', fault: 'seller', keepsGoods: true }));
  expect(spoken(settlement, 'outbound_shipping')).toEqual([
    [
      'Shipment s1: 9.00 CNY was paid for outbound shipping; it is given back, because something the shipment carried is refunded, and the fault is the seller’s.',
      '包裹 s1：已付发货运费 9.00 CNY，全部退还，因为该包裹中有商品因商家责任退款。',
    ],
  ]);
  expect(spoken(settlement, 'restocking')).toEqual([
    [
      'Restocking: the policy keeps 10 % for every reason, but nothing is kept, because nothing comes back for such a reason.',
      '重新上架费：按规则，任何退货原因收取 10 %，此次未收取，因为以该原因退款的商品无需退回。',
    ],
  ]);
});
