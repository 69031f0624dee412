import type { World } from './input';
import type { ReturnState } from './state';

/**
 * Whether so much more would lift what the order has been given above what goes without a second pair of eyes. All money granted on the order counts, by whichever
 * return and in whichever form: refunds that wait or left, and coupons, points and credit for the trouble. So nothing is gained by splitting it.
 * @param amount minor units of the order's currency
 */
export function needsApproval(state: ReturnState, amount: number, { policy, order, grantedAmount, goodwillElsewhere }: World): boolean {
  const { approvalAbove } = policy.refund;
  if (approvalAbove === null || policy.currency !== order.currency) return false;
  const given = state.compensations.filter(({ status }) => status === 'granted' || status === 'used').reduce((sum, one) => sum + one.amount, 0);
  return grantedAmount + goodwillElsewhere + given + amount > approvalAbove;
}
