import { sketchOrder, tax, type OrderSketch } from '../money/money-fixtures';
import type { Order } from '../order';
import type { ApplicationLine } from '../policy/application';
import { defaultPolicy } from '../policy/default-policy';
import type { Policy } from '../policy/policy';
import type { Actor, Application, InspectedUnit } from './input';

/** Orders, policies, people and what they ask, for tests of the process. */
export const start = Date.parse('2026-11-16T02:00:00Z'); // a Monday morning in Shanghai
export const hour = 3_600_000;
export const day = 24 * hour;

export const actors = {
  customer: { kind: 'customer', id: 'usr_customer' },
  agent: { kind: 'agent', id: 'usr_agent', goodwillLimitAmount: 5000, decisionLimitAmount: 100_000 },
  agent2: { kind: 'agent', id: 'usr_agent2', goodwillLimitAmount: 5000, decisionLimitAmount: 100_000 },
  warehouse: { kind: 'warehouse', id: 'usr_warehouse' },
  finance: { kind: 'finance', id: 'usr_finance' },
  finance2: { kind: 'finance', id: 'usr_finance2' },
  admin: { kind: 'admin', id: 'usr_admin', goodwillLimitAmount: 0 },
  carrier: { kind: 'carrier', id: 'sandbox' },
  provider: { kind: 'provider', id: 'sandbox' },
  system: { kind: 'system', id: 'system' },
} as const satisfies Record<string, Actor>;
export type ActorName = keyof typeof actors;

/** Line 1: three pieces at 1000, line 2: one at 2000, line 3: one at 500; one card paid everything. */
export function sampleOrder(sketch: Partial<OrderSketch> = {}): Order {
  return sketchOrder({
    lines: [
      { unitPrice: 1000, quantity: 3, sku: 'TEE-M', taxRates: tax('0.20') },
      { unitPrice: 2000, sku: 'COAT' },
      { unitPrice: 500, sku: 'CAP' },
    ],
    tenders: [{ tenderId: 't1', kind: 'card', providerPaymentId: 'pay_ok_1', amount: 5500 }],
    ...sketch,
  });
}
export const samplePolicy = (change: Partial<Policy> = {}): Policy => ({ ...defaultPolicy('CNY', '2026-01-01T00:00:00Z'), ...change });
/** Nothing is approved by rule. */
export const reviewed = (change: Partial<Policy> = {}): Policy => samplePolicy({ approval: { automatic: [] }, ...change });

export function applicationLine(lineId: string, change: Partial<ApplicationLine> = {}): ApplicationLine {
  return { lineId, quantity: 1, reason: 'damaged', resolution: 'refund', exchangeSku: null, adjustmentAmount: null, evidenceCount: 1, ...change };
}
export function application(lines: readonly ApplicationLine[] = [applicationLine('1')], change: Partial<Application> = {}): Application {
  return { orderNumber: 'A1', channel: 'web', lines, method: 'self_ship', pickup: null, refundTo: 'original', ...change };
}
export function inspected(change: Partial<InspectedUnit> = {}): InspectedUnit {
  return { unit: null, quantity: 1, grade: 'A', disposition: 'restock', accepted: true, fault: null, missingParts: false, ...change };
}
