import { durationMs, durationParts, isDuration } from './duration';

test.each([
  ['P7D', 604_800_000],
  ['PT90S', 90_000],
  ['PT15M', 900_000],
  ['PT4H', 14_400_000],
  ['P2W', 1_209_600_000],
  ['P1DT2H3M4S', 93_784_000],
  ['PT48H', 172_800_000],
  ['P3650D', 315_360_000_000],
  ['P0DT1S', 1000],
])('%s lasts %d ms', (text, ms) => {
  expect(isDuration(text)).toBe(true);
  expect(durationMs(text)).toBe(ms);
});

test.each([
  '',
  'P',
  'PT',
  'P1DT',
  'P1Y',
  'P1M',
  'P1Y2M',
  'P1W2D',
  'P-1D',
  '-P1D',
  'P1.5D',
  'PT1.5H',
  'P0D',
  'PT0S',
  'P3651D',
  'P3650DT1S',
  'P522W',
  'p1d',
  ' P1D',
  'P1D ',
  'P1D\n',
  '7',
  'PT1S1M',
  '1D',
])('%j is not a duration', (text) => {
  expect(isDuration(text)).toBe(false);
  expect(() => durationMs(text)).toThrow(RangeError);
});

test('days and the time below a day are kept apart, a week being seven days', () => {
  expect(durationParts('P1DT30M')).toEqual({ days: 1, ms: 1_800_000 });
  expect(durationParts('P2W')).toEqual({ days: 14, ms: 0 });
  expect(durationParts('PT48H')).toEqual({ days: 0, ms: 172_800_000 });
});
