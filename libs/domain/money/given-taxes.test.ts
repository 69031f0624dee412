import * as fc from 'fast-check';
import { Returns, sketchOrder, tax, unit } from './money-fixtures';
import { must, same, total } from './order-story-fixtures';
import { freezeOrder } from './order-shares';
import { insideAtRate, parseRate, sumOfRates } from './rational';
import { settleWith } from './settle';
import { currentRules } from './rule-versions';
import type { Settlement, UnitToSettle } from './settlement-types';

const line = (quantity: number, unitPrice: number, ...rates: string[]) =>
  new Returns(sketchOrder({ lines: [{ unitPrice, quantity, taxRates: tax(...(rates.length > 0 ? rates : ['0.20'])) }] }));
/** The first `count` units of line 1; an adjustment's amount is the line's, said once. */
const units = (count: number, { adjustmentAmount = null, ...more }: Partial<UnitToSettle>) =>
  Array.from({ length: count }, (_, index) => unit('1', index + 1, { ...more, adjustmentAmount: index === 0 ? adjustmentAmount : null }));
const adjusted = (count: number, adjustmentAmount: number) => units(count, { kind: 'adjustment', reason: 'price_dropped', adjustmentAmount });
const taxOf = ({ taxes }: Settlement) => total(taxes.map(({ taxAmount }) => taxAmount));

describe('the tax of what a line gives in part is rounded once for the line, however many units it has', () => {
  test.each([
    [30, 408, 150, 25],
    [30, 408, 60, 10],
    [10, 999, 500, 83],
    [999, 408, 999, 167],
    [3, 1000, 100, 17],
  ])('%i pieces of %i, adjusted by %i: %i of tax, and the rest of it when they come back', (quantity, unitPrice, amount, taxAmount) => {
    const returns = line(quantity, unitPrice);
    const settlement = returns.settle(adjusted(quantity, amount));
    expect(settlement.taxes).toEqual([{ name: 'VAT', rate: '0.20', netAmount: amount - taxAmount, taxAmount }]);
    expect(settlement.lines[0]?.taxAmount).toBe(taxAmount);
    const rest = returns.settle(returns.next('1', quantity));
    expect(taxAmount + taxOf(rest)).toBe(freezeOrder(returns.order).lines[0]?.taxAmount);
  });
  test('exchanged for a cheaper article', () => {
    expect(taxOf(line(10, 999).settle(units(10, { kind: 'exchange', reason: 'wrong_size', exchangePrice: 949 })))).toBe(83);
  });
  test('rate by rate', () => {
    const { taxes } = line(30, 408, '0.05', '0.09975').settle(adjusted(30, 150));
    expect(taxes.map(({ taxAmount }) => taxAmount)).toEqual([7, 13]); // 150 × 0.05 ÷ 1.14975 = 6.5, 150 × 0.09975 ÷ 1.14975 = 13.01
  });
});

test('units that are given as a whole give their own tax; those in part carry what the line comes to', () => {
  const returns = line(3, 1000);
  const settlement = returns.settle([unit('1', 1), unit('1', 2, { kind: 'exchange', exchangePrice: 700 }), unit('1', 3, { kind: 'exchange' })]);
  expect([settlement.lines[0]?.amount, taxOf(settlement)]).toEqual([1300, 217]);
});

test('an amount that nobody can ask for later takes its tax with it: never is more tax left of a unit than money', () => {
  const returns = line(1, 12);
  const taxes = Array.from({ length: 12 }, () => taxOf(returns.settle(adjusted(1, 1))));
  expect(taxes).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
});

test('what was given before tax was kept beside it counts in proportion', () => {
  const returns = line(30, 408);
  returns.settle(adjusted(30, 150));
  const before = { ...returns.before, givenAmounts: returns.before.givenAmounts.map(({ lineId, unit: number, amount }) => ({ lineId, unit: number, amount })) };
  const whole = 30 * 68;
  expect(taxOf(returns.settle(returns.next('1', 30), { before }))).toBe(whole - 30);
});

test('version 1 of the rule goes on giving what it gave', () => {
  const returns = line(30, 408);
  const { settlement, units: settled } = settleWith({ ...currentRules, units: 1 }, returns.input(adjusted(30, 150)));
  expect([taxOf(settlement), settled.some((one) => 'taxes' in one)]).toEqual([30, false]);
});

const step = fc.record({ kind: fc.constantFrom('adjustment', 'exchange', 'refund' as const), quantity: fc.integer({ min: 1, max: 9 }), share: fc.nat(1000) });
const sold = fc.record({
  quantity: fc.integer({ min: 1, max: 9 }),
  unitPrice: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 90_000 })),
  discountAmount: fc.nat(30),
  taxRates: fc.subarray(['0.05', '0.09975', '0.20', '0.255', '1'], { minLength: 1, maxLength: 3 }).map((rates) => tax(...rates)),
});
test('in whatever parts a line is given: R() of each, as far as its units can give it, and together exactly the tax that was paid', () => {
  const given = fc.property(sold, fc.boolean(), fc.array(step, { maxLength: 6 }), ({ discountAmount, ...rest }, pricesIncludeTax, steps) => {
    const price = rest.quantity * rest.unitPrice;
    const order = sketchOrder({ pricesIncludeTax, lines: [{ ...rest, discountAmount: Math.min(discountAmount, price) }] });
    const returns = new Returns(order);
    const [frozen] = freezeOrder(order).lines;
    const all = sumOfRates(rest.taxRates.map(({ rate }) => parseRate(rate)));
    let taxAmount = 0;
    const settle = (some: readonly UnitToSettle[]) => {
      const settlement = returns.settle(some);
      const amount = total(settlement.lines.map((one) => one.amount));
      taxAmount += taxOf(settlement);
      for (const one of settlement.taxes) must(one.taxAmount >= 0 && one.netAmount >= (rest.taxRates.length > 1 ? -2 : 0), 'nothing is below zero');
      if (!some.every(({ kind }) => kind === 'adjustment') || amount === 0) return;
      const left = returns.units.some((one) => one.amount > 0 && (one.taxes ?? []).length === 0);
      must(!left, 'what a unit gives in part keeps its tax');
      for (const { rate, taxAmount: found } of settlement.taxes)
        must(Math.abs(found - insideAtRate(amount, parseRate(rate), all)) <= some.length + 1, `${found} of tax at ${rate} in ${amount}`);
    };
    let exchanged = false;
    for (const { kind, quantity, share } of steps) {
      const some = returns.next('1', quantity, { kind });
      exchanged ||= kind === 'exchange' && some.length > 0;
      const adjustmentAmount = Math.floor((price * share) / 2000);
      if (some.length > 0) settle(some.map((one, index) => ({ ...one, ...(kind === 'adjustment' && index === 0 && { adjustmentAmount }), exchangePrice: 1 })));
    }
    const last = returns.next('1', rest.quantity);
    if (last.length > 0) settle(last);
    if (exchanged) must(taxAmount <= (frozen?.taxAmount ?? 0), 'never more than was paid');
    else same(taxAmount, frozen?.taxAmount, 'all of its tax');
  });
  fc.assert(given, { numRuns: 500 });
});
