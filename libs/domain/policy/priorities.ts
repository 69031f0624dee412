import type { Policy, PriorityLevel, PriorityRule } from './policy';

const urgency: Readonly<Record<PriorityLevel, number>> = { low: 0, normal: 1, high: 2, urgent: 3 };

export interface PriorityQuestion {
  /** Reasons of the return's lines; one that a rule names is enough. */
  readonly reasons: readonly string[];
  readonly tier: string | null;
  /** What the return is worth, minor units of `currency`. */
  readonly amount: number;
  readonly currency: string;
}
export interface Priority {
  readonly level: PriorityLevel;
  /** ISO 8601: how soon somebody should answer; null: as the review deadline says. */
  readonly firstResponse: string | null;
}

/** How urgent a return is: the most urgent of the rules that match, the earlier of equals; `normal` when none does. */
export function priorityOf(policy: Pick<Policy, 'priorities' | 'currency'>, question: PriorityQuestion): Priority {
  const [first] = policy.priorities.filter((rule) => applies(rule, question, policy.currency)).toSorted((a, b) => urgency[b.level] - urgency[a.level]);
  return first ? { level: first.level, firstResponse: first.firstResponse } : { level: 'normal', firstResponse: null };
}

/** A threshold holds in the policy's currency only: in another one a rule that has one does not apply. */
function applies({ when }: PriorityRule, question: PriorityQuestion, currency: string): boolean {
  return (
    (when.reasons.length === 0 || question.reasons.some((reason) => when.reasons.includes(reason))) &&
    (when.tiers.length === 0 || (question.tier !== null && when.tiers.includes(question.tier))) &&
    (when.minAmount === 0 || (question.currency === currency && question.amount >= when.minAmount))
  );
}
