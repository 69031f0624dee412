import { Injectable } from '@nestjs/common';
import type { Caller } from '#libs/contracts/caller';
import { presentReturn, type ReturnRecord } from '#libs/contracts/present-return';
import type { AssignBody } from '#libs/contracts/return-requests';
import { Database, type Transaction } from '#libs/persistence/database';
import { appendToChain } from '#libs/persistence/log';
import { findReturn } from '#libs/persistence/returns';
import { assignTasks } from '#libs/persistence/tasks';
import { invalid, notFound } from '../http/api-error';
import { actorOf, Idempotency } from '../http/idempotency';
import { Reply } from '../http/reply';
import type { Asked } from '../http/asked';
import { sightOf } from './return-commands';

/** What an annotation leaves in its chain. */
interface Noted {
  readonly type: string;
  readonly data: object;
}

/** What is written beside a return. It never changes the process: no workflow hears of it, and it has a chain of its own beside the return's. */
@Injectable()
export class Annotating {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly database: Database,
  ) {}

  /** Runs `work` with the return's row held, and answers with the return after it. */
  annotate({ caller, route, key }: Asked, id: string, body: unknown, work: (tx: Transaction, record: ReturnRecord) => Promise<Noted>): Promise<Reply> {
    return this.idempotency.run(caller, route, key, body, async (tx) => {
      const found = await findReturn(tx, caller.merchantId, id, sightOf(caller));
      if (!found) throw notFound('return');
      const { returnId } = found.state;
      await tx.query('SELECT FROM return WHERE id = $1 FOR UPDATE', [returnId]);
      const locked = (await findReturn(tx, caller.merchantId, returnId, sightOf(caller)))!;
      const { type, data } = await work(tx, locked);
      // By the return's own clock, so that both its chains tell one story.
      const at = new Date(Date.now() + locked.state.clockOffset).toISOString();
      await appendToChain(tx, `${returnId}/annotations`, { at, type, actor: actorOf(caller), data });
      const after = (await findReturn(tx, caller.merchantId, returnId, sightOf(caller)))!;
      return new Reply(200, presentReturn(after, caller.role));
    });
  }

  /** Whose case it is, its tasks included as far as they are that person's to do. */
  assign(asked: Asked, id: string, body: AssignBody): Promise<Reply> {
    return this.annotate(asked, id, body, async (tx, { state, details }) => {
      await requireStaff(tx, body.userId);
      await tx.query('UPDATE return SET assignee = $2, details = $3 WHERE id = $1', [
        state.returnId,
        body.userId,
        JSON.stringify({ ...details, assignee: body.userId }),
      ]);
      await assignTasks(tx, state.returnId, body.userId);
      return { type: 'assigned', data: { userId: body.userId } };
    });
  }

  /** @throws ApiError `validation_failed` */
  async requireStaff({ merchantId }: Caller, userId: string | null): Promise<void> {
    await this.database.inMerchant(merchantId, (tx) => requireStaff(tx, userId));
  }
}

async function requireStaff(tx: Transaction, userId: string | null): Promise<void> {
  if (userId === null) return;
  const known = await tx.query(`SELECT FROM user_account WHERE id = $1 AND active AND role <> 'customer'`, [userId]);
  if (known.length === 0) throw invalid('/userId', 'unknown_user', 'is no active member of staff');
}
