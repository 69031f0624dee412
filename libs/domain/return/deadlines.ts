import { addBusinessTime, type Calendar } from '../calendar/calendar';
import { aroundTheClock } from '../calendar/built-in-calendars';
import { durationMs } from '../calendar/duration';
import { priorityOf } from '../policy/priorities';
import { stages, type DeadlineRule, type Stage } from '../policy/policy';
import { compensateBreach } from './compensation';
import { closeAppeals } from './closing';
import type { Event } from './evolve';
import { expireHandover } from './handover';
import { refuse, type Input, type Refusal, type World } from './input';
import { acceptUninspected } from './inspection';
import { askAgain } from './refunds';
import { approve, rejectUndecided } from './review';
import { unitKey, type Deadline, type ReturnState } from './state';
import { isRejected, stageOpen } from './tables';

/** A stage that opens brings its clock, one that closes takes it away. Instants come from the business calendar, here, once. */
export function keepTime(before: ReturnState, state: ReturnState, world: World): Event[] {
  const open = stages.filter((stage) => stageOpen[stage](state));
  const over = state.deadlines.map((deadline) => deadline.stage).filter((stage) => !open.includes(stage));
  const fresh = open.filter((stage) => !state.deadlines.some((deadline) => deadline.stage === stage) || (stage === 'appeal' && rejectedMore(before, state)));
  return [
    ...(over.length > 0 ? [{ type: 'deadline_over' as const, stages: over }] : []),
    ...fresh.flatMap((stage): Event[] => {
      const rule = world.policy.deadlines[stage];
      return rule ? [start(state, stage, rule, world)] : [];
    }),
  ];
}

/** Whoever is rejected later than the rest of the return has the whole window too. */
const rejectedMore = (before: ReturnState, state: ReturnState): boolean => {
  const was = new Set(before.units.filter((unit) => isRejected(before, unit)).map(unitKey));
  return state.units.some((unit) => !unit.released && isRejected(state, unit) && !was.has(unitKey(unit)));
};

function start(state: ReturnState, stage: Stage, rule: DeadlineRule, world: World): Event {
  const target = stage === 'review' ? (firstResponse(state, world) ?? rule.target) : rule.target;
  const at = (duration: string) => instant(world.calendars[rule.calendar] ?? aroundTheClock, world.now, duration);
  const warning = rule.warn === null || target !== rule.target ? null : at(rule.warn);
  const end = at(target);
  const deadline: Deadline = { stage, warnAt: warning?.at ?? null, dueAt: end.at, onBreach: rule.onBreach, warned: false, breachedAt: null, pausedAt: null };
  return { type: 'deadline_set', deadline, ...missing(end, warning) };
}
/**
 * A calendar that does not hold the year cannot say; it is not asked to guess. The promise is then counted by the plain clock, which is never later than
 * business time, so nobody waits longer than they were told; the log says which year was missing.
 */
function instant(calendar: Calendar, from: number, duration: string): Instant {
  const found = addBusinessTime(calendar, from, duration);
  return typeof found === 'number' ? { at: found, missingYear: null } : { at: from + durationMs(duration), missingYear: found.missingYear };
}
interface Instant {
  readonly at: number;
  readonly missingYear: number | null;
}
function missing(...instants: readonly (Instant | null)[]): Pick<Event, 'detail'> {
  const year = instants.find((one) => typeof one?.missingYear === 'number')?.missingYear ?? null;
  return year === null ? {} : { detail: { calendarYearMissing: year } };
}
function firstResponse(state: ReturnState, world: World): string | null {
  const amount = state.units.reduce((sum, unit) => sum + unit.refundAmount, 0);
  return priorityOf(world.policy, { reasons: state.lines.map((line) => line.reason), tier: world.customer.tier, amount, currency: state.currency })
    .firstResponse;
}

/** A moment has come. One that no longer stands (extended, paused, closed meanwhile) changes nothing. */
export function moment(state: ReturnState, { stage, kind, at }: Input<'moment'>, world: World): Event[] {
  const deadline = state.deadlines.find((candidate) => candidate.stage === stage);
  if (!deadline || deadline.pausedAt !== null || deadline.breachedAt !== null) return [];
  if (kind === 'warn') return deadline.warned || deadline.warnAt !== at ? [] : [{ type: 'deadline_warned', stage, set: { warned: true } }];
  if (deadline.dueAt !== at) return [];
  return [{ type: 'deadline_breached', stage, set: { breachedAt: world.now } }, ...breach(state, deadline), ...compensateBreach(state, stage, world)];
}
function breach(state: ReturnState, { stage, onBreach }: Deadline): Event[] {
  const waiting = state.lines.filter((line) => line.authorization === 'pending' || line.appeal === 'open').map((line) => line.lineId);
  switch (onBreach) {
    case 'approve':
      return approve(state, waiting, null);
    case 'reject':
      return rejectUndecided(state, waiting);
    case 'expire':
      return expireHandover(state);
    case 'accept':
      return acceptUninspected(state);
    case 'decline':
      return state.offers
        .filter((offer) => offer.status === 'open')
        .map((offer) => ({ type: 'offer_closed', offerId: offer.offerId, set: { status: 'expired' } }));
    case 'close':
      return closeAppeals(state);
    case 'escalate':
      return [
        ...(state.priority === 'urgent' ? [] : [{ type: 'priority_changed' as const, priority: 'urgent' as const }]),
        ...(stage === 'refund' ? askAgain(state) : []),
      ];
    case 'attention':
      return stage === 'refund' ? askAgain(state) : [];
  }
}

export function pause(state: ReturnState, { stage }: Input<'pause'>, world: World): readonly Event[] | Refusal {
  const deadline = running(state, stage);
  if (!deadline || deadline.pausedAt !== null) return refuse('invalid_state', `no ${stage} deadline is running`);
  return [{ type: 'deadline_paused', stage, set: { pausedAt: world.now } }];
}
/** The time it stood still is given back. */
export function resume(state: ReturnState, { stage }: Input<'resume'>, world: World): readonly Event[] | Refusal {
  const deadline = running(state, stage);
  if (!deadline || deadline.pausedAt === null) return refuse('invalid_state', `the ${stage} deadline is not paused`);
  const stood = world.now - deadline.pausedAt;
  return [
    {
      type: 'deadline_resumed',
      stage,
      set: { pausedAt: null, dueAt: deadline.dueAt + stood, warnAt: deadline.warnAt === null ? null : deadline.warnAt + stood },
    },
  ];
}
/** By calendar time of the stage; a breach that has happened is not undone. */
export function extend(state: ReturnState, { stage, by }: Input<'extend'>, world: World): readonly Event[] | Refusal {
  const deadline = running(state, stage);
  if (!deadline) return refuse('invalid_state', `no ${stage} deadline is running`);
  const rule = world.policy.deadlines[stage];
  const calendar = (rule && world.calendars[rule.calendar]) ?? aroundTheClock;
  const end = instant(calendar, deadline.dueAt, by);
  const warning = deadline.warnAt === null || deadline.warned ? null : instant(calendar, deadline.warnAt, by);
  return [{ type: 'deadline_extended', stage, set: { dueAt: end.at, warnAt: warning?.at ?? deadline.warnAt }, ...missing(end, warning) }];
}
const running = (state: ReturnState, stage: Stage) => state.deadlines.find((deadline) => deadline.stage === stage && deadline.breachedAt === null);
