import * as fc from 'fast-check';
import { chinaBusinessHours as china } from './built-in-calendars';
import { addBusinessTime, isZone, type Calendar } from './calendar';
import { durationMs } from './duration';

const at = (text: string): number => Date.parse(/Z|\+/.test(text) ? text : `${text}+08:00`);
const add = (calendar: Calendar, from: string, duration: string): string => {
  const end = addBusinessTime(calendar, at(from), duration);
  return typeof end === 'number' ? new Date(end + 8 * 3_600_000).toISOString().slice(0, 16) : `missing ${end.missingYear}`;
};
const always: Calendar = { id: 'x', zone: 'UTC', hours: [], holidays: [], workdays: [], years: [], suspensions: [] };
const weekdays = (from = '09:00', to = '18:00') => [1, 2, 3, 4, 5].map((day) => ({ day, from, to }));
const office: Calendar = { ...always, zone: 'Asia/Shanghai', hours: weekdays() };
const suspended = (from: string, to: string) => [{ from: `${from}:00+08:00`, to: `${to}:00+08:00`, reason: 'flood' }];

describe('whole days', () => {
  // 2026-03-06 is a Friday.
  test.each([
    ['keep the time of day', '2026-03-04T10:30', 'P2D', '2026-03-06T10:30'],
    ['pass over the weekend', '2026-03-06T10:30', 'P1D', '2026-03-09T10:30'],
    ['count seven working days for a week', '2026-03-02T10:00', 'P1W', '2026-03-11T10:00'],
    ['count from the opening before it', '2026-03-06T06:00', 'P1D', '2026-03-09T09:00'],
    ['count from the close after it', '2026-03-06T20:00', 'P1D', '2026-03-09T18:00'],
    ['count from the next opening on a closed day', '2026-03-07T12:00', 'P1D', '2026-03-10T09:00'],
    ['come before the time below a day', '2026-03-05T16:00', 'P1DT4H', '2026-03-09T11:00'],
  ])('%s', (_, from, duration, end) => {
    expect(add(office, from, duration)).toBe(end);
  });

  test('pass over holidays and count make-up workdays, which have a weekday’s hours', () => {
    // 2026: Spring Festival 02-15 to 02-23, make-up workdays 02-14 and 02-28, both Saturdays.
    expect(add(china, '2026-02-13T15:00', 'P1D')).toBe('2026-02-14T15:00');
    expect(add(china, '2026-02-13T15:00', 'P2D')).toBe('2026-02-24T15:00');
    expect(add(china, '2026-02-27T15:00', 'PT4H')).toBe('2026-02-28T10:00');
  });

  test('are moved into the hours of the day they lead to', () => {
    const short: Calendar = { ...office, hours: [...weekdays(), { day: 6, from: '10:00', to: '12:00' }, { day: 6, from: '13:00', to: '15:00' }] };
    expect(add(short, '2026-03-06T09:15', 'P1D')).toBe('2026-03-07T10:00');
    expect(add(short, '2026-03-06T11:00', 'P1D')).toBe('2026-03-07T11:00');
    expect(add(short, '2026-03-06T12:30', 'P1D')).toBe('2026-03-07T12:00');
    expect(add(short, '2026-03-06T17:00', 'P1D')).toBe('2026-03-07T15:00');
  });

  test('reach a close at midnight', () => {
    const late: Calendar = { ...office, hours: weekdays('09:00', '24:00') };
    expect(add(late, '2026-03-07T01:00', 'P1D')).toBe('2026-03-10T09:00');
    expect(add({ ...late, workdays: [] }, '2026-03-06T23:59', 'P1D')).toBe('2026-03-09T23:59');
    expect(add({ ...late, suspensions: suspended('2026-03-06T23:00', '2026-03-07T00:00') }, '2026-03-06T23:30', 'P1D')).toBe('2026-03-10T00:00');
  });
});

describe('the time below a day', () => {
  test.each([
    ['counts open hours', '2026-03-06T16:00', 'PT4H', '2026-03-09T11:00'],
    ['ends at the close when it comes out so', '2026-03-06T16:00', 'PT2H', '2026-03-06T18:00'],
    ['counts from the opening before it', '2026-03-06T06:00', 'PT1H', '2026-03-06T10:00'],
    ['counts from the next opening after the close', '2026-03-06T20:00', 'PT1H', '2026-03-09T10:00'],
    ['counts 48 hours as open hours, not as two days', '2026-03-02T09:00', 'PT48H', '2026-03-09T12:00'],
  ])('%s', (_, from, duration, end) => {
    expect(add(office, from, duration)).toBe(end);
  });
});

describe('suspended time does not count', () => {
  test('around the clock it is passed over, from within, before and several times', () => {
    const calendar: Calendar = {
      ...always,
      suspensions: [
        ...suspended('2026-03-10T00:00', '2026-03-11T00:00'),
        ...suspended('2026-03-05T00:00', '2026-03-06T00:00'),
        ...suspended('2026-03-05T12:00', '2026-03-06T12:00'),
      ],
    };
    expect(add(calendar, '2026-03-04T00:00', 'P1D')).toBe('2026-03-05T00:00');
    expect(add(calendar, '2026-03-04T12:00', 'P1D')).toBe('2026-03-07T00:00');
    expect(add(calendar, '2026-03-05T18:00', 'PT1H')).toBe('2026-03-06T13:00');
    expect(add(calendar, '2026-03-04T00:00', 'P5D')).toBe('2026-03-11T12:00');
    expect(add(calendar, '2026-03-12T00:00', 'P1D')).toBe('2026-03-13T00:00');
  });
  test('in business hours it is added in open time', () => {
    const calendar: Calendar = { ...office, suspensions: suspended('2026-03-03T10:30', '2026-03-04T10:30') };
    expect(add(calendar, '2026-03-03T10:00', 'P1D')).toBe('2026-03-05T10:00');
    expect(add(calendar, '2026-03-03T10:00', 'PT2H')).toBe('2026-03-04T12:00');
    expect(add(calendar, '2026-03-03T12:00', 'PT2H')).toBe('2026-03-04T12:30');
    expect(add(calendar, '2026-03-04T12:00', 'P1D')).toBe('2026-03-05T12:00');
  });
  test('a suspension of the night and the weekend changes nothing', () => {
    const calendar: Calendar = { ...office, suspensions: suspended('2026-03-06T18:00', '2026-03-09T09:00') };
    expect(add(calendar, '2026-03-06T15:00', 'P1D')).toBe('2026-03-09T15:00');
  });
});

test('summer time moves the instants, not the clock on the wall', () => {
  const berlin: Calendar = { ...office, zone: 'Europe/Berlin' };
  const end = addBusinessTime(berlin, Date.parse('2026-03-27T10:00:00+01:00'), 'P1D');
  expect(end).toBe(Date.parse('2026-03-30T10:00:00+02:00'));
});

describe('what cannot be answered', () => {
  test('around the clock too a year that is not held is refused', () => {
    const calendar: Calendar = { ...always, years: [2026] };
    expect(addBusinessTime(calendar, Date.parse('2026-12-31T00:00:00Z'), 'PT23H')).toBe(Date.parse('2026-12-31T23:00:00Z'));
    expect(addBusinessTime(calendar, Date.parse('2026-12-31T00:00:00Z'), 'P1D')).toEqual({ missingYear: 2027 });
    expect(addBusinessTime({ ...always, years: [2024, 2026] }, Date.parse('2024-12-31T00:00:00Z'), 'P400D')).toEqual({ missingYear: 2025 });
  });
  test('a calendar that does not open again ends the search', () => {
    const never: Calendar = { ...office, suspensions: [{ from: '2000-01-01T00:00:00Z', to: '2999-01-01T00:00:00Z', reason: '' }] };
    expect(addBusinessTime(never, at('2026-03-03T10:00'), 'P1D')).toEqual({ missingYear: expect.any(Number) as number });
    expect(addBusinessTime(never, at('2026-03-03T10:00'), 'PT1H')).toEqual({ missingYear: expect.any(Number) as number });
  });
  test.each(['', 'P1M', 'P0D', 'soon'])('%j throws', (duration) => {
    expect(() => addBusinessTime(office, 0, duration)).toThrow(RangeError);
  });
  test('an unknown zone throws', () => {
    expect(isZone('Mars/Olympus')).toBe(false);
    expect(() => addBusinessTime({ ...office, zone: 'Mars/Olympus' }, 0, 'P1D')).toThrow(RangeError);
  });
});

const begin = Date.UTC(2026, 0, 1);
const instants = fc.integer({ min: 0, max: 300 * 1440 }).map((minute) => begin + minute * 60_000);
const durations = fc.oneof(
  fc.integer({ min: 1, max: 20 }).map((days) => `P${days}D`),
  fc.integer({ min: 1, max: 200 }).map((hours) => `PT${hours}H`),
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 30 })).map(([days, hours]) => `P${days}DT${hours}H`),
);
const suspensions = fc.array(
  fc
    .tuple(instants, fc.integer({ min: 1, max: 10_000 }))
    .map(([from, minutes]) => ({ from: new Date(from).toISOString(), to: new Date(from + minutes * 60_000).toISOString(), reason: '' })),
  { maxLength: 4 },
);
const evenWeeks = fc.constantFrom(
  weekdays(),
  weekdays('00:00', '24:00'),
  weekdays().flatMap(({ day }) => [
    { day, from: '08:00', to: '12:00' },
    { day, from: '13:00', to: '17:30' },
  ]),
);
const unevenWeek = [...weekdays(), { day: 6, from: '10:00', to: '12:00' }, { day: 6, from: '14:00', to: '15:00' }];
const zones = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'UTC');
const calendars: fc.Arbitrary<Calendar> = fc.oneof(
  fc.record({ zone: zones, hours: evenWeeks, suspensions }).map((parts) => ({ ...always, ...parts })),
  fc.record({ zone: zones, suspensions }).map((parts) => ({ ...always, ...parts })),
  zones.map((zone) => ({ ...always, zone, hours: unevenWeek, workdays: ['2026-03-08'], holidays: ['2026-05-01', '2026-05-04'] })),
);
const end = (calendar: Calendar, from: number, duration: string): number => {
  const result = addBusinessTime(calendar, from, duration);
  if (typeof result !== 'number') throw new Error(`missing ${result.missingYear}`);
  return result;
};

describe('whatever the calendar', () => {
  test('who begins later does not end earlier', () => {
    fc.assert(
      fc.property(calendars, instants, fc.integer({ min: 0, max: 6000 }), durations, (calendar, from, later, duration) => {
        expect(end(calendar, from + later * 60_000, duration)).toBeGreaterThanOrEqual(end(calendar, from, duration));
      }),
      { numRuns: 400 },
    );
  });
  test('what lasts longer does not end earlier', () => {
    fc.assert(
      fc.property(calendars, instants, fc.integer({ min: 1, max: 20 }), fc.constantFrom('D', 'H'), (calendar, from, count, unit) => {
        const [shorter, longer] = unit === 'D' ? [`P${count}D`, `P${count + 1}D`] : [`PT${count}H`, `PT${count + 1}H`];
        expect(end(calendar, from, longer!)).toBeGreaterThan(end(calendar, from, shorter!));
      }),
      { numRuns: 400 },
    );
  });
  test('open hours never pass faster than the clock', () => {
    fc.assert(
      fc.property(calendars, instants, fc.integer({ min: 1, max: 200 }), (calendar, from, hours) => {
        expect(end(calendar, from, `PT${hours}H`) - from).toBeGreaterThanOrEqual(durationMs(`PT${hours}H`));
      }),
      { numRuns: 200 },
    );
  });
  test('open hours add up', () => {
    fc.assert(
      fc.property(calendars, instants, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (calendar, from, a, b) => {
        expect(end(calendar, end(calendar, from, `PT${a}H`), `PT${b}H`)).toBe(end(calendar, from, `PT${a + b}H`));
      }),
      { numRuns: 200 },
    );
  });
});
