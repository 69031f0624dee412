import type { Event } from '#libs/domain/return/evolve';
import { refuse, type Input, type Refusal } from '#libs/domain/return/input';
import type { Transaction } from '#libs/persistence/database';

/** What arrived is counted once. `unexpected`: another command has counted it for the same return, with this left over. */
type Counted = Refusal | { readonly unexpected: readonly unknown[] };

/** Holds the receipt until the transaction ends; null when nobody has counted it yet. */
export async function countedAlready(tx: Transaction, { receiptId }: Input<'receive'>, returnId: string): Promise<Counted | null> {
  const [receipt] = await tx.query<{ countedBy: string | null; returnId: string | null; unexpected: readonly unknown[] }>(
    'SELECT counted_by AS "countedBy", return_id AS "returnId", unexpected FROM receipt WHERE id = $1 FOR UPDATE',
    [receiptId],
  );
  if (!receipt || receipt.countedBy === null) return null;
  return receipt.returnId === returnId ? { unexpected: receipt.unexpected } : refuse('invalid_state', 'the receipt belongs to another return already');
}

/** Whose it turned out to be, and what of it nobody waited for. */
export function recordReceipt(tx: Transaction, { id, receiptId }: Input<'receive'>, returnId: string, events: readonly Event[]): void {
  const unexpected = events.flatMap((event) => (event.detail?.receiptId === receiptId ? ((event.detail.unexpected as unknown[] | undefined) ?? []) : []));
  tx.write(`UPDATE receipt SET status = 'matched', return_id = $2, unexpected = $3, counted_by = $4 WHERE id = $1`, [
    receiptId,
    returnId,
    JSON.stringify(unexpected),
    id,
  ]);
}
