import type { Event } from './evolve';
import { invalidField, refuse, type Input, type Refusal } from './input';
import { aboveLimit } from './limits';
import { unitKey, type Line, type ReturnState, type Unit } from './state';
import { hasLeft, isDone, isRejected, replacementOf } from './tables';

/** An agent's word, line by line: on an application, or on an appeal, where it must be another agent than the first. */
export function decision(state: ReturnState, { lines: decisions, actor }: Input<'decision'>): readonly Event[] | Refusal {
  for (const [index, { lineId, decision: word }] of decisions.entries()) {
    const line = state.lines.find((candidate) => candidate.lineId === lineId);
    if (!line) return invalidField(`/lines/${index}/lineId`, 'unknown_line', `the return has no line ${lineId}`);
    if (line.authorization !== 'pending' && line.appeal !== 'open') return refuse('invalid_state', `line ${lineId} waits for no decision`);
    if (word === 'reject' && mustStay(state, lineId))
      return refuse('invalid_state', `what line ${lineId} gets instead has left; it cannot be rejected any more`);
    if (line.appeal === 'open' && line.decidedBy === actor.id) return refuse('forbidden', 'an appeal is decided by somebody else than the first decision');
  }
  const of = (word: 'approve' | 'reject') => decisions.filter((one) => one.decision === word).map((one) => one.lineId);
  const approved = state.units.filter((unit) => of('approve').includes(unit.lineId) && unit.money === 'quoted' && !unit.released);
  const above = aboveLimit(
    state,
    actor,
    approved,
    approved.reduce((sum, unit) => sum + unit.refundAmount, 0),
  );
  if (above) return above;
  return [...approve(state, of('approve'), actor.id), ...reject(state, of('reject'), actor.id)];
}

/** Applications are approved, appeals upheld. */
export function approve(state: ReturnState, lineIds: readonly string[], by: string | null): Event[] {
  const { pending, appealed } = split(state, lineIds);
  const failed = state.units.filter((unit) => appealed.includes(unit.lineId) && unit.inspection === 'failed').map(unitKey);
  return [
    ...(pending.length > 0 ? [{ type: 'lines_approved' as const, lines: pending, set: { authorization: 'approved' as const, decidedBy: by } }] : []),
    ...(appealed.length > 0
      ? [{ type: 'lines_approved' as const, lines: appealed, set: { authorization: 'approved' as const, appeal: 'upheld' as const, decidedBy: by } }]
      : []),
    ...(failed.length > 0 ? [{ type: 'appeal_upheld' as const, units: failed, set: overruled }] : []),
  ];
}
/** Whoever upholds an appeal overrules what the inspection found: it takes nothing off the money, and where the goods go is open again. */
const overruled = { inspection: 'passed', grade: null, disposition: 'quarantine', fault: null, missingParts: null } as const satisfies Partial<Unit>;

/** A line in review once more, after finance withdrew its money: a replacement that has left, or that is still to arrive for another unit, is not followed by a rejection. */
const mustStay = (state: ReturnState, lineId: string): boolean =>
  state.units.some((unit) => {
    if (unit.lineId !== lineId || unit.released) return false;
    return isDone(unit) ? (replacementOf(state, unit)?.status ?? 'delivered') !== 'delivered' : hasLeft(state, unit);
  });

/** Nobody decided in time, and the policy says no: but for what cannot be rejected any more. */
export function rejectUndecided(state: ReturnState, lineIds: readonly string[]): Event[] {
  const stay = lineIds.filter((lineId) => mustStay(state, lineId));
  const [rejected, approved] = [lineIds.filter((lineId) => !stay.includes(lineId)), approve(state, stay, null)];
  return [...reject(state, rejected, null), ...approved];
}

/** Applications are rejected, appeals dismissed. */
export function reject(state: ReturnState, lineIds: readonly string[], by: string | null): Event[] {
  const { pending, appealed } = split(state, lineIds);
  return [
    ...(pending.length > 0 ? [{ type: 'lines_rejected' as const, lines: pending, set: { authorization: 'rejected' as const, decidedBy: by } }] : []),
    ...(appealed.length > 0 ? [{ type: 'appeal_dismissed' as const, lines: appealed, set: { appeal: 'dismissed' as const, decidedBy: by } }] : []),
  ];
}
function split(state: ReturnState, lineIds: readonly string[]): { pending: string[]; appealed: string[] } {
  const of = (test: (line: Line) => boolean) => state.lines.filter((line) => lineIds.includes(line.lineId) && test(line)).map((line) => line.lineId);
  return { pending: of((line) => line.authorization === 'pending' && line.appeal !== 'open'), appealed: of((line) => line.appeal === 'open') };
}

/** Once a line, within the window, after a rejection. */
export function appeal(state: ReturnState): readonly Event[] | Refusal {
  const open = state.deadlines.some((deadline) => deadline.stage === 'appeal' && deadline.breachedAt === null);
  const lines = state.lines.filter(
    (line) => line.appeal === null && state.units.some((unit) => unit.lineId === line.lineId && !unit.released && isRejected(state, unit)),
  );
  if (!open || lines.length === 0) return refuse('invalid_state', 'nothing was rejected, its window is over, or it was appealed before');
  return [{ type: 'appealed', lines: lines.map((line) => line.lineId), set: { appeal: 'open' } }];
}
