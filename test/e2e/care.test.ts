import { login, type Body } from '../stack/stack';
import { anOrder, expectStatus, Journey, uniqueNumber } from './journey';
import { ownPolicy, reviewedByHand } from './policies';
import { booksAgree, everybodySees, ledger, logHolds, mailOf, returnable, timeline, typesOf, workOf } from './witnesses';

const byNumber = (journey: Journey) => ({ trackingNumber: null, returnNumber: journey.rma.number });
const decide = (journey: Journey, who: string, decision: string, status = 200) =>
  journey.command(who, 'decision', { lines: [{ lineId: '1', decision, reason: 'because' }] }, status);
const underReview = async (options: Body = {}, order: Body = {}): Promise<Journey> => {
  const channel = await ownPolicy(reviewedByHand);
  return Journey.begin(anOrder({ channel, ...order }), { channel, ...options });
};
const refused = [{ unit: 1, grade: 'D', disposition: 'send_back', accepted: false, fault: 'customer' }];
async function refusedAtInspection(options: Body = {}): Promise<Journey> {
  const journey = await Journey.begin(anOrder(options.channel ? { channel: options.channel } : {}), options);
  await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
  await journey.inspect(refused);
  return journey;
}

describe('a review', () => {
  test('is an agent’s: nobody else decides, and it is decided once', async () => {
    const journey = await underReview();
    await everybodySees(journey, { who: 'agent', action: 'review', whenOverdue: 'approve' });
    for (const who of ['customer', 'warehouse', 'finance']) await decide(journey, who, 'approve', 403);
    await journey.command('agent', 'decision', { lines: [{ lineId: '9', decision: 'approve' }] }, 400);
    await decide(journey, 'agent', 'approve');
    expect(journey.rma).toMatchObject({ status: 'awaiting_handover', lines: [{ authorization: 'approved' }] });
    await everybodySees(journey, { who: 'customer', action: 'hand_over' });
    await decide(journey, 'agent2', 'reject', 409);
  });

  test('above the agent’s limit is for somebody with a higher one, and the money is let go by a second person', async () => {
    const journey = await underReview(
      {},
      { lines: [{ lineId: '1', sku: 'WATCH', title: 'Watch', category: 'watches', supplier: 'acme', quantity: 1, unitPrice: 150_000 }] },
    );
    expect((await decide(journey, 'agent', 'approve', 403)).code).toBe('forbidden');
    expect((await journey.read()).status).toBe('in_review');
    await decide(journey, 'admin', 'approve');
    await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    await journey.inspect();
    await journey.until((rma) => rma.refunds[0]?.status === 'awaiting_approval');
    await everybodySees(journey, { who: 'finance', action: 'approve_refund', whenOverdue: 'escalate' });
    expect(await workOf(journey, 'finance', 'refund_approval')).toEqual(['approve_refund']);
    const path = `/v1/refunds/${journey.rma.refunds[0].id}/approve`;
    expectStatus(await (await login('agent')).post(path, {}), 403);
    expect(expectStatus(await (await login('admin')).post(path, {}), 403).code).toBe('four_eyes_required');
    expectStatus(await (await login('finance')).post(path, { note: 'seen' }), 200);
    await journey.until('completed');
    expect(await workOf(journey, 'finance', 'refund_approval')).toEqual([]);
    await booksAgree(journey, 150_000);
  });
});

describe('an appeal', () => {
  test('against a review is decided by another agent, and only once', async () => {
    const journey = await underReview();
    await decide(journey, 'agent', 'reject');
    expect(journey.rma).toMatchObject({ status: 'rejected', lines: [{ authorization: 'rejected' }] });
    await everybodySees(journey, { who: 'customer', action: 'appeal', whenOverdue: 'close' });
    for (const who of ['agent', 'warehouse']) await journey.command(who, 'appeal', { reason: 'not mine to say' }, 403);
    await journey.command('customer', 'appeal', { reason: 'the label was still on it' });
    expect(journey.rma).toMatchObject({ status: 'in_review', lines: [{ appeal: 'open' }] });
    await everybodySees(journey, { who: 'agent', action: 'review' });
    expect(await workOf(journey, 'agent2', 'appeal')).toEqual(['decide_appeal']);
    await decide(journey, 'agent', 'approve', 403);
    await decide(journey, 'agent2', 'approve');
    expect(journey.rma).toMatchObject({ status: 'awaiting_handover', lines: [{ authorization: 'approved', appeal: 'upheld' }] });
    await everybodySees(journey, { who: 'customer', action: 'hand_over' });
    expect(await workOf(journey, 'agent2', 'appeal')).toEqual([]);
    await journey.command('customer', 'appeal', { reason: 'again' }, 409);
    await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    await journey.inspect();
    await journey.until('completed');
    await booksAgree(journey, 1000);
  });

  test('against an inspection that is upheld ends in the refund', async () => {
    const journey = await refusedAtInspection();
    await everybodySees(journey, { who: 'customer', action: 'appeal' });
    await journey.command('customer', 'appeal', { reason: 'it came like that' });
    await everybodySees(journey, { who: 'agent', action: 'review' });
    await decide(journey, 'agent', 'approve');
    expect(await journey.until('completed')).toMatchObject({
      nextStep: null,
      settlement: { total: 1000 },
      lines: [{ units: [{ inspection: 'passed', money: 'refunded' }] }],
    });
    await booksAgree(journey, 1000);
  });

  test('that is dismissed sends the goods back and frees the units; there is no second one', async () => {
    const journey = await refusedAtInspection();
    await journey.command('customer', 'appeal', { reason: 'it came like that' });
    await decide(journey, 'agent', 'reject');
    expect(journey.rma).toMatchObject({ status: 'rejected', lines: [{ appeal: 'dismissed', units: [{ logistics: 'sending_back' }] }] });
    await everybodySees(journey, { who: 'warehouse', action: 'wait' });
    await journey.command('customer', 'appeal', { reason: 'again' }, 409);
    await journey.command('agent', 'sendback', { carrier: 'sf', trackingNumber: uniqueNumber('BACK') }, 403);
    await journey.command('warehouse', 'sendback', { carrier: 'sf', trackingNumber: uniqueNumber('BACK') });
    expect(journey.rma).toMatchObject({ nextStep: null, lines: [{ units: [{ logistics: 'sent_back' }] }] });
    expect(await returnable(journey)).toEqual([3]);
    expect((await journey.until((rma) => rma.closedAt !== null)).refunds).toEqual([]);
    await logHolds(journey);
  });
});

describe('an offer', () => {
  const offered = async (more: Body = {}): Promise<Journey> => {
    const journey = await Journey.begin();
    await journey.command('agent', 'offers', { resolution: 'refund_only', amount: 400, note: 'keep it for a part of the price', ...more });
    return journey;
  };
  const answer = (journey: Journey, who: string, word: string, status = 200) =>
    journey.command(who, `offers/${journey.rma.offers[0].offerId}/${word}`, {}, status);

  test('that is accepted ends the return with what was offered, and the goods stay', async () => {
    const journey = await offered();
    expect(journey.rma).toMatchObject({ status: 'awaiting_handover', offers: [{ status: 'open', amount: 400, note: 'keep it for a part of the price' }] });
    await everybodySees(journey, { who: 'customer', action: 'answer_offer', whenOverdue: 'decline' });
    await journey.command('agent', 'offers', { resolution: 'refund_only', amount: 500 }, 409);
    await answer(journey, 'agent', 'accept', 403);
    await answer(journey, 'customer', 'accept');
    const done = await journey.until('completed');
    expect(done).toMatchObject({
      nextStep: null,
      settlement: { total: 400 },
      offers: [{ status: 'accepted' }],
      lines: [{ units: [{ logistics: 'kept_by_customer', money: 'refunded' }] }],
    });
    await answer(journey, 'customer', 'decline', 409);
    await booksAgree(journey, 400);
  });

  test('that is declined, or not answered in time, leaves everything as it was', async () => {
    const declined = await offered();
    await answer(declined, 'customer', 'decline');
    expect(declined.rma).toMatchObject({ status: 'awaiting_handover', offers: [{ status: 'declined' }] });
    await everybodySees(declined, { who: 'customer', action: 'hand_over' });
    const silent = await offered();
    await silent.advance('P3DT1H');
    expect(await silent.until((rma) => rma.offers[0].status === 'expired')).toMatchObject({ status: 'awaiting_handover', nextStep: { action: 'hand_over' } });
    await answer(silent, 'customer', 'accept', 409);
  });

  test('is never more than its lines can give, and not made about what is decided', async () => {
    const journey = await Journey.begin();
    expect((await journey.command('agent', 'offers', { resolution: 'refund_only', amount: 1001 }, 409)).code).toBe('amount_unavailable');
    await journey.command('customer', 'offers', { resolution: 'refund_only', amount: 1 }, 403);
    await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    await journey.inspect();
    await journey.until('completed');
    await journey.command('agent', 'offers', { resolution: 'refund_only', amount: 1 }, 409);
  });

  test('of store credit, once accepted, is where the money goes', async () => {
    const journey = await Journey.begin();
    await journey.command('agent', 'offers', { resolution: 'store_credit' });
    await answer(journey, 'customer', 'accept');
    expect(journey.rma.refundTo).toBe('store_credit');
    await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    await journey.inspect();
    expect(await journey.until('completed')).toMatchObject({ refunds: [{ tenderId: 'store_credit', amount: 1000, status: 'succeeded' }] });
    expect(await ledger(journey)).toMatchObject({ store_credit: -1000 });
    expect(await journey.payment()).toMatchObject({ refundedAmount: 0, calls: 0 });
  });
});

describe('something for the trouble', () => {
  const goodwill = (journey: Journey, amount: number, kind = 'coupon') => journey.command('agent', 'goodwill', { kind, amount, reason: 'a bad week' });

  test('is given at once within the agent’s limit, and stays whatever becomes of the return', async () => {
    const journey = await Journey.begin();
    await goodwill(journey, 5000);
    expect(journey.rma).toMatchObject({
      status: 'awaiting_handover',
      compensations: [{ kind: 'coupon', amount: 5000, status: 'granted', code: expect.any(String) }],
    });
    expect(await ledger(journey)).toEqual({ goodwill: 5000, coupon_liability: -5000 });
    await journey.command('customer', 'cancel');
    expect(journey.rma.compensations).toMatchObject([{ status: 'granted' }]);
    for (const who of ['customer', 'warehouse', 'finance']) await journey.command(who, 'goodwill', { kind: 'points', amount: 1, reason: 'x' }, 403);
  });

  test('above the limit waits for finance, who grants or refuses it', async () => {
    const journey = await Journey.begin();
    await goodwill(journey, 5001, 'credit');
    await goodwill(journey, 9000, 'points');
    expect(journey.rma.compensations).toMatchObject([{ status: 'awaiting_approval' }, { status: 'awaiting_approval' }]);
    expect(await ledger(journey)).toEqual({});
    await everybodySees(journey, { who: 'customer', action: 'hand_over' });
    expect(await workOf(journey, 'finance', 'goodwill_approval')).toEqual(['approve_goodwill']);
    const [credit, points] = journey.rma.compensations.map((one: Body) => one.id);
    expectStatus(await (await login('agent')).post(`/v1/compensations/${credit}/approve`, {}), 403);
    expectStatus(await (await login('finance')).post(`/v1/compensations/${credit}/approve`, {}), 200);
    expectStatus(await (await login('finance')).post(`/v1/compensations/${points}/reject`, { note: 'too much' }), 200);
    expectStatus(await (await login('finance')).post(`/v1/compensations/${points}/approve`, {}), 409);
    expect((await journey.read()).compensations).toMatchObject([{ status: 'granted' }, { status: 'revoked' }]);
    expect(await workOf(journey, 'finance', 'goodwill_approval')).toEqual([]);
    expect(await ledger(journey)).toEqual({ goodwill: 5001, store_credit: -5001 });
  });

  test('by rule is granted for the seller’s fault, and taken back when the inspection finds the customer’s', async () => {
    const channel = await ownPolicy({ compensation: [{ when: { fault: 'seller' }, grant: { kind: 'coupon', amount: 1000, validFor: 'P90D' } }] });
    const journey = await Journey.begin(anOrder({ channel }), { channel, reason: 'damaged' });
    expect(journey.rma.compensations).toMatchObject([
      { kind: 'coupon', amount: 1000, status: 'granted', reason: 'fault:seller', validUntil: expect.any(String) },
    ]);
    expect(await ledger(journey)).toEqual({ goodwill: 1000, coupon_liability: -1000 });
    await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    await journey.inspect([{ unit: 1, grade: 'C', disposition: 'dispose', accepted: true, fault: 'customer' }]);
    expect(await journey.until('completed')).toMatchObject({ compensations: [{ status: 'revoked' }] });
    expect(await ledger(journey)).not.toHaveProperty('coupon_liability');
    const own = await Journey.begin(anOrder({ channel }), { channel, reason: 'changed_mind' });
    expect(own.rma.compensations).toEqual([]);
  });
});

describe('what people say about a return', () => {
  test('notes, assignment and rating never change its process', async () => {
    const journey = await Journey.begin();
    const { status, nextStep, deadlines } = journey.rma;
    const entries = await timeline(journey);
    await journey.command('warehouse', 'notes', { text: 'the box was wet' });
    const [{ id: userId }] = expectStatus(await (await login('admin')).get('/v1/users?email=agent2@demo.example'), 200).data;
    await journey.command('agent', 'assign', { userId });
    expect(journey.rma.assignee).toBe(userId);
    await journey.command('agent', 'assign', { userId: 'usr_nobody' }, 400);
    await journey.command('customer', 'rating', { score: 6 }, 400);
    await journey.command('customer', 'rating', { score: 4, recommend: 9, comment: 'quick' });
    await journey.command('customer', 'rating', { score: 5 }, 409);
    await journey.command('agent', 'rating', { score: 5 }, 403);
    await journey.command('customer', 'notes', { text: 'hello' }, 403);
    expect(await journey.read()).toMatchObject({ status, nextStep, deadlines, rating: { score: 4, recommend: 9 } });
    expect((await journey.read('customer')).assignee).toBeNull();
    expect(typesOf(await timeline(journey)).slice(0, entries.length)).toEqual(typesOf(entries));
    await logHolds(journey);
  });

  test('a cancellation gives the units back to whoever asks next', async () => {
    const journey = await Journey.begin(anOrder(), { quantity: 3 });
    expect(await returnable(journey)).toEqual([0]);
    await journey.command('customer', 'cancel', { reason: 'I keep them' });
    expect(journey.rma).toMatchObject({ status: 'cancelled', nextStep: null, deadlines: [] });
    await everybodySees(journey, null);
    expect(await returnable(journey)).toEqual([3]);
  });
});

test.each([
  ['zh-CN', '退货'],
  ['en-GB', 'return'],
])('a customer whose language is %s is written to in it at every step', async (locale, word) => {
  const email = `${uniqueNumber('mail').toLowerCase()}@example.com`;
  const order = anOrder();
  const journey = await Journey.begin({ ...order, customer: { ...order.customer, email, locale } });
  await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
  await journey.inspect();
  await journey.until('completed');
  for (const kind of ['applied', 'approved', 'received', 'settled']) {
    const mail = await mailOf(email, kind);
    expect(mail).toMatchObject({ to: email, locale: locale === 'zh-CN' ? 'zh-CN' : expect.stringMatching(/^en/) });
    expect(`${mail.subject} ${mail.text}`.toLowerCase()).toContain(word);
    expect(mail.text).toContain(journey.rma.number);
  }
});
