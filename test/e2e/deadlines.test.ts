import { login, shop } from '../stack/stack';
import { anOrder, application, expectStatus, Journey, uniqueNumber } from './journey';
import { deadline, ownPolicy, reviewedByHand } from './policies';
import { booksAgree, everybodySees, logHolds, mailOf, returnable, timeline, typesOf, workOf } from './witnesses';

const dueAt = (journey: Journey, stage: string) => Date.parse(journey.rma.deadlines.find((one: { stage: string }) => one.stage === stage).dueAt);
const refusedUnits = [{ quantity: 1, grade: 'D', disposition: 'send_back', accepted: false }];

describe('a review that nobody makes in time', () => {
  test('approves the return where the policy says so', async () => {
    const channel = await ownPolicy(reviewedByHand);
    const journey = await Journey.begin(anOrder({ channel }), { channel });
    expect(journey.rma.status).toBe('in_review');
    await everybodySees(journey, { who: 'agent', action: 'review', whenOverdue: 'approve' });
    expect(await workOf(journey, 'agent', 'review')).toEqual(['review_application']);
    await journey.advance('PT47H');
    expect(await journey.until((rma) => rma.deadlines[0].warnAt !== null)).toMatchObject({ status: 'in_review' });
    await journey.advance('PT1H5M');
    await journey.until('awaiting_handover');
    await everybodySees(journey, { who: 'customer', action: 'hand_over', whenOverdue: 'expire' });
    expect(await workOf(journey, 'agent', 'review')).toEqual([]);
    const entries = await timeline(journey);
    expect(typesOf(entries)).toEqual(expect.arrayContaining(['deadline_warned', 'deadline_breached', 'lines_approved']));
    expect(entries.find((entry) => entry.type === 'deadline_breached')).toMatchObject({ actor: { kind: 'system' }, data: { stage: 'review' } });
  });

  test('rejects it where the policy says so; when the appeal window closes the return does, and its units are free again', async () => {
    const channel = await ownPolicy({ ...reviewedByHand, deadlines: { review: deadline('PT48H', 'reject') } });
    const journey = await Journey.begin(anOrder({ channel }), { channel, quantity: 3 });
    expect(await returnable(journey)).toEqual([0]);
    await journey.advance('PT49H');
    await journey.until('rejected');
    await everybodySees(journey, { who: 'customer', action: 'appeal', whenOverdue: 'close' });
    expect(journey.rma.closedAt).toBeNull();
    expect(await returnable(journey)).toEqual([0]);
    await journey.advance('P7DT1H');
    const closed = await journey.until((rma) => rma.closedAt !== null);
    expect(closed).toMatchObject({ status: 'rejected', nextStep: null, attention: null });
    await everybodySees(journey, null);
    await journey.command('customer', 'appeal', { reason: 'too late' }, 409);
    expect(await returnable(journey)).toEqual([3]);
    expectStatus(await shop().post('/v1/returns', application(journey.order, { channel, quantity: 3 })), 201);
    await logHolds(journey);
  });
});

test('one jump of the clock over several stages ends where the days would have led, each stage counted from the end of the one before', async () => {
  const channel = await ownPolicy(reviewedByHand);
  const journey = await Journey.begin(anOrder({ channel }), { channel });
  const applied = Date.parse(journey.rma.createdAt);
  await journey.advance('P8D');
  const approved = await journey.until('awaiting_handover');
  expect(dueAt(journey, 'handover') - applied).toBeCloseTo(9 * 86_400_000, -4);
  expect(Date.parse(approved.statusSince) - applied).toBeCloseTo(2 * 86_400_000, -4);
  await journey.advance('P30D');
  await journey.until('expired');
});

describe('goods that are not handed over', () => {
  test('bring a reminder in the customer’s language, then the end of the return, and the units may be asked for again', async () => {
    const email = `${uniqueNumber('late').toLowerCase()}@example.com`;
    const order = anOrder();
    const journey = await Journey.begin({ ...order, customer: { ...order.customer, email } }, { quantity: 3 });
    await journey.advance('P4DT1H');
    expect(await mailOf(email, 'handover_reminder')).toMatchObject({ locale: 'zh-CN', subject: expect.stringContaining(journey.rma.number) });
    expect((await journey.read()).status).toBe('awaiting_handover');
    await journey.advance('P3D');
    expect(await journey.until('expired')).toMatchObject({
      nextStep: null,
      attention: null,
      lines: [{ units: [{ money: 'none', logistics: 'kept_by_customer' }, {}, {}] }],
    });
    expect(journey.rma.closedAt).not.toBeNull();
    expect(await mailOf(email, 'expired')).toBeDefined();
    expect(await returnable(journey)).toEqual([3]);
    expectStatus(await shop().post('/v1/returns', application(journey.order, { quantity: 3 })), 201);
  });

  test('warn and expire in their order when the clock jumps over both', async () => {
    const journey = await Journey.begin();
    await journey.advance('P30D');
    await journey.until('expired');
    const types = typesOf(await timeline(journey)).filter((type) => ['deadline_warned', 'deadline_breached', 'expired'].includes(type));
    expect(types).toEqual(['deadline_warned', 'deadline_breached', 'expired']);
  });
});

describe('a parcel that takes too long', () => {
  test('becomes an agent’s exception, and is resolved with the money', async () => {
    const journey = await Journey.begin();
    await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: journey.trackingNumber });
    await journey.scan('picked_up');
    await journey.until('in_transit');
    await everybodySees(journey, { who: 'system', action: 'wait', whenOverdue: 'attention' });
    await journey.advance('P10DT1H');
    await journey.until((rma) => rma.attention !== null);
    expect(journey.rma).toMatchObject({
      status: 'in_transit',
      attention: { reason: 'transit_overdue' },
      deadlines: [{ stage: 'transit', breachedAt: expect.any(String) }],
    });
    expect(await workOf(journey, 'agent', 'exception')).toEqual(['transit_overdue']);
    await journey.command('agent', 'resolve', { units: [{ lineId: '1', unit: 1, logistics: 'lost', money: 'refund', note: 'the carrier has no trace' }] });
    expect(await journey.until('completed')).toMatchObject({ attention: null, nextStep: null, settlement: { total: 1000 } });
    expect(await workOf(journey, 'agent', 'exception')).toEqual([]);
    await booksAgree(journey, 1000);
  });
});

describe('goods that nobody inspects', () => {
  test('count as good at the deadline: they are paid, and the broken promise is made up for', async () => {
    const channel = await ownPolicy({ compensation: [{ when: { breached: 'inspection' }, grant: { kind: 'points', amount: 100 } }] });
    const journey = await Journey.begin(anOrder({ channel }), { channel });
    await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: journey.trackingNumber });
    await journey.receive();
    expect((await journey.read()).status).toBe('at_warehouse');
    await everybodySees(journey, { who: 'warehouse', action: 'inspect', whenOverdue: 'accept' });
    expect(await workOf(journey, 'warehouse', 'inspection')).toEqual(['inspect_units']);
    await journey.advance('P2DT1H');
    const done = await journey.until('completed');
    expect(done).toMatchObject({
      lines: [{ units: [{ inspection: 'waived', money: 'refunded' }] }],
      compensations: [{ kind: 'points', amount: 100, status: 'granted' }],
    });
    expect(await workOf(journey, 'warehouse', 'inspection')).toEqual([]);
    expect(typesOf(await timeline(journey))).toContain('accepted_by_deadline');
    await booksAgree(journey, 1000);
  });
});

describe('the clock of a stage', () => {
  test('is extended, paused and resumed by agents only, and rings when it should', async () => {
    const journey = await Journey.begin();
    const before = dueAt(journey, 'handover');
    await journey.command('agent', 'deadlines/handover/extend', { by: 'P3D' });
    expect(dueAt(journey, 'handover') - before).toBe(3 * 86_400_000);
    for (const who of ['customer', 'warehouse', 'finance']) await journey.command(who, 'deadlines/handover/extend', { by: 'P3D' }, 403);
    await journey.command('agent', 'deadlines/review/extend', { by: 'P3D' }, 409);
    await journey.command('agent', 'deadlines/handover/resume', {}, 409);
    await journey.command('agent', 'deadlines/handover/pause', { reason: 'the customer is in hospital' });
    expect(journey.rma).toMatchObject({
      deadlines: [{ stage: 'handover', pausedAt: expect.any(String) }],
      nextStep: { who: 'customer', action: 'hand_over', dueAt: null },
    });
    await journey.command('agent', 'deadlines/handover/pause', { reason: 'again' }, 409);
    await journey.advance('P60D');
    expect((await journey.read()).status).toBe('awaiting_handover');
    await journey.command('agent', 'deadlines/handover/resume');
    expect(dueAt(journey, 'handover') - before).toBeGreaterThanOrEqual(63 * 86_400_000);
    expect(journey.rma.deadlines[0].pausedAt).toBeNull();
    await journey.advance('P9D');
    expect((await journey.read()).status).toBe('awaiting_handover');
    await journey.advance('P2D');
    await journey.until('expired');
    await logHolds(journey);
  });
});

describe('the appeal window after an inspection', () => {
  test('keeps the goods and the claim until it closes; then the goods go back', async () => {
    const journey = await Journey.begin();
    await journey.receive([{ lineId: '1', quantity: 1 }], { trackingNumber: null, returnNumber: journey.rma.number });
    await journey.inspect(refusedUnits);
    expect(journey.rma).toMatchObject({ status: 'rejected', closedAt: null });
    await everybodySees(journey, { who: 'customer', action: 'appeal', whenOverdue: 'close' });
    await journey.command('warehouse', 'sendback', { carrier: 'sf', trackingNumber: uniqueNumber('BACK') }, 409);
    expect(await returnable(journey)).toEqual([2]);
    await journey.advance('P7DT1H');
    await journey.until((rma) => rma.lines[0].units[0].logistics === 'sending_back');
    expect(journey.rma.closedAt).not.toBeNull();
    expect(await workOf(journey, 'warehouse', 'inspection')).toEqual(['send_back_units']);
    await journey.command('warehouse', 'sendback', { carrier: 'sf', trackingNumber: uniqueNumber('BACK') });
    expect(journey.rma).toMatchObject({ status: 'rejected', nextStep: null, lines: [{ units: [{ logistics: 'sent_back', money: 'none' }] }] });
    expect(await workOf(journey, 'warehouse', 'inspection')).toEqual([]);
    expect((await (await login('warehouse')).get(`/v1/returns/${journey.id}`)).body).toMatchObject({ refunds: [], settlement: null });
  });
});
