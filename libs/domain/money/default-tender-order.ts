import type { TenderKind } from '../order';
import type { Allocator } from './allocator';
import { sum } from './rational';
import type { FilledTender, TenderBalance, TenderOrder } from './tender-order';

const nonCashOrder: readonly TenderKind[] = ['points', 'gift_card', 'store_credit'];

/** The four orders of CONTRACT §5. */
export const defaultTenderOrder: TenderOrder = (total, balances, rule, allocator) =>
  rule === 'pro_rata' ? proRata(total, balances, allocator) : oneAfterTheOther(total, sorted(balances, rule));

function sorted(balances: readonly TenderBalance[], rule: 'first_in' | 'last_in' | 'non_cash_first'): readonly TenderBalance[] {
  if (rule === 'first_in') return balances;
  if (rule === 'last_in') return balances.toReversed();
  const rank = ({ kind }: TenderBalance) => (nonCashOrder.includes(kind) ? nonCashOrder.indexOf(kind) : nonCashOrder.length);
  return balances.toSorted((one, other) => rank(one) - rank(other));
}

function oneAfterTheOther(total: number, balances: readonly TenderBalance[]): FilledTender[] {
  let rest = total;
  return balances.map(({ tenderId, kind, room }) => {
    const amount = Math.min(rest, room);
    rest -= amount;
    return { tenderId, kind, amount };
  });
}

/**
 * Each tender's refunds together stay at its share of what was captured. One that already has more keeps it and leaves the spread, which is then made
 * over the others. Nobody is given more than it can take: the spread never exceeds what those in it captured.
 */
function proRata(total: number, balances: readonly TenderBalance[], { spread }: Allocator): FilledTender[] {
  const open = new Set(balances.filter((balance) => balance.room > 0));
  for (;;) {
    const within = [...open];
    const ideals = spread(
      sum([total, ...within.map((balance) => balance.returnedAmount)]),
      within.map((balance) => balance.capturedAmount),
    );
    const ahead = within.filter((balance, index) => (ideals[index] ?? 0) < balance.returnedAmount);
    if (ahead.length === 0)
      return within.map(({ tenderId, kind, returnedAmount }, index) => ({ tenderId, kind, amount: (ideals[index] ?? 0) - returnedAmount }));
    for (const balance of ahead) open.delete(balance);
  }
}
