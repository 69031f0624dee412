import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth, ApiConsumes, ApiExtension } from '@nestjs/swagger';
import type { Request } from 'express';
import type { ApiKeyScope } from '#libs/contracts/access-requests';
import type { Caller, Role } from '#libs/contracts/caller';
import { ApiError, invalid } from './api-error';

/** What the guards leave on a request. */
export interface ApiRequest extends Request {
  caller?: Caller;
  requestId?: string;
}

export const ROLES = 'boomerang:roles';
export const SCOPE = 'boomerang:scope';
export const PUBLIC = 'boomerang:public';
export const MULTIPART = 'boomerang:multipart';

/** Agent, warehouse, finance and admin. */
export const staff = ['agent', 'warehouse', 'finance', 'admin'] as const satisfies readonly Role[];

/** Exactly these roles may call the route: none implies another, `admin` included. A route with neither this nor `Public` keeps the API from starting. */
export const Roles = (...roles: readonly [Role, ...Role[]]): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(ROLES, roles), ApiBearerAuth(), ApiExtension('x-roles', roles));

/** What an API key must hold to call the route. Whoever lets `service` in has to name it; others are not asked. `orders` and `orders:write` mean the same scope. */
export const Scope = (scope: ApiKeyScope | `${ApiKeyScope}:${'read' | 'write'}`): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(SCOPE, scope.split(':')[0]), ApiExtension('x-scope', scope.split(':')[0]));

/** No token: health, sign-in, and webhooks that carry a signature. */
export const Public = (): MethodDecorator & ClassDecorator => applyDecorators(SetMetadata(PUBLIC, true), ApiExtension('x-public', true));

/** The route takes a form with files instead of JSON. */
export const Multipart = (): MethodDecorator => applyDecorators(SetMetadata(MULTIPART, true), ApiConsumes('multipart/form-data'));

/** Who calls: a `Caller`. Not for `Public` routes. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<ApiRequest>();
  if (!caller) throw new ApiError('unauthenticated', 'Send a bearer token');
  return caller;
});

/** The `Idempotency-Key` of the request, or null without one. 400 when it is not 1 to 255 visible ASCII characters. */
export function readIdempotencyKey(request: Pick<Request, 'headersDistinct'>): string | null {
  const given = request.headersDistinct['idempotency-key'];
  if (!given) return null;
  if (given.length !== 1 || !/^[\x21-\x7e]{1,255}$/.test(given[0]!))
    throw invalid('/headers/idempotency-key', 'invalid_value', 'must be 1 to 255 visible ASCII characters');
  return given[0]!;
}
