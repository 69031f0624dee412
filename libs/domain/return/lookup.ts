import type { Line, Refund, Replacement, Step, Unit, UnitKey } from './state';

/**
 * The lists of a state by what they are asked for. A state never changes, so an index is made once for a list, and is gone with it: were each of 2,000 units to look
 * through 2,000 replacements, one decision would hold up everybody else for seconds.
 */
function indexed<Item, Found>(index: (items: readonly Item[]) => Found): (items: readonly Item[]) => Found {
  const made = new WeakMap<readonly Item[], Found>();
  return (items) => {
    const known = made.get(items);
    if (known !== undefined) return known;
    const found = index(items);
    made.set(items, found);
    return found;
  };
}

/** The first of each key, as `find` has it. */
function firstBy<Item>(items: readonly Item[], key: (item: Item) => string): ReadonlyMap<string, Item> {
  const found = new Map<string, Item>();
  for (const item of items) if (!found.has(key(item))) found.set(key(item), item);
  return found;
}

function allBy<Item>(items: readonly Item[], key: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    const same = found.get(key(item));
    if (same) same.push(item);
    else found.set(key(item), [item]);
  }
  return found;
}

/** By the unit's place, without a text made for each question: the last of each. */
function lastByPlace<Item extends { readonly lineId: string; readonly unit: number }>(items: readonly Item[]) {
  const found = new Map<string, Map<number, Item>>();
  for (const item of items) {
    const line = found.get(item.lineId) ?? new Map<number, Item>();
    found.set(item.lineId, line.set(item.unit, item));
  }
  return ({ lineId, unit }: { readonly lineId: string; readonly unit: number }): Item | undefined => found.get(lineId)?.get(unit);
}

export const linesById = indexed((lines: readonly Line[]) => firstBy(lines, ({ lineId }) => lineId));
export const unitAt = indexed((units: readonly Unit[]) => lastByPlace(units));
/** What stands in for a unit: the last that was not cancelled. */
export const replacementAt = indexed((replacements: readonly Replacement[]) => lastByPlace(replacements.filter(({ status }) => status !== 'cancelled')));
export const replacementsById = indexed((replacements: readonly Replacement[]) => firstBy(replacements, ({ replacementId }) => replacementId));
export const stepsBySubject = indexed((steps: readonly Step[]) => allBy(steps, ({ subject }) => subject));
/** By the settlement, or the advance, that they pay. */
export const refundsBySettlement = indexed((refunds: readonly Refund[]) => allBy(refunds, ({ settlementId }) => settlementId));
export const keysOf = indexed((units: readonly UnitKey[]) => new Set(units));
