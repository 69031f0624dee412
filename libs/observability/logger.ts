import type { LoggerService } from '@nestjs/common';
import pino, { type Logger } from 'pino';

/** Token by which a program's log is injected. */
export const LOG = Symbol('log');

/** One JSON object a line. `app` is the program's name; errors go under `err`. */
export function createLog(app: string, level: string): Logger {
  return pino({
    base: { app },
    level,
    formatters: { level: (label) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
  });
}

interface DescribedError {
  readonly type: string;
  readonly message?: string;
  readonly stack?: string;
  readonly code?: string;
  readonly constraint?: string;
  readonly cause?: DescribedError;
}

/**
 * What a log may say about an error. A database's refusal carries the values that it refused (parameters, detail, and the message itself for malformed data): these are
 * names and free texts of customers, so its code and constraint have to do.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, constraint, cause } = error as Error & { code?: unknown; constraint?: unknown };
  const silent = showsValues(code);
  return {
    type: error.constructor.name,
    message: silent ? `the database refused a value (${String(code)})` : error.message,
    ...(error.stack !== undefined && { stack: silent ? frames(error.stack) : error.stack }),
    ...(typeof code === 'string' && { code }),
    ...(typeof constraint === 'string' && { constraint }),
    ...(cause instanceof Error && depth < 4 && { cause: describeError(cause, depth + 1) }),
  };
}

/** SQLSTATE class 22 (data exception): the message quotes the data. */
export const showsValues = (code: unknown): boolean => typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code);
const frames = (stack: string): string => stack.split('\n').filter((line) => /^\s+at /.test(line)).join('\n'); // prettier-ignore

/** What the framework itself has to say; its list of modules at the start is for debugging. */
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
