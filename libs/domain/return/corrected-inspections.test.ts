import { applicationLine, Bench, inspected, reviewed } from './fixtures';
import type { InspectedUnit } from './input';

const bad = inspected({ accepted: false, grade: 'D', disposition: 'send_back' });
const good = inspected({ grade: 'B', disposition: 'refurbish' });

/** Three pieces are here; the first inspection found two of them bad. */
function rejected(): { bench: Bench; first: string } {
  const bench = new Bench().apply([applicationLine('1', { quantity: 3 })]);
  bench.receive({ '1': 3 });
  bench.inspect('1', { ...bad, quantity: 2 });
  return { bench, first: bench.unit().inspectionId! };
}
const ask = (bench: Bench, supersedes: string | boolean | null, ...units: readonly InspectedUnit[]) => {
  const verdict = bench.ask('inspect', { lines: [{ lineId: '1', units }], supersedes }, 'warehouse');
  return 'refusal' in verdict ? [verdict.refusal.code, verdict.refusal.errors?.[0]?.pointer] : null;
};
const correct = (bench: Bench, supersedes: string | boolean, ...units: readonly InspectedUnit[]) =>
  bench.do('inspect', { lines: [{ lineId: '1', units }], supersedes }, 'warehouse');
const found = (bench: Bench) => bench.state.units.map(({ inspection, grade }) => [inspection, grade]);

describe('an inspection that supersedes another', () => {
  test('takes its units by quantity, lowest first, and none that it did not grade', () => {
    const { bench, first } = rejected();
    correct(bench, first, good);
    expect(found(bench)).toEqual([
      ['passed', 'B'],
      ['failed', 'D'],
      ['pending', null],
    ]);
    expect(bench.types).toContain('inspection_corrected');
    expect([bench.unit('1', 1).inspectionId === first, bench.unit('1', 2).inspectionId]).toEqual([false, first]);
    correct(bench, first, good);
    expect(found(bench)[1]).toEqual(['passed', 'B']);
  });
  test('without one a quantity is about what nobody has looked at', () => {
    const { bench } = rejected();
    bench.inspect('1', good);
    expect(found(bench).map(([word]) => word)).toEqual(['failed', 'failed', 'passed']);
  });
  test('true: takes whatever was found before, then what is left', () => {
    const { bench } = rejected();
    correct(bench, true, { ...good, quantity: 3 });
    expect(found(bench).map(([word]) => word)).toEqual(['passed', 'passed', 'passed']);
  });
  test('names one that stands: another is refused, as is one of which nothing stands any more', () => {
    const { bench, first } = rejected();
    expect(ask(bench, 'cmd_nowhere', good)).toEqual(['validation_failed', '/supersedes']);
    correct(bench, first, { ...bad, quantity: 2 });
    expect(ask(bench, first, good)).toEqual(['validation_failed', '/supersedes']);
  });
  test('has no more units than that one, and not those of others', () => {
    const { bench, first } = rejected();
    bench.inspect('1', bad);
    expect(ask(bench, first, { ...good, quantity: 3 })).toEqual(['validation_failed', '/lines/0/units/0/quantity']);
    expect(ask(bench, first, { ...good, unit: 3, quantity: null })).toEqual(['validation_failed', '/lines/0/units/0/unit']);
    expect(ask(bench, null, { ...good, unit: 3, quantity: null })).toBeNull();
  });
  test('changes nothing that is settled, or that an appeal is about', () => {
    const { bench, first } = rejected();
    correct(bench, first, good);
    const second = bench.unit().inspectionId!;
    expect([bench.unit().money, ask(bench, second, bad)]).toEqual(['granted', ['invalid_state', undefined]]);
    bench.do('appeal', {}, 'customer');
    expect(ask(bench, first, good)).toEqual(['invalid_state', undefined]);
    expect(ask(bench, true, { ...good, quantity: 2 })).toEqual(['validation_failed', '/lines/0/units/0/quantity']);
  });
  test('may still be corrected while the line itself waits for its decision', () => {
    const bench = new Bench({ policy: reviewed() }).apply([applicationLine('1', { quantity: 2 })]);
    bench.receive({ '1': 2 });
    bench.inspect('1', { ...inspected(), quantity: 2 });
    correct(bench, bench.unit().inspectionId!, { ...good, quantity: 2 });
    expect(found(bench)).toEqual([
      ['passed', 'B'],
      ['passed', 'B'],
    ]);
  });
});
