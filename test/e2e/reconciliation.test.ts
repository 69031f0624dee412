import { randomUUID } from 'node:crypto';
import { direct } from '../stack/direct';
import { withoutReports } from '../stack/lost-reports';
import { login, otherShop, shop, until, type Body } from '../stack/stack';
import { anOrder, expectStatus, importOrder, Journey } from './journey';
import { about, around, atProvider, minute, over, paid, reconciled, refundBehindOurBack, since, workAbout } from './reconciling';
import { expectProblem } from './refusals';
import { refundsOf, tenders } from './witnesses';

afterAll(() => direct.close());

const tampered = (sql: string, values: unknown[]) => direct.sql(sql, values);

describe('a day of refunds that went as they should', () => {
  test('is reconciled to no differences, every refund of it matched', async () => {
    const journeys = await Promise.all(['pay_ok_', 'pay_flaky1_', 'pay_lostreply_', 'pay_lostcall_', 'pay_async_'].map((payment) => paid(payment)));
    const run = await reconciled();
    expect(run).toMatchObject({ provider: 'sandbox', status: 'done', reason: null, finishedAt: expect.any(String) });
    for (const { refund } of journeys) expect(about(run, refund.id)).toEqual([]);
    expect(run.matched).toBeGreaterThanOrEqual(journeys.length);
  });

  test('what was refused, given up or never left is no difference', async () => {
    const declined = await Journey.begin(anOrder({ payment: 'pay_declined_' }));
    await declined.bringBack();
    await declined.until((rma) => rma.refunds[0]?.status === 'failed');
    const { id } = (await refundsOf(declined))[0];
    expectStatus(await (await login('finance')).post(`/v1/refunds/${id}/redirect`, { to: 'manual' }), 200);
    const run = await reconciled();
    expect(about(run, id)).toEqual([]);
    for (const refund of await refundsOf(declined)) expect(about(run, refund.id)).toEqual([]);
  });

  test('a refund at the very edge of the range, or whose clock differs, is found on the other side all the same', async () => {
    const { journey, refund } = await paid();
    const [theirs] = (await atProvider('GET', `/refunds?refundId=${refund.id}`)).data;
    const at = Date.parse(theirs.at);
    const edge = (from: number, to: number) => reconciled({ provider: 'sandbox', from: new Date(from).toISOString(), to: new Date(to).toISOString() });
    for (const run of [await edge(at - minute, at), await edge(at, at + 1), await edge(at + 1, at + minute), await edge(at - 1, at + 1)])
      expect(about(run, refund.id)).toEqual([]);
    await tampered(`UPDATE refund SET created_at = created_at - interval '40 days' WHERE id = $1`, [refund.id]);
    expect(about(await reconciled(), refund.id)).toEqual([]);
    expect(about(await edge(at - 41 * 86_400_000, at - 39 * 86_400_000), refund.id)).toEqual([]);
    await tampered(`UPDATE refund SET created_at = created_at + interval '40 days' WHERE id = $1`, [refund.id]);
    expect(journey.rma.status).toBe('completed');
  });
});

describe('money that the provider gave back and our books do not have', () => {
  test('is missing here, finance’s work until somebody explains it, and one piece of work however often it is found', async () => {
    const order = anOrder();
    await importOrder(order);
    const { id } = await refundBehindOurBack(order, 700);
    const run = await reconciled();
    const [row] = run.missing_here.filter((one: Body) => one.providerRefundId === id);
    expect(row).toMatchObject({
      kind: 'missing_here',
      returnId: null,
      orderNumber: order.orderNumber,
      providerPaymentId: order.tenders[0].providerPaymentId,
      amount: null,
      providerAmount: 700,
      currency: 'CNY',
      status: null,
      providerStatus: 'succeeded',
      state: 'open',
    });
    const [task] = await workAbout(id);
    expect(task).toMatchObject({
      queue: 'exception',
      returnId: null,
      title: 'reconciliation_missing_here',
      detail: { reconciliationId: run.id, n: row.n, providerAmount: 700 },
    });
    expect(await workAbout(id, 'admin')).toHaveLength(1);
    for (const who of ['agent', 'warehouse']) expect(await workAbout(id, who)).toEqual([]);

    const again = await reconciled();
    expect(about(again, id)).toHaveLength(1);
    expect(await workAbout(id)).toHaveLength(1);

    const finance = await login('finance');
    expectProblem(await (await login('agent')).post(`/v1/work/${task.id}/claim`), 403, 'forbidden');
    expect(expectStatus(await finance.post(`/v1/work/${task.id}/claim`), 200)).toMatchObject({ id: task.id, returnId: null });
    expect(expectStatus(await finance.post(`/v1/work/${task.id}/release`), 200)).toMatchObject({ assignee: null });

    const path = `/v1/reconciliations/${run.id}/differences/${row.n}/resolve`;
    const key = randomUUID();
    const resolved = expectStatus(await finance.post(path, { note: 'paid by the shop’s own till' }, { key }), 200);
    expect(resolved).toMatchObject({ n: row.n, state: 'resolved', note: 'paid by the shop’s own till', endedBy: expect.stringMatching(/^usr_/) });
    expect((await finance.post(path, { note: 'paid by the shop’s own till' }, { key })).body).toEqual(resolved);
    expectProblem(await finance.post(path, { note: 'again' }), 409, 'invalid_state');
    expect(await workAbout(id)).toEqual([]);
    // Found once more it stays explained.
    expect(about(await reconciled(), id)).toMatchObject([{ state: 'resolved', note: 'paid by the shop’s own till' }]);
    expect(await workAbout(id)).toEqual([]);
  });

  test('recorded as a refund made elsewhere it is in the books: the balance falls, and the next run matches it', async () => {
    const order = anOrder();
    await importOrder(order);
    const { id } = await refundBehindOurBack(order, 700);
    const run = await reconciled();
    const [row] = about(run, id);
    expectStatus(await (await login('finance')).post(`/v1/reconciliations/${run.id}/differences/${row.n}/resolve`, { note: 'ours', record: true }), 200);
    await until(async () => {
      const [tender] = expectStatus(await (await login('finance')).get(`/v1/tenders?orderNumber=${order.orderNumber}`), 200).data;
      return tender.refundedAmount === 700;
    });
    expect(about(await reconciled(), id)).toEqual([]);
  });

  test('reported by the provider before it is a fact here, and matches', async () => {
    const order = anOrder({ payment: 'pay_async_' });
    await importOrder(order);
    const { id } = await refundBehindOurBack(order, 300);
    await until(async () => (await (await login('finance')).get(`/v1/tenders?orderNumber=${order.orderNumber}`)).body.data[0].refundedAmount === 300);
    expect(about(await reconciled(), id)).toEqual([]);
  });

  test('paid twice under our own id: the second one is missing here', async () => {
    const { journey, refund } = await paid();
    const { id } = await refundBehindOurBack(journey.order, 200, refund.id);
    const run = await reconciled();
    expect(run.missing_here.filter((one: Body) => one.providerRefundId === id)).toMatchObject([
      { refundId: refund.id, returnId: journey.id, providerAmount: 200 },
    ]);
    expect(about(run, refund.id)).toHaveLength(1);
  });

  test('of another merchant is not ours to explain, though we share the account', async () => {
    const order = anOrder();
    expectStatus(await otherShop().put(`/v1/orders/${order.orderNumber}`, order), 201);
    const { id } = await refundBehindOurBack(order, 100);
    expect(about(await reconciled(), id)).toEqual([]);
    expect(about(await reconciled(around(), 'admin@other.example'), id)).toHaveLength(1);
  });
});

describe('money that our books have and the provider did not give', () => {
  test('is missing there, and gone when a later run finds it put right', async () => {
    const { refund } = await paid();
    const is = (status: string, attempt = 'status') => tampered(`UPDATE refund SET ${attempt} = $2 WHERE id = $1`, [refund.id, status]);
    await is(`re_nobody`, 'provider_refund_id');
    const run = await reconciled();
    expect(run.missing_there.filter((one: Body) => one.refundId === refund.id)).toMatchObject([
      { returnId: refund.returnId, orderNumber: refund.orderNumber, amount: 1000, providerAmount: null, status: 'succeeded', providerStatus: null },
    ]);
    // What the provider has instead is nobody's.
    expect(run.missing_here.filter((one: Body) => one.providerRefundId === refund.providerRefundId)).toHaveLength(1);
    expect(await workAbout(refund.id)).toHaveLength(2);
    await is(refund.providerRefundId, 'provider_refund_id');
    expect(about(await reconciled(), refund.id)).toEqual([]);
    expect(await workAbout(refund.id)).toEqual([]);
    const first = expectStatus(await (await login('finance')).get(`/v1/reconciliations/${run.id}`), 200);
    expect(about(first, refund.id).map(({ state }) => state)).toEqual(['gone', 'gone']);
  });

  test('because the provider’s report of a late failure was lost: it is told anew, the books answer it, and nothing differs', async () => {
    await withoutReports(async () => {
      const { journey, refund } = await paid('pay_latefail_');
      await until(async () => (await atProvider('GET', `/payments/${journey.providerPaymentId}`)).refunds[0]?.status === 'failed');
      expect((await refundsOf(journey))[0].status).toBe('succeeded');
      const run = await reconciled();
      expect(about(run, refund.id)).toEqual([]);
      expect(run.told).toBeGreaterThanOrEqual(1);
      expect((await refundsOf(journey))[0].status).toBe('failed');
      expect((await tenders(journey))[0]).toMatchObject({ refundedAmount: 0, pendingAmount: 1000 });
    });
  });
});

describe('both have it', () => {
  test('with another amount: the amount differs, in our books by what is told', async () => {
    const { refund } = await paid();
    await tampered('UPDATE refund SET amount = amount + 1 WHERE id = $1', [refund.id]);
    const run = await reconciled();
    expect(run.amount_differs.filter((one: Body) => one.refundId === refund.id)).toMatchObject([{ amount: 1001, providerAmount: 1000, state: 'open' }]);
    expect(about(run, refund.id)).toHaveLength(1);
    await tampered('UPDATE refund SET amount = amount - 1 WHERE id = $1', [refund.id]);
    expect(about(await reconciled(), refund.id)).toEqual([]);
    expect(await workAbout(refund.id)).toEqual([]);
  });

  test('but we wait for a report that never comes: it is told anew, and the return goes on', async () => {
    await withoutReports(async () => {
      const journey = await Journey.begin(anOrder({ payment: 'pay_async_' }));
      await journey.bringBack();
      await until(async () => (await atProvider('GET', `/payments/${journey.providerPaymentId}`)).refunds[0]?.status === 'succeeded');
      const [refund] = await refundsOf(journey);
      expect(refund.status).toBe('pending');
      const run = await reconciled();
      expect(about(run, refund.id)).toEqual([]);
      expect(run.told).toBeGreaterThanOrEqual(1);
      await journey.until('completed');
      expect((await tenders(journey))[0]).toMatchObject({ refundedAmount: 1000, pendingAmount: 0 });
    });
  });
});

describe('asking for it', () => {
  test('answers at once with a run, the same one to the same key, and lists it', async () => {
    const finance = await login('finance');
    const [body, key] = [around(), randomUUID()];
    const answer = await finance.post('/v1/reconciliations', body, { key });
    const run = expectStatus(answer, 201);
    expect(run).toMatchObject({ status: 'running', provider: 'sandbox', matched: 0, missing_here: [], missing_there: [], amount_differs: [] });
    expect(answer.headers.get('location')).toBe(`/v1/reconciliations/${run.id}`);
    expect((await finance.post('/v1/reconciliations', body, { key })).body).toEqual(run);
    const read = await over(run.id);
    expect(read.status).toBe('done');
    expect((await finance.get('/v1/reconciliations')).body.data[0]).toMatchObject({ id: run.id, counts: { missing_here: read.missing_here.length } });
  });

  test('tells all differences page by page, as the run numbered them', async () => {
    const order = anOrder();
    await importOrder(order);
    for (const amount of [100, 101, 102]) await refundBehindOurBack(order, amount);
    const run = await reconciled();
    const finance = await login('finance');
    const all: Body[] = [];
    for (let cursor = ''; ;) {
      const page = expectStatus(await finance.get(`/v1/reconciliations/${run.id}/differences?limit=2${cursor}`), 200);
      all.push(...page.data);
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(all.map(({ n }) => n)).toEqual(all.map((_, index) => index + 1));
    expect(all).toHaveLength(run.counts.missing_here + run.counts.missing_there + run.counts.amount_differs);
    expect(run.open).toBe(all.filter(({ state }) => state === 'open').length);
  });

  test('is refused to others, and for what cannot be compared', async () => {
    const finance = await login('finance');
    for (const who of ['customer', 'agent', 'warehouse', 'shop']) {
      const caller = who === 'shop' ? shop() : await login(who);
      expectProblem(await caller.post('/v1/reconciliations', around()), 403, 'forbidden');
      expectProblem(await caller.get('/v1/reconciliations'), 403, 'forbidden');
    }
    const refused: [Body, string][] = [
      [{ ...around(), to: since }, '/to'],
      [{ provider: 'sandbox', from: '2025-01-01T00:00:00Z', to: '2026-01-03T00:00:00Z' }, '/to'],
      [{ ...around(), from: 'today' }, '/from'],
      [{ ...around(), provider: 'nobody' }, '/provider'],
      [{ ...around(), provider: 'no such/thing' }, '/provider'],
      [{ ...around(), currency: 'CNY' }, '/currency'],
      [{ provider: 'sandbox', from: since }, '/to'],
    ];
    for (const [body, pointer] of refused) expectProblem(await finance.post('/v1/reconciliations', body), 400, 'validation_failed', pointer);
    expectProblem(await finance.get('/v1/reconciliations/rcl_nothing'), 404, 'not_found');
    expectProblem(await finance.get('/v1/reconciliations/rcl_nothing/differences'), 404, 'not_found');
    expectProblem(await finance.post('/v1/reconciliations/rcl_nothing/differences/1/resolve', { note: 'x' }), 404, 'not_found');
    const run = await reconciled();
    expectProblem(await finance.post(`/v1/reconciliations/${run.id}/differences/99999/resolve`, { note: 'x' }), 404, 'not_found');
    expectProblem(await finance.post(`/v1/reconciliations/${run.id}/differences/1/resolve`, {}), 400, 'validation_failed', '/note');
    expectProblem(await (await login('admin@other.example')).get(`/v1/reconciliations/${run.id}`), 404, 'not_found');
  });
});

describe('the provider does not answer', () => {
  const failuresOf = async ({ id }: Body) => (await direct.sql<{ failures: number }>('SELECT failures FROM reconciliation WHERE id = $1', [id]))[0]!.failures;

  test('it is asked again, and the run goes on where it was when it does', async () => {
    const { refund } = await paid();
    await atProvider('POST', '/control', { payments: 'down' });
    const finance = await login('finance');
    try {
      const run = expectStatus(await finance.post('/v1/reconciliations', around()), 201);
      await until(async () => (await failuresOf(run)) > 0);
      await atProvider('POST', '/control', { payments: 'up' });
      const done = await over(run.id);
      expect(done.status).toBe('done');
      expect(about(done, refund.id)).toEqual([]);
    } finally {
      await atProvider('POST', '/control', { payments: 'up' });
    }
  });

  test('for long: the run has failed, and says why', async () => {
    await atProvider('POST', '/control', { payments: 'down' });
    const finance = await login('finance');
    try {
      const run = expectStatus(await finance.post('/v1/reconciliations', around()), 201);
      await until(async () => (await failuresOf(run)) > 0);
      // The last time but one is behind it.
      await tampered('UPDATE reconciliation SET failures = 9 WHERE id = $1', [run.id]);
      expect(await over(run.id)).toMatchObject({ status: 'failed', reason: 'provider_unreachable', matched: 0 });
    } finally {
      await atProvider('POST', '/control', { payments: 'up' });
    }
  });
});
