import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { direct } from '../stack/direct';
import { login, processes, stack, until, type Answer, type Body } from '../stack/stack';
import { anOrder, expectStatus, importOrder, Journey } from './journey';
import { finance, said } from './money';
import { about, atProvider, paid, reconciled, refundBehindOurBack, workAbout } from './reconciling';
import { expectProblem } from './refusals';
import { booksAgree, ledger, logHolds, refundsOf, tenders } from './witnesses';

afterAll(() => direct.close());

const resolve = async (run: Body, { n }: Body, body: Body, key: string = randomUUID()): Promise<Answer> =>
  (await login('finance')).post(`/v1/reconciliations/${run.id}/differences/${n}/resolve`, body, { key });
const recorded = async (run: Body, difference: Body): Promise<Body> =>
  expectStatus(await resolve(run, difference, { note: 'the provider was called', record: true }), 200);
const becomes = (journey: Journey, status: string): Promise<Body> =>
  until(async () => (await refundsOf(journey)).find((refund) => refund.status === status), 60_000, `a refund of ${journey.id} that is ${status}`);
/** The provider says that this refund has failed, and means something else. */
async function saidToHaveFailed({ journey, refund }: { journey: Journey; refund: Body }): Promise<void> {
  await said(journey, 'failed', { refundId: refund.id, providerRefundId: refund.providerRefundId, amount: refund.amount });
  await becomes(journey, 'failed');
}

describe('failed in our books, succeeded at the provider', () => {
  test('is told anew: the provider is asked for its last word, the refund has succeeded, and nothing is paid twice', async () => {
    const { journey, refund } = await paid();
    await saidToHaveFailed({ journey, refund });
    const run = await reconciled();
    expect(run.told).toBeGreaterThanOrEqual(1);
    expect(about(run, refund.id)).toEqual([]);
    expect((await refundsOf(journey))[0].status).toBe('succeeded');
    expectProblem(await finance(`refunds/${refund.id}/retry`), 409, 'invalid_state');
    await booksAgree(journey, 1000);
  });

  test('is told as often as the provider contradicts itself', async () => {
    const { journey, refund } = await paid();
    for (let time = 1; time <= 2; time += 1) {
      await saidToHaveFailed({ journey, refund });
      expect(about(await reconciled(), refund.id)).toEqual([]);
    }
    await booksAgree(journey, 1000);
  });

  test('and paid once more by a person who was quicker: what was paid first is one too many, and is recorded', async () => {
    const { journey, refund } = await paid();
    await saidToHaveFailed({ journey, refund });
    expectStatus(await finance(`refunds/${refund.id}/retry`), 200);
    await journey.until('completed');
    const run = await reconciled();
    expect((await refundsOf(journey))[0].status).toBe('succeeded');
    const [row] = about(run, refund.providerRefundId);
    expect(row).toMatchObject({ kind: 'missing_here', refundId: refund.id, status: 'succeeded', providerAmount: 1000 });
    await recorded(run, row);
    await until(async () => (await tenders(journey))[0].refundedAmount === 2000);
    expect((await journey.payment()).refundedAmount).toBe(2000);
    expect(about(await reconciled(), refund.id)).toEqual([]);
  });

  test('of another sum under our id it is another refund: recorded, and ours stays failed until a person goes on', async () => {
    const journey = await Journey.begin(anOrder({ payment: 'pay_declined_' }));
    await journey.bringBack();
    const refund = await becomes(journey, 'failed');
    // The provider holds none of this payment; somebody paid from another one, under our id.
    const order = anOrder();
    await importOrder(order);
    const { id } = await refundBehindOurBack(order, 200, refund.id);
    const run = await reconciled();
    const [row] = about(run, id);
    expect(row).toMatchObject({ kind: 'missing_here', status: 'failed', providerStatus: 'succeeded', amount: 1000, providerAmount: 200 });
    await recorded(run, row);
    await until(async () => (await (await login('finance')).get(`/v1/tenders?orderNumber=${order.orderNumber}`)).body.data[0].refundedAmount === 200);
    expect((await refundsOf(journey))[0].status).toBe('failed');
    expect(about(await reconciled(), id)).toEqual([]);
  });
});

describe('a second refund under our id', () => {
  test('is recorded as one that others made: balance and books have both, and the next run matches', async () => {
    const { journey, refund } = await paid();
    const { id } = await refundBehindOurBack(journey.order, 200, refund.id);
    const run = await reconciled();
    const [row] = about(run, id);
    expect(row).toMatchObject({ kind: 'missing_here', status: 'succeeded', providerAmount: 200 });
    expect(await recorded(run, row)).toMatchObject({ state: 'resolved' });
    await until(async () => (await tenders(journey))[0].refundedAmount === 1200);
    expect((await refundsOf(journey)).map(({ status, amount }) => [status, amount])).toEqual([['succeeded', 1000]]);
    expect(about(await reconciled(), refund.id)).toEqual([]);
    await logHolds(journey);
  });

  test('is not recorded while a number of it is ours: what our books have is no difference of theirs', async () => {
    const { journey, refund } = await paid();
    const { id } = await refundBehindOurBack(journey.order, 200, refund.id);
    const run = await reconciled();
    const [row] = about(run, id);
    const own = (number: string) => direct.sql('UPDATE refund SET provider_refund_id = $2 WHERE id = $1', [refund.id, number]);
    await own(id);
    expectProblem(await resolve(run, row, { note: 'x', record: true }), 409, 'invalid_state');
    await own(refund.providerRefundId);
    await recorded(run, row);
  });
});

describe('a refund that the provider never made, or has no more', () => {
  /** Its memory is a file of lines; the last word about a thing counts. */
  async function forgets(...numbers: string[]): Promise<void> {
    await processes.halt('sandbox');
    const changes = numbers.map((number) => ['refunds', number, null]);
    appendFileSync(join(stack().home, 'sandbox', 'sandbox.jsonl'), `${JSON.stringify(changes)}\n`);
    await processes.resume('sandbox');
    await processes.ready('sandbox');
  }
  const missing = async (refund: Body): Promise<{ run: Body; row: Body }> => {
    const run = await reconciled();
    const [row] = about(run, refund.id);
    expect(row).toMatchObject({ kind: 'missing_there', status: 'succeeded', providerStatus: null });
    return { run, row };
  };

  test('is taken back when the provider, asked once more, has nothing; then it is paid: once', async () => {
    const { journey, refund } = await paid();
    await forgets(refund.providerRefundId);
    const { run, row } = await missing(refund);
    expectProblem(await finance(`refunds/${refund.id}/retry`), 409, 'invalid_state');
    expectProblem(await finance(`refunds/${refund.id}/redirect`, { to: 'manual' }), 409, 'invalid_state');
    expect(await recorded(run, row)).toMatchObject({ state: 'resolved', note: 'the provider was called' });
    await becomes(journey, 'failed');
    expect((await tenders(journey))[0]).toMatchObject({ refundedAmount: 0, pendingAmount: 1000 });
    expect((await ledger(journey)).provider_clearing ?? 0).toBe(0);
    expect(about(await reconciled(), refund.id)).toEqual([]);
    expectStatus(await finance(`refunds/${refund.id}/retry`), 200);
    await journey.until('completed');
    await booksAgree(journey, 1000);
    expect(about(await reconciled(), refund.id)).toEqual([]);
  });

  test('is not taken back when the provider has it after all, nor when nobody can ask it', async () => {
    const { journey, refund } = await paid();
    await direct.sql('UPDATE refund SET provider_refund_id = $2 WHERE id = $1', [refund.id, 're_nobody']);
    const run = await reconciled();
    const row = run.missing_there.find((one: Body) => one.refundId === refund.id);
    const answer = await resolve(run, row, { note: 'x', record: true });
    expectProblem(answer, 409, 'invalid_state');
    expect(answer.body.detail).toContain(refund.providerRefundId);
    await atProvider('POST', '/control', { payments: 'down' });
    try {
      expectProblem(await resolve(run, row, { note: 'x', record: true }), 503, 'temporarily_unavailable');
    } finally {
      await atProvider('POST', '/control', { payments: 'up' });
    }
    // Nothing of it is kept: the difference is as open as before.
    expect(await workAbout(refund.id)).not.toEqual([]);
    await direct.sql('UPDATE refund SET provider_refund_id = $2 WHERE id = $1', [refund.id, refund.providerRefundId]);
    expectProblem(await resolve(run, row, { note: 'x', record: true }), 409, 'invalid_state');
    expect(about(await reconciled(), refund.id)).toEqual([]);
    await booksAgree(journey, 1000);
  });

  test('is only explained by a note alone: the books stay as they are', async () => {
    const { journey, refund } = await paid();
    await forgets(refund.providerRefundId);
    const { run, row } = await missing(refund);
    expectStatus(await resolve(run, row, { note: 'they paid it by hand' }), 200);
    expectProblem(await resolve(run, row, { note: 'x', record: true }), 409, 'invalid_state');
    expect((await refundsOf(journey))[0].status).toBe('succeeded');
  });
});

test('another amount on both sides is nothing to record', async () => {
  const { refund } = await paid();
  await direct.sql('UPDATE refund SET amount = amount + 1 WHERE id = $1', [refund.id]);
  const run = await reconciled();
  const [row] = about(run, refund.id);
  expectProblem(await resolve(run, row, { note: 'x', record: true }), 409, 'invalid_state');
  await direct.sql('UPDATE refund SET amount = amount - 1 WHERE id = $1', [refund.id]);
  expect(about(await reconciled(), refund.id)).toEqual([]);
});
