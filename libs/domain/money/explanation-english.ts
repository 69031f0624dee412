import { alike, percent, ranges } from './explanation-figures';
import type { FeeKind, NoFee, Reasons, Wording } from './reasons';

type Money = (amount: number) => string;

/** English, as an auditor reads it. */
export const english: Wording = {
  unit_share: (of, amount, money) =>
    `${piecesOf(of)}: ${bought(of, money)}, so ${money(amount)} was paid for ${it(of)}${included(of, money)}.${discounts(of, money)}`,
  rest_of_unit: (of, amount, money) =>
    `${piecesOf(of)}: ${money(of.paidAmount)} was paid for ${it(of)} and ${money(of.givenBefore)} of that was given back before, so ${money(amount)} is left to give${taxInside(of, money)}.`,
  adjustment: (of, amount, money) =>
    `${piecesOf(of)}: ${money(amount)} is given back while the goods stay with the customer${taxInside(of, money)}; ${money(of.leftAmount)} was left of what was paid for ${it(of)}${amount < of.askedAmount ? `, less than the ${money(of.askedAmount)} that was agreed on` : ''}.`,
  exchange_difference: (of, amount, money) => `${piecesOf(of)}: ${exchanged(of, amount, money)}.`,
  nothing_owed: (of) => `${piecesOf(of)}: nothing is owed.`,
  outbound_shipping: (of, amount, money) => `Shipment ${of.shipmentId}: ${shipping(of, amount, money)}.`,
  condition: (of, amount, money) => `Condition, line ${of.lineId}: ${condition(of, amount, money)}.`,
  missing_parts: (of, amount, money) => fee('missing_parts', of, amount, money),
  restocking: (of, amount, money) => fee('restocking', of, amount, money),
  return_shipping: (of, amount, money) => fee('return_shipping', of, amount, money),
  gifted_coupon: ({ code, value, unwound }, amount, money) => {
    if (!unwound) return `The gifted coupon ${code} is left alone: it goes only with the return that refunds the whole order.`;
    const kept = -amount < value ? `${money(-amount)} of its value of ${money(value)} is kept, as no more is left` : `its value of ${money(value)} is kept`;
    return `The gifted coupon ${code} was used, and the order it came with is refunded as a whole: ${kept}.`;
  },
  coupon_revoked: ({ code }) => `The gifted coupon ${code} ends unused, as the order it came with is refunded as a whole.`,
  coupon_restored: ({ code }) => `Coupon ${code} may be used again, as the whole order is refunded.`,
  tax: ({ name, rate, netAmount, beyond }, amount, money) =>
    beyond
      ? `${name} at ${percent(rate)}: fees keep more than the lines that bear it gave; of what is kept beyond them, ${money(-amount)} is tax on ${money(-netAmount)} before tax.`
      : `${name} at ${percent(rate)}: of what the lines that bear it still give after fees, ${money(amount)} is tax on ${money(netAmount)} before tax.`,
  total: ({ linesAmount, shippingAmount, feesAmount, clawbacksAmount }, amount, money) => {
    const parts = [
      `${money(linesAmount)} for the lines`,
      ...(shippingAmount === 0 ? [] : [`plus ${money(shippingAmount)} of outbound shipping`]),
      ...(feesAmount === 0 ? [] : [`less ${money(-feesAmount)} of fees`]),
      ...(clawbacksAmount === 0 ? [] : [`less ${money(-clawbacksAmount)} for used gifts`]),
    ];
    return `Total: ${parts.join(', ')}: ${money(amount)}${amount === 0 ? ', so nothing is paid' : ''}.`;
  },
  tender: ({ tenderId, kind, tenderOrder, refundTo, capturedAmount, returnedBefore }, amount, money) =>
    refundTo === 'store_credit'
      ? `${money(amount)} goes to store credit, because the customer agreed to it.`
      : `${money(amount)} goes to tender ${tenderId} (${words(kind)}), which took ${money(capturedAmount)} and had given back ${money(returnedBefore)} before, because ${tenderRules[tenderOrder]}.`,
  advance: (of, amount, money) =>
    of.advanceId === null
      ? `${money(amount)} is paid in advance, before the goods are inspected; what the inspection leads to is settled against it.`
      : `${money(amount)} of it went to tender ${of.tenderId} (${words(of.kind)}) in advance (${of.advanceId}), before the goods were inspected.`,
  instalment: ({ number, count, settlementId }, amount, money) =>
    `Instalment ${number} of ${count}${settlementId === null ? '' : ` (${settlementId})`}, which comes to ${money(amount)}:`,
  instalments_together: ({ count }, amount, money) => `The ${count} instalments together come to ${money(amount)}.`,
  points_revoked: ({ pointsEarned, refundedAmount, paidAmount, revokedBefore }, amount, money) =>
    `${amount} of the ${pointsEarned} points earned are taken back: ${money(refundedAmount)} of the ${money(paidAmount)} paid is refunded so far, and ${revokedBefore} points were taken back before.`,
  points_restored: ({ pointsSpent, toPointsAmount, spentAmount, restoredBefore }, amount, money) =>
    `${amount} of the ${pointsSpent} points spent are given back: ${money(toPointsAmount)} of the ${money(spentAmount)} paid with points went back to them so far, and ${restoredBefore} points were given back before.`,
};

const words = (code: string) => code.replaceAll('_', ' ');
const list = (items: readonly string[]) => (items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`);
const pieces = (units: readonly number[]) => `${units.length === 1 ? 'unit' : 'units'} ${list(ranges(units))}`;
const it = ({ units }: { readonly units: readonly number[] }) => (units.length === 1 ? 'it' : 'them');

function piecesOf({ lineId, units, quantity, reason }: Reasons['nothing_owed']): string {
  return `Line ${lineId}, ${pieces(units)} of ${quantity} (${words(reason)})`;
}

function bought({ units, unitPrice, goodsAmount, discountAmount, taxAmount, taxes, pricesIncludeTax }: Reasons['unit_share'], money: Money): string {
  const each = units.length === 1 ? '' : ` (${units.length} × ${money(unitPrice)})`;
  const less = discountAmount === 0 ? '' : ` less ${money(-discountAmount)} of discounts`;
  const plus = pricesIncludeTax || taxes.length === 0 ? '' : ` plus ${money(taxAmount)} of tax (${rates(taxes)})`;
  return `the goods cost ${money(goodsAmount)}${each}${less}${plus}`;
}
const rates = (taxes: Reasons['unit_share']['taxes']) => list(taxes.map(({ name, rate }) => `${name} ${percent(rate)}`));

function included({ taxAmount, taxes, pricesIncludeTax }: Reasons['unit_share'], money: Money): string {
  return pricesIncludeTax && taxes.length > 0 ? `, ${money(taxAmount)} of tax (${rates(taxes)}) included` : '';
}
const taxInside = ({ taxAmount }: { readonly taxAmount: number }, money: Money) => (taxAmount === 0 ? '' : `, ${money(taxAmount)} of tax included`);

/** Which discounts lie on the line; its units bear them alike. */
function discounts({ discounts: laid }: Reasons['unit_share'], money: Money): string {
  if (laid.length === 0) return '';
  const named = laid.map(({ discountId, couponCode, amount }) => {
    const name = discountId === null ? 'its own' : `${discountId}${couponCode === null ? '' : ` (coupon ${couponCode})`}`;
    return `${name} of ${money(amount)}`;
  });
  return ` The line’s discounts, spread evenly over its units: ${list(named)}.`;
}

function exchanged({ units, leftAmount, exchangePrices, exchangeTaxAmounts, taxAmount }: Reasons['exchange_difference'], amount: number, money: Money): string {
  if (exchangePrices.every((price) => price === null)) return 'exchanged for the same article, so nothing is given back';
  const price = alike(exchangePrices);
  const other =
    price === null ? 'for other articles' : `for an article of ${money(price)}${onTop(exchangeTaxAmounts, money)}${units.length === 1 ? '' : ' each'}`;
  const left = `${money(leftAmount)} was left of what was paid for ${it({ units })}`;
  return amount === 0
    ? `exchanged ${other}; ${left}, which leaves no difference to give back`
    : `exchanged ${other}; ${left}, and the difference of ${money(amount)} is given back${taxInside({ taxAmount }, money)}`;
}

function onTop(taxes: Reasons['exchange_difference']['exchangeTaxAmounts'], money: Money): string {
  const each = taxes === undefined ? null : alike(taxes);
  return each === null ? '' : ` plus ${money(each)} of tax`;
}

function shipping(of: Reasons['outbound_shipping'], amount: number, money: Money): string {
  const { paidAmount, balanceAmount, taxAmount } = of;
  const paid = `${money(paidAmount)} was paid for outbound shipping`;
  if (balanceAmount === 0) return `${paid}, all of which was given back before`;
  const rest = balanceAmount === paidAmount ? 'it' : `after ${money(paidAmount - balanceAmount)} given back before, the remaining ${money(balanceAmount)}`;
  if (amount > 0) return `${paid}; ${rest} is given back${taxInside({ taxAmount }, money)}, because ${earned(of)}`;
  return `${paid}; ${rest} is not given back, because ${unearned(of)}`;
}
function earned({ outboundShipping: rule, sellerFault, refunded }: Reasons['outbound_shipping']): string {
  if (rule === 'always') return 'the policy gives it back with the first return of something the shipment carried';
  const fault = rule === 'seller_fault' || (rule === 'seller_fault_or_full' && sellerFault);
  if (!fault) return 'the last unit of the order is back';
  return `something the shipment carried ${refunded === undefined ? 'comes back by the seller’s fault' : 'is refunded, and the fault is the seller’s'}`;
}
function unearned({ outboundShipping: rule, refunded }: Reasons['outbound_shipping']): string {
  const byFault =
    refunded === undefined
      ? 'nothing the shipment carried comes back by the seller’s fault'
      : 'the seller is at fault for nothing of what it carried that is refunded';
  const notFull = `this ${refunded === undefined ? 'return' : 'settlement'} does not bring the last unit of the order back`;
  const because = {
    never: 'the policy never gives outbound shipping back',
    always: 'nothing the shipment carried is refunded with this return',
    full_return: notFull,
    seller_fault: byFault,
    seller_fault_or_full: `${byFault}, and ${notFull}`,
  };
  return because[rule];
}

function condition({ deductions }: Reasons['condition'], amount: number, money: Money): string {
  if (amount === 0) {
    const spared = deductions.map(({ units, grade, fault }) => `${pieces(units)} graded ${grade} (the fault is the ${fault}’s)`);
    return `nothing is kept for ${list(spared)}, because grades lower a refund only when the customer is at fault`;
  }
  const by = deductions.map(
    ({ units, grade, rate, baseAmount }) =>
      `${percent(rate)} of ${money(baseAmount)} for ${pieces(units)} graded ${grade}${units.length === 1 ? '' : ', rounded unit by unit'}`,
  );
  return `${money(-amount)} is kept, because the customer is at fault: ${list(by)}`;
}

const feeNames: Readonly<Record<FeeKind, string>> = { missing_parts: 'Missing parts', restocking: 'Restocking', return_shipping: 'Return shipping' };

function fee(kind: FeeKind, of: Reasons[FeeKind], amount: number, money: Money): string {
  const charge = of.rate === null ? `${money(of.feeAmount ?? 0)} once a return` : percent(of.rate);
  const policy = `the policy keeps ${charge} for ${of.reasons.length === 0 ? 'every reason' : list(of.reasons.map(words))}`;
  if ('because' in of) return `${feeNames[kind]}: ${policy}, but nothing is kept, because ${noFee[of.because]}.`;
  const short = of.feeAmount !== null && of.takenAmount < of.feeAmount ? `; of the whole fee only ${money(of.takenAmount)} was left to keep` : '';
  return `${feeNames[kind]}, line ${of.lineId}: ${policy}; ${keptOf(of, amount, money)}${short}.`;
}
function keptOf({ baseAmount, beyondAmount }: { readonly baseAmount: number; readonly beyondAmount?: number }, amount: number, money: Money): string {
  if (beyondAmount === undefined) return `${money(-amount)} is kept of the ${money(baseAmount)} that the line still gave`;
  return baseAmount > 0
    ? `${money(-amount)} is kept: the ${money(baseAmount)} that the line still gave, and ${money(beyondAmount)} of what else the settlement gives`
    : `${money(-amount)} is kept of what else the settlement gives, as the line gives nothing any more`;
}
const noFee: Readonly<Record<NoFee, string>> = {
  other_reason: 'nothing is returned for such a reason',
  all_parts_there: 'the inspection found all parts there',
  goods_stay: 'the goods stay with the customer',
  nothing_back: 'nothing comes back for such a reason',
  other_currency: 'amounts of the policy are not in the order’s currency',
  taken_before: 'this return has paid it already',
  zero_fee: 'that is nothing',
  rounds_to_nothing: 'it is so little that it rounds to nothing',
  nothing_left: 'there was nothing to keep it of',
};

const tenderRules: Readonly<Record<Reasons['tender']['tenderOrder'], string>> = {
  non_cash_first: 'points, gift cards and store credit are filled first, then the others in the order in which they paid',
  first_in: 'tenders are filled in the order in which they paid',
  last_in: 'tenders are filled in the reverse of the order in which they paid',
  pro_rata: 'every tender keeps its share of what was taken',
};
