import { z } from 'zod';
import { isDuration } from '#libs/domain/calendar/duration';
import { currencyCodes } from '#libs/domain/policy/currencies';

/** The values that fields are made of. Every text has a limit, and holds nothing that PostgreSQL cannot store (NUL, lone surrogates). */
const storable = (value: string): boolean => !value.includes('\0') && !/\p{Cs}/u.test(value);

/** A text a person wrote, `min`–`max` characters. */
export const text = (max: number, min = 1) =>
  z
    .string()
    .min(min)
    .max(max)
    .refine((value) => storable(value), { error: 'must be valid Unicode text without NUL' });
/** Free text: at most 2,000 characters. */
export const freeText = text(2000);
/** A text that may be left out. */
export const optionalText = text(2000, 0).nullable().default(null);
/** An identifier somebody else gave: one line, no blanks at its ends. */
export const name = (max: number) =>
  text(max).refine((value) => /^[^\s\p{Cc}](?:[^\p{Cc}]*[^\s\p{Cc}])?$/u.test(value), { error: 'must be one line without blanks at its ends' });

export const orderNumber = name(100).meta({ description: "The shop's order number" });
export const lineId = name(64);
export const sku = name(100);
export const trackingNumber = name(64);
/** What people type and the log keeps for good: nobody is to be written to, or called, by it. */
const lasting = (max: number) => name(max).refine((value) => !value.includes('@'), { error: 'must not hold an e-mail address: it is kept for good' });
/** A carrier as people name it: a customer may have sent it with anybody. */
export const carrierName = lasting(64).refine((value) => !/\d(?:[ -]?\d){6,}/.test(value), { error: 'must not hold a telephone number: it is kept for good' });
/** What a bank or a till calls a payout. */
export const payoutReference = lasting(200);
/** A provider has a part in paths. */
export const providerCode = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/, { error: 'must be a code of letters, digits and _.-' });
/** One of our own ids, such as `ret_…`; where a return is meant, its number does too. */
export const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'must be an id' });
export const fileId = z.string().regex(/^fil_[A-Za-z0-9_-]{1,60}$/, { error: 'must be the id of an uploaded file' });
export const evidence = z.array(fileId).max(20).default([]);
/** A code of a reason, category, tier or channel as the merchant names it. */
export const code = name(64);
export const reasonCode = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, { error: 'must be a code of letters, digits and _.-' });
export const unitNumber = z.int().min(1).max(999);
export const quantity = z.int().min(1).max(999);

/** Minor units of the document's currency, never negative. */
export const amount = z.int().min(0);
export const positiveAmount = z.int().min(1);
export const currency = z
  .enum(currencyCodes as [string, ...string[]], { error: 'must be an ISO 4217 code' })
  .meta({ id: 'Currency', description: 'ISO 4217 code' });
/** A rate of at most 1, such as "0.20". */
export const share = z.string().regex(/^(?:0(?:\.\d{1,10})?|1(?:\.0{1,10})?)$/, { error: 'must be a decimal string from "0" to "1"' });
/** A tax rate: some are above 1. */
export const taxRate = z.string().regex(/^(?:0|[1-9])(?:\.\d{1,10})?$/, { error: 'must be a decimal string from "0" to below "10"' });

/** RFC 3339 with `Z` or an offset; kept as UTC with `Z`, to the millisecond, without zeros. Compare instants by `Date.parse`, not as texts. */
export const instant = z.iso.datetime({ offset: true, error: 'must be an RFC 3339 date and time with Z or an offset' }).transform((value, context) => {
  const at = Date.parse(value);
  if (!Number.isNaN(at) && at >= earliest && at < latest) return new Date(at).toISOString().replace('.000Z', 'Z');
  context.issues.push({ code: 'custom', message: 'must lie in the years 1970 to 2999', input: value });
  return z.NEVER;
});
const earliest = 0;
const latest = Date.UTC(3000, 0, 1);
/** A calendar day, yyyy-mm-dd. */
export const day = z.iso.date({ error: 'must be a day, yyyy-mm-dd' });
/** ISO 8601, weeks or days and time, positive, at most P3650D. */
export const duration = z
  .string()
  .max(32)
  .refine((value) => isDuration(value), { error: 'must be an ISO 8601 duration of weeks, or of days and time, such as P7D or PT90S; at most P3650D' });
/** ASCII or international address; kept as it was given. */
export const email = z.email({ error: 'must be an e-mail address' }).max(254);

/** Refinement for arrays: nothing twice. `key` says what makes two elements the same. */
export function unique<T>(key: (element: T) => string | number): [(elements: readonly T[]) => boolean, { error: string }] {
  return [(elements) => new Set(elements.map((element) => key(element))).size === elements.length, { error: 'must not hold anything twice' }];
}

/** The body of calls that need none. */
export const emptyBody = z.strictObject({}).prefault({}).meta({ id: 'Nothing', description: 'No fields' });
