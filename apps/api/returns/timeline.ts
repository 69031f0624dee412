import type { Caller, Role } from '#libs/contracts/caller';
import type { Event } from '#libs/domain/return/evolve';
import type { Transaction } from '#libs/persistence/database';
import { readTimeline, type TimelineNote, type TimelineRow } from '#libs/persistence/returns';
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
  'overdraft_changed',
  'refund_paid_after_all',
]);
/** What people do beside the process. */
const beside = { note_added: 'customer', rated: 'customer', assigned: 'internal' } as const;
/** What the warehouse does not see. */
const payment = new Set<Event['type']>([
  'settled',
  'settlement_withdrawn',
  'advanced',
  'advance_changed',
  'advance_withdrawn',
  'refund_changed',
  'refund_redirected',
  'compensation_granted',
  'compensation_changed',
  'overdraft_changed',
  'refund_paid_after_all',
]);
/** Long documents stand on the return itself, postings in the ledger. */
const documents = ['quote', 'settlement', 'settled', 'inputs', 'rules', 'ledger'];
/** Who of us did it is nothing to a customer. */
const people = ['by', 'invoicedBy', 'grantedBy', 'decidedBy', 'approvedBy', 'rejectedBy', 'settledBy'];
/** What anything is worth is nothing to the warehouse. */
const amounts = ['amount', 'adjustmentAmount', 'exchangePrice', 'refundAmount'];

/** Entries read at a time; their texts may be long. */
const BATCH = 200;
/** What a reader sees after the place `after`, up to `limit` entries: those that are not for them do not make a page shorter. */
export async function visibleEntries(tx: Transaction, { merchantId, role }: Caller, returnId: string, after: number, limit: number): Promise<Entry[]> {
  const shown: Entry[] = [];
  for (let place = after; ;) {
    const rows = await readTimeline(tx, merchantId, returnId, place, BATCH);
    shown.push(...rows.flatMap((row) => presentEntry(row, role) ?? []));
    if (rows.length < BATCH || shown.length >= limit) return shown.slice(0, limit);
    place = rows.at(-1)!.sequence;
  }
}
type Entry = NonNullable<ReturnType<typeof presentEntry>>;

/** One entry for its reader; null when it is not for them. */
function presentEntry({ sequence, at, text, hash, notes }: TimelineRow, role: Role) {
  const entry = JSON.parse(text) as LogEntry & { data: Data };
  const type = entry.type as Event['type'];
  const words = (notes ?? []).filter(({ visibility }) => role !== 'customer' || visibility === 'customer');
  if (entry.type in beside) return presentBeside(entry, { sequence, at: at.toISOString(), hash }, words, role);
  if ((role === 'customer' && (internal.has(type) || isPending(entry.data))) || (role === 'warehouse' && payment.has(type))) return null;
  const { detail, ...rest } = entry.data as Data & { detail?: Data };
  const hidden = [...(role === 'customer' ? people : []), ...(role === 'warehouse' ? amounts : []), ...(isPending(entry.data) ? ['code'] : [])];
  const data = without({ ...rest, ...(without(detail ?? {}, documents) as Data) }, hidden) as Data;
  const shown = role === 'warehouse' && type === 'applied' ? { ...data, units: (data.units as unknown[][]).map(([lineId, unit]) => [lineId, unit]) } : data;
  const said = words.length > 0 ? { ...instants(shown), notes: words.map(({ kind, body }) => ({ kind, ...body })) } : instants(shown);
  return { sequence, at: at.toISOString(), actor: actorFor(entry, role), type, data: said, summary: summaryOf(type, entry.data), hash };
}
const actorFor = ({ actor }: LogEntry, role: Role) => (role === 'customer' && actor.kind !== 'customer' ? { kind: actor.kind, id: '' } : actor);

/** A note, a rating, whose case it is: with its text, as long as that is there. */
function presentBeside(entry: LogEntry & { data: Data }, place: { sequence: number; at: string; hash: string }, words: readonly TimelineNote[], role: Role) {
  const { visibility = beside[entry.type as keyof typeof beside] } = entry.data;
  if (role === 'customer' && visibility !== 'customer') return null;
  const { digest: _, ...data } = entry.data;
  const { type } = entry;
  return { ...place, actor: actorFor(entry, role), type, data: { ...data, ...words[0]?.body }, summary: summaryOf(type, entry.data) };
}

type Data = Record<string, unknown>;
/** A compensation that finance has yet to approve, or has refused. */
function isPending({ compensation, set, detail }: Data): boolean {
  const granted = compensation as { status: string } | undefined;
  const refused = (set as Data | undefined)?.status === 'revoked' && (detail as Data | undefined)?.decidedBy !== undefined;
  return granted?.status === 'awaiting_approval' || refused;
}

/** The process counts milliseconds; readers get instants. */
const clocks = ['dueAt', 'warnAt', 'breachedAt', 'pausedAt', 'since', 'notBefore', 'validUntil'];
function instants(value: Data): Data {
  const one = (name: string, inner: unknown): unknown => {
    if (clocks.includes(name) && typeof inner === 'number') return new Date(inner).toISOString();
    return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? instants(inner as Data) : inner;
  };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, one(name, inner)]));
}

/** The same without fields of these names, however deep they are. */
function without(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((inner) => without(inner, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, inner]) => (names.includes(name) ? [] : [[name, without(inner, names)]])));
}
