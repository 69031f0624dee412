import { login, shop } from '../stack/stack';
import { anOrder, Journey } from './journey';

describe('a refund, from order to completed', () => {
  test('goes through every stage, pays exactly once, and both books agree', async () => {
    const journey = await Journey.begin(anOrder(), { quantity: 2 });
    expect(journey.rma).toMatchObject({
      status: 'awaiting_handover',
      nextStep: { who: 'customer', action: 'hand_over', whenOverdue: 'expire' },
      quote: { total: 2000 },
    });
    await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: journey.trackingNumber });
    await journey.scan('picked_up');
    expect(await journey.until('in_transit')).toMatchObject({ nextStep: { who: 'system', action: 'wait' } });
    await journey.scan('delivered');
    await journey.until((rma) => rma.nextStep?.action === 'receive');
    expect(journey.rma.status).toBe('in_transit');
    expect(await journey.receive([{ lineId: '1', quantity: 2 }])).toMatchObject({ returnId: journey.id, status: 'matched', unexpected: [] });
    expect(await journey.read()).toMatchObject({ status: 'at_warehouse', nextStep: { who: 'warehouse', action: 'inspect' } });
    await journey.inspect([{ quantity: 2, grade: 'A', disposition: 'restock', accepted: true }]);
    const done = await journey.until('completed');
    expect(done).toMatchObject({ settlement: { total: 2000 }, nextStep: null, attention: null, refunds: [{ amount: 2000, status: 'succeeded' }] });
    expect(done.closedAt).not.toBeNull();
    expect(await journey.payment()).toMatchObject({ refundedAmount: 2000, calls: 1, refunds: [{ amount: 2000, status: 'succeeded' }] });
    const finance = await login('finance');
    expect((await finance.get(`/v1/tenders?orderNumber=${journey.order.orderNumber}`)).body.data).toMatchObject([
      { tenderId: 't1', capturedAmount: 3000, refundedAmount: 2000, pendingAmount: 0, availableAmount: 1000 },
    ]);
    expect((await finance.get(`/v1/audit/verify?returnId=${journey.id}`)).body).toMatchObject({ ok: true, firstBroken: null });
    const timeline = (await shop().get(`/v1/returns/${journey.id}/timeline`)).body;
    expect(timeline.data.map((entry: { type: string }) => entry.type)).toEqual(
      expect.arrayContaining(['applied', 'lines_approved', 'handed_over', 'received', 'inspected', 'settled', 'refund_changed']),
    );
  });
});
