import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { ensureDemo } from '#libs/access/demo';
import { Database } from '#libs/persistence/database';
import { AppModule } from './app.module';
import { createLog, FrameworkLog } from '#libs/observability/logger';
import { Metrics } from './http/metrics';
import { describeApi } from './http/openapi';
import { requestLog } from './http/request-log';
import { Settings } from './settings';

/** Milliseconds that requests under way get at the end; a command takes 8 s at most. */
const DRAIN = 15_000;

/** Milliseconds an idle connection stays open: longer than load balancers and clients keep theirs (60 s), so that it is never we who close one that is being used. */
const KEEP_ALIVE = 65_000;

/** The whole API, not listening yet. Bodies are parsed after token and role (`BodyInterceptor`), so the framework's own parser is off. */
export async function createApi(settings: Settings, log: Logger): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(settings, log), {
    bodyParser: false,
    abortOnError: false,
    logger: new FrameworkLog(log),
  });
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('trust proxy', trusted(settings.values.TRUST_PROXY));
  app.use(requestLog(log, app.get(Metrics)));
  // Plain http has to work on a local machine, so nothing is upgraded; the pages load nothing from elsewhere.
  app.use(
    helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null, styleSrc: ["'self'", "'unsafe-inline'"], fontSrc: ["'self'", 'data:'] } } }),
  );
  describeApi(app);
  return app;
}

function trusted(value: string): boolean | number | string {
  if (value === '' || value === 'false') return false;
  return /^\d+$/.test(value) ? Number(value) : value;
}

/** SIGTERM or SIGINT: no new connections, what is under way is answered, then the database closes. */
function drainOnSignal(app: NestExpressApplication, log: Logger): void {
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'draining');
    const server = app.getHttpServer() as Server;
    server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'));
    setTimeout(() => server.closeAllConnections(), DRAIN).unref();
    const idle = setInterval(() => server.closeIdleConnections(), 100);
    app.close().then(
      () => {
        clearInterval(idle);
        log.info('stopped');
        process.exit(0);
      },
      (error: unknown) => {
        log.fatal({ err: error }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
}

async function main(log: Logger, settings: Settings): Promise<void> {
  const app = await createApi(settings, log);
  if (settings.values.BOOMERANG_DEMO) await ensureDemo(app.get(Database));
  drainOnSignal(app, log);
  (app.getHttpServer() as Server).keepAliveTimeout = KEEP_ALIVE;
  await app.listen(settings.values.PORT, settings.values.HOST);
  log.info({ url: await app.getUrl() }, 'listening');
}

if (require.main === module) {
  const log = createLog('api', process.env.LOG_LEVEL ?? 'info');
  const failed = (error: unknown) => {
    log.fatal({ err: error }, 'the API could not start');
    process.exit(1);
  };
  try {
    main(log, Settings.of(process.env)).catch(failed);
  } catch (error) {
    failed(error);
  }
}
