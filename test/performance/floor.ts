import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WithStartWorkflowOperation, type Client } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { searchAttributes } from '#libs/contracts/messages';
import { newReturn } from '#libs/domain/return/state';
import { floorQueues, type FloorLetter } from './floor-messages';
import type { Steps } from './one-return';

const merchant = defineSearchAttributeKey(searchAttributes.merchantId, 'KEYWORD');

/** The floor's worker, and its callers: the product's messages and nothing behind them. */
export class Floor {
  private constructor(
    private readonly client: Client,
    private readonly worker: ChildProcess,
  ) {}

  static async start(client: Client, address: string): Promise<Floor> {
    const worker = spawn(process.execPath, [join(__dirname, 'floor-worker.js')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TEMPORAL_ADDRESS: address },
    });
    await new Promise<void>((ready, fail) => {
      worker.stdout.on('data', (data) => String(data).includes('READY') && ready());
      worker.once('exit', (code) => fail(new Error(`the floor's worker ended with ${code}`)));
    });
    return new Floor(client, worker);
  }

  get pid(): number | undefined {
    return this.worker.pid;
  }

  /** The messages of one refund return. `pauseMs` after each signal, as long as the product's driver leaves its scans. */
  async refundReturn(pauseMs: number, steps: Steps): Promise<string> {
    const state = newReturn('demo', `floor-${randomUUID()}`);
    const workflowId = `floor/${state.returnId}`;
    const handle = this.client.workflow.getHandle(workflowId);
    const letter = (kind: FloorLetter['kind']): FloorLetter => ({ id: `${kind}_${randomUUID()}`, kind });
    const update = async () => void (await handle.executeUpdate('letter', { args: [letter('command')] }));
    const startWorkflowOperation = new WithStartWorkflowOperation<(state: object) => Promise<void>>('floorWorkflow', {
      workflowId,
      taskQueue: floorQueues.returns,
      args: [state],
      workflowTaskTimeout: '5s',
      workflowIdConflictPolicy: 'USE_EXISTING',
      typedSearchAttributes: [{ key: merchant, value: state.merchantId }],
    });
    await steps.take(
      'apply',
      async () => void (await this.client.workflow.executeUpdateWithStart('letter', { args: [letter('command')], startWorkflowOperation })),
    );
    await steps.take('shipment', update);
    for (let scan = 0; scan < 2; scan++) {
      await handle.signal('fact', letter('fact'));
      await sleep(pauseMs);
    }
    await steps.take('receipt', update);
    await steps.take('inspection', update);
    return workflowId;
  }

  async stop(): Promise<void> {
    if (this.worker.exitCode !== null) return;
    const gone = new Promise<void>((done) => this.worker.once('exit', () => done()));
    this.worker.kill('SIGTERM');
    const patience = setTimeout(() => this.worker.kill('SIGKILL'), 5_000);
    await gone;
    clearTimeout(patience);
  }
}
