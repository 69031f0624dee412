import { Injectable } from '@nestjs/common';
import { Auditor, type Finding, type Verdict } from '#libs/audit/auditor';
import { readKeyRing } from '#libs/audit/keys';
import type { AuditVerification } from '#libs/contracts/audit';
import { auditRecords } from '#libs/persistence/audit-records';
import { rebuiltTree } from '#libs/persistence/checkpoints';
import { Database } from '#libs/persistence/database';
import { findReturnId } from '#libs/persistence/finance-reads';
import { readReturnNumber } from '#libs/persistence/ids';
import { notFound } from '../http/api-error';
import { Settings } from '../settings';

/** Whether the hash chains hold, and everything that they tell is as they tell it. */
@Injectable()
export class Audit {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
  ) {}

  /** Every chain of the merchant, in the sequence of their names. `head` is a digest of all heads. */
  async verifyAll(merchantId: string): Promise<AuditVerification> {
    const auditor = new Auditor({ trusted: this.trusted() });
    for await (const record of auditRecords(this.database, merchantId)) auditor.take(record);
    const verdict = auditor.finish();
    return { ...this.summary(verdict, verdict.findings[0]), stream: verdict.findings[0]?.stream ?? null };
  }

  /** @param returnId id or number of a return */
  async verifyReturn(merchantId: string, returnId: string): Promise<AuditVerification> {
    const stream = await this.database.inMerchant(merchantId, (tx) => findReturnId(tx, returnId, readReturnNumber(returnId)));
    if (stream === null) throw notFound('return');
    const auditor = new Auditor({ trusted: this.trusted(), partial: true });
    const vouching = new Set<number>();
    let [entries, head, own] = [0, '', false];
    for await (const record of auditRecords(this.database, merchantId, stream)) {
      auditor.take(record);
      if (record.kind === 'stream') {
        own = record.stream === stream;
        for (const { number } of record.leaves) vouching.add(number);
      } else if (record.kind === 'entry' && own) [entries, head] = [entries + 1, record.hash];
    }
    const verdict = auditor.finish();
    const finding = verdict.findings[0] ?? (await this.wrongRoot(merchantId, verdict, vouching));
    return { ...this.summary(verdict, finding), stream, entries, head };
  }

  /** The trees of the checkpoints that vouch for a return, made anew. */
  private async wrongRoot(merchantId: string, { checkpoints }: Verdict, numbers: ReadonlySet<number>): Promise<Finding | undefined> {
    for (const { number, root, streams } of checkpoints.filter((checkpoint) => numbers.has(checkpoint.number))) {
      const tree = await rebuiltTree(this.database, merchantId, number);
      if (tree.size === streams && tree.root() === root) continue;
      return { stream: null, sequence: number, table: 'audit_leaf', id: `checkpoint ${number}`, detail: 'signs other heads than those it is kept with' };
    }
    return undefined;
  }

  private trusted(): ReadonlySet<string> | null {
    return readKeyRing(this.settings.values).trusted;
  }

  private summary({ streams, entries, head, postings, settlements, checkpoints, lastCheckpoint }: Verdict, finding: Finding | undefined) {
    const trusted = this.trusted();
    return {
      ok: finding === undefined,
      entries,
      head,
      firstBroken: finding?.sequence ?? null,
      place: finding ? { table: finding.table, id: finding.id, detail: finding.detail } : null,
      streams,
      postings,
      settlements,
      checkpoints: checkpoints.length,
      lastCheckpoint,
      keysTrusted: trusted && checkpoints.every(({ keyId }) => trusted.has(keyId)),
    };
  }
}
