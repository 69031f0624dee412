import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { types, type PoolClient } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { Core1763700000001 } from './migrations/0001-core';
import { GiftedCoupons1763800000002 } from './migrations/0002-gifted-coupons';
import { Advances1763900000003 } from './migrations/0003-advances';
import { ProviderLife1764000000004 } from './migrations/0004-provider-life';
import { StoreCredit1764100000005 } from './migrations/0005-store-credit';
import { Reconciliations1764200000006 } from './migrations/0006-reconciliations';
import { AuditProofs1764300000007 } from './migrations/0007-audit-proofs';
import { AnswersToTheLetter1764400000008 } from './migrations/0008-answers-to-the-letter';
import { InboxTurns1764500000009 } from './migrations/0009-inbox-turns';
import { GivenTaxes1764600000010 } from './migrations/0010-given-taxes';
import { PaidAfterAll1764700000011 } from './migrations/0011-paid-after-all';

export interface DatabaseOptions {
  readonly url: string;
  /** Connections this process may hold; raise it when `db_pool_waiting` in the metrics stays above zero. */
  readonly poolSize?: number;
}

/** A statement that each connection parses and plans once, not every time. For statements whose text never varies. */
export interface Prepared {
  readonly name: string;
  readonly text: string;
}
export const prepared = (text: string): Prepared => ({ name: createHash('sha256').update(text).digest('hex').slice(0, 16), text });

/** Writes have few texts; should they ever be made anew each time, a connection does not remember them all. */
const plans = new Map<string, Prepared>();
function planned(text: string): string | Prepared {
  const known = plans.get(text);
  if (known || plans.size >= 500) return known ?? text;
  const plan = prepared(text);
  plans.set(text, plan);
  return plan;
}

/** What a transaction can do. Parameters are `$1…`; bigint columns arrive as numbers, checked to be safe. */
export interface Transaction {
  /** Statements run in the order in which they are asked for, awaited or not. */
  query<Row = Record<string, unknown>>(sql: string | Prepared, parameters?: readonly unknown[]): Promise<Row[]>;
  /**
   * A statement whose result nobody waits for: it runs in its place, and when it fails, the transaction fails with its error. Its text never varies with its values.
   * @param unlessDone the error of a statement that changes no row; left out where that is none
   */
  write(sql: string, parameters?: readonly unknown[], unlessDone?: string): void;
}

/** bigint columns hold amounts and counts: numbers, or an error where a number would lie. */
types.setTypeParser(types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is not a safe integer`);
  return value;
});

const asText = (value: string) => `'${value.replaceAll("'", "''")}'`;
const asMerchant = (merchantId: string) => `SET LOCAL ROLE boomerang_app; SET LOCAL app.merchant_id = ${asText(merchantId)}`;

/**
 * The one door to PostgreSQL. `inMerchant` sees one merchant's rows and nothing else (row-level security holds it, not the queries); `asSystem` is for what has no
 * merchant yet: sign-in, webhooks, outbox, reconciler.
 */
export class Database {
  constructor(readonly source: DataSource) {}

  static async connect(options: DatabaseOptions): Promise<Database> {
    return new Database(await new DataSource(dataSourceOptions(options)).initialize());
  }

  inMerchant<T>(merchantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.transaction(asMerchant(merchantId), work);
  }

  /** One statement in a transaction of its own: one round trip. */
  async ask<Row>(merchantId: string, sql: Prepared, parameters: readonly unknown[]): Promise<Row[]> {
    return this.transaction(asMerchant(merchantId), (session) => session.last<Row>(sql, parameters));
  }

  /** Reads alone, and all of them see the moment of the first: for what takes more than one statement to tell. */
  snapshot<T>(merchantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.transaction(`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; ${asMerchant(merchantId)}`, work);
  }

  asSystem<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.transaction('SET LOCAL ROLE boomerang_system', work);
  }

  async close(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }

  private async transaction<T>(setting: string, work: (session: Session) => Promise<T>): Promise<T> {
    const runner: QueryRunner = this.source.createQueryRunner();
    const session = new Session((await runner.connect()) as PoolClient);
    try {
      session.begin(setting); // a connection from the pool never carries another caller's role
      const result = await work(session);
      await session.commit();
      return result;
    } catch (error) {
      await session.rollback();
      throw session.failure ?? error;
    } finally {
      await runner.release();
    }
  }
}

/** One connection while it is ours. What is asked in one turn of the event loop leaves in one packet, and nothing waits for the answer to what came before it. */
class Session implements Transaction {
  /** The first failure of a `write`; statements after it only say that the transaction is over. */
  failure: Error | undefined;
  private readonly under: Promise<void>[] = [];
  private conditional = false;
  private corked = false;
  private ended = false;

  constructor(private readonly client: PoolClient) {}

  async query<Row>(sql: string | Prepared, parameters: readonly unknown[] = []): Promise<Row[]> {
    return (await this.send(sql, parameters)).rows as Row[];
  }

  write(sql: string, parameters: readonly unknown[] = [], unlessDone?: string): void {
    this.conditional ||= unlessDone !== undefined;
    this.watch(
      this.send(planned(sql), parameters).then(({ rowCount }) => {
        if (unlessDone !== undefined && !rowCount) throw new Error(unlessDone);
      }),
    );
  }

  begin(setting: string): void {
    this.watch(this.send(`BEGIN; ${setting}`, []));
  }

  /** The transaction's only statement: its end leaves with it. */
  async last<Row>(sql: Prepared, parameters: readonly unknown[]): Promise<Row[]> {
    const rows = this.query<Row>(sql, parameters);
    this.end();
    return await rows;
  }

  /** Leaves together with the last writes, for after a failure it undoes; only a condition of ours has to be looked at before. */
  async commit(): Promise<void> {
    if (this.conditional) await this.written();
    this.end();
    await this.written();
  }

  private end(): void {
    if (this.ended) return;
    this.watch(
      this.send('COMMIT', []).then(({ command }) => {
        // Of a transaction in which something failed PostgreSQL answers COMMIT with ROLLBACK, and no error: whoever hid that failure must not be believed.
        if (command !== 'COMMIT') throw new Error('the transaction was rolled back: one of its statements failed');
      }),
    );
    this.ended = true;
  }

  async rollback(): Promise<void> {
    this.ended = true;
    await this.client.query('ROLLBACK').catch(() => undefined); // the connection is gone: the server has rolled back already
  }

  private watch(sent: Promise<unknown>): void {
    this.under.push(
      sent.then(
        () => undefined,
        (error: Error) => {
          this.failure ??= error;
        },
      ),
    );
  }

  private async written(): Promise<void> {
    await Promise.all(this.under);
    if (this.failure) throw this.failure;
  }

  private async send(sql: string | Prepared, parameters: readonly unknown[]) {
    // Work that nobody waits for any more must not reach the connection's next holder.
    if (this.ended) throw new Error('the transaction is over');
    this.gather();
    return await this.client.query({ ...(typeof sql === 'string' ? { text: sql } : sql), values: parameters as unknown[] });
  }

  private gather(): void {
    const { stream } = (this.client as unknown as { connection: { stream: { cork(): void; uncork(): void } } }).connection;
    if (this.corked) return;
    this.corked = true;
    stream.cork();
    process.nextTick(() => {
      this.corked = false;
      stream.uncork();
    });
  }
}

export function dataSourceOptions({ url, poolSize = 10 }: DatabaseOptions) {
  return {
    type: 'postgres' as const,
    url,
    entities: [],
    migrations: [
      Core1763700000001,
      GiftedCoupons1763800000002,
      Advances1763900000003,
      ProviderLife1764000000004,
      StoreCredit1764100000005,
      Reconciliations1764200000006,
      AuditProofs1764300000007,
      AnswersToTheLetter1764400000008,
      InboxTurns1764500000009,
      GivenTaxes1764600000010,
      PaidAfterAll1764700000011,
    ],
    migrationsTransactionMode: 'each' as const,
    synchronize: false,
    // Statements are sent without waiting for the answers to those before them.
    extra: { max: poolSize, pipeline: true, statement_timeout: 30_000, idle_in_transaction_session_timeout: 60_000 },
  };
}

/** The SQLSTATE of a database's refusal, and the constraint that spoke; null for anything else. */
export function violation(error: unknown): { code: string; constraint: string } | null {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown };
  return typeof code === 'string' && code.startsWith('23') ? { code, constraint: String(constraint ?? '') } : null;
}
