import { addTenders, amountOf } from './advanced';
import { allocateTenders } from './tenders';
import { type GivenLine, unitKey } from './given-units';
import { orderStanding } from './order-standing';
import { negative, sum } from './rational';
import { currentBook, type RuleBook, ruleBook } from './rule-versions';
import type { SettledLine, SettledUnit, Settlement, SettlementInput } from './settlement-types';

export { SettlementError, UnknownRuleVersion } from './settlement-error';

/** A settlement, and what each of its units comes to in it (a return's `refundAmount` per unit; what `givenAmounts` wants of adjustments). */
export interface Settled {
  readonly settlement: Settlement;
  readonly units: readonly SettledUnit[];
}

/**
 * What is owed for these units of the order, and why (CONTRACT §5), by the rules in force. A function of its input alone.
 * Throws SettlementError: `amount_unavailable`, `units_unavailable`, `invalid_input`.
 */
export function settle(input: SettlementInput): Settlement {
  return settleWithUnits(input).settlement;
}

export function settleWithUnits(input: SettlementInput): Settled {
  return settleBy(currentBook, input);
}

/** The same by the rules a stored settlement names: recomputed years later it gives the same figures and the same words. Throws UnknownRuleVersion too. */
export function settleWith(versions: unknown, input: SettlementInput): Settled {
  return settleBy(ruleBook(versions), input);
}

function settleBy(rules: RuleBook, input: SettlementInput): Settled {
  const { allocator } = rules;
  const order = rules.shares(input.order, allocator);
  const lines = rules.units(order, input, allocator);
  const standing = orderStanding(order, input);
  const shipping = rules.shipping(order, input, standing);
  const { fees, left, tooSmall } = rules.fees(lines, sum(shipping.map((row) => row.amount)), input, allocator);
  const beforeClawbacks = sum([
    ...lines.flatMap((line) => line.units.map((given) => given.amount)),
    ...shipping.map((row) => row.amount),
    ...fees.map((fee) => fee.amount),
  ]);
  const coupons = rules.coupons(beforeClawbacks, input, standing);
  const total = sum([beforeClawbacks, ...coupons.clawbacks.map((clawback) => clawback.amount)]);
  const taxes = rules.taxes(lines, left);
  const advanced = rules.advances(total, input.advanced ?? []);
  const anew = allocateTenders(total - sum(advanced.map(amountOf)), input, rules.tenders, allocator);
  const tenders = addTenders(...advanced.map((one) => one.tenders), anew);
  const points = rules.points(total, order.total, anew, input);
  const ahead = input.purpose === 'advance';
  const settlement: Settlement = {
    currency: order.currency,
    model: rules.model,
    allocator: allocator.version,
    lines: lines.map(settledLine),
    shipping: shipping.map(({ shipmentId, amount, taxAmount }) => ({ shipmentId, amount, taxAmount })),
    fees: fees.map(({ kind, lineId, amount, rule }) => ({ kind, lineId, amount, rule })),
    clawbacks: coupons.clawbacks,
    taxes,
    total,
    tenders,
    points: { restored: points.restored, revoked: ahead ? 0 : points.revoked },
    coupons: ahead ? { restored: [], revoked: [] } : { restored: coupons.restored, revoked: coupons.revoked },
    explanation: rules.explanation({ input, order, standing, lines, shipping, fees, tooSmall, coupons, taxes, total, advanced, tenders: anew, points }),
  };
  return { settlement, units: lines.flatMap((line) => settledUnits(line, left)) };
}

function settledLine({ line, units }: GivenLine): SettledLine {
  return {
    lineId: line.lineId,
    units: units.map(({ unit }) => unit.unit),
    goodsAmount: sum(units.map((given) => given.goodsAmount)),
    discountAmount: negative(sum(units.map((given) => given.discountAmount))),
    taxAmount: sum(units.flatMap((given) => given.taxes)),
    amount: sum(units.map((given) => given.amount)),
  };
}

function settledUnits({ units }: GivenLine, left: ReadonlyMap<string, number>): SettledUnit[] {
  return units.map(({ unit, amount, taxes, keepsTaxes }) => {
    const refundAmount = left.get(unitKey(unit)) ?? 0;
    return { lineId: unit.lineId, unit: unit.unit, kind: unit.kind, amount, feesAmount: refundAmount - amount, refundAmount, ...(keepsTaxes && { taxes }) };
  });
}
