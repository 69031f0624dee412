import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { direct, expectNoDeadlocks, expectSoundBooks } from '../stack/direct';
import { login, shop, stack, until, type Answer, type Body } from '../stack/stack';
import { anOrder, expectStatus, Journey, uniqueNumber } from './journey';
import { finance, refunded } from './money';
import { ownPolicy, reviewedByHand } from './policies';
import { expectProblem } from './refusals';
import { ledger, logHolds } from './witnesses';

const WORTH = 400;
const redeem = (code: string, orderNumber: string): Promise<Answer> => shop().post(`/v1/coupons/${code}/redeem`, { orderNumber }, { key: randomUUID() });
const release = (code: string): Promise<Answer> => shop().post(`/v1/coupons/${code}/release`, {}, { key: randomUUID() });
const statusOf = async (code: string): Promise<string> => expectStatus<Body>(await shop().get(`/v1/coupons/${code}`), 200).status;

interface Given {
  readonly giver: Journey;
  readonly code: string;
  readonly id: string;
}
async function given(): Promise<Given> {
  const giver = await Journey.begin(anOrder());
  const [{ code, id }] = (await giver.command('agent', 'goodwill', { kind: 'coupon', amount: WORTH, reason: 'sorry' })).compensations;
  return { giver, code, id };
}
/** An order that a coupon paid a part of; `quantity` pieces at 10.00. */
const paidWith = (couponCode: string, { quantity = 1, ...more }: Body = {}) =>
  anOrder({
    lines: [{ lineId: '1', sku: 'TEE-M', title: 'T-shirt, M', category: 'apparel', supplier: 'acme', quantity, unitPrice: 1000 }],
    discounts: [{ discountId: 'd1', target: 'order', amount: WORTH, couponCode }],
    tenders: [{ tenderId: 't1', kind: 'card', provider: 'sandbox', providerPaymentId: `pay_ok_${randomUUID()}`, amount: quantity * 1000 - WORTH }],
    ...more,
  });
async function spent(more: Body = {}): Promise<Given & { order: Body }> {
  const coupon = await given();
  const order = paidWith(coupon.code, more);
  expectStatus(await redeem(coupon.code, order.orderNumber), 200);
  return { ...coupon, order };
}

/** The coupon's own return has heard of it. */
const heard = (giver: Journey, status: string) => giver.until((rma) => rma.compensations[0].status === status);
/** How often the coupon was booked as used, and how often as free again. */
async function uses({ id }: Given): Promise<[used: number, freed: number]> {
  const rows = await direct.sql<{ from: string }>(
    `SELECT from_account AS "from" FROM ledger_posting WHERE starts_with(entry_id, 'led_' || $1 || '/') AND type = 'coupon_used'`,
    [id],
  );
  const used = rows.filter(({ from }) => from === 'coupon_liability').length;
  return [used, rows.length - used];
}
const owed = { goodwill: WORTH, coupon_liability: -WORTH };
const paid = { goodwill: WORTH, provider_clearing: -WORTH };
async function allIsSound({ giver, order }: { giver: Journey; order: Body }): Promise<void> {
  const underWay = () => direct.sql(`SELECT FROM refund WHERE order_number = $1 AND status = 'pending'`, [order.orderNumber]);
  await until(async () => (await underWay()).length === 0, 60_000, 'the order’s refunds');
  await expectSoundBooks(order.orderNumber);
  await logHolds(giver);
  const caller = await login('finance');
  expect(expectStatus(await caller.get('/v1/audit/verify'), 200).ok).toBe(true);
  await nothingWaits(giver);
}
const nothingWaits = ({ id }: Journey): Promise<unknown> =>
  until(
    async () => (await direct.sql(`SELECT FROM command WHERE caller = 'boomerang' AND return_id = $1 AND answer IS NULL`, [id])).length === 0,
    60_000,
    'the return to hear of its coupons',
  );
const expire = () => direct.sql(`SELECT enqueue('expire_coupons', '{}', 'expire_coupons', NULL)`);
const reconcile = () => direct.sql(`SELECT enqueue('reconcile', '{}', NULL, NULL)`);

/** While `work` goes on, nobody can change this return. */
async function whileHeld<T>(journey: Journey, work: () => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: stack().databaseUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT FROM return WHERE id = $1 FOR UPDATE', [journey.id]);
    return await work();
  } finally {
    await client.query('ROLLBACK');
    await client.end();
  }
}

describe('a coupon that paid for an order', () => {
  expectNoDeadlocks();

  test('may be used again from the moment that the whole order is refunded, and is owed again', async () => {
    const coupon = await spent();
    const { giver, code, order } = coupon;
    expect(await ledger(giver)).toEqual(paid);
    const { rma } = await refunded(order);
    expect(rma.settlement).toMatchObject({ total: 600, coupons: { restored: [code] } });
    expect(await statusOf(code)).toBe('granted');
    // Nobody has to ask for it.
    await heard(giver, 'granted');
    expect(await ledger(giver)).toEqual(owed);
    expect(await uses(coupon)).toEqual([1, 1]);
    expectStatus(await redeem(code, uniqueNumber()), 200);
    expectProblem(await redeem(code, uniqueNumber()), 409, 'invalid_state');
    expect(await ledger(giver)).toEqual(paid);
    await allIsSound(coupon);
  });

  test('is spent at once by a checkout that is quicker than its own return, and by one of ten', async () => {
    const coupon = await spent();
    await refunded(coupon.order);
    const answers = await Promise.all(Array.from({ length: 10 }, () => redeem(coupon.code, uniqueNumber())));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
    await Promise.all([reconcile(), reconcile(), reconcile()]);
    expect(await uses(coupon)).toEqual([2, 1]);
    await allIsSound(coupon);
    expect(await statusOf(coupon.code)).toBe('used');
  });

  test('stays spent until the last piece is refunded', async () => {
    const coupon = await spent({ quantity: 2 });
    const first = await refunded(coupon.order);
    expect(first.rma.settlement.coupons.restored).toEqual([]);
    expect(await statusOf(coupon.code)).toBe('used');
    await first.again({ reason: 'late', method: 'none' });
    expect(await statusOf(coupon.code)).toBe('granted');
    await heard(coupon.giver, 'granted');
    await allIsSound(coupon);
  });

  test('is left to the order that it was spent on since', async () => {
    const coupon = await spent();
    expectStatus(await release(coupon.code), 200);
    expectStatus(await redeem(coupon.code, uniqueNumber()), 200);
    expect((await refunded(coupon.order)).rma.settlement.coupons.restored).toEqual([coupon.code]);
    expect(await statusOf(coupon.code)).toBe('used');
    await reconcile();
    expect(await uses(coupon)).toEqual([2, 1]);
    await allIsSound(coupon);
  });

  test('stays spent when its time is over', async () => {
    const coupon = await spent();
    await direct.sql(`UPDATE compensation SET valid_until = now() - interval '1 second' WHERE id = $1`, [coupon.id]);
    await refunded(coupon.order);
    expect(await statusOf(coupon.code)).toBe('used');
    expect(await ledger(coupon.giver)).toEqual(paid);
    await allIsSound(coupon);
  });

  test('that is the shop’s own is named, and nothing of ours', async () => {
    const code = uniqueNumber('SAVE-');
    const { rma, order } = await refunded(paidWith(code));
    expect(rma.settlement.coupons.restored).toEqual([code]);
    expectProblem(await shop().get(`/v1/coupons/${code}`), 404, 'not_found');
    await expectSoundBooks(order.orderNumber);
  });

  test('is never lost nor spent twice by checkouts that move it while its order is refunded', async () => {
    const coupons = await Promise.all(Array.from({ length: 5 }, () => spent()));
    const some = async ({ code, order }: Given & { order: Body }) => {
      const answers = await Promise.all([refunded(order), redeem(code, uniqueNumber()), release(code), redeem(code, uniqueNumber()), release(code)]);
      for (const answer of answers) if ('status' in answer) expect([200, 409]).toContain(answer.status);
    };
    await Promise.all(coupons.map(some));
    for (const coupon of coupons) {
      await allIsSound(coupon);
      const [used, freed] = await uses(coupon);
      const status = await statusOf(coupon.code);
      expect({ status, open: used - freed }).toEqual({ status, open: status === 'used' ? 1 : 0 });
      expect((await coupon.giver.read()).compensations[0].status).toBe(status);
    }
  });

  test('is freed once, whether its shop or its settlement is first', async () => {
    const coupon = await spent();
    const { asked } = await whileHeld(coupon.giver, async () => {
      const releasing = release(coupon.code);
      await refunded(coupon.order);
      return { asked: releasing };
    });
    expect([200, 409]).toContain((await asked).status);
    await heard(coupon.giver, 'granted');
    await nothingWaits(coupon.giver);
    expect(await uses(coupon)).toEqual([1, 1]);
    await allIsSound(coupon);
  });
});

describe('when finance does not let the money of its order go', () => {
  const limited = () => ownPolicy({ ...reviewedByHand, refund: { approvalAbove: 100 } });
  async function waiting(): Promise<Given & { order: Body; journey: Journey }> {
    const channel = await limited();
    const coupon = await spent({ channel });
    const journey = await refunded(coupon.order, { channel });
    await journey.command('agent', 'decision', { lines: [{ lineId: '1', decision: 'approve', reason: 'fine' }] });
    expect(await statusOf(coupon.code)).toBe('granted');
    return { ...coupon, journey };
  }
  const reject = async ({ rma }: Journey) => expectStatus(await finance(`refunds/${rma.refunds.at(-1).id}/reject`, { note: 'not ours' }), 200);

  expectNoDeadlocks();

  test('the coupon is spent as before, and free again when the order is refunded after all', async () => {
    const coupon = await waiting();
    const { giver, code, journey } = coupon;
    await heard(giver, 'granted');
    await reject(journey);
    expect(await statusOf(code)).toBe('used');
    expectProblem(await redeem(code, uniqueNumber()), 409, 'invalid_state');
    await heard(giver, 'used');
    expect(await ledger(giver)).toEqual(paid);
    await journey.command('agent', 'decision', { lines: [{ lineId: '1', decision: 'approve', reason: 'after all' }] });
    expect(await statusOf(code)).toBe('granted');
    await heard(giver, 'granted');
    expect(await uses(coupon)).toEqual([2, 2]);
    await allIsSound(coupon);
  });

  test('it stays with the order that it was spent on meanwhile', async () => {
    const coupon = await waiting();
    expectStatus(await redeem(coupon.code, uniqueNumber()), 200);
    await reject(coupon.journey);
    await reconcile();
    expect(await statusOf(coupon.code)).toBe('used');
    expectStatus(await release(coupon.code), 200);
    expect(await uses(coupon)).toEqual([2, 2]);
    expect(await ledger(coupon.giver)).toEqual(owed);
    await allIsSound(coupon);
  });

  test('it costs what it did, although its end was in the books by then', async () => {
    const coupon = await waiting();
    await heard(coupon.giver, 'granted');
    await direct.sql(`UPDATE compensation SET valid_until = now() - interval '25 hours' WHERE id = $1`, [coupon.id]);
    const ended = async () => (await direct.sql('SELECT FROM compensation WHERE id = $1 AND expired_at IS NOT NULL', [coupon.id])).length > 0;
    await until(async () => (await expire()) && ended(), 60_000, 'the coupon to expire');
    const balance = () =>
      direct.sql(
        `SELECT coalesce(sum(CASE WHEN to_account = 'coupon_liability' THEN amount WHEN from_account = 'coupon_liability' THEN -amount END), 0)::int AS owed,
           coalesce(sum(CASE WHEN from_account = 'goodwill' THEN amount WHEN to_account = 'goodwill' THEN -amount END), 0)::int AS cost
         FROM ledger_posting WHERE entry_id = 'led_' || $1 OR starts_with(entry_id, 'led_' || $1 || '/')`,
        [coupon.id],
      );
    expect(await balance()).toEqual([{ owed: 0, cost: 0 }]);
    await reject(coupon.journey);
    await heard(coupon.giver, 'used');
    expect(await balance()).toEqual([{ owed: 0, cost: WORTH }]);
    await allIsSound(coupon);
  });

  test('before its own return has heard of anything, it stays what it was', async () => {
    const channel = await limited();
    const coupon = await spent({ channel });
    const journey = await refunded(coupon.order, { channel });
    await whileHeld(coupon.giver, async () => {
      await journey.command('agent', 'decision', { lines: [{ lineId: '1', decision: 'approve', reason: 'fine' }] });
      expect(await statusOf(coupon.code)).toBe('granted');
      await reject(journey);
      expect(await statusOf(coupon.code)).toBe('used');
    });
    await nothingWaits(coupon.giver);
    await heard(coupon.giver, 'used');
    const [used, freed] = await uses(coupon);
    expect(used - freed).toBe(1);
    expect(await ledger(coupon.giver)).toEqual(paid);
    await allIsSound(coupon);
  });
});
