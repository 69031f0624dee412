import type { Role } from '#libs/contracts/caller';
import type { Event } from '#libs/domain/return/evolve';
import type { TimelineRow } from '#libs/persistence/returns';
import type { LogEntry } from '#libs/persistence/log';
import { summaryOf } from './summaries';

/** How we work is nothing to a customer; what became of their goods and money is. */
const internal = new Set<Event['type']>(['step_wanted', 'step_changed', 'deadline_set', 'deadline_over', 'deadline_warned', 'attention_raised', 'attention_cleared', 'priority_changed', 'clock_advanced', 'units_released', 'parcel_changed']);
/** What the warehouse does not see. */
const payment = new Set<Event['type']>(['settled', 'refund_changed']);
/** Long documents stand on the return itself. */
const documents = new Set(['quote', 'settlement', 'settled', 'inputs', 'rules']);

/** One entry for its reader; null when it is not for them. */
export function presentEntry({ sequence, at, text, hash }: TimelineRow, role: Role) {
  const entry = JSON.parse(text) as LogEntry & { data: Record<string, unknown> };
  const type = entry.type as Event['type'];
  if ((role === 'customer' && internal.has(type)) || (role === 'warehouse' && payment.has(type))) return null;
  const { detail, ...data } = entry.data as Record<string, unknown> & { detail?: Record<string, unknown> };
  const known = Object.fromEntries(Object.entries(detail ?? {}).filter(([name]) => !documents.has(name)));
  const actor = role === 'customer' && entry.actor.kind !== 'customer' ? { kind: entry.actor.kind, id: '' } : entry.actor;
  return { sequence, at: at.toISOString(), actor, type, data: { ...data, ...known }, summary: summaryOf(type, entry.data), hash };
}
