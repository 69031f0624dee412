import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Caller } from '#libs/contracts/caller';
import { ApiError } from './api-error';
import { readIdempotencyKey, type ApiRequest } from './decorators';

/** Who asks, where and under which key: what everything that is asked for once has in common. */
export interface Asked {
  readonly caller: Caller;
  /** Method and path as called, without the query. */
  readonly route: string;
  readonly key: string | null;
}
export const AskedBy = createParamDecorator((_: unknown, context: ExecutionContext): Asked => {
  const request = context.switchToHttp().getRequest<ApiRequest>();
  if (!request.caller) throw new ApiError('unauthenticated', 'Send a bearer token');
  return { caller: request.caller, route: `${request.method} ${request.path}`, key: readIdempotencyKey(request) };
});
