import type { ListedRefund, ProviderList } from '#activities/payments/provider-list';
import { compare, isOverdueReport, isUnderWay, type TheirRefund } from '#libs/domain/money/reconciliation';
import {
  closeRun,
  failRun,
  keepCompared,
  keepListed,
  noteFailure,
  ourPairs,
  Overtaken,
  readRun,
  theirPairs,
  withOurs,
  type Found,
  type Pair,
  type Run,
} from '#libs/persistence/reconciliation-run';
import { createReconciliation, enqueueRun, tellReport } from '#libs/persistence/reconciliations';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobContext } from './job-context';

/** Ours and theirs have clocks of their own: the list is read a little wider than the range, so that what lies at its edges is not asked for one by one. */
const MARGIN = 3_600_000;
/** Refunds compared in one transaction; look-ups at a time. */
const PAGE = 500;
const AT_A_TIME = 10;
/** A job ends after so many milliseconds and another one goes on: who holds a job for minutes is taken for dead. */
const SLICE = 60_000;
/** How long a report that is told anew gets to arrive, in all, and how often is looked, ms. */
const ARRIVAL = 8_000;
const LOOK = 250;
/** Calls to the provider that fail one after the other, a longer pause after each: about a quarter of an hour. */
const FAILURES = 10;
/** More than that is not a provider's list against ours but against somebody else's. */
const DIFFERENCES = 10_000;

class ProviderDown extends Error {}

interface Compared {
  readonly matched: number;
  readonly told: number;
  readonly found: readonly Found[];
}

/**
 * Compares a provider's own list with our refunds: theirs in the range by the provider's clock, ours by ours, each found on the other side whatever the time there. Page by
 * page, each a transaction that remembers how far it has come; so it may be run twice, at once, or go on after a death.
 */
export async function reconcileProvider(
  context: JobContext,
  { merchantId, reconciliationId }: { merchantId: string; reconciliationId: string },
): Promise<void> {
  const until = Date.now() + SLICE;
  for (;;) {
    const run = await context.database.inMerchant(merchantId, (tx) => readRun(tx, merchantId, reconciliationId));
    if (!run) return;
    if (Date.now() > until) return context.database.inMerchant(merchantId, (tx) => enqueueRun(tx, reconciliationId));
    try {
      await oneStep(context, run);
    } catch (error) {
      if (error instanceof Overtaken) return;
      if (!(error instanceof ProviderDown)) throw error;
      await again(context, run, error);
    }
  }
}

/** Thrown on, so that the queue tries again later; the last time the run ends with it. */
async function again({ database, log }: JobContext, run: Run, error: Error): Promise<void> {
  const failures = await database.inMerchant(run.merchantId, (tx) => noteFailure(tx, run));
  if (failures < FAILURES) throw error;
  log.warn(
    { merchantId: run.merchantId, reconciliationId: run.id, provider: run.provider, failures },
    'a reconciliation was given up: the provider cannot be asked',
  );
  await database.inMerchant(run.merchantId, (tx) => failRun(tx, run, 'provider_unreachable'));
}

async function oneStep(context: JobContext, run: Run): Promise<void> {
  const { database } = context;
  const list = context.providerList(run.provider);
  if (!list) return database.inMerchant(run.merchantId, (tx) => failRun(tx, run, 'provider_unknown'));
  if (run.found > DIFFERENCES) return database.inMerchant(run.merchantId, (tx) => failRun(tx, run, 'too_many_differences'));
  switch (run.step) {
    case 'list': {
      const [from, to] = [new Date(run.from.getTime() - MARGIN).toISOString(), new Date(run.to.getTime() + MARGIN).toISOString()];
      const { data, nextCursor } = await asked(() => list.refunds(from, to, run.cursor));
      return keepListed(database, run, data, nextCursor === null ? { step: 'theirs', cursor: null } : { step: 'list', cursor: nextCursor });
    }
    case 'theirs':
    case 'ours': {
      const read = run.step === 'theirs' ? theirPairs : ourPairs;
      const pairs = await database.inMerchant(run.merchantId, (tx) => read(tx, run, PAGE));
      const compared = await compareAll(context, run, list, pairs);
      const last = pairs.length < PAGE;
      const next = last ? ({ step: run.step === 'theirs' ? 'ours' : 'close', cursor: null } as const) : { step: run.step, cursor: pairs.at(-1)!.cursor };
      return database.inMerchant(run.merchantId, (tx) => keepCompared(tx, run, { ...next, ...compared }));
    }
    case 'close':
      return database.inMerchant(run.merchantId, (tx) => closeRun(tx, run));
  }
}

async function asked<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    throw new ProviderDown(`the provider could not be asked: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Whatever does not match at first sight is looked up once more on both sides, for money moves while it is compared. A report of the provider's that never came is told
 * anew; what is put right by it is no difference.
 */
async function compareAll(context: JobContext, run: Run, list: ProviderList, pairs: readonly Pair[]): Promise<Compared> {
  const ofTheirs = run.step === 'theirs';
  const atOnce = pairs.filter((pair) => compare(pair.ours, pair.theirs) === 'matched');
  const doubtful = pairs.filter((pair) => !atOnce.includes(pair));
  const fresh = await inTurns(doubtful, (pair) => lookedUp(list, pair));
  const told = await tellOverdue(context, run, fresh);
  const settled = await context.database.inMerchant(run.merchantId, (tx) => withOurs(tx, run, fresh));
  // The pass over theirs has counted what the provider's clock puts into the range.
  const counts = ({ theirs, at }: Pair) => ofTheirs || theirs === null || at < run.from || at >= run.to;
  const found: Found[] = [];
  let matched = atOnce.filter(counts).length;
  for (const [index, pair] of settled.entries()) {
    const verdict = compare(pair.ours, pair.theirs);
    if (verdict === 'matched') matched += counts(doubtful[index]!) ? 1 : 0;
    // What the provider misses of our refunds is told by the pass over ours, so that nothing is found twice.
    else if (verdict !== 'nothing' && (verdict === 'missing_there') === (!ofTheirs || pair.elsewhere)) found.push({ kind: verdict, facts: factsOf(pair) });
  }
  return { matched, told, found };
}

/** The provider's side as it is now. A refund that we do not know is as it was listed. */
async function lookedUp(list: ProviderList, pair: Pair): Promise<Pair> {
  if (pair.ours === null) return pair;
  const held = await asked(() => list.byRefundId(pair.refundId));
  const wanted = pair.theirs?.id ?? pair.ours.providerRefundId;
  const one = wanted === null ? held.find(({ status }) => status === 'succeeded') : held.find(({ id }) => id === wanted);
  if (one === undefined) return { ...pair, theirs: null };
  return { ...pair, theirs: theirSide(one), providerPaymentId: one.providerPaymentId, at: new Date(one.at) };
}
const theirSide = ({ id, status, amount, currency }: ListedRefund): TheirRefund => ({ id, status, amount, currency });

/** Answers how many reports had not come, and waits for those it has sent. */
async function tellOverdue({ database }: JobContext, run: Run, pairs: readonly Pair[]): Promise<number> {
  let waiting: Pair[] = [];
  for (const pair of pairs.filter(isOverdue)) {
    if (await database.asSystem((tx) => tellReport(tx, run.provider, reportOf(run, pair)))) waiting.push(pair);
  }
  const told = waiting.length;
  for (const end = Date.now() + ARRIVAL; waiting.length > 0 && Date.now() < end;) {
    await sleep(LOOK);
    const now = await database.inMerchant(run.merchantId, (tx) => withOurs(tx, run, waiting));
    waiting = now.filter(isOverdue);
  }
  return told;
}

/** What others made and has failed stays so: no report changes it. */
const isOverdue = ({ ours, theirs, elsewhere }: Pair): boolean => isOverdueReport(ours, theirs) && !(elsewhere && ours?.status === 'failed');

/** As the provider would have sent it. Whoever waits for it is told once; what our books had another word of is told by each run that finds it so: words change more than once. */
function reportOf({ id: runId }: Run, { refundId, ours, theirs, elsewhere, providerPaymentId, at }: Pair) {
  const { id: providerRefundId, status, amount } = theirs!;
  const data = { refundId, providerRefundId, providerPaymentId, amount };
  return {
    eventId: `reconciled/${providerRefundId}/${status}${isUnderWay(ours!) ? '' : `/${runId}`}`,
    type: `refund.${status}`,
    subject: elsewhere ? (providerPaymentId ?? '') : refundId,
    at: at.toISOString(),
    data,
    input: elsewhere
      ? { type: 'refund_elsewhere', providerRefundId, providerPaymentId, amount, status }
      : { type: 'refund_reported', refundId, providerRefundId, status },
  };
}

function factsOf({ refundId, ours, theirs, providerPaymentId, returnId, orderNumber, at }: Pair): Found['facts'] {
  return {
    refundId,
    returnId,
    orderNumber,
    providerRefundId: theirs?.id ?? ours?.providerRefundId ?? null,
    providerPaymentId,
    amount: ours?.amount ?? null,
    providerAmount: theirs?.amount ?? null,
    currency: ours?.currency ?? theirs?.currency ?? null,
    providerCurrency: theirs?.currency ?? null,
    status: ours?.status ?? null,
    providerStatus: theirs?.status ?? null,
    at: at.toISOString(),
  };
}

async function inTurns<T, R>(rows: readonly T[], work: (row: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let from = 0; from < rows.length; from += AT_A_TIME) done.push(...(await Promise.all(rows.slice(from, from + AT_A_TIME).map(work))));
  return done;
}

/** Yesterday, by UTC, of every merchant and provider with refunds. Once, however often it is asked for. */
export async function reconcileYesterday({ database, providers }: JobContext, now = new Date()): Promise<void> {
  const day = 86_400_000;
  const to = new Date(Math.floor(now.getTime() / day) * day);
  const from = new Date(to.getTime() - day);
  const merchants = await database.asSystem((tx) => tx.query<{ id: string }>('SELECT id FROM merchant ORDER BY id'));
  for (const { id } of merchants) {
    await database.inMerchant(id, async (tx) => {
      const used = await tx.query<{ provider: string }>(
        'SELECT DISTINCT provider FROM refund WHERE created_at >= $1 AND created_at < $2 AND provider = ANY ($3::text[]) AND provider_payment_id IS NOT NULL',
        [from, to, providers],
      );
      for (const { provider } of used) await createReconciliation(tx, { provider, from: from.toISOString(), to: to.toISOString(), requestedBy: 'boomerang' });
    });
  }
}
