import type { LedgerEntry, RefundRow } from '#libs/persistence/finance-reads';

/** A refund as finance sees it. Its key is the latest attempt's; before the first call that of the call to come. */
export function presentRefund({ position: _position, providerPaymentId: _payment, attempt, ...refund }: RefundRow) {
  return { ...refund, idempotencyKey: refund.attempts.at(-1)?.idempotencyKey ?? `${refund.id}/${attempt}` };
}

/** An entry as debits and credits: each posting debits the account it comes from and credits the one it goes to. */
export function presentEntry({ postings, position: _position, ...entry }: LedgerEntry) {
  return {
    ...entry,
    postings: postings.flatMap(({ from, to, amount }) => [
      { account: from, debitAmount: amount, creditAmount: 0 },
      { account: to, debitAmount: 0, creditAmount: amount },
    ]),
  };
}
