import { direct } from '../stack/direct';
import { withoutReports } from '../stack/lost-reports';
import { login, until, type Body } from '../stack/stack';
import { anOrder, expectStatus, Journey } from './journey';
import { said } from './money';
import { booksAgree, everybodySees, ledger, logHolds, refundsOf, tenders, timeline, workOf } from './witnesses';

afterAll(() => direct.close());

/** A return whose goods are back and accepted: from here on it is all about the provider. */
async function inspected(payment: string): Promise<Journey> {
  const journey = await Journey.begin(anOrder({ payment }));
  await journey.receive([{ lineId: '1', quantity: 1 }], { trackingNumber: null, returnNumber: journey.rma.number });
  await journey.inspect();
  return journey;
}
const succeeded = (seen: Body): Body[] => seen.refunds.filter((refund: Body) => refund.status === 'succeeded');

async function paidOnce(journey: Journey): Promise<Body> {
  const seen = await journey.payment();
  expect(succeeded(seen)).toMatchObject([{ amount: 1000 }]);
  const refunds = await refundsOf(journey);
  expect(refunds).toMatchObject([{ status: 'succeeded', amount: 1000, tenderId: 't1', providerRefundId: succeeded(seen)[0].id }]);
  expect(journey.rma).toMatchObject({
    status: 'completed',
    nextStep: null,
    attention: null,
    refunds: [{ status: 'succeeded' }],
    lines: [{ units: [{ money: 'refunded' }] }],
  });
  await everybodySees(journey, null);
  await booksAgree(journey, 1000);
  return refunds[0];
}
/** Failed for good: the money is claimed and owed still, and finance has it. */
async function failedOpenly(journey: Journey): Promise<Body> {
  await journey.until((rma) => rma.attention?.reason === 'refund_failed');
  expect(journey.rma).toMatchObject({ status: 'settling', closedAt: null, lines: [{ units: [{ money: 'failed' }] }] });
  await everybodySees(journey, { who: 'finance', action: 'resolve_exception' });
  expect(await workOf(journey, 'agent', 'exception')).toEqual(['refund_failed']);
  expect(await tenders(journey)).toMatchObject([{ refundedAmount: 0, pendingAmount: 1000, availableAmount: 2000 }]);
  expect(await ledger(journey)).toMatchObject({ refunds_payable: -1000 });
  expect(await ledger(journey)).not.toHaveProperty('provider_clearing');
  await logHolds(journey);
  const [refund] = await refundsOf(journey);
  expect(refund.status).toBe('failed');
  return refund;
}
const finance = async (refund: Body, action: string, body: Body = {}, who = 'finance'): Promise<Body> =>
  expectStatus(await (await login(who)).post(`/v1/refunds/${refund.id}/${action}`, body), 200);

test.each([
  ['pay_ok_', 1, 1, 1],
  ['pay_flaky1_', 2, 2, 1],
  ['pay_flaky2_', 3, 3, 1],
  ['pay_lostreply_', 1, 1, 1],
  ['pay_lostcall_', 2, 2, 1],
  ['pay_async_', 1, 1, 1],
])('%s ends in one successful refund', async (payment, calls, attempts, refunds) => {
  const journey = await inspected(payment);
  await journey.until('completed');
  const row = await paidOnce(journey);
  expect(row.attempts).toHaveLength(attempts);
  expect(row.idempotencyKey).toBe(`${row.id}/${attempts}`);
  const seen = await journey.payment();
  expect(seen).toMatchObject({ calls });
  expect(seen.refunds).toHaveLength(refunds);
  // Each attempt had a key of its own, and only one of them moved money.
  expect(new Set(row.attempts.map((attempt: Body) => attempt.idempotencyKey)).size).toBe(attempts);
});

test('pay_slow_ is waited for, not asked again, and meanwhile everybody is told to wait', async () => {
  const journey = await inspected('pay_slow_');
  await journey.read();
  expect(journey.rma).toMatchObject({ status: 'settling', refunds: [{ status: 'pending' }], lines: [{ units: [{ money: 'refunding' }] }] });
  await everybodySees(journey, { who: 'system', action: 'wait', whenOverdue: 'attention' });
  expect(await tenders(journey)).toMatchObject([{ refundedAmount: 0, pendingAmount: 1000, availableAmount: 2000 }]);
  await journey.command('customer', 'cancel', {}, 409);
  await journey.until('completed');
  await paidOnce(journey);
  expect(await journey.payment()).toMatchObject({ calls: 1 });
});

test('pay_async_ is under way until the provider’s event says so', async () => {
  let journey!: Journey;
  await withoutReports(async () => {
    journey = await inspected('pay_async_');
    await until(async () => (await journey.payment()).refunds[0]?.status === 'succeeded', 60_000, 'the provider to pay');
    expect(await journey.read()).toMatchObject({ status: 'settling', refunds: [{ status: 'pending' }] });
    await everybodySees(journey, { who: 'system', action: 'wait' });
  });
  const [{ id: providerRefundId }] = (await journey.payment()).refunds;
  expect(await said(journey, 'succeeded', { refundId: journey.rma.refunds[0].id, providerRefundId, amount: 1000 })).toBe(202);
  await journey.until('completed');
  expect((await timeline(journey)).findLast((entry) => entry.type === 'refund_changed')).toMatchObject({ actor: { kind: 'provider', id: 'payment/sandbox' } });
});

test('pay_declined_ fails openly; tried again it fails again; paid by hand it is confirmed by a second person', async () => {
  const journey = await inspected('pay_declined_');
  const refund = await failedOpenly(journey);
  expect(refund.attempts).toMatchObject([{ status: 'failed', code: 'declined' }]);
  await finance(refund, 'retry');
  await journey.until((rma) => rma.attention?.reason === 'refund_failed' && rma.refunds[0].status === 'failed');
  const again = await failedOpenly(journey);
  expect(again.attempts.map((attempt: Body) => attempt.idempotencyKey)).toEqual([`${refund.id}/1`, `${refund.id}/2`]);
  expect(await journey.payment()).toMatchObject({ refunds: [], calls: 2 });
  expectStatus(await (await login('agent')).post(`/v1/refunds/${refund.id}/redirect`, { to: 'manual' }), 403);
  expectStatus(await (await login('finance')).post(`/v1/refunds/${refund.id}/redirect`, { to: 'store_credit' }), 409);
  await finance(refund, 'redirect', { to: 'manual' });
  await journey.until((rma) => rma.attention === null);
  await everybodySees(journey, { who: 'finance', action: 'confirm_payout' });
  expect(await workOf(journey, 'finance', 'payout')).toEqual(['confirm_payout']);
  const payout = (await refundsOf(journey)).find((one) => one.status === 'awaiting_payout');
  expect(payout).toMatchObject({ tenderId: 'manual', amount: 1000 });
  expect(expectStatus(await (await login('finance')).post(`/v1/refunds/${payout.id}/settle`, { reference: 'BANK-1' }), 403).code).toBe('four_eyes_required');
  await finance(payout, 'settle', { reference: 'BANK-1' }, 'finance2');
  expect(await journey.until('completed')).toMatchObject({ nextStep: null, attention: null });
  expect(await ledger(journey)).not.toHaveProperty('refunds_payable');
  expect(await tenders(journey)).toMatchObject([{ refundedAmount: 0, pendingAmount: 0 }]);
  await logHolds(journey);
});

test('pay_asyncfail_ fails by event, and openly', async () => {
  const journey = await inspected('pay_asyncfail_');
  await journey.until((rma) => rma.attention !== null);
  const refund = await failedOpenly(journey);
  expect(refund.attempts).toHaveLength(1);
  expect(await journey.payment()).toMatchObject({ refundedAmount: 0, calls: 1, refunds: [{ status: 'failed' }] });
});

test('pay_latefail_ opens a completed return again, with a reversing entry; store credit ends it with the customer’s consent', async () => {
  const journey = await inspected('pay_latefail_');
  const types = async () => (await timeline(journey)).filter((entry) => entry.type === 'refund_changed').map((entry) => entry.data.set.status);
  await journey.until((rma) => rma.attention?.reason === 'refund_failed');
  expect(await types()).toEqual(['succeeded', 'failed']);
  const refund = await failedOpenly(journey);
  expect(await journey.payment()).toMatchObject({ refundedAmount: 0, calls: 1 });
  await journey.command('agent', 'offers', { resolution: 'store_credit', note: 'your card does not take it back' });
  await everybodySees(journey, { who: 'customer', action: 'answer_offer' });
  await journey.command('customer', `offers/${journey.rma.offers[0].offerId}/accept`);
  await finance(refund, 'redirect', { to: 'store_credit' });
  expect(await journey.until('completed')).toMatchObject({
    attention: null,
    nextStep: null,
    refunds: [{ status: 'redirected' }, { status: 'succeeded', tenderId: 'store_credit' }],
  });
  expect(await tenders(journey)).toMatchObject([{ refundedAmount: 0, pendingAmount: 0, availableAmount: 3000 }]);
  const balances = await ledger(journey);
  expect(balances.store_credit).toBe(-1000);
  expect(balances).not.toHaveProperty('refunds_payable');
  await logHolds(journey);
});
