import type { DeadlineRule, Policy, Reason, Resolution, Stage } from './policy';

const customerReason = (code: string): Reason => ({
  code,
  fault: 'customer',
  evidence: 'none',
  goodsBack: 'required',
  needsDelivery: true,
  resolutions: ['refund', 'exchange'],
});
const sellerReason = (code: string): Reason => ({
  code,
  fault: 'seller',
  evidence: 'optional',
  goodsBack: 'required',
  needsDelivery: true,
  resolutions: ['refund', 'exchange', 'reship', 'repair', 'refund_only'],
});
const carrierReason = (code: string, resolutions: readonly Resolution[]): Reason => ({
  code,
  fault: 'carrier',
  evidence: 'optional',
  goodsBack: 'none',
  needsDelivery: false,
  resolutions,
});
const adjustmentReason = (code: string): Reason => ({
  code,
  fault: 'seller',
  evidence: 'optional',
  goodsBack: 'none',
  needsDelivery: true,
  resolutions: ['adjustment'],
});

/** How long each stage may take where a merchant says nothing else (CONTRACT §7). */
export const defaultDeadlines: Readonly<Record<Stage, DeadlineRule>> = {
  review: { target: 'PT48H', warn: 'PT40H', calendar: '24x7', onBreach: 'approve' },
  handover: { target: 'P7D', warn: 'P4D', calendar: '24x7', onBreach: 'expire' },
  transit: { target: 'P10D', warn: null, calendar: '24x7', onBreach: 'attention' },
  inspection: { target: 'P2D', warn: null, calendar: 'CN', onBreach: 'accept' },
  offer: { target: 'P3D', warn: null, calendar: '24x7', onBreach: 'decline' },
  replacement: { target: 'P3D', warn: null, calendar: '24x7', onBreach: 'attention' },
  repair: { target: 'P10D', warn: null, calendar: 'CN', onBreach: 'attention' },
  approval: { target: 'PT4H', warn: null, calendar: '24x7', onBreach: 'escalate' },
  refund: { target: 'PT2H', warn: null, calendar: '24x7', onBreach: 'attention' },
  appeal: { target: 'P7D', warn: null, calendar: '24x7', onBreach: 'close' },
};

/** The policy of a new merchant (CONTRACT §7). `effectiveFrom` is RFC 3339 UTC. */
export function defaultPolicy(currency: string, effectiveFrom: string): Policy {
  return {
    name: 'default',
    currency,
    effectiveFrom,
    priority: 0,
    scope: { countries: [], regions: [], categories: [], channels: [], tiers: [], sharePercent: 100 },
    window: { duration: 'P30D', from: 'delivery', byCategory: {}, byTier: {} },
    excluded: { finalSale: true, categories: [] },
    reasons: [
      ...['changed_mind', 'wrong_size'].map((code) => customerReason(code)),
      ...['damaged', 'defective', 'wrong_item', 'not_as_described', 'missing_parts'].map((code) => sellerReason(code)),
      carrierReason('late', ['refund', 'reship', 'refund_only', 'adjustment']),
      carrierReason('lost', ['refund', 'reship', 'refund_only']),
      ...['price_dropped', 'promise_broken'].map((code) => adjustmentReason(code)),
    ],
    approval: { automatic: [{ maxAmount: 50_000, reasons: [], tiers: [], maxRisk: 60 }] },
    priorities: [],
    refund: {
      timing: 'after_inspection',
      advanceBelow: null,
      advanceRecovery: 'write_off',
      outboundShipping: 'seller_fault_or_full',
      tenderOrder: 'non_cash_first',
      keepItBelow: 0,
      fees: [],
      gradeDeductions: { A: '0', B: '0.10', C: '0.50', D: '1' },
      approvalAbove: 100_000,
    },
    handover: { methods: ['drop_off', 'door_pickup', 'self_ship'], paidBy: 'seller_fault' },
    deadlines: defaultDeadlines,
    compensation: [],
  };
}
