import { proxyActivities } from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing(): Promise<void> }>({ taskQueue: 'nobody-listens-here', startToCloseTimeout: '1h' });

/** Has our process' name, and does something else: what a release looks like that forgot the histories of those before it. */
export async function returnWorkflow(): Promise<void> {
  await nothing();
}
