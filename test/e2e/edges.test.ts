import { login, shop, until, type Body } from '../stack/stack';
import { anOrder, application, expectStatus, Journey } from './journey';
import { ownPolicy, reviewedByHand } from './policies';
import { booksAgree, everybodySees, ledger, logHolds, refundsOf, returnable, tenders, timeline, workOf } from './witnesses';

const byNumber = (journey: Journey) => ({ trackingNumber: null, returnNumber: journey.rma.number });
const good = { grade: 'A', disposition: 'restock', accepted: true };
const bad = { grade: 'D', disposition: 'send_back', accepted: false };
const tender = (tenderId: string, kind: string, amount: number, providerPaymentId: string | null = null) => ({
  tenderId,
  kind,
  amount,
  provider: providerPaymentId ? 'sandbox' : 'shop',
  providerPaymentId,
});
async function broughtBack(order: Body, options: Body = {}): Promise<Journey> {
  const journey = await Journey.begin(order, options);
  const quantity = (options.quantity as number | undefined) ?? 1;
  await journey.receive([{ lineId: '1', quantity }], byNumber(journey));
  await journey.inspect([{ quantity, ...good }]);
  return journey;
}

describe('an order paid with several tenders', () => {
  test('gives back points, gift card and store credit before the card, and each no more than it paid', async () => {
    const base = anOrder();
    const card = base.tenders[0].providerPaymentId as string;
    const order = {
      ...base,
      pointsSpent: 500,
      tenders: [tender('t1', 'card', 1300, card), tender('t2', 'points', 500), tender('t3', 'gift_card', 700), tender('t4', 'store_credit', 500)],
    };
    const journey = await broughtBack(order, { quantity: 2 });
    expect(journey.rma.status).toBe('settling');
    const done = await journey.until('completed');
    expect(done.settlement.tenders.map((one: Body) => [one.tenderId, one.amount]).toSorted()).toEqual([['t1', 300], ['t2', 500], ['t3', 700], ['t4', 500]]); // prettier-ignore
    expect(await journey.payment()).toMatchObject({ refundedAmount: 300, calls: 1 });
    expect((await tenders(journey)).map((one) => [one.tenderId, one.refundedAmount, one.pendingAmount])).toEqual([['t1', 300, 0], ['t2', 500, 0], ['t3', 700, 0], ['t4', 500, 0]]); // prettier-ignore
    expect(await ledger(journey)).not.toHaveProperty('refunds_payable');
    await logHolds(journey);
  });

  test('cash waits for a payout by hand that a second person confirms', async () => {
    const journey = await broughtBack({ ...anOrder(), tenders: [tender('t1', 'cash', 3000)] });
    await journey.until((rma) => rma.refunds[0]?.status === 'awaiting_payout');
    await everybodySees(journey, { who: 'finance', action: 'confirm_payout' });
    expectStatus(await (await login('finance')).post(`/v1/refunds/${journey.rma.refunds[0].id}/settle`, { reference: 'TILL-7' }), 200);
    await journey.until('completed');
    expect(await tenders(journey)).toMatchObject([{ refundedAmount: 1000, pendingAmount: 0 }]);
  });
});

describe('a disputed payment', () => {
  test('holds the refund back, openly, until the dispute is won', async () => {
    const order = anOrder();
    const journey = await Journey.begin(order);
    const chargeback = (status: string) => ({
      ...order,
      chargebacks: [{ chargebackId: 'cb1', tenderId: 't1', amount: 3000, status, at: new Date().toISOString() }],
    });
    expectStatus(await shop().put(`/v1/orders/${order.orderNumber}`, chargeback('open')), 200);
    await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    await journey.inspect([{ quantity: 1, ...good }]);
    await journey.until((rma) => rma.attention?.reason === 'tender_disputed');
    expect(journey.rma.status).toBe('settling');
    expect(await journey.payment()).toMatchObject({ calls: 0 });
    expectStatus(await shop().put(`/v1/orders/${order.orderNumber}`, chargeback('won')), 200);
    expect(await journey.until('completed')).toMatchObject({ attention: null });
    await booksAgree(journey, 1000);
  });
});

describe('approval of much money', () => {
  test('cannot be split away: two small returns of one order together need it', async () => {
    const channel = await ownPolicy({ refund: { approvalAbove: 1500 } });
    const first = await broughtBack(anOrder({ channel }), { channel });
    await first.until('completed');
    const answer = expectStatus(await shop().post('/v1/returns', application(first.order, { channel })), 201);
    expectStatus(await (await login('warehouse')).post('/v1/receipts', { returnNumber: answer.number, lines: [{ lineId: '1', quantity: 1 }] }), 201);
    const inspected = await (
      await login('warehouse')
    ).post(`/v1/returns/${answer.id}/inspections`, { lines: [{ lineId: '1', units: [{ quantity: 1, ...good }] }] });
    expect(expectStatus(inspected, 200)).toMatchObject({ status: 'settling', nextStep: { who: 'finance', action: 'approve_refund' } });
    expect(await first.payment()).toMatchObject({ refundedAmount: 1000 });
  });
});

describe('a refund that finance rejects', () => {
  const rejected = async (order: Body = {}, options: Body = {}): Promise<Journey> => {
    const channel = await ownPolicy({ ...reviewedByHand, refund: { approvalAbove: 500, outboundShipping: 'always' } });
    const journey = await Journey.begin(anOrder({ channel, ...order }), { channel, ...options });
    await journey.command('agent', 'decision', { lines: [{ lineId: '1', decision: 'approve' }] });
    if (options.method !== 'none') {
      await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
      await journey.inspect();
    }
    await journey.until((rma) => rma.refunds[0]?.status === 'awaiting_approval');
    return journey;
  };
  const say = async (refund: Body, word: string, status = 200, who = 'finance') =>
    expectStatus(await (await login(who)).post(`/v1/refunds/${refund.id}/${word}`, { note: 'so it is' }), status);
  const decideAgain = (journey: Journey, decision: string) => journey.command('agent2', 'decision', { lines: [{ lineId: '1', decision }] });

  test('goes back to an agent; approved again it is settled anew, let go, and paid once', async () => {
    const base = anOrder();
    const journey = await rejected({
      shipments: [{ ...base.shipments[0], shippingAmount: 500 }],
      tenders: [{ ...base.tenders[0], amount: 3500 }],
      pointsEarned: 35,
    });
    const [first] = journey.rma.refunds;
    expect(first.amount).toBe(1500);
    await say(first, 'reject', 403, 'agent');
    expect(await say(first, 'reject')).toMatchObject({ id: first.id, status: 'rejected', approvals: [{ decision: 'rejected', note: 'so it is' }] });
    expect(await journey.read()).toMatchObject({
      status: 'in_review',
      settlement: null,
      settlements: [],
      lines: [{ authorization: 'pending', units: [{ money: 'quoted', logistics: 'received', inspection: 'passed' }] }],
    });
    await everybodySees(journey, { who: 'agent', action: 'review' });
    expect(await workOf(journey, 'agent', 'review')).toEqual(['review_application']);
    expect(await tenders(journey)).toMatchObject([{ refundedAmount: 0, pendingAmount: 0, availableAmount: 3500 }]);
    expect(await ledger(journey)).toEqual({});
    await say(first, 'reject', 409);
    await say(first, 'approve', 409);
    await decideAgain(journey, 'approve');
    await journey.until((rma) => rma.refunds[1]?.status === 'awaiting_approval');
    expect(journey.rma).toMatchObject({ settlement: { total: 1500, points: { revoked: 15 } }, settlements: [{}] });
    const second = journey.rma.refunds[1];
    expect(second.id).not.toBe(first.id);
    await say(second, 'approve');
    expect(await journey.until('completed')).toMatchObject({ nextStep: null, attention: null, settlement: { total: 1500 } });
    expect(await journey.payment()).toMatchObject({ calls: 1, refunds: [{ amount: 1500, status: 'succeeded' }] });
    await booksAgree(journey, 1500);
    expect(expectStatus(await (await login('finance')).get(`/v1/refunds/${second.id}/explanation`), 200)).toMatchObject({ matches: true });
  });

  test('and the agent too: the unit is free again once nobody can appeal', async () => {
    const journey = await rejected();
    await say(journey.rma.refunds[0], 'reject');
    await decideAgain(journey, 'reject');
    expect(journey.rma).toMatchObject({ status: 'rejected', nextStep: { who: 'customer', action: 'appeal' } });
    await journey.advance('P7DT1H');
    await journey.until((rma) => rma.lines[0].units[0].logistics === 'sending_back');
    expect(await returnable(journey)).toEqual([3]);
    await booksAgree(journey, 0);
  });

  test('after an adjustment holds the unit again, which was free', async () => {
    const lines = [{ lineId: '1', quantity: 1, reason: 'price_dropped', resolution: 'adjustment', adjustmentAmount: 600 }];
    const journey = await rejected({}, { lines, method: 'none' });
    expect(await returnable(journey)).toEqual([3]);
    await say(journey.rma.refunds[0], 'reject');
    expect(await returnable(journey)).toEqual([2]);
    await decideAgain(journey, 'approve');
    await journey.until((rma) => rma.refunds[1]?.status === 'awaiting_approval');
    await say(journey.rma.refunds[1], 'approve');
    await journey.until('completed');
    expect(await returnable(journey)).toEqual([3]);
    await booksAgree(journey, 600);
  });

  test('because of a dispute that is open goes back to an agent, and round the dispute it does not go: lost, that has paid the customer', async () => {
    const order = anOrder();
    const journey = await Journey.begin(order);
    const chargebacks = [{ chargebackId: 'cb1', tenderId: 't1', amount: 3000, status: 'open', at: new Date().toISOString() }];
    expectStatus(await shop().put(`/v1/orders/${order.orderNumber}`, { ...order, chargebacks }), 200);
    await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    await journey.inspect();
    await everybodySees(journey, { who: 'finance', action: 'resolve_exception' });
    await say((await journey.read()).refunds[0], 'reject');
    expect(await journey.read()).toMatchObject({ status: 'in_review', attention: null });
    await decideAgain(journey, 'approve');
    await journey.until((rma) => rma.attention?.reason === 'tender_disputed');
    expectStatus(await (await login('finance')).post(`/v1/refunds/${journey.rma.refunds[1].id}/redirect`, { to: 'manual' }), 409);
    expectStatus(await shop().put(`/v1/orders/${order.orderNumber}`, { ...order, chargebacks: [{ ...chargebacks[0], status: 'won' }] }), 200);
    expect(await journey.until('completed')).toMatchObject({ attention: null, nextStep: null });
    expect(await tenders(journey)).toMatchObject([{ refundedAmount: 1000, pendingAmount: 0 }]);
    expect(await ledger(journey)).not.toHaveProperty('refunds_payable');
    await logHolds(journey);
  });
});

describe('units that go different ways', () => {
  test('the good one is paid, the refused one can be appealed and is paid later', async () => {
    const journey = await Journey.begin(anOrder(), { quantity: 2 });
    await journey.receive([{ lineId: '1', quantity: 2 }], byNumber(journey));
    await journey.inspect([{ unit: 1, ...good }, { unit: 2, ...bad }]); // prettier-ignore
    await journey.until((rma) => rma.status === 'completed');
    expect(journey.rma).toMatchObject({ closedAt: null, settlement: { total: 1000 } });
    await everybodySees(journey, { who: 'customer', action: 'appeal' });
    await journey.command('customer', 'appeal', { reason: 'both are alike' });
    expect(journey.rma.status).toBe('in_review');
    await journey.command('agent', 'decision', { lines: [{ lineId: '1', decision: 'approve' }] });
    expect(await journey.until('completed')).toMatchObject({ nextStep: null, settlement: { total: 2000 }, settlements: [{}, {}] });
    await booksAgree(journey, 2000);
  });

  test('the one that did not come with the other is not given up by a clock: a person says that the customer has it, who may ask for it again', async () => {
    const half = await Journey.begin(anOrder(), { quantity: 2 });
    await half.receive([{ lineId: '1', quantity: 1 }], byNumber(half));
    await half.inspect();
    await half.advance('P10DT1H');
    await half.until((rma) => rma.attention?.reason === 'transit_overdue');
    await half.command('agent', 'resolve', { units: [{ lineId: '1', unit: 2, logistics: 'kept_by_customer', money: 'none', note: 'they kept it' }] });
    expect(await half.until('completed')).toMatchObject({ nextStep: null, attention: null, settlement: { total: 1000 } });
    expect(half.rma.closedAt).not.toBeNull();
    expect(await returnable(half)).toEqual([2]);
    await booksAgree(half, 1000);
  });

  test('goods that arrive before the review are inspected once it has approved them', async () => {
    const channel = await ownPolicy(reviewedByHand);
    const journey = await Journey.begin(anOrder({ channel }), { channel });
    await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    expect(await journey.read()).toMatchObject({ status: 'in_review', lines: [{ units: [{ logistics: 'received' }] }] });
    await journey.command('agent', 'decision', { lines: [{ lineId: '1', decision: 'approve' }] });
    expect(journey.rma.status).toBe('at_warehouse');
    await everybodySees(journey, { who: 'warehouse', action: 'inspect' });
    await journey.inspect();
    await journey.until('completed');
    await booksAgree(journey, 1000);
  });

  test('goods that arrive and are rejected by the review go back after the appeal window', async () => {
    const channel = await ownPolicy(reviewedByHand);
    const journey = await Journey.begin(anOrder({ channel }), { channel });
    await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    await journey.command('agent', 'decision', { lines: [{ lineId: '1', decision: 'reject' }] });
    expect(journey.rma).toMatchObject({ status: 'rejected', nextStep: { who: 'customer', action: 'appeal' } });
    await journey.advance('P7DT1H');
    await journey.until((rma) => rma.lines[0].units[0].logistics === 'sending_back');
    expect(await returnable(journey)).toEqual([3]);
  });
});

describe('what is over', () => {
  test('a label nobody needs after an accepted offer is voided', async () => {
    const journey = await Journey.begin(anOrder(), { method: 'drop_off' });
    await journey.until((rma) => rma.parcels[0]?.labelUrl !== null);
    await journey.command('agent', 'offers', { resolution: 'refund_only', amount: 300 });
    await journey.command('customer', `offers/${journey.rma.offers[0].offerId}/accept`);
    await journey.until('completed');
    await until(
      async () => (await timeline(journey)).some((entry) => entry.type === 'step_changed' && entry.data.set.status === 'undone'),
      30_000,
      'the label to be voided',
    );
    expect((await journey.until((rma) => rma.closedAt !== null)).parcels).toMatchObject([{ labelUrl: null }]);
    await booksAgree(journey, 300);
  });

  test('stays closed since the same instant when something is still given for the trouble', async () => {
    const journey = await broughtBack(anOrder());
    const { closedAt } = await journey.until((rma) => rma.closedAt !== null);
    await journey.command('agent', 'goodwill', { kind: 'points', amount: 50, reason: 'thank you' });
    expect(journey.rma).toMatchObject({ status: 'completed', closedAt, compensations: [{ kind: 'points', amount: 50, status: 'granted' }] });
    expect((await refundsOf(journey)).map((refund) => refund.status)).toEqual(['succeeded']);
    await logHolds(journey);
  });
});
