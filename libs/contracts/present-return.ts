import { addSettlements } from '#libs/domain/money/add-settlements';
import type { Settlement } from '#libs/domain/money/settlement-types';
import { advanceStatus, settledOf } from '#libs/domain/return/advance-book';
import { nextStep } from '#libs/domain/return/attention';
import type { Details } from '#libs/domain/return/details';
import { labelled } from '#libs/domain/return/handover';
import type { Advance, Compensation, Parcel, ReturnState } from '#libs/domain/return/state';
import { moneyOf, status } from '#libs/domain/return/tables';
import type { Role } from './caller';
import type { ReturnAnswer } from './return-answer';

/** A return's row, as far as readers need it. */
export interface ReturnRecord {
  readonly state: ReturnState;
  readonly details: Details;
  readonly statusSince: string;
  readonly closedAt: string | null;
}
const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

type Settlements = 'quote' | 'settlement' | 'settlements';
/** A quote, and the sum of instalments, are in no book: they have no id. */
type Unnumbered = Settlement & { readonly id: null };
const unnumbered = (settlement: Settlement | null): Unnumbered | null => settlement && { ...settlement, id: null };
/** `ReturnAnswer` with its settlements as the domain has them. */
export type PresentedReturn = Omit<ReturnAnswer, Settlements> & {
  readonly quote: Unnumbered | null;
  readonly settlement: Unnumbered | null;
  readonly settlements: readonly Settlement[];
};

/** One row, one reader: a pure function. The warehouse sees no payment data, a customer nothing internal. */
export function presentReturn({ state, details, statusSince, closedAt }: ReturnRecord, role: Role): PresentedReturn {
  const payment = role !== 'warehouse';
  const internal = role !== 'customer';
  const step = nextStep(state);
  return {
    id: state.returnId,
    number: state.number,
    orderNumber: state.orderNumber,
    channel: state.channel,
    currency: state.currency,
    status: status(state),
    statusSince,
    nextStep: step && { ...step, dueAt: iso(step.dueAt) },
    policy: state.policy,
    priority: state.priority,
    assignee: internal ? details.assignee : null,
    attention: internal && state.attention ? { ...state.attention, since: new Date(state.attention.since).toISOString() } : null,
    method: state.method,
    refundTo: state.refundTo,
    lines: linesOf(state, details, payment),
    quote: payment ? unnumbered(details.quote) : null,
    settlement: payment ? unnumbered(addSettlements(details.settlements)) : null,
    settlements: payment ? [...details.settlements] : [],
    refunds: payment
      ? state.refunds.map(({ refundId, tenderId, amount, status: refundStatus }) => ({
          id: refundId,
          tenderId,
          amount,
          currency: state.currency,
          status: refundStatus,
        }))
      : [],
    advances: payment ? (state.advances ?? []).map(advanceOf) : [],
    parcels: state.parcels.map((parcel) => parcelOf(state, details, parcel)),
    replacements: state.replacements.map((replacement) => ({ ...replacement })),
    compensations: payment ? state.compensations.filter((one) => internal || isGiven(one)).map((one) => compensationOf(details, one, internal)) : [],
    offers: state.offers.map((offer) => ({ ...offer, amount: payment ? offer.amount : null, note: details.offerNotes?.[offer.offerId] ?? null })),
    deadlines: state.deadlines.map(({ stage, warnAt, dueAt, breachedAt, pausedAt }) => ({
      stage,
      warnAt: iso(warnAt),
      dueAt: iso(dueAt)!,
      breachedAt: iso(breachedAt),
      pausedAt: iso(pausedAt),
    })),
    rating: details.rating && { ...details.rating, comment: details.rating.comment ?? null },
    createdAt: details.createdAt,
    updatedAt: details.updatedAt,
    closedAt,
  };
}

function linesOf(state: ReturnState, details: Details, payment: boolean): ReturnAnswer['lines'] {
  return state.lines.map((line) => {
    const units = state.units.filter((unit) => unit.lineId === line.lineId);
    return {
      lineId: line.lineId,
      sku: line.sku,
      title: details.titles[line.lineId] ?? line.sku,
      quantity: units.length,
      reason: line.reason,
      resolution: line.resolution,
      authorization: line.authorization,
      appeal: line.appeal,
      exchangeSku: line.exchangeSku,
      adjustmentAmount: payment ? line.adjustmentAmount : null,
      units: units.map((unit) => ({
        unit: unit.unit,
        logistics: line.goodsBack || unit.logistics !== 'awaiting' ? unit.logistics : 'kept_by_customer',
        inspection: !line.goodsBack && unit.inspection === 'pending' && line.authorization === 'approved' ? 'waived' : unit.inspection,
        inspectionId: unit.inspectionId ?? null,
        grade: unit.grade,
        disposition: unit.disposition,
        money: moneyOf(state, unit),
        refundAmount: payment ? unit.refundAmount : null,
        fault: unit.fault,
      })),
    };
  });
}

function advanceOf(advance: Advance): ReturnAnswer['advances'][number] {
  const { advanceId, amount, withdrawnAmount, recoveredAmount, recovery, units } = advance;
  return {
    advanceId,
    amount,
    withdrawnAmount,
    settledAmount: settledOf(advance),
    recoveredAmount,
    recovery: recoveredAmount > 0 ? recovery : null,
    status: advanceStatus(advance),
    units: units.map((key) => ({ lineId: key.slice(0, key.lastIndexOf('#')), unit: Number(key.slice(key.lastIndexOf('#') + 1)) })),
  };
}

/** By hand, it was given once finance said yes; what a rule gave was given, even if its reason fell away since. */
const isGiven = ({ status: now, rule }: Compensation): boolean => now !== 'awaiting_approval' && !(now === 'revoked' && rule === null);

/** Nobody is told a coupon's code before it is worth something. */
/** An agent wrote their reason for colleagues; the customer reads what kind of reason it was. */
function compensationOf(details: Details, compensation: Compensation, internal: boolean): ReturnAnswer['compensations'][number] {
  const { id, kind, amount, status: now } = compensation;
  const { code, reason, validUntil } = details.compensations[id] ?? { code: null, reason: '', validUntil: null };
  const words = internal ? details.goodwillReasons?.[id] : undefined;
  return { id, kind, amount, status: now, code: isGiven(compensation) ? code : null, reason: words ?? reason, validUntil };
}

function parcelOf(state: ReturnState, details: Details, parcel: Parcel): ReturnAnswer['parcels'][number] {
  const labelUrl = parcel.parcelId === labelled(state)?.parcelId ? `/v1/returns/${state.returnId}/label` : null;
  return { ...parcel, labelUrl, scans: [...(details.scans[parcel.parcelId] ?? [])] };
}
