import type { Fault, FeeRule, Grade } from '../policy/policy';
import { comesBack, feeNames } from './default-fees';
import { chinese } from './explanation-chinese';
import { english } from './explanation-english';
import type { Explainer, Findings } from './findings';
import { formatAmount } from './format-amount';
import { type GivenLine, type GivenUnit, unitKey } from './given-units';
import { groupBy } from './group-by';
import { type FrozenLine, priceWithTax } from './order-shares';
import { carries } from './outbound-shipping';
import { negative, parseRate, sum } from './rational';
import type { NoFee, Reason, Reasons, Rule, Wording } from './reasons';
import type { Explanation, UnitToSettle } from './settlement-types';
import { storeCreditTender } from './tenders';

/** One entry per rule that was applied, and per fee that was not, in the order of application; each with its sentence. */
export const explain3: Explainer = (findings) => explain(findings, 3);
/** Version 2 took whatever is refunded for what comes back, and whatever comes to nothing for nothing that is left. */
export const explain2: Explainer = (findings) => explain(findings, 2);

const explain = (findings: Findings, version: Version) => reasonsOf(findings, version).map((reason) => inWords(reason, findings.order.currency));
/** Of what an entry tells. How it is said follows from that alone. */
type Version = 2 | 3;

export function inWords(reason: Reason, currency: string): Explanation {
  const { rule, inputs, amount } = reason;
  return {
    rule,
    inputs: inputs as unknown as Readonly<Record<string, unknown>>,
    amount,
    text: sentence(english, reason, currency),
    texts: { 'zh-CN': sentence(chinese, reason, currency) },
  };
}

/** An entry in words of a language. */
export function sentence<R extends Rule>(wording: Wording, { rule, inputs, amount }: Reason<R>, currency: string): string {
  const say = wording[rule] as (of: Reasons[R], amount: number, money: (of: number) => string) => string;
  return say(inputs as Reasons[R], amount, (of) => formatAmount(of, currency));
}

/** Earned points and coupons wait for the settlement: an advance moves money, and the points that paid like money. */
const waits: ReadonlySet<Rule> = new Set<Rule>(['points_revoked', 'coupon_revoked', 'coupon_restored']);

function reasonsOf(findings: Findings, version: Version): Reason[] {
  const reasons = allReasons(findings, version);
  return findings.input.purpose === 'advance' ? reasons.filter(({ rule }) => !waits.has(rule)) : reasons;
}

function allReasons(findings: Findings, version: Version): Reason[] {
  const partly = new Set(findings.input.before.givenAmounts.map(unitKey));
  return [
    ...findings.lines.flatMap((line) => lineReasons(line, partly, version)),
    ...shippingReasons(findings, version),
    ...findings.lines.flatMap((line) => conditionReasons(line, findings)),
    ...feeReasons(findings, version),
    ...couponReasons(findings),
    ...findings.taxes.map((tax) => taxReason(tax, version)),
    totalReason(findings),
    ...advanceReasons(findings),
    ...tenderReasons(findings),
    ...pointReasons(findings),
  ];
}

const lineRules = { refund: 'unit_share', exchange: 'exchange_difference', adjustment: 'adjustment', none: 'nothing_owed' } as const;

function lineReasons({ line, units }: GivenLine, partly: ReadonlySet<string>, version: Version): Reason[] {
  const ruleOf = ({ unit }: GivenUnit) => (unit.kind === 'refund' && partly.has(unitKey(unit)) ? 'rest_of_unit' : lineRules[unit.kind]);
  return [...groupBy(units, ruleOf)].map(([rule, group]): Reason => {
    const { lineId, quantity } = line;
    const reason = group[0]?.unit.reason ?? '';
    const numbers = group.map(({ unit }) => unit.unit);
    const taxAmount = sum(group.flatMap((given) => given.taxes));
    const amount = sum(group.map((given) => given.amount));
    const paidAmount = sum(group.map((given) => given.paidAmount));
    const leftAmount = paidAmount - sum(group.map((given) => given.givenBefore));
    const of = { lineId, units: numbers, quantity, reason, taxAmount };
    switch (rule) {
      case 'unit_share':
        return { rule, inputs: boughtUnits(line, group, of), amount };
      case 'rest_of_unit':
        return { rule, inputs: { ...of, paidAmount, givenBefore: paidAmount - leftAmount }, amount };
      case 'adjustment':
        return { rule, inputs: { ...of, leftAmount, askedAmount: sum(group.map(({ unit }) => unit.adjustmentAmount ?? 0)) }, amount };
      case 'exchange_difference':
        return { rule, inputs: { ...of, leftAmount, ...exchangedFor(line, group, version) }, amount };
      default:
        return { rule, inputs: of, amount };
    }
  });
}

/** Field by field: most settlements are made of these, and a spread of so many fields costs more than all of their arithmetic. */
function boughtUnits(line: FrozenLine, group: readonly GivenUnit[], of: Reasons['nothing_owed']): Reasons['unit_share'] {
  return {
    lineId: of.lineId,
    units: of.units,
    quantity: of.quantity,
    reason: of.reason,
    taxAmount: of.taxAmount,
    unitPrice: line.unitPrice,
    pricesIncludeTax: line.pricesIncludeTax,
    linePaidAmount: line.paidAmount,
    goodsAmount: sum(group.map((given) => given.goodsAmount)),
    discountAmount: negative(sum(group.map((given) => given.discountAmount))),
    discounts: line.discounts,
    taxes: line.taxes.map(({ name, rate }) => ({ name, rate })),
  };
}

function exchangedFor(
  line: FrozenLine,
  group: readonly GivenUnit[],
  version: Version,
): Pick<Reasons['exchange_difference'], 'exchangePrices' | 'exchangeTaxAmounts'> {
  const exchangePrices = group.map(({ unit }) => unit.exchangePrice);
  if (version === 2 || line.pricesIncludeTax || line.taxes.length === 0) return { exchangePrices };
  return { exchangePrices, exchangeTaxAmounts: exchangePrices.map((price) => (price === null ? null : priceWithTax(price, line.taxes, false) - price)) };
}

function taxReason({ name, rate, netAmount, taxAmount }: Findings['taxes'][number], version: Version): Reason {
  const beyond = version !== 2 && netAmount <= 0 && taxAmount <= 0 && (netAmount < 0 || taxAmount < 0);
  return { rule: 'tax', inputs: { name, rate, netAmount, ...(beyond && { beyond }) }, amount: taxAmount };
}

function shippingReasons({ shipping, order, input, standing }: Findings, version: Version): Reason[] {
  return order.shipments.flatMap((shipment, index): Reason[] => {
    const given = shipping[index];
    if (given === undefined || shipment.paidAmount === 0) return [];
    const returned = input.units.filter((unit) => unit.kind === 'refund' && carries(shipment, unit.lineId));
    const inputs = {
      shipmentId: shipment.shipmentId,
      outboundShipping: input.rules.outboundShipping,
      paidAmount: shipment.paidAmount,
      balanceAmount: given.balance,
      taxAmount: given.taxAmount,
      [version === 2 ? 'returned' : 'refunded']: returned.length > 0,
      sellerFault: returned.some((unit) => unit.fault === 'seller'),
      fullReturn: standing.fullReturn,
    };
    return [{ rule: 'outbound_shipping', inputs, amount: given.amount }];
  });
}

/** What grades took, and where they took nothing because the fault was not the customer's. */
function conditionReasons({ line, units }: GivenLine, { input, fees }: Findings): Reason[] {
  const taken = fees.find((fee) => fee.kind === 'condition' && fee.lineId === line.lineId);
  const graded = units.filter(({ unit }) => comesBack(unit) && unit.grade !== null && parseRate(input.rules.gradeDeductions[unit.grade]).numerator > 0n);
  const deductions = (of: readonly GivenUnit[]) =>
    [...groupBy(of, ({ unit }) => JSON.stringify([unit.grade, unit.fault]))].map(([key, group]) => {
      const [grade, fault] = JSON.parse(key) as [Grade, Fault];
      const baseAmount = sum(group.map((given) => given.amount));
      return { units: group.map(({ unit }) => unit.unit), grade, rate: input.rules.gradeDeductions[grade], fault, baseAmount };
    });
  const [by, spared] = [graded.filter(({ unit }) => unit.fault === 'customer'), graded.filter(({ unit }) => unit.fault !== 'customer')];
  const of = { lineId: line.lineId, quantity: line.quantity };
  return [
    ...(taken === undefined ? [] : [{ rule: 'condition' as const, inputs: { ...of, deductions: deductions(by) }, amount: taken.amount }]),
    ...(spared.length === 0 ? [] : [{ rule: 'condition' as const, inputs: { ...of, deductions: deductions(spared) }, amount: 0 }]),
  ];
}

/** In the order in which they were taken; a fee of the policy that took nothing says why. */
function feeReasons(findings: Findings, version: Version): Reason[] {
  const { fees, input } = findings;
  return (['missing_parts', 'restocking', 'return_shipping'] as const).flatMap((kind) =>
    input.rules.fees
      .filter((policyFee) => policyFee.kind === kind)
      .flatMap((policyFee): Reason[] => {
        const { rate, amount: feeAmount, reasons } = policyFee;
        const taken = fees.filter((fee) => fee.by === policyFee);
        const takenAmount = negative(sum(taken.map((fee) => fee.amount)));
        if (taken.length === 0) {
          const because = whyNoFee(policyFee, findings, version);
          return because === null ? [] : [{ rule: kind, inputs: { rate, feeAmount, reasons, because }, amount: 0 }];
        }
        return taken.map(({ lineId, base, amount }) => {
          const beyond = version !== 2 && -amount > Math.max(0, base) && { beyondAmount: -amount - Math.max(0, base) };
          return { rule: kind, inputs: { rate, feeAmount, reasons, lineId, baseAmount: base, takenAmount, ...beyond }, amount };
        });
      }),
  );
}

/** Null where nothing at all is returned: nobody asks about fees then. */
function whyNoFee(fee: FeeRule, findings: Findings, version: Version): NoFee | null {
  const because = whyNoFee2(fee, findings);
  if (version === 2) return because;
  if (because === 'goods_stay') return 'nothing_back';
  if (because !== 'nothing_left') return because;
  if (fee.amount === 0 || (fee.rate !== null && parseRate(fee.rate).numerator === 0n)) return 'zero_fee';
  return findings.tooSmall.has(fee) ? 'rounds_to_nothing' : 'nothing_left';
}

function whyNoFee2(fee: FeeRule, { input, fees }: Findings): NoFee | null {
  const given = input.units.filter((unit) => unit.kind === 'refund' || unit.kind === 'exchange');
  const named = (unit: UnitToSettle) => fee.reasons.length === 0 || fee.reasons.includes(unit.reason);
  if (given.length === 0) return null;
  if (!given.some(named)) return 'other_reason';
  if (!given.some((unit) => named(unit) && comesBack(unit))) return 'goods_stay';
  if (!given.some((unit) => comesBack(unit) && feeNames(fee, unit))) return 'all_parts_there';
  if (fee.amount === null) return 'nothing_left';
  if (input.order.currency !== input.policyCurrency) return 'other_currency';
  return input.feesTaken.includes(fee.kind) || fees.some((other) => other.kind === fee.kind && other.by?.amount != null) ? 'taken_before' : 'nothing_left';
}

function couponReasons({ coupons, input, standing }: Findings): Reason[] {
  const used = new Set(input.usedCoupons);
  return [
    ...coupons.clawbacks.flatMap(({ code, amount }, index): Reason[] => {
      const value = input.order.giftedCoupons[index]?.value ?? 0;
      return used.has(code) || !standing.unwound ? [{ rule: 'gifted_coupon', inputs: { code, value, unwound: standing.unwound }, amount }] : [];
    }),
    ...coupons.revoked.map((code): Reason => ({ rule: 'coupon_revoked', inputs: { code }, amount: 0 })),
    ...coupons.restored.map((code): Reason => ({ rule: 'coupon_restored', inputs: { code }, amount: 0 })),
  ];
}

function totalReason({ lines, shipping, fees, coupons, total }: Findings): Reason {
  const inputs = {
    linesAmount: sum(lines.flatMap((line) => line.units.map((given) => given.amount))),
    shippingAmount: sum(shipping.map((row) => row.amount)),
    feesAmount: sum(fees.map((fee) => fee.amount)),
    clawbacksAmount: sum(coupons.clawbacks.map((clawback) => clawback.amount)),
  };
  return { rule: 'total', inputs, amount: total };
}

function advanceReasons({ advanced, total, input }: Findings): Reason[] {
  if (input.purpose === 'advance') return [{ rule: 'advance', inputs: { advanceId: null }, amount: total }];
  return advanced.flatMap(({ advanceId, tenders }) =>
    tenders.map(({ tenderId, kind, amount }): Reason => ({ rule: 'advance', inputs: { advanceId, tenderId, kind }, amount })),
  );
}

function tenderReasons({ tenders, input }: Findings): Reason[] {
  const { refundTo, rules, before } = input;
  return tenders.map(({ tenderId, kind, amount }): Reason => {
    const money = tenderId === storeCreditTender.tenderId ? undefined : before.tenders.find((tender) => tender.tenderId === tenderId);
    const returnedBefore = (money?.refundedAmount ?? 0) + (money?.pendingAmount ?? 0);
    const inputs = { tenderId, kind, tenderOrder: rules.tenderOrder, refundTo, capturedAmount: money?.capturedAmount ?? 0, returnedBefore };
    return { rule: 'tender', inputs, amount };
  });
}

function pointReasons({ points, order, input }: Findings): Reason[] {
  const { pointsEarned, pointsSpent, tenders } = input.order;
  const { refundedAmount, toPointsAmount } = points;
  const spentAmount = sum(tenders.filter(({ kind }) => kind === 'points').map(({ amount }) => amount));
  const revoked = { pointsEarned, refundedAmount, paidAmount: order.total, revokedBefore: input.before.points.revoked };
  const restored = { pointsSpent, toPointsAmount, spentAmount, restoredBefore: input.before.points.restored };
  return [
    ...(pointsEarned > 0 ? [{ rule: 'points_revoked' as const, inputs: revoked, amount: points.revoked }] : []),
    ...(pointsSpent > 0 ? [{ rule: 'points_restored' as const, inputs: restored, amount: points.restored }] : []),
  ];
}
