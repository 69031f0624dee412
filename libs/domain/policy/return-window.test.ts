import * as fc from 'fast-check';
import { durationMs } from '../calendar/duration';
import { windowOf } from './return-window';

const window = { duration: 'P30D', from: 'delivery', byCategory: { apparel: 'P60D', food: 'P2D' }, byTier: { gold: 'P45D' } } as const;

test.each([
  ['apparel', 'gold', 'P60D'],
  ['food', 'gold', 'P45D'],
  ['apparel', null, 'P60D'],
  ['food', null, 'P2D'],
  ['toys', 'gold', 'P45D'],
  ['toys', 'silver', 'P30D'],
  [null, null, 'P30D'],
  ['constructor', 'toString', 'P30D'],
])('an article of %s for tier %s can be returned for %s', (category, tier, duration) => {
  expect(windowOf(window, category, tier)).toBe(duration);
});

test('of two entries that apply none is longer than the one taken', () => {
  const days = fc.integer({ min: 1, max: 400 }).map((count) => `P${count}D`);
  fc.assert(
    fc.property(days, days, days, (duration, category, tier) => {
      const taken = windowOf({ duration, from: 'placed', byCategory: { c: category }, byTier: { t: tier } }, 'c', 't');
      expect(durationMs(taken)).toBe(Math.max(durationMs(category), durationMs(tier)));
    }),
  );
});
