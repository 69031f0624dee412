import { inWords } from './explanation';
import { groupBy } from './group-by';
import { sum } from './rational';
import type { Explanation, Settlement } from './settlement-types';

/** The sum of a return's settlements, as its `settlement` shows it; null when there is none. They are of one order, hence of one currency. */
export function addSettlements(settlements: readonly Settlement[]): Settlement | null {
  const [first] = settlements;
  if (first === undefined) return null;
  const all = <Row>(pick: (settlement: Settlement) => readonly Row[]): Row[] => settlements.flatMap((settlement) => [...pick(settlement)]);
  return {
    currency: first.currency,
    model: first.model,
    allocator: first.allocator,
    lines: merge(
      all(({ lines }) => lines),
      ({ lineId }) => [lineId],
      (rows, line) => ({
        ...line,
        units: [...new Set(rows.flatMap(({ units }) => [...units]))].toSorted((one, other) => one - other),
        ...added(rows, ['goodsAmount', 'discountAmount', 'taxAmount', 'amount']),
      }),
    ),
    shipping: merge(
      all(({ shipping }) => shipping),
      ({ shipmentId }) => [shipmentId],
      (rows, row) => ({ ...row, ...added(rows, ['amount', 'taxAmount']) }),
    ),
    fees: merge(
      all(({ fees }) => fees),
      ({ kind, lineId, rule }) => [kind, lineId, rule],
      (rows, row) => ({ ...row, ...added(rows, ['amount']) }),
    ),
    clawbacks: merge(
      all(({ clawbacks }) => clawbacks),
      ({ kind, code }) => [kind, code],
      (rows, row) => ({ ...row, ...added(rows, ['amount']) }),
    ),
    taxes: merge(
      all(({ taxes }) => taxes),
      ({ name, rate }) => [name, rate],
      (rows, row) => ({ ...row, ...added(rows, ['netAmount', 'taxAmount']) }),
    ),
    total: sum(settlements.map(({ total }) => total)),
    tenders: merge(
      all(({ tenders }) => tenders),
      ({ tenderId, kind }) => [tenderId, kind],
      (rows, row) => ({ ...row, ...added(rows, ['amount']) }),
    ),
    points: added(
      settlements.map(({ points }) => points),
      ['restored', 'revoked'],
    ),
    coupons: { restored: [...new Set(all(({ coupons }) => coupons.restored))], revoked: [...new Set(all(({ coupons }) => coupons.revoked))] },
    explanation: explained(settlements),
  };
}

/** Of one, its own. Of several, each under a heading, and at the end what they come to together. */
function explained(settlements: readonly (Settlement & { readonly id?: string })[]): Explanation[] {
  const count = settlements.length;
  if (count === 1) return settlements.flatMap(({ explanation }) => explanation);
  const currency = settlements[0]?.currency ?? '';
  const parts = settlements.flatMap(({ id, total, explanation }, index) => {
    const inputs = { number: index + 1, count, settlementId: id ?? null };
    return [inWords({ rule: 'instalment', inputs, amount: total }, currency), ...explanation];
  });
  return [...parts, inWords({ rule: 'instalments_together', inputs: { count }, amount: sum(settlements.map(({ total }) => total)) }, currency)];
}

/** Rows with the same key become one, in the order of their first appearance. */
function merge<Row>(rows: readonly Row[], key: (row: Row) => readonly unknown[], one: (rows: readonly Row[], first: Row) => Row): Row[] {
  const groups = groupBy(rows, (row) => JSON.stringify(key(row)));
  return [...groups.values()].flatMap((group) => group.slice(0, 1).map((first) => one(group, first)));
}

function added<Field extends string>(rows: readonly Readonly<Record<Field, number>>[], fields: readonly Field[]): Record<Field, number> {
  return Object.fromEntries(fields.map((field) => [field, sum(rows.map((row) => row[field]))])) as Record<Field, number>;
}
