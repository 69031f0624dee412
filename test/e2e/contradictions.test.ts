import { randomUUID } from 'node:crypto';
import { direct, expectSoundBooks } from '../stack/direct';
import { login, until } from '../stack/stack';
import { anOrder, expectStatus, type Journey } from './journey';
import { finance, refunded, said } from './money';
import { expectProblem } from './refusals';
import { booksAgree, ledger, logHolds, refundsOf, tenders, workOf } from './witnesses';

afterAll(() => direct.close());

const number = () => `re_${randomUUID()}`;
/** Refused by its provider, and sent another way. */
async function redirected(to: string, order = anOrder({ payment: 'pay_declined_' })): Promise<{ journey: Journey; first: string; second: string }> {
  const journey = await refunded(order);
  await journey.until((rma) => rma.refunds[0]?.status === 'failed');
  const first = journey.rma.refunds[0].id as string;
  expectStatus(await finance(`refunds/${first}/redirect`, { to }), 200);
  await journey.read();
  return { journey, first, second: journey.rma.refunds[1].id };
}
const called = (journey: Journey) => journey.until((rma) => rma.attention?.reason === 'paid_after_redirect');

test('a failure that is reported while the provider still works is not believed before it has answered: nobody pays twice', async () => {
  const journey = await refunded(anOrder({ payment: 'pay_slow_' }));
  await until(async () => (await journey.payment()).calls === 1, 60_000, 'the call to be out');
  const { id } = (await journey.read()).refunds[0];
  expect(await said(journey, 'failed', { refundId: id, providerRefundId: number(), amount: 1000 })).toBe(202);
  await journey.until((rma) => rma.refunds[0].status === 'failed');
  expectProblem(await finance(`refunds/${id}/retry`), 409, 'invalid_state');
  expectProblem(await finance(`refunds/${id}/redirect`, { to: 'manual' }), 409, 'invalid_state');
  await journey.until('completed');
  expectProblem(await finance(`refunds/${id}/retry`), 409, 'invalid_state');
  expect(await journey.payment()).toMatchObject({
    refunds: [{ id: (await refundsOf(journey))[0]!.providerRefundId, status: 'succeeded' }],
    refundedAmount: 1000,
  });
  expect((await refundsOf(journey))[0]!.attempts).toHaveLength(1);
  await booksAgree(journey, 1000);
  await expectSoundBooks(journey.order.orderNumber);
});

test('a payout whose first refund was paid after all is kept; finance rejects it, and the first refund stands', async () => {
  const { journey, first, second } = await redirected('manual');
  const providerRefundId = number();
  for (let times = 0; times < 2; times++) await said(journey, 'succeeded', { refundId: first, providerRefundId, amount: 1000 });
  await called(journey);
  expect(journey.rma).toMatchObject({ status: 'settling', nextStep: { who: 'finance', action: 'resolve_exception' } });
  expect([await workOf(journey, 'finance', 'payout'), await workOf(journey, 'finance', 'exception')]).toEqual([[], ['paid_after_redirect']]);
  expectProblem(await finance(`refunds/${second}/settle`, { reference: 'BANK-1' }, 'finance2'), 409, 'invalid_state');
  await expectSoundBooks(journey.order.orderNumber);
  expect(expectStatus(await finance(`refunds/${second}/reject`, { note: 'the bank has paid it' }), 200)).toMatchObject({
    status: 'redirected',
    approvals: [{ decision: 'rejected' }],
  });
  await journey.until('completed');
  expect(journey.rma).toMatchObject({ attention: null, nextStep: null, refunds: [{ status: 'succeeded' }, { status: 'redirected' }] });
  expect((await refundsOf(journey)).find(({ id }) => id === first)).toMatchObject({ providerRefundId, amount: 1000 });
  expect(journey.rma.lines[0].units[0].money).toBe('refunded');
  expect((await tenders(journey))[0]).toMatchObject({ refundedAmount: 1000, pendingAmount: 0 });
  expect(await ledger(journey)).toMatchObject({ provider_clearing: -1000 });
  await expectSoundBooks(journey.order.orderNumber);
  // It has failed in the end: owed again, once.
  await said(journey, 'failed', { refundId: first, providerRefundId, amount: 1000 });
  await journey.until((rma) => rma.attention?.reason === 'refund_failed');
  expect((await tenders(journey))[0]).toMatchObject({ refundedAmount: 0, pendingAmount: 1000 });
  await expectSoundBooks(journey.order.orderNumber);
  // Given up once more and paid once more: that is recorded once more.
  expectStatus(await finance(`refunds/${first}/redirect`, { to: 'manual' }), 200);
  await said(journey, 'succeeded', { refundId: first, providerRefundId, amount: 1000 });
  await called(journey);
  expect((await tenders(journey))[0]).toMatchObject({ refundedAmount: 1000, pendingAmount: 0 });
  await expectSoundBooks(journey.order.orderNumber);
  await logHolds(journey);
});

test('a payout whose first refund was paid after all goes on when that is taken back, and when finance takes the loss', async () => {
  const { journey, first, second } = await redirected('manual');
  const [one, two] = [number(), number()];
  await said(journey, 'succeeded', { refundId: first, providerRefundId: one, amount: 1000 });
  await called(journey);
  await said(journey, 'failed', { refundId: first, providerRefundId: one, amount: 1000 });
  await journey.until((rma) => rma.attention === null);
  expect(await workOf(journey, 'finance', 'payout')).toEqual(['confirm_payout']);
  await said(journey, 'succeeded', { refundId: first, providerRefundId: two, amount: 1000 });
  await called(journey);
  expectProblem(await finance(`returns/${journey.id}/overdraft/accept`, {}, 'agent'), 403, 'forbidden');
  expect(expectStatus(await finance(`returns/${journey.id}/overdraft/accept`, { note: 'our mistake' }), 200)).toMatchObject({ attention: null });
  expectStatus(await finance(`refunds/${second}/settle`, { reference: 'BANK-1' }, 'finance2'), 200);
  await journey.until('completed');
  expect(await ledger(journey)).toMatchObject({ write_off: 1000, customer_receivable: -1000 });
  await logHolds(journey);
});

test('a refund that was paid by another tender, and by its first one after all, calls finance until the loss is taken', async () => {
  const tender = (tenderId: string, payment: string, amount: number) => ({ tenderId, kind: 'card', provider: 'sandbox', providerPaymentId: `${payment}${randomUUID()}`, amount }); // prettier-ignore
  const order = anOrder({ tenders: [tender('t1', 'pay_declined_', 2000), tender('t2', 'pay_ok_', 1000)] });
  const { journey, first } = await redirected('t2', order);
  await journey.until('completed');
  await said(journey, 'succeeded', { refundId: first, providerRefundId: number(), amount: 1000 });
  await called(journey);
  expect(journey.rma).toMatchObject({ status: 'completed', nextStep: { who: 'finance', action: 'resolve_exception' } });
  expect(await workOf(journey, 'agent', 'exception')).toEqual(['paid_after_redirect']);
  expect(expectStatus(await finance(`returns/${journey.id}/overdraft/accept`), 200)).toMatchObject({ attention: null, nextStep: null });
  expectProblem(await finance(`returns/${journey.id}/overdraft/accept`), 409, 'invalid_state');
  expect(await ledger(journey)).toMatchObject({ write_off: 1000, customer_receivable: -1000 });
  const told = expectStatus(await (await login('admin')).get(`/v1/returns/${journey.id}/timeline?limit=200`), 200).data;
  expect(told.filter(({ type }: { type: string }) => type === 'refund_paid_after_all')).toHaveLength(2);
  await logHolds(journey);
});
