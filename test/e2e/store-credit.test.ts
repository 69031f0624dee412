import { randomUUID } from 'node:crypto';
import { Client as Connection } from 'pg';
import { StoreCredit1764100000005 } from '#libs/persistence/migrations/0005-store-credit';
import { expectCreditInLedger } from '../stack/credit-books';
import { direct } from '../stack/direct';
import { client, login, otherShop, shop, stack, type Answer, type Body } from '../stack/stack';
import { anOrder, expectStatus, importOrder, Journey, uniqueNumber } from './journey';
import { ownPolicy } from './policies';
import { expectProblem, newCustomer, newKey } from './refusals';
import { ledger, logHolds, tenders } from './witnesses';

const pathOf = (customerId: string) => `/v1/customers/${encodeURIComponent(customerId)}/store-credit`;
const creditOf = async (customerId: string): Promise<Body> => expectStatus(await shop().get(pathOf(customerId)), 200);
const balanceOf = async (customerId: string): Promise<number> => (await creditOf(customerId)).balances[0]?.balanceAmount ?? 0;
const amountsOf = (credit: Body) => credit.data.map((movement: Body) => [movement.type, movement.amount, movement.balanceAmount]);
const spend = (customerId: string, body: Body, key: string = randomUUID()): Promise<Answer> => shop().post(`${pathOf(customerId)}/spend`, body, { key });
const release = (customerId: string, body: Body): Promise<Answer> => shop().post(`${pathOf(customerId)}/release`, body, { key: randomUUID() });
const draw = (amount: number, orderNumber = uniqueNumber('NEXT'), currency = 'CNY') => ({ orderNumber, amount, currency });

/** A customer who was given so much for their trouble. */
async function withCredit(amount: number, currency = 'CNY'): Promise<{ journey: Journey; customerId: string }> {
  const journey = await Journey.begin(anOrder({ currency }));
  await journey.command('agent', 'goodwill', { kind: 'credit', amount, reason: 'sorry' });
  return { journey, customerId: journey.order.customer.id };
}
/** Three T-shirts of a customer, paid by what they drew and by card. */
const orderPaidBy = (customerId: string, orderNumber: string, drawn: number, tender: Body = {}) => {
  const order = anOrder({ orderNumber });
  const [card] = order.tenders;
  return {
    ...order,
    customer: { ...order.customer, id: customerId },
    tenders: [
      { ...card, amount: 3000 - drawn },
      { tenderId: 'credit', kind: 'store_credit', provider: 'boomerang', amount: drawn, ...tender },
    ],
  };
};

afterAll(async () => {
  await expectCreditInLedger();
  await direct.close();
});

describe('store credit from its first refund to its last', () => {
  test('a refund is taken as credit, spent on a later order, and what of that comes back is credit again', async () => {
    const first = await Journey.begin(anOrder(), { quantity: 2, refundTo: 'store_credit' });
    const customerId = first.order.customer.id;
    await first.bringBack(2);
    const { refunds } = await first.until('completed');
    expect(refunds).toMatchObject([{ tenderId: 'store_credit', amount: 2000, status: 'succeeded' }]);
    expect(await creditOf(customerId)).toMatchObject({
      customerId,
      balances: [{ currency: 'CNY', balanceAmount: 2000 }],
      data: [{ type: 'refund_paid', amount: 2000, balanceAmount: 2000, orderNumber: first.order.orderNumber, returnId: first.id, refundId: refunds[0].id }],
      nextCursor: null,
    });
    expect((await first.payment()).refundedAmount).toBe(0);

    const orderNumber = uniqueNumber('LATER');
    expect(expectStatus(await spend(customerId, draw(1500, orderNumber)), 200)).toEqual({ customerId, orderNumber, currency: 'CNY', amount: 1500, heldAmount: 1500, balanceAmount: 500 }); // prettier-ignore
    const later = await Journey.begin(orderPaidBy(customerId, orderNumber, 1500), { quantity: 2 });
    // Importing draws nothing: it was drawn before.
    expect(await balanceOf(customerId)).toBe(500);
    await later.bringBack(2);
    const done = await later.until('completed');
    expect(done.settlement.tenders).toEqual([
      { tenderId: 'credit', kind: 'store_credit', amount: 1500 },
      { tenderId: 't1', kind: 'card', amount: 500 },
    ]);
    expect(amountsOf(await creditOf(customerId))).toEqual([
      ['refund_paid', 1500, 2000],
      ['store_credit_spent', -1500, 500],
      ['refund_paid', 2000, 2000],
    ]);
    expect(await tenders(later)).toMatchObject([
      { tenderId: 't1', capturedAmount: 1500, refundedAmount: 500, availableAmount: 1000 },
      { tenderId: 'credit', provider: 'boomerang', capturedAmount: 1500, refundedAmount: 1500, availableAmount: 0 },
    ]);
    expect((await later.payment()).refundedAmount).toBe(500);
    expect(await ledger(later)).toMatchObject({ store_credit: -1500, provider_clearing: -500 });
    await logHolds(later);
    await expectCreditInLedger();
  });

  test('a refund that no card takes goes to credit once the customer agrees', async () => {
    const journey = await Journey.begin(anOrder({ payment: 'pay_declined_' }));
    await journey.bringBack();
    const failed = await journey.until((rma) => rma.refunds[0]?.status === 'failed');
    const redirect = { to: 'store_credit' };
    const finance = await login('finance');
    expectProblem(await finance.post(`/v1/refunds/${failed.refunds[0].id}/redirect`, redirect), 409, 'invalid_state');
    expect((await creditOf(journey.order.customer.id)).balances).toEqual([]);
    await journey.command('agent', 'offers', { resolution: 'store_credit', note: 'as credit?' });
    await journey.command('shop', `offers/${(await journey.read()).offers[0].offerId}/accept`);
    expectStatus(await finance.post(`/v1/refunds/${failed.refunds[0].id}/redirect`, redirect), 200);
    await journey.until('completed');
    expect(amountsOf(await creditOf(journey.order.customer.id))).toEqual([['refund_paid', 1000, 1000]]);
  });

  test('credit of an order whose import nobody drew for is refunded all the same; what a provider keeps is not ours', async () => {
    const customerId = uniqueNumber('c-');
    const ours = await Journey.begin(orderPaidBy(customerId, uniqueNumber(), 1000, { provider: 'manual' }));
    const theirs = await Journey.begin(orderPaidBy(customerId, uniqueNumber(), 1000, { provider: 'sandbox', providerPaymentId: `pay_ok_${randomUUID()}` }));
    for (const journey of [ours, theirs]) await journey.bringBack();
    for (const journey of [ours, theirs]) await journey.until('completed');
    expect(amountsOf(await creditOf(customerId))).toEqual([['refund_paid', 1000, 1000]]);
    expect(await ledger(ours)).toMatchObject({ store_credit: -1000 });
    expect(await ledger(theirs)).toMatchObject({ provider_clearing: -1000 });
    expect((await shop().get(`/v1/sandbox/payments/${theirs.order.tenders[1].providerPaymentId}`)).body.refundedAmount).toBe(1000);
  });

  test('an order paid by nothing but credit comes back as credit, with a number of ours on its tender', async () => {
    const { customerId } = await withCredit(3000);
    const body = draw(3000);
    expectStatus(await spend(customerId, body), 200);
    const order = orderPaidBy(customerId, body.orderNumber, 3000, { providerPaymentId: 'checkout-7' });
    const journey = await Journey.begin({ ...order, tenders: [order.tenders[1]] }, { quantity: 3 });
    expect(await balanceOf(customerId)).toBe(0);
    await journey.bringBack(3);
    expect(await journey.until('completed')).toMatchObject({ settlement: { total: 3000 }, refunds: [{ status: 'succeeded', amount: 3000 }] });
    expect(await balanceOf(customerId)).toBe(3000);
  });
});

describe('store credit like any other money', () => {
  test('above the limit it waits for a second person, and is credited with their yes', async () => {
    const channel = await ownPolicy({ refund: { approvalAbove: 500 } });
    const customerId = uniqueNumber('c-');
    const journey = await Journey.begin({ ...orderPaidBy(customerId, uniqueNumber(), 1000, { providerPaymentId: 'checkout-8' }), channel }, { channel });
    await journey.bringBack();
    const waiting = await journey.until((rma) => rma.refunds[0]?.status === 'awaiting_approval');
    expect((await creditOf(customerId)).balances).toEqual([]);
    expectStatus(await (await login('finance')).post(`/v1/refunds/${waiting.refunds[0].id}/approve`, { note: 'seen' }), 200);
    await journey.until('completed');
    expect(amountsOf(await creditOf(customerId))).toEqual([['refund_paid', 1000, 1000]]);
    expect((await tenders(journey))[1]).toMatchObject({ tenderId: 'credit', refundedAmount: 1000, pendingAmount: 0, availableAmount: 0 });
  });

  test('an advance whose goods never come is taken back from it, below zero when it was spent; nothing more is drawn until it is made good', async () => {
    const channel = await ownPolicy({ refund: { timing: 'at_approval', advanceBelow: 30_000, advanceRecovery: 'store_credit' } });
    const journey = await Journey.begin(anOrder({ channel }), { channel, refundTo: 'store_credit' });
    const customerId = journey.order.customer.id;
    expect(await balanceOf(customerId)).toBe(1000);
    expectStatus(await spend(customerId, draw(800)), 200);
    await journey.advance('P8D');
    await journey.until('expired');
    expect(amountsOf(await creditOf(customerId))).toEqual([
      ['advance_recovered', -1000, -800],
      ['store_credit_spent', -800, 200],
      ['refund_paid', 1000, 1000],
    ]);
    expect(expectProblem(await spend(customerId, draw(1)), 409, 'amount_unavailable')).toMatchObject({ availableAmount: -800 });
    await journey.command('agent', 'goodwill', { kind: 'credit', amount: 900, reason: 'it was our fault after all' });
    expectStatus(await spend(customerId, draw(100)), 200);
    expect(await balanceOf(customerId)).toBe(0);
    await logHolds(journey);
  });
});

describe('drawing credit', () => {
  test('never takes more than there is in that currency, and says what is there', async () => {
    const { customerId } = await withCredit(700);
    const refused = expectProblem(await spend(customerId, draw(701)), 409, 'amount_unavailable');
    expect(refused).toMatchObject({ currency: 'CNY', availableAmount: 700, detail: expect.stringContaining('700 CNY') });
    const dollars = expectProblem(await spend(customerId, draw(1, undefined, 'USD')), 409, 'amount_unavailable');
    expect(dollars).toMatchObject({ currency: 'USD', availableAmount: 0, detail: expect.stringContaining('700 CNY') });
    expect(amountsOf(await creditOf(customerId))).toEqual([['compensation_granted', 700, 700]]);
    expectStatus(await spend(customerId, draw(700)), 200);
    expectProblem(await spend(customerId, draw(1)), 409, 'amount_unavailable');
  });

  test('counts once: under its key, and for its order under any key', async () => {
    const { customerId } = await withCredit(1000);
    const body = draw(300);
    const key = randomUUID();
    const first = expectStatus(await spend(customerId, body, key), 200);
    const again = await spend(customerId, body, key);
    expect([again.body, again.headers.get('idempotency-replayed')]).toEqual([first, 'true']);
    expectProblem(await spend(customerId, { ...body, amount: 301 }, key), 422, 'idempotency_key_reused');
    expectProblem(await spend(customerId, body), 409, 'invalid_state');
    // Another customer's checkout cannot pay for the same order either.
    const other = await withCredit(1000);
    expectProblem(await spend(other.customerId, body), 409, 'invalid_state');
    expect([await balanceOf(customerId), await balanceOf(other.customerId)]).toEqual([700, 1000]);
  });

  test('each currency is an account of its own', async () => {
    const customerId = uniqueNumber('c-');
    for (const [currency, amount] of [
      ['CNY', 500],
      ['JPY', 80],
    ] as const) {
      const order = anOrder({ currency });
      const journey = await Journey.begin({ ...order, customer: { ...order.customer, id: customerId } });
      await journey.command('agent', 'goodwill', { kind: 'credit', amount, reason: 'sorry' });
    }
    expectStatus(await spend(customerId, draw(80, undefined, 'JPY')), 200);
    const { balances, data } = await creditOf(customerId);
    expect(balances).toEqual([
      { currency: 'CNY', balanceAmount: 500 },
      { currency: 'JPY', balanceAmount: 0 },
    ]);
    expect(data.map((movement: Body) => [movement.currency, movement.amount])).toEqual([['JPY', -80], ['JPY', 80], ['CNY', 500]]); // prettier-ignore
  });

  test('fits the order, where that is known already', async () => {
    const { customerId } = await withCredit(1000);
    const order = orderPaidBy(customerId, uniqueNumber(), 500);
    await importOrder(order);
    const { customerId: somebodyElse } = await withCredit(1000);
    expectProblem(await spend(somebodyElse, draw(500, order.orderNumber)), 400, 'validation_failed', '/orderNumber');
    expectProblem(await spend(customerId, draw(500, order.orderNumber, 'USD')), 400, 'validation_failed', '/currency');
    expectStatus(await spend(customerId, draw(500, order.orderNumber)), 200);
    expect(await balanceOf(customerId)).toBe(500);
  });
});

describe('giving back what an order has drawn', () => {
  test('in parts or as a whole, and then it may draw anew', async () => {
    const { customerId } = await withCredit(1000);
    const { orderNumber } = expectStatus(await spend(customerId, draw(600)), 200);
    expect(expectStatus(await release(customerId, { orderNumber, amount: 250 }), 200)).toMatchObject({ amount: 250, heldAmount: 350, balanceAmount: 650 });
    const refused = expectProblem(await release(customerId, { orderNumber, amount: 351 }), 409, 'amount_unavailable');
    expect(refused).toMatchObject({ availableAmount: 350 });
    expect(expectStatus(await release(customerId, { orderNumber }), 200)).toMatchObject({ amount: 350, heldAmount: 0, balanceAmount: 1000 });
    expectProblem(await release(customerId, { orderNumber }), 404, 'not_found', '/orderNumber');
    expectStatus(await spend(customerId, draw(900, orderNumber)), 200);
    expect(await balanceOf(customerId)).toBe(100);
  });

  test('only what the order was not paid with, once it is imported', async () => {
    const { customerId } = await withCredit(1000);
    const { orderNumber } = expectStatus(await spend(customerId, draw(1000)), 200);
    await importOrder(orderPaidBy(customerId, orderNumber, 800));
    expectProblem(await release(customerId, { orderNumber, amount: 201 }), 409, 'amount_unavailable');
    expect(expectStatus(await release(customerId, { orderNumber }), 200)).toMatchObject({ amount: 200, heldAmount: 800, balanceAmount: 200 });
    expectProblem(await release(customerId, { orderNumber }), 409, 'invalid_state');
    expect(await balanceOf(customerId)).toBe(200);
  });

  test('to whose it was, for an order that drew', async () => {
    const [mine, other] = [await withCredit(500), await withCredit(500)];
    const { orderNumber } = expectStatus(await spend(mine.customerId, draw(500)), 200);
    expectProblem(await release(other.customerId, { orderNumber }), 404, 'not_found', '/orderNumber');
    expectProblem(await release(mine.customerId, { orderNumber: uniqueNumber('UNKNOWN') }), 404, 'not_found', '/orderNumber');
    expect([await balanceOf(mine.customerId), await balanceOf(other.customerId)]).toEqual([0, 500]);
  });
});

describe('credit for the trouble', () => {
  test('is nothing before finance says yes', async () => {
    const journey = await Journey.begin(anOrder());
    const [{ id }] = (await journey.command('agent', 'goodwill', { kind: 'credit', amount: 9000, reason: 'sorry' })).compensations;
    expect((await creditOf(journey.order.customer.id)).balances).toEqual([]);
    expectStatus(await (await login('finance')).post(`/v1/compensations/${id}/approve`), 200);
    expect(await balanceOf(journey.order.customer.id)).toBe(9000);
  });

  test.each([
    ['unspent, all of it is taken back', 0, 0, {}],
    ['spent in part, the rest is', 300, 0, { goodwill: 300, store_credit: -300 }],
    ['spent whole, it stays spent', 800, 0, { goodwill: 800, store_credit: -800 }],
  ])('by a rule whose reason falls away: %s', async (_, spent, left, books) => {
    const channel = await ownPolicy({ compensation: [{ when: { fault: 'seller' }, grant: { kind: 'credit', amount: 800 } }] });
    const journey = await Journey.begin(anOrder({ channel }), { reason: 'damaged', channel });
    const customerId = journey.order.customer.id;
    expect(await balanceOf(customerId)).toBe(800);
    if (spent > 0) expectStatus(await spend(customerId, draw(spent)), 200);
    const { compensations } = await journey.command('shop', 'cancel');
    expect(compensations).toMatchObject([{ kind: 'credit', status: 'revoked' }]);
    expect(await balanceOf(customerId)).toBe(left);
    expect(await ledger(journey)).toEqual(books);
    await logHolds(journey);
  });
});

describe('who may look and who may draw', () => {
  test('staff and the shop see it, customers their own; only the shop and an admin draw', async () => {
    const { email, caller } = await newCustomer();
    const order = anOrder();
    const customerId = order.customer.id;
    const journey = await Journey.begin({ ...order, customer: { ...order.customer, email } });
    await journey.command('agent', 'goodwill', { kind: 'credit', amount: 100, reason: 'sorry' });
    const seen = await creditOf(customerId);
    for (const who of ['agent', 'finance', 'admin']) expect(expectStatus(await (await login(who)).get(pathOf(customerId)), 200)).toEqual(seen);
    expect(expectStatus(await caller.get(pathOf(customerId)), 200)).toEqual(seen);
    expectProblem(await (await login('customer')).get(pathOf(customerId)), 404, 'not_found');
    const guest = expectStatus(await client().post('/v1/auth/order-access', { orderNumber: order.orderNumber, email }), 200);
    expectProblem(await client(guest.token).get(pathOf(customerId)), 404, 'not_found');
    expectProblem(await (await login('warehouse')).get(pathOf(customerId)), 403, 'forbidden');
    for (const who of ['customer', 'agent', 'warehouse', 'finance'])
      for (const action of ['spend', 'release']) expectProblem(await (await login(who)).post(`${pathOf(customerId)}/${action}`, draw(1)), 403, 'forbidden');
    expectStatus(await (await login('admin')).post(`${pathOf(customerId)}/spend`, draw(100)), 200);
  });

  test('another shop and another scope do not', async () => {
    const { customerId } = await withCredit(100);
    expectProblem(await otherShop().get(pathOf(customerId)), 404, 'not_found');
    expectProblem(await otherShop().post(`${pathOf(customerId)}/spend`, draw(1)), 404, 'not_found');
    expectProblem(await otherShop().post(`${pathOf(customerId)}/release`, { orderNumber: 'X' }), 404, 'not_found');
    const coupons = await newKey('orders', 'coupons');
    expectProblem(await coupons.caller.get(pathOf(customerId)), 403, 'forbidden');
    expectProblem(await coupons.caller.post(`${pathOf(customerId)}/spend`, draw(1)), 403, 'forbidden');
    expectStatus(await (await newKey('store_credit')).caller.post(`${pathOf(customerId)}/spend`, draw(1)), 200);
  });

  test('bad input is refused at its field, and nothing is recorded', async () => {
    const { customerId } = await withCredit(100);
    const fine = draw(1);
    for (const [pointer, change] of [
      ['/amount', { amount: 0 }],
      ['/amount', { amount: -1 }],
      ['/amount', { amount: 0.5 }],
      ['/amount', { amount: '1' }],
      ['/amount', { amount: 2 ** 53 }],
      ['/amount', { amount: undefined }],
      ['/currency', { currency: 'cny' }],
      ['/currency', { currency: 'ZZZ' }],
      ['/currency', { currency: undefined }],
      ['/orderNumber', { orderNumber: '' }],
      ['/orderNumber', { orderNumber: ' A' }],
      ['/orderNumber', { orderNumber: 'A'.repeat(101) }],
      ['/orderNumber', { orderNumber: undefined }],
      ['/tenderId', { tenderId: 't1' }],
    ] as [string, Body][])
      expectProblem(await spend(customerId, { ...fine, ...change }), 400, 'validation_failed', pointer);
    for (const [pointer, change] of [
      ['/amount', { amount: 0 }],
      ['/amount', { amount: 1.5 }],
      ['/currency', { currency: 'CNY' }],
      ['/orderNumber', { orderNumber: undefined }],
    ] as [string, Body][])
      expectProblem(await release(customerId, { orderNumber: 'A', ...change }), 400, 'validation_failed', pointer);
    expectProblem(await spend('nobody-at-all', fine), 404, 'not_found');
    expectProblem(await release('nobody-at-all', { orderNumber: 'A' }), 404, 'not_found');
    expectProblem(await shop().get(pathOf('nobody-at-all')), 404, 'not_found');
    expectProblem(await shop().get(`${pathOf(customerId)}?cursor=eA`), 400, 'validation_failed', '/query/cursor');
    expectProblem(await spend(customerId, draw(Number.MAX_SAFE_INTEGER)), 409, 'amount_unavailable');
    expect(amountsOf(await creditOf(customerId))).toEqual([['compensation_granted', 100, 100]]);
  });

  test('movements are listed newest first, page by page', async () => {
    const { journey, customerId } = await withCredit(1);
    for (const amount of [2, 3, 4]) await journey.command('agent', 'goodwill', { kind: 'credit', amount, reason: 'sorry' });
    const { data } = await creditOf(customerId);
    expect(data.map((movement: Body) => movement.amount)).toEqual([4, 3, 2, 1]);
    const first = expectStatus(await shop().get(`${pathOf(customerId)}?limit=3`), 200);
    const second = expectStatus(await shop().get(`${pathOf(customerId)}?limit=3&cursor=${first.nextCursor}`), 200);
    expect([...first.data, ...second.data]).toEqual(data);
    expect([second.nextCursor, second.balances]).toEqual([null, [{ currency: 'CNY', balanceAmount: 10 }]]);
  });
});

test('whoever goes round the code is stopped by the database: a balance is what its movements come to', async () => {
  const { customerId } = await withCredit(100);
  const at = "merchant_id = 'demo' AND customer_id = $1";
  await expect(direct.sql(`UPDATE store_credit_account SET balance = balance + 1 WHERE ${at}`, [customerId])).rejects.toThrow('store_credit_account_follows');
  await expect(direct.sql(`UPDATE store_credit_movement SET amount = 1000 WHERE ${at}`, [customerId])).rejects.toThrow('append-only');
  await expect(direct.sql(`DELETE FROM store_credit_movement WHERE ${at}`, [customerId])).rejects.toThrow('append-only');
  const insert = (type: string, position: number, amount: number, balance: number) =>
    direct.sql(
      `INSERT INTO store_credit_movement (merchant_id, id, customer_id, currency, position, at, type, amount, balance) VALUES ('demo', $2, $1, 'CNY', $3, now(), $4, $5, $6)`,
      [customerId, `led_${randomUUID()}`, position, type, amount, balance],
    );
  await expect(insert('refund_paid', 2, 50, 151)).rejects.toThrow('foreign key');
  await expect(insert('refund_paid', 1, 50, 50)).rejects.toThrow('unique');
  await expect(insert('store_credit_spent', 2, -101, -1)).rejects.toThrow('store_credit_suffices');
  expect(await balanceOf(customerId)).toBe(100);
});

test('an upgrade makes accounts of what was booked before there were any', async () => {
  const { journey, customerId } = await withCredit(70);
  await journey.command('agent', 'goodwill', { kind: 'points', amount: 9, reason: 'sorry' });
  const connection = new Connection({ connectionString: stack().databaseUrl });
  await connection.connect();
  const rows = async (sql: string) => (await connection.query<Body>(sql)).rows;
  const ofReturns = `SELECT merchant_id, id, customer_id, currency, amount, order_number, refund_id FROM store_credit_movement WHERE return_id IS NOT NULL ORDER BY merchant_id, id`;
  const points = `SELECT id, type, points, order_number, return_id FROM points_movement WHERE customer_id = '${customerId}'`;
  const migration = new StoreCredit1764100000005();
  try {
    await rows('BEGIN');
    const before = [await rows(ofReturns), await rows(points)];
    await migration.down({ query: rows } as never);
    await migration.up({ query: rows } as never);
    expect([await rows(ofReturns), await rows(points)]).toEqual(before);
    expect(before[1]).toHaveLength(1);
    expect(await rows(`SELECT balance::int FROM store_credit_account WHERE customer_id = '${customerId}'`)).toEqual([{ balance: 70 }]);
  } finally {
    await rows('ROLLBACK');
    await connection.end();
  }
});
