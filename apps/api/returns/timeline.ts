import type { Role } from '#libs/contracts/caller';
import type { Event } from '#libs/domain/return/evolve';
import type { TimelineRow } from '#libs/persistence/returns';
import type { LogEntry } from '#libs/persistence/log';
import { summaryOf } from './summaries';

/** How we work is nothing to a customer; what became of their goods and money is. */
const internal = new Set<Event['type']>([
  'step_wanted',
  'step_changed',
  'deadline_set',
  'deadline_over',
  'deadline_warned',
  'attention_raised',
  'attention_cleared',
  'priority_changed',
  'clock_advanced',
  'units_released',
  'parcel_changed',
]);
/** What the warehouse does not see. */
const payment = new Set<Event['type']>([
  'settled',
  'settlement_withdrawn',
  'refund_changed',
  'refund_redirected',
  'compensation_granted',
  'compensation_changed',
]);
/** Long documents stand on the return itself, postings in the ledger. */
const documents = ['quote', 'settlement', 'settled', 'inputs', 'rules', 'ledger'];
/** Who of us did it is nothing to a customer. */
const people = ['by', 'grantedBy', 'decidedBy', 'approvedBy', 'rejectedBy', 'settledBy'];
/** What anything is worth is nothing to the warehouse. */
const amounts = ['amount', 'adjustmentAmount', 'exchangePrice', 'refundAmount'];

/** One entry for its reader; null when it is not for them. */
export function presentEntry({ sequence, at, text, hash }: TimelineRow, role: Role) {
  const entry = JSON.parse(text) as LogEntry & { data: Data };
  const type = entry.type as Event['type'];
  if ((role === 'customer' && (internal.has(type) || isPending(entry.data))) || (role === 'warehouse' && payment.has(type))) return null;
  const { detail, ...rest } = entry.data as Data & { detail?: Data };
  const hidden = [...(role === 'customer' ? people : []), ...(role === 'warehouse' ? amounts : []), ...(isPending(entry.data) ? ['code'] : [])];
  const data = without({ ...rest, ...(without(detail ?? {}, documents) as Data) }, hidden) as Data;
  const shown = role === 'warehouse' && type === 'applied' ? { ...data, units: (data.units as unknown[][]).map(([lineId, unit]) => [lineId, unit]) } : data;
  const actor = role === 'customer' && entry.actor.kind !== 'customer' ? { kind: entry.actor.kind, id: '' } : entry.actor;
  return { sequence, at: at.toISOString(), actor, type, data: shown, summary: summaryOf(type, entry.data), hash };
}

type Data = Record<string, unknown>;
/** A compensation that finance has yet to approve, or has refused. */
function isPending({ compensation, set, detail }: Data): boolean {
  const granted = compensation as { status: string } | undefined;
  const refused = (set as Data | undefined)?.status === 'revoked' && (detail as Data | undefined)?.decidedBy !== undefined;
  return granted?.status === 'awaiting_approval' || refused;
}

/** The same without fields of these names, however deep they are. */
function without(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((inner) => without(inner, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, inner]) => (names.includes(name) ? [] : [[name, without(inner, names)]])));
}
