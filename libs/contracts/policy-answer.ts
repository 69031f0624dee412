import { z } from 'zod';
import { grades, outboundShippingRules, stages, tenderOrders } from '#libs/domain/policy/policy';
import { money, time } from './answers';
import { currency } from './values';

const texts = z.array(z.string());
const deadline = z
  .object({ target: z.string(), warn: z.string().nullable(), calendar: z.string(), onBreach: z.string() })
  .meta({ id: 'DeadlineRule', description: 'Durations are ISO 8601' });
const byStage = Object.fromEntries(stages.map((stage) => [stage, deadline])) as Record<(typeof stages)[number], typeof deadline>;
const byGrade = Object.fromEntries(grades.map((grade) => [grade, z.string()])) as Record<(typeof grades)[number], z.ZodString>;

const rules = {
  name: z.string(),
  currency,
  effectiveFrom: time,
  priority: z.int(),
  scope: z.object({ countries: texts, regions: texts, categories: texts, channels: texts, tiers: texts, sharePercent: z.int() }),
  window: z.object({
    duration: z.string(),
    from: z.enum(['delivery', 'placed']),
    byCategory: z.record(z.string(), z.string()),
    byTier: z.record(z.string(), z.string()),
  }),
  excluded: z.object({ finalSale: z.boolean(), categories: texts }),
  reasons: z.array(
    z.object({ code: z.string(), fault: z.string(), evidence: z.string(), goodsBack: z.string(), needsDelivery: z.boolean(), resolutions: texts }),
  ),
  approval: z.object({ automatic: z.array(z.object({ maxAmount: money, reasons: texts, tiers: texts, maxRisk: z.int() })) }),
  priorities: z.array(
    z.object({
      when: z.object({ reasons: texts, tiers: texts, minAmount: money }),
      level: z.enum(['low', 'normal', 'high', 'urgent']),
      firstResponse: z.string().nullable(),
    }),
  ),
  refund: z.object({
    timing: z.string(),
    advanceBelow: money.nullable(),
    advanceRecovery: z.string(),
    outboundShipping: z.enum(outboundShippingRules),
    tenderOrder: z.enum(tenderOrders),
    keepItBelow: money,
    fees: z.array(z.object({ kind: z.string(), rate: z.string().nullable(), amount: money.nullable(), reasons: texts })),
    gradeDeductions: z.object(byGrade),
    approvalAbove: money.nullable(),
  }),
  handover: z.object({ methods: texts, paidBy: z.string() }),
  deadlines: z.object(byStage),
  compensation: z.array(
    z.object({
      when: z.object({ fault: z.string().optional(), breached: z.string().optional(), reasons: texts.optional() }),
      grant: z.object({ kind: z.string(), amount: money, validFor: z.string().nullable() }),
    }),
  ),
};
const status = z.enum(['draft', 'published']);

/** `GET /v1/policies/{id}/versions/{n}`, and the elements of `GET /v1/policies`, where it is the newest version. */
export const policyVersionAnswer = z
  .object({ id: z.string(), version: z.int(), status, publishedAt: time.nullable(), ...rules })
  .meta({ id: 'PolicyVersion', description: 'One version of a policy; once published it never changes' });
export type PolicyVersionAnswer = z.infer<typeof policyVersionAnswer>;

/** `GET /v1/policies/{id}`: its newest version (the draft, if there is one), and which versions there are, oldest first. */
export const policyAnswer = z
  .object({
    id: z.string(),
    version: z.int(),
    status,
    publishedAt: time.nullable(),
    ...rules,
    createdAt: time,
    versions: z.array(z.object({ version: z.int(), status, effectiveFrom: time, publishedAt: time.nullable() })),
  })
  .meta({ id: 'PolicyAnswer', description: 'A policy: its newest version, and which versions there are' });
export type PolicyAnswer = z.infer<typeof policyAnswer>;

/** `GET` and `PUT /v1/calendars/{id}`. */
export const calendarAnswer = z
  .object({
    id: z.string(),
    zone: z.string(),
    hours: z.array(z.object({ day: z.int(), from: z.string(), to: z.string() })),
    holidays: texts,
    workdays: texts,
    years: z.array(z.int()),
    suspensions: z.array(z.object({ from: time, to: time, reason: z.string() })),
  })
  .meta({ id: 'CalendarAnswer', description: 'When time counts' });
