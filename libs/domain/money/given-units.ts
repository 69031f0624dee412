import type { OrderLine } from '../order';
import { type Allocator, spreadWithin } from './allocator';
import { type GivenEarlier, type GivenPart, type LayTaxes, slice, taxOfLine, taxUnitByUnit } from './given-taxes';
import { type FrozenLine, type FrozenOrder, priceWithTax, unitShare } from './order-shares';
import { sum } from './rational';
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
  /** A part of it, whose tax does not follow from its amount alone: it is kept for the rest. */
  readonly keepsTaxes?: true;
}
/** The units of one line, in unit order. */
export interface GivenLine {
  readonly line: FrozenLine;
  readonly units: readonly GivenUnit[];
}

export const unitKey = (unit: { readonly lineId: string; readonly unit: number }): string => `${unit.lineId}#${unit.unit}`;

export type UnitRules = (order: FrozenOrder, input: SettlementInput, allocator: Allocator) => GivenLine[];

/** Version 1 rounded the tax of each unit that is given in part by itself, and drifted with their number. */
export const giveUnits1: UnitRules = (order, input, allocator) => giveUnits(order, input, allocator, taxUnitByUnit, false);
export const giveUnits2: UnitRules = (order, input, allocator) => giveUnits(order, input, allocator, taxOfLine, true);

/** What every unit of the input gives, in the order's line order. Throws SettlementError. */
function giveUnits(order: FrozenOrder, input: SettlementInput, allocator: Allocator, layTaxes: LayTaxes, keepsTaxes: boolean): GivenLine[] {
  checkUnits(order, input);
  const earlier = givenEarlier(input);
  return order.lines.flatMap((line, index) => {
    const units = input.units.filter((unit) => unit.lineId === line.lineId).toSorted((one, other) => one.unit - other.unit);
    const sold = input.order.lines[index];
    if (units.length === 0 || sold === undefined) return [];
    const parts = partsOf(line, sold, units, earlier, allocator);
    const taxes = layTaxes(line, parts, allocator);
    return [{ line, units: parts.map(unitOf) }];
    function unitOf(part: GivenPart, position: number): GivenUnit {
      const one = given(part, taxes[position] ?? [], line.pricesIncludeTax);
      const kept = keepsTaxes && one.taxes.length > 0 && one.amount > 0 && (one.unit.kind === 'adjustment' || one.unit.kind === 'exchange');
      return kept ? { ...one, keepsTaxes } : one;
    }
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

const nothing: GivenEarlier = { amount: 0, untoldAmount: 0, taxes: [] };
function givenEarlier(input: SettlementInput): ReadonlyMap<string, GivenEarlier> {
  const found = new Map<string, GivenEarlier>();
  for (const { amount, taxes, ...name } of input.before.givenAmounts) {
    const so = found.get(unitKey(name)) ?? nothing;
    found.set(unitKey(name), {
      amount: so.amount + amount,
      untoldAmount: so.untoldAmount + (taxes === undefined ? amount : 0),
      taxes: taxes === undefined ? so.taxes : taxes.map((tax, index) => tax + (so.taxes[index] ?? 0)),
    });
  }
  return found;
}

function partsOf(
  line: FrozenLine,
  sold: OrderLine,
  units: readonly UnitToSettle[],
  earlier: ReadonlyMap<string, GivenEarlier>,
  allocator: Allocator,
): GivenPart[] {
  const shares = units.map((unit) => unitShare(line, unit.unit));
  const before = shares.map((share) => earlier.get(`${line.lineId}#${share.unit}`) ?? nothing);
  const amounts = shares.map((share, index) => Math.min(share.paidAmount, Math.max(0, before[index]?.amount ?? 0)));
  const rests = shares.map((share, index) => share.paidAmount - (amounts[index] ?? 0));
  const adjustments = spreadAdjustment(units, rests, allocator);
  return units.map((unit, index) => {
    const share = shares[index] ?? unitShare(line, unit.unit);
    const rest = rests[index] ?? 0;
    const amount = { refund: rest, exchange: exchangeDifference(unit, rest, sold, line), adjustment: adjustments[index] ?? 0, none: 0 }[unit.kind];
    return { unit, share, givenBefore: amounts[index] ?? 0, earlier: before[index] ?? nothing, amount };
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

/** Parts one after the other add up to the unit's share, discount included. */
function given({ unit, share, givenBefore, amount }: GivenPart, taxes: readonly number[], pricesIncludeTax: boolean): GivenUnit {
  const { goodsAmount, paidAmount } = share;
  if (unit.kind === 'refund' && givenBefore === 0) {
    return { unit, goodsAmount, discountAmount: share.discountAmount, taxes, amount: paidAmount, paidAmount, givenBefore };
  }
  const discountAmount = slice(share.discountAmount, { share, givenBefore, amount });
  return { unit, goodsAmount: amount + discountAmount - (pricesIncludeTax ? 0 : sum(taxes)), discountAmount, taxes, amount, paidAmount, givenBefore };
}
