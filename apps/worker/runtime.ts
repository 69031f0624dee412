import { Runtime, type Logger as TemporalLogger, type LogMetadata } from '@temporalio/worker';
import { Logger as JobLogger } from 'graphile-worker';
import type { Logger } from 'pino';

let installed = false;

/**
 * The one core of Temporal's SDK in this process. Signals are ours: its own traps would race with the drain.
 */
export function installRuntime(log: Logger): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    shutdownSignals: [],
    logger: new RuntimeLog(log.child({ part: 'temporal' })),
    telemetryOptions: { logging: { forward: {}, filter: 'temporal_sdk_core=WARN,temporal_client=WARN,temporal_sdk=WARN' } },
  });
}

/** That its workers change their state is for debugging; what matters of it we say ourselves. */
const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;

class RuntimeLog implements TemporalLogger {
  constructor(private readonly sink: Logger) {}
  log(level: keyof typeof levels, message: string, meta: LogMetadata = {}): void {
    const { error, ...rest } = meta as LogMetadata & { error?: unknown };
    this.sink[levels[level]]({ ...withoutSymbols(rest), ...(error !== undefined && { err: error }) }, message);
  }
  trace(message: string, meta?: LogMetadata): void {
    this.log('TRACE', message, meta);
  }
  debug(message: string, meta?: LogMetadata): void {
    this.log('DEBUG', message, meta);
  }
  info(message: string, meta?: LogMetadata): void {
    this.log('INFO', message, meta);
  }
  warn(message: string, meta?: LogMetadata): void {
    this.log('WARN', message, meta);
  }
  error(message: string, meta?: LogMetadata): void {
    this.log('ERROR', message, meta);
  }
}
/** The SDK hangs a timestamp and more on its records under symbols. */
const withoutSymbols = (meta: LogMetadata): Record<string, unknown> => Object.fromEntries(Object.entries(meta));

const jobLevels: Readonly<Record<string, 'error' | 'warn'>> = { error: 'error', warning: 'warn' };

/** The job queue's log; that a job begins and ends is for debugging. Errors it logs are given as their messages alone. */
export const jobLog = (log: Logger): JobLogger =>
  new JobLogger((scope) => (level, message) => {
    const about = { part: 'jobs', ...scope };
    log[jobLevels[level] ?? 'debug'](about, message);
  });
