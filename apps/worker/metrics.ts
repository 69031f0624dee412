import { Counter, Gauge, type Registry } from 'prom-client';
import { programMetrics } from '#libs/observability/metrics';
import type { Database } from '#libs/persistence/database';

interface Backlog {
  readonly returnsOpen: number;
  readonly returnsAttention: number;
  readonly inboxUnhandled: number;
  readonly commandsUnanswered: number;
  readonly jobQueueDepth: number;
  readonly jobLagSeconds: number;
  readonly jobsGivenUp: number;
}
const gauges = {
  returnsOpen: ['returns_open', 'Returns that are not closed'],
  returnsAttention: ['returns_attention', 'Returns that wait for a person to end an exception'],
  inboxUnhandled: ['inbox_unhandled', 'Facts of carriers and providers that are not dealt with, those of unknown parcels included'],
  commandsUnanswered: ['commands_unanswered', 'Commands of the last day that have no answer after 15 seconds'],
  jobQueueDepth: ['job_queue_depth', 'Jobs that are to run, now or later'],
  jobLagSeconds: ['job_lag_seconds', 'How long the oldest job that may run has been waiting'],
  jobsGivenUp: ['jobs_given_up', 'Jobs that have failed for the last time'],
} as const satisfies Record<keyof Backlog, readonly [name: string, help: string]>;

/** How long a count is good, ms: one look serves all gauges of a scrape. */
const GOOD_FOR = 1_000;

/** What `/metrics` shows, in Prometheus' text format. The backlog is counted when somebody asks. */
export class Metrics {
  readonly registry: Registry;
  private readonly commitFailures: Counter;
  private readonly jobFailures: Counter<'task'>;
  private counted: { readonly at: number; readonly backlog: Promise<Backlog> } | null = null;

  constructor(private readonly database: Database) {
    this.registry = programMetrics(database);
    const registers = [this.registry];
    this.commitFailures = new Counter({ name: 'commit_failures_total', help: 'Deciding transactions that ended in an unexpected error', registers });
    this.jobFailures = new Counter({ name: 'job_failures_total', help: 'Jobs that failed and are tried again', labelNames: ['task'], registers });
    const backlog = () => this.backlog();
    for (const [key, [name, help]] of Object.entries(gauges)) {
      const gauge = new Gauge({
        name,
        help,
        async collect() {
          this.set((await backlog())[key as keyof Backlog]);
        },
        registers: [],
      });
      this.registry.registerMetric(gauge);
    }
  }

  commitFailed(): void {
    this.commitFailures.inc();
  }
  jobFailed(task: string): void {
    this.jobFailures.inc({ task });
  }

  private backlog(): Promise<Backlog> {
    if (!this.counted || this.counted.at + GOOD_FOR < Date.now()) this.counted = { at: Date.now(), backlog: this.count() };
    return this.counted.backlog;
  }

  private async count(): Promise<Backlog> {
    const [[ours], [jobs]] = await Promise.all([
      this.database.asSystem((tx) => tx.query<Omit<Backlog, keyof typeof noJobs>>(countOurs)),
      // The job queue's tables are the login's, not our roles'.
      this.database.source.query<(typeof noJobs)[]>(countJobs),
    ]);
    return { ...nothing, ...noJobs, ...ours, ...jobs };
  }
}

const nothing = { returnsOpen: 0, returnsAttention: 0, inboxUnhandled: 0, commandsUnanswered: 0 };
const noJobs = { jobQueueDepth: 0, jobLagSeconds: 0, jobsGivenUp: 0 };
const countOurs = `SELECT (SELECT count(*) FROM return WHERE closed_at IS NULL) AS "returnsOpen", (SELECT count(*) FROM return WHERE attention IS NOT NULL) AS "returnsAttention",
  (SELECT count(*) FROM inbox WHERE handled_at IS NULL AND jsonb_typeof(body -> 'input') = 'object') AS "inboxUnhandled",
  (SELECT count(*) FROM command WHERE answer IS NULL AND created_at BETWEEN now() - interval '1 day' AND now() - interval '15 seconds') AS "commandsUnanswered"`;
const countJobs = `SELECT count(*) FILTER (WHERE attempts < max_attempts) AS "jobQueueDepth", count(*) FILTER (WHERE attempts >= max_attempts) AS "jobsGivenUp",
  coalesce(greatest(0, extract(epoch FROM now() - min(run_at) FILTER (WHERE attempts < max_attempts AND locked_at IS NULL))), 0)::float8 AS "jobLagSeconds"
FROM graphile_worker.jobs`;
