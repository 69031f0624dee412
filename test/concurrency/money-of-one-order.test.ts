import { randomUUID } from 'node:crypto';
import { anOrder, application, expectStatus, importOrder, Journey } from '../e2e/journey';
import { ownPolicy } from '../e2e/policies';
import { direct, expectNoDeadlocks, expectSoundBooks } from '../stack/direct';
import { patiently, report } from '../stack/patient';
import { login, shop, until, type Body } from '../stack/stack';

interface Row {
  readonly id: string;
  readonly status: string;
  readonly attention: string | null;
}
const returnsOf = (orderNumber: string) =>
  direct.sql<Row>('SELECT id, status, attention FROM return WHERE order_number = $1 ORDER BY created_at', [orderNumber]);
const late = { reason: 'late', method: 'none' };
const card = (tenderId: string, amount: number, payment = 'pay_ok_') => ({
  tenderId,
  kind: 'card',
  provider: 'sandbox',
  providerPaymentId: `${payment}${randomUUID()}`,
  amount,
});
const fact = (type: string, data: Body) => report('payment-providers', { type, data });
/** Answers that are decisions: somebody else may have been quicker, and nothing is an error of ours. */
const decided = (answers: readonly { status: number }[]) => {
  for (const { status } of answers) expect([200, 201, 202, 409]).toContain(status);
};
const quiet = async (orderNumber: string) => {
  const waiting = await direct.sql(
    `SELECT FROM inbox i JOIN tender t ON t.provider_payment_id = i.body -> 'event' -> 'data' ->> 'providerPaymentId' WHERE t.order_number = $1 AND i.handled_at IS NULL
     UNION ALL SELECT FROM graphile_worker.jobs WHERE key = 'order_changed/' || (SELECT merchant_id FROM orders WHERE order_number = $1) || '/' || $1`,
    [orderNumber],
  );
  return waiting.length === 0;
};
async function providerAgrees(order: Body): Promise<void> {
  for (const { tenderId, providerPaymentId } of order.tenders) {
    const [ours] = await direct.sql<{ paid: number }>(
      `SELECT coalesce(sum(amount), 0)::int AS paid FROM refund WHERE order_number = $1 AND tender_id = $2 AND status = 'succeeded'`,
      [order.orderNumber, tenderId],
    );
    expect((await shop().get(`/v1/sandbox/payments/${providerPaymentId}`)).body.refundedAmount).toBe(ours!.paid);
  }
}

describe('everything at once on one order', () => {
  expectNoDeadlocks();

  test('settlements, gifts, chargebacks, refunds elsewhere, approvals, redirections and retries of eight returns break no balance and block nobody for good', async () => {
    const channel = await ownPolicy({ refund: { approvalAbove: 4000, tenderOrder: 'pro_rata' } });
    const lines = [{ lineId: '1', sku: 'TEE-M', title: 'T-shirt, M', category: 'apparel', quantity: 12, unitPrice: 1000 }];
    const order = anOrder({ channel, lines, tenders: [card('t1', 5000), card('t2', 4000, 'pay_declined_'), card('t3', 3000, 'pay_async_')] });
    await importOrder(order);
    const [t1, t2, t3] = order.tenders.map((tender: Body) => tender.providerPaymentId);
    const chargebackId = randomUUID();
    const elsewhere = { providerRefundId: `re_${randomUUID()}`, providerPaymentId: t3, amount: 300 };
    const dispute = (status: string) => fact(`chargeback.${status}`, { chargebackId, providerPaymentId: t1, amount: 2000, status });

    const applied = Array.from({ length: 8 }, () => patiently('shop', '/v1/returns', application(order, { ...late, channel })));
    const facts = Promise.all([
      dispute('open'), dispute('open'), dispute('won'),
      fact('refund.succeeded', elsewhere), fact('refund.succeeded', elsewhere), fact('refund.succeeded', { ...elsewhere, providerRefundId: `re_${randomUUID()}`, providerPaymentId: t2, amount: 100 }),
      shop().put(`/v1/orders/${order.orderNumber}`, { ...order, chargebacks: [{ chargebackId, tenderId: 't1', amount: 2000, status: 'open', at: new Date().toISOString() }] }),
    ]); // prettier-ignore
    const returns = (await Promise.all(applied)).map((answer) => expectStatus(answer, 201));
    const gifts = returns.flatMap((rma) =>
      [1, 2].map(() => patiently('agent', `/v1/returns/${rma.id}/goodwill`, { kind: 'credit', amount: 150, reason: 'sorry' })),
    );
    await facts;
    decided(await Promise.all(gifts));

    // Everybody of finance presses every button of every refund, twice over.
    for (let round = 0; round < 2; round++) {
      const refunds = await direct.sql<{ id: string }>(
        `SELECT id FROM refund WHERE order_number = $1 AND status IN ('awaiting_approval', 'failed', 'awaiting_payout', 'pending')`,
        [order.orderNumber],
      );
      const presses = refunds.flatMap(({ id }) => [
        patiently('finance', `/v1/refunds/${id}/approve`, {}),
        patiently('finance2', `/v1/refunds/${id}/approve`, {}),
        patiently('finance', `/v1/refunds/${id}/retry`, {}),
        patiently('finance2', `/v1/refunds/${id}/redirect`, { to: 't1' }),
        patiently('finance', `/v1/refunds/${id}/redirect`, { to: 'manual' }),
        patiently('admin', `/v1/refunds/${id}/settle`, { reference: 'B' }),
      ]);
      for (const { status } of await Promise.all(presses)) expect([200, 403, 409]).toContain(status);
    }
    await fact('refund.failed', elsewhere);
    await dispute('won');
    await until(() => quiet(order.orderNumber), 60_000, 'all facts to be dealt with');
    // What asks nobody any more has ended, and what waits, waits for a person.
    await until(
      async () => (await returnsOf(order.orderNumber)).every((row) => row.status === 'completed' || row.attention !== null || row.status === 'settling'),
      30_000,
    );
    await until(
      async () =>
        (
          await direct.sql(
            `SELECT FROM refund WHERE order_number = $1 AND status IN ('unknown') OR (order_number = $1 AND status = 'pending' AND tender_id <> 't3')`,
            [order.orderNumber],
          )
        ).length === 0,
      30_000,
      'no call under way',
    );
    await until(
      async () => (await direct.sql(`SELECT FROM refund WHERE order_number = $1 AND status = 'pending'`, [order.orderNumber])).length === 0,
      30_000,
      'no promise under way',
    );
    await expectSoundBooks(order.orderNumber);
    await providerAgrees(order);
    const [granted] = await direct.sql<{ above: number }>(
      `SELECT (o.granted_amount + (SELECT coalesce(sum(amount), 0) FROM compensation WHERE return_id IN (SELECT id FROM return WHERE order_number = $1) AND status = 'granted')
          - (SELECT coalesce(sum(amount), 0) FROM refund WHERE order_number = $1 AND redirected_from IS NULL AND (status = 'awaiting_approval' OR id IN (SELECT refund_id FROM refund_approval WHERE decision = 'approved'))))::int AS above
       FROM orders o WHERE o.order_number = $1`,
      [order.orderNumber],
    );
    // Without anybody's word no more than the limit has gone.
    expect(granted!.above).toBeLessThanOrEqual(4000);
    const finance = await login('finance');
    for (const rma of returns) expect((await finance.get(`/v1/audit/verify?returnId=${rma.id}`)).body).toMatchObject({ ok: true });
  });

  test('two returns redirect to the one tender that has room for one of them: one gets it, the other is told', async () => {
    const order = anOrder({
      lines: [
        { lineId: '1', sku: 'TEE-M', title: 'T-shirt, M', category: 'apparel', quantity: 2, unitPrice: 1000 },
        { lineId: '2', sku: 'CAP', title: 'Cap', category: 'apparel', quantity: 1, unitPrice: 1500 },
      ],
      tenders: [card('t1', 2000, 'pay_declined_'), card('t2', 1500)],
    });
    const first = await Journey.begin(order, late);
    const other = expectStatus(await shop().post('/v1/returns', application(order, late), { key: randomUUID() }), 201);
    const failed = () =>
      direct.sql<{ id: string }>(`SELECT id FROM refund WHERE order_number = $1 AND status = 'failed' AND amount = 1000`, [order.orderNumber]);
    const refunds = await until(async () => { const rows = await failed(); return rows.length === 2 && rows; }, 60_000, `the refunds of ${first.id} and ${other.id} to fail`); // prettier-ignore
    const answers = await Promise.all(
      refunds.flatMap(({ id }) => ['finance', 'finance2'].map((who) => patiently(who, `/v1/refunds/${id}/redirect`, { to: 't2' }))),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refusals = answers.filter(({ status }) => status !== 200).map(({ body }) => body.code);
    expect(refusals).toContain('amount_unavailable');
    await until(async () => (await returnsOf(order.orderNumber)).some((row) => row.status === 'completed'));
    await expectSoundBooks(order.orderNumber);
    await providerAgrees(order);
  });

  test('a dispute that is over lets every return go that waited for it, and none pays what another has claimed', async () => {
    const order = anOrder();
    await importOrder(order);
    const chargebackId = randomUUID();
    const dispute = (status: string) =>
      fact(`chargeback.${status}`, { chargebackId, providerPaymentId: order.tenders[0].providerPaymentId, amount: 3000, status });
    await dispute('open');
    await until(async () => (await direct.sql(`SELECT FROM tender WHERE order_number = $1 AND disputed_amount = 3000`, [order.orderNumber])).length === 1);
    const returns = await Promise.all([1, 2, 3].map(() => patiently('shop', '/v1/returns', application(order, late))));
    for (const answer of returns) expectStatus(answer, 201);
    await until(async () => (await returnsOf(order.orderNumber)).every((row) => row.attention === 'tender_disputed'));
    // One is taken back, one is paid by hand; the dispute ends in the same moment.
    const [one, two] = returns.map((answer) => answer.body.refunds[0].id);
    decided(await Promise.all([
      patiently('finance', `/v1/refunds/${one}/reject`, {}), patiently('finance', `/v1/refunds/${two}/redirect`, { to: 'manual' }),
      dispute('won').then((status) => ({ status })), dispute('won').then((status) => ({ status })),
    ])); // prettier-ignore
    await until(async () => (await returnsOf(order.orderNumber)).filter((row) => row.attention === null).length === 3);
    await until(async () => (await direct.sql(`SELECT FROM refund WHERE order_number = $1 AND status = 'pending'`, [order.orderNumber])).length === 0);
    await expectSoundBooks(order.orderNumber);
    await providerAgrees(order);
  });
});
