import { client, login, shop, stack, type Body } from '../stack/stack';
import { anOrder, expectStatus, Journey } from './journey';
import { ownPolicy } from './policies';
import { expectProblem } from './refusals';
import { refundsOf } from './witnesses';

const path = (refundId: string) => `/v1/refunds/${refundId}/credit-note.pdf`;
/** The token of a finance user; the bytes of a PDF do not survive being read as text. */
let token: string;
beforeAll(async () => {
  token = expectStatus(await client().post('/v1/auth/login', { email: 'finance@demo.example', password: 'boomerang' }), 200).token;
});
async function print(refundId: string, query = '', headers: Record<string, string> = {}): Promise<{ status: number; headers: Headers; bytes: Buffer }> {
  const response = await fetch(`${stack().apiUrl}${path(refundId)}${query}`, { headers: { authorization: `Bearer ${token}`, ...headers } });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}
/** The language a PDF says it is in. */
const languageOf = (bytes: Buffer) => /\/Lang \(([\w-]+)\)/.exec(bytes.toString('latin1'))?.[1];

describe('the credit note of a refund', () => {
  let refunds: Body[];
  beforeAll(async () => {
    const order = anOrder();
    const [card] = order.tenders;
    order.tenders = [{ ...card, amount: 2500 }, { tenderId: 'gift', kind: 'gift_card', provider: 'sandbox', providerPaymentId: `${card.providerPaymentId}_gift`, amount: 500 }]; // prettier-ignore
    const journey = await Journey.begin(order, { quantity: 2 });
    await journey.bringBack(2);
    await journey.until('completed');
    refunds = await refundsOf(journey);
    expect(refunds).toHaveLength(2);
  });

  test('is a PDF with a number of its own, and the same bytes whenever it is asked for', async () => {
    const numbers = new Set();
    for (const { id } of refunds) {
      const note = await print(id);
      expect(note).toMatchObject({ status: 200 });
      expect(note.headers.get('content-type')).toBe('application/pdf');
      expect(note.bytes.subarray(0, 5).toString()).toBe('%PDF-');
      expect((await print(id)).bytes.equals(note.bytes)).toBe(true);
      numbers.add(/filename="(CN-[0-9A-Z]+)\.pdf"/.exec(note.headers.get('content-disposition')!)![1]);
    }
    expect(numbers.size).toBe(2);
  });

  test('is in the language asked for, else the reader’s, else the customer’s', async () => {
    const [{ id }] = refunds as [Body];
    expect(languageOf((await print(id)).bytes)).toBe('zh-CN');
    expect(languageOf((await print(id, '', { 'accept-language': 'en-GB,en;q=0.9' })).bytes)).toBe('en');
    expect(languageOf((await print(id, '?lang=zh-CN', { 'accept-language': 'en' })).bytes)).toBe('zh-CN');
    expect(languageOf((await print(id, '?lang=en')).bytes)).toBe('en');
    expectProblem(await (await login('finance')).get(`${path(id)}?lang=fr`), 400, 'validation_failed', '/query/lang');
  });

  test('is for finance and admins of the same merchant', async () => {
    const [{ id }] = refunds as [Body];
    expect((await (await login('admin')).get(path(id))).status).toBe(200);
    for (const who of ['agent', 'warehouse', 'customer']) expectProblem(await (await login(who)).get(path(id)), 403, 'forbidden');
    expectProblem(await shop().get(path(id)), 403, 'forbidden');
    expectProblem(await (await login('admin@other.example')).get(path(id)), 404, 'not_found');
    expectProblem(await (await login('finance')).get(path('rfd_nothing')), 404, 'not_found');
    expectProblem(await client().get(path(id)), 401, 'unauthenticated');
  });
});

test.each(['pay_declined_', 'pay_latefail_'])('a refund that %s has no credit note; the one that takes its place has', async (payment) => {
  const journey = await Journey.begin(anOrder({ payment }));
  await journey.bringBack();
  await journey.until((rma) => rma.refunds[0]?.status === 'failed');
  const { id } = journey.rma.refunds[0];
  const finance = await login('finance');
  expectProblem(await finance.get(path(id)), 409, 'invalid_state');
  expectStatus(await finance.post(`/v1/refunds/${id}/redirect`, { to: 'manual' }), 200);
  const payout = (await refundsOf(journey)).find((refund) => refund.status === 'awaiting_payout');
  expectProblem(await finance.get(path(payout.id)), 409, 'invalid_state');
  expectStatus(await (await login('finance2')).post(`/v1/refunds/${payout.id}/settle`, { reference: 'BANK-1' }), 200);
  expect((await print(payout.id)).status).toBe(200);
  expectProblem(await finance.get(path(id)), 409, 'invalid_state');
});

test('money before the inspection has a note on account', async () => {
  const channel = await ownPolicy({ refund: { timing: 'at_first_scan' } });
  const journey = await Journey.begin(anOrder({ channel }), { channel });
  await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: journey.trackingNumber });
  await journey.scan('picked_up');
  const { refunds } = await journey.until((rma) => rma.refunds[0]?.status === 'succeeded');
  const [onAccount, plain] = ['Credit note on account CN-', 'Credit note CN-'].map((title) => `(${title}`);
  const text = (await print(refunds[0].id, '?lang=en')).bytes.toString('latin1');
  expect({ onAccount: text.includes(onAccount!), plain: text.includes(plain!) }).toEqual({ onAccount: true, plain: false });
});

test('an article, a customer and an address in any script are printed', async () => {
  const order = anOrder();
  order.lines[0].title = '羽绒服 👕 مرحبا 한국어';
  order.customer = { ...order.customer, name: 'Zoë 王芳 🙂', locale: 'en-GB' };
  const journey = await Journey.begin(order);
  await journey.bringBack();
  await journey.until('completed');
  const [{ id }] = (await refundsOf(journey)) as [Body];
  expect(languageOf((await print(id)).bytes)).toBe('en');
});
