import { z } from 'zod';
import { money, time } from './answers';
import { ledgerAccounts, refundStatuses } from './lists';

const attempt = z
  .object({
    attempt: z.int(),
    idempotencyKey: z.string(),
    status: z.string(),
    code: z.string().nullable(),
    providerRefundId: z.string().nullable(),
    requestedAt: time,
    answeredAt: time.nullable(),
  })
  .meta({ id: 'RefundAttempt', description: 'One call to the provider, under its own idempotency key' });

/** `GET /v1/refunds/{id}`. */
export const refundAnswer = z
  .object({
    id: z.string(),
    returnId: z.string(),
    orderNumber: z.string(),
    settlementId: z.string(),
    tenderId: z.string(),
    provider: z.string(),
    amount: money,
    currency: z.string(),
    status: z.enum(refundStatuses),
    idempotencyKey: z.string(),
    providerRefundId: z.string().nullable(),
    redirectedFrom: z.string().nullable(),
    grantedBy: z.string(),
    attempts: z.array(attempt),
    approvals: z.array(z.object({ decision: z.enum(['approved', 'rejected']), by: z.string(), note: z.string().nullable(), at: time })),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Refund', description: 'An instruction to one tender' });

/** `GET /v1/refunds/{id}/explanation`. */
export const refundExplanation = z
  .object({
    refundId: z.string(),
    settlementId: z.string(),
    matches: z.boolean(),
    mismatch: z.string().nullable().meta({ description: 'What does not match, or why nothing could be computed' }),
    settlement: z.looseObject({ total: money }).meta({ description: 'As it was settled' }),
    recomputed: z.looseObject({ total: money }).nullable().meta({ description: 'As it comes out of the stored inputs now; null when they cannot be computed' }),
    rules: z.unknown().meta({ description: 'The versions of the rules that were used' }),
    explanation: z.array(z.looseObject({ rule: z.string(), amount: money, text: z.string() })),
  })
  .meta({ id: 'RefundExplanation', description: 'The settlement behind a refund, computed once more' });

/** `GET /v1/tenders?orderNumber`. */
export const tenderBalance = z
  .object({
    tenderId: z.string(),
    kind: z.string(),
    provider: z.string(),
    capturedAmount: money,
    refundedAmount: money,
    pendingAmount: money,
    disputedAmount: money,
    availableAmount: money.meta({ description: 'May be negative: facts are recorded as they come' }),
  })
  .meta({ id: 'TenderBalance', description: 'What one means of payment gave, gave back and still holds' });

/** `GET /v1/ledger/entries`. */
export const ledgerEntryAnswer = z
  .object({
    id: z.string(),
    at: time,
    returnId: z.string().nullable(),
    refundId: z.string().nullable(),
    type: z.string(),
    currency: z.string(),
    postings: z.array(z.object({ account: z.enum(ledgerAccounts), debitAmount: money, creditAmount: money })),
  })
  .meta({ id: 'LedgerEntry', description: 'Debits and credits of an entry are equal' });

/** `GET /v1/ledger/balances`. */
export const ledgerBalancesAnswer = z
  .object({
    at: time.nullable(),
    data: z.array(z.object({ account: z.enum(ledgerAccounts), currency: z.string(), debitAmount: money, creditAmount: money, balanceAmount: money })),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'LedgerBalances', description: 'What each account came to; the balance is debits less credits' });

/** `GET /v1/payment-providers`. */
export const paymentProvider = z
  .object({
    provider: z.string(),
    paused: z.boolean().meta({ description: 'No refund leaves for it; look-ups do' }),
    since: time.nullable().meta({ description: 'When it was last paused or resumed; null: never' }),
    by: z.string().nullable(),
    reason: z.string().nullable(),
    waiting: z
      .array(z.object({ currency: z.string(), refunds: z.int(), amount: money }))
      .meta({ description: 'Refunds that leave when it is resumed, by currency; empty while it is not paused' }),
  })
  .meta({ id: 'PaymentProvider', description: 'Whether refunds leave for a provider' });
