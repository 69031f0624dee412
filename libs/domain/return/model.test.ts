import * as fc from 'fast-check';
import { freezeOrder } from '../money/order-shares';
import { balanceOf } from '../money/postings';
import { promisedOf, restOf, settledOf } from './advance-book';
import { isKept } from './advance-keeping';
import { exceptions, nextStep } from './attention';
import { due } from './due';
import { evolve, type Event, type EventOf } from './evolve';
import { Bench } from './fixtures';
import { worth } from './limits';
import { newReturn, unitKey, type ReturnState } from './state';
import { isRejected, moneyOf, refundMoves, replacementOf, stageOpen } from './tables';
import { applications, finish, isEnd, movesOf, orders, policies, take, type Move } from './walk';

interface Walk {
  readonly bench: Bench;
  readonly path: string[];
}
const walks = fc.record({
  application: fc.nat(applications.length - 1),
  policy: fc.nat(policies.length - 1),
  order: fc.nat(orders.length - 1),
  disputed: fc.boolean(),
  shortStock: fc.boolean(),
  choices: fc.array(fc.nat(2 ** 31 - 1), { maxLength: 45, size: 'max' }),
});

function begin(setup: { application: number; policy: number; order: number; disputed: boolean; shortStock: boolean }): Walk {
  const bench = new Bench({ order: orders[setup.order]!, policy: policies[setup.policy]! });
  bench.do('apply', { application: applications[setup.application]! }, 'customer');
  if (setup.disputed) bench.tenders[0]!.disputedAmount = 400;
  if (setup.shortStock) for (const article of Object.values(bench.stock)) article.available = 0;
  return { bench, path: ['apply'] };
}
/** A small generator of its own: one number leads to the choice and to all of its details. */
function picker(seed: number): (among: number) => number {
  let state = seed;
  return (among) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return among <= 0 ? 0 : (state >>> 8) % among;
  };
}
function step({ bench, path }: Walk, seed: number): void {
  const pick = picker(seed);
  const moves = movesOf(bench, pick);
  // Mostly something that is taken, so that walks lead far.
  const tries = Array.from({ length: seed % 4 === 0 ? 1 : 10 }, () => moves[pick(moves.length)]!);
  const chosen = tries.find((one) => happens(bench, one)) ?? tries[0]!;
  const before = bench.state;
  const verdict = take(bench, chosen);
  path.push(`${chosen.type} ${JSON.stringify(chosen.body)} by ${chosen.by}${'refusal' in verdict ? `: ${verdict.refusal.code}` : ''}`);
  check(bench, before, verdict);
}
function happens(bench: Bench, { type, body, by }: Move): boolean {
  const verdict = bench.ask(type, body as never, by);
  return !('refusal' in verdict) && verdict.length > 0;
}

/** Jest's own matchers would take most of the time. */
function must(holds: boolean, ...what: readonly unknown[]): void {
  if (!holds) throw new Error(`broken: ${what.map((one) => JSON.stringify(one)).join(' ')}`);
}

function check(bench: Bench, before: ReturnState, verdict: ReturnType<Bench['try']>): void {
  const { state } = bench;
  if ('refusal' in verdict) {
    must(state === before, 'a refusal changed the return');
    return;
  }
  must(state.sequence === before.sequence + verdict.length, 'sequence', state.sequence, before.sequence, verdict.length);
  must(!undefinedIn(state), 'undefined in the state', state);
  must((state.attention?.reason ?? null) === (exceptions(state)[0] ?? null), 'attention', state.attention, exceptions(state));
  for (const { stage } of state.deadlines) must(stageOpen[stage](state), 'a clock of a closed stage', stage);
  must(new Set(state.deadlines.map(({ stage }) => stage)).size === state.deadlines.length, 'two clocks of a stage');
  must((isEnd(state) && state.attention === null) || nextStep(state) !== null, 'nobody knows what comes next', state.attention);
  checkMoney(bench, before, verdict);
  checkAdvanced(bench, verdict);
  for (const unit of state.units) must(!unit.released || moneyOf(state, unit) === 'none', 'a released unit with money', unit);
  for (const unit of state.units)
    must(!unit.released || !['reserved', 'short', 'shipped'].includes(replacementOf(state, unit)?.status ?? ''), 'a released unit is replaced', unit);
  const ids = [...due(state).effects, ...due(state).later.map(({ effect }) => effect)].map(({ id }) => id);
  must(new Set(ids).size === ids.length, 'two calls of one name', ids);
}
const undefinedIn = (value: unknown): boolean => value === undefined || (typeof value === 'object' && value !== null && Object.values(value).some(undefinedIn));

function checkMoney(bench: Bench, before: ReturnState, events: readonly Event[]): void {
  let at = before;
  for (const event of events) {
    if (event.type === 'settled') checkSettled(at, event);
    if (event.type === 'refund_changed' && event.set.status) {
      const was = at.refunds.find((refund) => refund.refundId === event.refundId)!;
      const moves: readonly string[] = [was.status, ...refundMoves[was.status]];
      must(moves.includes(event.set.status), 'a refund went', was.status, event.set.status);
      must((event.set.attempt ?? was.attempt) === was.attempt || ['failed', 'unknown', 'pending'].includes(was.status), 'an attempt after', was.status);
    }
    at = evolve(at, event);
  }
  const live = bench.state.refunds.filter((refund) => refund.status !== 'redirected' && refund.status !== 'rejected');
  const withdrawn = bench.log.flatMap((event) => (event.type === 'settlement_withdrawn' ? [event.settlementId] : []));
  const sum = (refunds: readonly { amount: number }[]) => refunds.reduce((total, { amount }) => total + amount, 0);
  for (const settled of bench.log) {
    if (settled.type !== 'settled') continue;
    must(
      sum(live.filter(({ settlementId }) => settlementId === settled.settlementId)) ===
        (withdrawn.includes(settled.settlementId) ? 0 : settled.total - sum((settled.advanced ?? []).flatMap(({ tenders }) => tenders))),
      'refunds and settlement differ',
      settled.settlementId,
    );
  }
  for (const advance of bench.state.advances ?? []) {
    must(sum(live.filter(({ settlementId }) => settlementId === advance.advanceId)) === promisedOf(advance), 'refunds and advance differ', advance);
    must(promisedOf(advance) === settledOf(advance) + restOf(advance) && advance.recoveredAmount <= restOf(advance), 'an advance does not add up', advance);
    const open = bench.state.units.some((unit) => advance.units.includes(unitKey(unit)) && !unit.released && unit.money === 'quoted');
    must(promisedOf(advance) === 0 || (advance.recovery === null) === open, 'an advance is open without a unit, or closed with one', advance);
    const kept = sum([...(advance.kept ?? []), ...advance.shipping]);
    must(open || kept <= advance.recoveredAmount, 'more is kept than was left', advance);
    const heard = new Set(bench.state.units.filter((unit) => !unit.released && unit.money === 'quoted').map(unitKey));
    must(
      (advance.kept ?? []).every((unit) => !heard.has(unitKey(unit))),
      'a unit that is heard counts as given',
      advance,
    );
    const none = bench.state.units.every(({ settlementId, lineId, unit }) => settlementId === null || !advance.units.includes(unitKey({ lineId, unit })));
    must(!none || !isKept(advance) || kept === advance.recoveredAmount, 'what is kept does not add up', advance);
  }
  checkBooks(bench, sum(live.filter(({ status: now }) => now !== 'succeeded')));
  must(sum(live) <= sum(bench.order.tenders), 'more than was paid');
  for (const { capturedAmount, refundedAmount, pendingAmount } of bench.tenders) {
    must(pendingAmount >= 0 && refundedAmount >= 0 && refundedAmount + pendingAmount <= capturedAmount, 'balances', bench.tenders);
  }
  for (const article of Object.values(bench.stock)) must(article.available >= 0, 'stock', article);
}
/** What the customer is to account for are the rests of advances that nobody took back or wrote off; what we owe is what has not left yet. */
function checkBooks({ state, ledger }: Bench, unpaid: number): void {
  const rests = (state.advances ?? []).map((advance) => restOf(advance) - (advance.recovery === 'invoice' ? 0 : advance.recoveredAmount));
  const receivable = -balanceOf('customer_receivable', ledger);
  must(receivable === rests.reduce((all, rest) => all + rest, 0), 'customer_receivable', receivable, state.advances);
  must(balanceOf('refunds_payable', ledger) === unpaid, 'refunds_payable', balanceOf('refunds_payable', ledger), unpaid);
}
/** Of a unit only once: again only when somebody said so anew, which makes it `quoted`. */
function checkSettled(at: ReturnState, { units, refunds, total, advanced = [] }: EventOf<'settled'>): void {
  const parts = [...refunds, ...advanced.flatMap(({ tenders }) => tenders)];
  must(parts.reduce((sum, { amount }) => sum + amount, 0) === total, 'refunds and total differ');
  for (const [key] of units) {
    const unit = at.units.find((one) => unitKey(one) === key)!;
    must(unit.money === 'quoted' && !unit.released && !isRejected(at, unit), 'settled', unit);
  }
}

/** All advances of a return together stay below the limit, none is made for what cannot come back, and a unit has one at the most. */
function checkAdvanced({ state, policy }: Bench, events: readonly Event[]): void {
  const { advanceBelow, timing } = policy.refund;
  for (const event of events) {
    if (event.type !== 'advanced') continue;
    const all = state.advances!.reduce((sum, advance) => sum + promisedOf(advance), 0);
    must(timing !== 'after_inspection' && (advanceBelow === null || all < advanceBelow), 'advanced', all, advanceBelow);
    must(
      event.advance.units.every((key) => state.advances!.filter(({ units }) => units.includes(key)).length === 1),
      'a unit was advanced twice',
      event,
    );
    must(
      event.refunds.every(({ status: now }) => now !== 'awaiting_payout'),
      'an advance by hand',
      event,
    );
  }
}

/** Once all is said: every key a provider was shown, and the log against the state. */
function checkWhole({ bench }: Walk): void {
  const { log } = bench;
  const attempts = log.flatMap((event) => {
    if (event.type === 'settled' || event.type === 'advanced') return event.refunds.map((refund) => `${refund.refundId}/1`);
    if (event.type === 'refund_redirected') return [`${event.refund.refundId}/1`];
    return event.type === 'refund_changed' && event.set.attempt !== undefined ? [`${event.refundId}/${event.set.attempt}`] : [];
  });
  expect(new Set(attempts).size).toBe(attempts.length);
  const stored = (event: Event) => JSON.parse(JSON.stringify({ ...event, detail: undefined })) as Event;
  expect(log.map(stored).reduce(evolve, newReturn('demo', 'ret_1'))).toEqual(bench.state);
  expect(JSON.parse(JSON.stringify(bench.state))).toEqual(bench.state);
}

/** Whatever is asked for next, all together the customer never gets back more than was paid. */
function checkWorth({ world, state, order }: Bench): void {
  const { freeUnits, money } = world;
  const frozen = freezeOrder(order);
  const free = frozen.lines.flatMap(({ lineId }) => (freeUnits[lineId] ?? []).map((unit) => worth({ lineId, unit }, world)));
  const shipping = frozen.shipments.map(({ shipmentId, paidAmount }) =>
    money.shipments.reduce((left, row) => (row.shipmentId === shipmentId ? left - row.refundedAmount : left), paidAmount),
  );
  must(
    shipping.every((left) => left >= 0),
    'shipping below zero',
    shipping,
  );
  const given = state.refunds.filter(({ status: now }) => now !== 'redirected' && now !== 'rejected').reduce((sum, { amount }) => sum + amount, 0);
  const takenBack = (state.advances ?? []).reduce((sum, { recovery, recoveredAmount }) => (recovery === 'store_credit' ? sum + recoveredAmount : sum), 0);
  const whole = [...free, ...shipping, given, -takenBack].reduce((sum, amount) => sum + amount, 0);
  must(whole <= frozen.total, 'a unit is worth more than was paid', { whole, free, shipping, given, takenBack });
}

/** Nothing is left lying about: no claim of a rejected unit, no reserved stock, no open offer, no call, no clock, no coupon without its reason. */
function checkEnded({ state }: Bench): void {
  must(
    state.units.every((unit) => !isRejected(state, unit) || unit.released),
    'a rejected unit is still held',
  );
  must(
    // A repaired article on its way home is nobody's work any more.
    state.replacements.every(({ kind, status: now }) => ['delivered', 'cancelled'].includes(now) || (kind === 'repair' && now === 'shipped')),
    'a replacement is open',
    state.replacements,
  );
  must(
    state.steps.every(({ status: now }) => ['done', 'refused', 'undone'].includes(now)),
    'a call is open',
    state.steps,
  );
  must(state.offers.every(({ status: now }) => now !== 'open') && state.deadlines.length === 0, 'an offer or a clock is open');
  must(
    state.end === null || state.compensations.every((one) => one.rule === null || one.status !== 'granted' || breachRule(one.kind)),
    'a compensation without a reason',
  );
}
/** The policies here give points for a broken promise alone. */
const breachRule = (kind: string): boolean => kind === 'points';

const runs = Number(process.env.MODEL_RUNS ?? 250);
test('whatever comes in whatever order, the promises about money, claims, clocks and people hold, and the return can be brought to an end', () => {
  fc.assert(
    fc.property(walks, ({ choices, ...setup }) => {
      const walk = begin(setup);
      try {
        for (const seed of choices) step(walk, seed);
        checkWhole(walk);
        expect(finish(walk.bench)).toBeNull();
        checkWhole(walk);
        checkEnded(walk.bench);
        checkWorth(walk.bench);
      } catch (error) {
        throw new Error(`${walk.path.join('\n')}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    }),
    { numRuns: runs },
  );
});
