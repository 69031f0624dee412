import * as fc from 'fast-check';
import { tenderKinds, type Order } from '../order';
import { feeKinds, grades, outboundShippingRules, tenderOrders } from '../policy/policy';
import { addSettlements } from './add-settlements';
import { allocate, allocateWithin } from './allocate';
import { sumRules } from './explanation';
import { Returns, type Rules, sketchOrder, sketchRules, tax, unit } from './money-fixtures';
import { orderProblem } from './order-problem';
import { freezeOrder, unitShares } from './order-shares';
import { balanceOf, postingsOfSettlement } from './postings';
import { settle } from './settle';
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
const total = (numbers: readonly number[]) => numbers.reduce((all, number) => all + number, 0);
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
      for (const [position, laid] of allocate(amount, weights).entries()) left[named[position] ?? 0] = (weights[position] ?? 0) - laid;
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
  const paid = total(weights) === 0 ? weights.map((_, index) => (index === 0 ? cost : 0)) : allocate(cost, weights);
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
/** `expect` costs more than a settlement; a property that runs a thousand times says what it wants in plainer words. */
function same(actual: unknown, wanted: unknown): void {
  if (!Object.is(actual, wanted) && JSON.stringify(actual) !== JSON.stringify(wanted))
    throw new Error(`${JSON.stringify(actual)} should be ${JSON.stringify(wanted)}`);
}
function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(`does not hold: ${what}`);
}
const check = <Values extends [unknown, ...unknown[]]>(property: fc.IProperty<Values>, numRuns: number) => fc.assert(property, { numRuns });

test('what was paid for units adds up to their line, lines and shipments to the order, and no share is off its ideal by more than one unit', () => {
  check(
    fc.property(orders, (order) => {
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
          holds(share.paidAmount >= 0, 'nothing was paid below zero');
          holds(Math.abs(share.discountAmount * line.quantity - line.discountAmount) <= line.quantity, 'a discount within one unit of its ideal');
          for (const [index, { taxAmount }] of share.taxes.entries()) {
            const ideal = BigInt(line.taxes[index]?.taxAmount ?? 0) * BigInt(share.goodsAmount - share.discountAmount);
            const off = BigInt(taxAmount) * BigInt(whole) - ideal;
            holds(off <= BigInt(whole) && off >= -BigInt(whole), 'a tax within one unit of its ideal');
          }
        }
      }
    }),
    2500,
  );
});

test('any sequence of returns of everything gives back exactly what was paid: in money, on every tender, in tax, in points', () => {
  const rules = fc.constantFrom('always', 'seller_fault', 'seller_fault_or_full', 'full_return' as const);
  check(
    fc.property(orders, seeds, rules, fc.constantFrom(...tenderOrders), (order, dealt, outboundShipping, tenderOrder) => {
      const frozen = freezeOrder(order);
      const returns = new Returns(order, { outboundShipping, tenderOrder });
      for (const hand of deal(order, dealt, () => ({}))) returns.settle(hand);
      same(returns.total, frozen.total);
      const sum = addSettlements(returns.settlements);
      same(sum?.total, frozen.total);
      for (const tender of order.tenders) same(sum?.tenders.find(({ tenderId }) => tenderId === tender.tenderId)?.amount ?? 0, tender.amount);
      for (const line of frozen.lines) {
        const given = sum?.lines.find(({ lineId }) => lineId === line.lineId);
        same([given?.taxAmount, given?.amount], [line.taxAmount, line.paidAmount]);
      }
      for (const shipment of frozen.shipments) {
        same(
          sum?.shipping.find(({ shipmentId }) => shipmentId === shipment.shipmentId),
          {
            shipmentId: shipment.shipmentId,
            amount: shipment.paidAmount,
            taxAmount: shipment.taxAmount,
          },
        );
      }
      same(total(sum?.taxes.map(({ taxAmount }) => taxAmount) ?? []), total(frozen.lines.map((line) => line.taxAmount)));
      same(sum?.points, { restored: order.pointsSpent, revoked: frozen.total === 0 ? 0 : order.pointsEarned });
      same(sum?.coupons, {
        restored: order.discounts.some(({ couponCode }) => couponCode !== null) ? ['SAVE'] : [],
        revoked: order.giftedCoupons.map(({ code }) => code),
      });
    }),
    1200,
  );
});

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
const fates = fc.array(
  fc.record({
    kind: fc.constantFrom('refund', 'refund', 'refund', 'exchange', 'adjustment', 'none' as const),
    reason: fc.constantFrom('changed_mind', 'damaged'),
    grade: fc.option(fc.constantFrom(...grades)),
    missingParts: fc.option(fc.boolean()),
    exchangePrice: fc.option(amounts),
    adjustmentAmount: fc.option(amounts),
  }),
  { minLength: 1, maxLength: 24 },
);

test('whatever the policy: a total is the sum of its parts, never below zero, never above what was paid, and every tender stays within its capture', () => {
  check(
    fc.property(orders, seeds, policies, fates, fc.boolean(), fc.boolean(), (order, dealt, rules, chosen, used, toCredit) => {
      const frozen = freezeOrder(order);
      const returns = new Returns(order, rules, {
        usedCoupons: used ? order.giftedCoupons.map(({ code }) => code) : [],
        refundTo: toCredit ? 'store_credit' : 'original',
      });
      const adjusted = deal(order, dealt, (index) => ({ ...chosen[index % chosen.length], kind: 'adjustment' })).slice(0, 1);
      for (const hand of [...adjusted, ...deal(order, dealt, (index) => chosen[index % chosen.length] ?? {})]) {
        const input = returns.input(hand);
        const settlement = returns.settle(hand);
        const parts = [...settlement.lines, ...settlement.shipping, ...settlement.fees, ...settlement.clawbacks].map(({ amount }) => amount);
        same(settlement.total, total(parts));
        holds(settlement.total >= 0, 'a total not below zero');
        same(total(settlement.tenders.map(({ amount }) => amount)), settlement.total);
        same(total(settlement.explanation.filter(({ rule }) => sumRules.has(rule)).map(({ amount }) => amount)), settlement.total);
        same(total(returns.units.map(({ refundAmount }) => refundAmount)), total([...settlement.lines, ...settlement.fees].map(({ amount }) => amount)));
        for (const line of settlement.lines) same(line.goodsAmount + line.discountAmount + (order.pricesIncludeTax ? 0 : line.taxAmount), line.amount);
        const postings = postingsOfSettlement(settlement);
        same(balanceOf('refunds_payable', postings), settlement.total);
        holds(
          postings.every(({ amount }) => amount > 0),
          'postings above zero',
        );
        same(JSON.stringify(settle(input)), JSON.stringify(settlement));
        same(
          [...parts, ...settlement.explanation.map(({ amount }) => amount)].some((amount) => Object.is(amount, -0)),
          false,
        );
      }
      holds(returns.total <= frozen.total, 'not more than was paid');
      holds(
        total(returns.settlements.flatMap(({ shipping }) => shipping.map(({ amount }) => amount))) <=
          total(frozen.shipments.map(({ paidAmount }) => paidAmount)),
        'not more shipping than was paid',
      );
      for (const { capturedAmount, pendingAmount } of returns.before.tenders) holds(pendingAmount <= capturedAmount, 'a tender within its capture');
      holds(returns.before.points.revoked <= order.pointsEarned, 'points revoked within those earned');
      holds(returns.before.points.restored <= order.pointsSpent, 'points restored within those spent');
    }),
    700,
  );
});

test('included and added tax give the customer the same total, line by line and rate by rate', () => {
  const lines = fc.array(
    fc.record({ quantity: fc.integer({ min: 1, max: 5 }), hundreds: fc.integer({ min: 0, max: 500 }), percent: fc.integer({ min: 0, max: 30 }) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  check(
    fc.property(lines, seeds, (sold, dealt) => {
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
        same(one.total, other.total);
        same(one.taxes, other.taxes);
        same(
          one.lines.map(({ amount, taxAmount }) => [amount, taxAmount]),
          other.lines.map(({ amount, taxAmount }) => [amount, taxAmount]),
        );
      }
    }),
    1000,
  );
});

test('a tax is R() of the amount after discounts at its rate', () => {
  check(
    fc.property(orders, (order) => {
      for (const line of freezeOrder(order).lines) {
        const amount = BigInt(line.goodsAmount - line.discountAmount);
        const all = line.taxes.reduce((sum, { rate }) => sum + worth(rate), 0n);
        for (const { rate, taxAmount } of line.taxes) {
          const below = order.pricesIncludeTax ? 100_000n + all : 100_000n;
          same(String(taxAmount), String((2n * amount * worth(rate) + below) / (2n * below)));
        }
      }
    }),
    2500,
  );
});

test('largest remainder spreads everything, each within one unit of its ideal, nothing to weight 0, ties to the earlier', () => {
  const weights = fc.array(amounts, { minLength: 1, maxLength: 12 }).filter((list) => total(list) > 0);
  check(
    fc.property(weights, amounts, (list, amount) => {
      const shares = allocate(amount, list);
      const whole = total(list);
      same(total(shares), amount);
      for (const [index, share] of shares.entries()) {
        const weight = list[index] ?? 0;
        const off = BigInt(share) * BigInt(whole) - BigInt(amount) * BigInt(weight);
        holds(off < BigInt(whole) && off > -BigInt(whole), 'a share within one unit of its ideal');
        if (weight === 0) same(share, 0);
        for (const [later, other] of shares.entries()) if (later > index && list[later] === weight) holds(share >= other, 'ties go to the earlier');
      }
    }),
    2500,
  );
});

test('with ceilings everything is still spread and nobody stands above theirs', () => {
  const list = fc.array(fc.record({ weight: fc.integer({ min: 1, max: 1000 }), room: fc.nat(500) }), { minLength: 1, maxLength: 10 });
  check(
    fc.property(list, permille, (entries, share) => {
      const room = entries.map((entry) => entry.room);
      const amount = part(total(room), share);
      const weights = entries.map(({ weight }) => weight);
      const shares = allocateWithin(amount, weights, room);
      same(total(shares), amount);
      for (const [index, given] of shares.entries()) holds(given <= (room[index] ?? 0), 'nobody above the ceiling');
    }),
    2500,
  );
});
