import { randomUUID } from 'node:crypto';
import { login, shop, type Body } from '../stack/stack';
import { anOrder, application, expectStatus, Journey } from './journey';
import { expectProblem } from './refusals';

const dueAt = (rma: Body) => Date.parse(rma.deadlines.find((deadline: Body) => deadline.stage === 'handover')?.dueAt);

describe('one action on many returns', () => {
  test('extends a deadline of those that have it, and says which have not', async () => {
    const order = anOrder();
    const [one, two, over] = [await Journey.begin(order), await Journey.begin(anOrder()), await Journey.begin(anOrder())];
    await over.command('shop', 'cancel');
    const agent = await login('agent');
    const body = { filter: { returnIds: [one.id, two.rma.number, over.id, 'ret_nothing'] }, action: 'extend', stage: 'handover', by: 'P2D' };
    const key = randomUUID();
    const answer = expectStatus(await agent.post('/v1/returns/bulk', body, { key }), 200);
    expect(answer).toEqual({ matched: 3, done: 2, failed: [{ returnId: 'ret_nothing', code: 'not_found' }, { returnId: over.id, code: 'invalid_state' }] }); // prettier-ignore
    for (const journey of [one, two]) {
      const before = dueAt(journey.rma);
      expect(dueAt(await journey.read()) - before).toBe(2 * 86_400_000);
    }
    const [first] = (await one.read()).deadlines;
    const again = await agent.post('/v1/returns/bulk', body, { key });
    expect([again.body, again.headers.get('idempotency-replayed')]).toEqual([answer, 'true']);
    expect((await one.read()).deadlines[0]).toEqual(first);
    expectProblem(await agent.post('/v1/returns/bulk', { ...body, by: 'P3D' }, { key }), 422, 'idempotency_key_reused');
  });

  test('gives all that match to somebody; every criterion has to hold', async () => {
    const order = anOrder();
    const [one, other] = [await Journey.begin(order), await Journey.begin(anOrder())];
    const two = expectStatus(await shop().post('/v1/returns', application(order)), 201);
    const [user] = (await (await login('admin')).get('/v1/users?email=agent2@demo.example')).body.data;
    const agent = await login('agent');
    const filter = { customerId: order.customer.id, status: 'awaiting_handover' };
    expect(expectStatus(await agent.post('/v1/returns/bulk', { filter, action: 'assign', userId: user.id }), 200)).toEqual({ matched: 2, done: 2, failed: [] });
    const mine = expectStatus(await agent.get(`/v1/returns?assignee=${user.id}&customerId=${order.customer.id}`), 200).data.map((rma: Body) => rma.id);
    expect(mine).toHaveLength(2);
    expect(mine).toEqual(expect.arrayContaining([one.id, two.id]));
    expect((await other.read()).assignee).toBeNull();
    const none = { filter: { ...filter, status: 'completed' }, action: 'assign', userId: null };
    expect(expectStatus(await agent.post('/v1/returns/bulk', none), 200)).toEqual({ matched: 0, done: 0, failed: [] });
    expect((await one.read()).assignee).toBe(user.id);
  });

  test('is refused as a whole when it is not well formed, or by whom it may not', async () => {
    const agent = await login('agent');
    const assign = { action: 'assign', userId: null };
    expectProblem(await agent.post('/v1/returns/bulk', { ...assign, filter: {} }), 400, 'validation_failed', '/filter');
    expectProblem(await agent.post('/v1/returns/bulk', { filter: { status: 'in_review' }, action: 'cancel' }), 400, 'validation_failed', '/action');
    expectProblem(
      await agent.post('/v1/returns/bulk', { filter: { returnIds: Array.from({ length: 201 }, (_, index) => `ret_${index}`) }, ...assign }),
      400,
      'validation_failed',
      '/filter/returnIds',
    );
    expectProblem(
      await agent.post('/v1/returns/bulk', { filter: { returnIds: ['ret_1'] }, action: 'assign', userId: 'usr_nobody' }),
      400,
      'validation_failed',
      '/userId',
    );
    for (const who of ['customer', 'warehouse', 'finance']) expectProblem(await (await login(who)).post('/v1/returns/bulk', {}), 403, 'forbidden');
    expectProblem(await shop().post('/v1/returns/bulk', {}), 403, 'forbidden');
  });

  test('does not reach into another shop', async () => {
    const journey = await Journey.begin(anOrder());
    const answer = expectStatus(
      await (
        await login('admin@other.example')
      ).post('/v1/returns/bulk', { filter: { returnIds: [journey.id, journey.rma.number] }, action: 'extend', stage: 'handover', by: 'P1D' }),
      200,
    );
    expect(answer).toEqual({ matched: 0, done: 0, failed: [{ returnId: journey.id, code: 'not_found' }, { returnId: journey.rma.number, code: 'not_found' }] }); // prettier-ignore
    expect((await journey.read()).deadlines).toEqual(journey.rma.deadlines);
  });
});
