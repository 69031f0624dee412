import type { LedgerEntry } from '#libs/persistence/finance-reads';

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
