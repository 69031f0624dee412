import { z } from 'zod';
import { readKeyRing } from '#libs/audit/keys';

export const flag = z.enum(['true', 'false']).default('false').transform((value) => value === 'true'); // prettier-ignore
export const count = (fallback: number) => z.coerce.number().int().min(1).default(fallback);
export const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);

/** What API and worker are told alike; each adds what it alone wants. */
export const everyProcess = {
  DATABASE_URL: z.string().min(1),
  DB_POOL: count(10),
  TEMPORAL_ADDRESS: z.string().min(1).default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  RETURNS_TASK_QUEUE: z.string().min(1).default('returns'),
  HOST: z.string().min(1).default('127.0.0.1'),
  BOOMERANG_SANDBOX: flag,
  SANDBOX_URL: z.url({ protocol: /^https?$/ }).optional(),
  SANDBOX_SECRET: z.string().min(1).optional(),
  /** Signs checkpoints of the log: the key itself, or the file that holds it. */
  AUDIT_SIGNING_KEY: z.string().min(1).optional(),
  AUDIT_SIGNING_KEY_FILE: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
};
const shared = z.object(everyProcess);

/**
 * An empty variable counts as one that is not set.
 * @throws Error that names every variable at fault
 */
export function readEnvironment<Values extends z.infer<typeof shared>>(schema: z.ZodType<Values>, environment: Record<string, string | undefined>): Values {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = schema.safeParse(given);
  if (!result.success) throw new Error(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  const { BOOMERANG_SANDBOX, SANDBOX_URL, SANDBOX_SECRET } = result.data;
  if (BOOMERANG_SANDBOX && !(SANDBOX_URL && SANDBOX_SECRET)) throw new Error('BOOMERANG_SANDBOX=true wants SANDBOX_URL and SANDBOX_SECRET');
  readKeyRing(result.data);
  return result.data;
}
