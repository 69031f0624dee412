import { Reflector } from '@nestjs/core';
import type { ExecutionContext } from '@nestjs/common';
import type { Caller } from '#libs/contracts/caller';
import { Public, Roles, Scope, type ApiRequest } from '../http/decorators';
import { Settings } from '../settings';
import { AccessGuard } from './access.guard';
import type { TokenCache } from './token-cache';

class Routes {
  @Public() open(): void {}
  @Roles('admin') admins(): void {}
  @Roles('service', 'admin') @Scope('orders:write') orders(): void {}
  unsaid(): void {}
}
const callerOf = (more: Partial<Caller>): Caller => ({
  merchantId: 'demo', role: 'agent', id: 'usr_1', scopes: [], email: null, orderNumber: null, goodwillLimitAmount: 0, decisionLimitAmount: 0, ...more,
}); // prettier-ignore
const known: Record<string, Caller> = {
  bmt_agent: callerOf({}),
  bmt_admin: callerOf({ role: 'admin', id: 'usr_2' }),
  bmk_orders: callerOf({ role: 'service', id: 'key_1', scopes: ['orders'] }),
  bmk_returns: callerOf({ role: 'service', id: 'key_2', scopes: ['returns'] }),
};

function guardOf(environment: Record<string, string> = {}) {
  const tokens = { callerOf: (token: string) => Promise.resolve(known[token] ?? null) } as TokenCache;
  const guard = new AccessGuard(new Reflector(), tokens, Settings.of({ DATABASE_URL: 'postgres://x', ...environment }));
  return async (route: keyof Routes, authorization?: string) => {
    const request = { headers: { authorization } } as ApiRequest;
    const context = {
      getHandler: () => Routes.prototype[route],
      getClass: () => Routes,
      switchToHttp: () => ({ getRequest: () => request }),
    } as unknown as ExecutionContext;
    await guard.canActivate(context);
    return request.caller?.id;
  };
}

describe('the way into a route', () => {
  it.each([undefined, '', 'Basic YTpi', 'Bearer', 'Bearer bmt_unknown', 'bmt_admin'])('is closed without a token that is known (%s)', async (authorization) => {
    await expect(guardOf()('admins', authorization)).rejects.toMatchObject({
      code: 'unauthenticated',
      headers: { 'WWW-Authenticate': expect.stringContaining('Bearer') as string },
    });
  });
  it('is open to everybody where the route says so, and nobody is looked up', async () => {
    await expect(guardOf()('open', 'Bearer bmt_unknown')).resolves.toBeUndefined();
  });
  it('is open to the roles of the route and puts the caller on the request', async () => {
    await expect(guardOf()('admins', 'Bearer bmt_admin')).resolves.toBe('usr_2');
    await expect(guardOf()('admins', 'bearer  bmt_admin')).resolves.toBe('usr_2');
  });
  it('is closed to every other role, and to all on a route that says nothing', async () => {
    await expect(guardOf()('admins', 'Bearer bmt_agent')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(guardOf()('unsaid', 'Bearer bmt_admin')).rejects.toMatchObject({ code: 'forbidden' });
  });
  it('asks a key for its scope, and nobody else', async () => {
    await expect(guardOf()('orders', 'Bearer bmk_orders')).resolves.toBe('key_1');
    await expect(guardOf()('orders', 'Bearer bmt_admin')).resolves.toBe('usr_2');
    await expect(guardOf()('orders', 'Bearer bmk_returns')).rejects.toMatchObject({ code: 'forbidden' });
  });
  it('closes for a caller who asks too often, and says for how long, others go on', async () => {
    const call = guardOf({ RATE_LIMIT_PER_MINUTE: '2' });
    await call('admins', 'Bearer bmt_admin');
    await call('admins', 'Bearer bmt_admin');
    await expect(call('admins', 'Bearer bmt_admin')).rejects.toMatchObject({
      code: 'rate_limited',
      headers: { 'Retry-After': expect.stringMatching(/^\d+$/) as string },
    });
    await expect(call('orders', 'Bearer bmk_orders')).resolves.toBe('key_1');
  });
});
