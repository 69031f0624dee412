import { z } from 'zod';
import { differenceKinds } from '#libs/domain/money/reconciliation';
import { money, time } from './answers';

const text = z.string().nullable();

/** One refund on which a provider and we do not agree. */
export const differenceAnswer = z
  .object({
    n: z.int().meta({ description: 'Its number in this reconciliation' }),
    kind: z.enum(differenceKinds),
    refundId: z.string().meta({ description: 'The id under which the provider holds it: one of ours when there is a return' }),
    returnId: text,
    orderNumber: text,
    providerRefundId: text,
    providerPaymentId: text,
    amount: money.nullable().meta({ description: 'In our books; null when we know nothing of it' }),
    providerAmount: money.nullable().meta({ description: 'At the provider; null when it knows nothing of it' }),
    currency: text,
    providerCurrency: text,
    status: text,
    providerStatus: text,
    at: time.meta({ description: 'When the provider made it; of what it has not, when we did' }),
    state: z.enum(['open', 'resolved', 'gone']).meta({ description: 'Of now: open, explained by a person, or not found any more by a later reconciliation' }),
    endedBy: text,
    endedAt: time.nullable(),
    note: text,
  })
  .meta({ id: 'ReconciliationDifference', description: 'Amounts and statuses are those of the moment at which it was found' });

const summary = {
  id: z.string(),
  provider: z.string(),
  from: time,
  to: time,
  status: z.enum(['running', 'done', 'failed']),
  reason: text.meta({ description: 'Why it failed: provider_unreachable, provider_unknown, too_many_differences' }),
  matched: z.int().meta({ description: 'Refunds on which both agree' }),
  counts: z.object({ missing_here: z.int(), missing_there: z.int(), amount_differs: z.int() }),
  told: z.int().meta({ description: 'Reports of the provider that had never come, and were told anew' }),
  requestedBy: z.string(),
  createdAt: time,
  finishedAt: time.nullable(),
};
/** An element of `GET /v1/reconciliations`. */
export const reconciliationSummary = z.object(summary).meta({ id: 'ReconciliationSummary', description: 'A provider’s list against ours' });

/** `GET /v1/reconciliations/{id}`. */
export const reconciliationAnswer = z
  .object({
    ...summary,
    missing_here: z.array(differenceAnswer).meta({ description: 'The provider gave money back that our books do not have' }),
    missing_there: z.array(differenceAnswer).meta({ description: 'Our books have a refund that the provider did not make' }),
    amount_differs: z.array(differenceAnswer).meta({ description: 'Both have it, with another amount or currency' }),
    open: z.int().meta({ description: 'Differences that nobody has explained yet' }),
  })
  .meta({ id: 'Reconciliation', description: 'A provider’s list against ours; of each kind of difference the first 200, all of them in …/differences' });
