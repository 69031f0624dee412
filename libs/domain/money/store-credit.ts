import type { Order, Tender } from '../order';
import { balanceOf, type Posting, type PostingType } from './postings';
import { sum } from './rational';

/** The provider of tenders whose money lies with us. */
export const ourProvider = 'boomerang';

/** Store credit that we keep the account of. What a provider knows by a number of its own is that provider's to give back, whatever it is called. */
export const isOurCredit = ({ kind, provider, providerPaymentId }: Pick<Tender, 'kind' | 'provider' | 'providerPaymentId'>): boolean =>
  kind === 'store_credit' && (provider === ourProvider || providerPaymentId === null);

/** What a provider is asked by; null where no provider is asked: our own store credit may carry a number of ours, and cash is paid out by hand. */
export const paymentIdOf = (tender: Pick<Tender, 'kind' | 'provider' | 'providerPaymentId'>): string | null =>
  isOurCredit(tender) || tender.kind === 'cash' ? null : tender.providerPaymentId;

/** What one entry of the ledger did to what we owe a customer as store credit. `amount`: above zero given, below zero taken, minor units of `currency`. */
export interface CreditMovement {
  /** The entry's: an entry moves an account once. */
  readonly id: string;
  readonly refundId: string | null;
  readonly type: PostingType;
  readonly amount: number;
  readonly currency: string;
}

/** The account of a customer follows the ledger, entry by entry: so the sum of all accounts is the balance of `store_credit`. */
export function creditMovements(
  entries: readonly { readonly id: string; readonly refundId: string | null; readonly postings: readonly Posting[] }[],
): CreditMovement[] {
  return entries.flatMap(({ id, refundId, postings }) => {
    const touching = postings.find(({ from, to }) => from === 'store_credit' || to === 'store_credit');
    const amount = balanceOf('store_credit', postings);
    return touching === undefined || amount === 0 ? [] : [{ id, refundId, type: touching.type, amount, currency: touching.currency }];
  });
}

/** Credit that is revoked is taken back as far as it is still there: what was spent stays spent, as with a coupon. */
export const takenBack = (amount: number, balance: number): number => Math.max(0, Math.min(amount, balance));

/** A later sale is paid out of what we owed. The shop books the sale and its takings; the part that no provider pays in is ours to hand over. */
export const postingsOfCreditSpent = ({ amount, currency }: { readonly amount: number; readonly currency: string }): Posting[] => [
  { from: 'store_credit', to: 'provider_clearing', amount, currency, type: 'store_credit_spent' },
];

/** What an order has drawn and was not paid with: it may be given back. The rest is the order's, and comes back by its returns alone. */
export const releasable = (heldAmount: number, order: Pick<Order, 'tenders'> | null): number =>
  Math.max(0, heldAmount - sum((order?.tenders ?? []).filter((tender) => isOurCredit(tender)).map((tender) => tender.amount)));
