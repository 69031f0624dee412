import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Database } from '#libs/persistence/database';

interface Pool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** What every program of ours shows under `/metrics`: its process and its connections to the database. */
export function programMetrics(database: Database): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const pool = (): Pool | undefined => (database.source.driver as unknown as { master?: Pool }).master;
  const gauge = (name: string, help: string, read: (pool: Pool) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const now = pool();
        this.set(now ? read(now) : 0);
      },
    });
  gauge('db_pool_connections', 'Connections to the database this process holds', (now) => now.totalCount);
  gauge('db_pool_idle', 'Connections nobody uses at the moment', (now) => now.idleCount);
  gauge('db_pool_waiting', 'Requests that wait for a connection', (now) => now.waitingCount);
  return registry;
}
