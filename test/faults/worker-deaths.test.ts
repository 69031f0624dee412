import type { DoomedPoint } from '../processes/doomed-worker';
import { direct } from '../stack/direct';
import { processes } from '../stack/stack';
import { DoomedWorker } from './doomed';
import { reconcileNow, Voyage, type Variant } from './voyage';

/** Where a worker dies: while this step of this voyage is under way, at this point of the work. */
interface Doom {
  readonly name: string;
  readonly variant: Variant;
  readonly cancelled: boolean;
  readonly step: number;
  readonly at: string;
  readonly when: 'before' | 'after';
}
const [apply, ship, pickUp, deliver, receive, inspect] = [0, 1, 2, 3, 4, 5];
const dooms = (variant: Variant, rows: readonly (readonly [number, string])[], cancelled = false): Doom[] =>
  rows.flatMap(([step, at]) =>
    (['before', 'after'] as const).map((when) => ({
      name: `${variant}${cancelled ? ', cancelled' : ''}: ${when} ${at} of step ${step + 1}`,
      variant,
      cancelled,
      step,
      at,
      when,
    })),
  );
/** Every transaction and every call of a refund return, and those of labels and couriers, their undo included; those that come about as fast stand together. */
const all: readonly Doom[] = [
  ...dooms('refund', [[apply!, 'command'], [ship!, 'command'], [receive!, 'command'], [inspect!, 'command']]),
  ...dooms('pickup', [[1, 'command']], true),
  ...dooms('refund', [[pickUp!, 'fact'], [deliver!, 'fact'], [inspect!, 'call:refund'], [inspect!, 'outcome:refund']]),
  ...dooms('label', [[apply!, 'call:buyLabel'], [apply!, 'outcome:buyLabel']]),
  ...dooms('pickup', [[1, 'call:cancelPickup'], [1, 'outcome:cancelPickup']], true),
]; // prettier-ignore
/** So many returns at a time reach their points within the two seconds for which they can be held. On a slow machine fewer do, and it takes more lives. */
const atATime = 10;

describe('a worker that dies before or after any of its commits and calls', () => {
  const worker = new DoomedWorker();
  beforeAll(async () => {
    await processes.halt('worker');
    await worker.start();
  });
  afterAll(async () => {
    await worker.end();
    await processes.resume('worker');
    await direct.close();
  });

  test('leaves returns that end as if nothing had happened: each cause once, paid once, books and chain intact', async () => {
    const model = Object.fromEntries(
      await Promise.all(
        [new Voyage('refund'), new Voyage('label'), new Voyage('pickup', { cancelled: true })].map(
          async (voyage) => [voyage.variant, await undisturbed(voyage)] as const,
        ),
      ),
    );
    const voyages: { doom: Doom; voyage: Voyage; rest: Promise<void> }[] = [];
    const left = [...all];
    for (let life = 1; left.length > 0 && life <= all.length; life++) {
      const round = await Promise.all(left.slice(0, atATime).map(async (doom) => ({ doom, voyage: await upTo(doom) })));
      worker.arm(round.map(({ doom, voyage }): DoomedPoint => ({ id: doom.name, returnId: voyage.id || null, at: doom.at, when: doom.when })));
      const begun = round.map(({ doom, voyage }) => ({ doom, voyage, rest: voyage.sail(doom.step) }));
      for (const { rest } of begun) rest.catch(() => undefined); // looked at further down
      const held = await worker.death(60_000);
      await worker.start();
      // A scan that came in the last moment died with the worker that had it in its hands.
      await reconcileNow();
      for (const { doom, ...one } of begun) {
        if (!held.includes(doom.name)) continue; // came too late to be held: it goes on, and another one takes its turn
        left.splice(left.indexOf(doom), 1);
        voyages.push({ doom, ...one });
      }
    }
    expect(left.map((doom) => doom.name)).toEqual([]);
    const failures: string[] = [];
    for (const { doom, voyage, rest } of voyages) {
      try {
        await rest;
        await voyage.expectGoodEnd();
        expect(await voyage.types()).toEqual(model[voyage.variant]);
      } catch (error) {
        failures.push(`${doom.name} (${voyage.id}): ${String(error).slice(0, 2000)}`);
      }
    }
    expect(failures).toEqual([]);
  }, 420_000);
});

async function undisturbed(voyage: Voyage): Promise<string[]> {
  await voyage.import();
  await voyage.sail();
  await voyage.expectGoodEnd();
  return voyage.types();
}
async function upTo(doom: Doom): Promise<Voyage> {
  const voyage = new Voyage(doom.variant, { cancelled: doom.cancelled });
  await voyage.import();
  for (const step of voyage.steps.slice(0, doom.step)) await step();
  return voyage;
}
