import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readIdentity, signalGroup, writeIdentity } from './process-identity';
import { projectRoot } from './project-root';
import { StackError, isDenied, messageOf } from './stack-error';

/** The oldest server that has what the product asks of one (Update-with-start, Updates that survive a server's restart). */
const OLDEST_SERVER = [1, 28] as const;
const DOWNLOAD_STALL_MS = 20_000;
const PROGRESS_MS = 5_000;
const sources = join(projectRoot, 'docker', 'temporal-cli');

export interface Finding {
  say: (line: string) => void;
  signal?: AbortSignal;
}

/** Where built and downloaded programs are kept for all checkouts of this user. */
export function cacheFolder(): string {
  return process.env.BOOMERANG_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'boomerang');
}

/**
 * The `temporal` command, whose `server start-dev` is the local server: on PATH, in the cache, from the official download, or built with Go. The last two cost time
 * once. Throws with what to do when none of them works.
 */
export async function findTemporal(finding: Finding): Promise<string> {
  const found = onPath(finding) ?? inCache();
  if (found) return found;
  const why: string[] = [];
  const downloaded = await download(finding, why);
  if (downloaded) return downloaded;
  const made = await build(finding, why);
  if (made) return made;
  throw new StackError(
    [
      'no Temporal server was found, and none could be had:',
      ...why.map((reason) => `  - ${reason}`),
      'Do one of these and start again:',
      '  - install the Temporal CLI (https://docs.temporal.io/cli/setup-cli) so that `temporal` is on PATH',
      '  - install Go 1.26 or newer (https://go.dev/dl/), with which the server is built here in about ten minutes, once',
      '  - point to a running server: TEMPORAL_ADDRESS=host:7233 npm start',
    ].join('\n'),
  );
}

/** Runs, and holds a server that is new enough. Answers why not otherwise. */
function unfit(binary: string): string | undefined {
  const run = spawnSync(binary, ['--version'], { encoding: 'utf8', timeout: 15_000 });
  if (run.status !== 0) return run.error ? messageOf(run.error) : `it ends with ${run.status ?? run.signal}`;
  const version = /Server (\d+)\.(\d+)/.exec(run.stdout);
  if (!version) return `its server's version is not known ("${run.stdout.trim().slice(0, 80)}")`;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const tooOld = major < OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor < OLDEST_SERVER[1]);
  return tooOld ? `its server is ${major}.${minor}, and ${OLDEST_SERVER.join('.')} or newer is needed` : undefined;
}

function onPath({ say }: Finding): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const candidate = join(folder, 'temporal');
    if (!existsSync(candidate)) continue; // also where we may not look
    const reason = unfit(candidate);
    if (!reason) return candidate;
    say(`${candidate} is not used: ${reason}.`);
  }
  return undefined;
}

function pinnedName(): string {
  const sums = createHash('sha256').update(readFileSync(join(sources, 'go.sum')));
  return `temporal-${sums.digest('hex').slice(0, 12)}`;
}

function inCache(): string | undefined {
  const bin = join(cacheFolder(), 'bin');
  return [pinnedName(), 'temporal', 'temporal-official'].map((name) => join(bin, name)).find((path) => existsSync(path) && !unfit(path));
}

/** The SDK knows where the official build for this platform is. It has no way to give up, so it works in a process that can be ended. */
async function download({ say, signal }: Finding, why: string[]): Promise<string | undefined> {
  const folder = join(cacheFolder(), 'download');
  const bin = join(cacheFolder(), 'bin');
  makeFolders(folder, bin);
  say('No Temporal server here yet: trying the official download …');
  const script = `require('@temporalio/testing').TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'cached-download', downloadDir: process.argv[1] } } })
    .then((env) => env.teardown()).then(() => process.exit(0), (error) => { console.error(String(error.message).slice(-300)); process.exit(1); });`;
  const child = spawn(process.execPath, ['-e', script, folder], { cwd: projectRoot, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = outcome(child);
  let seen = -1;
  let grownAt = Date.now();
  let toldAt = Date.now();
  for (;;) {
    const result = await Promise.race([ended, sleep(250)]);
    const size = sizeOf(folder);
    if (result) {
      const official = result.code === 0 ? readdirSync(folder).find((name) => name.startsWith('temporal') && !name.endsWith('.downloading')) : undefined;
      if (!official) {
        why.push(`the official download did not work: ${result.errors.trim().split('\n').at(-1) || 'nothing arrived'}`);
        return undefined;
      }
      renameSync(join(folder, official), join(bin, 'temporal-official'));
      return join(bin, 'temporal-official');
    }
    if (size !== seen) [seen, grownAt] = [size, Date.now()];
    if (signal?.aborted || Date.now() - grownAt > DOWNLOAD_STALL_MS) {
      signalGroup(child.pid!, 'SIGKILL');
      if (signal?.aborted) throw new StackError('the start was interrupted.');
      why.push(`the official download did not move for ${DOWNLOAD_STALL_MS / 1000} s`);
      return undefined;
    }
    if (Date.now() - toldAt > PROGRESS_MS) {
      toldAt = Date.now();
      say(`  downloading Temporal: ${Math.round(size / 1e6)} MB`);
    }
  }
}

/** Builds the pinned command line tool. One build at a time for all checkouts of this user: a second start waits for the first one's. */
async function build(finding: Finding, why: string[]): Promise<string | undefined> {
  const version = spawnSync('go', ['version'], { encoding: 'utf8', cwd: sources });
  if (version.status !== 0) {
    why.push(version.error ? 'Go is not installed, so it cannot be built' : `Go does not run: ${version.stderr.trim().split('\n').at(-1)}`);
    return undefined;
  }
  const bin = join(cacheFolder(), 'bin');
  makeFolders(bin);
  const target = join(bin, pinnedName());
  const lock = join(cacheFolder(), 'building');
  for (let told = false; readIdentity(lock); told = true) {
    if (!told) finding.say('Another start is building the Temporal server; waiting for it …');
    if (finding.signal?.aborted) throw new StackError('the start was interrupted.');
    await sleep(1_000);
  }
  if (existsSync(target)) return target;
  writeIdentity(lock, process.pid);
  try {
    finding.say('Building the Temporal server with Go: about ten minutes, once …');
    const failure = await compile(target, finding);
    if (!failure) return target;
    why.push(`building it with Go failed: ${failure}`);
    return undefined;
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Answers the compiler's complaint, or undefined when the program is in its place. `-trimpath` everywhere: Go's cache tells the two forms apart. */
async function compile(target: string, { say, signal }: Finding): Promise<string | undefined> {
  const making = `${target}.${process.pid}`;
  const child = spawn('go', ['build', '-trimpath', '-v', '-o', making, 'github.com/temporalio/cli/cmd/temporal'], {
    cwd: sources,
    env: { ...process.env, GOFLAGS: '-mod=readonly' },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const began = Date.now();
  let packages = 0;
  let modules = 0;
  let latest = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n').filter(Boolean)) {
      if (line.startsWith('go: downloading')) modules++;
      else packages++;
      latest = line;
    }
  });
  const progress = setInterval(() => {
    const seconds = Math.round((Date.now() - began) / 1000);
    const done = packages ? `${packages} packages compiled, ${latest}` : modules ? `${modules} modules downloaded` : 'looking at what is there, then linking';
    say(`  ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}  ${done}`);
  }, PROGRESS_MS);
  const stop = () => signalGroup(child.pid!, 'SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  const { code, errors } = await outcome(child);
  clearInterval(progress);
  signal?.removeEventListener('abort', stop);
  if (code === 0) {
    renameSync(making, target);
    return undefined;
  }
  rmSync(making, { force: true });
  if (signal?.aborted) throw new StackError('the start was interrupted.');
  return errors.trim().split('\n').slice(-3).join(' ') || `go ended with ${code}`;
}

async function outcome(child: ChildProcess): Promise<{ code: number | null; errors: string }> {
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4_000);
  });
  return await new Promise((done) => {
    child.once('error', (error) => done({ code: -1, errors: messageOf(error) }));
    child.once('close', (code) => done({ code, errors }));
  });
}

function makeFolders(...folders: string[]): void {
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw new StackError(
        `${folder} cannot be made${isDenied(error) ? ' by this user' : `: ${messageOf(error)}`}; set BOOMERANG_CACHE to a folder for programs that are fetched once.`,
      );
    }
  }
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}
