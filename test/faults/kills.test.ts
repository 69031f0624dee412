import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { direct } from '../stack/direct';
import { processes, stack, until, type StackProcess } from '../stack/stack';
import { providers, reconcileNow, Voyage } from './voyage';

const everything: readonly StackProcess[] = ['postgres', 'temporal', 'sandbox', 'worker', 'api'];
const allReady = async () => {
  for (const name of everything) await processes.ready(name);
};
const isUnknown = (returnId: string): Promise<boolean> =>
  direct.workflow(returnId).describe().then(() => false, (error: unknown) => /not found/i.test(String(error))); // prettier-ignore

describe('returns on their way while the machinery dies around them', () => {
  afterEach(async () => {
    await allReady();
    await providers({ carrier: 'up', payments: 'up' });
  });
  afterAll(() => direct.close());

  test('SIGKILL of worker, API, Temporal, database and sandbox, one after the other: every return ends right', async () => {
    const payments = ['pay_ok_', 'pay_lostreply_', 'pay_async_', 'pay_flaky1_', 'pay_ok_'];
    const voyages = [
      ...payments.map((payment) => new Voyage('refund', { payment, patienceMs: 150_000 })),
      new Voyage('label', { patienceMs: 150_000 }),
      new Voyage('pickup', { patienceMs: 150_000 }),
      new Voyage('pickup', { patienceMs: 150_000, cancelled: true }),
    ];
    await Promise.all(voyages.map((voyage) => voyage.import()));
    // They set out one after the other, so that each death meets them at different stages.
    const journeys = voyages.map(async (voyage, index) => {
      await sleep(index * 1_500);
      await voyage.sail();
    });
    for (const journey of journeys) journey.catch(() => undefined); // looked at further down
    for (const name of ['worker', 'api', 'temporal', 'postgres', 'sandbox', 'worker'] as const) {
      await sleep(1_000);
      await processes.kill(name, 'SIGKILL');
      await sleep(300);
      await processes.ready(name);
    }
    await allReady();
    await reconcileNow();
    const ends = await Promise.allSettled(journeys);
    expect(ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []))).toEqual([]);
    for (const voyage of voyages) await voyage.expectGoodEnd();
  }, 240_000);

  test('Temporal loses its whole memory: the next command goes on from the row, and the reconciler wakes whom nobody addresses', async () => {
    const addressed = new Voyage('refund');
    const forgotten = new Voyage('refund');
    for (const voyage of [addressed, forgotten]) {
      await voyage.import();
      for (const step of voyage.steps.slice(0, 4)) await step();
    }
    await providers({ payments: 'down' });
    for (const step of forgotten.steps.slice(4)) await step();
    await forgotten.until((rma) => rma.refunds.length === 1);
    await processes.halt('temporal');
    for (const file of readdirSync(stack().home).filter((name) => name.startsWith('temporal.db'))) rmSync(join(stack().home, file));
    await processes.resume('temporal');
    await allReady();
    await until(() => isUnknown(addressed.id), 60_000, 'a Temporal that knows nothing');
    await providers({ payments: 'up' });
    await addressed.sail(4);
    await addressed.expectGoodEnd();
    await reconcileNow([forgotten.id]);
    await forgotten.expectGoodEnd();
  });

  test('the payment provider is down for a while: nobody is paid twice, a person is told, and it goes on by itself', async () => {
    const voyage = new Voyage('refund');
    await voyage.import();
    await providers({ payments: 'down' });
    await voyage.sail();
    await voyage.until((rma) => rma.attention?.reason === 'refund_unknown' && rma.refunds[0].status === 'unknown');
    // Meanwhile it can be talked to like any other.
    await voyage.note('asked the provider');
    await providers({ payments: 'up' });
    await voyage.expectGoodEnd();
    expect(await voyage.until((rma) => rma.attention === null && rma.refunds.length === 1)).toBe(true);
  });

  test('the carrier is down when a label is wanted: the return is taken all the same, and the label comes with the carrier', async () => {
    await providers({ carrier: 'down' });
    const voyage = new Voyage('label');
    await voyage.import();
    const sailing = voyage.sail();
    sailing.catch(() => undefined);
    const row = await until(
      async () =>
        (
          await direct.sql<{ status: string; number: string | null }>(
            `SELECT status, state #>> '{parcels,0,trackingNumber}' AS number FROM return WHERE order_number = $1`,
            [voyage.order.orderNumber],
          )
        )[0],
      20_000,
    );
    expect(row).toEqual({ status: 'awaiting_handover', number: null });
    await sleep(1_500);
    await providers({ carrier: 'up' });
    await sailing;
    await voyage.expectGoodEnd();
  });

  test('the worker is away: commands are taken down and answered later under the same key, and nothing is lost', async () => {
    const voyage = new Voyage('refund');
    await voyage.import();
    for (const step of voyage.steps.slice(0, 2)) await step();
    await processes.halt('worker');
    const sailing = voyage.sail(2);
    sailing.catch(() => undefined);
    await sleep(3_000);
    await processes.resume('worker');
    await sailing;
    await voyage.expectGoodEnd();
  });
});
