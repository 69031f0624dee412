import { randomUUID } from 'node:crypto';
import { anOrder, application, expectStatus, importOrder, Journey } from '../e2e/journey';
import { direct, expectNoDeadlocks, expectSoundBooks } from '../stack/direct';
import { patiently, report } from '../stack/patient';
import { login, shop, until, type Body } from '../stack/stack';

const returnsOf = (orderNumber: string) =>
  direct.sql<{ id: string; status: string; attention: string | null }>('SELECT id, status, attention FROM return WHERE order_number = $1', [orderNumber]);
const inspection = { lines: [{ lineId: '1', units: [{ quantity: 1, grade: 'A', disposition: 'restock', accepted: true }] }] };

/** Three returns of one unit each, received and waiting for inspection. */
async function threeReceived(order: Body): Promise<Body[]> {
  await importOrder(order);
  const found = await Promise.all([1, 2, 3].map(() => patiently('shop', '/v1/returns', application(order))));
  const returns = found.map((answer) => expectStatus(answer, 201));
  await Promise.all(
    returns.map(async (rma) =>
      expectStatus(await patiently('warehouse', '/v1/receipts', { returnNumber: rma.number, lines: [{ lineId: '1', quantity: 1 }] }), 201),
    ),
  );
  return returns;
}

describe('money of one order, asked for by several returns at once', () => {
  expectNoDeadlocks();

  test('three inspections at the same instant, each asked for twice: every unit is paid once, and all of it is what was captured', async () => {
    const order = anOrder({
      tenders: [
        { tenderId: 't1', kind: 'card', provider: 'sandbox', providerPaymentId: `pay_ok_${randomUUID()}`, amount: 1700 },
        { tenderId: 't2', kind: 'wallet', provider: 'sandbox', providerPaymentId: `pay_ok_${randomUUID()}`, amount: 1300 },
      ],
    });
    const returns = await threeReceived(order);
    const answers = await Promise.all(returns.flatMap((rma) => [1, 2].map(() => patiently('warehouse', `/v1/returns/${rma.id}/inspections`, inspection))));
    for (const { status } of answers) expect([200, 400, 409]).toContain(status);
    await until(async () => (await returnsOf(order.orderNumber)).every((row) => row.status === 'completed'), 60_000, 'three completed returns');
    await expectSoundBooks(order.orderNumber);
    const finance = await login('finance');
    expect((await finance.get(`/v1/tenders?orderNumber=${order.orderNumber}`)).body.data).toMatchObject([
      { tenderId: 't1', refundedAmount: 1700, pendingAmount: 0, availableAmount: 0 },
      { tenderId: 't2', refundedAmount: 1300, pendingAmount: 0, availableAmount: 0 },
    ]);
    for (const tender of order.tenders) {
      const { body } = await shop().get(`/v1/sandbox/payments/${tender.providerPaymentId}`);
      expect(body.refundedAmount).toBe(tender.amount);
    }
  });

  test('a chargeback in the very moment of three inspections: the facts stand, nothing above the capture is claimed, and the rest waits for a person', async () => {
    const order = anOrder();
    const returns = await threeReceived(order);
    const chargeback = { chargebackId: randomUUID(), tenderId: 't1', amount: 1500, status: 'open', at: new Date().toISOString() };
    const [imported] = await Promise.all([
      shop().put(`/v1/orders/${order.orderNumber}`, { ...order, chargebacks: [chargeback] }),
      ...returns.map((rma) => patiently('warehouse', `/v1/returns/${rma.id}/inspections`, inspection)),
    ]);
    expect(imported.status).toBe(200);
    // Whoever came before the chargeback has its money; whoever came after waits.
    const rests = await until(async () => {
      const rows = await returnsOf(order.orderNumber);
      return rows.every((row) => row.status === 'completed' || row.attention !== null) && rows;
    });
    await expectSoundBooks(order.orderNumber);
    const won = { ...chargeback, status: 'won' };
    expectStatus(await shop().put(`/v1/orders/${order.orderNumber}`, { ...order, chargebacks: [won] }), 200);
    await until(
      async () => (await returnsOf(order.orderNumber)).every((row) => row.status === 'completed'),
      30_000,
      `all three, of which ${rests.filter((row) => row.attention).length} waited`,
    );
    await expectSoundBooks(order.orderNumber);
    expect((await shop().get(`/v1/sandbox/payments/${order.tenders[0].providerPaymentId}`)).body.refundedAmount).toBe(3000);
  });

  test('two finance people approve the same refund at the same time: it leaves once', async () => {
    const order = anOrder({ lines: [{ lineId: '1', sku: 'COAT-M', title: 'Coat, M', category: 'apparel', quantity: 1, unitPrice: 120_000 }] });
    const journey = await Journey.begin(order);
    if (journey.rma.status === 'in_review')
      await journey.command('admin', 'decision', { lines: [{ lineId: '1', decision: 'approve', reason: 'as described' }] });
    await journey.bringBack();
    const waiting = await journey.until((rma) => rma.refunds[0]?.status === 'awaiting_approval');
    const approve = `/v1/refunds/${waiting.refunds[0].id}/approve`;
    const answers = await Promise.all(['finance', 'finance2', 'finance', 'finance2', 'finance'].map((who) => patiently(who, approve, { note: 'seen' })));
    expect(answers.filter((answer) => answer.status === 200).length).toBeGreaterThanOrEqual(1);
    for (const { status } of answers) expect([200, 409]).toContain(status);
    await journey.until('completed');
    expect(await journey.payment()).toMatchObject({ refundedAmount: 120_000, calls: 1 });
    expect((await direct.sql("SELECT 1 FROM refund_approval WHERE refund_id = $1 AND decision = 'approved'", [waiting.refunds[0].id])).length).toBe(1);
    await expectSoundBooks(order.orderNumber);
  });

  test('the provider says ten times at once that a refund has failed after all: it comes back once', async () => {
    const journey = await Journey.begin();
    await journey.bringBack();
    const { refunds } = await journey.until('completed');
    const [{ id: providerRefundId }] = (await journey.payment()).refunds;
    const data = { refundId: refunds[0].id, providerRefundId, providerPaymentId: journey.providerPaymentId, amount: 1000, status: 'failed' };
    const same = randomUUID();
    const events = [...Array.from({ length: 6 }, () => randomUUID()), same, same, same, same];
    const statuses = await Promise.all(events.map((id) => report('payment-providers', { id, type: 'refund.failed', data })));
    expect(new Set(statuses)).toEqual(new Set([202]));
    await journey.until((rma) => rma.refunds[0].status === 'failed');
    await until(
      async () => (await direct.sql('SELECT 1 FROM inbox WHERE subject = $1 AND handled_at IS NULL', [refunds[0].id])).length === 0,
      30_000,
      'all reports to be dealt with',
    );
    const [facts] = await direct.sql<{ rows: number }>('SELECT count(*)::int AS rows FROM inbox WHERE subject = $1', [refunds[0].id]);
    expect(facts!.rows).toBe(7);
    const entries = await direct.sql<{ entries: number }>('SELECT count(DISTINCT entry_id)::int AS entries FROM ledger_posting WHERE refund_id = $1', [
      refunds[0].id,
    ]);
    expect(entries[0]!.entries).toBe(2);
    await expectSoundBooks(journey.order.orderNumber);
  });
});
