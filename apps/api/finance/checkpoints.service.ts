import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { readKeyRing } from '#libs/audit/keys';
import type { CheckpointRecord, CheckpointText } from '#libs/audit/records';
import type { CheckpointAnswer } from '#libs/contracts/audit';
import { lastCheckpoint, makeCheckpoint, markSealed } from '#libs/persistence/checkpoints';
import { LOG } from '#libs/observability/logger';
import { Database } from '#libs/persistence/database';
import { ApiError } from '../http/api-error';
import type { Asked } from '../http/asked';
import { Idempotency } from '../http/idempotency';
import { created, Reply } from '../http/reply';
import { Settings } from '../settings';

/** Signs where the chains are, when somebody asks; every night the worker does it by itself. */
@Injectable()
export class Checkpoints {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly settings: Settings,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /** 201 with a new one; 200 with the last one when nothing has moved since. */
  async make({ caller, route, key }: Asked, body: object): Promise<Reply> {
    const { signing } = readKeyRing(this.settings.values);
    let made: CheckpointRecord | null = null;
    const reply = await this.idempotency.run(caller, route, key, body, async (tx) => {
      if (!signing) throw new ApiError('invalid_state', 'No key signs checkpoints: set AUDIT_SIGNING_KEY or AUDIT_SIGNING_KEY_FILE');
      made = await makeCheckpoint(tx, caller.merchantId, signing);
      if (!made) return new Reply(200, presentCheckpoint((await lastCheckpoint(tx))!));
      return created(`/v1/audit/checkpoints/${made.number}`, presentCheckpoint(made));
    });
    if (made) this.tell(caller.merchantId, made);
    // Whatever keeps this from happening, the next checkpoint does it.
    await markSealed(this.database, caller.merchantId).catch(() => undefined);
    return reply;
  }

  /** The log of a process lies elsewhere than the database: whoever rewrites the one has not rewritten the other. */
  private tell(merchantId: string, { number, text, signature }: CheckpointRecord): void {
    this.log.info({ merchantId, number, checkpoint: text, signature }, 'checkpoint signed');
  }
}

export function presentCheckpoint({ text, hash, publicKey, signature }: CheckpointRecord): CheckpointAnswer {
  const { number, at, streams, root, previous, keyId } = JSON.parse(text) as CheckpointText;
  return { number, at, streams, root, previous, hash, keyId, publicKey, signature, text };
}
