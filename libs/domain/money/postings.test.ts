import { addSettlements } from './add-settlements';
import { formatAmount } from './format-amount';
import { Returns, sketchOrder, tax, unit } from './money-fixtures';
import {
  balanceOf,
  postingsOfAdvance,
  postingsOfAdvanceRecovery,
  postingsOfAdvanceSettled,
  postingsOfCompensation,
  postingsOfRefund,
  postingsOfSettlement,
  reversed,
} from './postings';

const sketch = { lines: [{ unitPrice: 1200, quantity: 2, taxRates: tax('0.20') }], shipments: [{ shippingAmount: 1100, taxRates: tax('0.10') }] };
const restocking = { kind: 'restocking', rate: '0.10', amount: null, reasons: [] } as const;
const returnsOf = () =>
  new Returns(sketchOrder({ ...sketch, giftedCoupons: [{ code: 'G1', value: 100 }] }), { outboundShipping: 'always', fees: [restocking] });
const rows = (postings: ReturnType<typeof postingsOfRefund>) => postings.map(({ from, to, amount }) => [from, to, amount]);

test('a settlement owes its total: goods without tax, tax, shipping, less fees without theirs, less used gifts', () => {
  const settlement = returnsOf().settle([unit('1', 1), unit('1', 2)], { usedCoupons: ['G1'] });
  const postings = postingsOfSettlement(settlement);
  expect(rows(postings)).toEqual([
    ['sales_returns', 'refunds_payable', 2000],
    ['tax_payable', 'refunds_payable', 460],
    ['shipping_income', 'refunds_payable', 1000],
    ['refunds_payable', 'fee_income', 200],
    ['refunds_payable', 'goodwill', 100],
  ]);
  expect(balanceOf('refunds_payable', postings)).toBe(settlement.total);
});

test('a settlement of nothing is no posting', () => {
  expect(postingsOfSettlement(returnsOf().settle([unit('1', 1, { kind: 'none' })]))).toEqual([]);
});

test.each([
  ['card', 'provider_clearing'],
  ['gift_card', 'provider_clearing'],
  ['cash', 'provider_clearing'],
  ['store_credit', 'store_credit'],
  ['points', 'points_liability'],
] as const)('a refund to %s is paid from %s', (kind, account) => {
  const postings = postingsOfRefund({ amount: 500, currency: 'CNY', kind });
  expect(rows(postings)).toEqual([['refunds_payable', account, 500]]);
  expect(rows([...postings, ...reversed(postings)])).toEqual([
    ['refunds_payable', account, 500],
    [account, 'refunds_payable', 500],
  ]);
});

test('an advance is closed by its settlement, and what stays open by the policy', () => {
  const settlement = returnsOf().settle([unit('1', 1)]);
  const amount = settlement.total + 50;
  const paid = [...postingsOfAdvance({ amount, currency: 'CNY' }), ...postingsOfRefund({ amount, currency: 'CNY', kind: 'card' })];
  const advance = [...paid, ...postingsOfSettlement(settlement), ...postingsOfAdvanceSettled({ amount: settlement.total, currency: 'CNY' })];
  expect(balanceOf('refunds_payable', advance)).toBe(0);
  expect(balanceOf('customer_receivable', advance)).toBe(-50);
  const recovered = (recovery: 'write_off' | 'store_credit' | 'invoice') =>
    balanceOf('customer_receivable', [...advance, ...postingsOfAdvanceRecovery({ amount: 50, currency: 'CNY', recovery })]);
  expect([recovered('write_off'), recovered('store_credit'), recovered('invoice')]).toEqual([0, 0, -50]);
});

test.each([
  ['coupon', 'coupon_liability'],
  ['points', 'points_liability'],
  ['credit', 'store_credit'],
] as const)('a compensation in %s is goodwill owed as %s, and its undo takes it back', (kind, account) => {
  const postings = postingsOfCompensation({ kind, amount: 1000, currency: 'CNY' });
  expect(rows(postings)).toEqual([['goodwill', account, 1000]]);
  expect(balanceOf(account, [...postings, ...reversed(postings)])).toBe(0);
});

test('the settlement of a return is the sum of its settlements, row by row', () => {
  const returns = returnsOf();
  expect(addSettlements([])).toBeNull();
  const first = returns.settle([unit('1', 2)]);
  expect(addSettlements([first])).toEqual(first);
  const second = returns.settle([unit('1', 1)], { usedCoupons: ['G1'] });
  const sum = addSettlements([first, second]);
  expect(sum).toMatchObject({
    total: first.total + second.total,
    lines: [{ lineId: '1', units: [1, 2], goodsAmount: 2400, taxAmount: 400, amount: 2400 }],
    shipping: [{ shipmentId: 's1', amount: 1100, taxAmount: 100 }],
    fees: [{ kind: 'restocking', lineId: '1', amount: -240 }],
    clawbacks: [{ code: 'G1', amount: -100 }],
    taxes: [{ netAmount: 1800, taxAmount: 360 }],
    tenders: [{ tenderId: 't1', amount: first.total + second.total }],
  });
  const told = sum?.explanation.map(({ text }) => text) ?? [];
  expect(told).toHaveLength(first.explanation.length + second.explanation.length + 3);
  expect(told[0]).toBe(`Instalment 1 of 2, which comes to ${formatAmount(first.total, 'CNY')}:`);
  expect(told.at(-1)).toBe(`The 2 instalments together come to ${formatAmount(first.total + second.total, 'CNY')}.`);
  expect(sum?.explanation.at(-1)?.texts).toEqual({ 'zh-CN': `2 期合计 ${formatAmount(first.total + second.total, 'CNY')}。` });
});
