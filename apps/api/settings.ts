import { z } from 'zod';
import { readKeyRing } from '#libs/audit/keys';

const flag = z.enum(['true', 'false']).default('false').transform((value) => value === 'true'); // prettier-ignore
const count = (fallback: number) => z.coerce.number().int().min(1).default(fallback);

const schema = z.object({
  DATABASE_URL: z.string().min(1),
  DB_POOL: count(10),
  TEMPORAL_ADDRESS: z.string().min(1).default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  RETURNS_TASK_QUEUE: z.string().min(1).default('returns'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  BOOMERANG_DEMO: flag,
  BOOMERANG_SANDBOX: flag,
  SANDBOX_URL: z.url().optional(),
  SANDBOX_SECRET: z.string().min(1).optional(),
  /** Signs checkpoints of the log: the key itself, or the file that holds it. */
  AUDIT_SIGNING_KEY: z.string().min(1).optional(),
  AUDIT_SIGNING_KEY_FILE: z.string().min(1).optional(),
  /** What Express takes: a number of hops, addresses, `loopback`; empty trusts nobody. */
  TRUST_PROXY: z.string().default(''),
  LOGIN_LIMIT_PER_ACCOUNT: count(10),
  LOGIN_LIMIT_PER_ADDRESS: count(60),
  RATE_LIMIT_PER_MINUTE: count(6000),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

/** What the environment says, checked once at the start; injected by this class. */
export class Settings {
  constructor(readonly values: z.infer<typeof schema>) {}

  /** @throws Error that names every variable at fault */
  static of(environment: Record<string, string | undefined>): Settings {
    const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
    const result = schema.safeParse(given);
    if (!result.success) throw new Error(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
    const { BOOMERANG_SANDBOX, SANDBOX_URL, SANDBOX_SECRET } = result.data;
    if (BOOMERANG_SANDBOX && !(SANDBOX_URL && SANDBOX_SECRET)) throw new Error('BOOMERANG_SANDBOX=true wants SANDBOX_URL and SANDBOX_SECRET');
    readKeyRing(result.data);
    return new Settings(result.data);
  }
}
