import { Database } from '#libs/persistence/database';
import { waitingFor } from '#libs/persistence/payment-providers';
import { login, otherShop, shop, stack, until, type Body } from '../stack/stack';
import { anOrder, expectStatus, Journey } from './journey';
import { finance, refunded, refundedElsewhere } from './money';
import { ownPolicy } from './policies';
import { expectProblem } from './refusals';
import { booksAgree, everybodySees, refundsOf } from './witnesses';

const provider = 'payment-providers/sandbox';
const seen = async (who = 'finance'): Promise<Body> =>
  expectStatus(await (await login(who)).get('/v1/payment-providers'), 200).data.find((one: Body) => one.provider === 'sandbox');
const resume = async () => void (await finance(`${provider}/resume`, { reason: 'the test is over' }));
/** Returns that wait, as they are woken, were a batch one refund. */
async function waitingOneByOne(): Promise<string[]> {
  const database = await Database.connect({ url: stack().databaseUrl, poolSize: 1 });
  try {
    const found: string[] = [];
    for (let after: Parameters<typeof waitingFor>[2] = null; ;) {
      const { states, next } = await database.inMerchant('demo', (tx) => waitingFor(tx, 'sandbox', after, 1));
      found.push(...states.map((state) => state.returnId));
      if (!next) return found;
      after = next;
    }
  } finally {
    await database.close();
  }
}
/** The process has heard that its refund waits. */
const waits = (journey: Journey) =>
  journey.until((rma) => rma.refunds[0]?.status === 'pending' && !rma.deadlines.some((deadline: Body) => deadline.stage === 'refund'));

beforeAll(async () => void (await refunded()));
afterEach(resume);

describe('a provider that finance pauses', () => {
  test('gets no refund: new, approved and tried again they wait, and nobody has to look after them; resumed, each goes once by itself', async () => {
    const channel = await ownPolicy({ refund: { approvalAbove: 500 } });
    const approvable = await refunded(anOrder({ channel }), { channel });
    const failed = await refunded(anOrder({ payment: 'pay_flaky1_' }));
    await failed.until('completed');
    await approvable.until((rma) => rma.refunds[0]?.status === 'awaiting_approval');
    const declined = await refunded(anOrder({ payment: 'pay_declined_' }));
    await declined.until((rma) => rma.refunds[0]?.status === 'failed');

    const paused = expectStatus(await finance(`${provider}/pause`, { reason: 'their ledger is wrong' }), 200);
    expect(paused).toMatchObject({ provider: 'sandbox', paused: true, reason: 'their ledger is wrong', by: expect.any(String), since: expect.any(String) });
    const fresh = await refunded();
    expectStatus(await finance(`refunds/${approvable.rma.refunds[0].id}/approve`), 200);
    expectStatus(await finance(`refunds/${declined.rma.refunds[0].id}/retry`), 200);
    for (const journey of [fresh, approvable, declined]) {
      await waits(journey);
      expect(journey.rma).toMatchObject({ status: 'settling', attention: null, refunds: [{ status: 'pending' }], closedAt: null });
      await everybodySees(journey, { who: 'system', action: 'wait', dueAt: null });
    }
    // Days may pass.
    expect(await fresh.advance('P9D')).toMatchObject({ status: 'settling', attention: null });
    expect(await fresh.payment()).toMatchObject({ calls: 0, refunds: [] });
    expect(await declined.payment()).toMatchObject({ calls: 1 });
    expect(await waitingOneByOne()).toEqual(expect.arrayContaining([fresh.id, approvable.id, declined.id]));
    expect((await seen()).waiting).toMatchObject([{ currency: 'CNY', refunds: expect.any(Number), amount: expect.any(Number) }]);
    for (const to of ['manual', 't1']) expectProblem(await finance(`refunds/${fresh.rma.refunds[0].id}/redirect`, { to }), 409, 'invalid_state');

    expect(expectStatus(await finance(`${provider}/resume`, { reason: 'they repaired it' }), 200)).toMatchObject({ paused: false, waiting: [] });
    for (const journey of [fresh, approvable]) {
      await journey.until('completed');
      expect(await journey.payment()).toMatchObject({ calls: 1, refundedAmount: 1000 });
      expect((await refundsOf(journey))[0].attempts).toHaveLength(1);
      await booksAgree(journey, 1000);
    }
    await declined.until((rma) => rma.refunds[0].status === 'failed');
    expect(await declined.payment()).toMatchObject({ calls: 2 });
  });

  test('still answers look-ups, and what it says of a refund counts', async () => {
    const journey = await refunded(anOrder({ payment: 'pay_async_' }));
    // On its way: `pending` alone is what it is before it leaves, too.
    await until(async () => (await journey.payment()).refunds.length === 1, 60_000, 'the refund at the provider');
    expectStatus(await finance(`${provider}/pause`, { reason: 'for a while' }), 200);
    await journey.until('completed');
    const lost = await refunded(anOrder({ payment: 'pay_ok_' }));
    await waits(lost);
  });

  test('is one merchant’s matter', async () => {
    const [mine, theirs] = [await login('finance'), await login('admin@other.example')];
    await refundedElsewhere();
    expectStatus(await finance(`${provider}/pause`, { reason: 'ours alone' }), 200);
    expect((await theirs.get('/v1/payment-providers')).body.data).toMatchObject([{ provider: 'sandbox', paused: false, reason: null }]);
    const payment = await refundedElsewhere();
    await until(async () => (await otherShop().get(`/v1/sandbox/payments/${payment}`)).body.refundedAmount === 1000);
    expectProblem(await theirs.post(`/v1/${provider}/resume`, { reason: 'not theirs' }), 409, 'invalid_state');
    expect((await mine.get('/v1/payment-providers?limit=1')).body.data).toHaveLength(1);
  });

  test('is paused and resumed once, by finance or an admin, with a reason, and is one that orders were paid through', async () => {
    for (const word of ['pause', 'resume']) {
      for (const who of ['agent', 'warehouse', 'customer'])
        expectProblem(await (await login(who)).post(`/v1/${provider}/${word}`, { reason: 'mine' }), 403, 'forbidden');
      expectProblem(await shop().post(`/v1/${provider}/${word}`, { reason: 'mine' }), 403, 'forbidden');
      expectProblem(await finance(`payment-providers/nobody/${word}`, { reason: 'who' }), 404, 'not_found');
      expectProblem(await finance(`payment-providers/${encodeURIComponent('no body')}/${word}`, { reason: 'who' }), 400, 'validation_failed');
      expectProblem(await finance(`${provider}/${word}`), 400, 'validation_failed', '/reason');
      expectProblem(await finance(`${provider}/${word}`, { reason: '' }), 400, 'validation_failed', '/reason');
      expectProblem(await finance(`${provider}/${word}`, { reason: 'x', until: 'tomorrow' }), 400, 'validation_failed');
    }
    expectProblem(await (await login('agent')).get('/v1/payment-providers'), 403, 'forbidden');
    expectProblem(await finance(`${provider}/resume`, { reason: 'it is not paused' }), 409, 'invalid_state');
    expectStatus(await finance(`${provider}/pause`, { reason: 'once' }, 'admin'), 200);
    expectProblem(await finance(`${provider}/pause`, { reason: 'twice' }), 409, 'invalid_state');
    const before = await seen();
    expect(before).toMatchObject({ paused: true, reason: 'once' });
    expectStatus(await finance(`${provider}/resume`, { reason: 'on' }), 200);
    expect(await seen()).toMatchObject({ paused: false, reason: 'on' });
  });

  test('at the same instant by two people: one of them', async () => {
    const pause = (who: string) => finance(`${provider}/pause`, { reason: `by ${who}` }, who);
    const answers = await Promise.all(['finance', 'finance2', 'admin', 'finance'].map(pause));
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409]);
  });
});
