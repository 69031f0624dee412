import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createWorkers } from '#libs/temporal/workers';
import type { WorkerActivities } from './activities';
import type { Settings } from './settings';

/**
 * Temporal's workers, from the first try to connect until the last task is done. They run beside the start of the process: as long as Temporal is away the process lives,
 * delivers mail and says that it is not ready.
 */
export class TemporalWorkers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private workers: readonly Worker[] = [];
  private connection: NativeConnection | null = null;
  private running: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();

  constructor(
    private readonly settings: Settings,
    private readonly activities: WorkerActivities,
    private readonly log: Logger,
  ) {}

  get ready(): boolean {
    return this.workers.length > 0 && this.workers.every((worker) => worker.getState() === 'RUNNING');
  }

  onApplicationBootstrap(): void {
    this.running = this.run().catch((error: unknown) => {
      // A process that lives and polls nothing is worse than one that is started again.
      this.log.fatal({ err: error }, 'a Temporal worker died');
      process.exit(1);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.shutDown();
    await this.running;
    await this.connection?.close();
  }

  private async run(): Promise<void> {
    this.connection = await this.connect();
    if (!this.connection) return;
    const { TEMPORAL_NAMESPACE: namespace, RETURNS_TASK_QUEUE: returnsTaskQueue } = this.settings.values;
    this.workers = await createWorkers({ connection: this.connection, namespace, returnsTaskQueue, ...this.activities });
    const runs = this.workers.map((worker) => worker.run());
    if (this.stopping.signal.aborted) this.shutDown();
    else this.log.info({ namespace, taskQueue: returnsTaskQueue }, 'taking work');
    await Promise.all(runs);
  }

  private shutDown(): void {
    for (const worker of this.workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  }

  /** Null when the process is told to stop before Temporal is there. */
  private async connect(): Promise<NativeConnection | null> {
    const { signal } = this.stopping;
    const address = this.settings.values.TEMPORAL_ADDRESS;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        return await NativeConnection.connect({ address });
      } catch (error) {
        // About once a minute is enough to be noticed.
        if (attempt === 1 || attempt % 30 === 0) this.log.warn({ address, attempt, reason: (error as Error).message }, 'Temporal does not answer; trying on');
        await sleep(Math.min(250 * attempt, 2_000), undefined, { signal }).catch(() => undefined);
      }
    }
    return null;
  }
}
