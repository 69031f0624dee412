import { isWorkday } from 'chinese-days';
import data from 'chinese-days/dist/chinese-days.json';
import { aroundTheClock, builtInCalendars, chinaBusinessHours } from './built-in-calendars';
import { addBusinessTime } from './calendar';
import { calendarProblems } from './calendar-problems';

test('there are 24x7 and CN from the start, and nothing is wrong with them', () => {
  expect(builtInCalendars.map((calendar) => calendar.id)).toEqual(['24x7', 'CN']);
  expect(builtInCalendars.flatMap((calendar) => calendarProblems(calendar))).toEqual([]);
});

test('CN holds the days that the package holds, no more and no fewer', () => {
  expect(chinaBusinessHours.holidays).toEqual(Object.keys(data.holidays).toSorted());
  expect(chinaBusinessHours.workdays).toEqual(Object.keys(data.workdays).toSorted());
  expect(chinaBusinessHours.years).toEqual([...new Set(Object.keys(data.holidays).map((day) => Number(day.slice(0, 4))))].toSorted((a, b) => a - b));
});

test('each day of each year it holds is open exactly when the package calls it a workday', () => {
  for (const year of chinaBusinessHours.years) {
    for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += 86_400_000) {
      const date = new Date(at).toISOString().slice(0, 10);
      const opens = Date.parse(`${date}T09:00:00+08:00`);
      const open = addBusinessTime({ ...chinaBusinessHours, years: [] }, opens, 'PT1S') === opens + 1000;
      expect([date, open]).toEqual([date, isWorkday(date)]);
    }
  }
});

test('a year that was not announced is refused, not guessed', () => {
  const lastAfternoon = Date.parse('2026-12-31T17:00:00+08:00');
  expect(addBusinessTime(chinaBusinessHours, lastAfternoon, 'PT1H')).toBe(Date.parse('2026-12-31T18:00:00+08:00'));
  expect(addBusinessTime(chinaBusinessHours, lastAfternoon, 'PT2H')).toEqual({ missingYear: 2027 });
  expect(addBusinessTime(chinaBusinessHours, lastAfternoon, 'P1D')).toEqual({ missingYear: 2027 });
  expect(addBusinessTime(chinaBusinessHours, Date.parse('2003-12-31T10:00:00+08:00'), 'P1D')).toEqual({ missingYear: 2003 });
  expect(addBusinessTime(aroundTheClock, lastAfternoon, 'P3650D')).toBe(lastAfternoon + 3650 * 86_400_000);
});
