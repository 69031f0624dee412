import { z } from 'zod';
import { returnStatuses } from './return-requests';
import { email, id, instant, name, orderNumber, providerCode, trackingNumber } from './values';

/** Query strings. Everything arrives as text; unknown parameters are refused. */
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
/** An instant, or a day for its beginning in UTC. */
const since = z.union([instant, z.iso.date().transform((value) => `${value}T00:00:00Z`)]);
const ranged = { from: since.optional(), to: since.optional() };
export const page = {
  limit: z.coerce.number<string>().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_=-]{1,500}$/, { error: 'must be the nextCursor of an earlier answer' })
    .optional(),
};

/** A list with no filter. */
export const pageQuery = z.strictObject(page);
export type PageQuery = z.infer<typeof pageQuery>;

/** `GET /v1/returns`. */
export const returnsQuery = z.strictObject({
  ...page,
  ...ranged,
  status: z.enum(returnStatuses).optional(),
  customerId: name(100).optional(),
  orderNumber: orderNumber.optional(),
  trackingNumber: trackingNumber.optional(),
  serial: name(100).optional(),
  assignee: id.optional(),
  attention: flag.optional(),
  overdue: flag.optional(),
});
export type ReturnsQuery = z.infer<typeof returnsQuery>;

/** `GET /v1/receipts`. */
export const receiptsQuery = z.strictObject({ ...page, status: z.enum(['matched', 'unmatched']).optional() });
export type ReceiptsQuery = z.infer<typeof receiptsQuery>;

export const workQueues = ['review', 'appeal', 'inspection', 'repair', 'refund_approval', 'payout', 'goodwill_approval', 'exception', 'follow_up'] as const;
export type WorkQueue = (typeof workQueues)[number];
/** `GET /v1/work`. */
export const workQuery = z.strictObject({ ...page, queue: z.enum(workQueues).optional(), assignee: id.optional(), overdue: flag.optional() });
export type WorkQuery = z.infer<typeof workQuery>;

/** `GET /v1/users`. */
export const usersQuery = z.strictObject({ ...page, email: email.optional(), active: flag.optional() });
export type UsersQuery = z.infer<typeof usersQuery>;

export const refundStatuses = ['awaiting_approval', 'pending', 'unknown', 'succeeded', 'failed', 'rejected', 'redirected', 'awaiting_payout'] as const;
/** `GET /v1/refunds`. */
export const refundsQuery = z.strictObject({
  ...page,
  ...ranged,
  status: z.enum(refundStatuses).optional(),
  provider: providerCode.optional(),
  returnId: id.optional(),
});
export type RefundsQuery = z.infer<typeof refundsQuery>;

export const ledgerAccounts = [
  'sales_returns',
  'tax_payable',
  'shipping_income',
  'fee_income',
  'refunds_payable',
  'customer_receivable',
  'provider_clearing',
  'store_credit',
  'coupon_liability',
  'points_liability',
  'goodwill',
  'freight_insurance',
  'write_off',
] as const;
export type LedgerAccount = (typeof ledgerAccounts)[number];
/** `GET /v1/ledger/entries`. */
export const ledgerQuery = z.strictObject({ ...page, ...ranged, account: z.enum(ledgerAccounts).optional(), returnId: id.optional() });
export type LedgerQuery = z.infer<typeof ledgerQuery>;
/** `GET /v1/ledger/balances`. All accounts of a dozen currencies are on the first page: they are added up more often than they are leafed through. */
export const balancesQuery = z.strictObject({ ...page, limit: page.limit.default(200), at: since.optional() });
export type BalancesQuery = z.infer<typeof balancesQuery>;

/** `GET /v1/exports/{what}.csv`. */
export const exportQuery = z
  .strictObject(ranged)
  .refine(({ from, to }) => !from || !to || Date.parse(from) < Date.parse(to), { path: ['to'], error: 'must be later than from' });
export type ExportQuery = z.infer<typeof exportQuery>;

/** `GET /v1/tenders`. */
export const tendersQuery = z.strictObject({ ...page, orderNumber });
export type TendersQuery = z.infer<typeof tendersQuery>;

/** `GET /v1/sandbox/mail`. */
export const mailQuery = z.strictObject({ ...page, to: name(254).optional() });
export type MailQuery = z.infer<typeof mailQuery>;
