import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, openSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { signalGroup, writeIdentity } from './process-identity';
import { StackError, messageOf } from './stack-error';

export interface ProcessSpec {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Asks the process whether it does its work; asked again until it says so. */
  ready(): Promise<boolean>;
  readyWithinMs: number;
  stopSignal: NodeJS.Signals;
  stopWithinMs: number;
}

export interface ProcessPlace {
  logFile: string;
  pidFile: string;
  /** One line for the person who started the stack. */
  say: (line: string) => void;
}

/** Waits between a death and the next start, in ms; the last one repeats. */
const BACKOFF = [200, 500, 1_000, 2_000, 5_000, 10_000];
/** A process that ran this long did not die of its start: the next wait is the shortest again. */
const SETTLED_MS = 60_000;
const LOG_LIMIT_BYTES = 50 * 1024 * 1024;

/**
 * One program of the stack. It leads a process group of its own, so that Ctrl-C in a terminal reaches only us and we can stop everything in order; it writes to a
 * file itself, so that it does not depend on us; and its number is on disk, so that the next start finds it if we are killed.
 */
export class ManagedProcess {
  private child?: ChildProcess;
  private wanted = false;
  private deaths = 0;
  private startedAt = 0;
  private restartTimer?: NodeJS.Timeout;
  private logTimer?: NodeJS.Timeout;
  private died?: string;
  private logFrom = 0;
  /** Children that were told to end: one of them is not started again when its start completes late. */
  private readonly stopped = new WeakSet<ChildProcess>();

  constructor(
    public spec: ProcessSpec,
    private readonly place: ProcessPlace,
  ) {}

  get name(): string {
    return this.spec.name;
  }

  get pid(): number | undefined {
    return this.isUp() ? this.child?.pid : undefined;
  }

  isUp(): boolean {
    return this.child?.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts the program and waits until it is ready. Throws with its last words when it ends before that. */
  async start(signal?: AbortSignal): Promise<void> {
    if (this.isUp()) return;
    if (signal?.aborted) throw new StackError('the start was interrupted.');
    this.launch();
    const child = this.child;
    try {
      await this.becomeReady(signal);
    } catch (error) {
      await this.stop(true);
      throw error;
    }
    if (child && this.stopped.has(child)) throw new StackError(`${this.name} was stopped while starting.`);
    this.wanted = true;
    if (!this.isUp()) this.scheduleRestart(this.died ?? 'ended');
  }

  /** Waits until the running program answers, through restarts if need be. */
  async untilReady(): Promise<void> {
    const until = Date.now() + this.spec.readyWithinMs;
    while (!(this.isUp() && (await this.answers()))) {
      if (Date.now() > until) throw new StackError(`${this.name} did not become ready within ${this.spec.readyWithinMs / 1000} s.${this.lastWords()}`);
      await sleep(50);
    }
  }

  /** Sends a signal and lets things take their course: a death is followed by a restart. */
  kill(signal: NodeJS.Signals): void {
    if (!this.isUp()) return;
    if (signal === 'SIGKILL') signalGroup(this.child!.pid!, signal);
    else this.child!.kill(signal);
  }

  /** Ends the program at once, with what it has under way, and keeps it down. */
  end(): void {
    this.wanted = false;
    clearTimeout(this.restartTimer);
    this.kill('SIGKILL');
  }

  /** Ends the program and keeps it down. Resolves when it is gone. */
  async stop(hurry = false): Promise<void> {
    this.wanted = false;
    clearTimeout(this.restartTimer);
    clearInterval(this.logTimer);
    const child = this.child;
    if (child) this.stopped.add(child);
    if (child && this.isUp()) {
      const gone = new Promise<void>((done) => child.once('exit', () => done()));
      child.kill(this.spec.stopSignal);
      const patience = setTimeout(() => signalGroup(child.pid!, 'SIGKILL'), hurry ? 1_500 : this.spec.stopWithinMs);
      await gone;
      clearTimeout(patience);
    }
    rmSync(this.place.pidFile, { force: true });
  }

  private lastWords(): string {
    return lastWords(this.place.logFile, this.logFrom);
  }

  private launch(): void {
    this.limitLog();
    this.logFrom = sizeOf(this.place.logFile);
    const log = openSync(this.place.logFile, 'a', 0o600);
    const { command, args, env, cwd, uid, gid } = this.spec;
    this.died = undefined;
    this.startedAt = Date.now();
    const child = spawn(command, args, { env, cwd, uid, gid, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    this.child = child;
    child.once('error', (error) => {
      this.died = messageOf(error);
    });
    child.once('exit', (code, signal) => {
      if (this.child !== child) return;
      this.died = signal ? `was ended by ${signal}` : `ended with code ${code}`;
      rmSync(this.place.pidFile, { force: true });
      if (child.pid) signalGroup(child.pid, 'SIGKILL'); // whatever it left in its group
      if (this.wanted) this.scheduleRestart(this.died);
    });
    if (child.pid) writeIdentity(this.place.pidFile, child.pid);
    clearInterval(this.logTimer);
    this.logTimer = setInterval(() => this.limitLog(), 60_000).unref();
  }

  private async becomeReady(signal?: AbortSignal): Promise<void> {
    const until = Date.now() + this.spec.readyWithinMs;
    while (!(await this.answers())) {
      if (signal?.aborted) throw new StackError('the start was interrupted.');
      if (this.died) throw new StackError(`${this.name} ${this.died} while starting.${this.lastWords()}`);
      if (Date.now() > until) throw new StackError(`${this.name} did not become ready within ${this.spec.readyWithinMs / 1000} s.${this.lastWords()}`);
      await sleep(100);
    }
  }

  private async answers(): Promise<boolean> {
    try {
      return await this.spec.ready();
    } catch {
      return false;
    }
  }

  private scheduleRestart(how: string): void {
    if (Date.now() - this.startedAt > SETTLED_MS) this.deaths = 0;
    const wait = BACKOFF[Math.min(this.deaths, BACKOFF.length - 1)]!;
    this.deaths++;
    this.place.say(`${this.name} ${how}; starting it again${wait >= 1_000 ? ` in ${wait / 1_000} s` : ''}. Its log: ${this.place.logFile}`);
    this.restartTimer = setTimeout(() => {
      if (!this.wanted) return;
      this.launch();
      const child = this.child;
      void this.reportReturn(child);
    }, wait);
  }

  private async reportReturn(child: ChildProcess | undefined): Promise<void> {
    const until = Date.now() + this.spec.readyWithinMs;
    while (this.child === child && this.isUp() && this.wanted && Date.now() < until) {
      if (await this.answers()) return this.place.say(`${this.name} is back.`);
      await sleep(100);
    }
  }

  /** The file is opened for appending, so it may be emptied under the program's hands. One older part is kept. */
  private limitLog(): void {
    const { logFile } = this.place;
    if (sizeOf(logFile) < LOG_LIMIT_BYTES) return;
    copyFileSync(logFile, `${logFile}.1`);
    truncateSync(logFile);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The end of what a program wrote to its log since it was at byte `from`, indented below a message; empty when that is nothing. */
function lastWords(logFile: string, from: number, lines = 12): string {
  if (!existsSync(logFile)) return '';
  const bytes = readFileSync(logFile);
  const text = bytes
    .subarray(from <= bytes.length ? from : 0)
    .toString('utf8')
    .slice(-16_000)
    .trimEnd();
  if (text === '') return '';
  const last = text.split('\n').slice(-lines);
  return `\nThe last lines of ${logFile}:\n${last.map((line) => `  ${line.slice(0, 500)}`).join('\n')}`;
}

export interface JobSpec {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  withinMs: number;
}

/** Runs a program to its end, its output in the log file. Throws with its last words unless it ends well. */
export async function runOnce(spec: JobSpec, place: ProcessPlace, signal?: AbortSignal): Promise<void> {
  const from = sizeOf(place.logFile);
  const log = openSync(place.logFile, 'a', 0o600);
  const child = spawn(spec.command, spec.args, { env: spec.env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const stop = () => {
    if (child.pid !== undefined && child.exitCode === null) signalGroup(child.pid, 'SIGKILL');
  };
  const patience = setTimeout(stop, spec.withinMs);
  signal?.addEventListener('abort', stop, { once: true });
  if (child.pid) writeIdentity(place.pidFile, child.pid);
  const failure = await new Promise<string | undefined>((done) => {
    child.once('error', (error) => done(messageOf(error)));
    child.once('exit', (code, by) => done(code === 0 ? undefined : by ? `was ended by ${by}` : `ended with code ${code}`));
  });
  clearTimeout(patience);
  signal?.removeEventListener('abort', stop);
  rmSync(place.pidFile, { force: true });
  if (signal?.aborted) throw new StackError('the start was interrupted.');
  if (failure) throw new StackError(`${spec.name} ${failure}.${lastWords(place.logFile, from)}`);
}
