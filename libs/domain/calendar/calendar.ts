import { DateTime, IANAZone } from 'luxon';
import { durationParts } from './duration';

/** When time counts (CONTRACT §7). */
export interface Calendar {
  readonly id: string;
  /** IANA name. */
  readonly zone: string;
  /** Monday is 1; from and to are `hh:mm`, to at most `24:00`. Empty: around the clock, every day. */
  readonly hours: readonly OpenHours[];
  /** Days that do not count, yyyy-mm-dd. */
  readonly holidays: readonly string[];
  /** Days that count although their weekday does not or they are a holiday; without hours of their own they have those of the first open weekday. */
  readonly workdays: readonly string[];
  /** The years it holds; empty: every year. */
  readonly years: readonly number[];
  /** Times that do not count, RFC 3339. */
  readonly suspensions: readonly Suspension[];
}
export interface OpenHours {
  readonly day: number;
  readonly from: string;
  readonly to: string;
}
export interface Suspension {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}
/** An answer that cannot be given: the calendar does not hold this year (or, holding every year, does not open again before it). */
export interface MissingYear {
  readonly missingYear: number;
}
/** Half-open, milliseconds since 1970. */
interface Span {
  readonly from: number;
  readonly to: number;
}

const dayMs = 86_400_000;
/** Where the search for opening hours ends: far beyond the longest duration on the sparsest week. */
const mostDays = 40_000;

export function isZone(zone: string): boolean {
  if (zones.has(zone)) return true;
  const known = IANAZone.isValidZone(zone);
  if (known) zones.add(zone);
  return known;
}
/** Asking is dear, and there are a few hundred of them. */
const zones = new Set<string>();

/**
 * The instant (ms) at which `duration` has passed on the calendar since `from` (ms).
 *
 * Around the clock a day is 24 hours. With business hours the whole days of a duration count working days (a week is seven) and keep the time of day, moved
 * into the hours of the day they lead to; the time below a day counts open hours. Days that begin after closing count from the close, those that begin before
 * opening or on a closed day from the next opening. Suspended time does not count: days that lead over it end as many open hours later.
 * Throws RangeError on a duration that `isDuration` refuses and on an unknown zone.
 */
export function addBusinessTime(calendar: Calendar, from: number, duration: string): number | MissingYear {
  const { days, ms } = durationParts(duration);
  if (!isZone(calendar.zone)) throw new RangeError(`unknown zone: ${calendar.zone}`);
  const reader = new CalendarReader(calendar);
  try {
    if (calendar.hours.length === 0) return reader.addRealTime(from, days * dayMs + ms);
    return reader.addOpenTime(days === 0 ? from : reader.addWorkingDays(from, days), ms);
  } catch (error) {
    if (error instanceof NotHeld) return { missingYear: error.year };
    throw error;
  }
}

class NotHeld extends Error {
  constructor(readonly year: number) {
    super(`the calendar does not hold ${year}`);
  }
}

/** Reads one calendar. A day is a number: days since 1970 by the wall clock of the calendar's zone. */
class CalendarReader {
  private readonly years: ReadonlySet<number>;
  private readonly holidays: ReadonlySet<string>;
  private readonly workdays: ReadonlySet<string>;
  private readonly suspensions: readonly Span[];
  private readonly hours: readonly OpenHours[];

  constructor(private readonly calendar: Calendar) {
    this.years = new Set(calendar.years);
    this.holidays = new Set(calendar.holidays);
    this.workdays = new Set(calendar.workdays);
    this.suspensions = merged(calendar.suspensions.map((span) => ({ from: Date.parse(span.from), to: Date.parse(span.to) })));
    this.hours = calendar.hours.toSorted((a, b) => a.day - b.day || minutesOf(a.from) - minutesOf(b.from));
  }

  /** Around the clock: `ms` later, suspensions left out. */
  addRealTime(from: number, ms: number): number {
    const end = this.suspensions
      .filter((span) => span.to > from)
      .reduce((at, span) => (span.from < at ? at + span.to - Math.max(span.from, from) : at), from + ms);
    for (let year = yearOf(this.dayOf(from)), last = yearOf(this.dayOf(end)); year <= last; year++) this.mustHold(year);
    return end;
  }

  /** When `ms` of open time that is not suspended have passed since `from`; no time at all stays where it is. */
  addOpenTime(from: number, ms: number): number {
    let left = ms;
    for (let day = this.dayOf(from), last = day + mostDays; left > 0; day++) {
      if (day > last) throw new NotHeld(yearOf(day));
      for (const span of this.counted(day)) {
        const begin = Math.max(span.from, from);
        if (span.to - begin >= left) return begin + left;
        left -= Math.max(0, span.to - begin);
      }
    }
    return from;
  }

  addWorkingDays(from: number, days: number): number {
    const start = this.firstCounted(from);
    let day = start.day;
    for (let left = days, last = day + mostDays * 2; left > 0;) {
      day++;
      if (day > last) throw new NotHeld(yearOf(day));
      if (this.hoursOf(day).length > 0) left--;
    }
    const end = movedInto(this.openings(day), this.instantOf(day, start.wallClock));
    return this.addOpenTime(end, this.suspendedBetween(start.at, end));
  }

  /** Where whole days begin to count, with its wall clock in ms since midnight. */
  private firstCounted(from: number): { at: number; day: number; wallClock: number } {
    const today = this.dayOf(from);
    const close = this.counted(today).at(-1)?.to;
    if (close !== undefined && from >= close) return { at: close, day: today, wallClock: this.dayOf(close) === today ? this.wallClockOf(close) : dayMs };
    for (let day = today; day <= today + mostDays; day++) {
      const span = this.counted(day).find(({ to }) => to > from);
      if (!span) continue;
      const at = Math.max(span.from, from);
      return { at, day, wallClock: this.wallClockOf(at) };
    }
    throw new NotHeld(yearOf(today + mostDays));
  }

  /** The hours of a day; none when it is closed. Throws NotHeld for a day of another year than the calendar's. */
  private hoursOf(day: number): readonly OpenHours[] {
    this.mustHold(yearOf(day));
    const date = dateOf(day);
    const weekday = this.hours.filter((hours) => hours.day === weekdayOf(day));
    if (this.workdays.has(date)) return weekday.length > 0 ? weekday : this.hours.filter((hours) => hours.day === this.hours[0]?.day);
    return this.holidays.has(date) ? [] : weekday;
  }

  /** When a day is open. */
  private openings(day: number): Span[] {
    return this.hoursOf(day).map(({ from, to }) => ({ from: this.instantOf(day, minutesOf(from) * 60_000), to: this.instantOf(day, minutesOf(to) * 60_000) }));
  }

  /** When a day is open and not suspended. A day deep inside a suspension is not worth asking the zone about. */
  private counted(day: number): Span[] {
    this.mustHold(yearOf(day));
    if (this.suspensions.some((gap) => gap.from <= (day - 1) * dayMs && gap.to >= (day + 2) * dayMs)) return [];
    return this.suspensions.reduce((spans: Span[], gap) => spans.flatMap((span) => without(span, gap)), this.openings(day));
  }

  /** Open time that suspensions take away between two instants. */
  private suspendedBetween(from: number, to: number): number {
    const gaps = this.suspensions.filter((gap) => gap.from < to && gap.to > from);
    if (gaps.length === 0) return 0;
    let sum = 0;
    for (let day = this.dayOf(from), last = this.dayOf(to); day <= last; day++) {
      for (const span of this.openings(day)) {
        for (const gap of gaps) sum += Math.max(0, Math.min(span.to, gap.to, to) - Math.max(span.from, gap.from, from));
      }
    }
    return sum;
  }

  private mustHold(year: number): void {
    if (this.years.size > 0 && !this.years.has(year)) throw new NotHeld(year);
  }

  private dayOf(at: number): number {
    const { year, month, day } = DateTime.fromMillis(at, { zone: this.calendar.zone });
    return Date.UTC(year, month - 1, day) / dayMs;
  }

  private wallClockOf(at: number): number {
    const time = DateTime.fromMillis(at, { zone: this.calendar.zone });
    return ((time.hour * 60 + time.minute) * 60 + time.second) * 1000 + time.millisecond;
  }

  /** The instant at which the clock on the wall shows `wallClock` (0 to 24 h) on that day. */
  private instantOf(day: number, wallClock: number): number {
    const shown = new Date(day * dayMs + wallClock);
    const [year, month, date] = [shown.getUTCFullYear(), shown.getUTCMonth() + 1, shown.getUTCDate()];
    const [hour, minute, second, millisecond] = [shown.getUTCHours(), shown.getUTCMinutes(), shown.getUTCSeconds(), shown.getUTCMilliseconds()];
    return DateTime.fromObject({ year, month, day: date, hour, minute, second, millisecond }, { zone: this.calendar.zone }).toMillis();
  }
}

/** The nearest instant that is not later, in opening hours; before the first opening, that. */
function movedInto(openings: readonly Span[], at: number): number {
  const begun = openings.findLast((span) => span.from <= at);
  return begun ? Math.min(at, begun.to) : (openings[0]?.from ?? at);
}

function without(span: Span, gap: Span): Span[] {
  if (gap.to <= span.from || gap.from >= span.to) return [span];
  return [
    { from: span.from, to: gap.from },
    { from: gap.to, to: span.to },
  ].filter((rest) => rest.from < rest.to);
}

/** Sorted, and no two that touch. */
function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans.filter(({ from, to }) => from < to).toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && span.from <= last.to) result[result.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else result.push(span);
  }
  return result;
}

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
const dateOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);
const yearOf = (day: number): number => new Date(day * dayMs).getUTCFullYear();
/** 1970-01-01 was a Thursday. */
const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;
