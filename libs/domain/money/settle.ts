import { allocator } from './allocate';
import { giveCoupons } from './coupons';
import { explain } from './explanation';
import { takeFees } from './fees';
import { type GivenLine, giveUnits, unitKey } from './given-units';
import { freezeOrder } from './order-shares';
import { orderStanding } from './order-standing';
import { giveShipping } from './outbound-shipping';
import { givePoints } from './points';
import { negative, sum } from './rational';
import type { SettledLine, SettledUnit, Settlement, SettlementInput } from './settlement-types';
import { givenTaxes } from './taxes';
import { allocateTenders } from './tenders';

export { SettlementError } from './settlement-error';

/**
 * What is owed for these units of the order, and why (CONTRACT §5). A function of its input alone: recomputed years later it gives the same figures.
 * Throws SettlementError: `amount_unavailable`, `units_unavailable`, `invalid_input`.
 */
export function settle(input: SettlementInput): Settlement {
  return settleWithUnits(input).settlement;
}

/** The settlement, and what each of its units comes to in it (a return's `refundAmount` per unit; what `givenAmounts` wants of adjustments). */
export function settleWithUnits(input: SettlementInput): { readonly settlement: Settlement; readonly units: readonly SettledUnit[] } {
  const order = freezeOrder(input.order);
  const lines = giveUnits(order, input);
  const standing = orderStanding(order, input);
  const shipping = giveShipping(order, input, standing);
  const { fees, left } = takeFees(lines, sum(shipping.map((row) => row.amount)), input);
  const beforeClawbacks = sum([
    ...lines.flatMap((line) => line.units.map((given) => given.amount)),
    ...shipping.map((row) => row.amount),
    ...fees.map((fee) => fee.amount),
  ]);
  const coupons = giveCoupons(beforeClawbacks, input, standing);
  const total = sum([beforeClawbacks, ...coupons.clawbacks.map((clawback) => clawback.amount)]);
  const taxes = givenTaxes(lines, left);
  const tenders = allocateTenders(total, input);
  const points = givePoints(total, order.total, tenders, input);
  const settlement: Settlement = {
    currency: order.currency,
    model: 'as_paid',
    allocator,
    lines: lines.map(settledLine),
    shipping: shipping.map(({ shipmentId, amount, taxAmount }) => ({ shipmentId, amount, taxAmount })),
    fees: fees.map(({ kind, lineId, amount, rule }) => ({ kind, lineId, amount, rule })),
    clawbacks: coupons.clawbacks,
    taxes,
    total,
    tenders,
    points: { restored: points.restored, revoked: points.revoked },
    coupons: { restored: coupons.restored, revoked: coupons.revoked },
    explanation: explain({ input, paidAmount: order.total, lines, shipping, fees, coupons, taxes, total, tenders, points }),
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
  return units.map(({ unit, amount }) => {
    const refundAmount = left.get(unitKey(unit)) ?? 0;
    return { lineId: unit.lineId, unit: unit.unit, kind: unit.kind, amount, feesAmount: refundAmount - amount, refundAmount };
  });
}
