import { randomUUID } from 'node:crypto';
import { Pool, type PoolClient } from 'pg';
import { report } from '../stack/patient';
import { stack, until } from '../stack/stack';
import { Journey } from './journey';

let pool: Pool;
beforeAll(() => void (pool = new Pool({ connectionString: stack().databaseUrl, max: 1 })));
afterAll(() => pool.end());

/** What the application may see and do inside a merchant, undone afterwards. */
async function inside<T>(merchantId: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(`BEGIN; SET LOCAL ROLE boomerang_app; SET LOCAL app.merchant_id = '${merchantId}'`);
    return await work(client);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

test('row-level security is forced on every table that has a merchant, with one policy for each of the two roles', async () => {
  const { rows } = await pool.query<{ name: string; forced: boolean; policies: Record<string, string> }>(
    `SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced,
       (SELECT jsonb_object_agg(array_to_string(p.roles, ','), p.permissive || ' ' || p.cmd || ' ' || p.qual || coalesce(' ' || p.with_check, '')) FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = c.relname) AS policies
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'merchant_id' AND NOT a.attisdropped
     WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname`,
  );
  expect(rows.length).toBeGreaterThan(35);
  const own = "(merchant_id = ( SELECT current_setting('app.merchant_id'::text) AS current_setting))";
  const wrong = rows.filter(
    ({ name, forced, policies }) =>
      !forced ||
      policies === null ||
      Object.keys(policies).toSorted().join() !== 'boomerang_app,boomerang_system' ||
      // A fact is nobody's until it is known whose it is.
      policies.boomerang_app !== `PERMISSIVE ALL ${name === 'inbox' ? `((merchant_id IS NULL) OR ${own})` : own}` ||
      policies.boomerang_system !== 'PERMISSIVE ALL true',
  );
  expect(wrong).toEqual([]);
});

test('what machines said of one merchant’s returns another neither sees nor changes', async () => {
  const journey = await Journey.begin();
  await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: journey.trackingNumber });
  await journey.scan('picked_up');
  await journey.until('in_transit');
  const seen = (merchantId: string, sql: string) => inside(merchantId, async (client) => (await client.query(sql, [journey.trackingNumber])).rowCount);
  const read = 'SELECT FROM inbox WHERE subject = $1';
  const change = 'UPDATE inbox SET handled_at = now() WHERE subject = $1';
  await until(async () => (await seen('demo', read)) === 1);
  expect(await seen('demo', change)).toBe(1);
  expect(await seen('other', read)).toBe(0);
  expect(await seen('other', change)).toBe(0);
});

test('a fact that is nobody’s yet may be taken for a merchant of one’s own, and given to no other', async () => {
  const trackingNumber = `NOBODY-${randomUUID()}`;
  await report('carriers', { type: 'parcel.scanned', data: { trackingNumber, status: 'delivered' } });
  const take = (merchantId: string) =>
    inside('demo', async (client) => (await client.query('UPDATE inbox SET merchant_id = $2 WHERE subject = $1', [trackingNumber, merchantId])).rowCount);
  expect(await take('demo')).toBe(1);
  await expect(take('other')).rejects.toThrow('row-level security');
  await pool.query('UPDATE inbox SET handled_at = now() WHERE subject = $1', [trackingNumber]);
});
