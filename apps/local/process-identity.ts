import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process, told apart from a later one with the same number by when it was started. */
export interface ProcessIdentity {
  pid: number;
  started: string;
}

/** When the process was started, in the system's own words; undefined when there is none (a zombie is none). */
function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  const ps = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const line = ps.status === 0 ? ps.stdout.trim() : '';
  return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
}

export function identify(pid: number): ProcessIdentity | undefined {
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, started };
}

export function isRunning({ pid, started }: ProcessIdentity): boolean {
  return startOf(pid) === started;
}

/** The command line, for telling whose process a number is when nothing else was written down. */
export function commandLine(pid: number): string {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
}

export function writeIdentity(file: string, pid: number): void {
  const identity = identify(pid);
  if (identity) writeFileSync(file, JSON.stringify(identity));
}

/** The process a file names, if it still runs; a file that names none is removed. */
export function readIdentity(file: string): ProcessIdentity | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const identity = JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
    if (isRunning(identity)) return identity;
  } catch {
    // half written by a process that was killed: it names nobody
  }
  rmSync(file, { force: true });
  return undefined;
}

/** Signals a whole process group, or only its leader when it leads none. Never throws: the process may be gone already. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
      return;
    } catch {
      // no such group: try the process itself
    }
  }
}

/** Asks a process to end, waits, and ends it with its group when it does not. */
export async function endProcess(identity: ProcessIdentity, signal: NodeJS.Signals, patienceMs: number): Promise<void> {
  try {
    process.kill(identity.pid, signal);
  } catch {
    return;
  }
  const until = Date.now() + patienceMs;
  while (isRunning(identity)) {
    if (Date.now() > until) signalGroup(identity.pid, 'SIGKILL');
    await sleep(20);
    if (Date.now() > until + 5_000) return;
  }
}
