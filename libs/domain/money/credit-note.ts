import type { Order } from '../order';
import { negative, proportion, sum } from './rational';
import type { Settlement } from './settlement-types';

/** A refund of a settlement, as it stands now. */
export interface SettlementRefund {
  readonly refundId: string;
  /** Minor units. */
  readonly amount: number;
  readonly status: string;
  /** The refund of the same settlement that it replaces. */
  readonly redirectedFrom: string | null;
}
export interface CreditedTax {
  readonly name: string;
  /** Null where several rates are in one figure (shipping that bears more than one). */
  readonly rate: string | null;
  readonly netAmount: number;
  readonly taxAmount: number;
}
/** What one refund credits of its settlement, minor units. */
export interface CreditedPart {
  readonly amount: number;
  readonly total: number;
  /** What was paid on account before this settlement was made, and is not paid again. */
  readonly onAccountAmount: number;
  readonly taxes: readonly CreditedTax[];
}

/**
 * What a refund credits. A settlement may be paid by several refunds, each with a note of its own: the taxes are split over them in proportion to their amounts, by cumulative rounding, so that
 * the notes of a settlement together show exactly its taxes.
 * @param refunds all refunds of the settlement
 */
export function creditedPart(order: Order, settlement: Settlement, refunds: readonly SettlementRefund[], refundId: string): CreditedPart {
  const parts = standing(refunds);
  const index = parts.findIndex((refund) => refund.refundId === refundId);
  const refund = parts[index];
  if (refund === undefined) throw new RangeError(`refund ${refundId} does not stand for its settlement`);
  const { total } = settlement;
  const onAccountAmount = total - sum(parts.map(({ amount }) => amount));
  const from = onAccountAmount + sum(parts.slice(0, index).map(({ amount }) => amount));
  const share = (amount: number) => proportion(amount, from + refund.amount, total) - proportion(amount, from, total);
  const taxes = taxesOf(order, settlement).map((row) => ({ ...row, netAmount: share(row.netAmount), taxAmount: share(row.taxAmount) }));
  return { amount: refund.amount, total, onAccountAmount, taxes };
}

/** Those neither rejected nor replaced, in a sequence that never changes: one that replaces another stands in its place. */
function standing(refunds: readonly SettlementRefund[]): SettlementRefund[] {
  const byId = new Map(refunds.map((refund) => [refund.refundId, refund]));
  const first = (refund: SettlementRefund): string => {
    const replaced = refund.redirectedFrom === null ? undefined : byId.get(refund.redirectedFrom);
    return replaced === undefined ? refund.refundId : first(replaced);
  };
  return refunds.filter(({ status }) => status !== 'rejected' && status !== 'redirected').toSorted((one, other) => (first(one) < first(other) ? -1 : 1));
}

/** The taxes of lines and outbound shipping by name and rate. Amounts that bear no tax have no row. */
export function taxesOf(order: Order, { taxes, shipping }: Pick<Settlement, 'taxes' | 'shipping'>): CreditedTax[] {
  const rows = new Map<string, CreditedTax>();
  const add = (row: CreditedTax) => {
    const key = JSON.stringify([row.name, row.rate]);
    const known = rows.get(key) ?? { ...row, netAmount: 0, taxAmount: 0 };
    rows.set(key, { ...known, netAmount: known.netAmount + row.netAmount, taxAmount: known.taxAmount + row.taxAmount });
  };
  for (const row of taxes) add(row);
  for (const { shipmentId, amount, taxAmount } of shipping) {
    const rates = order.shipments.find((shipment) => shipment.shipmentId === shipmentId)?.taxRates ?? [];
    if (amount === 0 || rates.length === 0) continue;
    const name = rates.map((rate) => rate.name).join(' + ');
    add({ name, rate: rates.length === 1 ? rates[0]!.rate : null, netAmount: amount + negative(taxAmount), taxAmount });
  }
  return [...rows.values()];
}

/** "0.20" → "20%", "0.0875" → "8.75%". */
export function percent(rate: string): string {
  const [whole = '0', decimals = ''] = rate.split('.');
  const figures = whole + decimals.slice(0, 2).padEnd(2, '0');
  const rest = decimals.slice(2).replace(/0+$/, '');
  return `${figures.replace(/^0+(?=\d)/, '')}${rest && `.${rest}`}%`;
}
