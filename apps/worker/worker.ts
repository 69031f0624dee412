import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Logger } from 'pino';
import { createLog, FrameworkLog } from '#libs/observability/logger';
import type { WrapActivities } from './activities';
import { installRuntime } from './runtime';
import type { Settings } from './settings';
import { WorkerModule } from './worker.module';

export interface StartOptions {
  readonly settings: Settings;
  readonly log?: Logger;
  /** What runs instead of the real activities, which it is given. Tests let the process die before or after the n-th commit with it. */
  readonly activities?: WrapActivities;
}

/**
 * Starts the whole worker process: Temporal's workers, the job queue and the health server. It ends on SIGTERM or SIGINT, once what is under way is done; one a process.
 * Resolves when it serves `/healthz` and takes jobs; `/readyz` tells when it takes workflows.
 */
export async function startWorker({
  settings,
  log = createLog('worker', settings.values.LOG_LEVEL),
  activities = (real) => real,
}: StartOptions): Promise<INestApplicationContext> {
  installRuntime(log);
  const starting = NestFactory.createApplicationContext(WorkerModule.with(settings, log, activities), { abortOnError: false, logger: new FrameworkLog(log) });
  drainOnSignal(starting, log);
  return starting;
}

/** Workers and jobs drain, then the connections close (in that order: what drains still needs the database). */
function drainOnSignal(starting: Promise<INestApplicationContext>, log: Logger): void {
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'draining');
    starting
      .then((app) => app.close())
      .then(
        () => {
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
