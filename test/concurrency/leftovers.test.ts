import { reconcile } from '#apps/worker/jobs/reconcile';
import { deliverFact } from '#apps/worker/jobs/facts';
import type { JobContext } from '#apps/worker/jobs/job-context';
import { Metrics } from '#apps/worker/metrics';
import { Database } from '#libs/persistence/database';
import { migrate } from '#libs/persistence/migrate';
import { direct } from '../stack/direct';
import { stack } from '../stack/stack';

/** A database without workers: nothing happens but what a test lets happen. */
const name = `leftovers_${process.pid}`;
let database: Database;
let context: JobContext;

beforeAll(async () => {
  await direct.sql(`CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(stack().databaseUrl), { pathname: `/${name}` }).toString();
  await migrate(url);
  database = await Database.connect({ url, poolSize: 2 });
  const fail = (details: unknown) => {
    throw new Error(JSON.stringify(details));
  };
  context = { database, log: { info: () => undefined, warn: fail } } as unknown as JobContext;
  await sql(`INSERT INTO merchant (id, name) VALUES ('m', 'M')`);
});
afterAll(async () => {
  await database?.close();
  await direct.sql(`DROP DATABASE ${name} WITH (FORCE)`);
  await direct.close();
});

const sql = <Row>(text: string, values: unknown[] = []): Promise<Row[]> => database.source.query<Row[]>(text, values);
/** Reports that came so long ago, all of them of one source; answers their ids. */
const report = async (subjects: readonly string[], ago: string, source = 'carrier/sandbox', input: object = { type: 'scan', status: 'delivered' }) =>
  (
    await sql<{ id: number }>(
      `INSERT INTO inbox (source, event_id, type, subject, body, received_at)
       SELECT $1, gen_random_uuid(), 'report', subject, jsonb_build_object('input', $2::jsonb || jsonb_build_object('trackingNumber', subject, 'scannedAt', now() - $3::interval)), now() - $3::interval
       FROM unnest($4::text[]) AS subject RETURNING id`,
      [source, JSON.stringify(input), ago, subjects],
    )
  ).map(({ id }) => id);
const know = (trackingNumbers: readonly string[]) =>
  sql(
    `INSERT INTO parcel (merchant_id, return_id, parcel_id, direction, carrier, tracking_number) SELECT 'm', 'ret_gone', number, 'inbound', 'sf', number FROM unnest($1::text[]) AS number`,
    [trackingNumbers],
  );
const isHandled = async (ids: readonly number[]): Promise<boolean[]> =>
  (await sql<{ handled: boolean }>('SELECT handled_at IS NOT NULL AS handled FROM inbox WHERE id = ANY ($1::bigint[]) ORDER BY id', [ids])).map(
    ({ handled }) => handled,
  );
const queued = async (id: number): Promise<boolean> => (await sql('SELECT FROM graphile_worker.jobs WHERE key = $1', [`fact/${id}`])).length > 0;

describe('what nobody waits for', () => {
  test('keeps nothing that can be delivered from its turn, however much of it lies before', async () => {
    const stale = Array.from({ length: 1200 }, (_, index) => `STALE${index}`);
    await know(stale.slice(0, 600));
    await report(stale, '2 hours');
    await know(['WANTED']);
    const [wanted] = await report(['WANTED'], '1 hour');
    for (let minute = 0; minute < 2; minute += 1) await reconcile(context);
    expect(await queued(wanted!)).toBe(true);
  });

  test('is looked at a bounded number of times a minute, each in its turn', async () => {
    const stale = Array.from({ length: 1500 }, (_, index) => `UNKNOWN${index}`);
    const ids = await report(stale, '3 hours');
    const tried = async () => (await sql<{ id: number }>('SELECT id FROM inbox WHERE id = ANY ($1::bigint[]) AND tried_at IS NOT NULL', [ids])).length;
    await reconcile(context);
    expect(await tried()).toBe(1000);
    await reconcile(context);
    expect(await tried()).toBe(1500);
  });

  test('is done with after ninety days when it is a scan, and kept; money is waited for', async () => {
    const [old] = await report(['LOST'], '91 days');
    const [younger] = await report(['LOST'], '89 days');
    const elsewhere = { type: 'refund_elsewhere', providerRefundId: 're_1', providerPaymentId: 'pay_1', amount: 1 };
    const [money] = await report(['pay_1'], '91 days', 'payment/sandbox', elsewhere);
    for (let minute = 0; minute < 5; minute += 1) await reconcile(context);
    expect(await queued(old!)).toBe(true);
    for (const id of [old!, younger!, money!]) await deliverFact(context, id);
    expect(await isHandled([old!, younger!, money!])).toEqual([true, false, false]);
  });
});

describe('a job by the clock that did not end', () => {
  const job = (key: string | null, task = 'expire_coupons') =>
    sql<{ id: number }>(`SELECT id FROM graphile_worker.add_job($1, run_at => now() + interval '1 day', max_attempts => 1, job_key => $2)`, [task, key]);
  const giveUp = (id: number) => sql('UPDATE graphile_worker._private_jobs SET attempts = max_attempts WHERE id = $1', [id]);
  const givenUp = async (): Promise<number> => {
    const text = await new Metrics(database).registry.getSingleMetricAsString('jobs_given_up');
    return Number(/^jobs_given_up (\d+)$/m.exec(text)?.[1]);
  };

  test('is no job given up once another run of it has taken its place; one that is the last of its kind is, and so is a job of somebody', async () => {
    const [displaced] = await job('expire_coupons');
    await sql(`UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'dead' WHERE id = $1`, [displaced!.id]);
    const [next] = await job('expire_coupons');
    expect(next!.id).not.toBe(displaced!.id);
    expect(await givenUp()).toBe(1);
    await reconcile(context);
    expect(await givenUp()).toBe(1); // it may still be running
    await sql(`UPDATE graphile_worker._private_jobs SET locked_at = NULL, locked_by = NULL WHERE id = $1`, [displaced!.id]);
    await reconcile(context);
    expect(await givenUp()).toBe(0);
    const [last] = await job('checkpoint_all', 'checkpoint_all');
    const [mail] = await job(null, 'mail');
    for (const { id } of [last!, mail!]) await giveUp(id);
    await reconcile(context);
    expect(await givenUp()).toBe(2);
  });
});
