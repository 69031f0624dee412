import { randomUUID } from 'node:crypto';
import { login, stack, until, type Body } from '../stack/stack';
import { anOrder, expectStatus, Journey } from './journey';
import { refundsOf } from './witnesses';

/** The provider, past the API: what somebody else who has its keys could do. */
export async function atProvider(method: string, path: string, body?: object): Promise<Body> {
  const response = await fetch(`${stack().sandboxUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${stack().sandboxSecret}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    ...(body && { body: JSON.stringify(body) }),
  });
  return response.json();
}
export const refundBehindOurBack = (order: Body, amount: number, refundId = `theirs_${randomUUID()}`): Promise<Body> =>
  atProvider('POST', `/payments/${order.tenders[0].providerPaymentId}/refunds`, { refundId, amount, currency: order.currency });

export const minute = 60_000;
export const since = new Date(Date.now() - minute).toISOString();
/** All that these tests have done so far, however long it took. */
export const around = () => ({ provider: 'sandbox', from: since, to: new Date(Date.now() + minute).toISOString() });
/** Begun and over. */
export async function reconciled(range: Body = around(), who = 'finance'): Promise<Body> {
  const { id } = expectStatus(await (await login(who)).post('/v1/reconciliations', range, { key: randomUUID() }), 201);
  return over(id, who);
}
export async function over(id: string, who = 'finance'): Promise<Body> {
  const caller = await login(who);
  return until(async () => {
    const run = expectStatus(await caller.get(`/v1/reconciliations/${id}`), 200);
    return run.status !== 'running' && run;
  });
}
/** What a run says of one refund, whatever else happens at the provider meanwhile. */
export const about = (run: Body, id: string): Body[] =>
  [...run.missing_here, ...run.missing_there, ...run.amount_differs].filter((one) => [one.refundId, one.providerRefundId].includes(id));
export async function exceptionsOf(who: string): Promise<Body[]> {
  const caller = await login(who);
  const found: Body[] = [];
  for (let cursor = ''; ;) {
    const page = expectStatus(await caller.get(`/v1/work?queue=exception&limit=200${cursor}`), 200);
    found.push(...page.data);
    if (page.nextCursor === null) return found;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
}
export const workAbout = async (id: string, who = 'finance') =>
  (await exceptionsOf(who)).filter(({ detail }) => [detail?.refundId, detail?.providerRefundId].includes(id));

export async function paid(payment = 'pay_ok_'): Promise<{ journey: Journey; refund: Body }> {
  const journey = await Journey.begin(anOrder({ payment }));
  await journey.bringBack();
  await journey.until('completed');
  return { journey, refund: (await refundsOf(journey))[0] };
}
