import { Injectable } from '@nestjs/common';
import { Client, Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { Database } from '#libs/persistence/database';
import { Settings } from '../settings';

export type Part = 'database' | 'temporal' | 'worker';
export type PartState = 'up' | 'down';
export interface Readiness {
  readonly status: 'ready' | 'not_ready';
  readonly parts: Readonly<Record<Part, PartState>>;
}

/** Milliseconds a part may take to answer, for which an answer is good, and since when a worker must have asked for work (its polls take a minute). */
const PATIENCE = 2_000;
const GOOD_FOR = 500;
const POLLED_WITHIN = 90_000;

/** Whether requests can be served: database, Temporal, and a worker that takes return workflows. */
@Injectable()
export class ReadinessProbe {
  private last: { readonly at: number; readonly readiness: Promise<Readiness> } | null = null;

  constructor(
    private readonly database: Database,
    private readonly client: Client,
    private readonly connection: Connection,
    private readonly settings: Settings,
  ) {}

  /** Asked by anybody, so the parts are asked twice a second at most. */
  check(): Promise<Readiness> {
    if (!this.last || this.last.at + GOOD_FOR < Date.now()) this.last = { at: Date.now(), readiness: this.ask() };
    return this.last.readiness;
  }

  private async ask(): Promise<Readiness> {
    const [database, polled] = await Promise.all([this.databaseAnswers(), this.lastPoll()]);
    const temporalState: PartState = polled === null ? 'down' : 'up';
    const worker: PartState = polled !== null && polled > Date.now() - POLLED_WITHIN ? 'up' : 'down';
    const parts = { database, temporal: temporalState, worker };
    return { status: Object.values(parts).every((state) => state === 'up') ? 'ready' : 'not_ready', parts };
  }

  private databaseAnswers(): Promise<PartState> {
    return inTime<PartState>(
      this.database.asSystem((tx) => tx.query('SELECT 1')).then(() => 'up'),
      'down',
    );
  }

  /** When a worker last asked for work, milliseconds since 1970: 0 when none did; null when Temporal does not answer. */
  private lastPoll(): Promise<number | null> {
    const asked = this.connection.withDeadline(Date.now() + PATIENCE, () =>
      this.connection.workflowService.describeTaskQueue({
        namespace: this.client.options.namespace,
        taskQueue: { name: this.settings.values.RETURNS_TASK_QUEUE },
        taskQueueType: temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
      }),
    );
    return inTime<number | null>(
      asked.then(({ pollers }) => Math.max(0, ...(pollers ?? []).map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000))),
      null,
    );
  }
}

/** The answer, or `otherwise` when it fails or takes longer than the probe's patience (connecting has a patience of its own). */
async function inTime<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), PATIENCE);
  });
  return Promise.race([answer.catch(() => otherwise), late]).finally(() => clearTimeout(timer));
}
