import type { ReturnState } from '#libs/domain/return/state';
import { orderSpeaker } from '#libs/persistence/orders';
import type { JobContext } from './job-context';

interface OrderChanged {
  readonly merchantId: string;
  readonly orderNumber: string;
}

/**
 * The balances of an order have changed: its returns look again at what they hold back.
 * @param occasion different for every change of the order, the same when this job is tried again
 */
export async function orderChanged({ database, signal }: JobContext, { merchantId, orderNumber }: OrderChanged, occasion: string): Promise<void> {
  const returns = await database.inMerchant(merchantId, (tx) =>
    tx.query<{ state: ReturnState }>(
      // Closed ones too that hold money back, that speak for a tender more has left than came in, or that gave up a refund which was paid after all.
      `SELECT r.state FROM orders o JOIN return r ON r.merchant_id = o.merchant_id AND r.order_number = o.order_number
       WHERE o.order_number = $1 AND (r.closed_at IS NULL OR r.state @? '$.refunds[*] ? (@.held == true)' OR r.state @? '$.paidAfterAll[*]'
         OR EXISTS (SELECT FROM refund_elsewhere e JOIN refund f ON f.merchant_id = e.merchant_id AND f.id = e.refund_id WHERE e.merchant_id = o.merchant_id AND e.order_number = o.order_number AND f.return_id = r.id)
         OR r.id = ${orderSpeaker} AND (r.state @? '$.overdrafts[*]'
         OR EXISTS (SELECT FROM tender t WHERE t.order_number = o.order_number AND t.captured_amount < t.refunded_amount + t.disputed_amount))) ORDER BY r.id`,
      [orderNumber],
    ),
  );
  for (const { state } of returns) await signal(state, { id: `wake/${occasion}`, kind: 'wake' });
}
