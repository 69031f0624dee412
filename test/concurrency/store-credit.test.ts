import { randomUUID } from 'node:crypto';
import { anOrder, application, expectStatus, importOrder, Journey, uniqueNumber } from '../e2e/journey';
import { expectCreditInLedger } from '../stack/credit-books';
import { expectNoDeadlocks } from '../stack/direct';
import { patiently } from '../stack/patient';
import { login, shop, type Answer, type Body } from '../stack/stack';

const pathOf = (customerId: string) => `/v1/customers/${encodeURIComponent(customerId)}/store-credit`;
const creditOf = async (customerId: string): Promise<Body> => expectStatus(await shop().get(`${pathOf(customerId)}?limit=200`), 200);
const call = (what: 'spend' | 'release', customerId: string, body: Body, key?: string): Promise<Answer> =>
  patiently('shop', `${pathOf(customerId)}/${what}`, body, key === undefined ? {} : { key });
const statuses = (answers: readonly Answer[]) => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};
const orderOf = (customerId: string, more: Body = {}) => {
  const order = anOrder(more);
  return { ...order, customer: { ...order.customer, id: customerId } };
};
async function withCredit(amount: number): Promise<string> {
  const journey = await Journey.begin(anOrder());
  await journey.command('agent', 'goodwill', { kind: 'credit', amount, reason: 'sorry' });
  return journey.order.customer.id as string;
}

describe('one customer’s store credit, asked for by many at once', () => {
  afterAll(() => expectCreditInLedger());
  expectNoDeadlocks();

  test('forty checkouts of 100 on 1,250: twelve get it, and what is left is 50', async () => {
    const customerId = await withCredit(1250);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => call('spend', customerId, { orderNumber: uniqueNumber('N'), amount: 100, currency: 'CNY' })),
    );
    expect(statuses(answers)).toEqual({ 200: 12, 409: 28 });
    const { balances, data } = await creditOf(customerId);
    expect(balances).toEqual([{ currency: 'CNY', balanceAmount: 50 }]);
    // Each movement stands on the one before it.
    expect(data.map((movement: Body) => movement.balanceAmount)).toEqual([50, 150, 250, 350, 450, 550, 650, 750, 850, 950, 1050, 1150, 1250]);
  });

  test('twenty calls under one key, and twenty for one order, draw once each', async () => {
    const customerId = await withCredit(1000);
    const [body, key] = [{ orderNumber: uniqueNumber('N'), amount: 100, currency: 'CNY' }, randomUUID()];
    const same = await Promise.all(Array.from({ length: 20 }, () => call('spend', customerId, body, key)));
    expect(statuses(same)).toEqual({ 200: 20 });
    const other = { ...body, orderNumber: uniqueNumber('N') };
    const forOne = await Promise.all(Array.from({ length: 20 }, () => call('spend', customerId, other)));
    expect(statuses(forOne)).toEqual({ 200: 1, 409: 19 });
    expect((await creditOf(customerId)).balances).toEqual([{ currency: 'CNY', balanceAmount: 800 }]);
  });

  test('two customers’ checkouts for one order: one pays', async () => {
    const customers = await Promise.all([withCredit(500), withCredit(500)]);
    const body = { orderNumber: uniqueNumber('N'), amount: 500, currency: 'CNY' };
    const answers = await Promise.all(customers.flatMap((customerId) => Array.from({ length: 5 }, () => call('spend', customerId, body))));
    expect(statuses(answers)).toEqual({ 200: 1, 409: 9 });
  });

  test('drawing, giving back, importing and refunding in one another’s way: every unit is somewhere, and none is there twice', async () => {
    const customerId = uniqueNumber('c-');
    const orders = Array.from({ length: 6 }, () => orderOf(customerId));
    for (const order of orders) await importOrder(order);
    // Six returns of the same customer, each of another order, give 1,000 of credit; goodwill gives 100 six times.
    const late = (order: Body) => application(order, { reason: 'late', method: 'none', refundTo: 'store_credit' });
    const returns = await Promise.all(orders.map((order) => patiently('shop', '/v1/returns', late(order))));
    const goodwill = { kind: 'credit', amount: 100, reason: 'sorry' };
    const draws = Array.from({ length: 12 }, () => ({ orderNumber: uniqueNumber('N'), amount: 400, currency: 'CNY' }));
    const [, drawn] = await Promise.all([
      Promise.all(returns.map(({ body }) => patiently('agent', `/v1/returns/${body.id}/goodwill`, goodwill))),
      Promise.all(draws.map((draw) => call('spend', customerId, draw))),
    ]);
    const paid = draws.filter((_, index) => drawn[index]!.status === 200);
    // Half of what was drawn is imported while all of it is released twice: an order that was paid with it keeps it, or it is the customer's again.
    const tender = { tenderId: 'credit', kind: 'store_credit', provider: 'boomerang', amount: 400 };
    const imports = paid.slice(0, Math.ceil(paid.length / 2)).map(({ orderNumber }) => {
      const order = orderOf(customerId, { orderNumber });
      return { ...order, tenders: [{ ...order.tenders[0], amount: 2600 }, tender] };
    });
    const [released] = await Promise.all([
      Promise.all(paid.flatMap(({ orderNumber }) => [1, 2].map(() => call('release', customerId, { orderNumber })))),
      Promise.all(imports.map((order) => importOrder(order))),
    ]);
    for (const { status } of released) expect([200, 404, 409]).toContain(status);
    const givenBack = released.filter(({ status }) => status === 200);
    expect(new Set(givenBack.map(({ body }) => body.orderNumber)).size).toBe(givenBack.length);
    expect(givenBack.length).toBeGreaterThanOrEqual(paid.length - imports.length);
    const { balances } = await creditOf(customerId);
    expect(balances).toEqual([{ currency: 'CNY', balanceAmount: 6 * 1000 + 6 * 100 - 400 * (paid.length - givenBack.length) }]);
    const { data } = expectStatus(await (await login('finance')).get(`/v1/ledger/balances?limit=200`), 200);
    expect(data.filter((row: Body) => row.currency === 'CNY').reduce((sum: number, row: Body) => sum + row.balanceAmount, 0)).toBe(0);
  });
});
