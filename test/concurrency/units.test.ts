import { randomUUID } from 'node:crypto';
import { anOrder, application, importOrder } from '../e2e/journey';
import { direct, expectNoDeadlocks } from '../stack/direct';
import { patiently } from '../stack/patient';
import { until } from '../stack/stack';

const shirts = (quantity: number) => anOrder({ lines: [{ lineId: '1', sku: 'TEE-M', title: 'T-shirt, M', category: 'apparel', quantity, unitPrice: 1000 }] });
const claims = (orderNumber: string) =>
  direct.sql<{ line_id: string; unit: number; return_id: string }>(
    'SELECT line_id, unit, return_id FROM unit_claim WHERE order_number = $1 AND released_at IS NULL ORDER BY unit',
    [orderNumber],
  );

describe('units of an order, asked for by many at once', () => {
  expectNoDeadlocks();

  test.each([
    [1, 40],
    [3, 40],
  ])('%i unit(s), %i applications at the same time: as many win as there are units, the others hear that they are gone', async (quantity, many) => {
    const order = shirts(quantity);
    await importOrder(order);
    const answers = await Promise.all(Array.from({ length: many }, () => patiently('shop', '/v1/returns', application(order))));
    const won = answers.filter((answer) => answer.status === 201);
    const lost = answers.filter((answer) => answer.status !== 201);
    expect(won).toHaveLength(quantity);
    for (const { status, body } of lost) expect([`409 units_unavailable`, `422 not_eligible`]).toContain(`${status} ${body.code}`);
    const held = await claims(order.orderNumber);
    expect(held.map((claim) => claim.unit)).toEqual(Array.from({ length: quantity }, (_, index) => index + 1));
    expect(held.map((claim) => claim.return_id).toSorted()).toEqual(won.map((answer) => answer.body.id as string).toSorted());
    const [rows] = await direct.sql<{ returns: number; unanswered: number }>(
      `SELECT (SELECT count(*)::int FROM return WHERE order_number = $1) AS returns,
         (SELECT count(*)::int FROM command WHERE body #>> '{input,application,orderNumber}' = $1 AND answer IS NULL) AS unanswered`,
      [order.orderNumber],
    );
    expect(rows).toEqual({ returns: quantity, unanswered: 0 });
  });

  test('a line with four units, ten applications for two each: exactly two win, and no unit is promised twice', async () => {
    const order = shirts(4);
    await importOrder(order);
    const answers = await Promise.all(Array.from({ length: 10 }, () => patiently('shop', '/v1/returns', application(order, { quantity: 2 }))));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(2);
    expect((await claims(order.orderNumber)).map((claim) => claim.unit)).toEqual([1, 2, 3, 4]);
  });

  test('a unit that is given back in the middle of a rush goes to exactly one of those who ask', async () => {
    const order = shirts(1);
    await importOrder(order);
    const first = await patiently('shop', '/v1/returns', application(order));
    const rush = Array.from({ length: 20 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 15));
      return patiently('shop', '/v1/returns', application(order));
    });
    const cancelled = await patiently('shop', `/v1/returns/${first.body.id}/cancel`, {});
    expect(cancelled.status).toBe(200);
    const won = (await Promise.all(rush)).filter((answer) => answer.status === 201);
    expect(won.length).toBeLessThanOrEqual(1);
    const last = await patiently('shop', '/v1/returns', application(order));
    expect(last.status === 201 ? 1 : 0).toBe(1 - won.length);
    expect(await claims(order.orderNumber)).toHaveLength(1);
  });

  test('the same key twenty times at once is one application with one answer', async () => {
    const order = shirts(3);
    await importOrder(order);
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => patiently('shop', '/v1/returns', application(order), { key })));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    // None, when the first one had to ask again itself.
    expect(answers.filter((answer) => answer.headers.get('idempotency-replayed') !== 'true').length).toBeLessThanOrEqual(1);
    expect(await claims(order.orderNumber)).toHaveLength(1);
    expect((await direct.sql('SELECT id FROM return WHERE order_number = $1', [order.orderNumber])).length).toBe(1);
  });

  test('a process that was started for a refused application is over at once', async () => {
    const order = shirts(1);
    await importOrder(order);
    await Promise.all(Array.from({ length: 8 }, () => patiently('shop', '/v1/returns', application(order))));
    const refused = await direct.sql<{ return_id: string }>(
      `SELECT return_id FROM command WHERE body #>> '{input,application,orderNumber}' = $1 AND return_id NOT IN (SELECT id FROM return)`,
      [order.orderNumber],
    );
    for (const { return_id } of refused) {
      await until(async () => {
        const description = await direct.workflow(return_id).describe().catch(() => null);
        return description === null || description.status.name === 'COMPLETED';
      }, 60_000, `the end of ${return_id}`); // prettier-ignore
    }
  });
});
