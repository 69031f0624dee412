import { currencyCodes, currencyDecimals, isCurrency } from './currencies';
import { defaultPolicy } from './default-policy';
import { policyProblems } from './policy-problems';
import { breachChoices, stages, type OnBreach, type Policy, type PriorityRule } from './policy';
import { priorityOf } from './priorities';

const policy = defaultPolicy('CNY', '2026-01-01T00:00:00Z');

const byFault = (fault: string) => policy.reasons.filter((reason) => reason.fault === fault).map((reason) => reason.code);
const reasonOf = (code: string) => policy.reasons.find((one) => one.code === code);
describe('the default policy', () => {
  test('has nothing wrong with it, with the calendars that are there from the start', () => {
    expect(policyProblems(policy, { calendars: new Set(['24x7', 'CN']) })).toEqual([]);
  });
  test('has the reasons of the contract with their faults', () => {
    expect(byFault('customer')).toEqual(['changed_mind', 'wrong_size']);
    expect(byFault('seller')).toEqual(['damaged', 'defective', 'wrong_item', 'not_as_described', 'missing_parts', 'price_dropped', 'promise_broken']);
    expect(byFault('carrier')).toEqual(['late', 'lost']);
  });
  test('wants no delivery and no goods for late and lost, and gives adjustments only for a dropped price or a broken promise', () => {
    for (const code of ['late', 'lost']) expect(reasonOf(code)).toMatchObject({ needsDelivery: false, goodsBack: 'none' });
    for (const code of ['price_dropped', 'promise_broken']) expect(reasonOf(code)?.resolutions).toEqual(['adjustment']);
  });
  test('takes no fees, approves up to 50000 for every reason, and has all ten deadlines', () => {
    expect(policy.refund.fees).toEqual([]);
    expect(policy.approval.automatic).toMatchObject([{ maxAmount: 50_000, reasons: [], tiers: [] }]);
    expect(Object.keys(policy.deadlines)).toEqual([...stages]);
    for (const stage of stages) expect(policy.deadlines[stage]?.onBreach).toBe(breachChoices[stage][0]);
  });
});

describe('what is wrong with a policy', () => {
  const reason = policy.reasons[0]!;
  const refund = (change: Partial<Policy['refund']>): Partial<Policy> => ({ refund: { ...policy.refund, ...change } });
  const fee = { kind: 'restocking', rate: null, amount: null, reasons: [] } as const;
  const deadline = (change: object): Partial<Policy> => ({ deadlines: { review: { ...policy.deadlines.review!, ...change } } });
  test.each<[string, Partial<Policy>, string, string]>([
    ['a currency nobody knows', { currency: 'XXX' }, '/currency', 'unknown_currency'],
    ['a window without a length', { window: { ...policy.window, duration: 'P0D' } }, '/window/duration', 'invalid_duration'],
    ['a category’s window in years', { window: { ...policy.window, byCategory: { 'a/b': 'P1Y' } } }, '/window/byCategory/a~1b', 'invalid_duration'],
    ['a tier’s window in months', { window: { ...policy.window, byTier: { gold: 'P1M' } } }, '/window/byTier/gold', 'invalid_duration'],
    ['a reason twice', { reasons: [...policy.reasons, reason] }, `/reasons/${policy.reasons.length}/code`, 'duplicate'],
    [
      'a repair of what does not come back',
      { reasons: [...policy.reasons, { ...reason, code: 'x', goodsBack: 'none', resolutions: ['repair'] }] },
      '/reasons/11/resolutions',
      'invalid_choice',
    ],
    ['no way for goods that have to come back', { handover: { methods: ['none'], paidBy: 'merchant' } }, '/handover/methods', 'required'],
    ['a fee of nothing', refund({ fees: [fee] }), '/refund/fees/0', 'exactly_one'],
    ['a fee of both', refund({ fees: [{ ...fee, rate: '0.1', amount: 1 }] }), '/refund/fees/0', 'exactly_one'],
    ['a fee above everything', refund({ fees: [{ ...fee, rate: '1.01' }] }), '/refund/fees/0/rate', 'out_of_range'],
    ['a fee that gives', refund({ fees: [{ ...fee, amount: -1 }] }), '/refund/fees/0/amount', 'out_of_range'],
    ['a deduction above everything', refund({ gradeDeductions: { ...policy.refund.gradeDeductions, D: '2' } }), '/refund/gradeDeductions/D', 'out_of_range'],
    ['a deduction that is no number', refund({ gradeDeductions: { ...policy.refund.gradeDeductions, B: '10%' } }), '/refund/gradeDeductions/B', 'out_of_range'],
    ['a deadline without a length', deadline({ target: 'soon' }), '/deadlines/review/target', 'invalid_duration'],
    ['a warning at the deadline', deadline({ target: 'P2D', warn: 'PT48H' }), '/deadlines/review/warn', 'not_before_target'],
    ['a calendar nobody has', deadline({ calendar: 'DE' }), '/deadlines/review/calendar', 'unknown_calendar'],
    [
      'a first response without a length',
      { priorities: [{ when: { reasons: [], tiers: [], minAmount: 0 }, level: 'high', firstResponse: 'x' }] },
      '/priorities/0/firstResponse',
      'invalid_duration',
    ],
    [
      'a coupon valid for a month',
      { compensation: [{ when: {}, grant: { kind: 'coupon', amount: 1, validFor: 'P1M' } }] },
      '/compensation/0/grant/validFor',
      'invalid_duration',
    ],
  ])('%s', (_, change, pointer, code) => {
    const problems = policyProblems({ ...policy, ...change }, { calendars: new Set(['24x7', 'CN']) });
    expect(problems.map((problem) => [problem.pointer, problem.code])).toEqual([[pointer, code]]);
  });
  test('a rule may name a reason that the policy does not have: it never matches', () => {
    const known = { fees: [{ ...fee, rate: '0.1', reasons: ['x'] }] };
    expect(policyProblems({ ...policy, ...refund(known), approval: { automatic: [{ maxAmount: 1, reasons: ['x'], tiers: [], maxRisk: 1 }] } })).toEqual([]);
  });
  test('a rate of all and a fee of nothing are allowed', () => {
    expect(
      policyProblems({
        ...policy,
        ...refund({
          fees: [
            { ...fee, rate: '1' },
            { ...fee, amount: 0 },
          ],
        }),
      }),
    ).toEqual([]);
  });
  test('a stage does on a breach what the contract lets it do, and nothing else', () => {
    const all: OnBreach[] = ['approve', 'reject', 'expire', 'accept', 'decline', 'close', 'escalate', 'attention'];
    for (const stage of stages) {
      const allowed = all.filter(
        (onBreach) => policyProblems({ ...policy, deadlines: { [stage]: { target: 'P1D', warn: null, calendar: 'CN', onBreach } } }).length === 0,
      );
      expect(allowed.toSorted()).toEqual([...breachChoices[stage]].toSorted());
    }
  });
  test('everything is told at once', () => {
    expect(policyProblems({ ...policy, currency: 'XXX', ...refund({ fees: [fee] }), ...deadline({ target: 'x', warn: 'y' }) })).toHaveLength(4);
  });
});

const rule = (level: PriorityRule['level'], when: Partial<PriorityRule['when']>, firstResponse: string | null = null): PriorityRule => ({
  level,
  when: { reasons: [], tiers: [], minAmount: 0, ...when },
  firstResponse,
});
describe('priority', () => {
  const question = { reasons: ['damaged', 'late'], tier: 'gold', amount: 1000, currency: 'CNY' };
  const levelOf = (...priorities: PriorityRule[]) => priorityOf({ currency: 'CNY', priorities }, question).level;
  test('is normal where no rule matches', () => {
    expect(priorityOf({ currency: 'CNY', priorities: [] }, question)).toEqual({ level: 'normal', firstResponse: null });
  });
  test('is that of the most urgent rule that matches, with its first response', () => {
    const priorities = [rule('high', {}, 'PT4H'), rule('urgent', { reasons: ['damaged'], tiers: ['gold'] }, 'PT15M'), rule('urgent', {}, 'PT1H')];
    expect(priorityOf({ currency: 'CNY', priorities }, question)).toEqual({ level: 'urgent', firstResponse: 'PT15M' });
  });
  test('can be low', () => {
    expect(levelOf(rule('low', { reasons: ['late'] }))).toBe('low');
  });
  test('looks at every condition of a rule', () => {
    expect(levelOf(rule('high', { reasons: ['changed_mind'] }))).toBe('normal');
    expect(levelOf(rule('high', { tiers: ['silver'] }))).toBe('normal');
    expect(levelOf(rule('high', { minAmount: 1000 }))).toBe('high');
    expect(levelOf(rule('high', { minAmount: 1001 }))).toBe('normal');
  });
  test('does not compare amounts of different currencies', () => {
    expect(priorityOf({ currency: 'EUR', priorities: [rule('high', { minAmount: 1 })] }, question).level).toBe('normal');
    expect(priorityOf({ currency: 'EUR', priorities: [rule('high', {})] }, question).level).toBe('high');
  });
});

const shown = (code: string) => new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions().maximumFractionDigits;
describe('currencies', () => {
  test('have the decimals that the platform has for them, except where it shows none by custom', () => {
    const known = new Set(Intl.supportedValuesOf('currency'));
    const common = currencyCodes.filter((code) => known.has(code));
    expect(common.length).toBeGreaterThan(150);
    expect(common.filter((code) => shown(code) !== 0 && shown(code) !== currencyDecimals(code))).toEqual([]);
    expect(common.filter((code) => currencyDecimals(code) === 0 && shown(code) !== 0)).toEqual([]);
  });
  test('are upper-case codes in use', () => {
    expect(['JPY', 'CNY', 'KWD'].map((code) => currencyDecimals(code))).toEqual([0, 2, 3]);
    expect(['cny', 'DEM', 'XXX', 'XAU', ''].some((code) => isCurrency(code))).toBe(false);
    expect(() => currencyDecimals('XXX')).toThrow(RangeError);
  });
});
