import { setTimeout as sleep } from 'node:timers/promises';
import { cpuBetween, cpuTimes, residentKiB, type CpuTimes } from './cpu';
import type { Rig } from './rig';

export interface Parked {
  readonly returns: number;
  /** Growth of the worker's resident memory for each of them, all cached; null where it cannot be told. Garbage that is not collected yet is in it. */
  readonly kibEach: number | null;
  /** Share of one core, in percent, by process, with nothing asked of anybody. */
  readonly idlePercent: CpuTimes | null;
  readonly idleMs: number;
}

/** Returns that wait for a parcel: what they take while they wait. */
export async function measureParked(rig: Rig, count: number, idleMs: number): Promise<Parked> {
  const worker = () => residentKiB(rig.stack.pid('worker'));
  const orders = await rig.driver.importOrders(count + 30);
  const apply = async (some: string[], atATime = 6) => {
    await Promise.all(
      Array.from({ length: atATime }, async () => {
        for (let order = some.pop(); order !== undefined; order = some.pop()) await rig.driver.apply(order);
      }),
    );
  };
  await apply(orders.splice(0, 30)); // what the first ones take is the way's, not the returns'
  const before = await settled(worker);
  await apply(orders);
  const after = await settled(worker);
  const from = cpuTimes(rig.product);
  await sleep(idleMs);
  const used = cpuBetween(from, cpuTimes(rig.product));
  return {
    returns: count,
    kibEach: before === null || after === null ? null : (after - before) / count,
    idlePercent: used && Object.fromEntries(Object.entries(used).map(([name, value]) => [name, (value / idleMs) * 100])),
    idleMs,
  };
}

/** The smallest of a second and a half. */
async function settled(read: () => number | null): Promise<number | null> {
  let least = read();
  for (let look = 0; look < 6; look++) {
    await sleep(250);
    const now = read();
    if (now !== null && least !== null && now < least) least = now;
  }
  return least;
}
