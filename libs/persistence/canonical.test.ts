import { canonical, sha256 } from './canonical';

describe('canonical JSON', () => {
  it('is the same for equal values, whatever order their keys came in', () => {
    expect(canonical({ b: [1, { d: 1, c: null }], a: 'ü' })).toBe('{"a":"ü","b":[1,{"c":null,"d":1}]}');
    expect(canonical({ B: 1, a: 2, é: 3, A: 4 })).toBe('{"A":4,"B":1,"a":2,"é":3}');
  });
  it('is what JSON would hold: undefined members go, undefined elements are null, dates are texts', () => {
    expect(canonical({ a: undefined, b: [undefined], c: new Date(0) })).toBe('{"b":[null],"c":"1970-01-01T00:00:00.000Z"}');
    expect(canonical(undefined)).toBe('null');
    expect(JSON.parse(canonical({ '"\n': -0 }))).toEqual({ '"\n': 0 });
  });
  it.each([NaN, Infinity, 1n])('refuses what JSON cannot hold', (value) => expect(() => canonical({ value })).toThrow(TypeError));
});

it('sha256 is hex, of a text as UTF-8 or of bytes', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sha256(Buffer.from('ü'))).toBe(sha256('ü'));
});
