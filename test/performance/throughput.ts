import { setTimeout as sleep } from 'node:timers/promises';
import { cpuBetween, cpuTimes, machineBusy, type CpuTimes, type Watched } from './cpu';
import { percentile } from './figures';
import { commands, Steps } from './one-return';
import type { Rig } from './rig';

/** Left after each scan, and after each of the floor's signals: a carrier's two scans are never this close. */
export const scanPauseMs = 100;
const rampMs = 1_500;

export interface Load {
  readonly returns: number;
  readonly perSecond: number;
  readonly failures: number;
  readonly wholeMs: { readonly p50: number; readonly p95: number };
  /** Milliseconds of one core for each return, by process; null where it cannot be told. */
  readonly cpu: CpuTimes | null;
  /** All of them but the driver (and the sandbox, which stands for somebody else's machines). */
  readonly cpuOwn: number | null;
  /** Cores that others on this machine kept busy meanwhile: the figures are the more doubtful, the larger it is. */
  readonly foreignCores: number | null;
}
export interface Throughput {
  readonly atATime: number;
  readonly full: Load;
  readonly floor: Load;
  /** Of the rounds, in which the two took turns. */
  readonly ratio: number;
  readonly rounds: readonly { readonly full: Load; readonly floor: Load }[];
  /** Facts that the process was told of, for each return: 2 when every scan came in time to matter. */
  readonly factsPerReturn: number;
}
export interface ThroughputOptions {
  readonly atATime: number;
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly floorMs: number;
  readonly fullMs: number;
}

/** As many returns as can be, the product and the floor in turns, so that a noisy neighbour disturbs both. */
export async function measureThroughput(rig: Rig, options: ThroughputOptions): Promise<Throughput> {
  const { atATime, warmUpMs, floorMs, fullMs } = options;
  const orders: string[] = [];
  const full = async (steps: Steps) => {
    const order = orders.pop();
    if (order === undefined) throw new Error('no order left');
    await rig.refundReturn(order, scanPauseMs, steps);
  };
  const bare = (steps: Steps) => rig.floor.refundReturn(scanPauseMs, steps);
  // As many as could be at a rate that this machine will not reach; imports are no part of a return.
  const stock = async (ms: number, perSecond: number) => {
    const missing = Math.ceil(((ms + rampMs) / 1000) * perSecond) + 2 * atATime - orders.length;
    if (missing > 0) orders.push(...(await rig.driver.importOrders(missing)));
  };
  await stock(warmUpMs, 12);
  await drive(bare, atATime, warmUpMs / 2, rig.bare);
  const warm = await drive(full, atATime, warmUpMs, rig.product);
  const rounds: { full: Load; floor: Load }[] = [];
  const began = new Date();
  for (let round = 0; round < options.rounds; round++) {
    await stock(fullMs, Math.max(2, warm.perSecond * 2));
    const floor = await drive(bare, atATime, floorMs, rig.bare);
    rounds.push({ floor, full: await drive(full, atATime, fullMs, rig.product) });
  }
  const { rows } = await rig.database.query<{ facts: number; returns: number }>(
    `SELECT count(DISTINCT (stream, cause)) FILTER (WHERE cause LIKE 'fact/%')::int AS facts, count(DISTINCT stream)::int AS returns
     FROM log_entry WHERE stream IN (SELECT id FROM return WHERE created_at >= $1)`,
    [began],
  );
  const [whole, bottom] = [sum(rounds.map((one) => one.full)), sum(rounds.map((one) => one.floor))];
  const { facts = 0, returns = 1 } = rows[0] ?? {};
  return { atATime, full: whole, floor: bottom, ratio: whole.perSecond / bottom.perSecond, rounds, factsPerReturn: facts / Math.max(1, returns) };
}

/**
 * Closed loop: `atATime` callers, each beginning the next return when its last is through; counted from `rampMs` on, when they have spread over the steps. A command
 * counts as the fourth part of a return. A caller whose returns fail stops after the third.
 */
async function drive(one: (steps: Steps) => Promise<unknown>, atATime: number, ms: number, watched: Record<string, Watched>): Promise<Load> {
  const steps = new Steps();
  const took: number[] = [];
  let failures = 0;
  const end = performance.now() + rampMs + ms;
  const callers = Array.from({ length: atATime }, async (_, index) => {
    await sleep((index * rampMs) / atATime);
    for (let failed = 0; performance.now() < end && failed < 3;) {
      const start = performance.now();
      try {
        await one(steps);
        took.push(performance.now() - start);
      } catch (error) {
        failed++;
        if (++failures <= 3) process.stderr.write(`[bench] a return failed: ${String(error)}\n`);
      }
    }
  });
  await sleep(rampMs);
  const [before, machineBefore, began, done] = [cpuTimes(watched), machineBusy(), performance.now(), steps.count];
  await sleep(ms);
  const [used, machine, elapsed, counted] = [cpuBetween(before, cpuTimes(watched)), machineBusy(), performance.now() - began, steps.count - done];
  await Promise.all(callers);
  const returns = Math.max(counted / commands.length, 0.25);
  const all = used && Object.values(used).reduce((total, value) => total + value, 0);
  const cpu = used && Object.fromEntries(Object.entries(used).map(([name, value]) => [name, value / returns]));
  return {
    returns,
    perSecond: (returns * 1000) / elapsed,
    failures,
    wholeMs: { p50: percentile(took, 0.5), p95: percentile(took, 0.95) },
    cpu,
    cpuOwn: cpu && Object.entries(cpu).reduce((total, [name, value]) => (name === 'driver' || name === 'sandbox' ? total : total + value), 0),
    foreignCores: machine && machineBefore && all !== null ? (machine.busy - machineBefore.busy - all) / elapsed : null,
  };
}

/** Rounds of the same length, as one. */
function sum(loads: readonly Load[]): Load {
  const mean = (read: (load: Load) => number) => loads.reduce((total, one) => total + read(one), 0) / loads.length;
  const [first] = loads;
  const cpu = first!.cpu && Object.fromEntries(Object.keys(first!.cpu).map((name) => [name, mean((one) => one.cpu![name]!)]));
  return {
    returns: loads.reduce((total, one) => total + one.returns, 0),
    perSecond: mean((one) => one.perSecond),
    failures: loads.reduce((total, one) => total + one.failures, 0),
    wholeMs: { p50: mean((one) => one.wholeMs.p50), p95: mean((one) => one.wholeMs.p95) },
    cpu,
    cpuOwn: cpu && mean((one) => one.cpuOwn!),
    foreignCores: first!.foreignCores === null ? null : mean((one) => one.foreignCores!),
  };
}
