import type { FeeRule } from '../policy/policy';
import type { Allocator } from './allocator';
import type { GivenLine } from './given-units';
import type { SettledFee, SettlementInput } from './settlement-types';

/** A fee that was taken: `amount` is negative, `base` is what the line (its matching units) still gave before it. */
export interface TakenFee extends SettledFee {
  readonly lineId: string;
  readonly base: number;
  /** The policy's fee; null for a grade's deduction. */
  readonly by: FeeRule | null;
}
export interface TakenFees {
  readonly fees: readonly TakenFee[];
  /** What each unit still gives, by `unitKey`. Below zero only when an amount fee also eats of the outbound shipping. */
  readonly left: ReadonlyMap<string, number>;
  /** Rate fees that found something to take, and came to less than half of the smallest amount. */
  readonly tooSmall: ReadonlySet<FeeRule>;
}

/** What is kept of what the lines give. `shippingAmount` is the outbound shipping that the settlement gives beside them: the floor of zero is the total's. */
export type FeeRules = (lines: readonly GivenLine[], shippingAmount: number, input: SettlementInput, allocator: Allocator) => TakenFees;

/** Kinds of the amount fees among these settled fees: what `feesTaken` wants of a return's earlier settlements. */
export function amountFeesTaken(fees: readonly SettledFee[]): SettledFee['kind'][] {
  return [...new Set(fees.filter((fee) => fee.rule.startsWith(`${fee.kind} amount `)).map((fee) => fee.kind))];
}
