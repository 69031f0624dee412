import type { Allocator } from './allocator';
import { sum } from './rational';
import { SettlementError } from './settlement-error';
import type { Settlement, SettlementInput } from './settlement-types';
import type { TenderBalance, TenderOrder } from './tender-order';

/** The tender that is ours and not the order's: where a refund goes with `refundTo: store_credit`. */
export const storeCreditTender = { tenderId: 'store_credit', kind: 'store_credit' } as const;

/**
 * Where the total goes. Tenders that get nothing are left out; the others stand in the order in which they were filled.
 * Throws SettlementError `amount_unavailable` when the tenders have no room for it.
 */
export function allocateTenders(total: number, input: SettlementInput, fill: TenderOrder, allocator: Allocator): Settlement['tenders'] {
  if (total === 0) return [];
  if (input.refundTo === 'store_credit') return [{ ...storeCreditTender, amount: total }];
  const balances = balancesOf(input);
  const room = sum(balances.map((balance) => balance.room));
  if (room < total) throw new SettlementError('amount_unavailable', `The tenders can take back ${room}, the settlement gives ${total}.`);
  return fill(total, balances, input.rules.tenderOrder, allocator).filter((tender) => tender.amount > 0);
}

function balancesOf(input: SettlementInput): TenderBalance[] {
  return input.order.tenders.map(({ tenderId, kind }) => {
    const money = input.before.tenders.find((tender) => tender.tenderId === tenderId);
    const capturedAmount = Math.max(0, money?.capturedAmount ?? 0);
    const returnedAmount = Math.max(0, (money?.refundedAmount ?? 0) + (money?.pendingAmount ?? 0));
    return { tenderId, kind, capturedAmount, returnedAmount, room: Math.max(0, capturedAmount - returnedAmount) };
  });
}
