// What `npm test` runs: everything a checkout needs to be tested, step by step, and nothing left behind.
//   npm test                                  all tests, against a whole stack on free ports
//   npm test -- --selectProjects unit         those without a server
//   npm test -- test/e2e                      further arguments are jest's
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { built, ensureBuild, ensurePackages, root } from '../apps/local/prepare.mjs';

const args = process.argv.slice(2);
const runId = randomBytes(8).toString('hex');
const step = (text) => console.error(`[test] ${text}`);

/** Whether the jest project with the stack takes part. */
function needsStack() {
  const at = args.findIndex((arg) => arg === '--selectProjects' || arg.startsWith('--selectProjects='));
  if (at < 0) return true;
  const first = args[at].includes('=') ? [args[at].split('=')[1]] : [];
  const rest = args.slice(at + 1);
  const end = rest.findIndex((arg) => arg.startsWith('-'));
  return [...first, ...(end < 0 ? rest : rest.slice(0, end))].includes('system');
}

/** Ends what is noted as running in a test home, and removes the home. Answers the names of what still ran. */
async function clearHome(home, { readIdentity, signalGroup }) {
  const notes = join(home, 'run');
  const found = [];
  for (const name of existsSync(notes) ? readdirSync(notes).filter((file) => file.endsWith('.pid')) : []) {
    const identity = readIdentity(join(notes, name));
    if (!identity) continue;
    found.push(name.replace('.pid', ''));
    signalGroup(identity.pid, 'SIGKILL');
  }
  if (found.length) await sleep(200);
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  return found;
}

/** Homes of runs that were killed with everything in them. */
async function clearAbandoned(identity) {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith('boomerang-test-'))) {
    const home = join(tmpdir(), name);
    const holder = identity.readIdentity(join(home, 'run', 'lock'));
    const old = Date.now() - statSync(home).mtimeMs > 60_000; // a younger one may be about to take its lock
    if (!holder && old) await clearHome(home, identity).catch(() => undefined);
  }
}

/** Processes that carry this run's mark in their environment: all that ever came of it. Linux can tell; elsewhere the notes in the home have to do. */
function descendants() {
  if (process.platform !== 'linux') return [];
  const mark = `BOOMERANG_TEST_RUN=${runId}`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark);
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function leftBehind() {
  for (let attempt = 0; attempt < 200 && descendants().length; attempt++) await sleep(50);
  return descendants().map((pid) => {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 120);
    process.kill(pid, 'SIGKILL');
    return `${pid} ${command}`;
  });
}

/** Runs jest in a process group of its own. Its closing line is held back, so that it is the last line whatever else wants to be said. */
function jest(workers, env) {
  const child = spawn(process.execPath, [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...workers, ...args], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let pending = '';
  let closing = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    const lines = (pending + chunk).split('\n');
    pending = lines.pop();
    for (const line of lines) {
      if (/^\d+ passed, \d+ failed$/.test(line)) closing = line;
      else process.stdout.write(`${line}\n`);
    }
  });
  const done = new Promise((resolve) => {
    child.once('close', (code, signal) => {
      if (pending) process.stdout.write(pending);
      resolve({ code: signal ? 1 : code, closing });
    });
  });
  return { child, done };
}

/** The options of each run of jest. All tests take two: those beside the code side by side, then those that share a stack. */
function runs(withStack) {
  // One test file at a time against the stack: some of them take parts of it away. One worker process, renewed when it has grown.
  const [together, inTurn] = [['--maxWorkers=2'], ['--maxWorkers=1', '--workerIdleMemoryLimit=1500MB']];
  if (args.length === 0)
    return [
      ['--selectProjects=unit', ...together],
      ['--selectProjects=system', ...inTurn],
    ];
  const chosen = args.some((arg) => /^(--maxWorkers|-w|--runInBand|-i$|--detectOpenHandles)/.test(arg));
  return [chosen ? [] : withStack ? inTurn : together];
}

/** "12 passed, 0 failed", of all runs. */
function sumOf(closings) {
  const counts = closings.map((line) => line.match(/\d+/g).map(Number));
  const [passed, failed] = [0, 1].map((at) => counts.reduce((sum, one) => sum + one[at], 0));
  return `${passed} passed, ${failed} failed`;
}

async function main() {
  step('packages …');
  await ensurePackages(step);
  step('build …');
  await ensureBuild(step);
  const identity = await import(built('apps/local/process-identity.js'));
  await clearAbandoned(identity);
  const withStack = needsStack();
  if (withStack && !process.env.TEMPORAL_ADDRESS) {
    const { findTemporal } = await import(built('apps/local/temporal-binary.js'));
    step(`Temporal server: ${await findTemporal({ say: step })}`);
  }
  const home = mkdtempSync(join(tmpdir(), 'boomerang-test-'));
  if (process.getuid?.() === 0) chmodSync(home, 0o711);
  step(withStack ? 'jest, with a stack of its own …' : 'jest …');
  const color = process.stderr.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: '1' } : {};
  const env = { ...process.env, ...color, BOOMERANG_TEST_HOME: home, BOOMERANG_TEST_RUN: runId };
  let child;
  let interrupted = 0;
  const interrupt = (signal, code) => {
    if (interrupted) return;
    interrupted = code;
    step(`${signal}: ending the run`);
    const { pid } = child;
    identity.signalGroup(pid, 'SIGTERM');
    setTimeout(() => identity.signalGroup(pid, 'SIGKILL'), 3_000).unref();
  };
  process.on('SIGINT', () => interrupt('SIGINT', 130));
  process.on('SIGTERM', () => interrupt('SIGTERM', 143));
  process.on('SIGHUP', () => interrupt('SIGHUP', 129));

  let code = 0;
  const closings = [];
  for (const options of runs(withStack)) {
    const run = jest(options, env);
    child = run.child;
    const ended = await run.done;
    code ||= ended.code;
    closings.push(ended.closing);
    if (interrupted) break;
  }
  const running = await clearHome(home, identity);
  const left = await leftBehind();
  if (interrupted) process.exit(interrupted);
  for (const what of new Set([...running, ...left])) step(`was left running, and has been ended: ${what}`);
  if (closings.every(Boolean)) console.log(sumOf(closings));
  process.exit(code || (running.length + left.length ? 1 : 0));
}

main().catch((error) => {
  console.error(`[test] ${error instanceof Error ? error.message : error}`);
  process.exit(1);
});
