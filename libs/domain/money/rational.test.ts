import { spreadWithin } from './allocator';
import { largestRemainder } from './default-allocator';
import { formatAmount } from './format-amount';
import { AmountTooLarge, atRate, insideAtRate, negative, parseRate, proportion, roundHalfAway, sum, sumOfRates, times } from './rational';

test.each([
  [1n, 2n, 1n],
  [-1n, 2n, -1n],
  [1n, -2n, -1n],
  [3n, 2n, 2n],
  [-3n, 2n, -2n],
  [249n, 100n, 2n],
  [-249n, 100n, -2n],
  [0n, 5n, 0n],
])('%s / %s rounds to %s: halves go away from zero', (numerator, denominator, rounded) => expect(roundHalfAway(numerator, denominator)).toBe(rounded));

test('nothing is divided by zero', () => expect(() => roundHalfAway(1n, 0n)).toThrow(RangeError));

test('a rate is its decimals, exactly', () => {
  expect(parseRate('0.09975')).toEqual({ numerator: 9975n, denominator: 100_000n });
  expect(parseRate('1')).toEqual({ numerator: 1n, denominator: 1n });
});

test.each(['', '.1', '1.', '-0.1', '1e-2', '0,1', ' 0.1', '0x1', 'NaN'])('"%s" is no rate', (text) => expect(() => parseRate(text)).toThrow(RangeError));

test('tax on top and tax inside, halves away from zero', () => {
  expect(atRate(250, parseRate('0.05'))).toBe(13);
  expect(insideAtRate(1150, parseRate('0.05'), sumOfRates([parseRate('0.05'), parseRate('0.09975')]))).toBe(50);
});

test('a proportion of nothing is nothing', () => expect(proportion(5, 3, 0)).toBe(0));

test('amounts are exact up to the last safe integer, and refused beyond it', () => {
  expect(times(Number.MAX_SAFE_INTEGER, 1)).toBe(Number.MAX_SAFE_INTEGER);
  expect(proportion(Number.MAX_SAFE_INTEGER, 998, 999)).toBe(Number((BigInt(Number.MAX_SAFE_INTEGER) * 998n * 2n + 999n) / 1998n));
  expect(sum([Number.MAX_SAFE_INTEGER, -1, 1])).toBe(Number.MAX_SAFE_INTEGER);
  expect(() => sum([Number.MAX_SAFE_INTEGER, 1])).toThrow(AmountTooLarge);
  expect(() => sum([Number.MAX_SAFE_INTEGER, 2])).toThrow(AmountTooLarge);
  expect(() => times(Number.MAX_SAFE_INTEGER, 2)).toThrow(AmountTooLarge);
});

test('there is no negative zero', () => {
  expect(Object.is(negative(0), 0)).toBe(true);
  expect(negative(3)).toBe(-3);
});

test('equal remainders: the earlier gets the odd unit', () => expect(largestRemainder.spread(299, [1000, 1000, 1000])).toEqual([100, 100, 99]));

test('nothing can be spread over no weight, and nothing below zero', () => {
  expect(() => largestRemainder.spread(1, [0, 0])).toThrow(RangeError);
  expect(() => largestRemainder.spread(-1, [1])).toThrow(RangeError);
  expect(() => largestRemainder.spread(1, [2, -1])).toThrow(RangeError);
  expect(largestRemainder.spread(0, [0, 0])).toEqual([0, 0]);
});

test('what overflows a ceiling goes to those with room, by the same weights', () => {
  expect(spreadWithin(largestRemainder, 100, [2, 1, 1], [10, 100, 100])).toEqual([10, 45, 45]);
  expect(spreadWithin(largestRemainder, 100, [2, 0, 1], [10, 100, 100])).toEqual([10, 0, 90]);
  expect(() => spreadWithin(largestRemainder, 100, [2, 0], [10, 100])).toThrow(RangeError);
});

test('people read amounts in the decimals of their currency', () => {
  expect(formatAmount(1621, 'CNY')).toBe('16.21 CNY');
  expect(formatAmount(5, 'CNY')).toBe('0.05 CNY');
  expect(formatAmount(500, 'JPY')).toBe('500 JPY');
  expect(formatAmount(-20_005, 'KWD')).toBe('−20.005 KWD');
});
