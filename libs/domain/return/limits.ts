import { freezeOrder, unitShare } from '../money/order-shares';
import { refuse, type Actor, type Refusal, type World } from './input';
import type { ReturnState, Unit } from './state';
import { lineOf } from './tables';

/** What a unit can give at the most: what was paid for it, less what it was given before. */
export function worth({ lineId, unit }: Pick<Unit, 'lineId' | 'unit'>, { order, money }: World): number {
  const line = freezeOrder(order).lines.find((candidate) => candidate.lineId === lineId);
  const given = money.givenAmounts.reduce((sum, one) => (one.lineId === lineId && one.unit === unit ? sum + one.amount : sum), 0);
  return line ? Math.max(0, unitShare(line, unit).paidAmount - given) : 0;
}

/** Who granted a unit what it gets; null: nobody has, or a rule. */
function granterOf(state: ReturnState, unit: Unit): string | null {
  const { authorization, decidedBy } = lineOf(state, unit);
  return unit.grantedBy ?? (authorization === 'approved' ? decidedBy : null);
}

/**
 * An agent's limit is for all they grant on a return, by decisions, offers and resolutions alike: it cannot be undercut in portions. `units` are those the new grant
 * of `value` (minor units) is about: what they were granted before is replaced by it. Others than agents have no limit.
 */
export function aboveLimit(state: ReturnState, { kind, id, decisionLimitAmount: limit }: Actor, units: readonly Unit[], value: number): Refusal | null {
  if (kind !== 'agent' || limit === undefined || value === 0) return null;
  const before = state.units.reduce(
    (sum, unit) => (!units.includes(unit) && !unit.released && granterOf(state, unit) === id ? sum + unit.refundAmount : sum),
    0,
  );
  if (before + value <= limit) return null;
  return refuse('forbidden', `granting ${value}${before > 0 ? ` on top of ${before}` : ''} is above your limit of ${limit}`);
}
