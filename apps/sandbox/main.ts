import pino from 'pino';
import { z } from 'zod';
import { Sandbox } from './server';

const milliseconds = (usual: number) => z.coerce.number().int().min(0).max(86_400_000).default(usual);

const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  HOST: z.string().default('127.0.0.1'),
  SANDBOX_DATA: z.string().min(1),
  SANDBOX_SECRET: z.string().regex(/^whsec_[A-Za-z0-9+/]{8,}={0,2}$/, 'must be whsec_<base64>'),
  CALLBACK_URL: z.url({ protocol: /^https?$/ }),
  SANDBOX_ASYNC_MS: milliseconds(300),
  SANDBOX_LATE_MS: milliseconds(1_000),
  SANDBOX_SLOW_MS: milliseconds(15_000),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

async function main(): Promise<void> {
  const checked = environment.safeParse(process.env);
  if (!checked.success) {
    pino().fatal({ problems: checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) }, 'sandbox cannot start');
    process.exit(1);
  }
  const env = checked.data;
  const log = pino({ name: 'sandbox', level: env.LOG_LEVEL, errorKey: 'error' });
  let sandbox: Sandbox | undefined;
  let ending = false;
  const end = (signal: string) => {
    if (ending) return;
    ending = true;
    log.info({ signal }, 'draining');
    Promise.resolve(sandbox?.stop()).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ error }, 'could not drain');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  sandbox = new Sandbox({
    data: env.SANDBOX_DATA,
    secret: env.SANDBOX_SECRET,
    callbackUrl: env.CALLBACK_URL,
    log,
    asyncMs: env.SANDBOX_ASYNC_MS,
    lateMs: env.SANDBOX_LATE_MS,
    slowMs: env.SANDBOX_SLOW_MS,
  });
  const port = await sandbox.start(env.PORT, env.HOST);
  log.info({ port, host: env.HOST }, 'listening');
}

main().catch((error: unknown) => {
  pino({ errorKey: 'error' }).fatal({ error }, 'sandbox cannot start');
  process.exit(1);
});
