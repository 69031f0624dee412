import type { LoggerService } from '@nestjs/common';
import pino, { type Logger } from 'pino';

/** The API's log: one JSON object a line. Injected by the token `LOG`. */
export const LOG = Symbol('log');

export const createLog = (level: string): Logger =>
  pino({
    base: { app: 'api' },
    level,
    formatters: { level: (label) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: named },
  });

/** A failed query carries its parameters and the row it fell over: names and addresses. Only what kind of error it is, and where, goes into the log. */
export function named(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    message: error.message,
    ...(code !== undefined && { code }),
    ...(constraint !== undefined && { constraint }),
    stack: error.stack,
    ...(error.cause instanceof Error && { cause: named(error.cause) }),
  };
}

/** What the framework itself has to say; its list of routes at start is for debugging. */
export class FrameworkLog implements LoggerService {
  constructor(private readonly sink: Logger) {}
  log(message: unknown, ...rest: unknown[]): void {
    this.sink.debug({ context: rest.at(-1) }, String(message));
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.log(message, ...rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.log(message, ...rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.sink.warn({ context: rest.at(-1) }, String(message));
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.sink.error({ context: rest.at(-1), ...(message instanceof Error ? { err: message } : { stack: rest[0] }) }, String(message));
  }
}
