import type { Posting } from '#libs/domain/money/postings';
import type { Transaction } from '#libs/persistence/database';
import type { Change } from '../returns/record';

/**
 * Appends one entry: each posting moves an amount from an account (debit) to another (credit), so it balances by form. The id counts once;
 * null is the next one of the refund.
 */
export function post(tx: Transaction, { after, at }: Change, entry: { id: string | null; refundId: string | null; postings: readonly Posting[] }): void {
  if (entry.postings.length === 0) return;
  tx.write(
    `INSERT INTO ledger_posting (merchant_id, entry_id, position, at, return_id, refund_id, type, from_account, to_account, amount, currency)
     SELECT current_setting('app.merchant_id'),
       coalesce($1, 'led_' || $4::text || '/' || (SELECT count(DISTINCT entry_id) + 1 FROM ledger_posting WHERE return_id = $3 AND refund_id = $4)), position - 1, $2, $3, $4, posting ->> 'type', posting ->> 'from', posting ->> 'to', (posting ->> 'amount')::bigint, posting ->> 'currency'
     FROM jsonb_array_elements($5::jsonb) WITH ORDINALITY AS p (posting, position)`,
    [entry.id && `led_${entry.id}`, at, after.state.returnId, entry.refundId, JSON.stringify(entry.postings)],
  );
}
