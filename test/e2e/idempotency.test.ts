import { randomUUID } from 'node:crypto';
import { login, processes, shop, until, type Answer, type Body } from '../stack/stack';
import { anOrder, application, expectStatus, importOrder, Journey, uniqueNumber } from './journey';
import { expectProblem } from './refusals';

/** Repeats as a client does that has lost its answer: until it gets one. */
async function insist(send: () => Promise<Answer>): Promise<Answer> {
  return until(async () => {
    const answer = await send().catch(() => undefined);
    return answer !== undefined && answer.status !== 503 && answer.status !== 202 && answer.body?.code !== 'request_in_progress' && answer;
  }, 60_000, 'an answer'); // prettier-ignore
}
const returnsOf = async (order: Body): Promise<Body[]> => (await shop().get(`/v1/returns?orderNumber=${order.orderNumber}`)).body.data;
const replayed = (answer: Answer) => answer.headers.get('idempotency-replayed') === 'true';

describe('the same key and body again', () => {
  test('an application: the first answer, letter for letter, even when the return has moved on', async () => {
    const order = anOrder();
    await importOrder(order);
    const key = randomUUID();
    const first = await shop().post('/v1/returns', application(order), { key });
    expectStatus(first, 201);
    expect(replayed(first)).toBe(false);
    await shop().post(`/v1/returns/${first.body.id}/cancel`, {}, { key });
    const again = await shop().post('/v1/returns', application(order), { key });
    expect([again.status, again.body, again.headers.get('location')]).toEqual([201, first.body, `/v1/returns/${first.body.id}`]);
    expect(replayed(again)).toBe(true);
    expect(await returnsOf(order)).toHaveLength(1);
    // Defaults are part of the body: leaving one out is the same request.
    expect(replayed(await shop().post('/v1/returns', { ...application(order), refundTo: 'original', channel: null }, { key }))).toBe(true);
  });

  test('a command is done once', async () => {
    const journey = await Journey.begin(anOrder());
    const key = randomUUID();
    const send = async () => (await login('agent')).post(`/v1/returns/${journey.id}/goodwill`, { kind: 'points', amount: 7, reason: 'sorry' }, { key });
    const [first, again] = [await send(), await send()];
    expectStatus(first, 200);
    expect([replayed(first), replayed(again)]).toEqual([false, true]);
    expect(again.body).toEqual(first.body);
    expect((await journey.read()).compensations).toHaveLength(1);
    expectStatus(await (await login('agent')).post(`/v1/returns/${journey.id}/goodwill`, { kind: 'points', amount: 7, reason: 'sorry' }), 200);
    expect((await journey.read()).compensations).toHaveLength(2);
  });

  test('notes, receipts, policies and keys too', async () => {
    const journey = await Journey.begin(anOrder());
    const [admin, warehouse] = [await login('admin'), await login('warehouse')];
    const receipt = { trackingNumber: uniqueNumber('NOBODY'), lines: [{ sku: 'X', quantity: 1 }] };
    const sends: ((key: string) => Promise<Answer>)[] = [
      (key) => admin.post(`/v1/returns/${journey.id}/notes`, { text: 'once' }, { key }),
      (key) => warehouse.post('/v1/receipts', receipt, { key }),
      (key) => admin.post('/v1/api-keys', { name: 'once', scopes: ['orders'] }, { key }),
    ];
    for (const send of sends) {
      const key = randomUUID();
      const [first, again] = [await send(key), await send(key)];
      expect(first.status).toBeLessThan(300);
      expect([again.status, again.body, replayed(again)]).toEqual([first.status, first.body, true]);
    }
    const receipts = (await warehouse.get('/v1/receipts?limit=200')).body.data;
    expect(receipts.filter((one: Body) => one.trackingNumber === receipt.trackingNumber)).toHaveLength(1);
  });

  test('ten at once do it once, and all hear of the same return', async () => {
    const order = anOrder();
    await importOrder(order);
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => insist(() => shop().post('/v1/returns', application(order), { key }))));
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.body.id}`)).size).toBe(1);
    expect(answers[0]!.status).toBe(201);
    expect(answers.filter((answer) => !replayed(answer)).length).toBeLessThanOrEqual(1);
    expect(await returnsOf(order)).toHaveLength(1);
    const agent = await login('agent');
    const { id } = answers[0]!.body as { id: string };
    const given = await Promise.all(
      Array.from({ length: 10 }, () => insist(() => agent.post(`/v1/returns/${id}/goodwill`, { kind: 'coupon', amount: 5, reason: 'x' }, { key }))),
    );
    expect(new Set(given.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect((await returnsOf(order))[0].compensations).toHaveLength(1);
  });

  test('while the first is under way: it is waited for, or 409 with Retry-After', async () => {
    const key = randomUUID();
    const admin = await login('admin');
    const name = uniqueNumber('key ');
    const answers = await Promise.all(Array.from({ length: 5 }, () => admin.post('/v1/api-keys', { name, scopes: ['orders'] }, { key })));
    for (const answer of answers) {
      if (answer.status !== 201) expectProblem(answer, 409, 'request_in_progress');
      if (answer.status === 409) expect(answer.headers.has('retry-after')).toBe(true);
    }
    expect((await admin.get('/v1/api-keys?limit=200')).body.data.filter((one: Body) => one.name === name)).toHaveLength(1);
  });
});

describe('the same key for something else', () => {
  test('another body is refused and nothing is done', async () => {
    const order = anOrder();
    await importOrder(order);
    const key = randomUUID();
    const { id } = expectStatus(await shop().post('/v1/returns', application(order), { key }), 201);
    expectProblem(await shop().post('/v1/returns', application(order, { quantity: 2 }), { key }), 422, 'idempotency_key_reused');
    expect(await returnsOf(order)).toHaveLength(1);
    const agent = await login('agent');
    expectStatus(await agent.post(`/v1/returns/${id}/notes`, { text: 'one' }, { key }), 200);
    expectProblem(await agent.post(`/v1/returns/${id}/notes`, { text: 'two' }, { key }), 422, 'idempotency_key_reused');
    expectStatus(await agent.post(`/v1/returns/${id}/goodwill`, { kind: 'points', amount: 1, reason: 'x' }, { key }), 200);
    expectProblem(await agent.post(`/v1/returns/${id}/goodwill`, { kind: 'points', amount: 1, reason: 'y' }, { key }), 422, 'idempotency_key_reused');
  });

  test('another caller and another route have keys of their own', async () => {
    const [one, two] = [await Journey.begin(anOrder()), await Journey.begin(anOrder())];
    const key = randomUUID();
    for (const who of ['agent', 'agent2']) {
      for (const journey of [one, two]) {
        const answer = await (await login(who)).post(`/v1/returns/${journey.id}/goodwill`, { kind: 'points', amount: 1, reason: 'x' }, { key });
        expectStatus(answer, 200);
        expect(replayed(answer)).toBe(false);
      }
    }
    expect((await one.read()).compensations).toHaveLength(2);
  });
});

describe('what is kept, and what is not', () => {
  test('invalid_state and not_eligible are kept: the same key meets them again', async () => {
    const order = anOrder();
    const { deliveredAt, ...shipment } = order.shipments[0];
    await importOrder({ ...order, shipments: [shipment] });
    const [key, wrongState] = [randomUUID(), randomUUID()];
    const first = await shop().post('/v1/returns', application(order), { key });
    expectProblem(first, 422, 'not_eligible');
    expectStatus(await shop().put(`/v1/orders/${order.orderNumber}`, { ...order, shipments: [{ ...shipment, deliveredAt }] }), 200);
    const again = await shop().post('/v1/returns', application(order), { key });
    expect([again.status, again.body, replayed(again)]).toEqual([422, first.body, true]);
    expect(again.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const { id } = expectStatus(await shop().post('/v1/returns', application(order), { key: randomUUID() }), 201);
    const appeal = () => shop().post(`/v1/returns/${id}/appeal`, { reason: 'no' }, { key: wrongState });
    const refused = [await appeal(), await appeal()];
    for (const answer of refused) expectProblem(answer, 409, 'invalid_state');
    expect(refused.map(replayed)).toEqual([false, true]);
  });

  test('a bad request, a missing order and a missing line are not: the key is free for another try', async () => {
    const order = anOrder();
    const key = randomUUID();
    expectProblem(await shop().post('/v1/returns', application(order), { key }), 404, 'not_found');
    await importOrder(order);
    expectProblem(await shop().post('/v1/returns', { ...application(order), surprise: 1 }, { key }), 400, 'validation_failed');
    expectProblem(
      await shop().post('/v1/returns', application(order, { lines: [{ lineId: 'nothing', quantity: 1, reason: 'changed_mind' }] }), { key }),
      400,
      'validation_failed',
    );
    expectStatus(await shop().post('/v1/returns', application(order), { key }), 201);
  });
});

describe('when the API is killed', () => {
  test('in the middle of applications, the same keys lead to one return each', async () => {
    const orders = Array.from({ length: 6 }, () => anOrder());
    await Promise.all(orders.map(importOrder));
    const keys = orders.map(() => randomUUID());
    const send = (index: number) => shop().post('/v1/returns', application(orders[index]), { key: keys[index]!, timeoutMs: 10_000 });
    const flying = orders.map((_, index) => send(index).catch(() => null));
    await new Promise((resolve) => setTimeout(resolve, 60));
    await processes.kill('api');
    await Promise.all(flying);
    const answers = await Promise.all(orders.map((_, index) => insist(() => send(index))));
    for (const [index, answer] of answers.entries()) {
      expectStatus(answer, 201);
      expect((await returnsOf(orders[index])).map((rma) => rma.id)).toEqual([answer.body.id]);
      const again = await send(index);
      expect([again.body, replayed(again)]).toEqual([answer.body, true]);
    }
  });

  test('after an answer, the answer is still there', async () => {
    const journey = await Journey.begin(anOrder());
    const [agent, key] = [await login('agent'), randomUUID()];
    const send = () => agent.post(`/v1/returns/${journey.id}/goodwill`, { kind: 'credit', amount: 9, reason: 'x' }, { key });
    const first = expectStatus(await send(), 200);
    await processes.kill('api');
    const again = await insist(send);
    expect([again.body, replayed(again)]).toEqual([first, true]);
    expect((await journey.read()).compensations).toHaveLength(1);
  });
});
