import type { Stage } from '../policy/policy';
import { toInvoice } from './advance-book';
import type { Event } from './evolve';
import { mayExpire } from './handover';
import type { World } from './input';
import { replacementsById } from './lookup';
import { openOverdrafts } from './overdrafts';
import { openPaidAfterAll } from './paid-after-all';
import { openRecalls } from './recall';
import { unsettled } from './settlement';
import type { Parcel, Refund, ReturnState, Step, Unit } from './state';
import { awaitsReview, inspected, replacementOf, stageOpen, status, unitStatus } from './tables';

/** What a machine cannot end, most pressing first. Derived, so that it goes when its reason goes. */
export function exceptions(state: ReturnState): string[] {
  const found: (string | false)[] = [
    openPaidAfterAll(state).length > 0 && 'paid_after_redirect',
    state.refunds.some((refund) => refund.status === 'failed') && 'refund_failed',
    state.refunds.some((refund) => refund.status === 'unknown') && 'refund_unknown',
    state.refunds.some((refund) => refund.held) && 'tender_disputed',
    openOverdrafts(state).length > 0 && 'tender_overdrawn',
    unsettled(state).length > 0 && 'amount_unavailable',
    toInvoice(state).length > 0 && 'advance_to_invoice',
    state.lateParcel && 'late_parcel',
    state.units.some((unit) => unit.logistics === 'lost' && unitStatus(state, unit) === 'in_transit') && 'parcel_lost',
    state.units.some((unit) => unit.logistics === 'short' && unitStatus(state, unit) === 'at_warehouse') && 'units_short',
    state.units.some((unit) => unit.logistics === 'wrong_item' && unitStatus(state, unit) === 'at_warehouse') && 'wrong_item',
    state.units.some((unit) => replacementOf(state, unit)?.status === 'short' && unitStatus(state, unit) !== 'in_review') && 'out_of_stock',
    state.units.some((unit) => replacementOf(state, unit)?.status === 'lost') && 'replacement_lost',
    openRecalls(state).length > 0 && 'recall_refused',
    state.units.some((unit) => isLostOnItsWayHome(state, unit)) && 'send_back_lost',
    ...state.steps.map((step) => step.status === 'refused' && matters(state, step) && `${step.kind}_refused`),
    ...state.steps.map((step) => step.round > 1 && step.kind !== 'pickup' && step.status === 'wanted' && matters(state, step) && `${step.kind}_unanswered`),
    state.parcels.some((parcel) => parcel.status === 'exception' && isWaitedFor(state, parcel)) && 'parcel_exception',
    ...state.deadlines.map((deadline) => isOverdue(deadline) && `${deadline.stage}_overdue`),
  ];
  return found.filter((reason): reason is string => reason !== false);
}

/** Rejected goods that the carrier lost on their way back: the customer has neither them nor their money. */
export const isLostOnItsWayHome = (state: ReturnState, unit: Unit): boolean =>
  unit.logistics === 'sent_back' &&
  unit.money !== 'granted' &&
  !replacementOf(state, unit) &&
  state.parcels.some((parcel) => parcel.parcelId === unit.parcelId && parcel.method === 'send_back' && parcel.status === 'lost');

const isOverdue = ({ breachedAt, onBreach }: ReturnState['deadlines'][number]): boolean =>
  breachedAt !== null && ['attention', 'escalate', 'expire'].includes(onBreach);

/** Something is wrong with a unit itself, that an agent may have to end: the goods, their parcel, what is sent instead, or a promise that has passed. */
export function isException(state: ReturnState, unit: Unit): boolean {
  const now = unitStatus(state, unit);
  const replacement = replacementOf(state, unit);
  const parcel = state.parcels.find((one) =>
    one.direction === 'inbound' ? one.parcelId === unit.parcelId : replacement?.status === 'shipped' && one.trackingNumber === replacement.trackingNumber,
  );
  const stage = stageOf(state, unit, now);
  const deadline = state.deadlines.find((one) => one.stage === stage);
  return (
    (unit.logistics === 'lost' && now === 'in_transit') ||
    (['short', 'wrong_item'].includes(unit.logistics) && now === 'at_warehouse') ||
    ['short', 'lost'].includes(replacement?.status ?? '') ||
    state.steps.some(
      (step) =>
        step.status === 'refused' &&
        matters(state, step) &&
        (step.kind === 'reship' ? step.subject === replacement?.replacementId : now === 'awaiting_handover'),
    ) ||
    (parcel?.status === 'exception' && isWaitedFor(state, parcel)) ||
    unsettled(state).includes(unit) ||
    // Where the policy promises no time at all, nothing would ever end it.
    (stage !== null && (deadline === undefined || isOverdue(deadline)))
  );
}
/** The clock a unit stands under, if somebody owes something about its goods. */
function stageOf(state: ReturnState, unit: Unit, now: ReturnType<typeof unitStatus>): Stage | null {
  if (now === 'awaiting_handover') return 'handover';
  if (now === 'in_transit') return 'transit';
  if (now === 'at_warehouse') return inspected(state, unit) ? 'repair' : 'inspection';
  return now === 'settling' && replacementOf(state, unit) ? 'replacement' : null;
}

/** A label or courier while somebody waits to hand goods over and has no other; a replacement while it is promised. */
export function matters(state: ReturnState, step: Step): boolean {
  if (step.kind === 'reship') return replacementsById(state.replacements).get(step.subject)?.status === 'reserved';
  return step.id === state.steps.findLast((other) => other.kind === step.kind)?.id && stageOpen.handover(state);
}
function isWaitedFor(state: ReturnState, { parcelId, direction, trackingNumber }: Parcel): boolean {
  if (direction === 'outbound')
    return state.replacements.some((replacement) => replacement.trackingNumber === trackingNumber && replacement.status === 'shipped');
  return state.units.some((unit) => unit.parcelId === parcelId && unitStatus(state, unit) === 'in_transit');
}

/** Raised with its first reason, lowered when nothing is left to ask of a person. */
export function callAttention(state: ReturnState, world: World): Event[] {
  const [reason] = exceptions(state);
  if (reason === state.attention?.reason) return [];
  return [
    reason === undefined
      ? { type: 'attention_cleared', attention: null }
      : { type: 'attention_raised', attention: { reason, since: world.now, taskId: taskId(state, 'exception') } },
  ];
}

export type Who = 'customer' | 'agent' | 'warehouse' | 'finance' | 'system';
export type Action =
  'wait' | 'hand_over' | 'answer_offer' | 'appeal' | 'review' | 'receive' | 'inspect' | 'repair' | 'approve_refund' | 'resolve_exception' | 'confirm_payout';
export interface NextStep {
  readonly who: Who;
  readonly action: Action;
  readonly dueAt: number | null;
  readonly whenOverdue: string | null;
}

/** What happens next, who must act and by when; null when nothing more can happen. */
export function nextStep(state: ReturnState): NextStep | null {
  const step: StepOf = (who, action, stage) => {
    // A promise that has passed is still the promise.
    const deadline = state.deadlines.find((candidate) => candidate.stage === stage && candidate.pausedAt === null);
    return { who, action, dueAt: deadline?.dueAt ?? null, whenOverdue: deadline?.onBreach ?? null };
  };
  if (stageOpen.offer(state)) return step('customer', 'answer_offer', 'offer');
  const now = status(state);
  const speaking = state.units.filter((unit) => unitStatus(state, unit) === now);
  switch (now) {
    case 'in_review':
      return step('agent', 'review', 'review');
    case 'awaiting_handover': {
      const handOver = step('customer', 'hand_over', 'handover');
      return handOver.whenOverdue === 'expire' && !mayExpire(state) ? { ...handOver, whenOverdue: 'attention' } : handOver;
    }
    case 'in_transit':
      if (speaking.some((unit) => unit.logistics === 'lost')) return step('agent', 'resolve_exception', 'transit');
      // What no parcel is known of was left behind by a receipt: the dock has begun with it.
      return speaking.some(({ parcelId }) => parcelId === null || state.parcels.some((one) => one.parcelId === parcelId && one.status === 'delivered'))
        ? step('warehouse', 'receive', 'transit')
        : step('system', 'wait', 'transit');
    case 'at_warehouse':
      if (speaking.some((unit) => unit.logistics === 'received' && unit.inspection === 'pending')) return step('warehouse', 'inspect', 'inspection');
      return speaking.some((unit) => unit.inspection === 'passed') ? step('warehouse', 'repair', 'repair') : step('agent', 'resolve_exception', 'inspection');
    case 'settling':
      return settling(state, step);
    default:
      return ended(state, step);
  }
}
type StepOf = (who: Who, action: Action, stage?: Stage) => NextStep;
/** The end of a return is not always the end of its money, nor of its goods. */
function ended(state: ReturnState, step: StepOf): NextStep | null {
  if (state.refunds.some(isStuck)) return step('finance', 'resolve_exception', 'refund');
  if (state.refunds.some((refund) => refund.status === 'awaiting_payout')) return step('finance', 'confirm_payout', 'refund');
  if (state.lateParcel || openRecalls(state).length > 0 || toInvoice(state).length > 0 || state.units.some((unit) => isLostOnItsWayHome(state, unit)))
    return step('agent', 'resolve_exception');
  if (['tender_overdrawn', 'paid_after_redirect'].includes(state.attention?.reason ?? '')) return step('finance', 'resolve_exception');
  if (state.deadlines.some((deadline) => deadline.stage === 'appeal' && deadline.breachedAt === null)) return step('customer', 'appeal', 'appeal');
  if (stageOpen.refund(state)) return step('system', 'wait', 'refund');
  // The goods are on their way home once the warehouse has given them to a carrier.
  if (state.units.some((unit) => unit.logistics === 'sending_back')) return step('warehouse', 'wait');
  // A repaired article that the carrier has trouble with.
  return state.attention === null ? null : step('agent', 'resolve_exception');
}
/** Neither a provider nor time moves it on. */
const isStuck = ({ status: now, held }: Refund): boolean => now === 'failed' || held;
function settling(state: ReturnState, step: StepOf): NextStep {
  if (stageOpen.approval(state)) return step('finance', 'approve_refund', 'approval');
  if (state.refunds.some(isStuck)) return step('finance', 'resolve_exception', 'refund');
  if (state.refunds.some((refund) => refund.status === 'awaiting_payout')) return step('finance', 'confirm_payout', 'refund');
  const refused = state.steps.some((one) => one.kind === 'reship' && one.status === 'refused' && matters(state, one));
  if (
    refused ||
    openRecalls(state).length > 0 ||
    unsettled(state).length > 0 ||
    state.units.some((unit) => ['lost', 'short'].includes(replacementOf(state, unit)?.status ?? ''))
  )
    return step('agent', 'resolve_exception', 'replacement');
  if (state.units.some((unit) => unit.logistics === 'sending_back')) return step('warehouse', 'wait', 'replacement');
  return step('system', 'wait', stageOpen.refund(state) ? 'refund' : 'replacement');
}

export const queues = ['review', 'appeal', 'inspection', 'repair', 'refund_approval', 'payout', 'goodwill_approval', 'exception', 'follow_up'] as const;
export type Queue = (typeof queues)[number];
export interface Work {
  readonly id: string;
  readonly queue: Queue;
  /** A code; readers see it in their language. */
  readonly title: string;
  readonly dueAt: number | null;
}
export const taskId = (state: ReturnState, queue: Queue): string => `tsk_${state.returnId.slice(state.returnId.indexOf('_') + 1)}_${queue}`;

/** The work a return asks of people now: at most one piece a queue, so that nobody does it twice. */
export function workOf(state: ReturnState): Work[] {
  const dueAt = (stage: Stage) => state.deadlines.find((deadline) => deadline.stage === stage)?.dueAt ?? null;
  const work: Work[] = [];
  const add = (open: boolean, queue: Queue, title: string, due: number | null) => {
    if (open && !work.some((one) => one.queue === queue)) work.push({ id: taskId(state, queue), queue, title, dueAt: due });
  };
  const live = state.end === null;
  add(live && state.lines.some((line) => awaitsReview(state, line, 'application')), 'review', 'review_application', dueAt('review'));
  add(live && state.lines.some((line) => awaitsReview(state, line, 'appeal')), 'appeal', 'decide_appeal', dueAt('review'));
  add(stageOpen.inspection(state), 'inspection', 'inspect_units', dueAt('inspection'));
  add(
    state.units.some((unit) => unit.logistics === 'sending_back'),
    'inspection',
    'send_back_units',
    null,
  );
  add(stageOpen.repair(state), 'repair', 'repair_units', dueAt('repair'));
  add(stageOpen.approval(state), 'refund_approval', 'approve_refund', dueAt('approval'));
  add(
    state.refunds.some((refund) => refund.status === 'awaiting_payout' && !refund.held),
    'payout',
    'confirm_payout',
    dueAt('refund'),
  );
  add(
    state.compensations.some((compensation) => compensation.status === 'awaiting_approval'),
    'goodwill_approval',
    'approve_goodwill',
    null,
  );
  add(state.attention !== null, 'exception', state.attention?.reason ?? '', null);
  return work;
}
