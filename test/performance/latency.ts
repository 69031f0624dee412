import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from './figures';
import { commands, Steps, type CommandName } from './one-return';
import type { Rig } from './rig';
import { scanPauseMs } from './throughput';

export interface RoundTrip {
  readonly calls: number;
  readonly p50: number;
  readonly p95: number;
}
export interface Latency {
  /** Returns begun a second, of each kind. */
  readonly perSecond: number;
  readonly failures: number;
  readonly commands: Record<CommandName | 'all', { readonly http: RoundTrip; readonly update: RoundTrip; readonly ratio50: number; readonly ratio95: number }>;
}

/**
 * What a caller waits for at half load: a command over HTTP, and the bare Update of the same place in the floor, in turns within the same seconds. Returns begin by the
 * clock, not when others end, so a slow answer is not hidden by fewer questions.
 */
export async function measureLatency(rig: Rig, perSecond: number, ms: number): Promise<Latency> {
  const orders = await rig.driver.importOrders(Math.ceil((ms / 1000) * perSecond) + 2);
  const [http, update] = [new Steps(), new Steps()];
  let failures = 0;
  const running: Promise<unknown>[] = [];
  const begin = (one: Promise<unknown>) =>
    running.push(
      one.catch((error: unknown) => {
        if (++failures <= 3) process.stderr.write(`[bench] a return failed: ${String(error)}\n`);
      }),
    );
  const began = performance.now();
  for (let turn = 0; orders.length > 0 && performance.now() - began < ms; turn++) {
    begin(rig.refundReturn(orders.pop()!, scanPauseMs, http));
    await sleep(500 / perSecond);
    begin(rig.floor.refundReturn(scanPauseMs, update));
    await sleep(Math.max(0, began + ((turn + 1) * 1000) / perSecond - performance.now()));
  }
  await Promise.all(running);
  const compared = (names: readonly CommandName[]) => {
    const [ours, bare] = [roundTrip(names.flatMap((name) => http.took[name])), roundTrip(names.flatMap((name) => update.took[name]))];
    return { http: ours, update: bare, ratio50: ours.p50 / bare.p50, ratio95: ours.p95 / bare.p95 };
  };
  const each = Object.fromEntries(commands.map((name) => [name, compared([name])])) as Record<CommandName, ReturnType<typeof compared>>;
  return { perSecond, failures, commands: { ...each, all: compared(commands) } };
}

const roundTrip = (took: readonly number[]): RoundTrip => ({ calls: took.length, p50: percentile(took, 0.5), p95: percentile(took, 0.95) });
