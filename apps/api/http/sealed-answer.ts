import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { canonical } from '#libs/persistence/canonical';
import type { Answer } from '#libs/persistence/commands';

/**
 * Answers that hold a secret are stored encrypted under the idempotency key, of which the row keeps a digest only: who repeats the request reads them, who reads the
 * database does not. Without a key nobody can repeat the request, and nothing is stored.
 */
const keyOf = (idempotencyKey: string): Buffer => Buffer.from(hkdfSync('sha256', idempotencyKey, '', 'boomerang sealed answer', 32));

export function seal(answer: Answer, idempotencyKey: string | null): Answer {
  if (idempotencyKey === null) return { status: answer.status, body: null };
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyOf(idempotencyKey), nonce);
  const text = Buffer.concat([cipher.update(JSON.stringify(answer), 'utf8'), cipher.final()]);
  return { status: answer.status, body: { sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64') } };
}

export function open(stored: Answer, idempotencyKey: string): Answer {
  const bytes = Buffer.from((stored.body as { sealed: string }).sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', keyOf(idempotencyKey), bytes.subarray(0, 12)).setAuthTag(bytes.subarray(12, 28));
  return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')) as Answer;
}

/** Tells equal bodies from others without a plain digest of a password lying about. */
export const bodyDigest = (body: unknown, idempotencyKey: string | null): string =>
  createHmac('sha256', idempotencyKey ?? randomBytes(32))
    .update(canonical(body))
    .digest('hex');
