import { z } from 'zod';
import { storeCreditTender } from '#libs/domain/money/tenders';
import { orderLimits, tenderKinds } from '#libs/domain/order';
import { manualTender } from '#libs/domain/return/redirect';
import {
  amount,
  providerCode,
  code,
  currency,
  email,
  instant,
  lineId,
  name,
  orderNumber,
  positiveAmount,
  quantity,
  sku,
  taxRate,
  text,
  unique,
} from './values';

/** Where money goes that no tender of the order takes: a refund names them as if they were tenders. */
const reservedTenderIds: readonly string[] = [storeCreditTender.tenderId, manualTender];
const optionalName = (max: number) => name(max).nullable().default(null);
const taxRates = z
  .array(z.strictObject({ name: name(64), rate: taxRate }).meta({ id: 'TaxRate', description: 'One tax; several rates share one base' }))
  .max(10)
  .default([]);

export const orderCustomer = z
  .strictObject({
    id: name(100),
    name: text(200, 0).default(''),
    email,
    phone: text(40, 0).nullable().default(null),
    tier: code.nullable().default(null),
    locale: z
      .string()
      .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/, { error: 'must be a language tag such as zh-CN' })
      .default('en'),
  })
  .meta({ id: 'OrderCustomer', description: 'Who bought it' });

export const address = z
  .strictObject({
    name: text(200, 0).default(''),
    phone: text(40, 0).nullable().default(null),
    country: z.string().regex(/^[A-Z]{2}$/, { error: 'must be an ISO 3166 code of two letters' }),
    region: optionalName(100),
    city: optionalName(100),
    postalCode: optionalName(20),
    lines: z.array(text(200, 0)).max(6).default([]),
  })
  .meta({ id: 'Address', description: 'A postal address' });

export const orderLine = z
  .strictObject({
    lineId,
    sku,
    title: text(500, 0).default(''),
    category: code.nullable().default(null),
    supplier: optionalName(100),
    quantity,
    unitPrice: amount,
    discountAmount: amount.default(0),
    taxRates,
    finalSale: z.boolean().default(false),
    serials: z.array(name(100)).max(orderLimits.unitsPerLine).default([]),
  })
  .refine((line) => BigInt(line.discountAmount) <= BigInt(line.unitPrice) * BigInt(line.quantity), {
    path: ['discountAmount'],
    error: 'is above the price of the line',
  })
  .refine((line) => line.serials.length <= line.quantity, { path: ['serials'], error: 'are more than the pieces of the line' })
  .meta({ id: 'OrderLine', description: 'What was sold; `unitPrice` includes tax when `pricesIncludeTax`' });

export const discount = z
  .strictObject({
    discountId: name(64),
    target: z.enum(['order', 'line', 'shipping']),
    lineIds: z.array(lineId).max(orderLimits.lines).default([]),
    shipmentIds: z.array(name(64)).max(orderLimits.lines).default([]),
    amount,
    couponCode: optionalName(100),
  })
  .refine((value) => (value.target === 'line') === value.lineIds.length > 0, { path: ['lineIds'], error: 'are given exactly with target "line"' })
  .refine((value) => value.target === 'shipping' || value.shipmentIds.length === 0, { path: ['shipmentIds'], error: 'are given with target "shipping" only' })
  .meta({ id: 'Discount', description: 'A positive amount, spread over its target' });

export const shipment = z
  .strictObject({
    shipmentId: name(64),
    lineIds: z.array(lineId).max(orderLimits.lines).default([]),
    shippingAmount: amount.default(0),
    discountAmount: amount.default(0),
    taxRates,
    deliveredAt: instant.nullable().default(null),
  })
  .refine((value) => value.discountAmount <= value.shippingAmount, { path: ['discountAmount'], error: 'is above the shipping amount' })
  .meta({ id: 'Shipment', description: 'What travelled together to the customer' });

export const tender = z
  .strictObject({
    tenderId: name(64).refine((id) => !reservedTenderIds.includes(id), { error: 'is one of our own names for where money goes' }),
    kind: z.enum(tenderKinds),
    provider: providerCode.default('manual'),
    providerPaymentId: optionalName(200),
    amount,
  })
  .meta({ id: 'Tender', description: 'One means of payment' });

export const chargeback = z
  .strictObject({ chargebackId: name(100), tenderId: name(64), amount: positiveAmount, status: z.enum(['open', 'won', 'lost']), at: instant })
  .meta({ id: 'Chargeback', description: 'A payment the bank took back; won and lost are the merchant’s' });

const orderFields = z.strictObject({
  orderNumber,
  channel: code.default('web'),
  currency,
  placedAt: instant,
  pricesIncludeTax: z.boolean().default(true),
  customer: orderCustomer,
  shipTo: address.nullable().default(null),
  lines: z
    .array(orderLine)
    .min(1)
    .max(orderLimits.lines)
    .refine(...unique<{ lineId: string }>((line) => line.lineId)),
  discounts: z
    .array(discount)
    .max(200)
    .refine(...unique<{ discountId: string }>((value) => value.discountId))
    .default([]),
  shipments: z
    .array(shipment)
    .max(200)
    .refine(...unique<{ shipmentId: string }>((value) => value.shipmentId))
    .default([]),
  tenders: z
    .array(tender)
    .max(20)
    .refine(...unique<{ tenderId: string }>((value) => value.tenderId))
    .default([]),
  pointsEarned: amount.default(0),
  pointsSpent: amount.default(0),
  giftedCoupons: z
    .array(z.strictObject({ code: name(100), value: amount }).meta({ id: 'GiftedCoupon', description: 'A coupon the order brought' }))
    .max(20)
    .refine(...unique<{ code: string }>((coupon) => coupon.code))
    .default([]),
  freightInsurance: z.boolean().default(false),
  chargebacks: z
    .array(chargeback)
    .max(50)
    .refine(...unique<{ chargebackId: string }>((value) => value.chargebackId))
    .default([]),
});
type Fields = z.output<typeof orderFields>;
type Wrong = readonly [path: (string | number)[], message: string];

/** `PUT /v1/orders/{orderNumber}`. Whether goods, discounts, shipping and tax add up to the tenders is money's question, not the schema's. */
export const orderBody = orderFields
  .superRefine((order, context) => {
    if (context.issues.length > 0) return;
    for (const [path, message] of [...danglingReferences(order), ...oversizedTotals(order)]) {
      context.addIssue({ code: 'custom', path, message, params: { code: 'invalid_reference' } });
    }
  })
  .meta({ id: 'OrderImport', description: 'A frozen snapshot of what was sold' });
export type OrderBody = z.infer<typeof orderBody>;

/** References from one part of the order to another that lead nowhere. */
function danglingReferences(order: Fields): Wrong[] {
  const lines = new Set(order.lines.map((line) => line.lineId));
  const shipments = new Set(order.shipments.map((value) => value.shipmentId));
  const tenders = new Set(order.tenders.map((value) => value.tenderId));
  const among = (known: ReadonlySet<string>, ids: readonly string[], ...path: (string | number)[]): Wrong[] =>
    ids.flatMap((id, index): Wrong[] => (known.has(id) ? [] : [[[...path, index], `there is no ${JSON.stringify(id)} in this order`]]));
  return [
    ...order.discounts.flatMap((value, index) => among(lines, value.lineIds, 'discounts', index, 'lineIds')),
    ...order.discounts.flatMap((value, index) => among(shipments, value.shipmentIds, 'discounts', index, 'shipmentIds')),
    ...order.shipments.flatMap((value, index) => among(lines, value.lineIds, 'shipments', index, 'lineIds')),
    ...order.chargebacks.flatMap((value, index): Wrong[] =>
      tenders.has(value.tenderId) ? [] : [[['chargebacks', index, 'tenderId'], 'there is no such tender in this order']],
    ),
  ];
}

/** Sums have to stay safe integers, taxes on top included (several rates below 10 each). */
function oversizedTotals(order: Fields): Wrong[] {
  const goods = order.lines.reduce((sum, line) => sum + BigInt(line.unitPrice) * BigInt(line.quantity), 0n);
  const shipping = order.shipments.reduce((sum, value) => sum + BigInt(value.shippingAmount), 0n);
  const highest =
    1n + BigInt(Math.max(0, ...[...order.lines, ...order.shipments].map((part) => part.taxRates.reduce((sum, rate) => sum + Math.ceil(Number(rate.rate)), 0))));
  return (goods + shipping) * highest > BigInt(Number.MAX_SAFE_INTEGER) ? [[['lines'], 'the order is worth more than can be counted exactly']] : [];
}
