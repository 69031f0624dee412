import { randomUUID } from 'node:crypto';
import { login, shop, until, type Body } from '../stack/stack';
import { anOrder, application, expectStatus, Journey } from './journey';
import { chargeback, entriesOf, finance, refunded, said } from './money';
import { expectProblem } from './refusals';
import { ledger, logHolds, tenders, workOf } from './witnesses';

const balance = async (journey: Journey): Promise<Body> => (await tenders(journey))[0];
const imported = async (journey: Journey): Promise<Body> => expectStatus(await shop().get(`/v1/orders/${journey.order.orderNumber}`), 200);
const reimport = async (journey: Journey, chargebacks: Body[]): Promise<Body> =>
  expectStatus(await shop().put(`/v1/orders/${journey.order.orderNumber}`, { ...journey.order, chargebacks }), 200);
const disputed = (journey: Journey, amount: number) => until(async () => (await balance(journey)).disputedAmount === amount, 60_000, `${amount} disputed`);
const back = (journey: Journey, amount: number) => until(async () => (await balance(journey)).refundedAmount === amount, 60_000, `${amount} refunded`);
const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
/** What the ledger says has gone from the provider by facts of this payment: entries are found by what their amounts are, so each test has amounts of its own. */
async function gone(type: 'charged_back' | 'refunded_elsewhere', amount: number): Promise<number> {
  const all = (await entriesOf(type)).flatMap((entry) => entry.postings).filter((posting) => posting.account === 'provider_clearing');
  return all.reduce((sum, one) => sum + (one.creditAmount === amount ? amount : 0) - (one.debitAmount === amount ? amount : 0), 0);
}

describe('a chargeback', () => {
  test('told by import and by event, twice and in any order, counts once; decided it is not opened again, and the later decision stands', async () => {
    const journey = await Journey.begin();
    const id = `cb_${randomUUID()}`;
    const one = (status: string, at: string) => ({ chargebackId: id, tenderId: 't1', amount: 417, status, at });
    await Promise.all([chargeback(journey, 'open', id, 417), chargeback(journey, 'open', id, 417), reimport(journey, [one('open', anHourAgo)])]);
    await disputed(journey, 417);
    await chargeback(journey, 'won', id, 417);
    await disputed(journey, 0);
    await reimport(journey, [one('open', new Date().toISOString())]);
    await chargeback(journey, 'open', id, 417);
    await chargeback(journey, 'lost', id, 417, anHourAgo);
    await chargeback(journey, 'open', `cb_${randomUUID()}`, 2);
    await disputed(journey, 2);
    expect((await imported(journey)).chargebacks).toContainEqual(expect.objectContaining({ chargebackId: id, status: 'won' }));
    expect(await gone('charged_back', 417)).toBe(0);
    await reimport(journey, [one('lost', new Date().toISOString())]);
    await disputed(journey, 419);
    expect(await gone('charged_back', 417)).toBe(417);
  });

  test('lost is booked, once; won after all it is taken back', async () => {
    const journey = await Journey.begin();
    const id = `cb_${randomUUID()}`;
    for (const status of ['open', 'lost', 'lost']) await chargeback(journey, status, id, 431);
    await until(async () => (await gone('charged_back', 431)) === 431);
    await chargeback(journey, 'won', id, 431);
    await until(async () => (await gone('charged_back', 431)) === 0);
    expect(await balance(journey)).toMatchObject({ disputedAmount: 0, availableAmount: 3000 });
  });

  test('before a refund: the money waits, and goes when it is won', async () => {
    const journey = await Journey.begin();
    const id = `cb_${randomUUID()}`;
    await chargeback(journey, 'open', id, 2500);
    await disputed(journey, 2500);
    await journey.bringBack();
    await journey.until((rma) => rma.attention?.reason === 'tender_disputed');
    expect((await journey.payment()).calls).toBe(0);
    await chargeback(journey, 'won', id, 2500);
    await journey.until('completed');
    expect(await journey.payment()).toMatchObject({ calls: 1, refundedAmount: 1000 });
  });

  test('that was lost: the refund waits for finance, which pays another way or takes it back', async () => {
    const journey = await Journey.begin();
    await chargeback(journey, 'lost', `cb_${randomUUID()}`, 2600);
    await disputed(journey, 2600);
    await journey.bringBack();
    await journey.until((rma) => rma.attention?.reason === 'tender_disputed');
    const [{ id }] = journey.rma.refunds;
    expectProblem(await finance(`refunds/${id}/retry`), 409, 'invalid_state');
    expectStatus(await finance(`refunds/${id}/reject`, { note: 'the bank gave it back already' }), 200);
    expect(await journey.until('in_review')).toMatchObject({ attention: null });
    expect(await balance(journey)).toMatchObject({ pendingAmount: 0, availableAmount: 400 });
  });

  test('during a refund, and after it: the return stays completed, a person is called, and is not when it is won', async () => {
    const journey = await refunded(anOrder({ payment: 'pay_async_' }), { quantity: 3 });
    const id = `cb_${randomUUID()}`;
    await chargeback(journey, 'open', id, 500);
    await journey.until((rma) => rma.status === 'completed' && rma.attention !== null);
    expect(journey.rma).toMatchObject({
      attention: { reason: 'tender_overdrawn' },
      refunds: [{ status: 'succeeded' }],
      nextStep: { who: 'finance', action: 'resolve_exception' },
    });
    expect(await balance(journey)).toMatchObject({ refundedAmount: 3000, disputedAmount: 500, availableAmount: -500 });
    expect(await workOf(journey, 'agent', 'exception')).toEqual(['tender_overdrawn']);
    await chargeback(journey, 'won', id, 500);
    await journey.until((rma) => rma.attention === null);
    expect(await workOf(journey, 'agent', 'exception')).toEqual([]);
    await logHolds(journey);
  });
});

describe('a tender that more has left than it gave', () => {
  test('is one piece of work, at the newest open return, else at the newest', async () => {
    const order = anOrder();
    const first = await refunded(order, { quantity: 2 });
    await first.until('completed');
    const second = expectStatus(await shop().post('/v1/returns', application(order), { key: randomUUID() }), 201);
    await said(first, 'succeeded', { providerRefundId: `re_${randomUUID()}`, amount: 1500 });
    const read = async (id: string) => expectStatus(await (await login('admin')).get(`/v1/returns/${id}`), 200);
    await until(async () => (await read(second.id)).attention?.reason === 'tender_overdrawn');
    expect((await read(first.id)).attention).toBeNull();
  });

  test('is written off by finance, who alone may; what comes back later is taken off again', async () => {
    const journey = await refunded(anOrder(), { quantity: 3 });
    await journey.until('completed');
    const providerRefundId = `re_${randomUUID()}`;
    await said(journey, 'succeeded', { providerRefundId, amount: 700 });
    await journey.until((rma) => rma.attention?.reason === 'tender_overdrawn');
    const accept = `returns/${journey.id}/overdraft/accept`;
    expectProblem(await finance(accept, {}, 'agent'), 403, 'forbidden');
    expectProblem(await finance(accept, { amount: 5 }), 400, 'validation_failed');
    expectProblem(await finance('returns/ret_nothing/overdraft/accept'), 404, 'not_found');
    expectProblem(await (await login('admin@other.example')).post(`/v1/${accept}`, {}), 404, 'not_found');
    expect(expectStatus(await finance(accept, { note: 'the shop paid by mistake' }), 200)).toMatchObject({ attention: null });
    expectProblem(await finance(accept), 409, 'invalid_state');
    expect(await ledger(journey)).toMatchObject({ write_off: 700, customer_receivable: -700 });
    await said(journey, 'failed', { providerRefundId, amount: 700 });
    await until(async () => (await ledger(journey)).write_off === undefined);
    expect(await balance(journey)).toMatchObject({ refundedAmount: 3000, availableAmount: 0 });
    await logHolds(journey);
  });
});

describe('a refund made elsewhere', () => {
  test('counts once by the provider’s number, whatever the event; one that failed later is taken back, and says no more', async () => {
    const journey = await Journey.begin();
    const [providerRefundId, other] = [`re_${randomUUID()}`, `re_${randomUUID()}`];
    await Promise.all([1, 2, 3, 4].map(() => said(journey, 'succeeded', { providerRefundId, amount: 733 })));
    await said(journey, 'succeeded', { providerRefundId: other, amount: 1 });
    await back(journey, 734);
    expect(await gone('refunded_elsewhere', 733)).toBe(733);
    await said(journey, 'failed', { providerRefundId, amount: 733 });
    await back(journey, 1);
    await said(journey, 'succeeded', { providerRefundId, amount: 733 });
    await said(journey, 'failed', { providerRefundId, amount: 733 });
    await said(journey, 'failed', { providerRefundId: other, amount: 1 });
    await back(journey, 0);
    expect(await gone('refunded_elsewhere', 733)).toBe(0);
  });

  test('whose failure is told before its success moves nothing', async () => {
    const journey = await Journey.begin();
    const providerRefundId = `re_${randomUUID()}`;
    for (const status of ['failed', 'succeeded'] as const) await said(journey, status, { providerRefundId, amount: 741 });
    await said(journey, 'succeeded', { providerRefundId: `re_${randomUUID()}`, amount: 2 });
    await back(journey, 2);
  });

  test('is what money is that left for a refund of ours after it was paid another way', async () => {
    const journey = await refunded(anOrder({ payment: 'pay_asyncfail_' }));
    await journey.until((rma) => rma.refunds[0]?.status === 'failed');
    const { id } = journey.rma.refunds[0];
    expectStatus(await finance(`refunds/${id}/redirect`, { to: 'manual' }), 200);
    const [, payout] = (await journey.read()).refunds;
    expectStatus(await finance(`refunds/${payout.id}/settle`, { reference: 'BANK-9' }, 'finance2'), 200);
    await journey.until('completed');
    const [{ id: providerRefundId }] = (await journey.payment()).refunds;
    for (let times = 0; times < 2; times++) await said(journey, 'succeeded', { refundId: id, providerRefundId, amount: 1000 });
    await back(journey, 1000);
    expect(journey.rma).toMatchObject({ refunds: [{ status: 'redirected' }, { status: 'succeeded' }] });
    // And has failed after all.
    await said(journey, 'failed', { refundId: id, providerRefundId, amount: 1000 });
    await back(journey, 0);
    await logHolds(journey);
  });

  test('is a second success of one refund, under another number', async () => {
    const journey = await refunded();
    await journey.until('completed');
    await said(journey, 'succeeded', { refundId: journey.rma.refunds[0].id, providerRefundId: `re_${randomUUID()}`, amount: 1000 });
    await back(journey, 2000);
    expect(await journey.read()).toMatchObject({ status: 'completed', refunds: [{ status: 'succeeded' }] });
  });
});

test('a provider that says “succeeded” about what it said had failed is asked, and its answer counts', async () => {
  const journey = await refunded(anOrder({ payment: 'pay_asyncfail_' }));
  await journey.until((rma) => rma.refunds[0]?.status === 'failed');
  const { id } = journey.rma.refunds[0];
  const [{ id: providerRefundId }] = (await journey.payment()).refunds;
  await said(journey, 'succeeded', { refundId: id, providerRefundId, amount: 1000 });
  const asked = async () =>
    (await (await login('admin')).get(`/v1/returns/${journey.id}/timeline?limit=200`)).body.data.filter((entry: Body) => entry.type === 'refund_changed');
  // Failed, asked, and it stays failed: the provider's list says so.
  await until(async () => (await asked()).length === 4);
  expect(await journey.read()).toMatchObject({ refunds: [{ status: 'failed' }], attention: { reason: 'refund_failed' } });
  expect(await balance(journey)).toMatchObject({ refundedAmount: 0, pendingAmount: 1000 });
});
