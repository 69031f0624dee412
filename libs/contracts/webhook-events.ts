import { z } from 'zod';
import { instant, text } from './values';

/**
 * Bodies of signed events as providers send them (Standard Webhooks): `{ id, type, at, data }`. Whatever else they carry is kept: a sender may add to
 * its events at any time, and one that we do not understand yet is stored all the same. `data` is read with the schemas below it when it is dealt with.
 */
const envelope = { id: text(255), type: text(100), at: instant };
const anything = z.record(z.string(), z.unknown());

export const carrierEventBody = z
  .looseObject({ ...envelope, data: anything })
  .meta({ id: 'CarrierEvent', description: 'A carrier’s event; `parcel.scanned` is dealt with' });
export type CarrierEventBody = z.infer<typeof carrierEventBody>;
export const paymentEventBody = z.looseObject({ ...envelope, data: anything }).meta({
  id: 'PaymentEvent',
  description: 'A payment provider’s event; `refund.succeeded`, `refund.failed`, `refund.created` and `chargeback.<status>` are dealt with',
});
export type PaymentEventBody = z.infer<typeof paymentEventBody>;
export const inventoryEventBody = z
  .looseObject({ ...envelope, data: anything })
  .meta({ id: 'InventoryEvent', description: 'A change of stock; `stock.changed` is dealt with' });
export type InventoryEventBody = z.infer<typeof inventoryEventBody>;

/** `data` of `parcel.scanned`. */
export const parcelScanned = z.looseObject({
  trackingNumber: text(64),
  status: z.enum(['picked_up', 'in_transit', 'exception', 'delivered', 'lost']),
  at: instant.optional(),
});
export type ParcelScanned = z.infer<typeof parcelScanned>;

/** `data` of `refund.<status>`. `refundId` is ours; one we never gave means a refund made elsewhere. */
export const refundReported = z.looseObject({
  refundId: text(255).nullish(),
  providerRefundId: text(255),
  providerPaymentId: text(255),
  amount: z.int().min(0),
});
export type RefundReported = z.infer<typeof refundReported>;

/** `data` of `chargeback.open|won|lost`. */
export const chargebackReported = z.looseObject({
  chargebackId: text(255),
  providerPaymentId: text(255),
  amount: z.int().min(1),
  status: z.enum(['open', 'won', 'lost']),
});
export type ChargebackReported = z.infer<typeof chargebackReported>;

/** `data` of `stock.changed`. */
export const stockChanged = z.looseObject({ sku: text(100), available: z.int().min(0), price: z.int().min(0).optional() });
export type StockChanged = z.infer<typeof stockChanged>;
