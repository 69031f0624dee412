import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AuditVerification } from '#libs/contracts/finance-answers';
import { Database } from '#libs/persistence/database';
import { findReturnId, logStreams } from '#libs/persistence/finance-reads';
import { readReturnNumber } from '#libs/persistence/ids';
import { verifyStream } from '#libs/persistence/log';
import { notFound } from '../http/api-error';

/** Chains read in one transaction: a merchant's whole log holds neither memory nor a snapshot for its length. */
const BATCH = 100;

/** Whether the hash chains hold. */
@Injectable()
export class Audit {
  constructor(private readonly database: Database) {}

  /** @param returnId id or number of a return */
  async verifyReturn(merchantId: string, returnId: string): Promise<AuditVerification> {
    return this.database.inMerchant(merchantId, async (tx) => {
      const stream = await findReturnId(tx, returnId, readReturnNumber(returnId));
      if (stream === null) throw notFound('return');
      return { ...(await verifyStream(tx, merchantId, stream)), stream, streams: 1 };
    });
  }

  /** Every chain of the merchant, in the sequence of their names; ends at the first broken one. `head` is a digest of all heads. */
  async verifyAll(merchantId: string): Promise<AuditVerification> {
    const heads = createHash('sha256');
    let [entries, streams] = [0, 0];
    for (let last: string | null = ''; last !== null;) {
      const after: string = last;
      const verified = await this.database.inMerchant(merchantId, async (tx) => {
        const batch = [];
        for (const stream of await logStreams(tx, after, BATCH)) batch.push({ stream, ...(await verifyStream(tx, merchantId, stream)) });
        return batch;
      });
      for (const { stream, ok, entries: read, head, firstBroken } of verified) {
        entries += read;
        streams++;
        heads.update(`${stream} ${head}\n`);
        if (!ok) return { ok: false, entries, head: heads.digest('hex'), firstBroken, stream, streams };
      }
      last = verified.length === BATCH ? (verified.at(-1)?.stream ?? null) : null;
    }
    return { ok: true, entries, head: heads.digest('hex'), firstBroken: null, stream: null, streams };
  }
}
