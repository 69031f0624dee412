import { chinese } from './explanation-chinese';
import { english } from './explanation-english';
import { sentence } from './explanation';
import { percent, ranges } from './explanation-figures';
import { Returns, type Rules, sketchOrder, tax, unit } from './money-fixtures';
import type { Reason } from './reasons';
import type { Settlement, SettlementInput, UnitToSettle } from './settlement-types';

const mind = { reason: 'changed_mind' } as const;
const order = sketchOrder({
  lines: [
    { unitPrice: 1000, quantity: 3, taxRates: tax('0.20') },
    { unitPrice: 500, discountAmount: 50 },
  ],
  discounts: [{ amount: 299, couponCode: 'SAVE3' }],
  shipments: [{ shippingAmount: 1200, taxRates: tax('0.20') }],
  pointsEarned: 39,
  giftedCoupons: [{ code: 'GIFT5', value: 500 }],
});
const rules: Partial<Rules> = {
  outboundShipping: 'seller_fault_or_full',
  gradeDeductions: { A: '0', B: '0.10', C: '0.50', D: '1' },
  fees: [
    { kind: 'restocking', rate: '0.125', amount: null, reasons: ['changed_mind'] },
    { kind: 'return_shipping', rate: null, amount: 800, reasons: ['changed_mind', 'wrong_size'] },
    { kind: 'missing_parts', rate: '0.25', amount: null, reasons: [] },
  ],
};
const spoken = ({ explanation }: Settlement, ...only: string[]) =>
  explanation.filter(({ rule }) => only.length === 0 || only.includes(rule)).map(({ text }) => text);
const said = (more: Partial<Rules>, units: readonly UnitToSettle[], input: Partial<SettlementInput> = {}) =>
  new Returns(order, { ...rules, ...more }).settle(units, input);

test('a settlement tells everything it was made of, in order, with its figures', () => {
  const settlement = said({}, [unit('1', 1, { ...mind, grade: 'B', missingParts: false }), unit('1', 2, { ...mind, missingParts: false })]);
  expect(spoken(settlement)).toMatchSnapshot();
  expect(settlement.explanation.map(({ texts }) => texts?.['zh-CN'])).toMatchSnapshot();
});

test('the words are made of the entry alone, so that they can be made again in any language', () => {
  const { explanation } = said({}, [unit('1', 1), unit('2', 1, { ...mind, grade: 'D' })]);
  const stored = JSON.parse(JSON.stringify(explanation)) as typeof explanation;
  for (const { rule, inputs, amount, text, texts } of stored) {
    expect(sentence(english, { rule, inputs, amount } as unknown as Reason, 'CNY')).toBe(text);
    expect(sentence(chinese, { rule, inputs, amount } as unknown as Reason, 'CNY')).toBe(texts?.['zh-CN']);
  }
});

test('which discounts lie on a line, and where they come from', () => {
  expect(spoken(said({}, [unit('2', 1)]), 'unit_share')).toEqual([
    'Line 2, unit 1 of 1 (damaged): the goods cost 5.00 CNY less 0.89 CNY of discounts, so 4.11 CNY was paid for it. The line’s discounts, spread evenly over its units: its own of 0.50 CNY and d1 (coupon SAVE3) of 0.39 CNY.',
  ]);
});

test('why the fault decides', () => {
  expect(spoken(said({}, [unit('1', 1, { grade: 'D' })]), 'condition', 'outbound_shipping')).toEqual([
    'Shipment s1: 12.00 CNY was paid for outbound shipping; it is given back, 2.00 CNY of tax included, because something the shipment carried is refunded, and the fault is the seller’s.',
    'Condition, line 1: nothing is kept for unit 1 graded D (the fault is the seller’s), because grades lower a refund only when the customer is at fault.',
  ]);
  expect(spoken(said({}, [unit('1', 1, { ...mind, grade: 'C' })]), 'condition', 'outbound_shipping')).toEqual([
    'Shipment s1: 12.00 CNY was paid for outbound shipping; it is not given back, because the seller is at fault for nothing of what it carried that is refunded, and this settlement does not bring the last unit of the order back.',
    'Condition, line 1: 4.57 CNY is kept, because the customer is at fault: 50 % of 9.13 CNY for unit 1 graded C.',
  ]);
});

test.each<[string, Partial<Rules>, UnitToSettle, Partial<SettlementInput>, string]>([
  ['the reason is another', {}, unit('1', 1), {}, 'nothing is returned for such a reason'],
  ['nothing comes back', {}, unit('1', 1, { ...mind, keepsGoods: true }), {}, 'nothing comes back for such a reason'],
  ['the currency is another', {}, unit('1', 1, mind), { policyCurrency: 'USD' }, 'amounts of the policy are not in the order’s currency'],
  ['it was paid before', {}, unit('1', 1, mind), { feesTaken: ['return_shipping'] }, 'this return has paid it already'],
  ['nothing is left', {}, unit('1', 1, { ...mind, grade: 'D' }), {}, 'there was nothing to keep it of'],
])('why a fee is not taken: %s', (_why, more, one, input, because) => {
  const settlement = said(more, [one], input);
  const entry = settlement.explanation.find(({ rule }) => rule === 'return_shipping');
  expect(entry).toMatchObject({ amount: 0 });
  expect(entry?.text).toBe(
    `Return shipping: the policy keeps 8.00 CNY once a return for changed mind and wrong size, but nothing is kept, because ${because}.`,
  );
});

test('a fee that does not fit says what was left', () => {
  const [text] = spoken(said({ fees: [{ kind: 'return_shipping', rate: null, amount: 5000, reasons: [] }] }, [unit('2', 1, mind)]), 'return_shipping');
  expect(text).toBe(
    'Return shipping, line 2: the policy keeps 50.00 CNY once a return for every reason; 4.11 CNY is kept of the 4.11 CNY that the line still gave; of the whole fee only 4.11 CNY was left to keep.',
  );
});

test('what was given before, what is exchanged, what is only adjusted', () => {
  const returns = new Returns(order);
  const adjusted = returns.settle([unit('2', 1, { kind: 'adjustment', reason: 'price_dropped', adjustmentAmount: 100 })]);
  expect(spoken(adjusted, 'adjustment')).toEqual([
    'Line 2, unit 1 of 1 (price dropped): 1.00 CNY is given back while the goods stay with the customer; 4.11 CNY was left of what was paid for it.',
  ]);
  expect(spoken(returns.settle([unit('2', 1)]), 'rest_of_unit')).toEqual([
    'Line 2, unit 1 of 1 (damaged): 4.11 CNY was paid for it and 1.00 CNY of that was given back before, so 3.11 CNY is left to give.',
  ]);
  expect(
    spoken(said({}, [unit('1', 1, { kind: 'exchange', exchangePrice: 700 }), unit('1', 2, { kind: 'exchange', exchangePrice: 700 })]), 'exchange_difference'),
  ).toEqual([
    'Line 1, units 1–2 of 3 (damaged): exchanged for an article of 7.00 CNY each; 18.27 CNY was left of what was paid for them, and the difference of 4.27 CNY is given back, 0.71 CNY of tax included.',
  ]);
});

test.each([
  ['0', '0 %'],
  ['1', '100 %'],
  ['0.2', '20 %'],
  ['0.09975', '9.975 %'],
  ['0.005', '0.5 %'],
  ['12.5', '1250 %'],
  ['0.20', '20 %'],
])('a rate of %s is %s', (rate, words) => expect(percent(rate)).toBe(words));

test('units are told in ranges', () => expect(ranges([1, 2, 3, 5, 7, 8])).toEqual(['1–3', '5', '7–8']));
