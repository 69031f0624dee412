import { makeCheckpoint, markSealed, merchantsWithMovedHeads } from '#libs/persistence/checkpoints';
import type { JobContext } from './job-context';

/** Once a day: each merchant whose chains have moved gets a checkpoint, in a job of its own. */
export async function checkpointAll({ database, auditKeys, log }: JobContext): Promise<void> {
  if (!auditKeys().signing) {
    log.warn('no checkpoint is made: set AUDIT_SIGNING_KEY or AUDIT_SIGNING_KEY_FILE');
    return;
  }
  await database.asSystem(async (tx) => {
    for (const merchantId of await merchantsWithMovedHeads(tx)) {
      await tx.query(`SELECT enqueue('checkpoint', json_build_object('merchantId', $1::text), 'checkpoint/' || $1, NULL)`, [merchantId]);
    }
  });
}

/** Safe to run twice: what is signed already has not moved. */
export async function checkpoint({ database, auditKeys, log }: JobContext, merchantId: string): Promise<void> {
  const { signing } = auditKeys();
  if (!signing) return;
  const made = await database.inMerchant(merchantId, (tx) => makeCheckpoint(tx, merchantId, signing));
  await markSealed(database, merchantId);
  // The log of a process lies elsewhere than the database: whoever rewrites the one has not rewritten the other.
  if (made) log.info({ merchantId, number: made.number, checkpoint: made.text, signature: made.signature }, 'checkpoint signed');
}
