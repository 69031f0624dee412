import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { projectRoot } from '#apps/local/project-root';
import { startStack } from '#apps/local/stack';
import { returnWorkflowId } from '#libs/contracts/messages';
import { connectTemporal } from '#libs/temporal/client';
import { anOrder, expectStatus, Journey, type ApplyOptions } from '../e2e/journey';
import { login, shop, until, type Body } from '../stack/stack';

/**
 * Records golden histories for test/replay, each from a return that has come to rest. Only adds: a file that is there stays as it is, for the returns it stands for
 * are still alive somewhere. A release that changes what the process does adds another generation: `npm run replay:record -- 2027-01` writes `refund.2027-01.json`, …
 */
const folder = join(projectRoot, 'test', 'replay', 'histories');

const begin = (payment: string, options: ApplyOptions = {}, order: Record<string, unknown> = {}) => Journey.begin(anOrder({ payment, ...order }), options);
const coat = { lines: [{ lineId: '1', sku: 'COAT-M', title: 'Coat, M', category: 'apparel', quantity: 1, unitPrice: 60_000 }] };

async function broughtBack(journey: Journey): Promise<Journey> {
  await journey.bringBack();
  await journey.until('completed', 60_000);
  return journey;
}
const decide = (journey: Journey, who: string, decision: 'approve' | 'reject') =>
  journey.command(who, 'decision', { lines: [{ lineId: '1', decision, reason: 'as seen' }] });
/** The label or the booking is there when its parcel has a number. */
const numbered = async (journey: Journey): Promise<string> => (await journey.until((rma) => Boolean(rma.parcels[0]?.trackingNumber))).parcels[0].trackingNumber;
const tomorrow = (hours: number) => new Date(Date.now() + (24 + hours) * 3_600_000).toISOString();

const stories: Record<string, () => Promise<Journey>> = {
  refund: async () => broughtBack(await begin('pay_ok_')),
  'review-approve': async () => {
    const journey = await begin('pay_ok_', {}, coat);
    await decide(journey, 'agent', 'approve');
    return broughtBack(journey);
  },
  'reject-appeal': async () => {
    const journey = await begin('pay_ok_', {}, coat);
    await decide(journey, 'agent', 'reject');
    await journey.command('customer', 'appeal', { reason: 'it never fitted' });
    await decide(journey, 'agent2', 'approve');
    return broughtBack(journey);
  },
  'rejected-at-inspection': async () => {
    const journey = await begin('pay_ok_');
    await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: journey.trackingNumber });
    await journey.receive();
    await journey.inspect([{ quantity: 1, grade: 'D', disposition: 'send_back', accepted: false }]);
    await journey.advance('P8D');
    await journey.until((rma) => rma.lines[0].units[0].logistics === 'sending_back');
    return journey;
  },
  exchange: async () => {
    await shop().put('/v1/inventory/TEE-L', { available: 5, price: 1000, title: 'T-shirt, L' });
    const journey = await begin('pay_ok_', { lines: [{ lineId: '1', quantity: 1, reason: 'wrong_size', resolution: 'exchange', exchangeSku: 'TEE-L' }] });
    await journey.bringBack();
    const shipped = await journey.until((rma) => rma.replacements[0]?.status === 'shipped');
    await journey.scan('delivered', shipped.replacements[0].trackingNumber);
    await journey.until('completed');
    return journey;
  },
  'label-cancel': async () => {
    const journey = await begin('pay_ok_', { method: 'drop_off' });
    await numbered(journey);
    await journey.command('shop', 'cancel');
    return journey;
  },
  'pickup-moved': async () => {
    const journey = await begin('pay_ok_', { method: 'door_pickup', pickup: { from: tomorrow(0), to: tomorrow(2) } });
    journey.trackingNumber = await numbered(journey);
    await journey.command('shop', 'pickup', { from: tomorrow(4), to: tomorrow(6) });
    await journey.scan('picked_up');
    await journey.until('in_transit');
    await journey.receive();
    await journey.inspect();
    await journey.until('completed');
    return journey;
  },
  'lost-reply': async () => broughtBack(await begin('pay_lostreply_')),
  'lost-call': async () => broughtBack(await begin('pay_lostcall_')),
  'async-refund': async () => broughtBack(await begin('pay_async_')),
  'late-failure': async () => {
    const journey = await begin('pay_latefail_');
    await journey.bringBack();
    const { refunds } = await journey.until((rma) => rma.refunds[0]?.status === 'failed', 60_000);
    await until(async () => (await journey.read()).attention, 10_000);
    await payOutByHand(refunds[0].id);
    await journey.until('completed', 60_000);
    return journey;
  },
  expiry: async () => {
    const journey = await begin('pay_ok_', { method: 'drop_off' });
    await numbered(journey);
    await journey.command('agent', 'deadlines/handover/extend', { by: 'P2D' });
    await journey.command('agent', 'deadlines/handover/pause', { reason: 'on holiday' });
    await journey.advance('P3D');
    await journey.command('agent', 'deadlines/handover/resume');
    await journey.advance('P10D');
    await journey.until('expired');
    return journey;
  },
  'two-instalments': async () => {
    const journey = await begin('pay_ok_', { quantity: 2 });
    await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: journey.trackingNumber });
    await journey.scan('picked_up');
    await journey.until('in_transit');
    await journey.receive([{ lineId: '1', quantity: 1 }]);
    await journey.inspect();
    await journey.until((rma) => rma.refunds.length === 1 && rma.refunds[0].status === 'succeeded');
    await journey.receive([{ lineId: '1', quantity: 1 }]);
    await journey.inspect();
    await journey.until('completed');
    return journey;
  },
  'paused-refund': async () => {
    const journey = await begin('pay_ok_', { quantity: 2 });
    await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: journey.trackingNumber });
    await journey.receive([{ lineId: '1', quantity: 1 }]);
    await letLeave('pause');
    await journey.inspect();
    await journey.until((rma) => !rma.deadlines.some((deadline: Body) => deadline.stage === 'refund'));
    await letLeave('resume');
    await journey.until((rma) => rma.refunds[0].status === 'succeeded');
    await journey.receive([{ lineId: '1', quantity: 1 }]);
    await journey.inspect();
    await journey.until('completed');
    return journey;
  },
};

/** Finance lets refunds leave for the sandbox's provider, or not. */
async function letLeave(word: 'pause' | 'resume'): Promise<void> {
  expectStatus(await (await login('finance')).post(`/v1/payment-providers/sandbox/${word}`, { reason: 'a story' }, { key: randomUUID() }), 200);
}

/** A failed refund is redirected and paid out by hand, by two people. */
async function payOutByHand(refundId: string): Promise<void> {
  const redirected = expectStatus(await (await login('finance')).post(`/v1/refunds/${refundId}/redirect`, { to: 'manual' }, { key: randomUUID() }), 200);
  const list = expectStatus(await (await login('finance')).get(`/v1/refunds?returnId=${redirected.returnId}`), 200);
  const payout = list.data.find((refund: Body) => refund.status === 'awaiting_payout');
  expectStatus(await (await login('finance2')).post(`/v1/refunds/${payout.id}/settle`, { reference: 'bank-1' }, { key: randomUUID() }), 200);
}

/** Names of machines and processes are nobody's business here, and differ with every recording. */
const machine = new Set(['identity', 'workerTaskQueue', 'stickyAttributes', 'requestId', 'workerVersion', 'stackTrace']);
const scrub = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(scrub);
  if (value === null || typeof value !== 'object') return value;
  if ('kind' in value && value.kind === 'TASK_QUEUE_KIND_STICKY') return { ...value, name: 'sticky' };
  return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (machine.has(key) ? [] : [[key, scrub(one)]])));
};

async function main(generation: string | undefined): Promise<void> {
  const fileOf = (story: string) => join(folder, `${story}${generation ? `.${generation}` : ''}.json`);
  const missing = Object.keys(stories).filter((story) => !existsSync(fileOf(story)));
  if (missing.length === 0) return console.log('Every story has its history; nothing is added.');
  mkdirSync(folder, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), 'boomerang-replay-'));
  if (process.getuid?.() === 0) chmodSync(home, 0o711);
  const stack = await startStack({ home, quiet: true });
  const { apiUrl, temporalAddress: address, temporalNamespace: namespace } = stack;
  process.env.BOOMERANG_TEST_STACK = JSON.stringify({ apiUrl });
  const { client, connection } = connectTemporal({ address, namespace });
  try {
    for (const story of missing) {
      const { id } = await stories[story]!();
      const handle = client.workflow.getHandle(returnWorkflowId('demo', id));
      await until(async () => (await handle.describe()).status.name === 'COMPLETED', 30_000, `the rest of ${story}`);
      const { events } = scrub(JSON.parse(historyToJSON(await handle.fetchHistory()))) as { events: unknown[] };
      // One event a line: small, and a difference can be read.
      writeFileSync(fileOf(story), `{"workflowId":"${handle.workflowId}","events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`);
      console.log(`${story}: ${events.length} events`);
    }
  } finally {
    await connection.close();
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

if (require.main === module)
  main(process.argv[2]).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
