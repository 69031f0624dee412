import type { CompensationRule } from '../policy/policy';
import type { Event } from './evolve';
import { refuse, type Input, type Refusal, type World } from './input';
import type { Compensation, Line, ReturnState } from './state';
import { needsApproval } from './approval';
import { isRejected, lineOf } from './tables';
import { durationMs } from '../calendar/duration';

/** What the policy gives for the trouble: granted with its reason, and undone when the reason falls away. What was used stays used. */
export function compensate(state: ReturnState, world: World): Event[] {
  const [granted, revoked]: [Event[], Event[]] = [[], []];
  world.policy.compensation.forEach((rule, position) => {
    if (rule.when.breached) return; // given once, when the promise was broken: `compensateBreach`
    const held = state.compensations.find((compensation) => compensation.rule === position && compensation.status !== 'revoked');
    // A line that is reviewed once more, because finance withdrew its money, takes nothing back before it is decided.
    const holds = state.end === null && state.units.some((unit) => reasonHolds(state, unit, rule, held === undefined ? ['approved'] : ['approved', 'pending']));
    if (holds && !held) granted.push(grant(rule, position, world));
    if (!holds && held?.status === 'granted')
      revoked.push({ type: 'compensation_changed', id: held.id, set: { status: 'revoked' }, detail: { reason: 'reason_fell_away' } });
  });
  return [...granted, ...revoked];
}
function reasonHolds(
  state: ReturnState,
  unit: ReturnState['units'][number],
  { when }: CompensationRule,
  authorizations: readonly Line['authorization'][],
): boolean {
  const line = lineOf(state, unit);
  const stands =
    authorizations.includes(line.authorization) &&
    !isRejected(state, unit) &&
    !unit.released &&
    !(unit.logistics === 'kept_by_customer' && unit.money === 'none');
  return (
    stands &&
    (when.fault === undefined || (unit.fault ?? line.fault) === when.fault) &&
    (when.reasons === undefined || when.reasons.length === 0 || when.reasons.includes(line.reason))
  );
}

/** A broken promise is made up for once, whatever becomes of the return. */
export function compensateBreach(state: ReturnState, stage: string, world: World): Event[] {
  return world.policy.compensation.flatMap((rule, position) =>
    rule.when.breached === stage && !state.compensations.some((compensation) => compensation.rule === position) ? [grant(rule, position, world)] : [],
  );
}
function grant({ when, grant: { kind, amount, validFor } }: CompensationRule, position: number, world: World): Event {
  const validUntil = validFor === null ? null : world.now + durationMs(validFor);
  const reason = when.breached ? `breached:${when.breached}` : `fault:${when.fault ?? 'any'}`;
  return {
    type: 'compensation_granted',
    compensation: { id: world.newId('cmp'), kind, amount, status: 'granted', rule: position, grantedBy: null },
    detail: { reason, validUntil, ...(kind === 'coupon' && { code: world.newCouponCode() }) },
  };
}

/** By hand: within the agent's own limit and the policy's at once, above either after finance has approved. The reason is free text and stays out of the log. */
export function goodwill(state: ReturnState, { kind, amount, actor }: Input<'goodwill'>, world: World): readonly Event[] | Refusal {
  if (state.compensations.length >= 50) return refuse('invalid_state', 'a return has at most 50 compensations');
  // The limit is for all that this person has given on this return.
  const before = state.compensations.reduce((sum, one) => (one.grantedBy === actor.id && ['granted', 'used'].includes(one.status) ? sum + one.amount : sum), 0);
  const within = before + amount <= (actor.goodwillLimitAmount ?? 0) && !needsApproval(state, amount, world);
  const compensation: Compensation = {
    id: world.newId('cmp'),
    kind,
    amount,
    status: within ? 'granted' : 'awaiting_approval',
    rule: null,
    grantedBy: actor.id,
  };
  return [
    {
      type: 'compensation_granted',
      compensation,
      detail: { reason: 'goodwill', grantedBy: actor.id, ...(kind === 'coupon' && { code: world.newCouponCode() }) },
    },
  ];
}
/** At the shop's checkout: used once, in any status of the return. What was used is not taken back by us; released, it is granted again while its reason stands. */
export function couponUsed(state: ReturnState, { compensationId, spentOn, validUntil }: Input<'coupon_used'>, world: World): readonly Event[] | Refusal {
  const coupon = state.compensations.find((candidate) => candidate.id === compensationId && candidate.kind === 'coupon');
  if (!coupon) return refuse('not_found', `no coupon ${compensationId}`);
  if (coupon.status !== (spentOn === null ? 'used' : 'granted')) return refuse('invalid_state', `the coupon is ${coupon.status}`);
  if (spentOn !== null && validUntil !== null && world.now > validUntil) return refuse('invalid_state', 'the coupon has expired');
  return [{ type: 'compensation_changed', id: compensationId, set: { status: spentOn === null ? 'granted' : 'used' }, detail: { spentOn } }];
}
export function decideCompensation(state: ReturnState, compensationId: string, status: 'granted' | 'revoked', actorId: string): readonly Event[] | Refusal {
  const compensation = state.compensations.find((candidate) => candidate.id === compensationId);
  if (!compensation) return refuse('not_found', `no compensation ${compensationId}`);
  if (compensation.status !== 'awaiting_approval') return refuse('invalid_state', `the compensation is ${compensation.status}`);
  if (compensation.grantedBy === actorId) return refuse('four_eyes_required', 'whoever granted it does not approve it');
  return [{ type: 'compensation_changed', id: compensationId, set: { status }, detail: { decidedBy: actorId } }];
}
