import type { ListedRefund, ProviderList } from '#activities/payments/provider-list';
import type { JobContext } from '#apps/worker/jobs/job-context';
import { reconcileProvider, reconcileYesterday } from '#apps/worker/jobs/reconciliation';
import { Database } from '#libs/persistence/database';
import { direct } from '../stack/direct';
import { stack, until } from '../stack/stack';
import { uniqueNumber } from './journey';

/** The run itself, with a provider that answers as a test wants and workers that die where it wants. */
const merchantId = 'mer_reconciled';
const at = '2025-03-04T12:00:00.000Z';
const day = { from: '2025-03-04T00:00:00Z', to: '2025-03-05T00:00:00Z' };
let database: Database;

beforeAll(async () => {
  database = await Database.connect({ url: stack().databaseUrl, poolSize: 4 });
  await direct.sql('INSERT INTO merchant (id, name) VALUES ($1, $1) ON CONFLICT DO NOTHING', [merchantId]);
});
afterAll(async () => {
  await database.close();
  await direct.close();
});

class Died extends Error {}
/** Pages of refunds; `before` is called with the number of each page that is asked for. */
const listOf = (pages: readonly (readonly ListedRefund[])[], before: (page: number) => void = () => undefined): ProviderList => ({
  refunds: async (_from, _to, cursor) => {
    const page = Number(cursor ?? 0);
    before(page);
    return { data: [...(pages[page] ?? [])], nextCursor: page + 1 < pages.length ? String(page + 1) : null };
  },
  byRefundId: async (refundId) => pages.flat().filter((one) => one.refundId === refundId),
});
const contextWith = (list: ProviderList | null): JobContext =>
  ({ database, providers: ['sandbox'], providerList: () => list, log: { warn: () => undefined, info: () => undefined } }) as unknown as JobContext;
const theirs = (index: number, more: Partial<ListedRefund> = {}): ListedRefund => {
  const id = `re_${merchantId}_${index}`;
  return {
    id,
    refundId: `elsewhere_${index}`,
    providerPaymentId: `pay_${merchantId}_${index}`,
    amount: 100,
    currency: 'CNY',
    status: 'succeeded',
    at,
    ...more,
  };
};
const pagesOf = (count: number, size: number) =>
  Array.from({ length: Math.ceil(count / size) }, (_, page) =>
    Array.from({ length: Math.min(size, count - page * size) }, (__, index) => theirs(page * size + index)),
  );

/** A run that no worker of the stack knows of. */
async function begun(): Promise<{ merchantId: string; reconciliationId: string }> {
  const id = uniqueNumber('rcl_');
  await direct.sql(`INSERT INTO reconciliation (merchant_id, id, provider, from_at, to_at, status, step, requested_by) VALUES ($1, $2, 'sandbox', $3, $4, 'running', 'list', 'test')`, [merchantId, id, day.from, day.to]); // prettier-ignore
  return { merchantId, reconciliationId: id };
}
const runRow = async ({ reconciliationId }: { reconciliationId: string }) =>
  (
    await direct.sql<{ status: string; reason: string | null; matched: number; here: number; staged: number; numbered: number; tasks: number }>(
      `SELECT status, reason, matched, missing_here AS here, (SELECT count(*)::int FROM provider_refund WHERE reconciliation_id = r.id) AS staged,
         (SELECT count(*)::int FROM reconciliation_difference WHERE reconciliation_id = r.id) AS numbered, (SELECT count(*)::int FROM task WHERE merchant_id = r.merchant_id) AS tasks
       FROM reconciliation r WHERE id = $1`,
      [reconciliationId],
    )
  )[0]!;

test('a worker that dies between pages is followed by one that goes on: every refund counts once', async () => {
  const run = await begun();
  const pages = pagesOf(1_150, 200);
  for (const deadly of [0, 2, 5]) {
    const dies = listOf(pages, (page) => {
      if (page === deadly) throw new Died();
    });
    await expect(reconcileProvider(contextWith(dies), run)).rejects.toThrow();
  }
  await reconcileProvider(contextWith(listOf(pages)), run);
  expect(await runRow(run)).toEqual({ status: 'done', reason: null, matched: 0, here: 1_150, staged: 0, numbered: 1_150, tasks: 1_150 });
  await reconcileProvider(contextWith(listOf(pages)), run);
  expect((await runRow(run)).here).toBe(1_150);
});

test('two workers on one run count nothing twice', async () => {
  const run = await begun();
  const context = contextWith(listOf(pagesOf(1_150, 100)));
  await Promise.all([reconcileProvider(context, run), reconcileProvider(context, run), reconcileProvider(context, run)]);
  // Whoever was overtaken has left it to the other.
  await reconcileProvider(context, run);
  expect(await runRow(run)).toMatchObject({ status: 'done', here: 1_150, numbered: 1_150, tasks: 1_150 });
});

test('two runs at once over the same range open one piece of work for a difference', async () => {
  const runs = [await begun(), await begun()];
  const context = contextWith(listOf(pagesOf(1_150, 500)));
  await Promise.all(runs.map((run) => reconcileProvider(context, run)));
  for (const run of runs) expect(await runRow(run)).toMatchObject({ status: 'done', here: 1_150, tasks: 1_150 });
});

test('what a later run does not find any more is gone, with its work', async () => {
  const run = await begun();
  await reconcileProvider(contextWith(listOf(pagesOf(50, 50))), run);
  expect(await runRow(run)).toMatchObject({ here: 50, tasks: 50 });
  const last = await begun();
  await reconcileProvider(contextWith(listOf([])), last);
  expect(await runRow(last)).toMatchObject({ status: 'done', here: 0, tasks: 0 });
});

test('a list that has nothing to do with ours ends the run instead of filling the queue for ever', async () => {
  const run = await begun();
  await reconcileProvider(contextWith(listOf(pagesOf(11_000, 1_000))), run);
  const row = await runRow(run);
  expect(row).toMatchObject({ status: 'failed', reason: 'too_many_differences', staged: 0 });
  expect(row.numbered).toBeLessThan(11_000);
  await reconcileProvider(contextWith(listOf([])), await begun());
});

test('a provider that nobody can ask fails the run', async () => {
  const run = await begun();
  await reconcileProvider(contextWith(null), run);
  expect(await runRow(run)).toMatchObject({ status: 'failed', reason: 'provider_unknown' });
});

test('a list that is none is asked for again, and taken for an outage in the end', async () => {
  const run = await begun();
  const nonsense: ProviderList = { refunds: async () => Promise.reject(new Error('not a list')), byRefundId: async () => [] };
  for (let time = 1; time < 10; time += 1) await expect(reconcileProvider(contextWith(nonsense), run)).rejects.toThrow('could not be asked');
  await reconcileProvider(contextWith(nonsense), run);
  expect(await runRow(run)).toMatchObject({ status: 'failed', reason: 'provider_unreachable' });
});

test('yesterday is reconciled once a night for every merchant and provider with refunds', async () => {
  const dayMs = 86_400_000;
  const today = new Date(Math.floor(Date.now() / dayMs) * dayMs);
  const tomorrow = new Date(today.getTime() + dayMs);
  const context = contextWith(null);
  await Promise.all([reconcileYesterday(context, tomorrow), reconcileYesterday(context, tomorrow)]);
  await reconcileYesterday(context, tomorrow);
  const runs = await direct.sql<{ merchantId: string; from: Date; to: Date }>(
    `SELECT merchant_id AS "merchantId", from_at AS "from", to_at AS "to" FROM reconciliation WHERE requested_by = 'boomerang' AND from_at = $1`,
    [today],
  );
  const [used] = await direct.sql<{ merchants: number }>(
    `SELECT count(DISTINCT merchant_id)::int AS merchants FROM refund WHERE provider = 'sandbox' AND provider_payment_id IS NOT NULL AND created_at >= $1 AND created_at < $1::timestamptz + interval '1 day'`,
    [today],
  );
  expect(runs).toHaveLength(used!.merchants);
  for (const run of runs) expect(run.to.getTime() - run.from.getTime()).toBe(dayMs);
  // The stack's own worker takes them up: what they find is there before another test looks.
  const running = () => direct.sql(`SELECT FROM reconciliation WHERE requested_by = 'boomerang' AND status = 'running'`);
  await until(async () => (await running()).length === 0, 60_000, 'the end of the runs of the night');
});
