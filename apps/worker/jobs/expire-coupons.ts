import { expireCoupons, merchantsWithExpiredCoupons } from '#libs/persistence/coupons';
import type { JobContext } from './job-context';

/** Coupons of one transaction, and transactions of one run: what is left is for the next hour. */
const BATCH = 50;
const BATCHES = 100;

/** Once an hour: what we owed for coupons that nobody can use any more ends in the books. Safe to run twice: a coupon expires once. */
export async function expireAllCoupons({ database, log }: JobContext): Promise<void> {
  const merchants = await database.asSystem((tx) => merchantsWithExpiredCoupons(tx));
  let left = BATCHES;
  for (const merchantId of merchants) {
    for (let expired = BATCH; expired === BATCH && left > 0; left--) {
      expired = await database.inMerchant(merchantId, (tx) => expireCoupons(tx, merchantId, BATCH));
      if (expired > 0) log.info({ merchantId, count: expired }, 'coupons expired');
    }
  }
}
