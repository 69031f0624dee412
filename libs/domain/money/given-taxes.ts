import type { Allocator } from './allocator';
import { spreadWithin } from './allocator';
import type { FrozenLine, UnitShare } from './order-shares';
import { insideAtRate, parseRate, proportion, sum, sumOfRates } from './rational';
import type { UnitToSettle } from './settlement-types';

/** What earlier settlements gave of a unit. `taxes` is known of a part of it; of `untoldAmount` it is in proportion. */
export interface GivenEarlier {
  readonly amount: number;
  readonly untoldAmount: number;
  readonly taxes: readonly number[];
}
/** What a unit gives, and what it gave: `givenBefore` is never above what was paid for it. */
export interface GivenPart {
  readonly unit: UnitToSettle;
  readonly share: UnitShare;
  readonly givenBefore: number;
  readonly earlier: GivenEarlier;
  readonly amount: number;
}
/** The tax of what each part gives, by the line's rates. */
export type LayTaxes = (line: FrozenLine, parts: readonly GivenPart[], allocator: Allocator) => readonly (readonly number[])[];

/** The part of `whole` that lies between `givenBefore` and `givenBefore + amount` of what was paid. */
export function slice(whole: number, { share: { paidAmount }, givenBefore, amount }: Pick<GivenPart, 'share' | 'givenBefore' | 'amount'>): number {
  return proportion(whole, givenBefore + amount, paidAmount) - proportion(whole, givenBefore, paidAmount);
}

const isWhole = ({ unit, givenBefore }: GivenPart): boolean => unit.kind === 'refund' && givenBefore === 0;
const frozen = ({ share }: GivenPart): number[] => share.taxes.map((tax) => tax.taxAmount);

export const taxUnitByUnit: LayTaxes = (_line, parts) =>
  parts.map((part) => (isWhole(part) ? frozen(part) : part.share.taxes.map((tax) => slice(tax.taxAmount, part))));

/**
 * R() once per rate on what the line gives, laid on its units by what each gives. A unit never gives more tax than it has left, and what nobody can ask for later it
 * gives now: so a unit that is given in full, at once or part by part, has given exactly its tax.
 */
export const taxOfLine: LayTaxes = (line, parts, allocator) => {
  if (parts.every(isWhole)) return parts.map(frozen);
  const bounds = parts.map((part) => boundsOf(part, allocator));
  const rates = line.taxes.map((tax) => parseRate(tax.rate));
  const all = sumOfRates(rates);
  const amounts = parts.map((part) => part.amount);
  const byRate = rates.map((rate, index) => {
    const least = bounds.map((bound) => bound.least[index] ?? 0);
    const room = bounds.map((bound, position) => (bound.most[index] ?? 0) - (least[position] ?? 0));
    const rest = Math.min(sum(room), Math.max(0, insideAtRate(sum(amounts), rate, all) - sum(least)));
    return spreadWithin(allocator, rest, amounts, room).map((more, position) => (least[position] ?? 0) + more);
  });
  return parts.map((_, position) => byRate.map((row) => row[position] ?? 0));
};

/** What a part must give of each rate, and what it may: never so little that more tax than money would be left of the unit. */
function boundsOf(part: GivenPart, { spread }: Allocator): { readonly least: readonly number[]; readonly most: readonly number[] } {
  const { share, givenBefore, earlier, amount } = part;
  const none = share.taxes.map(() => 0);
  const rest = share.paidAmount - givenBefore - amount;
  if (amount === 0 && rest > 0) return { least: none, most: none };
  const left = share.taxes.map(({ taxAmount }, index) => {
    const before = (earlier.taxes[index] ?? 0) + proportion(taxAmount, Math.min(share.paidAmount, Math.max(0, earlier.untoldAmount)), share.paidAmount);
    return Math.max(0, taxAmount - before);
  });
  if (sum(left) <= rest) return { least: none, most: left };
  const later = spread(rest, left);
  return { least: left.map((tax, index) => tax - (later[index] ?? 0)), most: left };
}
