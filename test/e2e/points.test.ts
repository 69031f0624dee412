import { login, shop, type Body } from '../stack/stack';
import { anOrder, expectStatus, Journey, uniqueNumber } from './journey';
import { ownPolicy } from './policies';
import { expectProblem } from './refusals';

const pathOf = (customerId: string) => `/v1/customers/${encodeURIComponent(customerId)}/points`;
const pointsOf = async (customerId: string): Promise<Body> => expectStatus(await (await login('finance')).get(pathOf(customerId)), 200);
const movementsOf = (points: Body) => points.data.map((movement: Body) => [movement.type, movement.points]);
/** Three T-shirts that earned 31 points, 600 of them paid with 60 points. */
const pointsOrder = (more: Body = {}) => {
  const order = anOrder(more);
  const [card] = order.tenders;
  return {
    ...order,
    pointsEarned: 31,
    pointsSpent: 60,
    tenders: [
      { ...card, amount: 2400 },
      { tenderId: 'points', kind: 'points', provider: 'manual', amount: 600 },
    ],
  };
};

describe('what returns do to a customer’s points', () => {
  test('earned ones are taken and spent ones given back, by every return its part, until all of them are', async () => {
    const order = pointsOrder();
    const customerId = order.customer.id;
    const first = await Journey.begin(order);
    expect(await pointsOf(customerId)).toEqual({ customerId, balance: 0, restored: 0, revoked: 0, granted: 0, data: [], nextCursor: null });
    await first.bringBack();
    const { settlement } = await first.until('completed');
    expect(settlement.points).toEqual({ restored: 60, revoked: 10 });
    const once = await pointsOf(customerId);
    expect(once).toMatchObject({ balance: 50, restored: 60, revoked: 10, granted: 0 });
    expect(movementsOf(once).toSorted()).toEqual([['restored', 60], ['revoked', -10]]); // prettier-ignore
    expect(once.data[0]).toMatchObject({ id: expect.any(String), at: expect.any(String), orderNumber: order.orderNumber, returnId: first.id });
    const application = { orderNumber: order.orderNumber, lines: [{ lineId: '1', quantity: 2, reason: 'late', resolution: 'refund' }], method: 'none' };
    expectStatus(await shop().post('/v1/returns', application), 201);
    expect(await pointsOf(customerId)).toMatchObject({ balance: 29, restored: 60, revoked: 31, granted: 0 });
  });

  test('a settlement that finance withdraws takes its points with it', async () => {
    const channel = await ownPolicy({ refund: { approvalAbove: 500 } });
    const order = pointsOrder({ channel });
    const journey = await Journey.begin(order, { channel });
    await journey.bringBack();
    const waiting = await journey.until((rma) => rma.refunds.length > 0 && rma.refunds.every((refund: Body) => refund.status === 'awaiting_approval'));
    expect(await pointsOf(order.customer.id)).toMatchObject({ balance: 50, restored: 60, revoked: 10 });
    expectStatus(await (await login('finance')).post(`/v1/refunds/${waiting.refunds[0].id}/reject`, { note: 'no' }), 200);
    const after = await pointsOf(order.customer.id);
    expect(after).toMatchObject({ balance: 0, restored: 0, revoked: 0 });
    expect(new Set(movementsOf(after).map(String))).toEqual(new Set(['restored,60', 'restored,-60', 'revoked,-10', 'revoked,10']));
  });

  test('points for the trouble are granted, once finance agrees where it has to, and taken back when their reason falls away', async () => {
    const channel = await ownPolicy({ compensation: [{ when: { fault: 'seller' }, grant: { kind: 'points', amount: 80 } }] });
    const journey = await Journey.begin(anOrder({ channel }), { reason: 'damaged', channel });
    const customerId = journey.order.customer.id;
    await journey.command('agent', 'goodwill', { kind: 'points', amount: 5, reason: 'sorry' });
    const large = (await journey.command('agent', 'goodwill', { kind: 'points', amount: 9000, reason: 'sorry' })).compensations.at(-1);
    expect(await pointsOf(customerId)).toMatchObject({ balance: 85, granted: 85 });
    expectStatus(await (await login('finance')).post(`/v1/compensations/${large.id}/approve`), 200);
    await journey.command('shop', 'cancel');
    const points = await pointsOf(customerId);
    expect(points).toMatchObject({ balance: 9005, granted: 9005, restored: 0, revoked: 0 });
    expect(movementsOf(points)).toEqual([['granted', -80], ['granted', 9000], ['granted', 5], ['granted', 80]]); // prettier-ignore
  });

  test('are listed page by page, to staff, of the shop’s own customers', async () => {
    const journey = await Journey.begin(anOrder());
    const customerId = journey.order.customer.id;
    for (const amount of [1, 2, 3]) await journey.command('agent', 'goodwill', { kind: 'points', amount, reason: 'sorry' });
    const all = await pointsOf(customerId);
    for (const who of ['agent', 'finance', 'admin']) expect(expectStatus(await (await login(who)).get(pathOf(customerId)), 200)).toEqual(all);
    const first = expectStatus(await (await login('agent')).get(`${pathOf(customerId)}?limit=2`), 200);
    const second = expectStatus(await (await login('agent')).get(`${pathOf(customerId)}?limit=2&cursor=${first.nextCursor}`), 200);
    expect([...first.data, ...second.data]).toEqual(all.data);
    expect([second.nextCursor, second.balance]).toEqual([null, 6]);
    for (const who of ['customer', 'warehouse']) expectProblem(await (await login(who)).get(pathOf(customerId)), 403, 'forbidden');
    expectProblem(await shop().get(pathOf(customerId)), 403, 'forbidden');
    expectProblem(await (await login('admin@other.example')).get(pathOf(customerId)), 404, 'not_found');
    expectProblem(await (await login('admin')).get(pathOf(uniqueNumber('nobody'))), 404, 'not_found');
    expectProblem(await (await login('agent')).get(`${pathOf(customerId)}?limit=0`), 400, 'validation_failed', '/query/limit');
    expectProblem(await (await login('agent')).get(`${pathOf(customerId)}?from=2026-01-01`), 400, 'validation_failed', '/query/from');
  });
});
