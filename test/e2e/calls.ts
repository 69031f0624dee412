import { login, shop, type Answer, type Body, type Client } from '../stack/stack';
import { application, uniqueNumber, type Journey } from './journey';

/** A call that would be taken, but for what a test spoils in it. */
export interface Call {
  readonly name: string;
  readonly who: string;
  readonly method: 'post' | 'put';
  readonly path: () => string;
  readonly body: () => Body;
}
/** What the calls are about; a test file sets it before its tests. */
export const subject = {} as { journey: Journey; policyId: string };
const ofReturn = (name: string, who: string, body: Body): Call => ({
  name,
  who,
  method: 'post',
  path: () => `/v1/returns/${subject.journey.id}/${name}`,
  body: () => structuredClone(body),
});
export const units = [{ unit: 1, grade: 'A', disposition: 'restock', accepted: true, fault: 'customer', serial: 'S1', note: 'fine', evidence: [] }];
export const slot = { from: '2030-01-01T08:00:00Z', to: '2030-01-01T10:00:00Z' };
export const aPolicy = (): Body => ({
  name: uniqueNumber('policy '), currency: 'KWD', effectiveFrom: '2026-01-01T00:00:00Z', priority: 1, scope: { countries: ['XX'], sharePercent: 50 }, window: { duration: 'P30D', from: 'delivery', byCategory: { toys: 'P60D' } },
  reasons: [{ code: 'damaged', fault: 'seller', needsDelivery: true, resolutions: ['refund'] }], approval: { automatic: [{ maxAmount: 50000, maxRisk: 60 }] },
  refund: { keepItBelow: 500, fees: [{ kind: 'restocking', rate: '0.10' }], gradeDeductions: { B: '0.10' }, approvalAbove: 100000 }, deadlines: { review: { target: 'PT48H', calendar: '24x7', onBreach: 'approve' } },
  compensation: [{ when: { fault: 'seller' }, grant: { kind: 'coupon', amount: 1000 } }],
}); // prettier-ignore
export const calls: readonly Call[] = [
  { name: 'quote', who: 'shop', method: 'post', path: () => '/v1/returns/quote', body: () => application(subject.journey.order, { channel: 'web', refundTo: 'original' }) },
  { name: 'apply', who: 'shop', method: 'post', path: () => '/v1/returns', body: () => application(subject.journey.order, { channel: 'web', refundTo: 'original' }) },
  ofReturn('cancel', 'shop', { reason: 'no longer' }),
  ofReturn('decision', 'agent', { lines: [{ lineId: '1', decision: 'approve', reason: 'fine' }] }),
  ofReturn('offers', 'agent', { resolution: 'adjustment', amount: 100, note: 'keep it' }),
  ofReturn('offers/ofr_1/accept', 'shop', {}),
  ofReturn('offers/ofr_1/decline', 'shop', {}),
  ofReturn('shipment', 'shop', { carrier: 'sf', trackingNumber: 'TRK1' }),
  ofReturn('pickup', 'shop', slot),
  ofReturn('inspections', 'warehouse', { lines: [{ lineId: '1', units }] }),
  ofReturn('sendback', 'warehouse', { carrier: 'sf', trackingNumber: 'TRK1' }),
  ofReturn('repairs', 'warehouse', { lineId: '1', unit: 1, outcome: 'repaired' }),
  ofReturn('appeal', 'shop', { reason: 'it was broken', evidence: [] }),
  ofReturn('resolve', 'agent', { units: [{ lineId: '1', unit: 1, logistics: 'lost', money: 'refund', note: 'gone' }] }),
  ofReturn('goodwill', 'agent', { kind: 'coupon', amount: 100, reason: 'sorry' }),
  ofReturn('notes', 'agent', { text: 'a note', visibility: 'internal' }),
  ofReturn('assign', 'agent', { userId: 'usr_1' }),
  ofReturn('rating', 'customer', { score: 5, recommend: 10, comment: 'good' }),
  ofReturn('deadlines/handover/pause', 'agent', { reason: 'snow' }),
  ofReturn('deadlines/handover/resume', 'agent', {}),
  ofReturn('deadlines/handover/extend', 'agent', { by: 'P1D' }),
  { name: 'receipt', who: 'warehouse', method: 'post', path: () => '/v1/receipts', body: () => ({ orderNumber: subject.journey.order.orderNumber, lines: [{ lineId: '1', sku: 'TEE-M', quantity: 1, condition: 'wet' }], final: false }) },
  { name: 'match', who: 'warehouse', method: 'post', path: () => '/v1/receipts/rcp_1/match', body: () => ({ returnId: subject.journey.id }) },
  { name: 'order', who: 'shop', method: 'put', path: () => `/v1/orders/${subject.journey.order.orderNumber}`, body: () => ({ ...structuredClone(subject.journey.order), discounts: [{ discountId: 'd1', target: 'order', amount: 0 }], giftedCoupons: [{ code: 'GIFT5', value: 500 }], pointsEarned: 1 }) },
  { name: 'inventory', who: 'shop', method: 'put', path: () => '/v1/inventory/TEE-NOWHERE', body: () => ({ available: 5, price: 1000, title: 'T-shirt' }) },
  { name: 'policy', who: 'admin', method: 'post', path: () => '/v1/policies', body: aPolicy },
  { name: 'policy draft', who: 'admin', method: 'put', path: () => `/v1/policies/${subject.policyId}`, body: aPolicy },
  { name: 'publish', who: 'admin', method: 'post', path: () => `/v1/policies/${subject.policyId}/publish`, body: () => ({}) },
  { name: 'calendar', who: 'admin', method: 'put', path: () => '/v1/calendars/nowhere', body: () => ({ zone: 'UTC', hours: [{ day: 1, from: '09:00', to: '17:00' }], years: [2026] }) },
  { name: 'spend', who: 'shop', method: 'post', path: () => `/v1/customers/${subject.journey.order.customer.id}/store-credit/spend`, body: () => ({ orderNumber: 'NEXT-1', amount: 1, currency: 'CNY' }) },
  { name: 'give back', who: 'shop', method: 'post', path: () => `/v1/customers/${subject.journey.order.customer.id}/store-credit/release`, body: () => ({ orderNumber: 'NEXT-1', amount: 1 }) },
  { name: 'approve', who: 'finance', method: 'post', path: () => '/v1/refunds/rfd_1/approve', body: () => ({ note: 'fine' }) },
  { name: 'redirect', who: 'finance', method: 'post', path: () => '/v1/refunds/rfd_1/redirect', body: () => ({ to: 'manual' }) },
  { name: 'settle', who: 'finance', method: 'post', path: () => '/v1/refunds/rfd_1/settle', body: () => ({ reference: 'bank 1' }) },
]; // prettier-ignore
export const callerOf = async (who: string): Promise<Client> => (who === 'shop' ? shop() : login(who));
export const send = async (call: Call, body: unknown, key?: string): Promise<Answer> =>
  (await callerOf(call.who))[call.method](call.path(), body, key ? { key } : {});

/** Every value in a body with the pointer to it. */
export function leaves(value: unknown, path: (string | number)[] = []): { path: (string | number)[]; value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  return [
    ...(path.length > 0 ? [{ path, value }] : []),
    ...Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, Array.isArray(value) ? Number(key) : key])),
  ];
}
export function replaced(body: Body, path: readonly (string | number)[], value: unknown): Body {
  const copy = structuredClone(body);
  const owner = path.slice(0, -1).reduce((inner, key) => inner[key], copy);
  owner[path.at(-1)!] = value;
  return copy;
}
export const pointerOf = (path: readonly (string | number)[]) => path.map((part) => `/${part}`).join('');
/** What no field of this type takes. */
export function wrongOnes(value: unknown): unknown[] {
  if (typeof value === 'number') return [1.5, -7_000_000, 1e300, 2 ** 53, '1'];
  if (typeof value === 'string') return [12.5, 'NUL \0 in it', '\ud800', 'x'.repeat(5000)];
  if (typeof value === 'boolean') return ['yes', 1];
  return Array.isArray(value) ? [{}, 'x'] : [[], 'x', 7];
}
