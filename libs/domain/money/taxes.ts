import { type GivenLine, unitKey } from './given-units';
import { insideAtRate, parseRate, sum, sumOfRates } from './rational';
import type { Settlement } from './settlement-types';

/**
 * The tax of what each line still gives, by name and rate. A line that fees left alone gives the exact tax of its units, so that all returns of a line
 * together undo exactly the tax that was collected on it; of one that fees have lowered it is R() once per rate on what is left.
 */
export function givenTaxes(lines: readonly GivenLine[], left: ReadonlyMap<string, number>): Settlement['taxes'] {
  const rows = new Map<string, { name: string; rate: string; netAmount: number; taxAmount: number }>();
  for (const { line, units } of lines) {
    const amount = sum(units.map((given) => given.amount));
    const given = sum(units.map(({ unit }) => left.get(unitKey(unit)) ?? 0));
    const rates = line.taxes.map((tax) => parseRate(tax.rate));
    const all = sumOfRates(rates);
    const amounts = rates.map((rate, index) => (given === amount ? sum(units.map((unit) => unit.taxes[index] ?? 0)) : insideAtRate(given, rate, all)));
    const netAmount = given - sum(amounts);
    for (const [index, { name, rate }] of line.taxes.entries()) {
      const key = JSON.stringify([name, rate]);
      const row = rows.get(key) ?? { name, rate, netAmount: 0, taxAmount: 0 };
      rows.set(key, { name, rate, netAmount: row.netAmount + netAmount, taxAmount: row.taxAmount + (amounts[index] ?? 0) });
    }
  }
  return [...rows.values()];
}
