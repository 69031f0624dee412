import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentRules, ruleBook } from './rule-versions';
import { settleWith, settleWithUnits, UnknownRuleVersion, type Settled } from './settle';
import type { SettlementInput } from './settlement-types';

const folder = join(__dirname, 'golden');
interface Golden {
  readonly rules: object;
  /** What the inputs came to, in their sequence. */
  readonly settled: readonly Settled[];
}
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
/** Those that came later stand behind: a recording is of the first ones, in their sequence. */
const inputs = ['inputs.json', 'more-inputs.json'].flatMap((name) => read(name) as readonly SettlementInput[]);

/** RECORD_SETTLEMENTS=NAME writes down what today's rules make of the inputs. A recording is never written over: it says what settlements of its time are. */
const wanted = process.env.RECORD_SETTLEMENTS;
if (wanted !== undefined && !existsSync(join(folder, `${wanted}.json`))) {
  const rows = inputs.map((input) => JSON.stringify(settleWithUnits(input)));
  writeFileSync(join(folder, `${wanted}.json`), `{\n"rules": ${JSON.stringify(currentRules)},\n"settled": [\n${rows.join(',\n')}\n]\n}\n`);
}
const recordings = readdirSync(folder).filter((name) => !name.endsWith('inputs.json'));

describe.each(recordings)('what was settled by %s', (name) => {
  const { rules, settled } = read(name) as Golden;
  test.each(settled.map((one, index) => [index, one] as const))('settlement %i comes out to the letter', (index, one) => {
    const input = inputs[index];
    if (input === undefined) throw new Error('a settlement without its inputs');
    expect(JSON.parse(JSON.stringify(settleWith(rules, input)))).toEqual(one);
  });
});

test('every version of every rule is in a recording, which only grows', () => {
  expect(recordings).toEqual(expect.arrayContaining(['settlement-1.json', 'rules-2026-11.json', 'rules-2026-11-22.json']));
  const books = recordings.map((name) => ruleBook((read(name) as Golden).rules));
  for (const [rule, now] of Object.entries(ruleBook(currentRules))) expect(books.map((book) => book[rule as keyof typeof book])).toContain(now);
});

test('versions that were stored for all rules together stand for the first of each', () => {
  const { model, allocator, ...first } = ruleBook({ model: 'as_paid', allocator: 'largest-remainder-1', settlement: 1 });
  expect([model, allocator.version]).toEqual(['as_paid', 'largest-remainder-1']);
  const one = Object.fromEntries(Object.keys(first).map((rule) => [rule, 1]));
  expect(ruleBook({ model, allocator: allocator.version, ...one })).toEqual({ model, allocator, ...first });
});

test('versions survive being stored', () => {
  expect(ruleBook(JSON.parse(JSON.stringify(currentRules)))).toEqual(ruleBook(currentRules));
});

test.each<[unknown, string]>([
  [{ ...currentRules, allocator: 'largest-remainder-2' }, 'the rule "allocator" has no version "largest-remainder-2"; there is largest-remainder-1'],
  [{ ...currentRules, fees: 3 }, 'the rule "fees" has no version 3; there are 1, 2'],
  [{ ...currentRules, fees: '' }, 'the rule "fees" has no version ""; there are 1, 2'],
  [{ ...currentRules, fees: 'constructor' }, 'the rule "fees" has no version "constructor"; there are 1, 2'],
  [{ ...currentRules, points: undefined }, 'no version of the rule "points" is named; there is 1'],
  [{ ...currentRules, points: null }, 'the rule "points" has no version null; there is 1'],
  [{ ...currentRules, model: ['as_paid'] }, 'the rule "model" has no version ["as_paid"]; there is as_paid'],
  [{ model: 'as_paid', allocator: 'largest-remainder-1', settlement: 2 }, 'the rule "shares" has no version 2; there is 1'],
  [{}, 'no version of the rule "model" is named; there is as_paid'],
  [null, 'no version of the rule "model" is named; there is as_paid'],
  ['settlement-1', 'no version of the rule "model" is named; there is as_paid'],
])('unknown versions are an error that names them: %j', (rules, message) => {
  const [input] = inputs;
  if (input === undefined) throw new Error('no inputs');
  const attempt = () => settleWith(rules, input);
  expect(attempt).toThrow(UnknownRuleVersion);
  expect(attempt).toThrow(expect.objectContaining({ code: 'unknown_rule_version', message }));
});
