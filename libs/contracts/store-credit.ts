import { z } from 'zod';
import { money, time } from './answers';
import { currency, orderNumber, positiveAmount } from './values';

/** `POST /v1/customers/{id}/store-credit/spend`. */
export const creditSpendBody = z
  .strictObject({ orderNumber, amount: positiveAmount, currency })
  .meta({ id: 'SpendStoreCredit', description: 'The order that is paid with it; an order draws once' });
export type CreditSpendBody = z.infer<typeof creditSpendBody>;

/** `POST /v1/customers/{id}/store-credit/release`. */
export const creditReleaseBody = z
  .strictObject({ orderNumber, amount: positiveAmount.optional() })
  .meta({ id: 'ReleaseStoreCredit', description: 'Without an amount all that the order has drawn and was not paid with' });
export type CreditReleaseBody = z.infer<typeof creditReleaseBody>;

/** What both answer. */
export const creditSpendAnswer = z
  .object({
    customerId: z.string(),
    orderNumber: z.string(),
    currency: z.string(),
    amount: money.meta({ description: 'What this call took, or gave back' }),
    heldAmount: money.meta({ description: 'What the order has drawn, after it' }),
    balanceAmount: money.meta({ description: 'What the customer has left, after it' }),
  })
  .meta({ id: 'StoreCreditSpend', description: 'Store credit that an order has drawn' });
export type CreditSpendAnswer = z.infer<typeof creditSpendAnswer>;

const creditMovement = z
  .object({
    id: z.string().meta({ description: "Of the ledger's entry" }),
    at: time,
    type: z.string().meta({ description: 'Of the posting: refund_paid, compensation_granted, advance_recovered, store_credit_spent …' }),
    currency: z.string(),
    amount: money.meta({ description: 'Above zero given, below zero taken' }),
    balanceAmount: money.meta({ description: 'In this currency, after it' }),
    orderNumber: z.string().nullable(),
    returnId: z.string().nullable(),
    refundId: z.string().nullable(),
  })
  .meta({ id: 'StoreCreditMovement', description: 'What changed a balance' });

/** `GET /v1/customers/{id}/store-credit`. */
export const storeCreditAnswer = z
  .object({
    customerId: z.string(),
    balances: z.array(
      z.object({ currency: z.string(), balanceAmount: money.meta({ description: 'Below zero when an advance was recovered that had been spent' }) }),
    ),
    data: z.array(creditMovement),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'StoreCredit', description: 'What we owe a customer, by currency, and its movements, newest first' });
