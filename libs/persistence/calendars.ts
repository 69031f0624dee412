import { builtInCalendars } from '#libs/domain/calendar/built-in-calendars';
import type { Calendar } from '#libs/domain/calendar/calendar';
import type { Transaction } from './database';
import { Remembered } from './remembered';

/** By when they were last changed, so that a long list of holidays is read once and not in every transaction. */
const remembered = new Remembered<Calendar>(200);
const state = `merchant_id || '/' || id || '/' || updated_at`;
/** For a statement that reads other things as well: what `readCalendars` needs to know. */
export const calendarStates = `(SELECT jsonb_agg(jsonb_build_object('id', id, 'state', ${state})) FROM calendar)`;
export type CalendarStates = readonly { readonly id: string; readonly state: string }[] | null;

/** All calendars of the merchant by id: those that are there from the start, and what the merchant put in their place or beside them. */
export async function readCalendars(tx: Transaction, states: CalendarStates): Promise<Record<string, Calendar>> {
  const own = new Map((states ?? []).map((row) => [row.id, remembered.get(row.state)]));
  const missing = [...own].flatMap(([id, calendar]) => (calendar ? [] : [id]));
  if (missing.length > 0) {
    for (const row of await tx.query<{ id: string; body: Calendar; state: string }>(`SELECT id, body, ${state} AS state FROM calendar WHERE id = ANY ($1)`, [
      missing,
    ])) {
      remembered.put(row.state, row.body);
      own.set(row.id, row.body);
    }
  }
  const calendars = Object.fromEntries(builtInCalendars.map((calendar) => [calendar.id, calendar]));
  for (const [id, calendar] of own) if (calendar) calendars[id] = calendar;
  return calendars;
}

export async function readCalendar(tx: Transaction, id: string): Promise<Calendar | null> {
  const [row] = await tx.query<{ body: Calendar }>('SELECT body FROM calendar WHERE id = $1', [id]);
  return row?.body ?? builtInCalendars.find((calendar) => calendar.id === id) ?? null;
}

/** Ids of all calendars of the merchant. */
export async function calendarIds(tx: Transaction): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ id: string }>('SELECT id FROM calendar');
  return new Set([...builtInCalendars, ...rows].map((calendar) => calendar.id));
}

/** True when the merchant had none of this id, built in or own. */
export async function putCalendar(tx: Transaction, calendar: Calendar): Promise<boolean> {
  const isNew = (await readCalendar(tx, calendar.id)) === null;
  await tx.query(
    `INSERT INTO calendar (merchant_id, id, body, updated_at) VALUES (current_setting('app.merchant_id'), $1, $2, clock_timestamp())
     ON CONFLICT (merchant_id, id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at`,
    [calendar.id, JSON.stringify(calendar)],
  );
  return isNew;
}
