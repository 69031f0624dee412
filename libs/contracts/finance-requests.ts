import { z } from 'zod';
import { freeText, instant, name, optionalText, payoutReference, providerCode } from './values';

/** The queries of finance lists are in `lists.ts`. */

/** `POST /v1/refunds/{id}/approve|reject`. */
export const refundDecisionBody = z.strictObject({ note: optionalText }).prefault({}).meta({ id: 'RefundDecision' });
export type RefundDecisionBody = z.infer<typeof refundDecisionBody>;

/** `POST /v1/refunds/{id}/redirect`. `to`: a tender of the order, `store_credit` or `manual`. */
export const refundRedirectBody = z
  .strictObject({ to: name(64), note: optionalText })
  .meta({ id: 'RefundRedirect', description: 'Where the money goes instead' });
export type RefundRedirectBody = z.infer<typeof refundRedirectBody>;

/** `POST /v1/refunds/{id}/settle`. */
export const refundSettleBody = z.strictObject({ reference: payoutReference }).meta({ id: 'PayoutConfirmation', description: 'The reference of the payout' });
export type RefundSettleBody = z.infer<typeof refundSettleBody>;

/** `POST /v1/reconciliations`. */
export const reconciliationBody = z
  .strictObject({ provider: providerCode, from: instant, to: instant })
  .refine((range) => Date.parse(range.from) < Date.parse(range.to), { path: ['to'], error: 'must be later than from' })
  .refine((range) => Date.parse(range.to) - Date.parse(range.from) <= 366 * 86_400_000, { path: ['to'], error: 'must be at most 366 days after from' })
  .meta({ id: 'NewReconciliation', description: 'A provider’s list against ours' });
export type ReconciliationBody = z.infer<typeof reconciliationBody>;

/** `POST /v1/reconciliations/{id}/differences/{n}/resolve`. */
export const differenceResolutionBody = z
  .strictObject({
    note: freeText,
    record: z.boolean().default(false).meta({
      description:
        'Put our books right. `missing_here`: book it as a refund that was made elsewhere. `missing_there`: ask the provider once more, and when it has nothing the refund has failed',
    }),
  })
  .meta({ id: 'DifferenceResolution', description: 'What explains a difference' });
export type DifferenceResolutionBody = z.infer<typeof differenceResolutionBody>;

/** `POST /v1/payment-providers/{provider}/pause|resume`. */
export const providerPauseBody = z.strictObject({ reason: freeText }).meta({ id: 'PauseProvider', description: 'Why refunds stop leaving, or leave again' });
export type ProviderPauseBody = z.infer<typeof providerPauseBody>;
