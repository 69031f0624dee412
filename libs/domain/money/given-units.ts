import type { OrderLine } from '../order';
import { type Allocator, spreadWithin } from './allocator';
import { type FrozenLine, type FrozenOrder, priceWithTax, unitShare, type UnitShare } from './order-shares';
import { proportion, sum } from './rational';
import { SettlementError } from './settlement-error';
import type { SettlementInput, UnitToSettle } from './settlement-types';

/** What one unit gives before fees. Positive amounts; `taxes` by the line's rates, in their order. */
export interface GivenUnit {
  readonly unit: UnitToSettle;
  readonly goodsAmount: number;
  readonly discountAmount: number;
  readonly taxes: readonly number[];
  readonly amount: number;
  /** What was paid for it, and how much of that earlier settlements gave back. */
  readonly paidAmount: number;
  readonly givenBefore: number;
}
/** The units of one line, in unit order. */
export interface GivenLine {
  readonly line: FrozenLine;
  readonly units: readonly GivenUnit[];
}

export const unitKey = (unit: { readonly lineId: string; readonly unit: number }): string => `${unit.lineId}#${unit.unit}`;

/** What every unit of the input gives, in the order's line order. Throws SettlementError. */
export function giveUnits(order: FrozenOrder, input: SettlementInput, allocator: Allocator): GivenLine[] {
  checkUnits(order, input);
  const earlier = givenEarlier(input);
  return order.lines.flatMap((line, index) => {
    const units = input.units.filter((unit) => unit.lineId === line.lineId).toSorted((one, other) => one.unit - other.unit);
    const sold = input.order.lines[index];
    return units.length === 0 || sold === undefined ? [] : [{ line, units: giveLine(line, sold, units, earlier, allocator) }];
  });
}

function checkUnits(order: FrozenOrder, input: SettlementInput): void {
  const quantities = new Map(order.lines.map((line) => [line.lineId, line.quantity]));
  const settled = new Set(input.before.settledUnits.map(unitKey));
  const seen = new Set<string>();
  for (const unit of input.units) {
    const key = unitKey(unit);
    const quantity = quantities.get(unit.lineId);
    if (quantity === undefined) throw new SettlementError('invalid_input', `The order has no line ${unit.lineId}.`);
    if (!Number.isInteger(unit.unit) || unit.unit < 1 || unit.unit > quantity)
      throw new SettlementError('invalid_input', `Line ${unit.lineId} has no unit ${unit.unit}.`);
    if ((unit.adjustmentAmount ?? 0) < 0 || (unit.exchangePrice ?? 0) < 0) throw new SettlementError('invalid_input', `Unit ${key} has an amount below zero.`);
    if (seen.has(key)) throw new SettlementError('units_unavailable', `Unit ${key} stands twice in the settlement.`);
    if (unit.kind !== 'none' && settled.has(key)) throw new SettlementError('units_unavailable', `Unit ${key} was refunded already.`);
    seen.add(key);
  }
}

function givenEarlier(input: SettlementInput): ReadonlyMap<string, number> {
  const given = new Map<string, number>();
  for (const entry of input.before.givenAmounts) given.set(unitKey(entry), (given.get(unitKey(entry)) ?? 0) + entry.amount);
  return given;
}

function giveLine(line: FrozenLine, sold: OrderLine, units: readonly UnitToSettle[], earlier: ReadonlyMap<string, number>, allocator: Allocator): GivenUnit[] {
  const shares = units.map((unit) => unitShare(line, unit.unit));
  const before = shares.map((share) => Math.min(share.paidAmount, Math.max(0, earlier.get(`${line.lineId}#${share.unit}`) ?? 0)));
  const rests = shares.map((share, index) => share.paidAmount - (before[index] ?? 0));
  const adjustments = spreadAdjustment(units, rests, allocator);
  return units.map((unit, index) => {
    const share = shares[index] ?? unitShare(line, unit.unit);
    const rest = rests[index] ?? 0;
    const amount = { refund: rest, exchange: exchangeDifference(unit, rest, sold, line), adjustment: adjustments[index] ?? 0, none: 0 }[unit.kind];
    return slice(unit, share, before[index] ?? 0, amount, line.pricesIncludeTax);
  });
}

/** Null price: an even exchange. A dearer article is refused long before; here it simply gives nothing. */
function exchangeDifference(unit: UnitToSettle, rest: number, sold: OrderLine, line: FrozenLine): number {
  if (unit.kind !== 'exchange' || unit.exchangePrice === null) return 0;
  return Math.max(0, rest - priceWithTax(unit.exchangePrice, sold.taxRates, line.pricesIncludeTax));
}

/** An adjustment is the line's: it is laid on its adjusted units by what each still gives, and never above that. */
function spreadAdjustment(units: readonly UnitToSettle[], rests: readonly number[], allocator: Allocator): number[] {
  const room = rests.map((rest, index) => (units[index]?.kind === 'adjustment' ? rest : 0));
  const asked = sum(units.map((unit) => (unit.kind === 'adjustment' ? (unit.adjustmentAmount ?? 0) : 0)));
  return spreadWithin(allocator, Math.min(asked, sum(room)), room, room);
}

/** The part of a unit's share that lies between `givenBefore` and `givenBefore + amount`: slices one after the other add up to the share, tax and discount included. */
function slice(unit: UnitToSettle, share: UnitShare, givenBefore: number, amount: number, pricesIncludeTax: boolean): GivenUnit {
  const { goodsAmount, paidAmount } = share;
  if (unit.kind === 'refund' && givenBefore === 0) {
    const taxes = share.taxes.map((tax) => tax.taxAmount);
    return { unit, goodsAmount, discountAmount: share.discountAmount, taxes, amount: paidAmount, paidAmount, givenBefore };
  }
  const part = (whole: number) => proportion(whole, givenBefore + amount, paidAmount) - proportion(whole, givenBefore, paidAmount);
  const discountAmount = part(share.discountAmount);
  const taxes = share.taxes.map((tax) => part(tax.taxAmount));
  return { unit, goodsAmount: amount + discountAmount - (pricesIncludeTax ? 0 : sum(taxes)), discountAmount, taxes, amount, paidAmount, givenBefore };
}
