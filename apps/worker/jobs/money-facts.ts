import { lockOrder, recordChargeback } from '#libs/persistence/orders';
import type { Transaction } from '#libs/persistence/database';
import { appendToMerchantLog } from '#libs/persistence/log';
import type { JobContext } from './job-context';

/** What providers report about payments rather than about refunds of ours. Amounts in minor units of the order's currency. */
export type MoneyFact = {
  readonly providerPaymentId: string;
  readonly amount: number;
} & (
  | { readonly type: 'refund_elsewhere'; readonly providerRefundId: string }
  | { readonly type: 'chargeback_reported'; readonly chargebackId: string; readonly status: 'open' | 'won' | 'lost'; readonly at: string }
);
interface Payment {
  readonly merchantId: string;
  readonly orderNumber: string;
  readonly tenderId: string;
}

/**
 * Writes a fact about a payment down, once: the inbox row is marked in the same transaction. A payment that no order has yet waits for its order's import, which queues
 * it again by `subject`.
 * @param source `payment/<provider>`
 */
export async function recordMoneyFact({ database }: JobContext, inboxId: number, source: string, fact: MoneyFact): Promise<void> {
  const payment = await paymentOf({ database }, source, fact.providerPaymentId);
  if (!payment) {
    await database.asSystem((tx) => tx.query('UPDATE inbox SET subject = $2 WHERE id = $1 AND subject <> $2', [inboxId, fact.providerPaymentId]));
    return;
  }
  await database.inMerchant(payment.merchantId, async (tx) => {
    await lockOrder(tx, payment.orderNumber);
    const [open] = await tx.query<{ id: number }>(
      `WITH done AS (UPDATE inbox SET handled_at = now(), merchant_id = $2 WHERE id = $1 AND handled_at IS NULL RETURNING id) SELECT id FROM done`,
      [inboxId, payment.merchantId],
    );
    if (!open) return;
    if (fact.type === 'refund_elsewhere') return recordElsewhere(tx, payment, source, fact);
    const { chargebackId, amount, status, at } = fact;
    await recordChargeback(tx, payment.orderNumber, { chargebackId, tenderId: payment.tenderId, amount, status, at });
  });
}

/** A payment belongs to one order; should several name it, the first one that was imported. */
async function paymentOf({ database }: Pick<JobContext, 'database'>, source: string, providerPaymentId: string): Promise<Payment | null> {
  const [payment] = await database.asSystem((tx) =>
    tx.query<Payment>(
      `SELECT t.merchant_id AS "merchantId", t.order_number AS "orderNumber", t.tender_id AS "tenderId"
       FROM tender t JOIN orders o ON o.merchant_id = t.merchant_id AND o.order_number = t.order_number
       WHERE t.provider = $1 AND t.provider_payment_id = $2 ORDER BY o.created_at, t.position LIMIT 1`,
      [source.slice('payment/'.length), providerPaymentId],
    ),
  );
  return payment ?? null;
}

/** Somebody gave money back without us: the balance says so, below zero if need be. Nothing is booked, for nobody here has decided anything. */
async function recordElsewhere(
  tx: Transaction,
  { merchantId, orderNumber, tenderId }: Payment,
  source: string,
  fact: MoneyFact & { type: 'refund_elsewhere' },
): Promise<void> {
  const { providerRefundId, amount } = fact;
  const ours = await tx.query(
    'SELECT FROM refund WHERE return_id IN (SELECT id FROM return WHERE merchant_id = $1 AND order_number = $2) AND provider_refund_id = $3 LIMIT 1',
    [merchantId, orderNumber, providerRefundId],
  );
  if (ours.length > 0) return;
  await tx.query('UPDATE tender SET refunded_amount = refunded_amount + $3 WHERE order_number = $1 AND tender_id = $2', [orderNumber, tenderId, amount]);
  const data = { orderNumber, tenderId, providerRefundId, amount };
  await appendToMerchantLog(tx, merchantId, { type: 'refunded_elsewhere', actor: { kind: 'provider', id: source }, data });
}
