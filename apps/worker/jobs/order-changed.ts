import type { ReturnState } from '#libs/domain/return/state';
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
      `SELECT state FROM return WHERE order_number = $1 AND (closed_at IS NULL OR state @? '$.refunds[*] ? (@.held == true)') ORDER BY id`,
      [orderNumber],
    ),
  );
  for (const { state } of returns) await signal(state, { id: `wake/${occasion}`, kind: 'wake' });
}
