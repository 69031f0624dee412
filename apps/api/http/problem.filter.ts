import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { isGrpcServiceError } from '@temporalio/client';
import type { Response } from 'express';
import type { Logger } from 'pino';
import { jsonPointer, type ErrorCode } from '#libs/contracts/errors';
import { ApiError, unavailable } from './api-error';
import type { ApiRequest } from './decorators';

/** Every failure leaves as `application/problem+json` (RFC 9457) with a code from the closed list; what is behind an `internal` is in the log only. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<ApiRequest>();
    const response = host.switchToHttp().getResponse<Response>();
    const refusal = problemOfError(error, request.requestId ?? '');
    if (refusal.status >= 500) this.log[refusal.code === 'internal' ? 'error' : 'warn']({ err: error, requestId: request.requestId }, refusal.message);
    if (response.headersSent) return void response.destroy();
    // What was not read of a refused body must not be taken for the next request.
    if (!request.complete) response.setHeader('Connection', 'close');
    for (const name of ['Content-Disposition', 'Cache-Control', 'ETag']) response.removeHeader(name);
    response
      .status(refusal.status)
      .set({ 'Content-Type': 'application/problem+json; charset=utf-8', ...refusal.headers })
      .send(JSON.stringify(refusal.problem(request.path)));
  }
}

/** The refusal behind whatever was thrown. */
export function problemOfError(error: unknown, requestId: string): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof HttpException) return ofHttp(error);
  if (isDatabaseAway(error)) return unavailable('The database cannot be reached at the moment; send the request again with the same Idempotency-Key');
  if (isTemporalAway(error)) return unavailable('The process engine cannot be reached at the moment; send the request again with the same Idempotency-Key');
  return new ApiError('internal', `Something went wrong on our side; request ${requestId} says more in our log`);
}

const codes: Partial<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  503: 'temporarily_unavailable',
};
const details: Partial<Record<ErrorCode, string>> = {
  not_found: 'There is no such route',
  payload_too_large: 'The request is too large',
  unsupported_media_type: 'This content type is not supported',
};

/** What the framework, the form parser or the router throws. Their own words may name internals, so few of them pass. */
function ofHttp(error: HttpException): ApiError {
  const status = error.getStatus();
  const code = codes[status] ?? (status < 500 ? 'validation_failed' : 'internal');
  if (code !== 'validation_failed') return new ApiError(code, details[code] ?? 'The request was refused');
  const field = (error.cause as { field?: unknown } | undefined)?.field;
  return new ApiError(code, error.message, {
    errors: [{ pointer: typeof field === 'string' ? jsonPointer([field]) : '', code: 'invalid', detail: error.message }],
  });
}

const gone = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  '57P01',
  '57P02',
  '57P03',
  '57014',
  '53300',
  '53400',
  '55P03',
  '40001',
  '40P01',
  '25P03',
]);
/** Not to be reached, overloaded, or it broke off what a second try may finish (deadlock, lock or statement timeout). */
export function isDatabaseAway(error: unknown): boolean {
  const { code, message, driverError, errors } = (error ?? {}) as { code?: unknown; message?: unknown; driverError?: unknown; errors?: unknown };
  if (typeof code === 'string' && (gone.has(code) || code.startsWith('08'))) return true;
  if (driverError || Array.isArray(errors))
    return [driverError, ...(Array.isArray(errors) ? errors : [])].some((inner) => inner !== error && inner !== undefined && isDatabaseAway(inner));
  return (
    typeof message === 'string' && /^Connection terminated|^timeout exceeded when trying to connect|Client has encountered a connection error/.test(message)
  );
}

/** gRPC: cancelled, deadline exceeded, resource exhausted, aborted, unavailable. */
const transient = new Set([1, 4, 8, 10, 14]);
export function isTemporalAway(error: unknown): boolean {
  for (let current = error, depth = 0; current instanceof Error && depth < 4; current = current.cause, depth++) {
    if (isGrpcServiceError(current)) return transient.has(current.code);
    if (current.name === 'WorkflowUpdateRPCTimeoutOrCancelledError') return true;
  }
  return false;
}
