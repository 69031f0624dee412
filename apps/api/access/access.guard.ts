import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Caller, Role } from '#libs/contracts/caller';
import { ApiError } from '../http/api-error';
import { PUBLIC, ROLES, SCOPE, type ApiRequest } from '../http/decorators';
import { Settings } from '../settings';
import { RateLimiter } from './rate-limiter';
import { TokenCache } from './token-cache';

/** Token, rate, role, scope: in this order and before anything of the request is read. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly limiter: RateLimiter;

  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokenCache,
    settings: Settings,
  ) {
    this.limiter = new RateLimiter(settings.values.RATE_LIMIT_PER_MINUTE);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const caller = await this.authenticate(request.headers.authorization);
    request.caller = caller;
    const wait = this.limiter.take(`${caller.merchantId} ${caller.id}`);
    if (wait !== null) throw tooMany(wait);
    this.authorize(
      caller,
      this.reflector.getAllAndOverride<readonly Role[] | undefined>(ROLES, targets),
      this.reflector.getAllAndOverride<string | undefined>(SCOPE, targets),
    );
    return true;
  }

  private async authenticate(authorization: string | undefined): Promise<Caller> {
    const token = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1];
    const caller = token === undefined ? null : await this.tokens.callerOf(token);
    if (caller) return caller;
    const detail = token === undefined ? 'Send Authorization: Bearer with a token or an API key' : 'The token is not known or is over';
    throw new ApiError('unauthenticated', detail, { headers: { 'WWW-Authenticate': token === undefined ? 'Bearer' : 'Bearer error="invalid_token"' } });
  }

  private authorize(caller: Caller, roles: readonly Role[] | undefined, scope: string | undefined): void {
    if (!roles?.includes(caller.role)) throw new ApiError('forbidden', `The role ${caller.role} may not do this`);
    if (caller.role === 'service' && (scope === undefined || !caller.scopes.includes(scope)))
      throw new ApiError('forbidden', `The API key lacks the scope ${scope}`);
  }
}

export const tooMany = (seconds: number): ApiError =>
  new ApiError('rate_limited', `Too many requests; try again in ${seconds} s`, { headers: { 'Retry-After': String(seconds) } });
