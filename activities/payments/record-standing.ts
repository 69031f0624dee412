import type { Transaction } from '#libs/persistence/database';
import { takeOver } from '#libs/persistence/refunds-elsewhere';
import type { Change } from '../returns/record';

/**
 * A refund that was given up and paid after all stands again: what was booked as money that left without us is this refund's, and its tender's balance is claimed for it.
 * That it succeeded is recorded like any other success.
 */
export async function recordStanding(tx: Transaction, { before, after, events, actor }: Change): Promise<void> {
  const { merchantId, orderNumber } = after.state;
  for (const event of events) {
    if (event.type !== 'refund_changed' || event.set.status !== 'succeeded') continue;
    const was = before.refunds.find(({ refundId }) => refundId === event.refundId);
    if (was?.status !== 'redirected') continue;
    await takeOver(tx, merchantId, { orderNumber, provider: was.provider, providerRefundId: event.set.providerRefundId ?? '' }, actor);
    tx.write('UPDATE tender SET pending_amount = pending_amount + $3 WHERE order_number = $1 AND tender_id = $2', [orderNumber, was.tenderId, was.amount]);
  }
}
