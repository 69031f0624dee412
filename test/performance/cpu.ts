import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of one core a process has used since it was started, by name. */
export type CpuTimes = Record<string, number>;
/** What is measured: a process, or a PostgreSQL with all its backends. */
export interface Watched {
  readonly pid: () => number | undefined;
  readonly withChildren?: boolean;
}

/** A clock tick of /proc is 10 ms on every Linux that Node runs on. */
const TICK_MS = 10;
interface Stat {
  readonly parent: number;
  readonly own: number;
  /** Of children that have ended and were waited for. */
  readonly ended: number;
}

function stat(pid: number): Stat {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ').map(Number);
    return { parent: fields[1]!, own: (fields[11]! + fields[12]!) * TICK_MS, ended: (fields[13]! + fields[14]!) * TICK_MS };
  } catch {
    return { parent: 0, own: 0, ended: 0 };
  }
}

/** Null where there is no /proc. */
export function cpuTimes(watched: Record<string, Watched>): CpuTimes | null {
  if (process.platform !== 'linux') return null;
  const all = Object.values(watched).some((one) => one.withChildren)
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map((name) => stat(Number(name)))
    : [];
  return Object.fromEntries(
    Object.entries(watched).map(([name, { pid, withChildren }]) => {
      const number = pid();
      if (number === undefined) return [name, 0];
      const self = stat(number);
      const children = withChildren ? all.filter((one) => one.parent === number).reduce((sum, one) => sum + one.own, self.ended) : 0;
      return [name, self.own + children];
    }),
  );
}

export function cpuBetween(before: CpuTimes | null, after: CpuTimes | null): CpuTimes | null {
  if (!before || !after) return null;
  return Object.fromEntries(Object.keys(before).map((name) => [name, after[name]! - before[name]!]));
}

/** Of all cores together, in the share of one core that everybody on this machine used (1 = one core busy); null where there is no /proc. */
export function machineBusy(): { busy: number; total: number } | null {
  if (process.platform !== 'linux') return null;
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = readFileSync('/proc/stat', 'utf8')
    .split('\n')[0]!
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const busy = user + nice + system + irq + softirq + steal;
  return { busy: busy * TICK_MS, total: (busy + idle + iowait) * TICK_MS };
}

/** Resident memory in KiB; null where there is no /proc. */
export function residentKiB(pid: number | undefined): number | null {
  if (process.platform !== 'linux' || pid === undefined) return null;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}
