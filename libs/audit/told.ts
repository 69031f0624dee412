import type { Posting as BookedPosting } from '#libs/domain/money/postings';
import { canonical } from '#libs/persistence/canonical';
import type { ToldEntry } from '#libs/persistence/ledger';
import type { LogEntry } from '#libs/persistence/log';
import type { Posting, SettlementRecord } from './records';

/** A row as an entry of the log tells it. */
export type ToldPosting = Posting & { readonly toldBy: number };
export interface ToldSettlement extends Pick<SettlementRecord, 'id' | 'of' | 'returnId' | 'orderNumber' | 'currency' | 'createdAt'> {
  readonly toldBy: number;
  readonly total: string;
  /** Canonical JSON, as the rules. */
  readonly document: string;
  readonly inputsDigest: string;
  readonly rules: string;
}

/** Every posting that an entry vouches for. @param returnId null in the merchant's chain */
export function postingsTold({ sequence, at, data }: LogEntry, returnId: string | null): ToldPosting[] {
  const told = data as { ledger?: unknown; detail?: { ledger?: unknown } } | null;
  const ledger = returnId === null ? told?.ledger : told?.detail?.ledger;
  if (!Array.isArray(ledger)) return [];
  return (ledger as ToldEntry[]).flatMap(({ id, refundId, postings }) =>
    postings.map(({ from, to, amount, currency, type }: BookedPosting, position) => ({
      entryId: id,
      position,
      at,
      returnId,
      refundId,
      type,
      from,
      to,
      amount,
      currency,
      merchantSequence: returnId === null ? sequence : null,
      toldBy: sequence,
    })),
  );
}

interface Settling {
  readonly settlementId?: string;
  readonly advance?: { readonly advanceId?: string };
  readonly detail?: { readonly settlement?: { readonly total?: number; readonly currency?: string }; readonly inputsDigest?: string; readonly rules?: unknown };
}

/** The settlement, or the advance on one, that an entry vouches for: the document itself, and its inputs by their digest. */
export function settlementTold({ sequence, at, type, data }: LogEntry, returnId: string, orderNumber: string | null): ToldSettlement | null {
  if (type !== 'settled' && type !== 'advanced') return null;
  const { settlementId, advance, detail } = data as Settling;
  const id = type === 'settled' ? settlementId : advance?.advanceId;
  if (!id || !detail?.settlement || !detail.inputsDigest) return null;
  return {
    id,
    of: type === 'settled' ? 'settlement' : 'advance',
    returnId,
    orderNumber: orderNumber ?? '',
    currency: detail.settlement.currency ?? '',
    createdAt: at,
    total: String(detail.settlement.total),
    document: canonical(detail.settlement),
    inputsDigest: detail.inputsDigest,
    rules: canonical(detail.rules),
    toldBy: sequence,
  };
}

/** The first member that differs, as a sentence's end; null when all are as expected, and nothing more is there. */
export function differenceOf(actual: Readonly<Record<string, unknown>>, expected: Readonly<Record<string, unknown>>): string | null {
  for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const [is, was] = [actual[name] ?? null, expected[name] ?? null];
    if (is === was) continue;
    const long = typeof is === 'string' && is.length > 60;
    return `has another ${name} than the log tells${long ? '' : ` (${String(is)}, not ${String(was)})`}`;
  }
  return null;
}
