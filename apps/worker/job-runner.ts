import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { run, type Runner } from 'graphile-worker';
import type { Logger } from 'pino';
import type { JobContext } from './jobs/job-context';
import { crontab } from './jobs/by-the-clock';
import { taskList } from './jobs/tasks';
import type { Metrics } from './metrics';
import { jobLog } from './runtime';
import type { Settings } from './settings';

/** Jobs at a time; they wait for the network mostly. */
const CONCURRENCY = 5;

/** The job queue in PostgreSQL: facts for returns, mail, and what is looked after every minute. */
export class JobRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private runner: Runner | null = null;
  private stopping = false;

  constructor(
    private readonly settings: Settings,
    private readonly context: JobContext,
    private readonly metrics: Metrics,
    private readonly log: Logger,
  ) {}

  get ready(): boolean {
    return this.runner !== null && !this.stopping;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.runner = await run({
      connectionString: this.settings.values.DATABASE_URL,
      // One more than jobs at a time: it listens.
      maxPoolSize: CONCURRENCY + 1,
      concurrency: CONCURRENCY,
      noHandleSignals: true,
      taskList: taskList(this.context),
      crontab,
      logger: jobLog(this.log),
    });
    this.runner.events.on('job:error', ({ job }) => this.metrics.jobFailed(job.task_identifier));
    this.runner.promise.then(
      () => this.ended(),
      (error: unknown) => this.ended(error),
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.runner?.stop();
  }

  private ended(error?: unknown): void {
    if (this.stopping) return;
    this.log.fatal({ err: error }, 'the job queue died');
    process.exit(1);
  }
}
