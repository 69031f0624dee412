import { z } from 'zod';
import { faults, grades, handoverMethods, resolutions, stages } from '#libs/domain/policy/policy';
import { dispositions } from '#libs/domain/return/state';
import { statuses } from '#libs/domain/return/tables';

/** What `GET /v1/returns/{id}` and every command on a return answer (CONTRACT §4). Money is minor units, times RFC 3339 UTC. */
const money = z.int();
const time = z.string();
export const settlementAnswer = z
  .object({
    id: z.string().nullable().meta({ description: 'Null for a quote, and for the sum of several' }),
    currency: z.string(),
    model: z.literal('as_paid'),
    allocator: z.string(),
    lines: z.array(z.object({ lineId: z.string(), units: z.array(z.int()), goodsAmount: money, discountAmount: money, taxAmount: money, amount: money })),
    shipping: z.array(z.object({ shipmentId: z.string(), amount: money, taxAmount: money })),
    fees: z.array(
      z.object({
        kind: z.enum(['condition', 'missing_parts', 'restocking', 'return_shipping']),
        lineId: z.string().nullable(),
        amount: money,
        rule: z.string(),
      }),
    ),
    clawbacks: z.array(z.object({ kind: z.literal('gifted_coupon'), code: z.string(), amount: money })),
    taxes: z.array(z.object({ name: z.string(), rate: z.string(), netAmount: money, taxAmount: money })),
    total: money,
    tenders: z.array(z.object({ tenderId: z.string(), kind: z.string(), amount: money })),
    points: z.object({ restored: z.int(), revoked: z.int() }),
    coupons: z.object({ restored: z.array(z.string()), revoked: z.array(z.string()) }),
    explanation: z.array(
      z.object({
        rule: z.string(),
        inputs: z.record(z.string(), z.unknown()),
        amount: money,
        text: z.string(),
        texts: z.object({ 'zh-CN': z.string() }).optional().meta({ description: '`text` in other languages' }),
      }),
    ),
  })
  .meta({ id: 'Settlement', description: 'What is owed and why. What lowers a sum is negative, so that columns add up.' });

const nextStep = z
  .object({
    who: z.enum(['customer', 'agent', 'warehouse', 'finance', 'system']),
    action: z.enum([
      'wait',
      'hand_over',
      'answer_offer',
      'appeal',
      'review',
      'receive',
      'inspect',
      'repair',
      'approve_refund',
      'resolve_exception',
      'confirm_payout',
    ]),
    dueAt: time.nullable(),
    whenOverdue: z.string().nullable(),
  })
  .meta({ id: 'NextStep', description: 'What happens next, who must act and by when' });
const unit = z.object({
  unit: z.int(),
  logistics: z.enum(['awaiting', 'in_transit', 'received', 'lost', 'short', 'wrong_item', 'kept_by_customer', 'sending_back', 'sent_back']),
  inspection: z.enum(['pending', 'passed', 'failed', 'waived']),
  inspectionId: z.string().nullable().meta({ description: 'Which inspection found this: what a correction names as `supersedes`' }),
  grade: z.enum(grades).nullable(),
  disposition: z.enum(dispositions).nullable(),
  money: z.enum(['none', 'quoted', 'granted', 'refunding', 'refunded', 'unknown', 'failed']),
  refundAmount: money.nullable(),
  fault: z.enum(faults).nullable(),
});
const line = z.object({
  lineId: z.string(),
  sku: z.string(),
  title: z.string(),
  quantity: z.int(),
  reason: z.string(),
  resolution: z.enum(resolutions),
  authorization: z.enum(['pending', 'approved', 'rejected']),
  appeal: z.enum(['open', 'upheld', 'dismissed']).nullable(),
  exchangeSku: z.string().nullable(),
  adjustmentAmount: money.nullable(),
  units: z.array(unit),
});
const parcel = z.object({
  parcelId: z.string(),
  direction: z.enum(['inbound', 'outbound']),
  carrier: z.string(),
  trackingNumber: z.string().nullable(),
  method: z.string(),
  status: z.string(),
  labelUrl: z.string().nullable(),
  scans: z.array(z.object({ status: z.string(), at: time })),
});
const replacement = z.object({
  replacementId: z.string(),
  lineId: z.string(),
  unit: z.int(),
  sku: z.string(),
  kind: z.enum(['exchange', 'reship', 'repair']),
  status: z.enum(['reserved', 'shipped', 'delivered', 'lost', 'cancelled', 'short']),
  trackingNumber: z.string().nullable(),
});
const advance = z
  .object({
    advanceId: z.string(),
    amount: money,
    withdrawnAmount: money.meta({ description: 'What of it never left and is not promised any more' }),
    settledAmount: money.meta({ description: 'What settlements of its units have used' }),
    recoveredAmount: money.meta({ description: 'What was not due, and is recovered' }),
    recovery: z.enum(['write_off', 'store_credit', 'invoice']).nullable(),
    status: z.enum(['open', 'settled', 'recovered', 'invoiced', 'withdrawn']),
    units: z.array(z.object({ lineId: z.string(), unit: z.int() })),
  })
  .meta({ id: 'Advance', description: 'Money paid before the goods were inspected. It is no settlement: what is owed in the end is in `settlements`' });
export const returnAnswer = z
  .object({
    id: z.string(),
    number: z.string(),
    orderNumber: z.string(),
    channel: z.string(),
    currency: z.string(),
    status: z.enum(statuses),
    statusSince: time,
    nextStep: nextStep.nullable(),
    policy: z.object({ id: z.string(), version: z.int() }),
    priority: z.enum(['low', 'normal', 'high', 'urgent']),
    assignee: z.string().nullable(),
    attention: z.object({ reason: z.string(), since: time, taskId: z.string() }).nullable(),
    method: z.enum(handoverMethods),
    refundTo: z.enum(['original', 'store_credit']),
    lines: z.array(line),
    quote: settlementAnswer.nullable(),
    settlement: settlementAnswer.nullable(),
    settlements: z.array(settlementAnswer),
    refunds: z.array(z.object({ id: z.string(), tenderId: z.string(), amount: money, currency: z.string(), status: z.string() })),
    advances: z.array(advance),
    parcels: z.array(parcel),
    replacements: z.array(replacement),
    compensations: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(['coupon', 'points', 'credit']),
        amount: money,
        code: z.string().nullable(),
        status: z.string(),
        reason: z.string(),
        validUntil: time.nullable(),
      }),
    ),
    offers: z.array(z.object({ offerId: z.string(), resolution: z.string(), amount: money.nullable(), note: z.string().nullable(), status: z.string() })),
    deadlines: z.array(z.object({ stage: z.enum(stages), warnAt: time.nullable(), dueAt: time, breachedAt: time.nullable(), pausedAt: time.nullable() })),
    rating: z.object({ score: z.int(), recommend: z.int().nullable(), comment: z.string().nullable() }).nullable(),
    createdAt: time,
    updatedAt: time,
    closedAt: time.nullable(),
  })
  .meta({ id: 'Return', description: 'A return as its reader may see it' });
export type ReturnAnswer = z.infer<typeof returnAnswer>;
