import type { Settlement } from '../money/settlement-types';
import type { Event } from './evolve';

/**
 * What readers of a return see and the process can do without: titles, settlements, scans, codes. Folded from the same events by `describe`, kept beside the state in
 * the return's row, so that one row is all a reader needs. No personal data.
 */
export interface Details {
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly customerId: string;
  readonly titles: Readonly<Record<string, string>>;
  readonly quote: Settlement | null;
  readonly settlements: readonly (Settlement & { readonly id: string })[];
  readonly scans: Readonly<Record<string, readonly { readonly status: string; readonly at: string }[]>>;
  readonly compensations: Readonly<Record<string, { readonly code: string | null; readonly reason: string; readonly validUntil: string | null }>>;
  /** What an agent wrote beside an offer. */
  readonly offerNotes?: Readonly<Record<string, string>>;
  /** Why an agent gave a compensation, in their own words. */
  readonly goodwillReasons?: Readonly<Record<string, string>>;
  readonly assignee: string | null;
  readonly rating: { readonly score: number; readonly recommend: number | null; readonly comment?: string | null } | null;
}

export function noDetails(at: string): Details {
  return { createdAt: at, updatedAt: at, customerId: '', titles: {}, quote: null, settlements: [], scans: {}, compensations: {}, assignee: null, rating: null };
}

/** Adds what an event tells its readers. `at`: RFC 3339. */
export function describe(details: Details, event: Event, at: string): Details {
  return { ...details, ...addition(details, event), updatedAt: at };
}
function addition(details: Details, event: Event): Partial<Details> {
  const detail = event.detail ?? {};
  switch (event.type) {
    case 'applied': {
      const { customerId, quote, lines } = detail as { customerId: string; quote: Settlement; lines: { lineId: string; title: string }[] };
      return { customerId, quote, titles: Object.fromEntries(lines.map((line) => [line.lineId, line.title])) };
    }
    case 'settled':
      return { settlements: [...details.settlements, { id: event.settlementId, ...(detail.settlement as Settlement) }] };
    case 'settlement_withdrawn':
      return { settlements: details.settlements.filter(({ id }) => id !== event.settlementId) };
    case 'parcel_scanned':
      return { scans: withScan(details, event.parcelId, detail as { status: string; at: string }) };
    case 'compensation_granted': {
      const { code, reason, validUntil } = detail as { code?: string; reason: string; validUntil?: number | null };
      const known = { code: code ?? null, reason, validUntil: validUntil ? new Date(validUntil).toISOString() : null };
      return { compensations: { ...details.compensations, [event.compensation.id]: known } };
    }
    default:
      return {};
  }
}

/** At most 100 scans a parcel are shown, the newest of them. */
export function withScan(details: Details, parcelId: string, { status, at }: { status: string; at: string }): Details['scans'] {
  const scans = [...(details.scans[parcelId] ?? []), { status, at }].toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
  return { ...details.scans, [parcelId]: scans.slice(-100) };
}
