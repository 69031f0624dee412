import { randomUUID } from 'node:crypto';
import { report } from '../stack/patient';
import { login, shop, until, type Body } from '../stack/stack';
import { anOrder, application, expectStatus, Journey } from './journey';
import { ownPolicy } from './policies';
import { expectProblem } from './refusals';
import { refundsOf } from './witnesses';

/** The first answer, which a repetition gets again whatever has become of the refund since. */
async function once(path: string, body: Body, who = 'finance'): Promise<Body> {
  const key = randomUUID();
  const ask = async () => (await login(who)).post(`/v1/refunds/${path}`, body, { key });
  const first = expectStatus(await ask(), 200);
  replays.push(async () => {
    const again = await ask();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(expectStatus(again, 200)).toEqual(first);
  });
  return first;
}
let replays: (() => Promise<void>)[] = [];
beforeEach(() => void (replays = []));

async function awaitingApproval(): Promise<{ journey: Journey; id: string }> {
  const channel = await ownPolicy({ refund: { approvalAbove: 500 } });
  const journey = await Journey.begin(anOrder({ channel }), { channel });
  await journey.bringBack();
  await journey.until((rma) => rma.refunds[0]?.status === 'awaiting_approval');
  return { journey, id: journey.rma.refunds[0].id };
}

describe('what finance decides about a refund', () => {
  test('is answered with the refund as the decision left it, each time; why is kept', async () => {
    const { journey, id } = await awaitingApproval();
    const approved = await once(`${id}/approve`, { note: 'seen the photos' });
    expect(approved).toMatchObject({ id, status: 'pending', approvals: [{ decision: 'approved', note: 'seen the photos' }] });
    await journey.until('completed');
    expect((await refundsOf(journey))[0]).toMatchObject({ status: 'succeeded', approvals: [{ decision: 'approved', note: 'seen the photos' }] });
    for (const replay of replays) await replay();
  });

  test('a rejection sends the line back to an agent, with its reason', async () => {
    const { journey, id } = await awaitingApproval();
    expectProblem(await (await login('agent')).post(`/v1/refunds/${id}/reject`, {}), 403, 'forbidden');
    const rejected = await once(`${id}/reject`, { note: 'the article is not ours' });
    expect(rejected).toMatchObject({ id, status: 'rejected', approvals: [{ decision: 'rejected', note: 'the article is not ours' }] });
    expect(await journey.read()).toMatchObject({ status: 'in_review' });
    expectProblem(await (await login('finance')).post(`/v1/refunds/${id}/reject`, {}), 409, 'invalid_state');
    for (const replay of replays) await replay();
  });

  test('retry, redirect and payout too; the bank’s reference stands on the refund', async () => {
    const journey = await Journey.begin(anOrder({ payment: 'pay_declined_' }));
    await journey.bringBack();
    const failed = () => journey.until((rma) => rma.refunds[0]?.status === 'failed');
    await failed();
    const { id } = journey.rma.refunds[0];
    expect(await once(`${id}/retry`, {})).toMatchObject({ id, status: 'pending', attempts: [{}, {}] });
    await failed();
    expect(await once(`${id}/redirect`, { to: 'manual', note: 'asked for a cheque' })).toMatchObject({ id, status: 'redirected' });
    const payout = (await refundsOf(journey)).find((refund) => refund.status === 'awaiting_payout');
    expect(await once(`${payout.id}/settle`, { reference: 'BANK-77' }, 'finance2')).toMatchObject({ status: 'succeeded', providerRefundId: 'BANK-77' });
    await journey.until('completed');
    for (const replay of replays) await replay();
  });
});

describe('names and codes of ours', () => {
  test.each(['store_credit', 'manual'])('an order has no tender called %s', async (tenderId) => {
    const order = anOrder();
    order.tenders[0].tenderId = tenderId;
    expectProblem(await shop().put(`/v1/orders/${order.orderNumber}`, order), 400, 'validation_failed', '/tenders/0/tenderId');
  });

  test('a quote that the order’s balance cannot give says amount_unavailable', async () => {
    const journey = await Journey.begin();
    await journey.bringBack();
    await journey.until('completed');
    const data = { providerRefundId: `re_${randomUUID()}`, providerPaymentId: journey.providerPaymentId, amount: 2000 };
    await report('payment-providers', { type: 'refund.succeeded', data });
    const answer = await until(async () => {
      const quoted = await shop().post('/v1/returns/quote', application(journey.order));
      return quoted.status !== 200 && quoted;
    });
    expectProblem(answer, 409, 'amount_unavailable');
  });
});
