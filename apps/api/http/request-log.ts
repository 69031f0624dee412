import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { newId } from '#libs/persistence/ids';
import type { ApiRequest } from './decorators';
import type { Metrics } from './metrics';

const silent = new Set(['/healthz', '/readyz', '/metrics']);

/** Gives each request an id, and writes one line when it is over: route template, status, milliseconds, ids. Nothing personal: no path as called, query, body, token or address. */
export function requestLog(log: Logger, metrics: Metrics) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const started = process.hrtime.bigint();
    const call = request as ApiRequest;
    call.requestId = newId('req');
    response.setHeader('X-Request-Id', call.requestId);
    response.once('close', () => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      const route = templateOf(request);
      metrics.observe(request.method, route, response.statusCode, seconds);
      if (silent.has(route) && response.statusCode < 500) return;
      const line = {
        requestId: call.requestId,
        method: request.method,
        route,
        status: response.statusCode,
        ms: Math.round(seconds * 1e4) / 10,
        merchantId: call.caller?.merchantId,
        caller: logName(call),
        returnId: route.startsWith('/v1/returns/:id') ? String(request.params.id) : undefined,
        ...(response.writableFinished ? {} : { cut: true }),
      };
      log[response.statusCode >= 500 ? 'error' : 'info'](line, 'request');
    });
    next();
  };
}

/** `/v1/returns/:id`; `unmatched` for what is no route, so that labels and lines stay few and hold no ids. */
export function templateOf(request: Request): string {
  const path: unknown = (request.route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' && path !== '/' && !path.includes('*') ? path : 'unmatched';
}

/** A guest's caller id carries the order number. */
function logName({ caller }: ApiRequest): string | undefined {
  return caller?.orderNumber ? 'order' : caller?.id;
}
