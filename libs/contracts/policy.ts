import { z } from 'zod';
import { defaultDeadlines } from '#libs/domain/policy/default-policy';
import { policyProblems } from '#libs/domain/policy/policy-problems';
import { breachChoices, faults, feeKinds, grades, handoverMethods, outboundShippingRules, resolutions, stages, tenderOrders } from '#libs/domain/policy/policy';
import { amount, code, currency, duration, id, instant, name, positiveAmount, reasonCode, share } from './values';

const codes = z.array(code).max(200).default([]);
const reasonCodes = z.array(reasonCode).max(100).default([]);
const optionalDuration = duration.nullable().default(null);

export const policyScope = z
  .strictObject({
    countries: z
      .array(z.string().regex(/^[A-Z]{2}$/, { error: 'must be an ISO 3166 code of two letters' }))
      .max(250)
      .default([]),
    regions: z.array(name(100)).max(200).default([]),
    categories: codes,
    channels: codes,
    tiers: codes,
    sharePercent: z.int().min(0).max(100).default(100),
  })
  .meta({ id: 'PolicyScope', description: 'Which orders a policy is for; an empty list matches everything' });

export const returnWindow = z
  .strictObject({
    duration,
    from: z.enum(['delivery', 'placed']).default('delivery'),
    byCategory: z.record(code, duration).default({}),
    byTier: z.record(code, duration).default({}),
  })
  .meta({ id: 'ReturnWindow', description: 'How long goods can be returned; of `byCategory` and `byTier` the longest that applies' });

export const reason = z
  .strictObject({
    code: reasonCode,
    fault: z.enum(faults),
    evidence: z.enum(['none', 'optional', 'required']).default('optional'),
    goodsBack: z.enum(['required', 'optional', 'none']).default('required'),
    needsDelivery: z.boolean().default(true),
    resolutions: z.array(z.enum(resolutions)).min(1).max(resolutions.length),
  })
  .meta({ id: 'Reason', description: 'Why something may come back, and what may be asked for' });

const automaticApproval = z
  .strictObject({ maxAmount: amount, reasons: reasonCodes, tiers: codes, maxRisk: z.int().min(0).max(100).default(100) })
  .meta({ id: 'AutomaticApproval', description: 'When no person has to look' });

const priorityRule = z
  .strictObject({
    when: z.strictObject({ reasons: reasonCodes, tiers: codes, minAmount: amount.default(0) }).prefault({}),
    level: z.enum(['low', 'normal', 'high', 'urgent']),
    firstResponse: optionalDuration,
  })
  .meta({ id: 'PriorityRule', description: 'How urgent a return is; of several the most urgent' });

const feeRule = z
  .strictObject({ kind: z.enum(feeKinds), rate: share.nullable().default(null), amount: amount.nullable().default(null), reasons: reasonCodes })
  .meta({ id: 'FeeRule', description: 'A fee: exactly one of `rate` and `amount`' });

const deduction = share.default('0');
export const refundRules = z
  .strictObject({
    timing: z.enum(['at_approval', 'at_first_scan', 'after_inspection']).default('after_inspection'),
    advanceBelow: amount.nullable().default(null),
    advanceRecovery: z.enum(['write_off', 'store_credit', 'invoice']).default('write_off'),
    outboundShipping: z.enum(outboundShippingRules).default('seller_fault_or_full'),
    tenderOrder: z.enum(tenderOrders).default('non_cash_first'),
    keepItBelow: amount.default(0),
    fees: z.array(feeRule).max(50).default([]),
    gradeDeductions: z.strictObject({ A: deduction, B: deduction, C: deduction, D: deduction } satisfies Record<(typeof grades)[number], unknown>).prefault({}),
    approvalAbove: amount.nullable().default(null),
  })
  .meta({ id: 'RefundRules', description: 'What is given back, when and in which order' });

const deadlineOf = <S extends keyof typeof breachChoices>(stage: S) =>
  z
    .strictObject({
      target: duration,
      warn: optionalDuration,
      calendar: id.default('24x7'),
      onBreach: z.enum(breachChoices[stage]).default(breachChoices[stage][0]),
    })
    .default(defaultDeadlines[stage] as { target: string; warn: string | null; calendar: string; onBreach: (typeof breachChoices)[S][number] });
export const deadlineRules = z
  .strictObject({
    review: deadlineOf('review'),
    handover: deadlineOf('handover'),
    transit: deadlineOf('transit'),
    inspection: deadlineOf('inspection'),
    offer: deadlineOf('offer'),
    replacement: deadlineOf('replacement'),
    repair: deadlineOf('repair'),
    approval: deadlineOf('approval'),
    refund: deadlineOf('refund'),
    appeal: deadlineOf('appeal'),
  } satisfies Record<(typeof stages)[number], unknown>)
  .meta({ id: 'DeadlineRules', description: 'How long each stage may take; a stage that is left out has the default policy’s' });

const compensationRule = z
  .strictObject({
    when: z.strictObject({ fault: z.enum(faults).optional(), breached: z.enum(stages).optional(), reasons: z.array(reasonCode).max(100).optional() }),
    grant: z.strictObject({ kind: z.enum(['coupon', 'points', 'credit']), amount: positiveAmount, validFor: optionalDuration }),
  })
  .meta({ id: 'CompensationRule', description: 'What is given for the trouble' });

/** `POST /v1/policies` and `PUT /v1/policies/{id}`. Everything but name, currency, effectiveFrom, window and reasons may be left out. */
export const policyBody = z
  .strictObject({
    name: name(100),
    currency,
    effectiveFrom: instant,
    priority: z.int().min(-1_000_000).max(1_000_000).default(0),
    scope: policyScope.prefault({}),
    window: returnWindow,
    excluded: z.strictObject({ finalSale: z.boolean().default(true), categories: codes }).prefault({}),
    reasons: z.array(reason).min(1).max(100),
    approval: z.strictObject({ automatic: z.array(automaticApproval).max(50).default([]) }).prefault({}),
    priorities: z.array(priorityRule).max(50).default([]),
    refund: refundRules.prefault({}),
    handover: z
      .strictObject({
        methods: z.array(z.enum(handoverMethods)).max(handoverMethods.length).default(['drop_off', 'door_pickup', 'self_ship']),
        paidBy: z.enum(['merchant', 'customer', 'seller_fault', 'insurance']).default('seller_fault'),
      })
      .prefault({}),
    deadlines: deadlineRules.prefault({}),
    compensation: z.array(compensationRule).max(50).default([]),
  })
  .superRefine((policy, context) => {
    if (context.issues.length > 0) return;
    for (const found of policyProblems(policy)) {
      context.addIssue({ code: 'custom', path: [...found.path], message: found.detail, params: { code: found.code } });
    }
  })
  .meta({ id: 'Policy', description: 'A merchant’s rules of returning. Amounts are minor units of `currency`' });
export type PolicyBody = z.infer<typeof policyBody>;
/** `POST /v1/policies/{id}/publish` needs no fields: `emptyBody`. `GET …/versions/{n}`: */
export const versionNumber = z.coerce.number<string>().int().min(1).max(1_000_000);
