import { Client } from 'pg';
import { anOrder, expectStatus, Journey, uniqueNumber } from '../e2e/journey';
import { direct, expectNoDeadlocks } from '../stack/direct';
import { patiently } from '../stack/patient';
import { login, shop, stack, until } from '../stack/stack';

/** Holds an article's row as a slow transaction would, until it is told to let go. */
async function hold(sku: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: stack().databaseUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM inventory WHERE sku = $1 FOR UPDATE', [sku]);
  return () => client.query('COMMIT').then(() => client.end());
}
const waitingForStock = (many: number) =>
  until(
    async () => {
      const [found] = await direct.sql<{ many: number }>(
        `SELECT count(*)::int AS many FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE inventory%'`,
      );
      return found!.many >= many;
    },
    60_000,
    `${many} decisions that wait for stock`,
  );

/** An exchange that was approved, and that an agent offers to make one for the same article again: it gives `wanted` back and takes `had`. */
async function undecided(had: string, wanted: string): Promise<Journey> {
  const order = anOrder({ lines: [{ lineId: '1', sku: had, title: had, category: 'apparel', quantity: 1, unitPrice: 1000 }] });
  const journey = await Journey.begin(order, { lines: [{ lineId: '1', quantity: 1, reason: 'changed_mind', resolution: 'exchange', exchangeSku: wanted }] });
  await journey.command('agent', 'offers', { resolution: 'exchange', amount: null, note: 'the same again' });
  return journey;
}
const accepted = ({ id, rma }: Journey) => patiently('shop', `/v1/returns/${id}/offers/${rma.offers[0].offerId}/accept`, {});

describe('returns that draw on each other’s stock', () => {
  expectNoDeadlocks();

  test('give back and take in one order of articles: half of A for B, half of B for A, and none waits for the other in a circle', async () => {
    const [A, B] = [uniqueNumber('SKA'), uniqueNumber('SKB')];
    for (const sku of [A, B]) expectStatus(await shop().put(`/v1/inventory/${sku}`, { available: 4, price: 1000, title: sku }), 201);
    await login('agent'); // once, not as often as there are journeys
    const [takeA, takeB] = [
      [await undecided(A, B), await undecided(A, B)],
      [await undecided(B, A), await undecided(B, A)],
    ];
    // All of them are under way when the first one gets what it wants.
    const letGo = await hold(A);
    const first = takeA.map(accepted);
    await waitingForStock(2);
    const second = takeB.map(accepted);
    await waitingForStock(4);
    await letGo();
    const answers = await Promise.all([...first, ...second]);
    expect(answers.map(({ status, body }) => [status, body.replacements])).toMatchObject(
      [A, A, B, B].map((sku) => [200, [{ status: 'cancelled' }, { status: 'reserved', sku }]]),
    );
    const left = await direct.sql('SELECT sku, available FROM inventory WHERE sku = ANY ($1) ORDER BY sku', [[A, B]]);
    expect(left).toEqual([A, B].map((sku) => ({ sku, available: 2 })));
    const held = await direct.sql('SELECT status, count(*)::int AS many FROM stock_reservation WHERE sku = ANY ($1) GROUP BY status ORDER BY status', [[A, B]]);
    expect(held).toEqual([
      { status: 'released', many: 4 },
      { status: 'reserved', many: 4 },
    ]);
  });
});
