import { waitingFor, wakeWaiting } from '#libs/persistence/payment-providers';
import type { JobContext } from './job-context';

interface ProviderResumed {
  readonly merchantId: string;
  readonly provider: string;
  readonly after: readonly [string, string] | null;
}
const BATCH = 200;
const AT_A_TIME = 10;

/**
 * A provider's refunds may leave again: the returns that wait for it go on by themselves, a batch a job, so that thousands of them keep nobody else's jobs waiting.
 * Should it be paused again meanwhile, they hear so when they try.
 * @param occasion the same when this job is tried again
 */
export async function providerResumed({ database, signal }: JobContext, { merchantId, provider, after }: ProviderResumed, occasion: string): Promise<void> {
  const { states, next } = await database.inMerchant(merchantId, (tx) => waitingFor(tx, provider, after, BATCH));
  for (let from = 0; from < states.length; from += AT_A_TIME)
    await Promise.all(states.slice(from, from + AT_A_TIME).map((state) => signal(state, { id: `wake/${occasion}`, kind: 'wake' })));
  if (next) await database.inMerchant(merchantId, (tx) => wakeWaiting(tx, provider, next));
}
