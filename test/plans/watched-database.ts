import { Client } from 'pg';
import { Database, type Transaction } from '#libs/persistence/database';
import { migrate } from '#libs/persistence/migrate';
import { filling } from './filling';
import type { PlanNode } from './plan';

export interface Statement {
  readonly sql: string;
  readonly plan: PlanNode;
  /** Whether it was run to see what it reads; writing statements are only planned. */
  readonly analysed: boolean;
}

/** The door to the database as the product uses it, which also notes how PostgreSQL goes about each statement, in the same transaction under the same role. */
export class WatchedDatabase extends Database {
  statements: Statement[] | null = null;

  override inMerchant<T>(merchantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return super.inMerchant(merchantId, (tx) => work(this.watched(tx)));
  }
  override asSystem<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return super.asSystem((tx) => work(this.watched(tx)));
  }

  private watched(tx: Transaction): Transaction {
    return {
      query: async (sql, parameters) => {
        if (this.statements) await this.note(tx, typeof sql === 'string' ? sql : sql.text, parameters);
        return tx.query(sql, parameters);
      },
      write: (sql, parameters, unlessDone) => {
        // Asked for before it and answered before the transaction's end.
        if (this.statements) void this.note(tx, sql, parameters);
        tx.write(sql, parameters, unlessDone);
      },
    };
  }

  private async note(tx: Transaction, sql: string, parameters: readonly unknown[] | undefined): Promise<void> {
    if (!/^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b/i.test(sql)) return;
    const analysed = /^\s*(SELECT|WITH)\b/i.test(sql) && !/\b(enqueue|INSERT|UPDATE|DELETE)\b/.test(sql);
    const options = analysed ? 'ANALYZE, TIMING OFF, BUFFERS OFF, SUMMARY OFF, FORMAT JSON' : 'COSTS OFF, FORMAT JSON';
    const [row] = await tx.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`EXPLAIN (${options}) ${sql}`, parameters);
    this.statements!.push({ sql, plan: row!['QUERY PLAN'][0].Plan, analysed });
  }
}

/** Every row is looked at for the statistics, and what the planner reckons with is PostgreSQL's own default wherever this runs. */
const planning = [
  'default_statistics_target = 1000',
  'random_page_cost = 4',
  "effective_cache_size = '4GB'",
  "work_mem = '4MB'",
  'max_parallel_workers_per_gather = 0',
  'jit = off',
  'synchronous_commit = off',
];

/** A database of its own on the server of `url`, migrated and filled. */
export async function filledDatabase(url: string): Promise<{ database: WatchedDatabase; drop: () => Promise<void> }> {
  const name = `plans_${process.pid}`;
  const own = new URL(url);
  own.pathname = `/${name}`;
  await withClient(url, async (server) => {
    await server.query(`CREATE DATABASE ${name}`);
    for (const setting of planning) await server.query(`ALTER DATABASE ${name} SET ${setting}`);
  });
  const drop = () => withClient(url, (server) => server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  try {
    await migrate(own.href);
    await withClient(own.href, fill);
  } catch (error) {
    await drop();
    throw error;
  }
  const { source } = await WatchedDatabase.connect({ url: own.href, poolSize: 4 });
  const database = new WatchedDatabase(source);
  return {
    database,
    drop: async () => {
      await database.close();
      await drop();
    },
  };
}

async function fill(client: Client): Promise<void> {
  await client.query('SET session_replication_role = replica'); // what refers to what is right by making
  // Indexes are made much faster of full tables than row by row.
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index JOIN pg_class ON oid = indrelid
     WHERE relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)`,
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  for (const statement of filling) await client.query(statement);
  for (const { definition } of rows) await client.query(definition);
  await client.query('VACUUM (ANALYZE)');
}

async function withClient(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
