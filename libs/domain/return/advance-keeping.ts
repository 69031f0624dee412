import { spreadWithin } from '../money/allocator';
import { largestRemainder } from '../money/default-allocator';
import type { OrderMoney } from '../money/settlement-types';
import { sum } from '../money/rational';
import { less, promisedOf, restOf, total } from './advance-book';
import { unitKey, type Advance, type ReturnState, type UnitKey } from './state';

export type KeptUnit = NonNullable<Advance['kept']>[number];

/** The customer has the goods, or an open invoice, and the money: there is no second advance on such an order. */
export const isKept = ({ recovery, recoveredAmount }: Advance): boolean => recovery !== null && recovery !== 'store_credit' && recoveredAmount > 0;

/** A unit that is given up while its advance is open stays claimed: nobody knows yet what of the money is the customer's. */
export const isHeld = ({ advances }: ReturnState, key: UnitKey): boolean =>
  (advances ?? []).some((advance) => advance.recovery === null && promisedOf(advance) > 0 && advance.units.includes(key));

/**
 * What the customer keeps of the rest, unit by unit: it counts as given, like an adjustment, and the shipping in it stays taken, so that none of it is paid again. Units that
 * are settled have had theirs; those that are not carry the rest by what was advanced for each, and never more. What counts already goes on counting first. Store credit is
 * money taken back: nothing is kept.
 */
export function keeping({ units }: ReturnState, advance: Advance, recovery: NonNullable<Advance['recovery']>): Pick<Advance, 'kept' | 'shipping'> {
  if (recovery === 'store_credit') return { shipping: [] };
  const open = advance.units.flatMap((key, index) => {
    const found = units.find((unit) => unitKey(unit) === key);
    if (!found || found.settlementId !== null) return [];
    return [{ lineId: found.lineId, unit: found.unit, amount: Math.max(0, advance.unitAmounts?.[index] ?? advance.amount) }];
  });
  const room = [...open, ...advance.shipping].map(({ amount }) => amount);
  const rest = Math.min(restOf(advance), total([...open, ...advance.shipping]));
  const before = room.map((amount, index) => Math.min(amount, keptFor(advance, open[index])));
  const first = spreadWithin(largestRemainder, Math.min(rest, sum(before)), before, before);
  const left = room.map((amount, index) => amount - first[index]!);
  const then = spreadWithin(largestRemainder, rest - sum(first), left, left);
  const amountOf = (index: number) => first[index]! + then[index]!;
  return {
    kept: open.map((unit, index) => ({ ...unit, amount: amountOf(index) })).filter(({ amount }) => amount > 0),
    shipping: advance.shipping.map((row, index) => ({ ...row, amount: amountOf(open.length + index) })).filter(({ amount }) => amount > 0),
  };
}
const keptFor = ({ kept }: Advance, unit: KeptUnit | undefined): number =>
  unit === undefined ? 0 : total((kept ?? []).filter((row) => unitKey(row) === unitKey(unit)));

/** Of what counts, as much as is left of the advance. */
export function keptWithin(advance: Advance): readonly KeptUnit[] {
  const kept = advance.kept ?? [];
  const room = kept.map(({ amount }) => amount);
  const amounts = spreadWithin(largestRemainder, Math.min(restOf(advance), total(kept)), room, room);
  return kept.map((row, index) => ({ ...row, amount: amounts[index]! })).filter(({ amount }) => amount > 0);
}
/** What is left of it for units that are heard again: not what others of it were given, which may have been counted by now. */
export function withoutOthers(advance: Advance): Advance {
  const others = total(advance.kept ?? []);
  return others === 0
    ? advance
    : { ...advance, tenders: less(advance.tenders, [{ tenderId: advance.tenders.at(-1)?.tenderId ?? '', amount: others }], 'tenderId') };
}

/** How it moved, below zero is taken off again. */
export function keptMoved(was: readonly KeptUnit[], is: readonly KeptUnit[]): KeptUnit[] {
  const of = (rows: readonly KeptUnit[], key: string) => total(rows.filter((row) => unitKey(row) === key));
  const names = new Map([...was, ...is].map(({ lineId, unit }) => [unitKey({ lineId, unit }), { lineId, unit }]));
  return [...names].map(([key, name]) => ({ ...name, amount: of(is, key) - of(was, key) })).filter(({ amount }) => amount !== 0);
}
export function givenWith(given: OrderMoney['givenAmounts'], moved: readonly KeptUnit[]): OrderMoney['givenAmounts'] {
  const keys = new Set(moved.map(unitKey));
  // What a settlement gave keeps its own tax: no advance touches it.
  const apart = (row: OrderMoney['givenAmounts'][number]) => row.taxes !== undefined || !keys.has(unitKey(row));
  return [...given.filter(apart), ...keptMoved([], [...given.filter((row) => !apart(row)), ...moved])];
}
/** The order's money as this return sees it: what its own advances left with the customer is not in its way. */
export const withoutKept = (money: OrderMoney, { advances }: ReturnState): OrderMoney => ({
  ...money,
  givenAmounts: givenWith(
    money.givenAmounts,
    (advances ?? []).flatMap(({ kept }) => (kept ?? []).map((row) => ({ ...row, amount: -row.amount }))),
  ),
});

/** A later return has given that much less for a unit of it: what was kept is owed for good, and is paid should its payment fail. */
export const isCounted = ({ kept }: Advance, { settledUnits, keptUnits }: OrderMoney): boolean => {
  const settled = new Set([...settledUnits, ...keptUnits].map(unitKey));
  return (kept ?? []).some((unit) => settled.has(unitKey(unit)));
};
