import type { Database } from '#libs/persistence/database';
import { TokenCache } from './token-cache';

const row = { merchantId: 'demo', role: 'agent', id: 'usr_1', scopes: [], email: null, orderNumber: null, goodwillLimitAmount: 0, decisionLimitAmount: 0 };

describe('the memory of tokens', () => {
  let asked: number;
  let answer: () => Promise<object[]>;
  let cache: TokenCache;
  beforeEach(() => {
    jest.useFakeTimers({ now: 1_000_000 });
    asked = 0;
    answer = () => Promise.resolve([{ ...row, expiresAt: new Date(1_000_000 + 15_000) }]);
    const asSystem = () => {
      asked++;
      return answer();
    };
    cache = new TokenCache({ asSystem } as unknown as Database);
  });
  afterEach(() => jest.useRealTimers());

  it('asks once for ten seconds, also when several requests come at the same time', async () => {
    const found = await Promise.all([cache.callerOf('bmt_a'), cache.callerOf('bmt_a')]);
    expect(found.map((caller) => caller?.id)).toEqual(['usr_1', 'usr_1']);
    await cache.callerOf('bmt_a');
    expect(asked).toBe(1);
    jest.advanceTimersByTime(10_001);
    await cache.callerOf('bmt_a');
    expect(asked).toBe(2);
  });
  it('does not let a token outlive its end', async () => {
    jest.advanceTimersByTime(9_000);
    expect(await cache.callerOf('bmt_a')).not.toBeNull();
    jest.advanceTimersByTime(6_001);
    expect(await cache.callerOf('bmt_a')).toBeNull();
  });
  it('remembers that a token is unknown, and does not ask at all for what is no token', async () => {
    answer = () => Promise.resolve([]);
    expect([await cache.callerOf('bmt_x'), await cache.callerOf('bmt_x')]).toEqual([null, null]);
    expect(asked).toBe(1);
    expect(await cache.callerOf('x')).toBeNull();
    expect(asked).toBe(1);
  });
  it('forgets a failure, so that the next request asks again', async () => {
    answer = () => Promise.reject(new Error('away'));
    await expect(cache.callerOf('bmt_a')).rejects.toThrow('away');
    answer = () => Promise.resolve([{ ...row, expiresAt: null }]);
    expect((await cache.callerOf('bmt_a'))?.id).toBe('usr_1');
  });
  it('forgets all when accounts change', async () => {
    await cache.callerOf('bmt_a');
    cache.clear();
    await cache.callerOf('bmt_a');
    expect(asked).toBe(2);
  });
});
