import { bodyDigest, open, seal } from './sealed-answer';

const answer = { status: 201, body: { key: 'bmk_secret' }, headers: { Location: '/v1/api-keys/key_1' } };

describe('an answer with a secret', () => {
  it('is read again by who has the idempotency key, and by nobody else', () => {
    const stored = seal(answer, 'k1');
    expect(JSON.stringify(stored)).not.toContain('secret');
    expect(open(stored, 'k1')).toEqual(answer);
    expect(() => open(stored, 'k2')).toThrow();
  });
  it('is not stored at all without an idempotency key', () => {
    expect(seal(answer, null)).toEqual({ status: 201, body: null });
  });
  it('has a body digest that tells bodies apart, and is not a plain digest of them', () => {
    expect(bodyDigest({ a: 1, b: 2 }, 'k1')).toBe(bodyDigest({ b: 2, a: 1 }, 'k1'));
    expect(bodyDigest({ a: 1 }, 'k1')).not.toBe(bodyDigest({ a: 2 }, 'k1'));
    expect(bodyDigest({ a: 1 }, 'k1')).not.toBe(bodyDigest({ a: 1 }, 'k2'));
  });
});
