import type { Actor } from '#libs/contracts/caller';
import { prepared, type Transaction } from './database';

/** What a caller was told: given again, letter for letter, to whoever repeats the key. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
/** One thing that somebody asked: idempotency record, privacy boundary and audit in one row. Names, texts and photos stay in `body`, out of every history. */
export interface Command {
  readonly id: string;
  readonly merchantId: string;
  readonly caller: string;
  /** Method and path as called, without the query. */
  readonly route: string;
  readonly idempotencyKey: string | null;
  readonly bodyHash: string;
  readonly body: unknown;
  readonly actor: Actor;
  readonly returnId: string | null;
}
export interface StoredCommand extends Command {
  readonly answer: Answer | null;
}
export class IdempotencyKeyReused extends Error {}

const columns = `id, merchant_id AS "merchantId", caller, route, idempotency_key AS "idempotencyKey", body_hash AS "bodyHash", body, actor, return_id AS "returnId", answer`;

const insertCommand = prepared(
  `INSERT INTO command (id, merchant_id, caller, route, idempotency_key, body_hash, body, actor, return_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
   ON CONFLICT DO NOTHING RETURNING id`,
);

/**
 * Writes a command down, or finds the one that came before under the same key. While another transaction holds the same key uncommitted, this waits for it.
 * @throws IdempotencyKeyReused when the key came with another body
 */
export async function recordCommand(tx: Transaction, command: Command): Promise<{ command: StoredCommand; repeated: boolean }> {
  const body = JSON.stringify(command.body);
  const values = [command.id, command.merchantId, command.caller, command.route, command.idempotencyKey, command.bodyHash, body, JSON.stringify(command.actor)];
  const [fresh] = await tx.query(insertCommand, [...values, command.returnId]);
  // The body as it will be read back, however often.
  if (fresh) return { command: { ...command, body: JSON.parse(body) as unknown, answer: null }, repeated: false };
  const earlier = await readCommandByKey(tx, command);
  if (!earlier) throw new Error(`command ${command.id} is neither new nor there`);
  if (earlier.bodyHash !== command.bodyHash) throw new IdempotencyKeyReused();
  return { command: earlier, repeated: true };
}

export async function readCommandByKey(
  tx: Transaction,
  by: Pick<Command, 'merchantId' | 'caller' | 'route' | 'idempotencyKey'>,
): Promise<StoredCommand | null> {
  const [row] = await tx.query<StoredCommand>(`SELECT ${columns} FROM command WHERE merchant_id = $1 AND caller = $2 AND route = $3 AND idempotency_key = $4`, [
    by.merchantId,
    by.caller,
    by.route,
    by.idempotencyKey,
  ]);
  return row ?? null;
}

/** Null as long as nobody has dealt with it. */
export const readAnswer = prepared('SELECT answer FROM command WHERE id = $1');

/** The first answer stands: whoever comes later changes nothing. */
export async function answerCommand(tx: Transaction, id: string, answer: Answer): Promise<void> {
  await tx.query('UPDATE command SET answer = $2 WHERE id = $1 AND answer IS NULL', [id, JSON.stringify(answer)]);
}

/** An answer that must not be given again (a 5xx, a 404): the key is free for another try. */
export async function forgetCommand(tx: Transaction, id: string): Promise<void> {
  await tx.query('DELETE FROM command WHERE id = $1 AND answer IS NULL', [id]);
}
