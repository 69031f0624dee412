import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { floorQueues, type FloorActivities } from './floor-messages';

/** The floor's worker process: the options of the product's workers, activities that do nothing. Prints READY; SIGTERM ends it. */
async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
  const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS! });
  const activities: FloorActivities = { commit: async () => ({ events: [] }), refund: async () => ({}) };
  const common = {
    connection,
    namespace: process.env.TEMPORAL_NAMESPACE ?? 'default',
    shutdownGraceTime: '1s',
    maxConcurrentWorkflowTaskPolls: 5,
    maxConcurrentActivityTaskPolls: 5,
  } as const;
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: require.resolve('./floor.workflow'), logger: new DefaultLogger('WARN') });
  const workers = [
    await Worker.create({
      ...common,
      taskQueue: floorQueues.returns,
      workflowBundle,
      activities: { ...activities },
      stickyQueueScheduleToStartTimeout: '2s',
      maxCachedWorkflows: 500,
    }),
    await Worker.create({ ...common, taskQueue: floorQueues.providers, activities: { ...activities } }),
  ];
  process.once('SIGTERM', () => {
    for (const worker of workers) worker.shutdown();
  });
  const running = workers.map((worker) => worker.run());
  process.stdout.write('READY\n');
  await Promise.all(running);
  await connection.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
