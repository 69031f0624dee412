import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '#apps/local/project-root';
import type { DoomedPoint } from '../processes/doomed-worker';
import { client, stack, until } from '../stack/stack';

/** Runs `test/processes/doomed-worker`, one life after the other. */
export class DoomedWorker {
  private child?: ChildProcess;
  private readonly port = new URL(stack().workerUrl).port;
  private readonly file = join(stack().home, 'doom.json');

  /** Starts it, and waits until it takes work. The stack's own worker is down meanwhile: this one takes its place and its port. */
  async start(): Promise<void> {
    for (const file of [this.file, `${this.file}.held`]) rmSync(file, { force: true });
    const { databaseUrl, temporalAddress, temporalNamespace, returnsTaskQueue, sandboxUrl, sandboxSecret, home } = stack();
    const log = openSync(join(home, 'logs', 'doomed-worker.log'), 'a');
    this.child = spawn(process.execPath, [join(projectRoot, 'dist', 'test', 'processes', 'doomed-worker.js')], {
      stdio: ['ignore', log, log],
      env: {
        ...process.env,
        NODE_ENV: 'production',
        DATABASE_URL: databaseUrl,
        TEMPORAL_ADDRESS: temporalAddress,
        TEMPORAL_NAMESPACE: temporalNamespace,
        RETURNS_TASK_QUEUE: returnsTaskQueue,
        BOOMERANG_SANDBOX: 'true',
        SANDBOX_URL: sandboxUrl,
        SANDBOX_SECRET: sandboxSecret,
        WORKFLOW_BUNDLE: join(projectRoot, 'dist', 'workflow-bundle.js'),
        WORKER_PORT: this.port,
        LOG_LEVEL: 'warn',
        DOOM: this.file,
      },
    });
    closeSync(log);
    await until(async () => (await client().get(`${stack().workerUrl}/readyz`, { timeoutMs: 1_000 })).status === 200, 90_000, 'the doomed worker');
  }
  arm(points: readonly DoomedPoint[]): void {
    writeFileSync(this.file, JSON.stringify(points));
  }
  /** Waits for its death. Answers the ids of the points at which a return was held. */
  async death(ms: number): Promise<string[]> {
    const child = this.child!;
    await until(() => child.signalCode === 'SIGKILL', ms, 'the death of the worker');
    return existsSync(`${this.file}.held`) ? (JSON.parse(readFileSync(`${this.file}.held`, 'utf8')) as string[]) : [];
  }
  /** Ends it for good. */
  async end(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await until(() => child.exitCode !== null || child.signalCode !== null, 60_000, 'the end of the worker');
  }
}
