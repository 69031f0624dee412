import { randomUUID } from 'node:crypto';
import { direct } from '../stack/direct';
import { login, otherShop, shop, until, type Answer, type Body } from '../stack/stack';
import { anOrder, expectStatus, importOrder, Journey, uniqueNumber } from './journey';
import { ownPolicy } from './policies';
import { expectProblem, newKey } from './refusals';
import { ledger, logHolds } from './witnesses';

const redeem = (code: string, orderNumber = 'NEXT-ORDER', key: string = randomUUID()): Promise<Answer> =>
  shop().post(`/v1/coupons/${code}/redeem`, { orderNumber }, { key });
const release = (code: string): Promise<Answer> => shop().post(`/v1/coupons/${code}/release`, {}, { key: randomUUID() });
async function aCoupon(amount = 700): Promise<{ journey: Journey; code: string; id: string }> {
  const journey = await Journey.begin(anOrder());
  const [{ code, id }] = (await journey.command('agent', 'goodwill', { kind: 'coupon', amount, reason: 'sorry' })).compensations;
  return { journey, code, id };
}
/** The return's own entries about coupons, oldest first. */
async function booked(journey: Journey): Promise<unknown[]> {
  const rows = await direct.sql<{ type: string; from: string; to: string; amount: number }>(
    `SELECT type, from_account AS "from", to_account AS "to", amount::int FROM ledger_posting WHERE return_id = $1 AND 'coupon_liability' IN (from_account, to_account) ORDER BY at, entry_id`,
    [journey.id],
  );
  return rows.map(({ type, from, to, amount }) => [type, from, to, amount]);
}
/** What the shop's own chain tells of a gift's uses, in the ledger, oldest first. */
async function giftBookings(code: string): Promise<unknown[]> {
  const rows = await direct.sql<{ from: string; to: string; amount: number }>(
    `SELECT p.from_account AS "from", p.to_account AS "to", p.amount::int FROM log_entry l JOIN ledger_posting p ON p.merchant_id = l.merchant_id AND p.entry_id = l.text::jsonb #>> '{data,ledger,0,id}'
     WHERE l.stream = 'merchant/demo' AND l.text::jsonb #>> '{data,code}' = $1 ORDER BY l.sequence`,
    [code],
  );
  return rows.map(({ from, to, amount }) => [from, to, amount]);
}

afterAll(() => direct.close());

describe('a coupon for the trouble', () => {
  test('is used once, on one order, and the return says so', async () => {
    const { journey, code } = await aCoupon();
    const known = { code, status: 'granted', amount: 700, currency: 'CNY', customerId: journey.order.customer.id, returnId: journey.id, giftedBy: null };
    for (const who of ['agent', 'finance', 'admin']) expect(expectStatus(await (await login(who)).get(`/v1/coupons/${code}`), 200)).toMatchObject(known);
    expect(expectStatus(await redeem(code), 200)).toMatchObject({ ...known, status: 'used' });
    expect((await journey.read()).compensations).toMatchObject([{ code, status: 'used' }]);
    expectProblem(await redeem(code, 'ANOTHER'), 409, 'invalid_state');
    expect(expectStatus(await release(code), 200)).toMatchObject(known);
    expectProblem(await release(code), 409, 'invalid_state');
    expectStatus(await redeem(code, 'ANOTHER'), 200);
    expect((await shop().get(`/v1/coupons/${code}`)).body.status).toBe('used');
    // Owed since it was granted, paid when it was used, owed again while it was free, and paid in the end.
    expect(await booked(journey)).toEqual([
      ['compensation_granted', 'goodwill', 'coupon_liability', 700],
      ['coupon_used', 'coupon_liability', 'provider_clearing', 700],
      ['coupon_used', 'provider_clearing', 'coupon_liability', 700],
      ['coupon_used', 'coupon_liability', 'provider_clearing', 700],
    ]);
    expect(await ledger(journey)).toEqual({ goodwill: 700, provider_clearing: -700 });
    await logHolds(journey);
  });

  test('is used once by ten checkouts at the same time', async () => {
    const { code } = await aCoupon();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => redeem(code, `ORDER-${index}`)));
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
  });

  test('redeemed twice under one key is redeemed once, and answered alike even when it is free again', async () => {
    const { code } = await aCoupon();
    const key = randomUUID();
    const first = expectStatus(await redeem(code, 'ORDER', key), 200);
    expectStatus(await release(code), 200);
    const again = await redeem(code, 'ORDER', key);
    expect([again.body, again.headers.get('idempotency-replayed')]).toEqual([first, 'true']);
    expectProblem(await redeem(code, 'ANOTHER ORDER', key), 422, 'idempotency_key_reused');
    expect((await shop().get(`/v1/coupons/${code}`)).body.status).toBe('granted');
  });

  test('has no code for anybody before it is approved, and none after it was refused', async () => {
    const journey = await Journey.begin(anOrder());
    const finance = await login('finance');
    const ask = async () => (await journey.command('agent', 'goodwill', { kind: 'coupon', amount: 9000, reason: 'sorry' })).compensations.at(-1);
    const [refused, granted] = [await ask(), await ask()];
    expect([refused, granted]).toMatchObject([
      { status: 'awaiting_approval', code: null },
      { status: 'awaiting_approval', code: null },
    ]);
    expectStatus(await finance.post(`/v1/compensations/${refused.id}/reject`), 200);
    expectStatus(await finance.post(`/v1/compensations/${granted.id}/approve`), 200);
    const [none, one] = (await journey.read()).compensations;
    expect(none).toMatchObject({ status: 'revoked', code: null });
    expectStatus(await redeem(one.code), 200);
  });

  test('is owed no longer than it can be used: what expired is goodwill that cost nothing, once', async () => {
    const { journey, code, id } = await aCoupon();
    const { id: used } = (await journey.command('agent', 'goodwill', { kind: 'coupon', amount: 50, reason: 'sorry' })).compensations[1];
    const { id: valid } = (await journey.command('agent', 'goodwill', { kind: 'coupon', amount: 20, reason: 'sorry' })).compensations[2];
    const usedCode = (await journey.read()).compensations[1].code;
    expectStatus(await redeem(usedCode), 200);
    await direct.sql(`UPDATE compensation SET valid_until = now() - interval '25 hours' WHERE id = ANY ($1)`, [[id, used]]);
    await direct.sql(`UPDATE compensation SET valid_until = now() - interval '23 hours' WHERE id = $1`, [valid]);
    const expiry = () => direct.sql(`SELECT enqueue('expire_coupons', '{}', NULL, NULL)`);
    const expired = (one: string) => direct.sql(`SELECT expired_at FROM compensation WHERE id = $1 AND expired_at IS NOT NULL`, [one]);
    await Promise.all([expiry(), expiry(), expiry()]);
    await until(async () => (await expired(id)).length > 0, 60_000, 'the coupon to expire');
    expectProblem(await redeem(code), 409, 'invalid_state');
    // The used one is free once more, and too old as well.
    expectStatus(await release(usedCode), 200);
    const again = () => direct.sql(`SELECT enqueue('expire_coupons', '{}', 'expire_coupons', NULL)`); // one waits at a time
    await until(async () => (await again()) && (await expired(used)).length > 0, 60_000, 'the released coupon to expire');
    expect(await expired(valid)).toEqual([]);
    const entries = await direct.sql(
      `SELECT entry_id AS id, type, from_account AS "from", to_account AS "to", amount::int FROM ledger_posting WHERE entry_id = ANY ($1) ORDER BY amount DESC`,
      [[id, used, valid].map((one) => `led_${one}/expired`)],
    );
    const end = { type: 'coupon_expired', from: 'coupon_liability', to: 'goodwill' };
    expect(entries).toEqual([{ id: `led_${id}/expired`, ...end, amount: 700 }, { id: `led_${used}/expired`, ...end, amount: 50 }]); // prettier-ignore
    expect((await (await login('finance')).get('/v1/audit/verify')).body.ok).toBe(true);
  });

  test('that a rule gave and that expired is not taken out of the books again when its reason falls away', async () => {
    const grant = { kind: 'coupon', amount: 600, validFor: 'P1D' };
    const channel = await ownPolicy({ compensation: [{ when: { fault: 'seller' }, grant }] });
    const journey = await Journey.begin(anOrder({ channel }), { reason: 'damaged', channel });
    const [{ id }] = journey.rma.compensations;
    await direct.sql(`UPDATE compensation SET valid_until = now() - interval '25 hours' WHERE id = $1`, [id]);
    await direct.sql(`SELECT enqueue('expire_coupons', '{}', NULL, NULL)`);
    await until(async () => (await direct.sql('SELECT FROM compensation WHERE id = $1 AND expired_at IS NOT NULL', [id])).length > 0);
    expect((await journey.command('shop', 'cancel')).compensations).toMatchObject([{ id, status: 'revoked' }]);
    expect(await booked(journey)).toEqual([['compensation_granted', 'goodwill', 'coupon_liability', 600]]);
  });

  test('is spent in any state of its return, and what was used stays used', async () => {
    const { journey, code, id } = await aCoupon();
    await journey.command('shop', 'cancel');
    expectStatus(await redeem(code), 200);
    expectProblem(await (await login('finance')).post(`/v1/compensations/${id}/reject`), 409, 'invalid_state');
    expect((await journey.read()).compensations[0].status).toBe('used');
  });

  test('is the shop’s own: unknown codes, other shops, other roles and other scopes', async () => {
    const { code } = await aCoupon();
    expectProblem(await shop().get('/v1/coupons/NOTHING'), 404, 'not_found');
    expectProblem(await redeem('NOTHING'), 404, 'not_found');
    expectProblem(await otherShop().get(`/v1/coupons/${code}`), 404, 'not_found');
    expectProblem(await otherShop().post(`/v1/coupons/${code}/redeem`, { orderNumber: 'X' }), 404, 'not_found');
    for (const who of ['customer', 'warehouse']) expectProblem(await (await login(who)).get(`/v1/coupons/${code}`), 403, 'forbidden');
    expectProblem(await (await login('agent')).post(`/v1/coupons/${code}/redeem`, { orderNumber: 'X' }), 403, 'forbidden');
    expectProblem(await (await newKey('returns')).caller.get(`/v1/coupons/${code}`), 403, 'forbidden');
    expectStatus(await (await newKey('coupons')).caller.get(`/v1/coupons/${code}`), 200);
    expectProblem(await shop().post(`/v1/coupons/${code}/redeem`, {}), 400, 'validation_failed', '/orderNumber');
  });
});

describe('a coupon that an order brought', () => {
  const withGift = (code: string) => anOrder({ giftedCoupons: [{ code, value: 500 }] });
  test('used, it is taken back in money by the return that unwinds the order', async () => {
    const code = uniqueNumber('GIFT-');
    const order = withGift(code);
    const journey = await Journey.begin(order, { quantity: 3 });
    expect((await shop().get(`/v1/coupons/${code}`)).body).toMatchObject({
      code,
      status: 'granted',
      amount: 500,
      reason: 'gifted',
      giftedBy: order.orderNumber,
      returnId: null,
    });
    expect(expectStatus(await redeem(code), 200)).toMatchObject({ status: 'used' });
    expectProblem(await redeem(code), 409, 'invalid_state');
    await journey.bringBack(3);
    const done = await journey.until('completed');
    expect(done.settlement).toMatchObject({ total: 2500, clawbacks: [{ kind: 'gifted_coupon', code, amount: -500 }], coupons: { revoked: [] } });
    expect((await shop().get(`/v1/coupons/${code}`)).body.status).toBe('used');
    // What it had cost comes back to the same account.
    expect(await giftBookings(code)).toEqual([['goodwill', 'provider_clearing', 500]]);
    expect((await ledger(journey)).goodwill).toBe(-500);
  });

  test('unused, it ends with the order; released in time, it costs nothing', async () => {
    const code = uniqueNumber('GIFT-');
    const journey = await Journey.begin(withGift(code), { quantity: 3 });
    expectStatus(await redeem(code), 200);
    expectStatus(await release(code), 200);
    await journey.bringBack(3);
    const done = await journey.until('completed');
    expect(done.settlement).toMatchObject({ total: 3000, coupons: { revoked: [code] } });
    expect(await giftBookings(code)).toEqual([
      ['goodwill', 'provider_clearing', 500],
      ['provider_clearing', 'goodwill', 500],
    ]);
    expectProblem(await redeem(code), 409, 'invalid_state');
    const other = uniqueNumber('GIFT-');
    await importOrder(withGift(other));
    expectProblem(await otherShop().get(`/v1/coupons/${other}`), 404, 'not_found');
    expectProblem(await release(other), 409, 'invalid_state');
  });
});

describe('what a customer was given', () => {
  test('is listed newest first, page by page', async () => {
    const journey = await Journey.begin(anOrder());
    for (const amount of [1, 2, 3]) await journey.command('agent', 'goodwill', { kind: amount === 2 ? 'points' : 'coupon', amount, reason: 'sorry' });
    const agent = await login('agent');
    const path = `/v1/customers/${encodeURIComponent(journey.order.customer.id)}/compensations`;
    const { data } = expectStatus(await agent.get(path), 200);
    expect(data.map((one: Body) => one.amount)).toEqual([3, 2, 1]);
    expect(data[0]).toMatchObject({ returnId: journey.id, kind: 'coupon', currency: 'CNY', status: 'granted', code: expect.stringMatching(/^SORRY-/) });
    expect(data[1]).toMatchObject({ kind: 'points', code: null });
    const first = expectStatus(await agent.get(`${path}?limit=2`), 200);
    const second = expectStatus(await agent.get(`${path}?limit=2&cursor=${first.nextCursor}`), 200);
    expect([...first.data, ...second.data]).toEqual(data);
    expectProblem(await agent.get('/v1/customers/nobody-at-all/compensations'), 404, 'not_found');
    expectProblem(await (await login('customer')).get(path), 403, 'forbidden');
  });
});
