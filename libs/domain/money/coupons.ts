import { negative } from './rational';
import type { OrderStanding } from './order-standing';
import type { Settlement, SettlementInput } from './settlement-types';

export interface GivenCoupons {
  /** A row for every gifted coupon of the order, 0 where nothing is taken back. */
  readonly clawbacks: Settlement['clawbacks'];
  /** Codes the customer may use again, and gifted codes that end. */
  readonly restored: readonly string[];
  readonly revoked: readonly string[];
}

/** Coupons move only with the return that unwinds the whole order. A used gift costs its value, at most what the settlement still gives (`total`). */
export function giveCoupons(total: number, input: SettlementInput, standing: OrderStanding): GivenCoupons {
  let rest = total;
  const used = new Set(input.usedCoupons);
  const clawbacks = input.order.giftedCoupons.map(({ code, value }) => {
    const amount = standing.unwound && used.has(code) ? Math.min(value, rest) : 0;
    rest -= amount;
    return { kind: 'gifted_coupon' as const, code, amount: negative(amount) };
  });
  if (!standing.unwound) return { clawbacks, restored: [], revoked: [] };
  const codes = input.order.discounts.flatMap(({ couponCode }) => (couponCode === null ? [] : [couponCode]));
  return { clawbacks, restored: [...new Set(codes)], revoked: input.order.giftedCoupons.flatMap(({ code }) => (used.has(code) ? [] : [code])) };
}
