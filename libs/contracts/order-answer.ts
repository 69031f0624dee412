import { z } from 'zod';
import { tenderKinds } from '#libs/domain/order';
import { money, time } from './answers';

const taxRate = z.object({ name: z.string(), rate: z.string() });
const unitShare = z
  .object({ unit: z.int(), goodsAmount: money, discountAmount: money, taxAmount: money, paidAmount: money })
  .meta({ id: 'UnitShare', description: 'What one piece cost; discounts are positive' });

const orderLineAnswer = z
  .object({
    lineId: z.string(),
    sku: z.string(),
    title: z.string(),
    category: z.string().nullable(),
    supplier: z.string().nullable(),
    quantity: z.int(),
    unitPrice: money,
    discountAmount: money,
    taxRates: z.array(taxRate),
    finalSale: z.boolean(),
    serials: z.array(z.string()),
    paidAmount: money,
    returnableQuantity: z.int(),
    units: z.array(unitShare),
  })
  .meta({ id: 'OrderLineAnswer', description: 'An order line, and what each piece of it cost' });

const addressAnswer = z
  .object({
    name: z.string(),
    phone: z.string().nullable(),
    country: z.string(),
    region: z.string().nullable(),
    city: z.string().nullable(),
    postalCode: z.string().nullable(),
    lines: z.array(z.string()),
  })
  .meta({ id: 'AddressAnswer' });

/** `GET` and `PUT /v1/orders/{orderNumber}`. */
export const orderAnswer = z
  .object({
    orderNumber: z.string(),
    channel: z.string(),
    currency: z.string(),
    placedAt: time,
    pricesIncludeTax: z.boolean(),
    customer: z.object({
      id: z.string(),
      name: z.string(),
      email: z.string(),
      phone: z.string().nullable(),
      tier: z.string().nullable(),
      locale: z.string(),
    }),
    shipTo: addressAnswer.nullable(),
    lines: z.array(orderLineAnswer),
    discounts: z.array(
      z.object({
        discountId: z.string(),
        target: z.enum(['order', 'line', 'shipping']),
        lineIds: z.array(z.string()),
        shipmentIds: z.array(z.string()),
        amount: money,
        couponCode: z.string().nullable(),
      }),
    ),
    shipments: z.array(
      z.object({
        shipmentId: z.string(),
        lineIds: z.array(z.string()),
        shippingAmount: money,
        discountAmount: money,
        taxRates: z.array(taxRate),
        deliveredAt: time.nullable(),
      }),
    ),
    tenders: z.array(
      z.object({ tenderId: z.string(), kind: z.enum(tenderKinds), provider: z.string(), providerPaymentId: z.string().nullable(), amount: money }),
    ),
    pointsEarned: z.int(),
    pointsSpent: z.int(),
    giftedCoupons: z.array(z.object({ code: z.string(), value: money })),
    freightInsurance: z.boolean(),
    chargebacks: z.array(z.object({ chargebackId: z.string(), tenderId: z.string(), amount: money, status: z.enum(['open', 'won', 'lost']), at: time })),
  })
  .meta({ id: 'Order', description: 'The frozen snapshot, and what can still come back of it' });

/** `GET` and `PUT /v1/inventory/{sku}`. */
export const inventoryAnswer = z
  .object({ sku: z.string(), title: z.string(), price: money, available: z.int(), updatedAt: time })
  .meta({ id: 'Inventory', description: 'Stock and price of an article' });

/** `GET` and `PATCH /v1/customers/{id}`. */
export const customerAnswer = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    email: z.string().nullable(),
    tier: z.string().nullable(),
    blocked: z.boolean(),
    riskScore: z.int().min(0).max(100),
    updatedAt: time,
  })
  .meta({ id: 'Customer', description: 'What is known of a customer; name and e-mail are null once erased' });
