import { randomUUID } from 'node:crypto';
import { patiently } from '../stack/patient';
import { login, shop, until, type Body } from '../stack/stack';
import { anOrder, application, expectStatus, importOrder, Journey } from './journey';
import { finance, refunded } from './money';
import { ownPolicy, reviewedByHand } from './policies';
import { expectProblem } from './refusals';
import { refundsOf, workOf } from './witnesses';

const limited = (approvalAbove: number, more: Body = {}) => ownPolicy({ ...more, refund: { approvalAbove } });
const late = { reason: 'late', method: 'none' };
const goodwill = (journey: Journey, kind: string, amount: number, who = 'agent') =>
  journey.command(who, 'goodwill', { kind, amount, reason: 'for the trouble' });
const given = (rma: Body): string[] => rma.compensations.map((one: Body) => one.status);

describe('the limit above which a second person decides', () => {
  test('cannot be undercut by many returns of one order', async () => {
    const channel = await limited(2000);
    const order = anOrder({ channel });
    const first = await refunded(order, { channel });
    const more: Body[] = [];
    for (let n = 0; n < 2; n++) more.push(expectStatus(await shop().post('/v1/returns', application(order, { ...late, channel }), { key: randomUUID() }), 201));
    expect([first.rma, ...more].map((rma) => rma.refunds[0].status)).toEqual(['pending', 'pending', 'awaiting_approval']);
  });

  test('nor by asking at the same instant', async () => {
    const channel = await limited(1000);
    const order = anOrder({ channel });
    await importOrder(order);
    const answers = await Promise.all([1, 2, 3].map(() => patiently('shop', '/v1/returns', application(order, { ...late, channel }))));
    const statuses: string[] = answers.map((answer) => expectStatus(answer, 201).refunds[0].status);
    expect(statuses.toSorted()).toEqual(['awaiting_approval', 'awaiting_approval', 'pending']);
  });

  test('nor by goodwill: gifts of any kind on all returns of the order, and refunds, are one sum', async () => {
    const channel = await limited(1500);
    const order = anOrder({ channel });
    const journey = await refunded(order, { channel });
    expect(given(await goodwill(journey, 'coupon', 300))).toEqual(['granted']);
    const other = expectStatus(await shop().post('/v1/returns', application(order, { ...late, channel }), { key: randomUUID() }), 201);
    expect(other.refunds[0].status).toBe('awaiting_approval');
    // The refund that waits is granted money too.
    expect(given(await goodwill(journey, 'points', 1))).toEqual(['granted', 'awaiting_approval']);
    expect(await workOf(journey, 'finance', 'goodwill_approval')).toEqual(['approve_goodwill']);
  });

  test('nor by gifts at the same instant on two returns', async () => {
    const channel = await limited(2300);
    const order = anOrder({ channel });
    const journey = await refunded(order, { channel });
    const other = expectStatus(await shop().post('/v1/returns', application(order, { ...late, channel }), { key: randomUUID() }), 201);
    const gift = (id: string, who: string) => patiently(who, `/v1/returns/${id}/goodwill`, { kind: 'credit', amount: 100, reason: 'sorry' });
    const answers = await Promise.all([journey.id, other.id, journey.id, other.id, journey.id].map((id, n) => gift(id, n % 2 ? 'agent' : 'agent2')));
    for (const answer of answers) expectStatus(answer, 200);
    const all = await Promise.all([journey.id, other.id].map(async (id) => given((await (await login('admin')).get(`/v1/returns/${id}`)).body)));
    expect(all.flat().toSorted()).toEqual(['awaiting_approval', 'awaiting_approval', 'granted', 'granted', 'granted']);
  });

  test('what finance refused leaves room again; what it approved fills it', async () => {
    const channel = await limited(500);
    const journey = await refunded(anOrder({ channel }), { channel });
    await journey.until((rma) => rma.refunds[0]?.status === 'awaiting_approval');
    expect(await workOf(journey, 'finance', 'refund_approval')).toEqual(['approve_refund']);
    expectStatus(await finance(`refunds/${journey.rma.refunds[0].id}/reject`, { note: 'not ours' }), 200);
    expect(await workOf(journey, 'finance', 'refund_approval')).toEqual([]);
    expect(given(await goodwill(journey, 'credit', 500))).toEqual(['granted']);
    const [, waiting] = (await goodwill(journey, 'credit', 1, 'agent2')).compensations;
    expect(waiting.status).toBe('awaiting_approval');
    expectStatus(await finance(`compensations/${waiting.id}/approve`), 200);
    expect(await workOf(journey, 'finance', 'goodwill_approval')).toEqual([]);
  });
});

describe('a second person', () => {
  test('is never who granted: neither by decision, nor by gift, nor by having inspected', async () => {
    const channel = await limited(500, reviewedByHand);
    const decided = await Journey.begin(anOrder({ channel }), { channel, ...late });
    await decided.command('admin', 'decision', { lines: [{ lineId: '1', decision: 'approve', reason: 'as said' }] });
    const [refund] = await refundsOf(decided);
    expectProblem(await finance(`refunds/${refund.id}/approve`, {}, 'admin'), 403, 'four_eyes_required');
    const { compensations } = await decided.command('admin', 'goodwill', { kind: 'credit', amount: 1, reason: 'x' });
    expectProblem(await finance(`compensations/${compensations[0].id}/approve`, {}, 'admin'), 403, 'four_eyes_required');
    expectStatus(await finance(`compensations/${compensations[0].id}/approve`), 200);
    expectStatus(await finance(`refunds/${refund.id}/approve`), 200);
    await decided.until('completed');
  });

  test('a deadline for the approval that passes makes it urgent, and one for the refund calls a person', async () => {
    const channel = await limited(500);
    const journey = await refunded(anOrder({ channel }), { channel });
    await journey.until((rma) => rma.refunds[0]?.status === 'awaiting_approval');
    await journey.advance('PT5H');
    await journey.until((rma) => rma.priority === 'urgent');
    expect(journey.rma).toMatchObject({ nextStep: { who: 'finance', action: 'approve_refund' }, attention: { reason: 'approval_overdue' } });
    expect(await workOf(journey, 'finance', 'refund_approval')).toEqual(['approve_refund']);
    expectStatus(await finance(`refunds/${journey.rma.refunds[0].id}/approve`), 200);
    await journey.until('completed');
    expect(journey.rma.attention).toBeNull();
    const slow = await refunded(anOrder({ tenders: [{ tenderId: 't1', kind: 'cash', provider: 'till', amount: 3000 }] }));
    await slow.until((rma) => rma.refunds[0]?.status === 'awaiting_payout');
    await slow.advance('PT3H');
    await slow.until((rma) => rma.attention?.reason === 'refund_overdue');
    expect(await workOf(slow, 'finance', 'payout')).toEqual(['confirm_payout']);
    expectStatus(await finance(`refunds/${slow.rma.refunds[0].id}/settle`, { reference: 'TILL-7' }), 200);
    await slow.until('completed');
    expect(await workOf(slow, 'finance', 'payout')).toEqual([]);
  });
});

test('a customer whose refund finance rejects gets no mail that says otherwise', async () => {
  const email = `c-${randomUUID()}@demo.example`;
  const channel = await limited(500, reviewedByHand);
  const order = anOrder({ channel });
  order.customer.email = email;
  const journey = await Journey.begin(order, { channel });
  await journey.command('agent', 'decision', { lines: [{ lineId: '1', decision: 'approve', reason: 'fine' }] });
  await journey.bringBack();
  await journey.until((rma) => rma.refunds[0]?.status === 'awaiting_approval');
  const kinds = async () =>
    expectStatus(await shop().get(`/v1/sandbox/mail?to=${encodeURIComponent(email)}`), 200)
      .data.map((mail: Body) => mail.kind)
      .toSorted();
  expectStatus(await finance(`refunds/${journey.rma.refunds[0].id}/reject`, { note: 'the article is another' }), 200);
  await journey.command('agent2', 'decision', { lines: [{ lineId: '1', decision: 'approve', reason: 'it is ours' }] });
  const [, again] = (await journey.read()).refunds;
  expectStatus(await finance(`refunds/${again.id}/approve`), 200);
  await journey.until('completed');
  // Each mail is a job of its own: they come in any order.
  const all = ['applied', 'approved', 'received', 'settled'];
  const told = await until(async () => { const found = await kinds(); return all.every((kind) => found.includes(kind)) && found; }); // prettier-ignore
  expect(told).toEqual(all);
});
