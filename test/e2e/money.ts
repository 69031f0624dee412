import { randomUUID } from 'node:crypto';
import { report } from '../stack/patient';
import { login, otherShop, type Answer, type Body } from '../stack/stack';
import { anOrder, expectStatus, Journey, type ApplyOptions } from './journey';

/** Nothing comes back, nobody decides, nothing is left out: settled as soon as it is asked for. */
const atOnce = { reason: 'late', method: 'none' } as const;
export const refunded = (order: Body = anOrder(), options: ApplyOptions = {}): Promise<Journey> => Journey.begin(order, { ...atOnce, ...options });

export const finance = async (path: string, body: Body = {}, who = 'finance'): Promise<Answer> =>
  (await login(who)).post(`/v1/${path}`, body, { key: randomUUID() });

/** A dispute, as the provider tells it. */
export const chargeback = (journey: Journey, status: string, chargebackId: string, amount: number, at?: string): Promise<number> =>
  report('payment-providers', { type: `chargeback.${status}`, at, data: { chargebackId, providerPaymentId: journey.providerPaymentId, amount, status } });
/** What the provider says of a refund, in an event of its own; without a `refundId` it was not ours. */
export const said = (
  journey: Journey,
  status: 'succeeded' | 'failed' | 'pending',
  data: { providerRefundId: string; amount: number; refundId?: string },
): Promise<number> => report('payment-providers', { type: `refund.${status}`, data: { providerPaymentId: journey.providerPaymentId, ...data } });

/** The merchant's entries that move money between the provider and what customers owe, told by the order's chargebacks and refunds elsewhere. */
export async function entriesOf(type: string): Promise<Body[]> {
  const { data } = expectStatus(await (await login('finance')).get('/v1/ledger/entries?account=customer_receivable&limit=200'), 200);
  return data.filter((entry: Body) => entry.type === type);
}
/** An order of the other merchant, and a return of it that is settled at once. Answers the payment. */
export async function refundedElsewhere(): Promise<string> {
  const order = anOrder();
  expectStatus(await otherShop().put(`/v1/orders/${order.orderNumber}`, order), 201);
  const lines = [{ lineId: '1', quantity: 1, reason: 'late', resolution: 'refund' }];
  expectStatus(await otherShop().post('/v1/returns', { orderNumber: order.orderNumber, lines, method: 'none' }, { key: randomUUID() }), 201);
  return order.tenders[0].providerPaymentId as string;
}
