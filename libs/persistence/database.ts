import 'reflect-metadata';
import { types } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { Core1763700000001 } from './migrations/0001-core';
import { GiftedCoupons1763800000002 } from './migrations/0002-gifted-coupons';

export interface DatabaseOptions {
  readonly url: string;
  /** Connections this process may hold; raise it when `db_pool_waiting` in the metrics stays above zero. */
  readonly poolSize?: number;
}

/** What a transaction can do. Parameters are `$1…`; bigint columns arrive as numbers, checked to be safe. */
export interface Transaction {
  query<Row = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** bigint columns hold amounts and counts: numbers, or an error where a number would lie. */
types.setTypeParser(types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is not a safe integer`);
  return value;
});

const asText = (value: string) => `'${value.replaceAll("'", "''")}'`;

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
    return this.transaction(`SET LOCAL ROLE boomerang_app; SET LOCAL app.merchant_id = ${asText(merchantId)}`, work);
  }

  asSystem<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.transaction('SET LOCAL ROLE boomerang_system', work);
  }

  async close(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }

  /** One round trip opens the transaction and takes its role: a connection from the pool never carries another caller's. */
  private async transaction<T>(setting: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const runner: QueryRunner = this.source.createQueryRunner();
    try {
      await runner.query(`BEGIN; ${setting}`);
      const result = await work({ query: async (sql, parameters) => (await runner.query(sql, parameters as unknown[] | undefined, true)).records });
      await runner.query('COMMIT');
      return result;
    } catch (error) {
      await runner.query('ROLLBACK').catch(() => undefined); // the connection is gone: the server has rolled back already
      throw error;
    } finally {
      await runner.release();
    }
  }
}

export function dataSourceOptions({ url, poolSize = 10 }: DatabaseOptions) {
  return {
    type: 'postgres' as const,
    url,
    entities: [],
    migrations: [Core1763700000001, GiftedCoupons1763800000002],
    migrationsTransactionMode: 'each' as const,
    synchronize: false,
    extra: { max: poolSize, statement_timeout: 30_000, idle_in_transaction_session_timeout: 60_000 },
  };
}

/** The SQLSTATE of a database's refusal, and the constraint that spoke; null for anything else. */
export function violation(error: unknown): { code: string; constraint: string } | null {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown };
  return typeof code === 'string' && code.startsWith('23') ? { code, constraint: String(constraint ?? '') } : null;
}
