import { sum } from './rational';
import type { AdvancedMoney, Settlement } from './settlement-types';

type Tenders = Settlement['tenders'];

/** What a settlement uses of the advances that went before it, oldest first: their money counts as paid, tender by tender, and only the rest is refunded anew. */
export function takeAdvanced<Tender extends { readonly amount: number }>(
  total: number,
  advanced: readonly { readonly advanceId: string; readonly tenders: readonly Tender[] }[],
): { readonly advanceId: string; readonly tenders: readonly Tender[] }[] {
  let rest = total;
  const take = (tender: Tender): Tender => {
    const amount = Math.min(rest, tender.amount);
    rest -= amount;
    return { ...tender, amount };
  };
  const taken = advanced.map(({ advanceId, tenders }) => ({ advanceId, tenders: tenders.map(take).filter(({ amount }) => amount > 0) }));
  return taken.filter(({ tenders }) => tenders.length > 0);
}

export const amountOf = ({ tenders }: Pick<AdvancedMoney, 'tenders'>): number => sum(tenders.map(({ amount }) => amount));

/** Row by row, in the order of first appearance. */
export function addTenders(...parts: readonly Tenders[]): Tenders {
  const rows = new Map<string, Tenders[number]>();
  for (const tender of parts.flat()) rows.set(tender.tenderId, { ...tender, amount: (rows.get(tender.tenderId)?.amount ?? 0) + tender.amount });
  return [...rows.values()];
}
