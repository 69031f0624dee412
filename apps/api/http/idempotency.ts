import { Injectable } from '@nestjs/common';
import type { Actor, Caller } from '#libs/contracts/caller';
import { canonical, sha256 } from '#libs/persistence/canonical';
import { answerCommand, IdempotencyKeyReused, readCommandByKey, recordCommand, type Answer } from '#libs/persistence/commands';
import { Database, type Transaction } from '#libs/persistence/database';
import { newId } from '#libs/persistence/ids';
import { ApiError } from './api-error';
import { Reply } from './reply';
import { bodyDigest, open, seal } from './sealed-answer';

export interface Options {
  /** The request or its answer holds a secret (a password, a new key): neither is stored readable, and only the holder of the idempotency key gets the answer again. */
  readonly sealed?: boolean;
}

/** How the log and the command row name a caller. */
export const actorOf = (caller: Caller): Actor => ({ kind: caller.role, id: caller.id });

/** Kept and given again: what was done, and refusals that the same request would meet again. */
export const isKept = ({ status, body }: Answer): boolean =>
  (status >= 200 && status < 300) || status === 422 || (status === 409 && (body as { code?: unknown } | null)?.code === 'invalid_state');

/**
 * POSTs that are not commands on a return: one transaction holds the command row, the work and its answer, so a crash leaves all of them or none.
 * The work answers by a value or by throwing `ApiError`; whatever it wrote before throwing is undone.
 */
@Injectable()
export class Idempotency {
  constructor(private readonly database: Database) {}

  /**
   * @param route method and path as called (`AskedBy`)
   * @param key of `AskedBy`; null makes each call new
   * @param body as validated
   * @throws ApiError `idempotency_key_reused` (other body), `request_in_progress` (the first is still running after about 2 s)
   */
  async run(
    caller: Caller,
    route: string,
    key: string | null,
    body: unknown,
    work: (tx: Transaction) => Promise<Answer>,
    options: Options = {},
  ): Promise<Reply> {
    try {
      return await this.database.inMerchant(caller.merchantId, (tx) => this.inside(tx, caller, route, key, body, work, options));
    } catch (error) {
      if (error instanceof NotKept) throw error.refusal;
      if (error instanceof IdempotencyKeyReused) throw keyReused();
      throw error;
    }
  }

  /**
   * The first answer to the same request, or null. For work that is not one transaction: it is made of steps that have keys of their own, and its answer is recorded
   * with `run` when all are done.
   */
  async earlier(caller: Caller, route: string, key: string | null, body: unknown): Promise<Reply | null> {
    if (key === null) return null;
    const command = await this.database.inMerchant(caller.merchantId, (tx) =>
      readCommandByKey(tx, { merchantId: caller.merchantId, caller: caller.id, route, idempotencyKey: key }),
    );
    if (!command) return null;
    if (command.bodyHash !== sha256(canonical(body))) throw keyReused();
    return command.answer && new Reply(command.answer.status, command.answer.body, { ...command.answer.headers, 'Idempotency-Replayed': 'true' });
  }

  private async inside(
    tx: Transaction,
    caller: Caller,
    route: string,
    key: string | null,
    body: unknown,
    work: (tx: Transaction) => Promise<Answer>,
    options: Options,
  ): Promise<Reply> {
    const { command, repeated } = await record(tx, caller, route, key, body, options);
    if (repeated) {
      if (!command.answer) throw inProgress();
      const answer = options.sealed ? open(command.answer, key!) : command.answer;
      return new Reply(answer.status, answer.body, { ...answer.headers, 'Idempotency-Replayed': 'true' });
    }
    // The short wait was for the key alone; the work waits for its own locks as long as any other.
    await tx.query('SAVEPOINT work; SET LOCAL lock_timeout TO DEFAULT');
    const answer = await attempt(tx, route, work);
    await answerCommand(tx, command.id, options.sealed ? seal(answer, key) : answer);
    return new Reply(answer.status, answer.body, answer.headers);
  }
}

async function record(tx: Transaction, caller: Caller, route: string, key: string | null, body: unknown, { sealed }: Options) {
  await tx.query("SET LOCAL lock_timeout = '2s'");
  try {
    return await recordCommand(tx, {
      id: newId('cmd'),
      merchantId: caller.merchantId,
      caller: caller.id,
      route,
      idempotencyKey: key && sealed ? sha256(key) : key,
      bodyHash: sealed ? bodyDigest(body, key) : sha256(canonical(body)),
      body: sealed ? {} : (body ?? null),
      actor: actorOf(caller),
      returnId: null,
    });
  } catch (error) {
    if ((error as { code?: unknown }).code === '55P03') throw inProgress();
    throw error;
  }
}

/** Refusals that are kept leave no trace of the work; the others take the command row with them. */
async function attempt(tx: Transaction, route: string, work: (tx: Transaction) => Promise<Answer>): Promise<Answer> {
  try {
    const answer = await work(tx);
    if (!isKept(answer)) throw new Error(`${route} answered ${answer.status} by value; throw an ApiError`);
    return answer;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const answer = {
      status: error.status,
      body: error.problem(route.slice(route.indexOf(' ') + 1)),
      headers: { 'Content-Type': 'application/problem+json; charset=utf-8', ...error.headers },
    };
    if (!isKept(answer)) throw new NotKept(error);
    await tx.query('ROLLBACK TO SAVEPOINT work');
    return answer;
  }
}

/** Rolls the whole transaction back, and carries the refusal out. */
class NotKept extends Error {
  constructor(readonly refusal: ApiError) {
    super(refusal.message);
  }
}

const inProgress = () =>
  new ApiError('request_in_progress', 'The first request with this Idempotency-Key is still under way', { headers: { 'Retry-After': '1' } });
const keyReused = () => new ApiError('idempotency_key_reused', 'This Idempotency-Key came with another body before');
