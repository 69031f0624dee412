import { login, otherShop, shop, type Body } from '../stack/stack';
import { anOrder, expectStatus, Journey } from './journey';
import { finance, refunded } from './money';
import { ownPolicy, reviewedByHand } from './policies';
import { expectProblem } from './refusals';
import { ledger, refundsOf, tenders, timeline } from './witnesses';

/** A return with a refund that failed and a gift that waits: there is something to do about either. */
let journey: Journey;
let before: string;
const stands = async () => JSON.stringify([await refundsOf(journey), await tenders(journey), await ledger(journey), await timeline(journey)]);
beforeAll(async () => {
  const order = anOrder({ payment: 'pay_declined_' });
  order.tenders = [
    { ...order.tenders[0], amount: 2500 },
    { ...order.tenders[0], tenderId: 't2', providerPaymentId: `${order.tenders[0].providerPaymentId}2`, amount: 500 },
  ];
  journey = await refunded(order, { quantity: 2 });
  await journey.until((rma) => rma.refunds.every((refund: Body) => refund.status === 'failed'));
  await journey.command('agent', 'goodwill', { kind: 'credit', amount: 9000, reason: 'a lot' });
  before = await stands();
});
afterEach(async () => expect(await stands()).toBe(before));

const refund = () => `refunds/${journey.rma.refunds[0].id}`;
const gift = () => `compensations/${journey.rma.compensations[0].id}`;
const actions = ['approve', 'reject', 'retry', 'redirect', 'settle'] as const;
const bodies = { approve: {}, reject: {}, retry: {}, redirect: { to: 'manual' }, settle: { reference: 'B-1' } } as const;

test.each(actions)('%s: an unknown refund, another merchant’s, and one named by no id', async (action) => {
  expectProblem(await finance(`refunds/rfd_nothing/${action}`, bodies[action]), 404, 'not_found');
  expectProblem(await (await login('admin@other.example')).post(`/v1/${refund()}/${action}`, bodies[action]), 404, 'not_found');
  expectProblem(await finance(`refunds/${encodeURIComponent('r d')}/${action}`, bodies[action]), 400, 'validation_failed');
});
test.each(actions)('%s: only finance and admins, and no key of a shop', async (action) => {
  for (const who of ['customer', 'agent', 'warehouse']) expectProblem(await finance(`${refund()}/${action}`, bodies[action], who), 403, 'forbidden');
  for (const key of [shop(), otherShop()]) expectProblem(await key.post(`/v1/${refund()}/${action}`, bodies[action]), 403, 'forbidden');
});
test.each(actions)('%s takes no amount and no currency: what is paid is what was settled', async (action) => {
  for (const more of [{ amount: 1 }, { amount: -5 }, { amount: 1e20 }, { amount: 0.5 }, { currency: 'USD' }])
    expectProblem(await finance(`${refund()}/${action}`, { ...bodies[action], ...more }), 400, 'validation_failed');
});
test.each([
  ['approve', {}],
  ['settle', { reference: 'B-1' }],
  ['reject', {}],
] as const)('%s is not for a refund that failed', async (action, body) => {
  expectProblem(await finance(`${refund()}/${action}`, body), 409, 'invalid_state');
});
test('a redirection goes somewhere, within the balance, and to store credit with consent alone', async () => {
  const to = (target: unknown) => finance(`${refund()}/redirect`, { to: target });
  for (const wrong of [undefined, null, 7, '', ' t1', 'x'.repeat(65), { tenderId: 't1' }]) expectProblem(await to(wrong), 400, 'validation_failed', '/to');
  expectProblem(await to('nowhere'), 404, 'not_found');
  expectProblem(await to('t2'), 409, 'amount_unavailable');
  expectProblem(await to('store_credit'), 409, 'invalid_state');
  expectProblem(await to(journey.rma.refunds[0].tenderId), 409, 'invalid_state');
});
test('a payout has a reference', async () => {
  for (const reference of [undefined, null, '', 5, 'x'.repeat(201), 'a\nb'])
    expectProblem(await finance(`${refund()}/settle`, { reference }), 400, 'validation_failed', '/reference');
});
test('a note is a text of at most 2,000 characters', async () => {
  for (const note of [5, {}, 'x'.repeat(2001)]) expectProblem(await finance(`${refund()}/approve`, { note }), 400, 'validation_failed', '/note');
});
test('gifts: unknown ones, other roles, and amounts that are none', async () => {
  for (const action of ['approve', 'reject']) {
    expectProblem(await finance(`compensations/cmp_nothing/${action}`), 404, 'not_found');
    expectProblem(await (await login('admin@other.example')).post(`/v1/${gift()}/${action}`), 404, 'not_found');
    for (const who of ['customer', 'agent', 'warehouse']) expectProblem(await finance(`${gift()}/${action}`, {}, who), 403, 'forbidden');
    expectProblem(await finance(`${gift()}/${action}`, { amount: 1 }), 400, 'validation_failed');
  }
  for (const amount of [0, -1, 0.5, 1e20, '5', null])
    expectProblem(await finance(`returns/${journey.id}/goodwill`, { kind: 'credit', amount, reason: 'x' }, 'agent'), 400, 'validation_failed', '/amount');
  expectProblem(
    await finance(`returns/${journey.id}/goodwill`, { kind: 'credit', amount: 1, reason: 'x', currency: 'USD' }, 'agent'),
    400,
    'validation_failed',
  );
  expectProblem(await finance(`returns/${journey.id}/goodwill`, { kind: 'cash', amount: 1, reason: 'x' }, 'agent'), 400, 'validation_failed', '/kind');
  expectProblem(await finance(`returns/${journey.id}/goodwill`, { kind: 'credit', amount: 1, reason: 'x' }), 403, 'forbidden');
});
test('one’s own refund is approved by somebody else, and nothing is recorded of the try', async () => {
  const channel = await ownPolicy({ ...reviewedByHand, refund: { approvalAbove: 500 } });
  const own = await Journey.begin(anOrder({ channel }), { channel, reason: 'late', method: 'none' });
  await own.command('admin', 'decision', { lines: [{ lineId: '1', decision: 'approve', reason: 'mine' }] });
  const { length } = await timeline(own);
  expectProblem(await finance(`refunds/${own.rma.refunds[0].id}/approve`, {}, 'admin'), 403, 'four_eyes_required');
  expect(await timeline(own)).toHaveLength(length);
  expect((await refundsOf(own))[0]).toMatchObject({ status: 'awaiting_approval', approvals: [] });
  expectStatus(await finance(`refunds/${own.rma.refunds[0].id}/approve`), 200);
});
