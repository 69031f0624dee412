import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { workflowBundle } from '#libs/temporal/bundle';

const root = join(__dirname, '..');
const topFolders = ['apps', 'workflows', 'activities', 'libs', 'test'];

function filesBelow(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
const sources = topFolders.flatMap(filesBelow).filter((path) => /\.(ts|mjs)$/.test(path));
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
const isTest = (path: string) => path.startsWith('test/') || path.endsWith('.test.ts');

interface Import {
  readonly from: string;
  /** A path from the root for our own (`libs/domain/order`), else the name of a package. */
  readonly to: string;
  readonly typeOnly: boolean;
  /** As written. */
  readonly text: string;
}
const importPattern = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)|\brequire(?:\.resolve)?\('([^']+)'\)/g;

function importsOf(path: string): Import[] {
  return [...textOf(path).matchAll(importPattern)].map((match) => {
    const text = match[2] ?? match[3] ?? match[4]!;
    const to = text.startsWith('#') ? text.slice(1) : text.startsWith('.') ? posix.normalize(posix.join(dirname(path), text)) : text;
    return { from: path, to, typeOnly: match[1] !== undefined, text };
  });
}
const imports = sources.filter((path) => path.endsWith('.ts')).flatMap(importsOf);
const ours = (to: string) => topFolders.some((folder) => to.startsWith(`${folder}/`));
const within = (path: string, ...folders: string[]) => folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
const told = ({ from, text }: Import) => `${from} imports ${text}`;
/** What breaks a rule, as lines a person can act on. Tests may reach for tools of their own; what is tested is what ships. */
const broken = (folder: string, allowed: (one: Import) => boolean, alsoTests = false) =>
  imports.filter((one) => within(one.from, folder) && (alsoTests || !isTest(one.from)) && !allowed(one)).map(told);

const ofCalendars = ({ from, to }: Import) =>
  (to === 'luxon' && within(from, 'libs/domain/calendar', 'libs/domain/policy')) || (to.startsWith('chinese-days') && within(from, 'libs/domain/calendar'));
/** A program, a library, or the whole of another top folder. */
const partOf = (path: string) => (within(path, 'apps', 'libs') ? path.split('/').slice(0, 2).join('/') : path.split('/')[0]);
const isFile = (to: string) => [`${to}.ts`, to, `${to}/index.ts`].some((path) => existsSync(join(root, path)));

describe('arrows point one way', () => {
  test('imports are read in every form in which they are written', () => {
    const mine = importsOf('test/architecture.test.ts');
    expect(mine).toContainEqual({ from: 'test/architecture.test.ts', to: 'libs/temporal/bundle', typeOnly: false, text: '#libs/temporal/bundle' });
    expect(mine.map((one) => one.to)).toContain('node:fs');
    expect(imports).toContainEqual({ from: 'workflows/return.workflow.ts', to: 'workflows/return-case', typeOnly: false, text: './return-case' });
    expect(imports).toContainEqual({ from: 'workflows/return.workflow.ts', to: 'libs/domain/return/state', typeOnly: true, text: '#libs/domain/return/state' });
    expect(imports).toContainEqual(expect.objectContaining({ from: 'libs/temporal/bundle.ts', to: 'workflows/return.workflow' }));
    expect(imports.length).toBeGreaterThan(500);
  });
  test('the domain imports nothing but itself, and zones only where calendars are', () => {
    expect(broken('libs/domain', (one) => within(one.to, 'libs/domain') || ofCalendars(one))).toEqual([]);
  });
  test('contracts are zod and the domain', () => {
    expect(broken('libs/contracts', ({ to }) => to === 'zod' || within(to, 'libs/contracts', 'libs/domain'))).toEqual([]);
  });
  test('workflows import the SDK, the domain, contracts, and of activities nothing but types', () => {
    expect(
      broken(
        'workflows',
        ({ to, typeOnly }) =>
          to === '@temporalio/workflow' || within(to, 'workflows', 'libs/domain', 'libs/contracts') || (typeOnly && within(to, 'activities')),
      ),
    ).toEqual([]);
  });
  test('activities know neither programs nor workflows', () => {
    expect(broken('activities', ({ to }) => !within(to, 'apps', 'workflows', 'test'))).toEqual([]);
  });
  test('libraries know neither programs nor activities; the bundler alone knows where the workflows are', () => {
    expect(
      broken('libs', ({ from, to }) => !within(to, 'apps', 'activities', 'test') && (!within(to, 'workflows') || from === 'libs/temporal/bundle.ts')),
    ).toEqual([]);
  });
  test('no program imports another one', () => {
    expect(broken('apps', ({ from, to }) => !within(to, 'apps') || partOf(from) === partOf(to))).toEqual([]);
  });
  test('the sandbox imports nothing of ours, its tests included', () => {
    expect(broken('apps/sandbox', ({ to }) => !ours(to) || within(to, 'apps/sandbox'), true)).toEqual([]);
  });
  test('no file that ships imports one of the tests', () => {
    expect(imports.filter((one) => !isTest(one.from) && within(one.to, 'test')).map(told)).toEqual([]);
  });
  test('a path that leaves its top folder is written from the root, and packages are written without an ending', () => {
    const relatives = imports.filter(({ text }) => text.startsWith('.'));
    // A file with an ending of its own (package.json) is no module of ours.
    expect(relatives.filter(({ from, to }) => partOf(from) !== partOf(to) && !existsSync(join(root, to))).map(told)).toEqual([]);
    expect(imports.filter(({ text }) => text.startsWith('#') && /\.(js|ts)$/.test(text)).map(told)).toEqual([]);
  });
  test('every import of ours leads to a file', () => {
    expect(imports.filter(({ to, text }) => (text.startsWith('#') || text.startsWith('.')) && !isFile(to)).map(told)).toEqual([]);
  });
});

describe('the files', () => {
  test('have at most 350 lines; tests 500', () => {
    const long = sources.map((path) => ({ path, lines: textOf(path).split('\n').length - 1 })).filter(({ path, lines }) => lines > (isTest(path) ? 500 : 350));
    expect(long).toEqual([]);
  });
  test('lie in folders that say what is in them', () => {
    const empty = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'shared', 'lib', 'core', 'src']);
    expect(sources.filter((path) => path.split('/').some((part) => empty.has(part.replace(/\.(test\.)?(ts|mjs)$/, ''))))).toEqual([]);
  });
  test('leave no test out', () => {
    const left = /\b(?:describe|test|it)(?:\.(?:each|concurrent))?\.(?:only|skip|todo)\b|\b(?:fdescribe|fit|xdescribe|xit|xtest)\(/;
    expect(sources.filter((path) => path.endsWith('.test.ts') && left.test(textOf(path).replaceAll(/\/.*\bonly\|skip\b.*\//g, '')))).toEqual([]);
  });
  test('promise nothing for later', () => {
    expect(
      sources.filter((path) => new RegExp(`\\b(?:${['TO', 'FIX'].map((word, index) => word + ['DO', 'ME'][index]).join('|')})\\b`).test(textOf(path))),
    ).toEqual([]);
  });
  test('name no machine and no registry', () => {
    const elsewhere = /(?<![.\w])\/(?:root|home|Users|work)\/[a-z]/;
    expect(sources.filter((path) => elsewhere.test(textOf(path)))).toEqual([]);
  });
});

const matches = (paths: readonly string[], pattern: RegExp) => paths.flatMap((path) => [...textOf(path).matchAll(pattern)].map((match) => match[1]!));
/** Names that programs read from their environment, wherever they read them. */
function variables(): string[] {
  const shipped = sources.filter((path) => !isTest(path));
  const read = matches(shipped, /\b(?:process\.)?env(?:ironment)?\.([A-Z][A-Z0-9_]{2,})\b/g);
  const settings = shipped.filter((path) => path.endsWith('settings.ts'));
  const declared = matches(settings, /^\s+([A-Z][A-Z0-9_]{2,}):/gm);
  // What every system has, what Node and npm bring, and switches of our own tools.
  const foreign = new Set(['PATH', 'HOME', 'NODE_ENV', 'XDG_CACHE_HOME', 'NO_COLOR', 'FORCE_COLOR']);
  return [...new Set([...read, ...declared])].filter((name) => !foreign.has(name)).toSorted();
}

describe('what is configured', () => {
  test('is documented: every variable that a program reads stands in the documentation', () => {
    const pages = ['README.md', ...filesBelow('docs'), ...filesBelow('docker'), ...filesBelow('apps').filter((path) => path.endsWith('README.md'))].filter(
      (path) => /\.(md|example)$/.test(path),
    );
    const documentation = pages.map((path) => textOf(path)).join('\n');
    expect(variables().length).toBeGreaterThan(10);
    expect(variables().filter((name) => !new RegExp(`\\b${name}\\b`).test(documentation))).toEqual([]);
  });
});

describe('the workflow bundle', () => {
  test('is made from the sources, and takes nothing along that has no business in a workflow', async () => {
    const bundle = await workflowBundle('');
    if (!('code' in bundle)) throw new Error('no code');
    const modules = [...bundle.code.matchAll(/^\s*\/\*\*\*\/ "([^"]+)"/gm)].map((match) => match[1]!.split(sep).join('/'));
    expect(modules).toEqual(
      expect.arrayContaining([expect.stringMatching(/workflows\/return-case\.ts$/), expect.stringMatching(/libs\/domain\/return\/evolve\.ts$/)]),
    );
    const strangers =
      /node_modules\/(?:typeorm|zod|luxon|pg|@nestjs)\/|(?:^|external )"?node:(?:fs|net|http|crypto)|libs\/(?:persistence|access|temporal)\/|\/apps\//;
    expect(modules.filter((name) => strangers.test(name))).toEqual([]);
    expect(bundle.code).not.toMatch(/require\("(?:typeorm|zod|luxon|node:fs)"\)|node_modules\/(?:typeorm|zod|luxon)\//);
    // The rules are the transaction's: only what follows from what became true is under replay.
    expect(modules.filter((name) => name.endsWith('libs/domain/return/decide.ts'))).toEqual([]);
  });
});
