import type { Actor } from '#libs/contracts/caller';
import { lostAmount, postingsOfMoneyGone } from '#libs/domain/money/fact-postings';
import { reversed } from '#libs/domain/money/postings';
import type { Chargeback, Order } from '#libs/domain/order';
import { difference } from '#libs/domain/order-change';
import type { Transaction } from './database';
import { newId } from './ids';
import { postForMerchant } from './ledger';

/** Who said so. */
export type Teller = Pick<Actor, 'kind' | 'id'>;

/**
 * What has become of an order's disputes: told by the merchant's chain, and booked where money is gone for good, or came back after all. The order is locked, so each
 * change is told once.
 */
export async function tellChargebacks(tx: Transaction, order: Order, before: readonly Chargeback[], by: Teller): Promise<void> {
  for (const chargeback of order.chargebacks) {
    const was = before.find((other) => other.chargebackId === chargeback.chargebackId);
    if (was && difference(was, chargeback) === null) continue;
    const gone = lostAmount(chargeback) - lostAmount(was);
    const booked = postingsOfMoneyGone('charged_back', Math.abs(gone), order.currency);
    const { chargebackId, tenderId, amount, status, at } = chargeback;
    await postForMerchant(tx, await merchantOf(tx), {
      id: newId('cbk'),
      refundId: null,
      postings: gone < 0 ? reversed(booked) : booked,
      type: `chargeback_${status}`,
      actor: by,
      data: { orderNumber: order.orderNumber, chargebackId, tenderId, amount, at },
    });
  }
}

async function merchantOf(tx: Transaction): Promise<string> {
  const [row] = await tx.query<{ merchantId: string }>(`SELECT current_setting('app.merchant_id') AS "merchantId"`);
  return row!.merchantId;
}
