import fc from 'fast-check';
import { exceptions, nextStep } from './attention';
import { due } from './due';
import { evolve, type Event } from './evolve';
import { Bench } from './fixtures';
import { newReturn, unitKey, type ReturnState } from './state';
import { isRejected, moneyOf, refundMoves, stageOpen } from './tables';
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

function check(bench: Bench, before: ReturnState, verdict: ReturnType<Bench['try']>): void {
  const { state } = bench;
  if ('refusal' in verdict) {
    expect(state).toBe(before);
    return;
  }
  expect(state.sequence).toBe(before.sequence + verdict.length);
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  expect(undefinedIn(state)).toBe(false);
  expect(state.attention?.reason ?? null).toBe(exceptions(state)[0] ?? null);
  for (const deadline of state.deadlines) expect([deadline.stage, stageOpen[deadline.stage](state)]).toEqual([deadline.stage, true]);
  expect(new Set(state.deadlines.map(({ stage }) => stage)).size).toBe(state.deadlines.length);
  if (!isEnd(state)) expect(nextStep(state)).not.toBeNull();
  checkMoney(bench, before, verdict);
  for (const unit of state.units.filter((one) => one.released)) expect([unitKey(unit), moneyOf(state, unit)]).toEqual([unitKey(unit), 'none']);
  const ids = [...due(state).effects, ...due(state).later.map(({ effect }) => effect)].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
}
const undefinedIn = (value: unknown): boolean => value === undefined || (typeof value === 'object' && value !== null && Object.values(value).some(undefinedIn));

function checkMoney(bench: Bench, before: ReturnState, events: readonly Event[]): void {
  const { state, order } = bench;
  let at = before;
  for (const event of events) {
    const next = evolve(at, event);
    if (event.type === 'settled') {
      expect(event.refunds.reduce((sum, refund) => sum + refund.amount, 0)).toBe(event.total);
      for (const [key] of event.units) {
        const unit = at.units.find((one) => unitKey(one) === key)!;
        expect([key, unit.money, unit.released, isRejected(at, unit)]).toEqual([key, 'quoted', false, false]);
      }
    }
    if (event.type === 'refund_changed' && event.set.status) {
      const was = at.refunds.find((refund) => refund.refundId === event.refundId)!;
      expect([was.status, ...refundMoves[was.status]]).toContain(event.set.status);
      if ((event.set.attempt ?? was.attempt) > was.attempt) expect(['failed', 'unknown', 'pending']).toContain(was.status);
    }
    at = next;
  }
  for (const settled of bench.log.filter((event) => event.type === 'settled')) {
    const refunds = state.refunds.filter((refund) => refund.settlementId === settled.settlementId && refund.status !== 'redirected');
    expect(refunds.reduce((sum, refund) => sum + refund.amount, 0)).toBe(settled.total);
  }
  const given = state.refunds.filter((refund) => refund.status !== 'redirected').reduce((sum, refund) => sum + refund.amount, 0);
  expect(given).toBeLessThanOrEqual(order.tenders.reduce((sum, tender) => sum + tender.amount, 0));
  for (const tender of bench.tenders) {
    expect(tender.pendingAmount).toBeGreaterThanOrEqual(0);
    expect(tender.refundedAmount).toBeGreaterThanOrEqual(0);
    expect(tender.refundedAmount + tender.pendingAmount).toBeLessThanOrEqual(tender.capturedAmount);
  }
  for (const { available } of Object.values(bench.stock)) expect(available).toBeGreaterThanOrEqual(0);
}

/** Once all is said: every key a provider was shown, and the log against the state. */
function checkWhole({ bench }: Walk): void {
  const { log } = bench;
  const attempts = log.flatMap((event) => {
    if (event.type === 'settled') return event.refunds.map((refund) => `${refund.refundId}/1`);
    if (event.type === 'refund_redirected') return [`${event.refund.refundId}/1`];
    return event.type === 'refund_changed' && event.set.attempt !== undefined ? [`${event.refundId}/${event.set.attempt}`] : [];
  });
  expect(new Set(attempts).size).toBe(attempts.length);
  const replayed = log.map((event) => JSON.parse(JSON.stringify({ ...event, detail: undefined })) as Event).reduce(evolve, newReturn('demo', 'ret_1'));
  expect(replayed).toEqual(bench.state);
}

const runs = Number(process.env.MODEL_RUNS ?? 400);
test('whatever comes in whatever order, the promises about money, claims, clocks and people hold, and the return can be brought to an end', () => {
  fc.assert(
    fc.property(walks, ({ choices, ...setup }) => {
      const walk = begin(setup);
      try {
        for (const seed of choices) step(walk, seed);
        checkWhole(walk);
        expect(finish(walk.bench)).toBeNull();
        checkWhole(walk);
      } catch (error) {
        throw new Error(`${walk.path.join('\n')}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    }),
    { numRuns: runs },
  );
});
