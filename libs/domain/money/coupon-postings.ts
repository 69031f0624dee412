import type { Posting } from './postings';

interface Worth {
  readonly amount: number;
  readonly currency: string;
}

/** A coupon we gave for the trouble pays for a part of a later order: what we owed for it is paid. Released, the other way round. */
export const postingsOfCouponUsed = ({ amount, currency }: Worth): Posting[] => [
  { from: 'coupon_liability', to: 'provider_clearing', amount, currency, type: 'coupon_used' },
];

/** A coupon that an order brought was never owed to anybody: it costs when it is spent, and the return that unwinds its order takes that back from the same account. */
export const postingsOfGiftUsed = ({ amount, currency }: Worth): Posting[] => [
  { from: 'goodwill', to: 'provider_clearing', amount, currency, type: 'gift_used' },
];

/** Nobody can use it any more: what it cost us was nothing in the end. */
export const postingsOfCouponExpired = ({ amount, currency }: Worth): Posting[] => [
  { from: 'coupon_liability', to: 'goodwill', amount, currency, type: 'coupon_expired' },
];
