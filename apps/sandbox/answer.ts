import { z } from 'zod';

/** What a route has to say: an HTTP answer, or one of the two ways a network has of saying nothing. */
export type Answer = { status: number; body: unknown } | 'drop' | 'hang';

/** One call, taken apart. `gone` fires when the caller has left or the sandbox is stopping. */
export interface Call {
  path: string[];
  query: Record<string, string>;
  body: unknown;
  idempotencyKey: string | undefined;
  gone: AbortSignal;
}

/** A definite no; becomes the answer `{ code, message }` with this HTTP status. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export const answer = (status: number, body: unknown): Answer => ({ status, body });

/** The value in the schema's shape, or a 400 `validation_failed` that names the first field at fault. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  throw new Refusal(400, 'validation_failed', `${where}${issue?.message ?? 'not valid'}`);
}

/** The shapes several routes share. Ids and keys end up in headers, so they are visible ASCII. */
export const fields = {
  id: z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters'),
  name: z.string().min(1).max(255),
  amount: z.int().positive(),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'),
  time: z.iso.datetime({ offset: true }),
  /** Accepted because a real carrier wants it, never kept: an address is nothing to remember for ever. */
  address: z.union([z.string().max(2000), z.record(z.string(), z.unknown())]).nullish(),
};
