import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedHeaders {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}
/** How far a sender's clock may be off, and how old an event may be when it arrives for the first time. */
export const toleranceSeconds = 5 * 60;

/**
 * Whether a body was signed by whoever holds the secret (`whsec_<base64>`), by the Standard Webhooks scheme: HMAC-SHA256 of `id.timestamp.body`, one or several
 * `v1,<base64>` in the header.
 */
export function signatureHolds(secret: string, { id, timestamp, signature }: SignedHeaders, body: Buffer, nowMs: number): boolean {
  if (!id || !timestamp || !signature || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > toleranceSeconds) return false;
  const expected = createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(`${id}.${timestamp}.`)
    .update(body)
    .digest();
  return signature.split(' ').some((one) => {
    const [version, value = ''] = one.split(',');
    const given = Buffer.from(value, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}
