import { durationMs, isDuration } from '../calendar/duration';
import { flaw, type Flaw } from '../flaw';
import { isCurrency } from './currencies';
import { breachChoices, grades, stages, type OnBreach, type Policy } from './policy';

type Path = readonly (string | number)[];

/** What the merchant has, where the caller knows: without `calendars` their ids are not looked at. */
export interface KnownToPolicies {
  readonly calendars?: ReadonlySet<string>;
}

/** Everything that is wrong with a policy although each field by itself is well formed. Empty: it can be published. */
export function policyProblems(policy: Policy, known: KnownToPolicies = {}): Flaw[] {
  return [
    ...(isCurrency(policy.currency) ? [] : [flaw(['currency'], 'unknown_currency', 'must be an ISO 4217 code')]),
    ...windowProblems(policy),
    ...reasonProblems(policy),
    ...feeProblems(policy),
    ...gradeProblems(policy),
    ...deadlineProblems(policy, known),
    ...otherDurationProblems(policy),
  ];
}

function windowProblems({ window }: Policy): Flaw[] {
  const durations: [Path, string][] = [
    [['window', 'duration'], window.duration],
    ...Object.entries(window.byCategory).map(([key, value]): [Path, string] => [['window', 'byCategory', key], value]),
    ...Object.entries(window.byTier).map(([key, value]): [Path, string] => [['window', 'byTier', key], value]),
  ];
  return durations.flatMap(([path, value]) => durationProblem(path, value));
}

function reasonProblems({ reasons, handover }: Policy): Flaw[] {
  const repeated = duplicates(reasons.map((reason) => reason.code)).map((index) => flaw(['reasons', index, 'code'], 'duplicate', 'is given twice'));
  const repairs = reasons.flatMap((reason, index) =>
    reason.goodsBack === 'none' && reason.resolutions.includes('repair')
      ? [flaw(['reasons', index, 'resolutions'], 'invalid_choice', 'cannot offer a repair when nothing comes back')]
      : [],
  );
  const bringsGoods = reasons.some((reason) => reason.goodsBack === 'required');
  const noWay = bringsGoods && handover.methods.every((method) => method === 'none');
  return [...repeated, ...repairs, ...(noWay ? [flaw(['handover', 'methods'], 'required', 'must name a way for goods that have to come back')] : [])];
}

function feeProblems({ refund }: Policy): Flaw[] {
  return refund.fees.flatMap((fee, index) => {
    const at = ['refund', 'fees', index] as const;
    if ((fee.rate === null) === (fee.amount === null)) return [flaw(at, 'exactly_one', 'must have exactly one of rate and amount')];
    if (fee.rate !== null) return rateProblem([...at, 'rate'], fee.rate);
    return Number.isSafeInteger(fee.amount) && Number(fee.amount) >= 0 ? [] : [flaw([...at, 'amount'], 'out_of_range', 'must be an amount, 0 or more')];
  });
}

function gradeProblems({ refund }: Policy): Flaw[] {
  return grades.flatMap((grade) => rateProblem(['refund', 'gradeDeductions', grade], refund.gradeDeductions[grade]));
}

function deadlineProblems({ deadlines }: Policy, { calendars }: KnownToPolicies): Flaw[] {
  return stages.flatMap((stage) => {
    const rule = deadlines[stage];
    if (!rule) return [];
    const at = ['deadlines', stage] as const;
    const choices: readonly OnBreach[] = breachChoices[stage];
    const lengths = [...durationProblem([...at, 'target'], rule.target), ...(rule.warn === null ? [] : durationProblem([...at, 'warn'], rule.warn))];
    const late = lengths.length === 0 && rule.warn !== null && durationMs(rule.warn) >= durationMs(rule.target);
    return [
      ...lengths,
      ...(late ? [flaw([...at, 'warn'], 'not_before_target', 'must be shorter than the target')] : []),
      ...(choices.includes(rule.onBreach) ? [] : [flaw([...at, 'onBreach'], 'invalid_choice', `must be one of ${choices.join(', ')}`)]),
      ...(!calendars || calendars.has(rule.calendar) ? [] : [flaw([...at, 'calendar'], 'unknown_calendar', 'there is no such calendar')]),
    ];
  });
}

function otherDurationProblems(policy: Policy): Flaw[] {
  return [
    ...policy.priorities.flatMap((rule, index) =>
      rule.firstResponse === null ? [] : durationProblem(['priorities', index, 'firstResponse'], rule.firstResponse),
    ),
    ...policy.compensation.flatMap(({ grant }, index) =>
      grant.validFor === null ? [] : durationProblem(['compensation', index, 'grant', 'validFor'], grant.validFor),
    ),
  ];
}

function durationProblem(path: Path, value: string): Flaw[] {
  return isDuration(value) ? [] : [flaw(path, 'invalid_duration', 'must be an ISO 8601 duration of weeks, or of days and time; at most P3650D')];
}

function rateProblem(path: Path, value: string): Flaw[] {
  return /^(?:0(?:\.\d{1,10})?|1(?:\.0{1,10})?)$/.test(value) ? [] : [flaw(path, 'out_of_range', 'must be a decimal string from "0" to "1"')];
}

/** Indexes of the elements that were there before. */
function duplicates(values: readonly string[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}
