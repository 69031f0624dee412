import { Histogram, type Registry } from 'prom-client';
import { programMetrics } from '#libs/observability/metrics';
import type { Database } from '#libs/persistence/database';

/** What `/metrics` shows, in Prometheus' text format. */
export class Metrics {
  readonly registry: Registry;
  private readonly duration: Histogram<'method' | 'route' | 'status'>;

  constructor(database: Database) {
    this.registry = programMetrics(database);
    this.duration = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from request to the last byte of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [this.registry],
    });
  }

  observe(method: string, route: string, status: number, seconds: number): void {
    this.duration.observe({ method: known.has(method) ? method : 'OTHER', route, status: String(status) }, seconds);
  }
}

const known = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);
