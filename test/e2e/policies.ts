import { randomUUID } from 'node:crypto';
import { login, type Body } from '../stack/stack';
import { expectStatus, uniqueNumber } from './journey';

const deadline = (target: string, onBreach: string, warn: string | null = null) => ({ target, warn, calendar: '24x7', onBreach });
const stages = {
  review: deadline('PT48H', 'approve', 'PT40H'),
  handover: deadline('P7D', 'expire', 'P4D'),
  transit: deadline('P10D', 'attention'),
  inspection: deadline('P2D', 'accept'),
  offer: deadline('P3D', 'decline'),
  replacement: deadline('P3D', 'attention'),
  repair: deadline('P10D', 'attention'),
  approval: deadline('PT4H', 'escalate'),
  refund: deadline('PT2H', 'attention'),
  appeal: deadline('P7D', 'close'),
};
const reason = (code: string, fault: string, resolutions: string[], more: object = {}) => ({
  code,
  fault,
  evidence: 'optional',
  goodsBack: 'required',
  needsDelivery: true,
  resolutions,
  ...more,
});
const all = ['refund', 'exchange', 'reship', 'repair', 'refund_only'];
const reasons = [
  reason('changed_mind', 'customer', ['refund', 'exchange']),
  ...['damaged', 'defective'].map((code) => reason(code, 'seller', all)),
  reason('late', 'carrier', ['refund', 'reship', 'refund_only', 'adjustment'], { goodsBack: 'none', needsDelivery: false }),
  reason('price_dropped', 'seller', ['adjustment'], { goodsBack: 'none' }),
];

/** Parts of a policy that differ from the default one. */
export interface PolicyChanges {
  deadlines?: Partial<typeof stages> & Record<string, unknown>;
  refund?: Record<string, unknown>;
  [field: string]: unknown;
}
export { deadline };

/** A published policy for one sales channel alone, in force for years: answers that channel. */
export async function ownPolicy({ deadlines, refund, ...changes }: PolicyChanges = {}): Promise<string> {
  const channel = uniqueNumber('ch').toLowerCase();
  const policy: Body = {
    name: `for ${channel}`,
    currency: 'CNY',
    effectiveFrom: '2020-01-01T00:00:00Z',
    priority: 100,
    scope: { channels: [channel] },
    window: { duration: 'P30D', from: 'delivery' },
    reasons,
    approval: { automatic: [{ maxAmount: 50_000, maxRisk: 100 }] },
    refund: { timing: 'after_inspection', approvalAbove: 100_000, ...refund },
    handover: { methods: ['drop_off', 'door_pickup', 'self_ship'], paidBy: 'merchant' },
    deadlines: { ...stages, ...deadlines },
    compensation: [],
    ...changes,
  };
  const admin = await login('admin');
  const { id } = expectStatus(await admin.post('/v1/policies', policy, { key: randomUUID() }), 201);
  expectStatus(await admin.post(`/v1/policies/${id}/publish`, {}, { key: randomUUID() }), 200);
  return channel;
}
/** Nobody gets through without an agent's word. */
export const reviewedByHand = { approval: { automatic: [] } };
