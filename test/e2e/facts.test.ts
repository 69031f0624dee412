import { createHmac, randomUUID } from 'node:crypto';
import { report } from '../stack/patient';
import { client, shop, stack, until, type Body } from '../stack/stack';
import { anOrder, expectStatus, importOrder, Journey } from './journey';
import { expectProblem } from './refusals';
import { tenders } from './witnesses';

const order = async (orderNumber: string): Promise<Body> => expectStatus(await shop().get(`/v1/orders/${orderNumber}`), 200);
const chargeback = (providerPaymentId: string, status: string, chargebackId: string, amount = 400) =>
  report('payment-providers', { type: `chargeback.${status}`, data: { chargebackId, providerPaymentId, amount, status } });
const elsewhere = (providerPaymentId: string, amount: number, more: Body = {}, id: string = randomUUID()) =>
  report('payment-providers', { id, type: 'refund.succeeded', data: { providerRefundId: `re_${randomUUID()}`, providerPaymentId, amount, ...more } });
const balance = async (journey: Journey) => (await tenders(journey))[0];

describe('what a payment provider reports of a payment', () => {
  test('a dispute is written into its order; one that was won frees the balance, and an older word changes nothing', async () => {
    const journey = await Journey.begin();
    const chargebackId = `cb_${randomUUID()}`;
    expect(await chargeback(journey.providerPaymentId, 'open', chargebackId)).toBe(202);
    await until(async () => (await balance(journey)).disputedAmount === 400);
    expect(await order(journey.order.orderNumber)).toMatchObject({ chargebacks: [{ chargebackId, tenderId: 't1', amount: 400, status: 'open' }] });
    await chargeback(journey.providerPaymentId, 'won', chargebackId);
    await until(async () => (await balance(journey)).disputedAmount === 0);
    await chargeback(journey.providerPaymentId, 'open', chargebackId);
    await chargeback(journey.providerPaymentId, 'open', `cb_${randomUUID()}`, 1);
    await until(async () => (await balance(journey)).disputedAmount === 1);
    expect((await order(journey.order.orderNumber)).chargebacks).toContainEqual(expect.objectContaining({ chargebackId, status: 'won' }));
  });

  test('one that comes before the order waits for it', async () => {
    const early = anOrder();
    const chargebackId = `cb_${randomUUID()}`;
    await chargeback(early.tenders[0].providerPaymentId, 'open', chargebackId);
    await importOrder(early);
    await until(async () => (await order(early.orderNumber)).chargebacks.length === 1);
  });

  test('a refund made elsewhere lowers what is left, once an event, below zero if need be', async () => {
    const journey = await Journey.begin();
    const id = randomUUID();
    for (let times = 0; times < 3; times++) expect(await elsewhere(journey.providerPaymentId, 700, {}, id)).toBe(202);
    await until(async () => (await balance(journey)).refundedAmount === 700);
    expect(await elsewhere(journey.providerPaymentId, 2500, { refundId: 'somebody-elses' })).toBe(202);
    await until(async () => (await balance(journey)).refundedAmount === 3200);
    expect(await balance(journey)).toMatchObject({ capturedAmount: 3000, availableAmount: -200 });
  });

  test('our own refund is no other one, though its number is left out', async () => {
    const journey = await Journey.begin();
    await journey.bringBack();
    await journey.until('completed');
    const [refund] = (await journey.payment()).refunds;
    await elsewhere(journey.providerPaymentId, 1000, { providerRefundId: refund.id });
    await elsewhere(journey.providerPaymentId, 1);
    await until(async () => (await balance(journey)).refundedAmount === 1001);
  });
});

describe('a signature', () => {
  const path = '/v1/carriers/sandbox/events';
  const signed = (text: string, id: string) => {
    const at = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', Buffer.from(stack().sandboxSecret.replace(/^whsec_/, ''), 'base64'))
      .update(`${id}.${at}.${text}`)
      .digest('base64');
    return { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': `v1,${signature}` };
  };
  const texts = ['{"broken', '{"hello":"world"}', '7', '[]', JSON.stringify({ id: '', type: 'x', at: 'never', data: {} })];

  test.each(texts)('that is missing is said before anything of the body: %s', async (text) => {
    expectProblem(await client().post(path, text, { headers: { 'content-type': 'application/json' } }), 401, 'unauthenticated');
  });
  test.each(texts)('that holds is enough to be kept, understood or not: %s', async (text) => {
    const id = `msg_${randomUUID()}`;
    for (let times = 0; times < 2; times++) expectStatus(await client().post(path, text, { headers: signed(text, id) }), 202);
  });
  test('of nothing is none', async () => {
    expectProblem(await client().post(path), 401, 'unauthenticated');
  });
});
