import { direct } from '../stack/direct';
import { patiently } from '../stack/patient';
import { login, shop, type Body } from '../stack/stack';
import { anOrder, application, expectStatus, importOrder, Journey } from './journey';
import { ownPolicy, reviewedByHand } from './policies';
import { logHolds, refundsOf, returnable, timeline } from './witnesses';

/** The worked money cases that only the whole product can show, by their names there: what is refused leaves nothing, and what costs nothing calls nobody. */

const line = (lineId: string, unitPrice: number, more: Body = {}): Body => ({
  lineId,
  sku: `SKU-${lineId}`,
  title: 'Article',
  quantity: 1,
  unitPrice,
  ...more,
});
/** Everything an order may have set off. */
async function recordedOf(orderNumber: string): Promise<Body> {
  const [rows] = await direct.sql<Body>(
    `SELECT (SELECT count(*)::int FROM return WHERE order_number = $1) AS returns, (SELECT count(*)::int FROM unit_claim WHERE order_number = $1) AS claims,
       (SELECT count(*)::int FROM settlement WHERE order_number = $1) AS settlements, (SELECT count(*)::int FROM refund WHERE order_number = $1) AS refunds`,
    [orderNumber],
  );
  return rows!;
}
const nothing = { returns: 0, claims: 0, settlements: 0, refunds: 0 };
const settledTaxes = ({ settlement }: Body): number => settlement.taxes.reduce((sum: number, row: Body) => sum + row.taxAmount, 0);

test('quantity-above: more pieces than were sold are refused, and nothing is recorded', async () => {
  const order = await importOrder(anOrder({ lines: [line('1', 123)] }));
  const answer = await shop().post('/v1/returns', application(order, { quantity: 2, reason: 'damaged' }));
  expect([answer.status, answer.body.code]).toEqual([422, 'not_eligible']);
  expect(await recordedOf(order.orderNumber)).toEqual(nothing);
  expect(expectStatus(await shop().get(`/v1/orders/${order.orderNumber}`), 200).lines[0].returnableQuantity).toBe(1);
});

test('one-unit-two-callers: two at once for one piece: one goes through, the other is refused, one return exists', async () => {
  const order = await importOrder(anOrder({ lines: [line('1', 1000)] }));
  const ask = () => patiently('shop', '/v1/returns', application(order, { reason: 'damaged' }));
  const answers = await Promise.all([ask(), ask()]);
  const [won, lost] = answers.toSorted((one, other) => one.status - other.status);
  expect(won!.status).toBe(201);
  expect(['409 units_unavailable', '422 not_eligible']).toContain(`${lost!.status} ${lost!.body.code}`);
  const { data } = expectStatus(await (await login('agent')).get(`/v1/returns?orderNumber=${order.orderNumber}`), 200);
  expect(data.map((one: Body) => one.id)).toEqual([won!.body.id]);
  expect(await recordedOf(order.orderNumber)).toEqual({ ...nothing, returns: 1, claims: 1 });
});

test('offer-above-line: an offer above what its lines can give is refused, and nothing is recorded', async () => {
  const taxRates = [{ name: 'VAT', rate: '0.23' }];
  const base = anOrder({
    channel: await ownPolicy(reviewedByHand),
    pricesIncludeTax: false,
    lines: [line('1', 1000, { taxRates }), line('2', 500, { taxRates })],
  });
  const order = { ...base, tenders: [{ ...base.tenders[0], amount: 1845 }] };
  const journey = await Journey.begin(order, { reason: 'damaged', channel: order.channel });
  const before = await timeline(journey);
  const refused = await journey.command('agent', 'offers', { resolution: 'refund_only', amount: 1500, note: 'keep it' }, 409);
  expect(refused.code).toBe('amount_unavailable');
  expect((await journey.read()).offers).toEqual([]);
  expect(await timeline(journey)).toEqual(before);
  expect(await recordedOf(order.orderNumber)).toEqual({ ...nothing, returns: 1, claims: 1 });
  await journey.command('agent', 'offers', { resolution: 'refund_only', amount: 1230, note: 'all that its line can give' });
});

test('zero-order: an order that cost nothing completes without a call to the provider', async () => {
  const journey = await Journey.begin(anOrder({ lines: [line('1', 0)] }), { reason: 'damaged' });
  await journey.receive([{ lineId: '1', quantity: 1 }], { trackingNumber: null, returnNumber: journey.rma.number });
  await journey.inspect();
  const done = await journey.until('completed');
  expect([done.settlement.total, done.settlement.tenders, done.refunds, await refundsOf(journey)]).toEqual([0, [], [], []]);
  expect(await journey.payment()).toMatchObject({ refunds: [], calls: 0 });
  expect(await recordedOf(journey.order.orderNumber)).toEqual({ returns: 1, claims: 1, settlements: 1, refunds: 0 });
  await logHolds(journey);
});

describe('tax of a line that is given in parts', () => {
  const lines = [line('1', 408, { quantity: 6, taxRates: [{ name: 'VAT', rate: '0.20' }] })];
  const adjusted = (channel: string) =>
    Journey.begin(anOrder({ channel, lines }), {
      channel,
      method: 'none',
      lines: [{ lineId: '1', quantity: 6, reason: 'price_dropped', resolution: 'adjustment', adjustmentAmount: 30 }],
    });
  async function bringBack(journey: Journey): Promise<Body> {
    await journey.receive([{ lineId: '1', quantity: 6 }], { trackingNumber: null, returnNumber: journey.rma.number });
    await journey.inspect([{ quantity: 6, grade: 'A', disposition: 'restock', accepted: true }]);
    return journey.until('completed');
  }

  test('is rounded once for the line, and its pieces give the rest of it when they come back', async () => {
    const first = await adjusted(await ownPolicy());
    const { settlement } = await first.until('completed');
    expect(settlement.taxes).toEqual([{ name: 'VAT', rate: '0.20', netAmount: 25, taxAmount: 5 }]);
    const second = await first.again({ quantity: 6, reason: 'damaged' });
    const rest = await bringBack(second);
    expect([settlement.total + rest.settlement.total, 5 + settledTaxes(rest)]).toEqual([6 * 408, 6 * 68]);
    for (const refund of [...(await refundsOf(first)), ...(await refundsOf(second))])
      expect(expectStatus(await (await login('finance')).get(`/v1/refunds/${refund.id}/explanation`), 200)).toMatchObject({ matches: true });
    expect(await returnable(second)).toEqual([0]);
  });

  test('is all there again when finance does not let the first part go', async () => {
    const first = await adjusted(await ownPolicy({ refund: { approvalAbove: 10 } }));
    await first.until((rma) => rma.refunds[0]?.status === 'awaiting_approval');
    const claims = () => direct.sql('SELECT given_amount::int AS amount, given_taxes AS taxes FROM unit_claim WHERE return_id = $1 ORDER BY unit', [first.id]);
    expect(await claims()).toEqual([1, 2, 3, 4, 5, 6].map((unit) => ({ amount: 5, taxes: [unit === 6 ? 0 : 1] })));
    expectStatus(await (await login('finance')).post(`/v1/refunds/${first.rma.refunds[0].id}/reject`, { note: 'not agreed' }), 200);
    await first.until('in_review');
    expect(await claims()).toEqual(Array.from({ length: 6 }, () => ({ amount: 0, taxes: null })));
  });
});
