import { Inject, Injectable } from '@nestjs/common';
import { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { answerTo } from '#activities/returns/answer';
import { loadWorld } from '#activities/returns/world';
import type { ReceiptBody } from '#libs/contracts/receipt-requests';
import type { Actor, Caller } from '#libs/contracts/caller';
import { presentReturn, type ReturnRecord } from '#libs/contracts/present-return';
import { decide } from '#libs/domain/return/decide';
import type { CommandType, Input, World } from '#libs/domain/return/input';
import { newReturn, type ReturnState } from '#libs/domain/return/state';
import { canonical, sha256 } from '#libs/persistence/canonical';
import { answerCommand, forgetCommand, IdempotencyKeyReused, readAnswer, recordCommand, type Answer, type StoredCommand } from '#libs/persistence/commands';
import { Database, type Transaction } from '#libs/persistence/database';
import { newId } from '#libs/persistence/ids';
import { insertReceipt } from '#libs/persistence/receipts';
import { findReturn, type Sight } from '#libs/persistence/returns';
import { ReturnDoor } from '#libs/temporal/return-door';
import { ApiError, notFound, unavailable } from '../http/api-error';
import { isKept } from '../http/idempotency';
import { LOG } from '#libs/observability/logger';
import { Reply } from '../http/reply';
import { Settings } from '../settings';
import type { Annotations } from '#activities/returns/annotations';
import type { Asked } from '../http/asked';
import { requireEvidence, type NamedFile } from './evidence';

/** How long a client is kept waiting for its own write (CONTRACT §1). */
const answerWithinMs = 8_000;
/** A command as its controller understood it, without id and actor. */
export type CommandInput = { [K in CommandType]: Omit<Input<K>, 'id' | 'actor'> }[CommandType];
export interface CommandRequest extends Asked {
  /** The body as sent: the same key with another one is refused. */
  readonly body: unknown;
  /** Id or number; null for an application, which brings its own. */
  readonly returnId: string | null;
  /** Called with the return's id; a repetition gets the first one's input. */
  readonly input: CommandInput;
  /** Free texts, photos and serial numbers: written with the decision, never part of it. */
  readonly annotations?: Annotations;
  /** Files that the body names; they become the return's. */
  readonly evidence?: readonly NamedFile[];
  /** What arrived: its row is written with the command's. */
  readonly receipt?: { readonly id: string; readonly body: ReceiptBody };
}

export const sightOf = (caller: Caller): Sight => ({
  email: caller.role === 'customer' && caller.orderNumber === null ? (caller.email ?? '') : null,
  orderNumber: caller.orderNumber,
});
const actorOf = ({ role, id, goodwillLimitAmount, decisionLimitAmount }: Caller): Actor => ({
  kind: role,
  id,
  ...(role === 'agent' && { goodwillLimitAmount, decisionLimitAmount }),
  ...(role === 'admin' && { goodwillLimitAmount }),
});

/**
 * A command's way: a row first, then the rules about the return as it is stored, then the process, then the row again. Only the row tells whether a command was dealt
 * with; until it has an answer the same Update is sent again. Whatever dies in between, the same key leads to the same answer.
 */
@Injectable()
export class ReturnCommands {
  private readonly door: ReturnDoor;

  constructor(
    private readonly database: Database,
    client: Client,
    settings: Settings,
    @Inject(LOG) private readonly log: Logger,
  ) {
    this.door = new ReturnDoor(client, { taskQueue: settings.values.RETURNS_TASK_QUEUE });
  }

  async run(request: CommandRequest): Promise<Reply> {
    const until = Date.now() + answerWithinMs;
    const { command, repeated, state } = await this.open(request);
    // One that is not kept can be found only after a crash between its answer and its end: it ends now.
    if (command.answer) return repeated ? this.close(command, command.answer, repeated) : reply(command.answer, repeated);
    const answer = await this.untilAnswered(command, state, until);
    return answer ? this.close(command, answer, repeated) : this.notYet(request, command);
  }

  /** One transaction writes the command down and looks whether it is hopeless by the row itself: then nobody is woken. */
  private async open(request: CommandRequest): Promise<{ command: StoredCommand; repeated: boolean; state: ReturnState }> {
    const { caller, route, key, body, input } = request;
    const annotations = request.evidence ? { ...request.annotations, files: request.evidence.map((file) => file.id) } : request.annotations;
    try {
      return await this.database.inMerchant(caller.merchantId, async (tx) => {
        const known = request.returnId === null ? null : await findReturn(tx, caller.merchantId, request.returnId, sightOf(caller));
        if (request.returnId !== null && !known) throw notFound('return');
        const returnId = known?.state.returnId ?? newId('ret');
        const recording = recordCommand(tx, {
          id: newId('cmd'),
          merchantId: caller.merchantId,
          caller: caller.id,
          route,
          idempotencyKey: key,
          bodyHash: sha256(canonical(body ?? null)),
          body: { input, ...(annotations && { annotations }) },
          actor: actorOf(caller),
          returnId,
        });
        // Asked for in the same breath: a repetition, which has no use for it, is rare.
        const before = known?.state ?? newReturn(caller.merchantId, returnId);
        const world = loadWorld(tx, input.type === 'apply' ? input.application : before, Date.now() + before.clockOffset);
        const [{ command, repeated }, found] = await Promise.all([recording, world]);
        if (repeated) return { command, repeated, state: command.returnId === returnId ? before : await stateOf(tx, caller.merchantId, command.returnId!) };
        if (request.evidence) await requireEvidence(tx, caller, request.evidence);
        if (request.receipt) await insertReceipt(tx, { ...request.receipt, returnId, receivedBy: caller.id });
        return { command: { ...command, answer: await this.refusedAlready(tx, command, before, found) }, repeated, state: before };
      });
    } catch (error) {
      if (error instanceof IdempotencyKeyReused) throw new ApiError('idempotency_key_reused', 'This Idempotency-Key came with another body before');
      throw error;
    }
  }

  private async refusedAlready(tx: Transaction, command: StoredCommand, state: ReturnState, world: World | null): Promise<Answer | null> {
    const input = { ...(command.body as { input: object }).input, id: command.id, actor: command.actor } as Input<CommandType>;
    const verdict = world
      ? decide(state, input, world)
      : ({ refusal: { code: 'not_found', detail: 'There is no such order, or no policy is for it' } } as const);
    if (!('refusal' in verdict)) return null;
    const answer = answerTo(input, verdict);
    // What may turn out otherwise next time is not kept: the key is free again.
    await (isKept(answer) ? answerCommand(tx, command.id, answer) : forgetCommand(tx, command.id));
    return answer;
  }

  private async untilAnswered(command: StoredCommand, first: ReturnState, until: number): Promise<Answer | null> {
    let state = first;
    for (let tries = 1; Date.now() < until; tries++) {
      await this.door.update(state, { id: command.id, kind: 'command' }, until).catch((error: unknown) => {
        this.log.warn({ merchantId: command.merchantId, returnId: command.returnId, tries, error: String(error) }, 'the return’s process could not be reached');
      });
      const [row] = await this.database.ask<{ answer: Answer | null }>(command.merchantId, readAnswer, [command.id]);
      if (row?.answer) return row.answer;
      state = await this.database.inMerchant(command.merchantId, (tx) => stateOf(tx, command.merchantId, command.returnId!));
      await new Promise((resolve) => setTimeout(resolve, Math.min(100 * tries, 1000, Math.max(0, until - Date.now()))));
    }
    return null;
  }

  private async close(command: StoredCommand, answer: Answer, repeated: boolean): Promise<Reply> {
    // An answer that is not kept leaves with its command: the next one with this key is new.
    if (!isKept(answer)) await this.database.inMerchant(command.merchantId, (tx) => tx.query('DELETE FROM command WHERE id = $1', [command.id]));
    return reply(answer, repeated);
  }

  /** Taken down, not yet dealt with: the same key attaches to it, and the reconciler sees to it if nobody asks again. */
  private async notYet({ caller }: CommandRequest, command: StoredCommand): Promise<Reply> {
    const record = await this.read(caller, command.returnId!);
    if (!record) throw unavailable('The application was taken down; whether it went through is not known yet. Repeat it with the same Idempotency-Key', 2);
    return new Reply(202, presentReturn(record, caller.role), { 'Retry-After': '2' });
  }

  read(caller: Caller, returnId: string): Promise<ReturnRecord | null> {
    return this.database.inMerchant(caller.merchantId, (tx) => findReturn(tx, caller.merchantId, returnId, sightOf(caller)));
  }
}

async function stateOf(tx: Transaction, merchantId: string, returnId: string): Promise<ReturnState> {
  const [row] = await tx.query<{ state: ReturnState }>('SELECT state FROM return WHERE merchant_id = $1 AND id = $2', [merchantId, returnId]);
  return row?.state ?? newReturn(merchantId, returnId);
}

function reply({ status, body, headers }: Answer, repeated: boolean): Reply {
  const problem: Record<string, string> = status >= 400 ? { 'Content-Type': 'application/problem+json; charset=utf-8' } : {};
  const replayed: Record<string, string> = repeated ? { 'Idempotency-Replayed': 'true' } : {};
  return new Reply(status, body, { ...problem, ...headers, ...replayed });
}
