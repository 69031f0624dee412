import { recordChargeback } from '#libs/persistence/orders';
import { recordElsewhere } from '#libs/persistence/refunds-elsewhere';
import type { JobContext } from './job-context';

/** What providers report about payments rather than about refunds of ours. Amounts in minor units of the order's currency. */
export type MoneyFact = {
  readonly providerPaymentId: string;
  readonly amount: number;
} & (
  | {
      readonly type: 'refund_elsewhere';
      readonly providerRefundId: string;
      readonly status?: 'succeeded' | 'failed';
      readonly refundId?: string | null | undefined;
    }
  | { readonly type: 'chargeback_reported'; readonly chargebackId: string; readonly status: 'open' | 'won' | 'lost'; readonly at: string }
);
interface Payment {
  readonly merchantId: string;
  readonly orderNumber: string;
  readonly tenderId: string;
}

/**
 * Writes a fact about a payment down, once: the inbox row is marked in the same transaction. A payment that no order has yet waits for its order's import, which queues
 * it again by `subject`; a refund that may be one of ours whose answer is still to come waits for the reconciler.
 * @param source `payment/<provider>`
 */
export async function recordMoneyFact({ database }: JobContext, inboxId: number, source: string, fact: MoneyFact): Promise<void> {
  const provider = source.slice('payment/'.length);
  const payment = await paymentOf({ database }, provider, fact.providerPaymentId);
  if (!payment) {
    await database.asSystem((tx) => tx.query('UPDATE inbox SET subject = $2 WHERE id = $1 AND subject <> $2', [inboxId, fact.providerPaymentId]));
    return;
  }
  const { merchantId, orderNumber, tenderId } = payment;
  const by = { kind: 'provider', id: source } as const;
  await database.inMerchant(merchantId, async (tx) => {
    await tx.query('SELECT FROM orders WHERE order_number = $1 FOR UPDATE', [orderNumber]);
    const [open] = await tx.query('SELECT FROM inbox WHERE id = $1 AND handled_at IS NULL FOR UPDATE', [inboxId]);
    if (!open) return;
    if (fact.type === 'refund_elsewhere') {
      const { providerRefundId, amount, status = 'succeeded', refundId = null } = fact;
      const recorded = await recordElsewhere(tx, merchantId, { orderNumber, tenderId, provider, providerRefundId, amount, status, refundId }, by);
      if (recorded === 'undecided') return;
    } else {
      const { chargebackId, amount, status, at } = fact;
      await recordChargeback(tx, orderNumber, { chargebackId, tenderId, amount, status, at }, by);
    }
    await tx.query('UPDATE inbox SET handled_at = now(), merchant_id = $2 WHERE id = $1', [inboxId, merchantId]);
  });
}

/** A payment belongs to one order; should several name it, the first one that was imported. */
async function paymentOf({ database }: Pick<JobContext, 'database'>, provider: string, providerPaymentId: string): Promise<Payment | null> {
  const [payment] = await database.asSystem((tx) =>
    tx.query<Payment>(
      `SELECT t.merchant_id AS "merchantId", t.order_number AS "orderNumber", t.tender_id AS "tenderId"
       FROM tender t JOIN orders o ON o.merchant_id = t.merchant_id AND o.order_number = t.order_number
       WHERE t.provider = $1 AND t.provider_payment_id = $2 ORDER BY o.created_at, t.position LIMIT 1`,
      [provider, providerPaymentId],
    ),
  );
  return payment ?? null;
}
