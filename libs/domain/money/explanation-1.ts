import { formatAmount } from './format-amount';
import { type GivenLine, type GivenUnit, unitKey } from './given-units';
import { groupBy } from './group-by';
import type { TakenFee } from './fees';
import type { Findings } from './findings';
import type { GivenShipping } from './outbound-shipping';
import { negative, sum } from './rational';
import type { Explanation, Settlement, SettlementInput, UnitToSettle } from './settlement-types';

/** Version 1 of the sentences, for settlements that were explained by it. They never change: a settlement must recompute to the letter. */
export function explain1(findings: Findings): Explanation[] {
  return [
    ...findings.lines.flatMap((line) => explainLine(line, findings.input)),
    ...findings.shipping.flatMap((shipping) => explainShipping(shipping, findings.input)),
    ...findings.fees.map((fee) => explainFee(fee, findings.input.order.currency)),
    ...explainCoupons(findings),
    ...findings.taxes.map((tax) => explainTax(tax, findings.input.order.currency)),
    explainTotal(findings),
    ...explainTenders(findings),
    ...explainPoints(findings),
  ];
}

function ruleOf(unit: UnitToSettle, partly: ReadonlySet<string>): string {
  if (unit.kind === 'none') return 'nothing_owed';
  if (unit.kind === 'adjustment') return 'adjustment';
  if (unit.kind === 'exchange') return 'exchange_difference';
  return partly.has(unitKey(unit)) ? 'rest_of_unit' : 'unit_share';
}

function explainLine({ line, units }: GivenLine, input: SettlementInput): Explanation[] {
  const partly = new Set(input.before.givenAmounts.map(unitKey));
  const groups = groupBy(units, ({ unit }) => ruleOf(unit, partly));
  return [...groups].map(([rule, group]) => {
    const amounts = amountsOf(group);
    const numbers = group.map(({ unit }) => unit.unit);
    const inputs = { lineId: line.lineId, units: numbers, quantity: line.quantity, unitPrice: line.unitPrice, linePaidAmount: line.paidAmount, ...amounts };
    const prices = rule === 'exchange_difference' ? { exchangePrices: group.map(({ unit }) => unit.exchangePrice) } : {};
    const where = `Line ${line.lineId}, ${unitsInWords(numbers)} of ${line.quantity}`;
    return {
      rule,
      inputs: { ...inputs, ...prices },
      amount: amounts.amount,
      text: `${where}: ${lineText(rule, amounts, line.pricesIncludeTax, input.order.currency)}`,
    };
  });
}

function amountsOf(units: readonly GivenUnit[]) {
  return {
    goodsAmount: sum(units.map((given) => given.goodsAmount)),
    discountAmount: negative(sum(units.map((given) => given.discountAmount))),
    taxAmount: sum(units.flatMap((given) => given.taxes)),
    amount: sum(units.map((given) => given.amount)),
  };
}

function lineText(rule: string, amounts: ReturnType<typeof amountsOf>, pricesIncludeTax: boolean, currency: string): string {
  const money = (amount: number) => formatAmount(amount, currency);
  const discount = amounts.discountAmount === 0 ? '' : ` less ${money(-amounts.discountAmount)} of discounts`;
  const added = pricesIncludeTax || amounts.taxAmount === 0 ? '' : ` plus ${money(amounts.taxAmount)} of tax`;
  const included = pricesIncludeTax && amounts.taxAmount !== 0 ? `, ${money(amounts.taxAmount)} of tax included` : '';
  const taxInside = amounts.taxAmount === 0 ? '' : `, ${money(amounts.taxAmount)} of tax included`;
  switch (rule) {
    case 'unit_share':
      return `the goods cost ${money(amounts.goodsAmount)}${discount}${added}, so ${money(amounts.amount)} was paid for them${included}.`;
    case 'rest_of_unit':
      return `after what was given for it before, ${money(amounts.amount)} of what was paid is left to give${taxInside}.`;
    case 'adjustment':
      return `${money(amounts.amount)} is given back while the goods stay with the customer${taxInside}.`;
    case 'exchange_difference':
      return amounts.amount === 0
        ? 'exchanged; the other article leaves no difference to give back.'
        : `exchanged for a cheaper article; the difference of ${money(amounts.amount)} is given back${taxInside}.`;
    default:
      return 'nothing is owed.';
  }
}

/** [1, 2, 3, 5] → "units 1–3 and 5". */
function unitsInWords(units: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const unit of units) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to === unit - 1) last.to = unit;
    else ranges.push({ from: unit, to: unit });
  }
  const words = ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`));
  const list = words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
  return `${units.length === 1 ? 'unit' : 'units'} ${list}`;
}

const shippingRules: Readonly<Record<SettlementInput['rules']['outboundShipping'], string>> = {
  never: 'outbound shipping is never given back',
  always: 'outbound shipping is given back with the first return of what it carried',
  full_return: 'outbound shipping is given back when the last unit of the order is back',
  seller_fault: 'outbound shipping is given back when a return of what it carried is the seller’s fault',
  seller_fault_or_full: 'outbound shipping is given back when a return of what it carried is the seller’s fault or the last unit of the order is back',
};

function explainShipping({ shipmentId, amount, taxAmount, balance }: GivenShipping, input: SettlementInput): Explanation[] {
  if (balance === 0) return [];
  const rule = input.rules.outboundShipping;
  const left = formatAmount(balance, input.order.currency);
  const outcome = amount > 0 ? `its remaining ${left} is earned` : `its remaining ${left} is not earned`;
  const inputs = { shipmentId, outboundShipping: rule, balanceAmount: balance, taxAmount };
  return [{ rule: 'outbound_shipping', inputs, amount, text: `Shipment ${shipmentId}: ${outcome}, because ${shippingRules[rule]}.` }];
}

const feeNames: Readonly<Record<TakenFee['kind'], string>> = {
  condition: 'Condition',
  missing_parts: 'Missing parts',
  restocking: 'Restocking',
  return_shipping: 'Return shipping',
};

function explainFee({ kind, lineId, amount, rule, base }: TakenFee, currency: string): Explanation {
  const text = `${feeNames[kind]}: ${formatAmount(-amount, currency)} is kept of the ${formatAmount(base, currency)} that line ${lineId} still gave (${rule}).`;
  return { rule: kind, inputs: { lineId, rule, baseAmount: base }, amount, text };
}

function explainCoupons({ coupons, input }: Findings): Explanation[] {
  const taken = coupons.clawbacks.filter((clawback) => clawback.amount !== 0);
  return [
    ...taken.map(({ code, amount }) => ({
      rule: 'gifted_coupon',
      inputs: { code },
      amount,
      text: `The gifted coupon ${code} was used and the order it came with is unwound: ${formatAmount(-amount, input.order.currency)} of its value is kept.`,
    })),
    ...coupons.revoked.map((code) => ({
      rule: 'coupon_revoked',
      inputs: { code },
      amount: 0,
      text: `The gifted coupon ${code} ends unused, as the order it came with is unwound.`,
    })),
    ...coupons.restored.map((code) => ({
      rule: 'coupon_restored',
      inputs: { code },
      amount: 0,
      text: `Coupon ${code} may be used again, as the whole order is unwound.`,
    })),
  ];
}

function explainTax({ name, rate, netAmount, taxAmount }: Settlement['taxes'][number], currency: string): Explanation {
  const text = `${name} at ${rate}: what the lines still give holds ${formatAmount(taxAmount, currency)} of tax on ${formatAmount(netAmount, currency)}.`;
  return { rule: 'tax', inputs: { name, rate, netAmount }, amount: taxAmount, text };
}

function explainTotal({ lines, shipping, fees, coupons, total, input }: Findings): Explanation {
  const inputs = {
    linesAmount: sum(lines.flatMap((line) => line.units.map((given) => given.amount))),
    shippingAmount: sum(shipping.map((row) => row.amount)),
    feesAmount: sum(fees.map((fee) => fee.amount)),
    clawbacksAmount: sum(coupons.clawbacks.map((clawback) => clawback.amount)),
  };
  const money = (amount: number) => formatAmount(amount, input.order.currency);
  const parts = [
    `${money(inputs.linesAmount)} for the lines`,
    ...(inputs.shippingAmount === 0 ? [] : [`plus ${money(inputs.shippingAmount)} of outbound shipping`]),
    ...(inputs.feesAmount === 0 ? [] : [`less ${money(-inputs.feesAmount)} of fees`]),
    ...(inputs.clawbacksAmount === 0 ? [] : [`less ${money(-inputs.clawbacksAmount)} for used gifts`]),
  ];
  return { rule: 'total', inputs, amount: total, text: `Total: ${parts.join(', ')}: ${money(total)}.` };
}

const tenderRules: Readonly<Record<SettlementInput['rules']['tenderOrder'], string>> = {
  non_cash_first: 'points, gift cards and store credit are filled first',
  first_in: 'tenders are filled in the order in which they paid',
  last_in: 'tenders are filled in the reverse of the order in which they paid',
  pro_rata: 'every tender keeps its share of what was paid',
};

function explainTenders({ tenders, input }: Findings): Explanation[] {
  return tenders.map(({ tenderId, kind, amount }) => {
    const why = input.refundTo === 'store_credit' ? 'the customer chose store credit' : tenderRules[input.rules.tenderOrder];
    const inputs = { tenderId, kind, tenderOrder: input.rules.tenderOrder, refundTo: input.refundTo };
    return { rule: 'tender', inputs, amount, text: `${formatAmount(amount, input.order.currency)} goes to tender ${tenderId} (${kind}), because ${why}.` };
  });
}

function explainPoints({ points, order: { total: paidAmount }, input }: Findings): Explanation[] {
  const { order, before } = input;
  const money = (amount: number) => formatAmount(amount, order.currency);
  const revoked = {
    rule: 'points_revoked',
    inputs: { pointsEarned: order.pointsEarned, refundedAmount: points.refundedAmount, paidAmount, revokedBefore: before.points.revoked },
    amount: points.revoked,
    text: `${points.revoked} points are revoked: ${money(points.refundedAmount)} of ${money(paidAmount)} is refunded so far, ${order.pointsEarned} points were earned, ${before.points.revoked} revoked before.`,
  };
  const restored = {
    rule: 'points_restored',
    inputs: { pointsSpent: order.pointsSpent, toPointsAmount: points.toPointsAmount, restoredBefore: before.points.restored },
    amount: points.restored,
    text: `${points.restored} points are restored: ${money(points.toPointsAmount)} went back to points so far, ${order.pointsSpent} points were spent, ${before.points.restored} restored before.`,
  };
  return [...(order.pointsEarned > 0 ? [revoked] : []), ...(order.pointsSpent > 0 ? [restored] : [])];
}
