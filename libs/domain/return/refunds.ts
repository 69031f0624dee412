import { paymentIdOf } from '../money/store-credit';
import { advanceOf, rejectAdvance } from './advance-withdrawal';
import { contradicted, isAsked, stillOpen } from './contradictions';
import type { Event, EventOf } from './evolve';
import { refuse, type Input, type Outcome, type Refusal, type World } from './input';
import { notTwice, openOtherwise, mayStandInstead, standsInstead } from './paid-after-all';
import { payment, resolutionOf } from './settlement';
import { unitKey, type Refund, type ReturnState } from './state';
import { refundMoves } from './tables';

/** After so many definite failures a machine has tried enough; a person may go on. */
export const maxAttempts = 12;
const backOffMs = (round: number): number => Math.min(1000 * 2 ** (round - 1), 15 * 60_000);
/** How long a provider's promise is believed before it is asked again: its report may be lost. */
const patienceMs = (round: number): number => Math.min(15 * 60_000 * 2 ** (round - 1), 6 * 3_600_000);

const changed = (refund: Refund, set: Partial<Refund>, detail?: Event['detail']): EventOf<'refund_changed'> => ({
  type: 'refund_changed',
  refundId: refund.refundId,
  set,
  ...(detail && { detail }),
});
const mayBecome = (refund: Refund, status: Refund['status']): boolean => (refundMoves[refund.status] as readonly Refund['status'][]).includes(status);

/** What the provider answered to the one open question. An answer to another question than the open one has come too late and changes nothing. */
export function refundAnswered(refund: Refund, result: Outcome, world: World): Event[] {
  const { now } = world;
  if (refund.call === null) return [];
  const answered = { call: null, notBefore: null } as const;
  if (refund.status === 'failed' || refund.status === 'succeeded') return [answeredLate(refund, result, now)];
  switch (result.kind) {
    case 'done':
      return [changed(refund, { ...answered, status: 'succeeded', providerRefundId: result.providerRefundId ?? refund.providerRefundId })];
    case 'accepted':
      return [promised(refund, now, { status: 'pending', providerRefundId: result.providerRefundId ?? refund.providerRefundId })];
    case 'refused':
      return [changed(refund, { ...answered, status: 'failed' }, { code: result.code })];
    case 'not_found':
      return refund.attempt >= maxAttempts
        ? [changed(refund, { ...answered, status: 'failed' }, { code: 'attempts_exhausted' })]
        : [nextAttempt(refund, now + backOffMs(refund.attempt))];
    case 'paused':
      // Nothing was sent, so the key stays. Finance may have let it go on meanwhile.
      return [changed(refund, { round: refund.round + 1, ...(world.pausedProviders.includes(refund.provider) && { paused: true }) })];
    case 'unanswered':
      // What is known to be under way stays known when a look-up has no answer.
      if (refund.status === 'pending' && refund.call === 'lookUpRefund') return [promised(refund, now)];
      return [changed(refund, { status: 'unknown', call: 'lookUpRefund', round: refund.round + 1, notBefore: now + backOffMs(refund.round) })];
  }
}
/**
 * It had been reported already, or is asked because the provider contradicted itself: its own list is the last word. Only a success makes good a failure; one that its list
 * has as under way is nothing definite, hence asked for again.
 */
function answeredLate(refund: Refund, result: Outcome, now: number): Event {
  const later = { round: refund.round + 1, notBefore: now + backOffMs(refund.round) };
  if (refund.call === 'refund') {
    const doubt = contradicted(refund, result);
    if (doubt) return changed(refund, { ...later, ...doubt, call: 'lookUpRefund', ...(result.kind !== 'unanswered' && { notBefore: null }) });
  } else if (result.kind === 'unanswered' || (result.kind === 'accepted' && refund.status === 'failed')) return changed(refund, later);
  const answered = { call: null, notBefore: null } as const;
  const said = 'providerRefundId' in result && result.providerRefundId !== undefined ? { providerRefundId: result.providerRefundId } : {};
  if (refund.status === 'failed')
    return result.kind === 'done'
      ? changed(refund, { ...answered, ...said, status: 'succeeded' })
      : changed(refund, answered, result.kind === 'refused' ? { code: result.code } : undefined);
  const nothing = refund.call === 'lookUpRefund' && (result.kind === 'refused' || result.kind === 'not_found');
  return changed(refund, { ...answered, ...said, ...(nothing && { status: 'failed' }) });
}
/** Under way at the provider: its report ends it, or else a later look-up. */
const promised = (refund: Refund, now: number, set: Partial<Refund> = {}): Event =>
  changed(refund, { ...set, call: 'lookUpRefund', round: refund.round + 1, notBefore: now + patienceMs(refund.round) });
/** A new key only ever follows a definite refusal or a look-up that found nothing. */
const nextAttempt = (refund: Refund, notBefore: number | null): EventOf<'refund_changed'> =>
  changed(refund, { status: 'pending', call: 'refund', attempt: refund.attempt + 1, round: 1, notBefore, providerRefundId: null });

/** The provider's own word, late or early, repeated or out of order. A fact is never refused: what does not fit changes nothing. */
export function refundReported(state: ReturnState, { refundId, providerRefundId, status }: Input<'refund_reported'>): Event[] {
  const refund = state.refunds.find((candidate) => candidate.refundId === refundId);
  // One that was given up is no refund of this return's any more: that it was paid after all is a fact about the order's money, and comes with the world.
  if (!refund || status === 'pending' || refund.status === 'redirected' || !mayBecome(refund, status)) return [];
  // It said before that this had failed, and events come in any order: which of them was the last it is asked itself.
  if (refund.status === 'failed') return refund.call === null ? [lookUp(refund)] : [];
  // A report about an earlier attempt says nothing about the present one, and while that has no number yet it may be either's: its own answer will tell.
  if (refund.attempt > 1 && refund.call !== null && refund.providerRefundId === null) return [];
  if (refund.providerRefundId !== null && providerRefundId !== null && refund.providerRefundId !== providerRefundId) return [];
  const late = refund.status === 'succeeded';
  const set = { status, ...stillOpen(refund, status), providerRefundId: providerRefundId ?? refund.providerRefundId, ...(refund.paused && { paused: false }) };
  return [changed(refund, set, { reported: true, late })];
}

export function retryRefund(state: ReturnState, { refundId }: Input<'retry_refund'>, world: World): readonly Event[] | Refusal {
  const refund = state.refunds.find((candidate) => candidate.refundId === refundId);
  if (!refund) return refuse('not_found', `no refund ${refundId}`);
  if (isAsked(refund)) return refuse('invalid_state', 'the provider is being asked what became of it');
  const paid = openOtherwise(state, refund, world);
  if (paid) return notTwice(paid);
  if (refund.status === 'failed') return [{ ...nextAttempt(refund, null), set: { ...nextAttempt(refund, null).set, held: disputed(refund, world) } }];
  // The provider took it and has not said what became of it: asked, never sent again.
  if (isPromised(refund)) return [lookUp(refund)];
  return refuse('invalid_state', `the refund is ${refund.status}; only a failed one is tried again`);
}

/** Four eyes: whoever granted the money does not approve it. */
export function approveRefund(state: ReturnState, { refundId, actor }: Input<'approve_refund'>, world: World): readonly Event[] | Refusal {
  const refund = state.refunds.find((candidate) => candidate.refundId === refundId);
  if (!refund) return refuse('not_found', `no refund ${refundId}`);
  if (refund.status !== 'awaiting_approval') return refuse('invalid_state', `the refund is ${refund.status}; there is nothing to approve`);
  if (hadAHand(state, refund, actor.id)) return refuse('four_eyes_required', 'whoever granted the money does not approve it');
  const tender = world.order.tenders.find((candidate) => candidate.tenderId === refund.tenderId);
  const next = payment(tender?.kind ?? 'store_credit', tender ? paymentIdOf(tender) : null);
  return [changed(refund, { ...next, by: actor.id, held: next.status !== 'succeeded' && disputed(refund, world) }, { approvedBy: actor.id })];
}

/**
 * Finance lets none of an instalment's money go: what it granted is withdrawn, and its lines are an agent's to decide once more. All of it or nothing, hence only
 * while no part has left. Whoever granted it may do so too: taking back needs no second pair of eyes.
 */
export function rejectRefund(state: ReturnState, input: Input<'reject_refund'>, world: World): readonly Event[] | Refusal {
  const { refundId, actor } = input;
  const refund = state.refunds.find((candidate) => candidate.refundId === refundId);
  if (!refund) return refuse('not_found', `no refund ${refundId}`);
  const paid = mayStandInstead(state, refund, world);
  if (paid) return standsInstead(state, refund, paid, input, world.now);
  const advance = advanceOf(state, refund);
  if (advance) return rejectAdvance(state, advance, refund, world, input);
  if (refund.status !== 'awaiting_approval' && !refund.held)
    return refuse('invalid_state', `the refund is ${refund.status}; one is rejected while it waits for approval, or for a dispute`);
  const { settlementId } = refund;
  const together = state.refunds.filter((other) => other.settlementId === settlementId && other.status !== 'redirected');
  if (together.some(isAsked)) return refuse('invalid_state', 'the provider is being asked what became of a part of it');
  if (together.some((other) => !other.held && !['awaiting_approval', 'failed'].includes(other.status)))
    return refuse('invalid_state', 'a part of this settlement has been paid, or is under way; the rest of it goes with it');
  if (state.units.some((unit) => unit.earlier?.includes(settlementId)))
    return refuse('invalid_state', 'a unit of this settlement has been settled anew since; that one is to be rejected first');
  const units = state.units.filter((unit) => unit.settlementId === settlementId);
  // Adjusted, a unit was free for the next return; it is claimed anew, if nobody else has it.
  const taken = units.find((unit) => resolutionOf(state, unit) === 'adjustment' && !world.freeUnits[unit.lineId]?.includes(unit.unit));
  if (taken) return refuse('units_unavailable', `unit ${taken.unit} of line ${taken.lineId} was adjusted, and another return holds it by now`);
  return [
    ...together.map((one) => changed(one, { status: 'rejected', call: null, notBefore: null, held: false }, { rejectedBy: actor.id })),
    { type: 'settlement_withdrawn', settlementId, units: units.map(unitKey) },
  ];
}

/** A payout by hand has been made: a second person says so, and with what reference. */
export function settleRefund(state: ReturnState, { refundId, reference, actor }: Input<'settle_refund'>, world: World): readonly Event[] | Refusal {
  const refund = state.refunds.find((candidate) => candidate.refundId === refundId);
  if (!refund) return refuse('not_found', `no refund ${refundId}`);
  if (refund.status !== 'awaiting_payout') return refuse('invalid_state', `the refund is ${refund.status}; nothing is to be paid out by hand`);
  const paid = openOtherwise(state, refund, world);
  if (paid) return notTwice(paid);
  if (refund.held) return refuse('invalid_state', 'a dispute holds this money; it waits');
  if (hadAHand(state, refund, actor.id))
    return refuse('four_eyes_required', 'a payout is confirmed by somebody who has not granted, approved or redirected it');
  return [changed(refund, { status: 'succeeded', providerRefundId: reference ?? null }, { settledBy: actor.id })];
}
/**
 * Who decided the lines, granted a unit or made an accepted offer, approved the refund, or sent the money here from another tender. Whoever granted what finance rejected
 * has granted it still, although an agent decided once more.
 */
function hadAHand(state: ReturnState, refund: Refund, actorId: string): boolean {
  const earlier = state.refunds.filter((other) => other.settlementId === refund.settlementId && other.status === 'redirected');
  return (
    state.lines.some((line) => line.decidedBy === actorId) ||
    state.units.some((unit) => unit.grantedBy === actorId) ||
    state.offers.some((offer) => offer.status === 'accepted' && offer.by === actorId) ||
    [refund, ...earlier].some((one) => one.by === actorId || one.grantedBy === actorId) ||
    state.refunds.some((other) => other.status === 'rejected' && other.grantedBy === actorId)
  );
}

/** A refund deadline has passed: what a provider only promised is asked for again. */
export const askAgain = (state: ReturnState): Event[] => state.refunds.filter(isPromised).map(lookUp);
const isPromised = (refund: Refund): boolean => refund.status === 'pending' && refund.call !== 'refund';
const lookUp = (refund: Refund): Event => changed(refund, { call: 'lookUpRefund', round: refund.round + 1, notBefore: null });

/**
 * A dispute is over, or its balance came back: what waited goes on. Only what was held before this decision: the balances in `world` do not know yet what it claims itself.
 */
export const releaseHeld = (before: ReturnState, state: ReturnState, world: World): Event[] =>
  state.refunds
    .filter((refund) => refund.held && before.refunds.some((was) => was.refundId === refund.refundId && was.held) && !disputed(refund, world))
    .filter((refund) => !openOtherwise(state, refund, world))
    .map((refund) => changed(refund, { held: false }));
/** Finance lets a provider's refunds go on. Only what waited before this decision: what waits since has just heard that they do not. */
export const releasePaused = (before: ReturnState, state: ReturnState, world: World): Event[] =>
  state.refunds
    .filter((refund) => refund.paused && before.refunds.some((was) => was.refundId === refund.refundId && was.paused))
    .filter((refund) => !world.pausedProviders.includes(refund.provider))
    .map((refund) => changed(refund, { paused: false, held: disputed(refund, world) || openOtherwise(state, refund, world) !== undefined }));

function disputed(refund: Refund, world: World): boolean {
  const tender = world.money.tenders.find((candidate) => candidate.tenderId === refund.tenderId);
  // Its own claim is part of what is pending.
  return tender !== undefined && tender.capturedAmount - tender.refundedAmount - (tender.pendingAmount - refund.amount) - tender.disputedAmount < refund.amount;
}
