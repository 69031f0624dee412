import * as fc from 'fast-check';
import { tenderKinds, type Order } from '../order';
import { feeKinds, grades, outboundShippingRules, tenderOrders, type RefundRules } from '../policy/policy';
import { addSettlements } from './add-settlements';
import { spreadWithin } from './allocator';
import { largestRemainder } from './default-allocator';
import { Returns, type Rules, sketchOrder, sketchRules, tax, unit } from './money-fixtures';
import { orderProblem } from './order-problem';
import { freezeOrder, unitShares } from './order-shares';
import { type Act, checkSettlement, must, OrderStory, same, total } from './order-story-fixtures';
import { literal, pasteable } from './property-report-fixtures';
import type { UnitToSettle } from './settlement-types';

const rates = ['0', '0.05', '0.06', '0.09975', '0.10', '0.13', '0.19', '0.20', '0.255'];
const amounts = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 3000 }) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 50_000_000 }) });
const permille = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 999 }) },
  { weight: 1, arbitrary: fc.constant(1000) },
);
const taxRates = fc.subarray(rates, { maxLength: 3 }).map((chosen) => tax(...chosen));
const part = (amount: number, share: number) => Math.floor((amount * share) / 1000);
/** What each rate is worth, in hundred-thousandths. */
const worth = (rate: string) => BigInt(Math.round(Number(rate) * 100_000));

const sketches = fc.record({
  currency: fc.constantFrom('CNY', 'JPY', 'KWD'),
  pricesIncludeTax: fc.boolean(),
  lines: fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 6 }), unitPrice: amounts, own: permille, taxRates }), { minLength: 1, maxLength: 4 }),
  discounts: fc.array(
    fc.record({ target: fc.constantFrom('order', 'line', 'shipping' as const), share: permille, which: fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }) }),
    {
      maxLength: 3,
    },
  ),
  shipments: fc.array(fc.record({ shippingAmount: amounts, own: permille, taxRates, which: fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }) }), {
    maxLength: 3,
  }),
  tenders: fc.array(fc.record({ kind: fc.constantFrom(...tenderKinds), weight: fc.integer({ min: 0, max: 10 }) }), { minLength: 1, maxLength: 4 }),
  points: fc.integer({ min: 0, max: 5000 }),
  gifts: fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 2 }),
});

/** A sound order: discounts at every level are parts of what they may lie on, and the tenders pay exactly what it costs. */
const orders = sketches.map(({ lines: sketched, discounts: wanted, shipments: sent, tenders, points, gifts, ...plain }): Order => {
  const lines = sketched.map(({ own, ...line }, index) => ({ ...line, lineId: `${index + 1}`, discountAmount: part(line.unitPrice * line.quantity, own) }));
  const shipments = sent.map(({ own, which, ...shipment }) => ({
    ...shipment,
    discountAmount: part(shipment.shippingAmount, own),
    lineIds: [...new Set(which.map((index) => `${(index % lines.length) + 1}`))],
  }));
  const goodsLeft = lines.map((line) => line.unitPrice * line.quantity - line.discountAmount);
  const shippingLeft = shipments.map((shipment) => shipment.shippingAmount - shipment.discountAmount);
  const discounts = wanted
    .filter(({ target }) => target !== 'shipping' || shipments.length > 0)
    .toSorted((one, other) => Number(one.target === 'order') - Number(other.target === 'order'))
    .map(({ target, share, which }) => {
      const left = target === 'shipping' ? shippingLeft : goodsLeft;
      const named = target === 'order' ? [...left.keys()] : [...new Set(which.map((index) => index % left.length))].toSorted((one, other) => one - other);
      const weights = named.map((index) => left[index] ?? 0);
      const amount = part(total(weights), share);
      // Which line an order discount lies on does not matter here: only how much is left in all.
      for (const [position, laid] of largestRemainder.spread(amount, weights).entries()) left[named[position] ?? 0] = (weights[position] ?? 0) - laid;
      const ids = {
        lineIds: target === 'line' ? named.map((index) => `${index + 1}`) : [],
        shipmentIds: target === 'shipping' ? named.map((index) => `s${index + 1}`) : [],
      };
      return { target, amount, ...ids, couponCode: target === 'order' ? 'SAVE' : null };
    });
  const giftedCoupons = gifts.map((value, index) => ({ code: `GIFT${index}`, value }));
  const unpaid = sketchOrder({ ...plain, lines, shipments, discounts, giftedCoupons, pointsEarned: points });
  const cost = freezeOrder(unpaid).total;
  const weights = tenders.map(({ weight }) => weight);
  const paid = total(weights) === 0 ? weights.map((_, index) => (index === 0 ? cost : 0)) : largestRemainder.spread(cost, weights);
  const spent = tenders.some(({ kind }, index) => kind === 'points' && (paid[index] ?? 0) > 0) ? points : 0;
  return { ...sketchOrder({ ...unpaid, tenders: tenders.map(({ kind }, index) => ({ kind, amount: paid[index] ?? 0 })) }), pointsSpent: spent };
});

/** Every unit of the order, dealt into up to five returns. */
function deal(order: Order, seeds: readonly number[], more: (index: number) => Partial<UnitToSettle>): UnitToSettle[][] {
  const units = order.lines.flatMap((line) => Array.from({ length: line.quantity }, (_, index) => ({ lineId: line.lineId, number: index + 1 })));
  const hands: UnitToSettle[][] = [[], [], [], [], []];
  for (const [index, { lineId, number }] of units.entries()) hands[seeds[index % seeds.length] ?? 0]?.push(unit(lineId, number, more(index)));
  return hands.filter((hand) => hand.length > 0);
}
const seeds = fc.array(fc.nat(4), { minLength: 1, maxLength: 24 });
type Arbitraries<Values extends readonly unknown[]> = { readonly [Index in keyof Values]: fc.Arbitrary<Values[Index]> };
function attempt<Values extends readonly unknown[]>(name: string, numRuns: number, arbitraries: Arbitraries<Values>, holds: (...values: Values) => void): void {
  const tried = fc.property(fc.tuple(...arbitraries), (values) => holds(...(values as unknown as Values)));
  const reporter = (run: fc.RunDetails<[unknown[]]>) => {
    if (!run.failed) return;
    const [values = []] = run.counterexample ?? [];
    throw new Error(`${pasteable(name, holds.name, values)}\n\n${fc.defaultReportMessage(run) ?? ''}`, { cause: run.errorInstance });
  };
  fc.assert(tried as unknown as fc.IProperty<[unknown[]]>, { numRuns, reporter });
}
/** A property, tried with random values. What it finds is printed as a test to paste below it: `holds` is one of the functions here. */
function property<Values extends readonly unknown[]>(
  name: string,
  numRuns: number,
  arbitraries: Arbitraries<Values>,
  holds: (...values: Values) => void,
): void {
  test(name, () => attempt(name, numRuns, arbitraries, holds));
}

function sharesAddUp(order: Order): void {
  same(orderProblem(order), null);
  const frozen = freezeOrder(order);
  const laid = total(frozen.lines.map((line) => line.discountAmount));
  const given = [...order.lines, ...order.discounts.filter(({ target }) => target !== 'shipping').map(({ amount }) => ({ discountAmount: amount }))];
  same(laid, total(given.map(({ discountAmount }) => discountAmount)));
  same(total([...frozen.lines, ...frozen.shipments].map(({ paidAmount }) => paidAmount)), frozen.total);
  for (const line of frozen.lines) {
    const units = unitShares(line);
    same(total(units.map((share) => share.goodsAmount)), line.goodsAmount);
    same(total(units.map((share) => share.discountAmount)), line.discountAmount);
    same(total(units.map((share) => share.taxAmount)), line.taxAmount);
    same(total(units.map((share) => share.paidAmount)), line.paidAmount);
    const whole = line.goodsAmount - line.discountAmount;
    for (const share of units) {
      must(share.paidAmount >= 0, 'nothing was paid below zero');
      must(Math.abs(share.discountAmount * line.quantity - line.discountAmount) <= line.quantity, 'a discount within one unit of its ideal');
      for (const [index, { taxAmount }] of share.taxes.entries()) {
        const ideal = BigInt(line.taxes[index]?.taxAmount ?? 0) * BigInt(share.goodsAmount - share.discountAmount);
        const off = BigInt(taxAmount) * BigInt(whole) - ideal;
        must(off <= BigInt(whole) && off >= -BigInt(whole), 'a tax within one unit of its ideal');
      }
    }
  }
}
property(
  'what was paid for units adds up to their line, lines and shipments to the order, and no share is off its ideal by more than one unit',
  2500,
  [orders],
  sharesAddUp,
);

function everythingGoesBack(
  order: Order,
  dealt: readonly number[],
  outboundShipping: RefundRules['outboundShipping'],
  tenderOrder: RefundRules['tenderOrder'],
): void {
  const frozen = freezeOrder(order);
  const returns = new Returns(order, { outboundShipping, tenderOrder });
  for (const hand of deal(order, dealt, () => ({}))) returns.settle(hand);
  same(returns.total, frozen.total);
  const sum = addSettlements(returns.settlements);
  same(sum?.total, frozen.total);
  for (const tender of order.tenders) same(sum?.tenders.find(({ tenderId }) => tenderId === tender.tenderId)?.amount ?? 0, tender.amount);
  for (const line of frozen.lines) {
    const given = sum?.lines.find(({ lineId }) => lineId === line.lineId);
    same([given?.taxAmount, given?.amount, given?.units.length], [line.taxAmount, line.paidAmount, line.quantity]);
  }
  for (const { shipmentId, paidAmount, taxAmount } of frozen.shipments)
    same(
      sum?.shipping.find((row) => row.shipmentId === shipmentId),
      { shipmentId, amount: paidAmount, taxAmount },
    );
  same(total(sum?.taxes.map(({ taxAmount }) => taxAmount) ?? []), total(frozen.lines.map((line) => line.taxAmount)));
  same(sum?.points, { restored: order.pointsSpent, revoked: frozen.total === 0 ? 0 : order.pointsEarned });
  same(sum?.coupons, {
    restored: order.discounts.some(({ couponCode }) => couponCode !== null) ? ['SAVE'] : [],
    revoked: order.giftedCoupons.map(({ code }) => code),
  });
}
property(
  'any sequence of returns of everything gives back exactly what was paid: in money, on every tender, in tax, in points',
  800,
  [orders, seeds, fc.constantFrom('always', 'seller_fault', 'seller_fault_or_full', 'full_return'), fc.constantFrom(...tenderOrders)],
  everythingGoesBack,
);

const feeRules = fc.record({
  kind: fc.constantFrom(...feeKinds),
  rate: fc.option(fc.constantFrom('0.05', '0.10', '0.333', '1')),
  amount: amounts,
  reasons: fc.constantFrom([], ['changed_mind']),
});
const policies: fc.Arbitrary<Rules> = fc
  .record({
    outboundShipping: fc.constantFrom(...outboundShippingRules),
    tenderOrder: fc.constantFrom(...tenderOrders),
    fees: fc.array(
      feeRules.map(({ amount, ...fee }) => ({ ...fee, amount: fee.rate === null ? amount : null })),
      { maxLength: 4 },
    ),
    gradeDeductions: fc.constant({ A: '0', B: '0.10', C: '0.50', D: '1' }),
  })
  .map(sketchRules);
const fate = fc.record({
  kind: fc.constantFrom('refund', 'refund', 'refund', 'exchange', 'adjustment', 'none' as const),
  reason: fc.constantFrom('changed_mind', 'damaged'),
  fault: fc.constantFrom('customer', 'seller', 'carrier' as const),
  grade: fc.option(fc.constantFrom(...grades)),
  missingParts: fc.option(fc.boolean()),
  exchangePrice: fc.option(amounts),
  adjustmentAmount: fc.option(amounts),
  keepsGoods: fc.boolean(),
});
const fates = fc.array(fate, { minLength: 1, maxLength: 24 });
const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('return' as const),
      line: fc.nat(3),
      quantity: fc.integer({ min: 1, max: 4 }),
      more: fate,
      refundTo: fc.constantFrom('original', 'original', 'original', 'store_credit' as const),
    }),
  },
  fc.record({ act: fc.constant('reject' as const) }),
  { weight: 3, arbitrary: fc.record({ act: fc.constant('outcome' as const), refund: fc.nat(9), paid: fc.boolean() }) },
  fc.record({ act: fc.constant('redirect' as const), refund: fc.nat(9) }),
  fc.record({ act: fc.constant('elsewhere' as const), tender: fc.nat(3), permille }),
  fc.record({ act: fc.constant('chargeback' as const), tender: fc.nat(3), permille, status: fc.constantFrom('open', 'won', 'lost' as const) }),
  fc.record({ act: fc.constant('goodwill' as const), kind: fc.constantFrom('coupon', 'points', 'credit' as const), amount: fc.nat(5000) }),
);

function booksHold(order: Order, rules: Rules, giftsUsed: boolean, story: readonly Act[]): void {
  const told = new OrderStory(order, rules, giftsUsed ? order.giftedCoupons.map(({ code }) => code) : []);
  for (const act of story) told.play(act);
}
property(
  'returns, rejections, payments, redirects, goodwill, chargebacks and refunds elsewhere in any sequence: claims and ledger agree, nothing above paid, every explanation matches',
  600,
  [orders, policies, fc.boolean(), fc.array(acts, { minLength: 1, maxLength: 10 })],
  booksHold,
);

function capsHold(order: Order, dealt: readonly number[], rules: Rules, chosen: readonly Partial<UnitToSettle>[], used: boolean, toCredit: boolean): void {
  const frozen = freezeOrder(order);
  const returns = new Returns(order, rules, {
    usedCoupons: used ? order.giftedCoupons.map(({ code }) => code) : [],
    refundTo: toCredit ? 'store_credit' : 'original',
  });
  const adjusted = deal(order, dealt, (index) => ({ ...chosen[index % chosen.length], kind: 'adjustment' })).slice(0, 1);
  for (const hand of [...adjusted, ...deal(order, dealt, (index) => chosen[index % chosen.length] ?? {})]) {
    const input = returns.input(hand);
    checkSettlement(input, returns.settle(hand), returns.units);
  }
  must(returns.total <= frozen.total, 'not more than was paid');
  const shippingGiven = total(returns.settlements.flatMap(({ shipping }) => shipping.map(({ amount }) => amount)));
  must(shippingGiven <= total(frozen.shipments.map(({ paidAmount }) => paidAmount)), 'not more shipping than was paid');
  for (const { capturedAmount, pendingAmount } of returns.before.tenders) must(pendingAmount <= capturedAmount, 'a tender within its capture');
  must(returns.before.points.revoked <= order.pointsEarned, 'points revoked within those earned');
  must(returns.before.points.restored <= order.pointsSpent, 'points restored within those spent');
}
property(
  'whatever the policy: a total is the sum of its parts, never below zero, never above what was paid, and every tender stays within its capture',
  300,
  [orders, seeds, policies, fates, fc.boolean(), fc.boolean()],
  capsHold,
);

function feesOnlyLower(order: Order, dealt: readonly number[], rules: Rules, chosen: readonly Partial<UnitToSettle>[]): void {
  const [hand = []] = deal(order, dealt, (index) => ({ ...chosen[index % chosen.length], adjustmentAmount: null }));
  const of = (fees: Rules['fees'], gradeDeductions = rules.gradeDeductions) => new Returns(order, { ...rules, fees, gradeDeductions }).settle(hand).total;
  const totals = Array.from({ length: rules.fees.length + 1 }, (_, count) => of(rules.fees.slice(0, count)));
  for (const [index, one] of totals.entries()) must(one <= (totals[index - 1] ?? one), 'one fee more never gives more');
  const dearer = rules.fees.map((fee) => ({ ...fee, rate: fee.rate === null ? null : '1', amount: fee.amount === null ? null : fee.amount + 500 }));
  must(of(dearer) <= of(rules.fees), 'a dearer fee never gives more');
  must(
    of(rules.fees) <= of(rules.fees, { A: '0', B: '0', C: '0', D: '0' }) || rules.fees.some(({ amount }) => amount !== null),
    'a deduction never gives more',
  );
}
property('a fee more, or a dearer one, never gives the customer more', 200, [orders, seeds, policies, fates], feesOnlyLower);

function sequenceDoesNotMatter(order: Order, dealt: readonly number[], turned: number): void {
  const hands = deal(order, dealt, () => ({}));
  const other = [...hands.slice(turned % hands.length), ...hands.slice(0, turned % hands.length)].toReversed();
  const [one, two] = [hands, other].map((sequence) => {
    const returns = new Returns(order, { outboundShipping: 'full_return' });
    for (const hand of sequence) returns.settle(hand);
    const sum = addSettlements(returns.settlements);
    const sorted = (rows: readonly unknown[] = []) => rows.map((row) => JSON.stringify(row)).toSorted();
    return [sum?.total, sorted(sum?.lines), sorted(sum?.tenders), sum?.shipping, sum?.points, sum?.coupons];
  });
  same(one, two);
}
property('in which sequence everything comes back makes no difference in the end', 250, [orders, seeds, fc.nat(4)], sequenceDoesNotMatter);

function taxesGiveTheSame(sold: readonly { readonly quantity: number; readonly hundreds: number; readonly percent: number }[], dealt: readonly number[]): void {
  const of = (pricesIncludeTax: boolean) =>
    sketchOrder({
      pricesIncludeTax,
      lines: sold.map(({ quantity, hundreds, percent }) => ({
        quantity,
        unitPrice: hundreds * (pricesIncludeTax ? 100 + percent : 100),
        taxRates: tax(`0.${percent.toString().padStart(2, '0')}`),
      })),
    });
  const [included, added] = [new Returns(of(true)), new Returns(of(false))];
  for (const hand of deal(included.order, dealt, () => ({}))) {
    const [one, other] = [included.settle(hand), added.settle(hand)];
    same([one.total, one.taxes], [other.total, other.taxes]);
    same(...([one, other].map(({ lines }) => lines.map(({ amount, taxAmount }) => [amount, taxAmount])) as [unknown, unknown]));
  }
}
property(
  'included and added tax give the customer the same total, line by line and rate by rate',
  500,
  [
    fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 5 }), hundreds: fc.integer({ min: 0, max: 500 }), percent: fc.integer({ min: 0, max: 30 }) }), {
      minLength: 1,
      maxLength: 4,
    }),
    seeds,
  ],
  taxesGiveTheSame,
);

function taxIsRounded(order: Order): void {
  for (const line of freezeOrder(order).lines) {
    const amount = BigInt(line.goodsAmount - line.discountAmount);
    const all = line.taxes.reduce((sum, { rate }) => sum + worth(rate), 0n);
    for (const { rate, taxAmount } of line.taxes) {
      const below = order.pricesIncludeTax ? 100_000n + all : 100_000n;
      same(String(taxAmount), String((2n * amount * worth(rate) + below) / (2n * below)));
    }
  }
}
property('a tax is R() of the amount after discounts at its rate', 2500, [orders], taxIsRounded);

function spreadsEverything(weights: readonly number[], amount: number): void {
  const shares = largestRemainder.spread(amount, weights);
  const whole = total(weights);
  same(total(shares), amount);
  for (const [index, share] of shares.entries()) {
    const weight = weights[index] ?? 0;
    const off = BigInt(share) * BigInt(whole) - BigInt(amount) * BigInt(weight);
    must(off < BigInt(whole) && off > -BigInt(whole), 'a share within one unit of its ideal');
    if (weight === 0) same(share, 0);
    for (const [later, other] of shares.entries()) if (later > index && weights[later] === weight) must(share >= other, 'ties go to the earlier');
  }
}
property(
  'largest remainder spreads everything, each within one unit of its ideal, nothing to weight 0, ties to the earlier',
  2500,
  [fc.array(amounts, { minLength: 1, maxLength: 12 }).filter((list) => total(list) > 0), amounts],
  spreadsEverything,
);

function ceilingsHold(entries: readonly { readonly weight: number; readonly room: number }[], share: number): void {
  const room = entries.map((entry) => entry.room);
  const amount = part(total(room), share);
  const weights = entries.map(({ weight }) => weight);
  const shares = spreadWithin(largestRemainder, amount, weights, room);
  same(total(shares), amount);
  for (const [index, given] of shares.entries()) must(given <= (room[index] ?? 0), 'nobody above the ceiling');
}
property(
  'with ceilings everything is still spread and nobody stands above theirs',
  2500,
  [fc.array(fc.record({ weight: fc.integer({ min: 1, max: 1000 }), room: fc.nat(500) }), { minLength: 1, maxLength: 10 }), permille],
  ceilingsHold,
);

test('what a property finds is printed as a test to paste', () => {
  function isSmall(amount: number, { name }: { readonly name: string }): void {
    must(amount < 10, `${name} is small`);
  }
  const find = () => attempt('an amount is small', 100, [fc.nat(), fc.constant({ name: 'it\'s "one"' })], isSmall);
  expect(find).toThrow(`test('an amount is small: a case that was found', () => {\n  isSmall(\n    10,\n    { name: 'it\\'s "one"' },\n  );\n});`);
  expect(literal({ 'a-b': [undefined, null, -0, 1n], empty: {} })).toBe(`{ 'a-b': [undefined, null, -0, 1n], empty: {} }`);
});
