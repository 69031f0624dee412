import { z } from 'zod';
import { money, time } from './answers';
import { auditVerification } from './audit';
import { ledgerAccounts, refundStatuses } from './lists';

/** `GET /v1/reports/month-close`. */
export const monthCloseQuery = z.strictObject({
  month: z.string().regex(/^(?:19[7-9]\d|2\d{3})-(?:0[1-9]|1[0-2])$/, { error: 'must be a month, yyyy-mm' }),
  verify: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .default(false)
    .meta({ description: 'Recompute all hash chains as well, which takes as long as there is log' }),
});
export type MonthCloseQuery = z.infer<typeof monthCloseQuery>;

const account = z.enum(ledgerAccounts);
const sides = { debitAmount: money, creditAmount: money };

/** `GET /v1/ledger/trial-balance`. */
export const trialBalanceAnswer = z
  .object({
    at: time.nullable().meta({ description: 'Until then, included; null: all there is' }),
    zero: z.boolean().meta({ description: 'Debits and credits are equal in every currency' }),
    currencies: z.array(
      z.object({
        currency: z.string(),
        ...sides,
        total: money.meta({ description: 'Debits less credits of all accounts: zero' }),
        accounts: z.array(z.object({ account, ...sides, balanceAmount: money })),
      }),
    ),
  })
  .meta({ id: 'TrialBalance', description: 'Every account of every currency that has postings; a balance is debits less credits' });
export type TrialBalanceAnswer = z.infer<typeof trialBalanceAnswer>;

const group = { count: z.int(), amount: money };
const monthOfCurrency = z
  .object({
    currency: z.string(),
    accounts: z.array(z.object({ account, openingAmount: money, ...sides, closingAmount: money })),
    openingTotal: money,
    closingTotal: money.meta({ description: 'Of all accounts: zero' }),
    movements: z.array(z.object({ type: z.string(), debitAccount: account, creditAccount: account, ...group })),
    refunds: z
      .array(z.object({ status: z.enum(refundStatuses), tenderKind: z.string(), provider: z.string(), ...group }))
      .meta({ description: 'Refunds made in the month, by what has become of them until now' }),
    taxes: z.array(z.object({ name: z.string(), rate: z.string(), netAmount: money, taxAmount: money })).meta({ description: 'Given back, by rate' }),
    shippingTaxAmount: money.meta({ description: 'Tax given back with outbound shipping' }),
    fees: z.array(z.object({ kind: z.string(), amount: money })).meta({ description: 'Kept from customers, tax inside' }),
    clawbacks: z.array(z.object({ kind: z.string(), amount: money })).meta({ description: 'Kept for gifts that were used, above zero' }),
    goodwillAmount: money.meta({ description: 'Given for the trouble, less what was undone or clawed back' }),
    open: z.object({
      refunds: z.array(z.object({ status: z.enum(refundStatuses), ...group, oldestAt: time })).meta({ description: 'Promised and not paid, as of now' }),
      refundsPayableAmount: money.meta({ description: 'Owed to customers at the end of the month' }),
      customerReceivableAmount: money.meta({ description: 'Paid in advance or left without us, and not settled' }),
      storeCreditAmount: money,
      couponLiabilityAmount: money,
      pointsLiabilityAmount: money,
    }),
  })
  .meta({ id: 'MonthOfCurrency' });
export type MonthOfCurrency = z.infer<typeof monthOfCurrency>;

/** `GET /v1/reports/month-close`. */
export const monthCloseAnswer = z
  .object({
    month: z.string(),
    zone: z.literal('UTC').meta({ description: 'Where the month begins and ends' }),
    from: time,
    to: time.meta({ description: 'Not included' }),
    over: z.boolean().meta({ description: 'The month is over: its postings will not change any more' }),
    zero: z.boolean().meta({ description: 'The trial balance is zero in every currency at both ends' }),
    currencies: z.array(monthOfCurrency),
    audit: auditVerification.nullable().meta({ description: 'Whether the hash chains hold until now; null unless `verify` asked for it' }),
  })
  .meta({ id: 'MonthClose', description: 'A balance is debits less credits; liabilities, which are credits, are shown above zero under `open`' });
export type MonthCloseAnswer = z.infer<typeof monthCloseAnswer>;
