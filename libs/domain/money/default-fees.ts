import { feeKinds, type FeeRule } from '../policy/policy';
import type { Allocator } from './allocator';
import type { FeeRules, TakenFee } from './fees';
import { type GivenLine, type GivenUnit, unitKey } from './given-units';
import { atRate, negative, parseRate, sum } from './rational';
import type { SettledFee, SettlementInput, UnitToSettle } from './settlement-types';

/** Fees are for goods that come back: an adjustment is an amount agreed on, what the customer keeps is not shipped, and nobody is charged for getting nothing. */
export const comesBack = (unit: UnitToSettle): boolean => comesBackOrIsKept(unit) && unit.keepsGoods !== true;
const comesBackOrIsKept = (unit: UnitToSettle): boolean => unit.kind === 'refund' || unit.kind === 'exchange';

/** Version 1 charged refunded goods that stay with the customer like those that come back. */
export const fees1: FeeRules = (lines, shippingAmount, input, allocator) => takeFees(lines, shippingAmount, input, allocator, comesBackOrIsKept);
export const fees2: FeeRules = (lines, shippingAmount, input, allocator) => takeFees(lines, shippingAmount, input, allocator, comesBack);

/** Condition, then missing parts, restocking and return shipping (CONTRACT §5), each on what the one before left. An amount fee may reach into the shipping. */
function takeFees(
  lines: readonly GivenLine[],
  shippingAmount: number,
  input: SettlementInput,
  allocator: Allocator,
  bears: (unit: UnitToSettle) => boolean,
): ReturnType<FeeRules> {
  const purse = new Purse(lines, shippingAmount, allocator);
  takeCondition(purse, lines, input, bears);
  const taken = new Set<SettledFee['kind']>(input.feesTaken);
  for (const kind of feeKinds) {
    for (const rule of input.rules.fees.filter((fee) => fee.kind === kind)) {
      const matching = lines
        .map((line) => ({ line, units: line.units.filter(({ unit }) => bears(unit) && feeNames(rule, unit)) }))
        .filter(({ units }) => units.length > 0);
      if (rule.rate !== null) takeRate(purse, rule, rule.rate, matching);
      if (rule.amount !== null && input.order.currency === input.policyCurrency && !taken.has(kind) && takeAmount(purse, rule, rule.amount, matching)) {
        taken.add(kind);
      }
    }
  }
  return { fees: purse.fees, left: purse.left, tooSmall: purse.tooSmall };
}

/** Whether a fee is for this unit's reason, and for what an inspection found. */
export function feeNames(rule: FeeRule, unit: UnitToSettle): boolean {
  if (rule.kind === 'missing_parts' && unit.missingParts === false) return false;
  return rule.reasons.length === 0 || rule.reasons.includes(unit.reason);
}

interface MatchingUnits {
  readonly line: GivenLine;
  readonly units: readonly GivenUnit[];
}

function takeCondition(purse: Purse, lines: readonly GivenLine[], input: SettlementInput, bears: (unit: UnitToSettle) => boolean): void {
  for (const line of lines) {
    const rateOf = ({ unit }: GivenUnit) => (bears(unit) && unit.fault === 'customer' && unit.grade !== null ? input.rules.gradeDeductions[unit.grade] : '0');
    const deductions = line.units.map((given) => Math.min(given.amount, atRate(given.amount, parseRate(rateOf(given)))));
    const graded = line.units.filter((_, index) => (deductions[index] ?? 0) > 0);
    const grades = [...new Set(graded.map((given) => `${given.unit.grade} ${rateOf(given)}`))].toSorted();
    purse.take({ kind: 'condition', rule: `condition grade ${grades.join(', ')}`, by: null }, line, line.units, deductions);
  }
}

function takeRate(purse: Purse, by: FeeRule, rate: string, matching: readonly MatchingUnits[]): void {
  for (const { line, units } of matching) {
    const weights = units.map((given) => Math.max(0, purse.leftOf(given)));
    const fee = Math.min(atRate(sum(weights), parseRate(rate)), purse.total);
    if (fee === 0 && sum(weights) > 0 && purse.total > 0) purse.tooSmall.add(by);
    purse.take({ kind: by.kind, rule: `${by.kind} rate ${rate}`, by }, line, units, purse.allocator.spread(fee, weights));
  }
}

/** False when there was nothing to take it from: then a later settlement of the return pays it. */
function takeAmount(purse: Purse, by: FeeRule, amount: number, matching: readonly MatchingUnits[]): boolean {
  const units = matching.flatMap((match) => match.units);
  const positive = units.map((given) => Math.max(0, purse.leftOf(given)));
  // When earlier amount fees have eaten all that the lines gave, what is left to take is shipping: the lines carry it as they did before.
  const weightOf = sum(positive) > 0 ? (given: GivenUnit) => Math.max(0, purse.leftOf(given)) : (given: GivenUnit) => given.amount;
  const weights = matching.map((match) => sum(match.units.map(weightOf)));
  const fee = sum(weights) > 0 ? Math.min(amount, purse.total) : 0;
  const unitWeights = matching.map((match) => match.units.map(weightOf));
  for (const [index, share] of purse.allocator.spread(fee, weights).entries()) {
    const match = matching[index];
    if (match === undefined) continue;
    purse.take({ kind: by.kind, rule: `${by.kind} amount ${amount}`, by }, match.line, match.units, purse.allocator.spread(share, unitWeights[index] ?? []));
  }
  return fee > 0;
}

/** What units and total still give while fees are taken. */
class Purse {
  readonly fees: TakenFee[] = [];
  readonly tooSmall = new Set<FeeRule>();
  readonly left: Map<string, number>;
  total: number;

  constructor(
    lines: readonly GivenLine[],
    shippingAmount: number,
    readonly allocator: Allocator,
  ) {
    this.left = new Map(lines.flatMap((line) => line.units.map((given) => [unitKey(given.unit), given.amount])));
    this.total = sum([...this.left.values(), shippingAmount]);
  }

  leftOf(given: GivenUnit): number {
    return this.left.get(unitKey(given.unit)) ?? 0;
  }

  take(fee: Pick<TakenFee, 'kind' | 'rule' | 'by'>, line: GivenLine, units: readonly GivenUnit[], shares: readonly number[]): void {
    const amount = sum(shares);
    if (amount === 0) return;
    const base = sum(units.map((given) => this.leftOf(given)));
    for (const [index, given] of units.entries()) this.left.set(unitKey(given.unit), this.leftOf(given) - (shares[index] ?? 0));
    this.total -= amount;
    this.fees.push({ ...fee, lineId: line.line.lineId, amount: negative(amount), base });
  }
}
