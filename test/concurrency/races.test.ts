import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { anOrder, Journey } from '../e2e/journey';
import { direct, expectNoDeadlocks } from '../stack/direct';
import { patiently, report } from '../stack/patient';
import { until } from '../stack/stack';

const eventsOf = async (returnId: string) =>
  (await direct.sql<{ type: string; cause: string }>('SELECT type, cause FROM log_entry WHERE stream = $1 ORDER BY sequence', [returnId])).map(
    (row) => row.type,
  );
const count = (types: readonly string[], type: string) => types.filter((one) => one === type).length;

describe('people and machines in the same instant', () => {
  expectNoDeadlocks();

  test('cancel against the first scan: cancelled with a parcel on the road, or in transit and not to be cancelled; there is no third outcome', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, async (_, index) => {
        const journey = await Journey.begin();
        await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: journey.trackingNumber });
        const [cancel] = await Promise.all([
          patiently('shop', `/v1/returns/${journey.id}/cancel`, { reason: 'found it after all' }),
          sleep(index * 8).then(() => journey.scan('picked_up')),
        ]);
        await until(async () => count(await eventsOf(journey.id), 'parcel_scanned') === 1, 60_000, `the scan of ${journey.id}`);
        const rma = await journey.read();
        const [claim] = await direct.sql<{ held: boolean }>('SELECT released_at IS NULL AS held FROM unit_claim WHERE return_id = $1', [journey.id]);
        return `${cancel.status} ${cancel.body.code ?? ''} ${rma.status} ${claim!.held ? 'held' : 'free'}`;
      }),
    );
    for (const outcome of outcomes) expect(['200  cancelled free', '409 invalid_state in_transit held']).toContain(outcome);
  });

  test('a parcel that was on the road when its return was cancelled becomes a person’s when it arrives', async () => {
    const journey = await Journey.begin();
    await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: journey.trackingNumber });
    await journey.command('shop', 'cancel');
    await journey.scan('picked_up');
    await Promise.all([1, 2, 3].map(() => journey.scan('delivered')));
    expect(await journey.until((rma) => rma.attention !== null)).toMatchObject({ status: 'cancelled', attention: { reason: 'late_parcel' } });
    expect(count(await eventsOf(journey.id), 'late_parcel')).toBe(1);
  });

  test('the same scan ten times at once, and ten scans that say the same, move the goods once', async () => {
    const journey = await Journey.begin();
    await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: journey.trackingNumber });
    const eventId = randomUUID();
    const data = { trackingNumber: journey.trackingNumber, status: 'picked_up' };
    await Promise.all([
      ...Array.from({ length: 5 }, () => journey.scan('picked_up', journey.trackingNumber, eventId)),
      ...Array.from({ length: 5 }, () => report('carriers', { id: eventId, type: 'parcel.scanned', data })),
      ...Array.from({ length: 10 }, () => report('carriers', { type: 'parcel.scanned', data })),
    ]);
    await journey.until('in_transit');
    await until(
      async () => (await direct.sql('SELECT 1 FROM inbox WHERE subject = $1 AND handled_at IS NULL', [journey.trackingNumber])).length === 0,
      30_000,
      'all scans to be dealt with',
    );
    const types = await eventsOf(journey.id);
    expect(count(types, 'handed_over')).toBe(1);
    expect(count(types, 'parcel_scanned')).toBe(1);
    const [facts] = await direct.sql<{ rows: number }>('SELECT count(*)::int AS rows FROM inbox WHERE subject = $1', [journey.trackingNumber]);
    expect(facts!.rows).toBe(11);
  });

  test('scans out of order and all at once leave the parcel where the last one put it', async () => {
    const journey = await Journey.begin();
    await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: journey.trackingNumber });
    await Promise.all(['delivered', 'in_transit', 'picked_up', 'in_transit'].map((status) => journey.scan(status)));
    const rma = await journey.until((one) => one.parcels[0].status === 'delivered');
    expect(rma).toMatchObject({ status: 'in_transit', nextStep: { who: 'warehouse', action: 'receive' } });
    expect(count(await eventsOf(journey.id), 'handed_over')).toBe(1);
  });

  test('an asynchronous refund that the provider confirms many times over is paid once', async () => {
    const journey = await Journey.begin(anOrder({ payment: 'pay_async_' }));
    await journey.bringBack();
    const { refunds } = await journey.until('completed');
    const [{ id: providerRefundId }] = (await journey.payment()).refunds;
    const data = { refundId: refunds[0].id, providerRefundId, providerPaymentId: journey.providerPaymentId, amount: 1000, status: 'succeeded' };
    await Promise.all(Array.from({ length: 8 }, () => report('payment-providers', { type: 'refund.succeeded', data })));
    await until(
      async () => (await direct.sql('SELECT 1 FROM inbox WHERE subject = $1 AND handled_at IS NULL', [refunds[0].id])).length === 0,
      30_000,
      'all reports to be dealt with',
    );
    const [ledger] = await direct.sql<{ entries: number }>('SELECT count(DISTINCT entry_id)::int AS entries FROM ledger_posting WHERE refund_id = $1', [
      refunds[0].id,
    ]);
    expect(ledger!.entries).toBe(1);
    expect(await journey.read()).toMatchObject({ status: 'completed', refunds: [{ status: 'succeeded' }] });
  });

  test('twenty commands of different people on one return are all answered, and none is taken twice', async () => {
    const journey = await Journey.begin();
    const path = `/v1/returns/${journey.id}/deadlines/handover/extend`;
    const dueAt = Date.parse(journey.rma.deadlines.find((deadline: { stage: string }) => deadline.stage === 'handover').dueAt);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => patiently(index % 2 ? 'agent' : 'agent2', path, { by: 'PT1H' })));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    const after = (await journey.read()).deadlines.find((deadline: { stage: string }) => deadline.stage === 'handover');
    expect(Date.parse(after.dueAt) - dueAt).toBe(20 * 3_600_000);
    expect(count(await eventsOf(journey.id), 'deadline_extended')).toBe(20);
  });
});
