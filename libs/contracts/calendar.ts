import { z } from 'zod';
import { calendarProblems } from '#libs/domain/calendar/calendar-problems';
import { day, id, instant, name, text } from './values';

const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error: 'must be a time of day, hh:mm, at most 24:00' });

/** `PUT /v1/calendars/{id}`. A body may carry the `id` it was read with; the path decides. */
export const calendarBody = z
  .strictObject({
    id: id.optional(),
    zone: name(64),
    hours: z
      .array(z.strictObject({ day: z.int().min(1).max(7), from: timeOfDay, to: timeOfDay }).meta({ id: 'OpenHours', description: 'Monday is day 1' }))
      .max(42)
      .default([]),
    holidays: z.array(day).max(2000).default([]),
    workdays: z.array(day).max(2000).default([]),
    years: z.array(z.int().min(1970).max(2999)).max(200).default([]),
    suspensions: z
      .array(
        z.strictObject({ from: instant, to: instant, reason: text(500, 0).default('') }).meta({ id: 'Suspension', description: 'A time that does not count' }),
      )
      .max(200)
      .default([]),
  })
  .superRefine((calendar, context) => {
    if (context.issues.length > 0) return;
    for (const found of calendarProblems(calendar)) {
      context.addIssue({ code: 'custom', path: [...found.path], message: found.detail, params: { code: found.code } });
    }
  })
  .meta({ id: 'Calendar', description: 'When time counts. No hours: around the clock. No years: every year' });
export type CalendarBody = z.infer<typeof calendarBody>;
