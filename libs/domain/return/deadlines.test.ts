import { due } from './due';
import { applicationLine, Bench, day, hour, reviewed, samplePolicy, start } from './fixtures';
import { stageOpen } from './tables';

const china = (duration: string, now: number) => {
  const { deadlines } = samplePolicy();
  const bench = new Bench({
    policy: samplePolicy({ deadlines: { ...deadlines, inspection: { target: duration, warn: null, calendar: 'CN', onBreach: 'accept' } } }),
  });
  bench.apply();
  bench.now = now;
  bench.receive({ '1': 1 });
  return bench;
};

describe('clocks', () => {
  test('a stage that opens brings its clock, one that closes takes it away', () => {
    const bench = new Bench().apply();
    expect(bench.state.deadlines.map(({ stage }) => stage)).toEqual(['handover']);
    bench.receive({ '1': 1 });
    expect(bench.state.deadlines.map(({ stage }) => stage)).toEqual(['inspection']);
    bench.inspect('1');
    expect(bench.state.deadlines.map(({ stage }) => stage)).toEqual(['refund']);
    bench.answer('refund', { kind: 'done' });
    expect(bench.state.deadlines).toEqual([]);
  });
  test('business time counts where the policy says so', () => {
    const friday = Date.parse('2026-11-20T09:00:00Z'); // 17:00 in Shanghai, an hour before closing
    expect(new Date(china('PT2H', friday).deadline('inspection')!.dueAt).toISOString()).toBe('2026-11-23T02:00:00.000Z');
  });
  test('a year the calendar does not hold is counted by the plain clock, and the log says so; the state does not', () => {
    const lastDay = Date.parse('2026-12-31T08:00:00Z');
    const bench = china('P2D', lastDay);
    const set = bench.log.find((event) => event.type === 'deadline_set' && event.deadline.stage === 'inspection');
    expect(set?.detail).toEqual({ calendarYearMissing: 2027 });
    expect(bench.deadline('inspection')?.dueAt).toBe(lastDay + 2 * day);
    expect(JSON.stringify(bench.state)).not.toContain('calendarYearMissing');
    const [extended] = bench.do('extend', { stage: 'inspection', by: 'P1D' }, 'agent');
    expect(extended?.detail).toEqual({ calendarYearMissing: 2027 });
    const handover = bench.log.find((event) => event.type === 'deadline_set' && event.deadline.stage === 'handover');
    expect(handover?.detail).toBeUndefined();
  });
  test('a rule of priority may ask for an earlier answer, which has no warning of its own', () => {
    const priorities = [{ when: { reasons: ['damaged'], tiers: [], minAmount: 0 }, level: 'urgent', firstResponse: 'PT15M' }] as const;
    const bench = new Bench({ policy: reviewed({ priorities }) }).apply();
    expect([bench.state.priority, bench.deadline('review')]).toMatchObject(['urgent', { dueAt: start + hour / 4, warnAt: null }]);
  });
  test('every deadline that is set belongs to a stage that is open', () => {
    const bench = new Bench().apply([applicationLine('1'), applicationLine('2', { resolution: 'exchange' })]).bring();
    expect(bench.state.deadlines.map(({ stage }) => stageOpen[stage](bench.state))).toEqual([true, true]);
  });
});

describe('moments', () => {
  test('a warning comes once', () => {
    const bench = new Bench().apply();
    const { warnAt } = bench.deadline('handover')!;
    bench.pass(4 * day);
    expect(bench.do('moment', { stage: 'handover', kind: 'warn', at: warnAt! })).toEqual([]);
  });
  test('one that no longer stands changes nothing: extended, paused, closed', () => {
    const bench = new Bench().apply();
    const { dueAt } = bench.deadline('handover')!;
    bench.do('extend', { stage: 'handover', by: 'P1D' }, 'agent');
    expect(bench.do('moment', { stage: 'handover', kind: 'breach', at: dueAt })).toEqual([]);
    bench.do('pause', { stage: 'handover' }, 'agent');
    expect(bench.do('moment', { stage: 'handover', kind: 'breach', at: dueAt + day })).toEqual([]);
    bench.receive({ '1': 1 });
    expect(bench.do('moment', { stage: 'handover', kind: 'breach', at: dueAt + day })).toEqual([]);
  });
  test('a breach happens once and leaves no further moment', () => {
    const { deadlines } = samplePolicy();
    const bench = new Bench({ policy: samplePolicy({ deadlines: { ...deadlines, handover: { ...deadlines.handover!, onBreach: 'attention' } } }) }).apply();
    const { dueAt } = bench.deadline('handover')!;
    bench.pass(7 * day);
    expect([due(bench.state).moments, bench.deadline('handover')?.breachedAt]).toEqual([[], start + 7 * day]);
    expect(bench.do('moment', { stage: 'handover', kind: 'breach', at: dueAt })).toEqual([]);
  });
});

describe('pause, resume, extend', () => {
  test('a paused clock rings no bell and keeps the return open; resumed, it is given back the time it stood', () => {
    const bench = new Bench().apply();
    const { dueAt, warnAt } = bench.deadline('handover')!;
    bench.pass(day);
    bench.do('pause', { stage: 'handover' }, 'agent');
    expect(due(bench.state).moments).toEqual([]);
    bench.pass(20 * day);
    expect(bench.status).toBe('awaiting_handover');
    bench.do('resume', { stage: 'handover' }, 'agent');
    expect(bench.deadline('handover')).toMatchObject({ dueAt: dueAt + 20 * day, warnAt: warnAt! + 20 * day, pausedAt: null });
  });
  test('not twice, not when it runs, not what does not run', () => {
    const bench = new Bench().apply();
    expect([
      bench.refusal('resume', { stage: 'handover' }, 'agent'),
      bench.refusal('pause', { stage: 'review' }, 'agent'),
      bench.refusal('extend', { stage: 'review', by: 'P1D' }, 'agent'),
    ]).toEqual(Array(3).fill('invalid_state'));
    bench.do('pause', { stage: 'handover' }, 'agent');
    expect(bench.refusal('pause', { stage: 'handover' }, 'agent')).toBe('invalid_state');
  });
  test('an extension moves the warning that has not been given yet, and no other', () => {
    const bench = new Bench().apply();
    const { dueAt, warnAt } = bench.deadline('handover')!;
    bench.do('extend', { stage: 'handover', by: 'P2D' }, 'agent');
    expect(bench.deadline('handover')).toMatchObject({ dueAt: dueAt + 2 * day, warnAt: warnAt! + 2 * day });
    bench.pass(6 * day);
    bench.do('extend', { stage: 'handover', by: 'P1D' }, 'agent');
    expect(bench.deadline('handover')).toMatchObject({ dueAt: dueAt + 3 * day, warnAt: warnAt! + 2 * day, warned: true });
  });
  test('a breach that has happened is not undone', () => {
    const bench = new Bench().apply().ship();
    bench.pass(7 * day);
    expect(bench.refusal('extend', { stage: 'handover', by: 'P1D' }, 'agent')).toBe('invalid_state');
  });
  test('the sandbox moves the return’s clock forward, and what is due then happens', () => {
    const bench = new Bench().apply();
    bench.do('advance', { byMs: 7 * day }, 'admin');
    expect([bench.state.clockOffset, bench.status]).toEqual([7 * day, 'awaiting_handover']);
    bench.pass(0);
    expect(bench.status).toBe('expired');
  });
});
