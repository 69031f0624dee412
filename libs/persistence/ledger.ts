import type { Actor } from '#libs/contracts/caller';
import type { Posting } from '#libs/domain/money/postings';
import type { Transaction } from './database';
import { appendToMerchantLog } from './log';

/** Postings that belong together. `id` is made by the caller and counts once; it is stored with `led_` before it. */
export interface NewLedgerEntry {
  readonly id: string;
  readonly refundId: string | null;
  readonly postings: readonly Posting[];
}

/** An entry as the hash chain tells it, so that the chain vouches for every posting. */
export const toldEntry = ({ id, refundId, postings }: NewLedgerEntry) => ({ id: `led_${id}`, refundId, postings });
export type ToldEntry = ReturnType<typeof toldEntry>;

/**
 * Each posting moves an amount from an account (debit) to another (credit), so it balances by form. Whoever calls it has the entry told by a chain in the same transaction.
 * @param merchantSequence the telling entry of the merchant's chain, for what belongs to no return
 */
export function insertLedgerEntry(
  tx: Transaction,
  at: string,
  returnId: string | null,
  { id, refundId, postings }: ToldEntry,
  merchantSequence: number | null = null,
): void {
  tx.write(
    `INSERT INTO ledger_posting (merchant_id, entry_id, position, at, return_id, refund_id, type, from_account, to_account, amount, currency, merchant_sequence)
     SELECT current_setting('app.merchant_id'), $1, position - 1, $2, $3, $4, posting ->> 'type', posting ->> 'from', posting ->> 'to', (posting ->> 'amount')::bigint, posting ->> 'currency', $6::int
     FROM jsonb_array_elements($5::jsonb) WITH ORDINALITY AS p (posting, position)`,
    [id, at, returnId, refundId, JSON.stringify(postings), merchantSequence],
  );
}

/** Money that moved outside of any return: booked, and told by the merchant's own chain. */
export async function postForMerchant(
  tx: Transaction,
  merchantId: string,
  entry: NewLedgerEntry & { readonly type: string; readonly actor: Pick<Actor, 'kind' | 'id'>; readonly data: Readonly<Record<string, unknown>> },
): Promise<void> {
  const at = new Date().toISOString();
  const told = toldEntry(entry);
  const { type, actor, data } = entry;
  const sequence = await appendToMerchantLog(tx, merchantId, { at, type, actor, data: told.postings.length > 0 ? { ...data, ledger: [told] } : data });
  if (told.postings.length > 0) insertLedgerEntry(tx, at, null, told, sequence);
}
