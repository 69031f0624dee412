import { answerOffer, offer } from './offers';
import { appeal, decision } from './review';
import { closeAdvances, grantAdvances, reopenAdvances } from './advances';
import { apply } from './application';
import { callAttention, matters } from './attention';
import { cancel, closeOffers, closeWithoutWindow, release } from './closing';
import { compensate, couponUsed, decideCompensation, goodwill } from './compensation';
import { extend, keepTime, moment, pause, resume } from './deadlines';
import { due } from './due';
import { evolve, type Event } from './evolve';
import { arrangeHandover, carrierAnswered, dropHandover, pickup, scan, shipment } from './handover';
import { refuse, type CommandType, type Input, type Refusal, type World } from './input';
import { inspect, receive, repair, resolve, sendBack } from './inspection';
import { approveRefund, refundAnswered, refundReported, rejectRefund, releaseHeld, releasePaused, retryRefund, settleRefund } from './refunds';
import { acceptOverdraft, noticeOverdrafts } from './overdrafts';
import { noticePaidAfterAll } from './paid-after-all';
import { recallRefused } from './recall';
import { redirectRefund } from './redirect';
import { outboundScan, reserve, ship, shipped, unreserve } from './replacement';
import { settleReady } from './settlement';
import type { ReturnState } from './state';
import { accepts, status, type CaseCommand } from './tables';
import { worldAfter } from './world-after';

/**
 * What follows from an input, its consequences and deadlines included, or why it is not taken. Pure: the clock and everything else from outside comes in `world`.
 * It runs in the transaction and in the API's pre-check, never in the workflow: rules change with a release, and no running return notices.
 */
export function decide(state: ReturnState, input: Input, world: World): readonly Event[] | Refusal {
  const events = isCommand(input) && !allowed(state, input.type) ? notNow(state, input.type) : rule(state, input, world);
  // Somebody who wakes a return has it look again at what it waited for: a balance that is free again.
  if ('refusal' in events || (events.length === 0 && (input.type !== 'wake' || state.sequence === 0))) return events;
  return [...events, ...consequences(state, events.reduce(evolve, state), world).map((event) => grantedBy(event, input))];
}

/** Whoever makes a return owe money, by whatever they did, has granted it, and does not approve it. Finance decides about money that others granted. */
function grantedBy(event: Event, { actor }: Input): Event {
  if ((event.type !== 'settled' && event.type !== 'advanced') || !['agent', 'admin'].includes(actor.kind)) return event;
  return { ...event, refunds: event.refunds.map((refund) => ({ ...refund, grantedBy: actor.id })) };
}

/** A coupon is the customer's to spend in any status, so it is asked of the coupon alone. */
const machineInputs = ['coupon_used', 'scan', 'refund_reported', 'wake', 'outcome', 'moment'];
type StatusBound = Exclude<CommandType, 'coupon_used'>;
const isCommand = (input: Input): input is Input<StatusBound> => !machineInputs.includes(input.type);
/** A pair of status and command that the table does not list is refused, whoever asks. */
const allowed = (state: ReturnState, type: StatusBound): boolean =>
  type === 'apply' ? true : state.sequence > 0 && (accepts[status(state)] as readonly CaseCommand[]).includes(type);
const notNow = (state: ReturnState, type: StatusBound): Refusal =>
  state.sequence === 0
    ? refuse('not_found', 'there is no such return')
    : refuse('invalid_state', `${type} is not possible while the return is ${status(state)}`);

function rule(state: ReturnState, input: Input, world: World): readonly Event[] | Refusal {
  switch (input.type) {
    case 'apply': return apply(state, input, world);
    case 'cancel': return cancel(state, input);
    case 'decision': return decision(state, input);
    case 'offer': return offer(state, input, world);
    case 'accept_offer': return answerOffer(state, input.offerId, 'accepted', world);
    case 'decline_offer': return answerOffer(state, input.offerId, 'declined', world);
    case 'shipment': return shipment(state, input, world);
    case 'pickup': return pickup(state, input, world);
    case 'receive': return receive(state, input);
    case 'inspect': return inspect(state, input);
    case 'repair': return repair(state, input, world);
    case 'sendback': return sendBack(state, input, world);
    case 'appeal': return appeal(state);
    case 'resolve': return resolve(state, input, world);
    case 'goodwill': return goodwill(state, input, world);
    case 'approve_compensation': return decideCompensation(state, input.compensationId, 'granted', input.actor.id);
    case 'reject_compensation': return decideCompensation(state, input.compensationId, 'revoked', input.actor.id);
    case 'coupon_used': return couponUsed(state, input, world);
    case 'approve_refund': return approveRefund(state, input, world);
    case 'reject_refund': return rejectRefund(state, input, world);
    case 'retry_refund': return retryRefund(state, input, world);
    case 'redirect_refund': return redirectRefund(state, input, world);
    case 'settle_refund': return settleRefund(state, input, world);
    case 'accept_overdraft': return acceptOverdraft(state, input);
    case 'pause': return pause(state, input, world);
    case 'resume': return resume(state, input, world);
    case 'extend': return extend(state, input, world);
    case 'advance': return [{ type: 'clock_advanced', by: input.byMs }];
    case 'scan': return [...scan(state, input), ...outboundScan(state, input)];
    case 'refund_reported': return refundReported(state, input);
    case 'wake': return [];
    case 'outcome': return outcome(state, input, world);
    case 'moment': return moment(state, input, world);
  }
} // prettier-ignore

/** An answer counts for the question that is open; a late or repeated one changes nothing. */
function outcome(state: ReturnState, { effect, subject, result }: Input<'outcome'>, world: World): Event[] {
  const { effects, later } = due(state);
  if (![...effects, ...later.map((one) => one.effect)].some((open) => open.id === effect)) return [];
  const refund = state.refunds.find((candidate) => candidate.refundId === subject);
  if (refund) return refundAnswered(refund, result, world);
  const step = state.steps.find((candidate) => candidate.subject === subject && (candidate.status === 'wanted' || candidate.status === 'undo'));
  if (!step) return [];
  if (result.kind === 'unanswered') {
    // Nobody needs it any more, and its round is over: it is called off by its key, whether it was taken or not.
    const needless = step.status === 'wanted' && !matters(state, step);
    return [{ type: 'step_changed', id: step.id, set: { round: step.round + 1, ...(needless && { status: 'undo' as const }) } }];
  }
  if (step.status === 'undo') {
    if (step.kind === 'reship' && result.kind === 'refused') return recallRefused(step, result.code, world);
    return [{ type: 'step_changed', id: step.id, set: { status: 'undone' } }];
  }
  if (result.kind === 'done') return step.kind === 'reship' ? shipped(state, step, result, world) : carrierAnswered(state, step, result);
  return [{ type: 'step_changed', id: step.id, set: { status: 'refused' }, detail: { code: result.kind === 'refused' ? result.code : result.kind } }];
}

/** What every change may bring with it, each rule looking at the state the one before has left. */
function consequences(before: ReturnState, state: ReturnState, world: World): Event[] {
  const rules: ((after: ReturnState, around: World) => Event[])[] = [
    (after) => release(before, after),
    (after) => closeWithoutWindow(after, world),
    (after) => closeOffers(after),
    (after) => unreserve(after),
    (after) => dropHandover(after),
    (after) => arrangeHandover(after, world),
    (after, around) => reserve(after, around),
    (after) => ship(after),
    (after) => reopenAdvances(after),
    (after, around) => settleReady(after, around),
    (after) => closeAdvances(after, world),
    (after, around) => grantAdvances(after, around),
    (after) => noticePaidAfterAll(after, world),
    (after) => releaseHeld(before, after, world),
    (after) => releasePaused(before, after, world),
    (after) => compensate(after, world),
    (after) => noticeOverdrafts(before, after, world),
    (after) => keepTime(before, after, world),
    (after) => callAttention(after, world),
  ];
  const events: Event[] = [];
  let [after, around] = [state, world];
  for (const consequence of rules) {
    for (const event of consequence(after, around)) {
      around = worldAfter(around, after, event);
      after = evolve(after, event);
      events.push(event);
    }
  }
  return events;
}
