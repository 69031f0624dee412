// What `npm start` and `npm test` need before any of our TypeScript can run: the packages, and `dist`.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const compiler = join(root, 'node_modules', 'typescript-native', 'bin', 'tsc');
const stampFile = join(root, 'dist', '.sources');

/** URL of a built file, for `import()`. */
export const built = (path) => pathToFileURL(join(root, 'dist', path)).href;

export function checkArguments(args) {
  const unknown = args.find((arg) => !['--fresh', '--help', '-h'].includes(arg));
  if (unknown) throw new Error(`unknown option ${unknown}; there is --fresh (forget all local data and start over).`);
  if (args.includes('--help') || args.includes('-h')) {
    console.log(
      'npm start [-- --fresh]\n  PORT            the API (3000); every other port is a free one\n  BOOMERANG_HOME  the data (.boomerang)\n  TEMPORAL_ADDRESS  a Temporal server to use instead of an own one\n  --fresh         forget all local data and start over',
    );
    process.exit(0);
  }
}

/** Runs a command with its output passed on; resolves with the exit code. */
function run(command, args) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
    child.once('error', fail);
    child.once('exit', (code, signal) => done(signal ? 1 : code));
  });
}

/** What npm noted about node_modules is compared with the lock file package by package: times of files lie after a checkout. */
function packagesAreCurrent() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (!existsSync(installed) || !existsSync(compiler)) return false;
  if (!existsSync(lock)) return true;
  const have = JSON.parse(readFileSync(installed, 'utf8')).packages;
  const want = JSON.parse(readFileSync(lock, 'utf8')).packages;
  return Object.entries(want).every(([path, entry]) => path === '' || entry.optional || entry.devOptional || have[path]?.version === entry.version);
}

export async function ensurePackages(say = console.log) {
  if (packagesAreCurrent()) return;
  say('Installing packages (once, about a minute) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  try {
    if (existsSync(join(root, 'package-lock.json'))) {
      if ((await run(npm, ['ci', ...quiet])) === 0) return;
      say('npm ci did not work; trying npm install …');
    }
    if ((await run(npm, ['install', ...quiet])) === 0) return;
  } catch (error) {
    throw new Error(`npm could not be run: ${error.message}`, { cause: error });
  }
  throw new Error('the packages could not be installed; npm says why above.');
}

/** Paths, sizes and times of everything the build reads. */
function sourceStamp() {
  const hash = createHash('sha256');
  const add = (path) => {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  };
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts')) add(path);
    }
  };
  for (const file of ['package.json', 'tsconfig.json', 'tsconfig.build.json']) add(file);
  for (const folder of ['apps', 'workflows', 'activities', 'libs', 'test']) if (existsSync(join(root, folder))) walk(folder);
  return hash.digest('hex');
}

const isCurrent = (stamp) => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;

/** One build at a time: two starts of one checkout would write the same files. */
async function withBuildLock(work) {
  const lock = join(root, 'dist', '.building');
  mkdirSync(dirname(lock), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (isAlive(Number(readFileSync(lock, 'utf8')))) await sleep(200);
      else rmSync(lock, { force: true });
    }
  }
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isAlive(pid) {
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

export async function ensureBuild(say = console.log) {
  const stamp = sourceStamp();
  if (isCurrent(stamp)) return;
  try {
    await withBuildLock(async () => {
      if (isCurrent(stamp)) return;
      say('Building …');
      rmSync(stampFile, { force: true });
      if (!existsSync(join(root, 'dist', 'apps'))) rmSync(join(root, 'dist', '.tsbuildinfo'), { force: true });
      if ((await run(process.execPath, [compiler, '-p', 'tsconfig.build.json'])) !== 0) throw new Error('the build failed; the compiler says why above.');
      // A compiler writes no programs; `npx boomerang` runs this one.
      chmodSync(join(root, 'dist', 'apps', 'api', 'boomerang.js'), 0o755);
      if ((await run(process.execPath, [join(root, 'dist', 'libs', 'temporal', 'build-bundle.js')])) !== 0)
        throw new Error('the build failed; the bundler says why above.');
      writeFileSync(stampFile, stamp);
    });
  } catch (error) {
    if (['EACCES', 'EROFS', 'EPERM'].includes(error.code)) throw new Error(`${join(root, 'dist')} cannot be written: ${error.message}`, { cause: error });
    throw error;
  }
}
