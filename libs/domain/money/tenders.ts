import type { TenderKind } from '../order';
import { allocate } from './allocate';
import { sum } from './rational';
import { SettlementError } from './settlement-error';
import type { Settlement, SettlementInput } from './settlement-types';

/** The tender that is ours and not the order's: where a refund goes with `refundTo: store_credit`. */
export const storeCreditTender = { tenderId: 'store_credit', kind: 'store_credit' } as const;

interface Balance {
  readonly tenderId: string;
  readonly kind: TenderKind;
  readonly capturedAmount: number;
  /** Refunded or on its way. */
  readonly returnedAmount: number;
  /** What it can still take. A disputed part counts: the money is owed to that tender and waits for the dispute's end. */
  readonly room: number;
}

const nonCashOrder: readonly TenderKind[] = ['points', 'gift_card', 'store_credit'];

/**
 * Where the total goes. Tenders that get nothing are left out; the others stand in the order in which they were filled.
 * Throws SettlementError `amount_unavailable` when the tenders have no room for it.
 */
export function allocateTenders(total: number, input: SettlementInput): Settlement['tenders'] {
  if (total === 0) return [];
  if (input.refundTo === 'store_credit') return [{ ...storeCreditTender, amount: total }];
  const balances = balancesOf(input);
  const room = sum(balances.map((balance) => balance.room));
  if (room < total) throw new SettlementError('amount_unavailable', `The tenders can take back ${room}, the settlement gives ${total}.`);
  const filled = input.rules.tenderOrder === 'pro_rata' ? proRata(total, balances) : oneAfterTheOther(total, sorted(balances, input.rules.tenderOrder));
  return filled.filter((tender) => tender.amount > 0);
}

function balancesOf(input: SettlementInput): Balance[] {
  return input.order.tenders.map(({ tenderId, kind }) => {
    const money = input.before.tenders.find((tender) => tender.tenderId === tenderId);
    const capturedAmount = Math.max(0, money?.capturedAmount ?? 0);
    const returnedAmount = Math.max(0, (money?.refundedAmount ?? 0) + (money?.pendingAmount ?? 0));
    return { tenderId, kind, capturedAmount, returnedAmount, room: Math.max(0, capturedAmount - returnedAmount) };
  });
}

function sorted(balances: readonly Balance[], order: 'first_in' | 'last_in' | 'non_cash_first'): readonly Balance[] {
  if (order === 'first_in') return balances;
  if (order === 'last_in') return balances.toReversed();
  const rank = ({ kind }: Balance) => (nonCashOrder.includes(kind) ? nonCashOrder.indexOf(kind) : nonCashOrder.length);
  return balances.toSorted((one, other) => rank(one) - rank(other));
}

function oneAfterTheOther(total: number, balances: readonly Balance[]): Settlement['tenders'] {
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
function proRata(total: number, balances: readonly Balance[]): Settlement['tenders'] {
  const open = new Set(balances.filter((balance) => balance.room > 0));
  for (;;) {
    const spread = [...open];
    const ideals = allocate(
      sum([total, ...spread.map((balance) => balance.returnedAmount)]),
      spread.map((balance) => balance.capturedAmount),
    );
    const ahead = spread.filter((balance, index) => (ideals[index] ?? 0) < balance.returnedAmount);
    if (ahead.length === 0)
      return spread.map(({ tenderId, kind, returnedAmount }, index) => ({ tenderId, kind, amount: (ideals[index] ?? 0) - returnedAmount }));
    for (const balance of ahead) open.delete(balance);
  }
}
