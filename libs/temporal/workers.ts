import { type NativeConnection, Worker } from '@temporalio/worker';
import type { DatabaseActivities, ProviderActivities } from '#libs/contracts/messages';
import { providersQueueOf, taskQueues } from '#libs/contracts/messages';
import { workflowBundle } from './bundle';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly returnsTaskQueue?: string;
  readonly database: DatabaseActivities;
  readonly providers: ProviderActivities;
}

/** Two workers in one process: returns (workflows and their transactions), and providers, whose slowness then holds up nobody else. */
export async function createWorkers({ connection, namespace, returnsTaskQueue = taskQueues.returns, database, providers }: WorkersOptions): Promise<Worker[]> {
  // Five pollers instead of ten cost a seventh less CPU on a small box; a short sticky timeout lets another worker take over quickly. Draining takes 15 s at most.
  const common = { connection, namespace, shutdownGraceTime: '15s', maxConcurrentWorkflowTaskPolls: 5, maxConcurrentActivityTaskPolls: 5 } as const;
  return Promise.all([
    Worker.create({
      ...common,
      taskQueue: returnsTaskQueue,
      workflowBundle: await workflowBundle(),
      activities: { ...database },
      stickyQueueScheduleToStartTimeout: '2s',
      // A run whose history fits no longer (a bad release; a task that timed out while its transactions ran, on a machine without breath) would stand still for ever,
      // and every command with it. The row is the truth: the run is given up, and the next letter or the reconciler begins another one from there.
      workflowFailureErrorTypes: { '*': ['NondeterminismError'] },
      maxCachedWorkflows: 500,
    }),
    Worker.create({
      ...common,
      taskQueue: providersQueueOf(returnsTaskQueue),
      activities: { ...providers },
      maxConcurrentActivityTaskExecutions: 50,
      maxTaskQueueActivitiesPerSecond: 200,
    }),
  ]);
}
