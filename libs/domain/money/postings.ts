import type { TenderKind } from '../order';
import { sum } from './rational';
import type { Settlement } from './settlement-types';

export const accounts = [
  ...(['sales_returns', 'tax_payable', 'shipping_income', 'fee_income', 'refunds_payable', 'customer_receivable', 'provider_clearing'] as const),
  ...(['store_credit', 'coupon_liability', 'points_liability', 'goodwill', 'freight_insurance', 'write_off'] as const),
] as const;
export type Account = (typeof accounts)[number];
export type PostingType =
  | 'goods_returned'
  | 'tax_returned'
  | 'shipping_returned'
  | 'fee_kept'
  | 'gift_clawed_back'
  | 'refund_paid'
  | 'advance_granted'
  | 'advance_settled'
  | 'advance_recovered'
  | 'refunded_elsewhere'
  | 'charged_back'
  | 'overdraft_written_off'
  | 'compensation_granted'
  | 'store_credit_spent'
  | 'coupon_used'
  | 'coupon_expired'
  | 'gift_used';
/** `from` is debited, `to` is credited: balanced by form. Minor units of `currency`, above zero. */
export interface Posting {
  readonly from: Account;
  readonly to: Account;
  readonly amount: number;
  readonly currency: string;
  readonly type: PostingType;
}

/** No posting for nothing; below zero the direction turns. */
function post(from: Account, to: Account, amount: number, currency: string, type: PostingType): Posting[] {
  if (amount === 0) return [];
  return amount > 0 ? [{ from, to, amount, currency, type }] : [{ from: to, to: from, amount: -amount, currency, type }];
}

/**
 * A granted settlement: leaves exactly its total on `refunds_payable`, whatever of it an advance has paid. Tax is what `taxes` and `shipping` show; fees are income
 * without the tax they hold, which stays payable.
 */
export function postingsOfSettlement(settlement: Settlement): Posting[] {
  const against = 'refunds_payable';
  const { currency } = settlement;
  const shippingTax = sum(settlement.shipping.map((row) => row.taxAmount));
  const linesTax = sum(settlement.taxes.map((row) => row.taxAmount));
  const fees = -sum(settlement.fees.map((fee) => fee.amount));
  const feesTax = fees === 0 ? 0 : sum(settlement.lines.map((line) => line.taxAmount)) - linesTax;
  return [
    ...post('sales_returns', against, sum(settlement.lines.map((line) => line.amount)) - linesTax - feesTax, currency, 'goods_returned'),
    ...post('tax_payable', against, linesTax + shippingTax, currency, 'tax_returned'),
    ...post('shipping_income', against, sum(settlement.shipping.map((row) => row.amount)) - shippingTax, currency, 'shipping_returned'),
    ...post(against, 'fee_income', fees - feesTax, currency, 'fee_kept'),
    // The gift was a cost of goodwill when it was spent; what is kept for it comes back to that account.
    ...post(against, 'goodwill', -sum(settlement.clawbacks.map((clawback) => clawback.amount)), currency, 'gift_clawed_back'),
  ];
}

/** Where the money of a tender lies. Gift cards and manual payouts leave through a provider or a bank, and so does store credit that a provider keeps (`elsewhere`). */
export function accountOfTender(kind: TenderKind, elsewhere = false): 'provider_clearing' | 'store_credit' | 'points_liability' {
  if (kind === 'store_credit' && !elsewhere) return 'store_credit';
  return kind === 'points' ? 'points_liability' : 'provider_clearing';
}

/** A refund that succeeded: `kind` is that of the tender the money really went to (a redirected refund: the new one). */
export function postingsOfRefund(refund: {
  readonly amount: number;
  readonly currency: string;
  readonly kind: TenderKind;
  readonly elsewhere?: boolean;
}): Posting[] {
  return post('refunds_payable', accountOfTender(refund.kind, refund.elsewhere), refund.amount, refund.currency, 'refund_paid');
}

/** Money granted before the goods are inspected: owed to the customer, and by the customer until a settlement closes it. */
export function postingsOfAdvance(advance: { readonly amount: number; readonly currency: string }): Posting[] {
  return post('customer_receivable', 'refunds_payable', advance.amount, advance.currency, 'advance_granted');
}

/** What a settlement owes and an advance has paid: it settles both what was owed and what the customer was to account for. */
export function postingsOfAdvanceSettled(part: { readonly amount: number; readonly currency: string }): Posting[] {
  return post('refunds_payable', 'customer_receivable', part.amount, part.currency, 'advance_settled');
}

/** What an advance left open, by the policy's `advanceRecovery`; an invoice leaves it in the receivable. */
export function postingsOfAdvanceRecovery(rest: {
  readonly amount: number;
  readonly currency: string;
  readonly recovery: 'write_off' | 'store_credit' | 'invoice';
}): Posting[] {
  return rest.recovery === 'invoice' ? [] : post(rest.recovery, 'customer_receivable', rest.amount, rest.currency, 'advance_recovered');
}

const liabilities = { coupon: 'coupon_liability', points: 'points_liability', credit: 'store_credit' } as const;

/** Something given for the trouble. Its undo is {@link reversed}. */
export function postingsOfCompensation(compensation: {
  readonly kind: keyof typeof liabilities;
  readonly amount: number;
  readonly currency: string;
}): Posting[] {
  return post('goodwill', liabilities[compensation.kind], compensation.amount, compensation.currency, 'compensation_granted');
}

/** The undo of postings: the same amounts the other way round, last one first. Entries are never taken back, only answered. */
export function reversed(postings: readonly Posting[]): Posting[] {
  return postings.toReversed().map((posting) => ({ ...posting, from: posting.to, to: posting.from }));
}

/** Credits less debits of an account. */
export function balanceOf(account: Account, postings: readonly Posting[]): number {
  return sum(postings.map((posting) => (posting.to === account ? posting.amount : 0) - (posting.from === account ? posting.amount : 0)));
}
