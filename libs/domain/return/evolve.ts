import type { SettledFee } from '../money/settlement-types';
import type { HandoverMethod, PriorityLevel, Stage } from '../policy/policy';
import { givenBack, nothingOf, redirected, used } from './advance-book';
import {
  unitKey,
  type Advance,
  type AdvanceUse,
  type Compensation,
  type Deadline,
  type Line,
  type Offer,
  type PaidAfterAll,
  type Parcel,
  type Refund,
  type Replacement,
  type ReturnState,
  type Step,
  type Unit,
  type UnitKey,
} from './state';

/** Something happened to units. All of these fold alike; the type is what people read in the timeline. */
export const unitEvents = [
  'handed_over', 'lost', 'received', 'short', 'wrong_item', 'inspected', 'inspection_corrected', 'inspection_waived', 'accepted_by_deadline', 'repaired', 'unrepairable', 'resolved',
  'handover_expired', 'sending_back', 'sent_back', 'units_released', 'appeal_upheld', 'nothing_owed', 'surplus_received',
] as const; // prettier-ignore
export type UnitEventType = (typeof unitEvents)[number];

export interface Applied {
  readonly type: 'applied';
  readonly number: string;
  readonly orderNumber: string;
  readonly channel: string;
  readonly currency: string;
  readonly policy: ReturnState['policy'];
  readonly method: HandoverMethod;
  readonly pickup: ReturnState['pickup'];
  readonly refundTo: ReturnState['refundTo'];
  readonly priority: PriorityLevel;
  readonly lines: readonly Line[];
  /** Unit numbers and what each is quoted at. */
  readonly units: readonly (readonly [lineId: string, unit: number, refundAmount: number])[];
}

/**
 * What became true. `detail` is for readers of the log and of the return; the process does without it, so it never enters a history.
 */
export type Event = (
  | Applied
  | { readonly type: UnitEventType; readonly units: readonly UnitKey[]; readonly set: Partial<Unit> }
  | {
      readonly type: 'lines_approved' | 'lines_rejected' | 'appealed' | 'appeal_dismissed' | 'line_changed';
      readonly lines: readonly string[];
      readonly set: Partial<Line>;
    }
  | { readonly type: 'cancelled' | 'expired' | 'late_parcel' }
  | { readonly type: 'reopened'; readonly units: readonly UnitKey[]; readonly set: Partial<Unit> }
  | { readonly type: 'parcel_announced'; readonly parcel: Parcel }
  | { readonly type: 'parcel_scanned' | 'parcel_changed'; readonly parcelId: string; readonly set: Partial<Parcel> }
  | { readonly type: 'step_wanted'; readonly step: Step }
  | { readonly type: 'step_changed'; readonly id: string; readonly set: Partial<Step> }
  | {
      readonly type: 'settled';
      readonly settlementId: string;
      readonly total: number;
      readonly units: readonly (readonly [UnitKey, number])[];
      readonly refunds: readonly Refund[];
      readonly feesTaken: readonly SettledFee['kind'][];
      /** What advances have paid of it already. */
      readonly advanced?: readonly (Omit<AdvanceUse, 'settlementId'> & { readonly advanceId: string })[];
    }
  | { readonly type: 'advanced'; readonly advance: Advance; readonly refunds: readonly Refund[] }
  | { readonly type: 'advance_changed'; readonly advanceId: string; readonly set: Partial<Advance> }
  /** None of it leaves: these lines are decided once more. */
  | { readonly type: 'advance_withdrawn'; readonly advanceId: string; readonly lines: readonly string[] }
  | {
      /** Finance would not let its money go: its units are owed nothing, and their lines are decided once more. */
      readonly type: 'settlement_withdrawn';
      readonly settlementId: string;
      readonly units: readonly UnitKey[];
    }
  | { readonly type: 'refund_redirected'; readonly refundId: string; readonly refund: Refund }
  | { readonly type: 'refund_changed'; readonly refundId: string; readonly set: Partial<Refund> }
  /** A refund that was given up was paid all the same; with an amount of zero it was not. */
  | { readonly type: 'refund_paid_after_all'; readonly paid: PaidAfterAll }
  | { readonly type: 'overdraft_changed'; readonly tenderId: string; readonly amount: number; readonly acceptedAmount: number }
  | { readonly type: 'replacement_reserved'; readonly replacement: Replacement }
  | { readonly type: 'replacement_changed'; readonly replacementId: string; readonly set: Partial<Replacement> }
  | { readonly type: 'compensation_granted'; readonly compensation: Compensation }
  | { readonly type: 'compensation_changed'; readonly id: string; readonly set: Partial<Compensation> }
  | { readonly type: 'offer_made'; readonly offer: Offer }
  | { readonly type: 'offer_closed'; readonly offerId: string; readonly set: Pick<Offer, 'status'> }
  | { readonly type: 'refund_destination_changed'; readonly refundTo: ReturnState['refundTo'] }
  | { readonly type: 'priority_changed'; readonly priority: PriorityLevel }
  | { readonly type: 'deadline_set'; readonly deadline: Deadline }
  | {
      readonly type: 'deadline_warned' | 'deadline_breached' | 'deadline_paused' | 'deadline_resumed' | 'deadline_extended';
      readonly stage: Stage;
      readonly set: Partial<Deadline>;
    }
  | { readonly type: 'deadline_over'; readonly stages: readonly Stage[] }
  | { readonly type: 'attention_raised' | 'attention_cleared'; readonly attention: ReturnState['attention'] }
  | { readonly type: 'clock_advanced'; readonly by: number }
) & { readonly detail?: Readonly<Record<string, unknown>> };
export type EventOf<T extends Event['type']> = Extract<Event, { readonly type: T }>;

/** Replays and logs of years pass through here: it may learn new events, and never changes its mind about old ones. */
export function evolve(state: ReturnState, event: Event): ReturnState {
  return { ...state, ...change(state, event), sequence: state.sequence + 1 };
}

function change(state: ReturnState, event: Event): Partial<ReturnState> {
  switch (event.type) {
    case 'applied': {
      const { type: _, detail: __, units, ...rest } = event;
      return { ...rest, units: units.map(([lineId, unit, refundAmount]) => freshUnit(lineId, unit, refundAmount)) };
    }
    case 'cancelled':
    case 'expired':
      return { end: event.type };
    case 'late_parcel':
      return { lateParcel: true };
    case 'reopened':
      return { end: null, lateParcel: false, units: patchUnits(state.units, event.units, event.set) };
    case 'resolved':
      return { lateParcel: false, units: patchUnits(state.units, event.units, event.set) };
    case 'lines_approved':
    case 'lines_rejected':
    case 'appealed':
    case 'appeal_dismissed':
    case 'line_changed':
      return { lines: state.lines.map((line) => (event.lines.includes(line.lineId) ? { ...line, ...event.set } : line)) };
    case 'parcel_announced':
      return { parcels: [...state.parcels, event.parcel] };
    case 'parcel_scanned':
    case 'parcel_changed':
      return { parcels: patch(state.parcels, (parcel) => parcel.parcelId === event.parcelId, event.set) };
    case 'step_wanted':
      return { steps: [...state.steps, event.step] };
    case 'step_changed':
      return { steps: patch(state.steps, (step) => step.id === event.id, event.set) };
    case 'settled':
      return settled(state, event);
    case 'settlement_withdrawn':
      return withdrawn(state, event);
    case 'advanced':
      return { advances: [...(state.advances ?? []), event.advance], refunds: [...state.refunds, ...event.refunds] };
    case 'advance_changed':
      return { advances: patch(state.advances ?? [], (advance) => advance.advanceId === event.advanceId, event.set) };
    case 'advance_withdrawn':
      return {
        advances: (state.advances ?? []).map((advance) => (advance.advanceId === event.advanceId ? nothingOf(advance) : advance)),
        lines: patch(state.lines, (line) => event.lines.includes(line.lineId), { authorization: 'pending' }),
      };
    case 'refund_changed':
      return { refunds: patch(state.refunds, (refund) => refund.refundId === event.refundId, event.set) };
    case 'refund_redirected':
      return {
        ...(state.advances && { advances: redirected(state.advances, state.refunds, event) }),
        refunds: [
          ...patch(state.refunds, (refund) => refund.refundId === event.refundId, { status: 'redirected', call: null, notBefore: null, held: false }),
          event.refund,
        ],
      };
    case 'overdraft_changed': {
      const { tenderId, amount, acceptedAmount } = event;
      const others = (state.overdrafts ?? []).filter((one) => one.tenderId !== tenderId);
      return { overdrafts: amount === 0 ? others : [...others, { tenderId, amount, acceptedAmount }] };
    }
    case 'refund_paid_after_all': {
      const { paid } = event;
      const others = (state.paidAfterAll ?? []).filter(({ refundId }) => refundId !== paid.refundId);
      return { paidAfterAll: paid.amount === 0 ? others : [...others, paid] };
    }
    case 'replacement_reserved':
      return { replacements: [...state.replacements, event.replacement] };
    case 'replacement_changed':
      return { replacements: patch(state.replacements, (replacement) => replacement.replacementId === event.replacementId, event.set) };
    case 'compensation_granted':
      return { compensations: [...state.compensations, event.compensation] };
    case 'compensation_changed':
      return { compensations: patch(state.compensations, (compensation) => compensation.id === event.id, event.set) };
    case 'offer_made':
      return { offers: [...state.offers, event.offer] };
    case 'offer_closed':
      return { offers: patch(state.offers, (offer) => offer.offerId === event.offerId, event.set) };
    case 'refund_destination_changed':
      return { refundTo: event.refundTo };
    case 'priority_changed':
      return { priority: event.priority };
    case 'deadline_set':
      return { deadlines: [...state.deadlines.filter((deadline) => deadline.stage !== event.deadline.stage), event.deadline] };
    case 'deadline_warned':
    case 'deadline_breached':
    case 'deadline_paused':
    case 'deadline_resumed':
    case 'deadline_extended':
      return { deadlines: patch(state.deadlines, (deadline) => deadline.stage === event.stage, event.set) };
    case 'deadline_over':
      return { deadlines: state.deadlines.filter((deadline) => !event.stages.includes(deadline.stage)) };
    case 'attention_raised':
    case 'attention_cleared':
      return { attention: event.attention };
    case 'clock_advanced':
      return { clockOffset: state.clockOffset + event.by };
    default:
      return { units: patchUnits(state.units, event.units, event.set) };
  }
}

function settled(state: ReturnState, event: EventOf<'settled'>): Partial<ReturnState> {
  const amounts = new Map(event.units);
  return {
    refunds: [...state.refunds, ...event.refunds],
    feesTaken: [...state.feesTaken, ...event.feesTaken.filter((kind) => !state.feesTaken.includes(kind))],
    ...(event.advanced && { advances: used(state.advances ?? [], event.settlementId, event.advanced) }),
    ...(event.feesTaken.length > 0 && { feesBy: { ...state.feesBy, [event.settlementId]: event.feesTaken } }),
    units: state.units.map((unit) => {
      const refundAmount = amounts.get(unitKey(unit));
      if (refundAmount === undefined) return unit;
      const earlier = unit.settlementId === null ? {} : { earlier: [...(unit.earlier ?? []), unit.settlementId] };
      return { ...unit, refundAmount, settlementId: event.settlementId, money: 'granted', ...earlier };
    }),
  };
}

/** What its units were granted is what they are quoted at now. */
function withdrawn(state: ReturnState, { settlementId, units }: EventOf<'settlement_withdrawn'>): Partial<ReturnState> {
  const lines = new Set(state.units.filter((unit) => units.includes(unitKey(unit))).map(({ lineId }) => lineId));
  const fees = state.feesBy?.[settlementId] ?? [];
  return {
    feesTaken: state.feesTaken.filter((kind) => !fees.includes(kind)),
    ...(state.advances && { advances: givenBack(state.advances, settlementId) }),
    lines: state.lines.map((line) => (lines.has(line.lineId) ? { ...line, authorization: 'pending' } : line)),
    units: state.units.map((unit) => {
      if (!units.includes(unitKey(unit))) return unit;
      const last = unit.earlier?.at(-1);
      return { ...unit, money: 'quoted', settlementId: last ?? null, ...(last !== undefined && { earlier: unit.earlier!.slice(0, -1) }) };
    }),
  };
}

const patch = <T>(rows: readonly T[], matches: (row: T) => boolean, set: Partial<T>): T[] => rows.map((row) => (matches(row) ? { ...row, ...set } : row));
const patchUnits = (units: readonly Unit[], keys: readonly UnitKey[], set: Partial<Unit>) => patch(units, (unit) => keys.includes(unitKey(unit)), set);

function freshUnit(lineId: string, unit: number, refundAmount: number): Unit {
  return {
    lineId,
    unit,
    refundAmount,
    logistics: 'awaiting',
    inspection: 'pending',
    grade: null,
    disposition: null,
    money: 'quoted',
    fault: null,
    missingParts: null,
    parcelId: null,
    settlementId: null,
    repair: null,
    resolution: null,
    released: false,
  };
}
