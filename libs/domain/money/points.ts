import { storeCreditTender } from './tenders';
import { proportion, sum } from './rational';
import type { Settlement, SettlementInput } from './settlement-types';

/** What the order's points come to after this settlement; `refundedAmount` and `toPointsAmount` are the running totals they follow. */
export interface GivenPoints {
  readonly restored: number;
  readonly revoked: number;
  readonly refundedAmount: number;
  readonly toPointsAmount: number;
}

/**
 * Points are cumulative: earned ones go by the money refunded so far out of what was paid, spent ones come back by what went back to the points tender
 * out of what it gave. Any sequence of returns of everything revokes and restores exactly all of them.
 */
export function givePoints(total: number, paidAmount: number, tenders: Settlement['tenders'], input: SettlementInput): GivenPoints {
  const { order, before } = input;
  const refundedAmount = Math.min(paidAmount, before.refundedAmount + total);
  const pointsTenders = new Set(order.tenders.flatMap((tender) => (tender.kind === 'points' ? [tender.tenderId] : [])));
  const spentAmount = sum(order.tenders.flatMap((tender) => (tender.kind === 'points' ? [tender.amount] : [])));
  const earlier = before.tenders.filter((tender) => pointsTenders.has(tender.tenderId)).map((tender) => tender.refundedAmount + tender.pendingAmount);
  const now = tenders.filter((tender) => pointsTenders.has(tender.tenderId) && tender.tenderId !== storeCreditTender.tenderId).map((tender) => tender.amount);
  const toPointsAmount = Math.min(spentAmount, sum([...earlier, ...now]));
  return {
    revoked: Math.max(0, proportion(order.pointsEarned, refundedAmount, paidAmount) - before.points.revoked),
    restored: Math.max(0, proportion(order.pointsSpent, toPointsAmount, spentAmount) - before.points.restored),
    refundedAmount,
    toPointsAmount,
  };
}
