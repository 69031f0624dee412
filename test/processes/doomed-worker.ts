import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { WorkerActivities } from '#apps/worker/activities';
import { Settings } from '#apps/worker/settings';
import { startWorker } from '#apps/worker/worker';
import type { Commit, ProviderActivities, ProviderCall } from '#libs/contracts/messages';

/**
 * The real worker, which kills itself at the points that a test has written into the file `DOOM`. A return that reaches its point is held there; when all are, or two
 * seconds after the first one, the process gets a SIGKILL, and `DOOM.held` tells who was held. Without the file it works like any other.
 */
export interface DoomedPoint {
  readonly id: string;
  /** Null: any return that no other point names. */
  readonly returnId: string | null;
  /** `command`, `fact`, `moment`, `outcome:<call>` for the transaction that deals with such a letter; `call:<call>` for the call to a provider itself. */
  readonly at: string;
  readonly when: 'before' | 'after';
  /** How long the first one held waits for the others; calls may wait longer than transactions. */
  readonly patienceMs?: number;
}

/** Below the 3 s that a transaction may take: later it would be tried again while it is still held. */
const patienceMs = 2_000;
const file = process.env.DOOM ?? '';
const held: string[] = [];
let points: readonly DoomedPoint[] = [];

function armed(): readonly DoomedPoint[] {
  if (points.length === 0 && existsSync(file)) points = JSON.parse(readFileSync(file, 'utf8')) as DoomedPoint[];
  return points;
}

function die(): never {
  writeFileSync(`${file}.held.new`, JSON.stringify(held));
  renameSync(`${file}.held.new`, `${file}.held`);
  process.kill(process.pid, 'SIGKILL');
  for (;;); // not one step further
}

async function pass(at: string, when: DoomedPoint['when'], returnId: string): Promise<void> {
  const named = armed().some((one) => one.returnId === returnId);
  const point = points.find((one) => one.at === at && one.when === when && one.returnId === (named ? returnId : null) && !held.includes(one.id));
  if (!point) return;
  held.push(point.id);
  if (held.length === points.length) die();
  if (held.length === 1) setTimeout(die, point.patienceMs ?? patienceMs);
  await new Promise(() => undefined);
}

function around({ database, providers }: WorkerActivities): WorkerActivities {
  const calls = Object.entries(providers).map(([name, call]) => [
    name,
    async (request: ProviderCall) => {
      await pass(`call:${name}`, 'before', request.returnId);
      const outcome = await call(request);
      await pass(`call:${name}`, 'after', request.returnId);
      return outcome;
    },
  ]);
  return {
    database: {
      async commit(request: Commit) {
        const { letter, returnId } = request;
        const at = letter.kind === 'outcome' ? `outcome:${letter.call}` : letter.kind;
        await pass(at, 'before', returnId);
        const committed = await database.commit(request);
        await pass(at, 'after', returnId);
        return committed;
      },
    },
    providers: Object.fromEntries(calls) as ProviderActivities,
  };
}

if (require.main === module) void startWorker({ settings: Settings.of(process.env), activities: around });
