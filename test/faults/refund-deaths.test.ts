import { randomUUID } from 'node:crypto';
import { anOrder, application, expectStatus, importOrder } from '../e2e/journey';
import { ownPolicy, reviewedByHand } from '../e2e/policies';
import type { DoomedPoint } from '../processes/doomed-worker';
import { direct, expectSoundBooks } from '../stack/direct';
import { patiently, report } from '../stack/patient';
import { login, processes, shop, until, type Body } from '../stack/stack';
import { DoomedWorker } from './doomed';
import { providers, reconcileNow } from './voyage';

/** Every way in which the provider takes a refund (CONTRACT §9), and how it ends without anybody's help. */
const behaviours = {
  pay_ok_: 'succeeded', pay_flaky1_: 'succeeded', pay_lostreply_: 'succeeded', pay_lostcall_: 'succeeded', pay_async_: 'succeeded', pay_slow_: 'succeeded',
  pay_declined_: 'failed', pay_asyncfail_: 'failed', pay_latefail_: 'failed',
} as const; // prettier-ignore
type Behaviour = keyof typeof behaviours;
/** Between intent and call, between call and answer, and between the answer and whoever waits for it. */
const points = [
  { at: 'call:refund', when: 'before' },
  { at: 'call:refund', when: 'after' },
  { at: 'outcome:refund', when: 'after' },
] as const satisfies readonly Pick<DoomedPoint, 'at' | 'when'>[];
/** Calls are held until the slow provider has answered too: below the 40 s after which they are made again. Transactions only for two seconds. */
const callPatienceMs = 25_000;

/** A refund that is owed as soon as an agent says so, for nothing is to come back: all there is to it is the provider. */
class Owed {
  readonly order: Body;
  id = '';
  private constructor(
    readonly payment: Behaviour,
    readonly channel: string,
  ) {
    this.order = anOrder({ payment, channel });
  }
  static async ask(payment: Behaviour, channel: string): Promise<Owed> {
    const owed = new Owed(payment, channel);
    await importOrder(owed.order);
    const answer = await patiently('shop', '/v1/returns', application(owed.order, { reason: 'late', method: 'none', channel }));
    owed.id = expectStatus(answer, 201).id;
    return owed;
  }
  async grant(): Promise<void> {
    const lines = [{ lineId: '1', decision: 'approve', reason: 'it was late' }];
    expectStatus(await patiently('agent', `/v1/returns/${this.id}/decision`, { lines }, { ms: 150_000 }), 200);
  }
  async seen(): Promise<Body> {
    return (await shop().get(`/v1/sandbox/payments/${this.order.tenders[0].providerPaymentId}`)).body;
  }
  async refund(): Promise<{ id: string; status: string; amount: number; providerRefundId: string | null } | undefined> {
    const [row] = await direct.sql<{ id: string; status: string; amount: number; providerRefundId: string | null }>(
      'SELECT id, status, amount::int, provider_refund_id AS "providerRefundId" FROM refund WHERE order_number = $1',
      [this.order.orderNumber],
    );
    return row;
  }
  /** It ended as it had to: one success at the provider or none, which is what our books say, and the chain holds. */
  async expectGoodEnd(): Promise<void> {
    const end = behaviours[this.payment];
    await until(async () => (await this.refund())?.status === end, 120_000, `${this.payment} of ${this.id} to be ${end}`).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${JSON.stringify([await this.refund(), await this.seen()])}`);
    });
    const [{ refunds, refundedAmount }, row] = [await this.seen(), await this.refund()];
    const paid = refunds.filter((one: Body) => one.status === 'succeeded');
    expect({ payment: this.payment, paid: paid.map((one: Body) => one.id), refundedAmount }).toEqual(
      end === 'succeeded'
        ? { payment: this.payment, paid: [row!.providerRefundId], refundedAmount: 1000 }
        : { payment: this.payment, paid: [], refundedAmount: 0 },
    );
    await expectSoundBooks(this.order.orderNumber);
    expect((await (await login('finance')).get(`/v1/audit/verify?returnId=${this.id}`)).body).toMatchObject({ ok: true });
  }
}

afterAll(() => direct.close());

describe('a worker that dies around a refund', () => {
  const worker = new DoomedWorker();
  beforeAll(async () => {
    await processes.halt('worker');
    await worker.start();
  });
  afterAll(async () => {
    await worker.end();
    await processes.resume('worker');
  });

  test('leaves each of them paid once or not at all, whatever the provider does and wherever it died', async () => {
    const channel = await ownPolicy(reviewedByHand);
    const dooms = (Object.keys(behaviours) as Behaviour[]).flatMap((payment) =>
      points.map((point) => ({ name: `${payment} ${point.when} ${point.at}`, payment, point })),
    );
    const isCall = ({ point }: (typeof dooms)[number]) => point.at === 'call:refund';
    const isSlow = ({ payment }: (typeof dooms)[number]) => payment === 'pay_slow_';
    const rounds = [dooms.filter(isCall), dooms.filter((doom) => !isCall(doom) && !isSlow(doom)), dooms.filter((doom) => !isCall(doom) && isSlow(doom))];
    const all: { name: string; owed: Owed; granted: Promise<void> }[] = [];
    for (let life = 1; rounds.length > 0 && life <= 10; life++) {
      const list = rounds[0]!;
      const round = await Promise.all(list.map(async (doom) => ({ ...doom, owed: await Owed.ask(doom.payment, channel) })));
      worker.arm(
        round.map(({ name, point, owed, ...doom }): DoomedPoint => ({
          id: name,
          returnId: owed.id,
          ...point,
          ...(isCall({ name, point, ...doom }) && { patienceMs: callPatienceMs }),
        })),
      );
      const begun = round.map(({ name, owed }) => ({ name, owed, granted: owed.grant() }));
      for (const { granted } of begun) granted.catch(() => undefined); // looked at further down
      const held = await worker.death(90_000);
      await worker.start();
      all.push(...begun);
      // Whoever came too late to be held goes on all the same, and another one takes its turn.
      const left = list.filter(({ name }) => !held.includes(name));
      rounds.splice(0, 1, ...(left.length > 0 ? [left] : []));
    }
    expect(rounds.flat().map(({ name }) => name)).toEqual([]);
    // What a dead worker had in its hands is taken up again.
    await Promise.all(all.map(({ granted }) => granted));
    await reconcileNow(all.map(({ owed }) => owed.id));
    const failures: string[] = [];
    await login('finance'); // once, not by all of them at the same time
    const told = (name: string, owed: Owed) => (error: unknown) => void failures.push(`${name} (${owed.id}): ${String(error).slice(0, 1500)}`);
    await Promise.all(all.map(({ name, owed }) => owed.expectGoodEnd().catch(told(name, owed))));
    expect(failures).toEqual([]);
  }, 420_000);
});

describe('a provider that cannot be reached', () => {
  afterEach(async () => {
    await processes.resume('sandbox').catch(() => undefined);
    await providers({ payments: 'up' });
  });

  test('for an hour: every refund ends right once it can, paid once, and whoever reports twice, late and out of order is heard once', async () => {
    const channel = await ownPolicy(reviewedByHand);
    const payments = ['pay_ok_', 'pay_async_', 'pay_lostreply_', 'pay_declined_'] as const;
    const all = await Promise.all(payments.map((payment) => Owed.ask(payment, channel)));
    const anHourLater = async () => {
      await Promise.all(all.map(async ({ id }) => expectStatus(await patiently('shop', `/v1/sandbox/returns/${id}/advance`, { by: 'PT1H' }), 200)));
    };
    await providers({ payments: 'down' });
    await Promise.all(all.map((owed) => owed.grant()));
    for (const owed of all) await until(async () => (await owed.refund())?.status === 'unknown', 60_000, 'nobody to know');
    await anHourLater();
    // Then nobody answers at all.
    await processes.halt('sandbox');
    await anHourLater();
    await processes.resume('sandbox');
    await processes.ready('sandbox');
    await providers({ payments: 'up' });
    await Promise.all(all.map((owed) => owed.expectGoodEnd()));

    const [ok] = all;
    const { id: refundId, providerRefundId } = (await ok!.refund())!;
    const data = { refundId, providerRefundId, providerPaymentId: ok!.order.tenders[0].providerPaymentId, amount: 1000 };
    const tell = (status: string, ids: readonly string[]) => Promise.all(ids.map((id) => report('payment-providers', { id, type: `refund.${status}`, data })));
    const becomes = (status: string) => until(async () => (await ok!.refund())?.status === status, 60_000, `the refund to be ${status}`);
    const same = randomUUID();
    await tell('failed', [same, same, randomUUID(), randomUUID()]);
    await becomes('failed');
    // It contradicts itself, so it is asked; its list says that the money has left, and that is what stands.
    await tell('pending', [randomUUID()]);
    await tell('succeeded', [same, randomUUID(), randomUUID()]);
    await becomes('succeeded');
    await until(async () => (await direct.sql('SELECT FROM inbox WHERE subject = $1 AND handled_at IS NULL', [refundId])).length === 0);
    await ok!.expectGoodEnd();
  }, 240_000);
});

test('a pause outlives the worker, and so does its end: what waited goes once, by itself', async () => {
  const channel = await ownPolicy(reviewedByHand);
  const all = await Promise.all(Array.from({ length: 6 }, () => Owed.ask('pay_ok_', channel)));
  const say = (word: string) => patiently('finance', `/v1/payment-providers/sandbox/${word}`, { reason: 'a test' });
  const waiting = () => direct.sql(`SELECT FROM return WHERE id = ANY ($1) AND state @? '$.refunds[*] ? (@.paused == true)'`, [all.map(({ id }) => id)]);
  expectStatus(await say('pause'), 200);
  try {
    await Promise.all(all.slice(0, 3).map((owed) => owed.grant()));
    await processes.kill('worker');
    const rest = all.slice(3).map((owed) => owed.grant());
    await processes.ready('worker');
    await Promise.all(rest);
    // The calls that died with it are made again when their time is over, and hear the same.
    await until(async () => (await waiting()).length === all.length, 90_000, 'all of them to wait');
    for (const owed of all) expect(await owed.seen()).toMatchObject({ calls: 0 });
    await processes.kill('worker');
  } finally {
    expectStatus(await say('resume'), 200);
  }
  await processes.ready('worker');
  await reconcileNow();
  for (const owed of all) {
    await owed.expectGoodEnd();
    expect(await owed.seen()).toMatchObject({ calls: 1 });
  }
}, 240_000);
