import type { Request } from 'express';
import { isKept } from './idempotency';
import { readIdempotencyKey } from './decorators';

const withKey = (...keys: string[]) => ({ headersDistinct: keys.length > 0 ? { 'idempotency-key': keys } : {} }) as Pick<Request, 'headersDistinct'>;

describe('the idempotency key', () => {
  it('may be left out', () => expect(readIdempotencyKey(withKey())).toBeNull());
  it.each(['k', '~!"', 'x'.repeat(255)])('is 1 to 255 visible ASCII characters', (key) => expect(readIdempotencyKey(withKey(key))).toBe(key));
  it.each(['', 'a b', 'x'.repeat(256), 'ü', 'a\tb'])('is refused otherwise (%j)', (key) => {
    expect(() => readIdempotencyKey(withKey(key))).toThrow(
      expect.objectContaining({ code: 'validation_failed', errors: [expect.objectContaining({ pointer: '/headers/idempotency-key' })] }) as Error,
    );
  });
  it('is refused when it comes twice', () => expect(() => readIdempotencyKey(withKey('a', 'b'))).toThrow());
});

describe('an answer is kept for its key', () => {
  it.each([
    [200, {}, true],
    [202, {}, true],
    [204, null, true],
    [422, { code: 'not_eligible' }, true],
    [409, { code: 'invalid_state' }, true],
    [409, { code: 'units_unavailable' }, false],
    [409, { code: 'request_in_progress' }, false],
    [404, { code: 'not_found' }, false],
    [400, { code: 'validation_failed' }, false],
    [500, { code: 'internal' }, false],
    [503, { code: 'temporarily_unavailable' }, false],
  ])('%i %j: %s', (status, body, kept) => expect(isKept({ status, body })).toBe(kept));
});
