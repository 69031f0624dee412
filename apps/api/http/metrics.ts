import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Database } from '#libs/persistence/database';

interface Pool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** What `/metrics` shows, in Prometheus' text format. */
export class Metrics {
  readonly registry = new Registry();
  private readonly duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to the last byte of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  constructor(database: Database) {
    collectDefaultMetrics({ register: this.registry });
    const pool = (): Pool | undefined => (database.source.driver as unknown as { master?: Pool }).master;
    const gauge = (name: string, help: string, read: (pool: Pool) => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          const now = pool();
          this.set(now ? read(now) : 0);
        },
      });
    gauge('db_pool_connections', 'Connections to the database this process holds', (now) => now.totalCount);
    gauge('db_pool_idle', 'Connections nobody uses at the moment', (now) => now.idleCount);
    gauge('db_pool_waiting', 'Requests that wait for a connection', (now) => now.waitingCount);
  }

  observe(method: string, route: string, status: number, seconds: number): void {
    this.duration.observe({ method: known.has(method) ? method : 'OTHER', route, status: String(status) }, seconds);
  }
}

const known = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);
