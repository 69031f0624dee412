import * as fs from 'node:fs';
import * as path from 'node:path';
import { Journal } from './journal';
import { newFolder, removeFolders } from './testing';

const content = (journal: Journal, name = 'things') => Object.fromEntries(journal.collection(name));

afterAll(() => removeFolders());

describe('the journal', () => {
  let folder: string;
  let file: string;
  const opened: Journal[] = [];
  const open = (location = folder): Journal => {
    const journal = new Journal(location);
    opened.push(journal);
    return journal;
  };

  beforeEach(() => {
    folder = newFolder();
    file = path.join(folder, 'sandbox.jsonl');
  });
  afterEach(() => {
    for (const journal of opened.splice(0)) journal.close();
  });

  it('gives back what was written, the last word on each key, in the order the keys came', () => {
    const first = open();
    first.write(['things', 'b', { n: 1 }], ['others', 'x', { n: 0 }]);
    first.write(['things', 'a', { n: 2 }]);
    first.write(['things', 'b', { n: 3 }], ['others', 'x', null]);
    // Not closed: a killed process does not close either.
    const second = open();
    expect([...second.collection('things')]).toEqual([
      ['b', { n: 3 }],
      ['a', { n: 2 }],
    ]);
    expect(content(second, 'others')).toEqual({});
  });

  it('ignores a last line that was cut off, and goes on from there', () => {
    open().write(['things', 'a', { n: 1 }], ['things', 'b', { n: 1 }]);
    fs.appendFileSync(file, '[["things","a",{"n":2}],["thin');
    const second = open();
    expect(content(second)).toEqual({ a: { n: 1 }, b: { n: 1 } });
    expect(second.unreadable).toBe(0);
    second.write(['things', 'c', { n: 1 }]);
    expect(content(open())).toEqual({ a: { n: 1 }, b: { n: 1 }, c: { n: 1 } });
  });

  it('passes over a damaged line, says so, and keeps the file that held it', () => {
    open().write(['things', 'a', { n: 1 }]);
    fs.appendFileSync(file, '\0\0\0\n{"not":"a list"}\n[["things","b",{"n":1}]]\n');
    const second = open();
    expect(second.unreadable).toBe(2);
    expect(content(second)).toEqual({ a: { n: 1 }, b: { n: 1 } });
    expect(fs.readFileSync(`${file}.damaged`, 'utf8')).toContain('not');
    expect(open().unreadable).toBe(0);
  });

  it('drops outdated lines at start', () => {
    const first = open();
    for (let n = 0; n < 1_000; n += 1) first.write(['things', 'a', { n }]);
    const before = fs.statSync(file).size;
    expect(content(open())).toEqual({ a: { n: 999 } });
    expect(fs.statSync(file).size).toBeLessThan(before / 100);
  });

  it('drops outdated lines while running, and loses nothing by it', () => {
    const first = open();
    for (let n = 0; n < 50_100; n += 1) first.write(['things', `k${n % 10}`, { n }]);
    expect(fs.readFileSync(file, 'utf8').split('\n').length).toBeLessThan(1_000);
    expect(content(open())['k9']).toEqual({ n: 50_099 });
  });

  it('changes nothing when it cannot write', () => {
    const journal = open();
    journal.write(['things', 'a', { n: 1 }]);
    journal.close();
    expect(() => journal.write(['things', 'a', { n: 2 }])).toThrow();
    expect(content(journal)).toEqual({ a: { n: 1 } });
    expect(content(open())).toEqual({ a: { n: 1 } });
  });

  it('lives in a file where a file is named, and makes the folders it needs', () => {
    open(path.join(folder, 'deep', 'memory.jsonl')).write(['things', 'a', { n: 1 }]);
    expect(fs.existsSync(path.join(folder, 'deep', 'memory.jsonl'))).toBe(true);
    open(path.join(folder, 'deeper', 'still')).write(['things', 'a', { n: 1 }]);
    expect(fs.existsSync(path.join(folder, 'deeper', 'still', 'sandbox.jsonl'))).toBe(true);
  });
});
