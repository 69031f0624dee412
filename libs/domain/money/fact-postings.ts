import type { Chargeback } from '../order';
import type { Posting } from './postings';

/**
 * Money that left the provider's account although nobody here decided so: a refund made elsewhere, a chargeback that was lost. The customer has it, so the customer
 * owes it until a person says otherwise. What did not stand after all is `reversed`.
 */
export const postingsOfMoneyGone = (type: 'refunded_elsewhere' | 'charged_back', amount: number, currency: string): Posting[] =>
  amount === 0 ? [] : [{ from: 'customer_receivable', to: 'provider_clearing', amount, currency, type }];

/** What finance takes as a loss of it. Below zero: it was recovered after all. */
export function postingsOfOverdraft(amount: number, currency: string): Posting[] {
  if (amount === 0) return [];
  const [from, to] = amount > 0 ? (['write_off', 'customer_receivable'] as const) : (['customer_receivable', 'write_off'] as const);
  return [{ from, to, amount: Math.abs(amount), currency, type: 'overdraft_written_off' }];
}

/** What a chargeback has cost for good: minor units. An open dispute only holds the balance back. */
export const lostAmount = (chargeback: Chargeback | undefined): number => (chargeback?.status === 'lost' ? chargeback.amount : 0);
