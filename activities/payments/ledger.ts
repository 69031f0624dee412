import type { Transaction } from '#libs/persistence/database';
import { insertLedgerEntry, toldEntry, type NewLedgerEntry } from '#libs/persistence/ledger';
import type { Change } from '../returns/record';

/** Appends one entry to the ledger; the log of this very change tells it. */
export function post(tx: Transaction, { after, at, ledger }: Change, entry: NewLedgerEntry): void {
  if (entry.postings.length === 0) return;
  const told = toldEntry(entry);
  insertLedgerEntry(tx, at, after.state.returnId, told);
  ledger.push(told);
}
