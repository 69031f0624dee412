import { RateLimiter } from './rate-limiter';

describe('a rate limiter', () => {
  let now: number;
  const limiterOf = (limit: number, remembered?: number) => new RateLimiter(limit, remembered, () => now);
  beforeEach(() => {
    now = 1_000_000;
  });

  it('lets so many through in a minute, and says in how many seconds there is a slot again', () => {
    const limiter = limiterOf(2);
    expect([limiter.take('a'), limiter.take('a'), limiter.take('a')]).toEqual([null, null, 60]);
    now += 59_500;
    expect(limiter.take('a')).toBe(1);
    now += 500;
    expect(limiter.take('a')).toBeNull();
  });

  it('counts each key for itself', () => {
    const limiter = limiterOf(1);
    expect([limiter.take('a'), limiter.take('b'), limiter.take('a')]).toEqual([null, null, 60]);
  });

  it('does not count what was given back', () => {
    const limiter = limiterOf(1);
    for (let round = 0; round < 5; round++) {
      expect(limiter.take('a')).toBeNull();
      limiter.giveBack('a');
    }
    limiter.giveBack('unknown');
    limiter.take('a');
    expect(limiter.take('a')).not.toBeNull();
  });

  it('remembers a bounded number of keys, and forgets the oldest', () => {
    const limiter = limiterOf(1, 2);
    limiter.take('a');
    limiter.take('b');
    limiter.take('c');
    expect(limiter.take('c')).not.toBeNull();
    expect(limiter.take('a')).toBeNull();
  });
});
