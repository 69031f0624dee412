import { z } from 'zod';
import { orderLimits } from '#libs/domain/order';
import { handoverMethods, resolutions, stages } from '#libs/domain/policy/policy';
import {
  carrierName,
  code,
  duration,
  evidence,
  freeText,
  id,
  instant,
  lineId,
  name,
  optionalText,
  orderNumber,
  positiveAmount,
  quantity,
  sku,
  trackingNumber,
  unique,
  unitNumber,
} from './values';

/** Where a unit is (CONTRACT §4). */
export const unitLogistics = ['awaiting', 'in_transit', 'received', 'lost', 'short', 'wrong_item', 'kept_by_customer', 'sending_back', 'sent_back'] as const;
/** Where a unit can turn out to be when an agent ends an exception. */
export const resolvedLogistics = ['received', 'lost', 'short', 'wrong_item', 'kept_by_customer'] as const satisfies readonly (typeof unitLogistics)[number][];

export const pickupBody = z
  .strictObject({ from: instant, to: instant })
  .refine((slot) => Date.parse(slot.from) < Date.parse(slot.to), { path: ['to'], error: 'must be later than from' })
  .meta({ id: 'PickupSlot', description: 'When the courier may come' });
export type PickupBody = z.infer<typeof pickupBody>;

export const applicationLine = z
  .strictObject({
    lineId,
    quantity,
    reason: code,
    comment: optionalText,
    resolution: z.enum(resolutions).default('refund'),
    exchangeSku: sku.nullable().default(null),
    adjustmentAmount: positiveAmount.nullable().default(null),
    evidence,
  })
  .refine((line) => line.exchangeSku === null || line.resolution === 'exchange', { path: ['exchangeSku'], error: 'is given with resolution "exchange" only' })
  .refine((line) => (line.adjustmentAmount !== null) === (line.resolution === 'adjustment'), {
    path: ['adjustmentAmount'],
    error: 'is given exactly with resolution "adjustment"',
  })
  .meta({ id: 'ApplicationLine', description: 'What is to come back of one order line, and what is asked for it' });

/** `POST /v1/returns` and `POST /v1/returns/quote`. */
export const applyBody = z
  .strictObject({
    orderNumber,
    channel: code
      .nullable()
      .default(null)
      .meta({ description: 'Where it was asked for; null: where the order was placed, which is also what counts for a customer' }),
    lines: z
      .array(applicationLine)
      .min(1)
      .max(orderLimits.lines)
      .refine(...unique<{ lineId: string }>((line) => line.lineId))
      .refine((lines) => lines.reduce((sum, line) => sum + line.quantity, 0) <= orderLimits.unitsPerReturn, {
        error: `must not hold more than ${orderLimits.unitsPerReturn} units`,
      }),
    method: z.enum(handoverMethods).default('none'),
    pickup: pickupBody.nullable().default(null),
    refundTo: z.enum(['original', 'store_credit']).default('original'),
  })
  .refine((body) => body.pickup === null || body.method === 'door_pickup', { path: ['pickup'], error: 'is given with method "door_pickup" only' })
  .meta({ id: 'ReturnApplication', description: 'An application for a return; a quote takes the same' });
export type ApplyBody = z.infer<typeof applyBody>;
export const quoteBody = applyBody;

export const cancelBody = z.strictObject({ reason: optionalText }).prefault({}).meta({ id: 'CancelReturn', description: 'Take the application back' });
export type CancelBody = z.infer<typeof cancelBody>;

export const decisionBody = z
  .strictObject({
    lines: z
      .array(z.strictObject({ lineId, decision: z.enum(['approve', 'reject']), reason: optionalText }))
      .min(1)
      .max(orderLimits.lines)
      .refine(...unique<{ lineId: string }>((line) => line.lineId)),
  })
  .meta({ id: 'ReviewDecision', description: 'Approve or reject, line by line' });
export type DecisionBody = z.infer<typeof decisionBody>;

export const offerResolutions = [...resolutions, 'store_credit'] as const;
const inKind: readonly string[] = ['exchange', 'reship', 'repair'] satisfies readonly (typeof resolutions)[number][];
export const offerBody = z
  .strictObject({ resolution: z.enum(offerResolutions), amount: positiveAmount.nullable().default(null), note: optionalText })
  .refine((offer) => offer.resolution !== 'adjustment' || offer.amount !== null, { path: ['amount'], error: 'is needed with resolution "adjustment"' })
  .refine((offer) => !inKind.includes(offer.resolution) || offer.amount === null, {
    path: ['amount'],
    error: 'is for money: an exchange, another piece and a repair are what they are',
  })
  .meta({
    id: 'CounterOffer',
    description:
      'Something else than what was asked for, such as keeping it for a part refund. `store_credit` says only where the money goes: an amount, if any, is no more than what there is to come',
  });
export type OfferBody = z.infer<typeof offerBody>;

export const shipmentBody = z.strictObject({ carrier: carrierName, trackingNumber }).meta({ id: 'CustomerShipment', description: 'The customer sent it' });
export type ShipmentBody = z.infer<typeof shipmentBody>;

export const sendbackBody = z
  .strictObject({ carrier: carrierName, trackingNumber })
  .meta({ id: 'SendBack', description: 'Rejected goods go back to the customer' });
export type SendbackBody = z.infer<typeof sendbackBody>;

export const appealBody = z.strictObject({ reason: freeText, evidence }).meta({ id: 'Appeal', description: 'Once a line, within the window' });
export type AppealBody = z.infer<typeof appealBody>;

export const repairBody = z
  .strictObject({ lineId, unit: unitNumber, outcome: z.enum(['repaired', 'unrepairable']) })
  .meta({ id: 'RepairOutcome', description: 'How the repair of a unit went' });
export type RepairBody = z.infer<typeof repairBody>;

export const resolveBody = z
  .strictObject({
    units: z
      .array(z.strictObject({ lineId, unit: unitNumber, logistics: z.enum(resolvedLogistics), money: z.enum(['refund', 'none']), note: optionalText }))
      .min(1)
      .max(orderLimits.unitsPerReturn)
      .refine(...unique<{ lineId: string; unit: number }>((entry) => `${entry.unit} ${entry.lineId}`)),
  })
  .meta({ id: 'ResolveException', description: 'What became of units the process cannot place' });
export type ResolveBody = z.infer<typeof resolveBody>;

export const goodwillBody = z
  .strictObject({ kind: z.enum(['coupon', 'points', 'credit']), amount: positiveAmount, reason: freeText })
  .meta({ id: 'Goodwill', description: 'Something for the trouble, by hand' });
export type GoodwillBody = z.infer<typeof goodwillBody>;

export const noteBody = z
  .strictObject({ text: freeText, visibility: z.enum(['internal', 'customer']).default('internal') })
  .meta({ id: 'Note', description: 'Never changes the process' });
export type NoteBody = z.infer<typeof noteBody>;

export const assignBody = z.strictObject({ userId: id.nullable() }).meta({ id: 'Assign', description: 'Whose case it is; null: nobody’s' });
export type AssignBody = z.infer<typeof assignBody>;

export const ratingBody = z
  .strictObject({ score: z.int().min(1).max(5), recommend: z.int().min(0).max(10).nullable().default(null), comment: optionalText })
  .meta({ id: 'Rating', description: 'How it went: 1 to 5, and whether the customer would recommend us, 0 to 10' });
export type RatingBody = z.infer<typeof ratingBody>;

/** The `{stage}` of deadline calls. */
export const deadlineStage = z.enum(stages).meta({ id: 'Stage', description: 'A stage that has a deadline' });
export const deadlinePauseBody = z.strictObject({ reason: freeText }).meta({ id: 'PauseDeadline', description: 'Why the clock stands still' });
export type DeadlinePauseBody = z.infer<typeof deadlinePauseBody>;
export const deadlineExtendBody = z.strictObject({ by: duration }).meta({ id: 'ExtendDeadline', description: 'By how much' });
export type DeadlineExtendBody = z.infer<typeof deadlineExtendBody>;

export const returnStatuses = [
  'in_review',
  'awaiting_handover',
  'in_transit',
  'at_warehouse',
  'settling',
  'completed',
  'rejected',
  'cancelled',
  'expired',
] as const;
const bulkFilter = z
  .strictObject({
    returnIds: z.array(id).min(1).max(200).optional(),
    status: z.enum(returnStatuses).optional(),
    assignee: id.optional(),
    customerId: name(100).optional(),
    orderNumber: orderNumber.optional(),
    trackingNumber: trackingNumber.optional(),
    serial: name(100).optional(),
    attention: z.boolean().optional(),
    overdue: z.boolean().optional(),
    from: instant.optional(),
    to: instant.optional(),
  })
  .refine((filter) => Object.values(filter).some((value) => value !== undefined), { error: 'must name at least one criterion' })
  .meta({ id: 'BulkFilter', description: 'Which returns; every criterion given must hold' });
export const bulkBody = z
  .discriminatedUnion('action', [
    z.strictObject({ action: z.literal('extend'), filter: bulkFilter, stage: deadlineStage, by: duration }).meta({ id: 'BulkExtend' }),
    z.strictObject({ action: z.literal('assign'), filter: bulkFilter, userId: id.nullable() }).meta({ id: 'BulkAssign' }),
  ])
  .meta({ id: 'BulkAction', description: 'One action on many returns' });
export type BulkBody = z.infer<typeof bulkBody>;

/** `POST /v1/coupons/{code}/redeem`; `release` needs no fields. */
export const couponRedeemBody = z.strictObject({ orderNumber }).meta({ id: 'RedeemCoupon', description: 'The order it is spent on' });
export type CouponRedeemBody = z.infer<typeof couponRedeemBody>;

/** `POST /v1/compensations/{id}/approve|reject`. */
export const compensationDecisionBody = z.strictObject({ note: optionalText }).prefault({}).meta({ id: 'CompensationDecision' });
export type CompensationDecisionBody = z.infer<typeof compensationDecisionBody>;

/** `PATCH /v1/customers/{id}`. */
export const customerBody = z
  .strictObject({ blocked: z.boolean().optional(), tier: code.nullable().optional(), riskScore: z.int().min(0).max(100).optional() })
  .meta({ id: 'CustomerChange', description: 'What is known of a customer; fields that are left out stay' });
export type CustomerBody = z.infer<typeof customerBody>;
