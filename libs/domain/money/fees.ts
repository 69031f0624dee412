import { feeKinds, type FeeRule } from '../policy/policy';
import { allocate } from './allocate';
import { type GivenLine, type GivenUnit, unitKey } from './given-units';
import { atRate, negative, parseRate, sum } from './rational';
import type { SettledFee, SettlementInput, UnitToSettle } from './settlement-types';

/** A fee that was taken: `amount` is negative, `base` is what the line (its matching units) still gave before it. */
export interface TakenFee extends SettledFee {
  readonly lineId: string;
  readonly base: number;
}
export interface TakenFees {
  readonly fees: readonly TakenFee[];
  /** What each unit still gives, by {@link unitKey}. Below zero only when an amount fee also eats of the outbound shipping. */
  readonly left: ReadonlyMap<string, number>;
}

/** Kinds of the amount fees among these settled fees: what `feesTaken` wants of a return's earlier settlements. */
export function amountFeesTaken(fees: readonly SettledFee[]): SettledFee['kind'][] {
  return [...new Set(fees.filter((fee) => fee.rule.startsWith(`${fee.kind} amount `)).map((fee) => fee.kind))];
}

/**
 * Condition, then missing parts, restocking and return shipping (CONTRACT §5), each on what the one before left. `shippingAmount` is the outbound
 * shipping that the settlement gives: the floor of zero is the total's, so an amount fee may reach into it.
 */
export function takeFees(lines: readonly GivenLine[], shippingAmount: number, input: SettlementInput): TakenFees {
  const purse = new Purse(lines, shippingAmount);
  takeCondition(purse, lines, input);
  const taken = new Set<SettledFee['kind']>(input.feesTaken);
  for (const kind of feeKinds) {
    for (const rule of input.rules.fees.filter((fee) => fee.kind === kind)) {
      const matching = lines.map((line) => ({ line, units: line.units.filter(({ unit }) => bearsFee(unit, rule)) })).filter(({ units }) => units.length > 0);
      if (rule.rate !== null) takeRate(purse, rule.kind, rule.rate, matching);
      if (rule.amount !== null && input.order.currency === input.policyCurrency && !taken.has(kind) && takeAmount(purse, rule.kind, rule.amount, matching)) {
        taken.add(kind);
      }
    }
  }
  return { fees: purse.fees, left: purse.left };
}

interface MatchingUnits {
  readonly line: GivenLine;
  readonly units: readonly GivenUnit[];
}

/** Fees are for goods that come back: an adjustment is an amount agreed on, and nobody is charged for getting nothing. */
function comesBack(unit: UnitToSettle): boolean {
  return unit.kind === 'refund' || unit.kind === 'exchange';
}

function bearsFee(unit: UnitToSettle, rule: FeeRule): boolean {
  if (!comesBack(unit) || (rule.kind === 'missing_parts' && unit.missingParts === false)) return false;
  return rule.reasons.length === 0 || rule.reasons.includes(unit.reason);
}

function takeCondition(purse: Purse, lines: readonly GivenLine[], input: SettlementInput): void {
  for (const line of lines) {
    const rateOf = ({ unit }: GivenUnit) =>
      comesBack(unit) && unit.fault === 'customer' && unit.grade !== null ? input.rules.gradeDeductions[unit.grade] : '0';
    const deductions = line.units.map((given) => Math.min(given.amount, atRate(given.amount, parseRate(rateOf(given)))));
    const graded = line.units.filter((_, index) => (deductions[index] ?? 0) > 0);
    const grades = [...new Set(graded.map((given) => `${given.unit.grade} ${rateOf(given)}`))].toSorted();
    purse.take('condition', `condition grade ${grades.join(', ')}`, line, line.units, deductions);
  }
}

function takeRate(purse: Purse, kind: FeeRule['kind'], rate: string, matching: readonly MatchingUnits[]): void {
  for (const { line, units } of matching) {
    const weights = units.map((given) => Math.max(0, purse.leftOf(given)));
    const fee = Math.min(atRate(sum(weights), parseRate(rate)), purse.total);
    purse.take(kind, `${kind} rate ${rate}`, line, units, allocate(fee, weights));
  }
}

/** False when there was nothing to take it from: then a later settlement of the return pays it. */
function takeAmount(purse: Purse, kind: FeeRule['kind'], amount: number, matching: readonly MatchingUnits[]): boolean {
  const units = matching.flatMap((match) => match.units);
  const positive = units.map((given) => Math.max(0, purse.leftOf(given)));
  // When earlier amount fees have eaten all that the lines gave, what is left to take is shipping: the lines carry it as they did before.
  const weightOf = sum(positive) > 0 ? (given: GivenUnit) => Math.max(0, purse.leftOf(given)) : (given: GivenUnit) => given.amount;
  const weights = matching.map((match) => sum(match.units.map(weightOf)));
  const fee = sum(weights) > 0 ? Math.min(amount, purse.total) : 0;
  const unitWeights = matching.map((match) => match.units.map(weightOf));
  for (const [index, share] of allocate(fee, weights).entries()) {
    const match = matching[index];
    if (match !== undefined) purse.take(kind, `${kind} amount ${amount}`, match.line, match.units, allocate(share, unitWeights[index] ?? []));
  }
  return fee > 0;
}

/** What units and total still give while fees are taken. */
class Purse {
  readonly fees: TakenFee[] = [];
  readonly left: Map<string, number>;
  total: number;

  constructor(lines: readonly GivenLine[], shippingAmount: number) {
    this.left = new Map(lines.flatMap((line) => line.units.map((given) => [unitKey(given.unit), given.amount])));
    this.total = sum([...this.left.values(), shippingAmount]);
  }

  leftOf(given: GivenUnit): number {
    return this.left.get(unitKey(given.unit)) ?? 0;
  }

  take(kind: SettledFee['kind'], rule: string, line: GivenLine, units: readonly GivenUnit[], shares: readonly number[]): void {
    const amount = sum(shares);
    if (amount === 0) return;
    const base = sum(units.map((given) => this.leftOf(given)));
    for (const [index, given] of units.entries()) this.left.set(unitKey(given.unit), this.leftOf(given) - (shares[index] ?? 0));
    this.total -= amount;
    this.fees.push({ kind, lineId: line.line.lineId, amount: negative(amount), rule, base });
  }
}
