import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { ReturnState } from '#libs/domain/return/state';
import { ReturnDoor } from '#libs/temporal/return-door';
import { anOrder, Journey } from '../e2e/journey';
import { direct, expectSoundBooks } from '../stack/direct';
import { patiently, report } from '../stack/patient';
import { processes, stack, until } from '../stack/stack';

const stateOf = async (returnId: string) => (await direct.sql<{ state: ReturnState }>('SELECT state FROM return WHERE id = $1', [returnId]))[0]!.state;
const runOf = async (returnId: string) => (await direct.workflow(returnId).describe()).runId;
const ended = (returnId: string) =>
  until(async () => (await direct.workflow(returnId).describe()).status.name === 'COMPLETED', 60_000, `the end of the workflow of ${returnId}`);

/** A worker with other code than ours, for as long as it takes. */
async function liveAsAStranger(done: () => Promise<boolean>): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const connection = await NativeConnection.connect({ address: stack().temporalAddress });
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: require.resolve('./stranger'), logger: new DefaultLogger('ERROR') });
  const { temporalNamespace: namespace, returnsTaskQueue: taskQueue } = stack();
  const worker = await Worker.create({ connection, namespace, taskQueue, workflowBundle });
  await worker.runUntil(until(done, 60_000, 'the first task of the stranger'));
  await connection.close();
}

describe('the process of a return, on a real server', () => {
  afterAll(() => direct.close());

  test('continues as new again and again under forty commands, and loses none of them', async () => {
    const journey = await Journey.begin();
    // The run that the API started has no limit: end it as an operator might, and begin another one that has.
    await direct.workflow(journey.id).terminate('a test takes over');
    const door = new ReturnDoor(direct.temporal, { taskQueue: stack().returnsTaskQueue, historyLimit: 20 });
    await door.wake(await stateOf(journey.id));
    const before = (await stateOf(journey.id)).deadlines[0]!.dueAt;
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        await sleep(index * 20);
        return patiently('agent', `/v1/returns/${journey.id}/deadlines/handover/extend`, { by: 'PT1M' });
      }),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 40 }, () => 200));
    expect((await stateOf(journey.id)).deadlines[0]!.dueAt - before).toBe(40 * 60_000);
    const extended = await direct.sql<{ cause: string }>("SELECT DISTINCT cause FROM log_entry WHERE stream = $1 AND type = 'deadline_extended'", [journey.id]);
    expect(extended).toHaveLength(40);
    const info = (await direct.workflow(journey.id).describe()).raw.workflowExecutionInfo!;
    expect(info.firstRunId).not.toBe(info.execution!.runId);
    // And it still knows what to do.
    await journey.bringBack();
    await journey.until('completed');
    await ended(journey.id);
  });

  test('a provider that takes its time holds up nobody else: commands on the same return are answered meanwhile', async () => {
    const journey = await Journey.begin(anOrder({ payment: 'pay_slow_' }));
    await journey.bringBack();
    await until(async () => (await journey.payment()).refunds.length === 1, 60_000, 'the call at the provider');
    await journey.command('agent', 'deadlines/refund/extend', { by: 'PT1H' });
    await journey.command('agent', 'deadlines/refund/extend', { by: 'PT1H' });
    expect(await patiently('shop', `/v1/returns/${journey.id}/cancel`, {})).toMatchObject({ status: 409, body: { code: 'invalid_state' } });
    // They did not wait for it: it is at the same call still.
    expect(await journey.payment()).toMatchObject({ calls: 1, refunds: [{ status: 'pending' }] });
    expect((await journey.read()).refunds[0].status).toBe('pending');
    await journey.until('completed');
    expect(await journey.payment()).toMatchObject({ refundedAmount: 1000 });
  });

  test('a workflow that has ended is there again with the next fact: a refund that fails days later reopens the return', async () => {
    const journey = await Journey.begin();
    await journey.bringBack();
    const { refunds } = await journey.until('completed');
    await ended(journey.id);
    const first = await runOf(journey.id);
    const [{ id: providerRefundId }] = (await journey.payment()).refunds;
    const data = { refundId: refunds[0].id, providerRefundId, providerPaymentId: journey.providerPaymentId, amount: 1000, status: 'failed' };
    expect(await report('payment-providers', { type: 'refund.failed', data })).toBe(202);
    expect(await journey.until('settling')).toMatchObject({ attention: { reason: 'refund_failed' }, refunds: [{ status: 'failed' }], closedAt: null });
    expect(await runOf(journey.id)).not.toBe(first);
    await expectSoundBooks(journey.order.orderNumber);
  });

  test('a workflow that an operator has ended goes on with the next command, from what is written', async () => {
    const journey = await Journey.begin();
    await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: journey.trackingNumber });
    await direct.workflow(journey.id).terminate('by mistake');
    await journey.scan('picked_up');
    await journey.until('in_transit');
    await direct.workflow(journey.id).terminate('again');
    await journey.receive();
    await journey.inspect();
    await journey.until('completed');
    expect(await journey.payment()).toMatchObject({ refundedAmount: 1000, calls: 1 });
  });

  test('a run whose history fits the process no longer is given up, and the return goes on from its row', async () => {
    const journey = await Journey.begin();
    await direct.workflow(journey.id).terminate('a stranger takes over');
    await processes.halt('worker');
    const door = new ReturnDoor(direct.temporal, { taskQueue: stack().returnsTaskQueue });
    await door.wake(await stateOf(journey.id));
    await liveAsAStranger(async () => (await direct.workflow(journey.id).fetchHistory()).events!.some((event) => event.activityTaskScheduledEventAttributes));
    await processes.resume('worker');
    // The stranger's run is given up first, which may take longer than a command's answer is waited for.
    const shipment = { carrier: 'sf', trackingNumber: journey.trackingNumber };
    expect(await patiently('shop', `/v1/returns/${journey.id}/shipment`, shipment)).toMatchObject({ status: 200 });
    await journey.scan('picked_up');
    await journey.until('in_transit');
    await journey.receive();
    await journey.inspect();
    await journey.until('completed');
    expect(await journey.payment()).toMatchObject({ refundedAmount: 1000, calls: 1 });
  });

  test('a deadline rings by itself, at its time and once', async () => {
    const journey = await Journey.begin();
    await journey.advance('P6DT23H');
    expect((await journey.read()).status).toBe('awaiting_handover');
    await journey.advance('PT2H');
    await journey.until('expired');
    await ended(journey.id);
    const breaches = await direct.sql("SELECT 1 FROM log_entry WHERE stream = $1 AND type = 'expired'", [journey.id]);
    expect(breaches).toHaveLength(1);
    const [claim] = await direct.sql<{ live: number }>('SELECT count(*)::int AS live FROM unit_claim WHERE return_id = $1 AND released_at IS NULL', [
      journey.id,
    ]);
    expect(claim!.live).toBe(0);
  });

  test('a command that came before with the same key is answered from its row, and wakes nobody', async () => {
    const journey = await Journey.begin();
    const key = randomUUID();
    const path = `/v1/returns/${journey.id}/deadlines/handover/extend`;
    const first = await patiently('agent', path, { by: 'PT1H' }, { key });
    const length = (await direct.workflow(journey.id).describe()).historyLength;
    const second = await patiently('agent', path, { by: 'PT1H' }, { key });
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect((await direct.workflow(journey.id).describe()).historyLength).toBe(length);
  });
});
