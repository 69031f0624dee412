/** Longest duration anybody may ask for: ten years. */
const longestMs = 3650 * 86_400_000;
const grammar = /^P(?:(\d{1,4})W|(?=\d|T)(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?)$/;

/** The parts of a duration: whole days (a week is seven) and the time below a day, in milliseconds. */
export interface DurationParts {
  readonly days: number;
  readonly ms: number;
}

/**
 * Whether a text is a duration we take: ISO 8601, whole numbers, positive, at most P3650D. Weeks stand alone (`P2W`); years and months are refused,
 * because their length depends on where they begin.
 */
export function isDuration(text: string): boolean {
  const parts = read(text);
  if (!parts) return false;
  const total = totalMs(parts);
  return total > 0 && total <= longestMs;
}

/** Length in milliseconds, a day being 24 hours. Throws RangeError on anything `isDuration` refuses. */
export function durationMs(duration: string): number {
  return totalMs(durationParts(duration));
}

/** Days and time of a duration, kept apart for calendars that count working days. Throws RangeError on anything `isDuration` refuses. */
export function durationParts(duration: string): DurationParts {
  const parts = read(duration);
  if (!parts || !isDuration(duration)) throw new RangeError(`not a duration: ${JSON.stringify(duration)}`);
  return parts;
}

function read(text: string): DurationParts | null {
  const found = grammar.exec(text);
  if (!found) return null;
  const [weeks, days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number, number];
  return { days: weeks * 7 + days, ms: ((hours * 60 + minutes) * 60 + seconds) * 1000 };
}

function totalMs(parts: DurationParts): number {
  return parts.days * 86_400_000 + parts.ms;
}
