import { z } from 'zod';
import { instant, text } from './values';

/**
 * Bodies of signed events as providers send them (Standard Webhooks): `{ id, type, at, data }`. Whatever else they carry is kept: a sender may add to
 * its events at any time, and one that we do not understand yet is stored all the same. `data` is read with the schemas below it when it is dealt with.
 */
const envelope = { id: text(255), type: text(100), at: instant };
const anything = z.record(z.string(), z.unknown());

export const carrierEventBody = z.looseObject({ ...envelope, data: anything }).meta({
  id: 'CarrierEvent',
  description: 'A carrier’s event. `parcel.scanned` goes to the parcel’s return, at once or when its number becomes known; any other is kept',
});
export type CarrierEventBody = z.infer<typeof carrierEventBody>;
export const paymentEventBody = z.looseObject({ ...envelope, data: anything }).meta({
  id: 'PaymentEvent',
  description:
    'A payment provider’s event. `refund.succeeded`, `refund.failed` and `refund.pending` with a `refundId` of ours go to the refund; `refund.succeeded` without one lowers the tender’s balance, once by its `providerRefundId`, and `refund.failed` gives it back; `chargeback.<status>` is written into the order. Any other is kept',
});
export type PaymentEventBody = z.infer<typeof paymentEventBody>;
export const inventoryEventBody = z
  .looseObject({ ...envelope, data: anything })
  .meta({ id: 'InventoryEvent', description: 'A stock system’s event: kept, nothing follows from it. Stock is set with `PUT /v1/inventory/{sku}`' });
export type InventoryEventBody = z.infer<typeof inventoryEventBody>;

/** An event whose envelope is not this one is undefined instead of refused: it was signed, so it is kept. */
export const understood = <T extends z.ZodType>(envelope: T) => envelope.catch(() => undefined as never);

/** `data` of `parcel.scanned`. */
export const parcelScanned = z.looseObject({
  trackingNumber: text(64),
  status: z.enum(['picked_up', 'in_transit', 'exception', 'delivered', 'lost']),
  at: instant.optional(),
});

/** `data` of `refund.<status>`. `refundId` is ours; one we never gave means a refund made elsewhere. */
export const refundReported = z.looseObject({
  refundId: text(255).nullish(),
  providerRefundId: text(255),
  providerPaymentId: text(255),
  amount: z.int().min(0),
});

/** `data` of `chargeback.open|won|lost`. */
export const chargebackReported = z.looseObject({
  chargebackId: text(255),
  providerPaymentId: text(255),
  amount: z.int().min(1),
  status: z.enum(['open', 'won', 'lost']),
});

/** `data` of `stock.changed`. */
export const stockChanged = z.looseObject({ sku: text(100), available: z.int().min(0), price: z.int().min(0).optional() });
