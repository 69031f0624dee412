import type { Transaction } from '#libs/persistence/database';
import type { Change } from './record';

/** What of a receipt nobody waited for, and whose it turned out to be. */
export async function recordReceipts(tx: Transaction, { after: { state }, events }: Change): Promise<void> {
  for (const { detail } of events) {
    if (typeof detail?.receiptId !== 'string') continue;
    await tx.query(`UPDATE receipt SET status = 'matched', return_id = $2, unexpected = CASE WHEN $3::jsonb IS NULL THEN unexpected ELSE $3::jsonb END WHERE id = $1`, [
      detail.receiptId,
      state.returnId,
      detail.unexpected === undefined ? null : JSON.stringify(detail.unexpected),
    ]);
  }
}
