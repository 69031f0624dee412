import { flaw, type Flaw } from '../flaw';
import { isZone, type Calendar, type OpenHours } from './calendar';

/** Everything that is wrong with a calendar although each field by itself is well formed. */
export function calendarProblems(calendar: Omit<Calendar, 'id'>): Flaw[] {
  return [
    ...(isZone(calendar.zone) ? [] : [flaw(['zone'], 'unknown_zone', 'must be an IANA time zone')]),
    ...hoursProblems(calendar.hours),
    ...(['holidays', 'workdays'] as const).flatMap((list) => daysProblems(calendar, list)),
    ...calendar.suspensions.flatMap(({ from, to }, index) =>
      Date.parse(from) < Date.parse(to) ? [] : [flaw(['suspensions', index, 'to'], 'not_after_from', 'must be later than from')],
    ),
  ];
}

function hoursProblems(hours: readonly OpenHours[]): Flaw[] {
  return hours.flatMap(({ day, from, to }, index) => {
    if (from >= to) return [flaw(['hours', index, 'to'], 'not_after_from', 'must be later than from, on the same day')];
    const overlaps = hours.slice(0, index).some((other) => other.day === day && other.from < to && from < other.to);
    return overlaps ? [flaw(['hours', index], 'overlap', 'overlaps other hours of the day')] : [];
  });
}

function daysProblems(calendar: Omit<Calendar, 'id'>, list: 'holidays' | 'workdays'): Flaw[] {
  const days = calendar[list];
  if (days.length > 0 && calendar.hours.length === 0) return [flaw([list], 'needs_hours', 'mean nothing around the clock: give hours too')];
  const years = new Set(calendar.years);
  const seen = new Set<string>();
  return days.flatMap((day, index) => {
    const twice = seen.has(day);
    seen.add(day);
    if (twice) return [flaw([list, index], 'duplicate', 'is given twice')];
    return years.size > 0 && !years.has(Number(day.slice(0, 4))) ? [flaw([list, index], 'year_not_held', 'lies in a year the calendar does not hold')] : [];
  });
}
