/** A merchant's rules of returning (CONTRACT §7). Amounts are minor units of `currency`, rates decimal strings, durations ISO 8601. */
export interface Policy {
  readonly name: string;
  readonly currency: string;
  readonly effectiveFrom: string;
  readonly priority: number;
  readonly scope: PolicyScope;
  readonly window: ReturnWindow;
  readonly excluded: { readonly finalSale: boolean; readonly categories: readonly string[] };
  readonly reasons: readonly Reason[];
  readonly approval: { readonly automatic: readonly AutomaticApproval[] };
  readonly priorities: readonly PriorityRule[];
  readonly refund: RefundRules;
  readonly handover: { readonly methods: readonly HandoverMethod[]; readonly paidBy: 'merchant' | 'customer' | 'seller_fault' | 'insurance' };
  readonly deadlines: DeadlineRules;
  readonly compensation: readonly CompensationRule[];
}
export interface PolicyScope {
  readonly countries: readonly string[];
  readonly regions: readonly string[];
  readonly categories: readonly string[];
  readonly channels: readonly string[];
  readonly tiers: readonly string[];
  readonly sharePercent: number;
}
export interface ReturnWindow {
  readonly duration: string;
  readonly from: 'delivery' | 'placed';
  readonly byCategory: Readonly<Record<string, string>>;
  readonly byTier: Readonly<Record<string, string>>;
}
export const faults = ['customer', 'seller', 'carrier'] as const;
export type Fault = (typeof faults)[number];
export const resolutions = ['refund', 'exchange', 'reship', 'repair', 'refund_only', 'adjustment'] as const;
export type Resolution = (typeof resolutions)[number];
export const handoverMethods = ['drop_off', 'door_pickup', 'self_ship', 'none'] as const;
export type HandoverMethod = (typeof handoverMethods)[number];
export interface Reason {
  readonly code: string;
  readonly fault: Fault;
  readonly evidence: 'none' | 'optional' | 'required';
  readonly goodsBack: 'required' | 'optional' | 'none';
  readonly needsDelivery: boolean;
  readonly resolutions: readonly Resolution[];
}
export interface AutomaticApproval {
  readonly maxAmount: number;
  readonly reasons: readonly string[];
  readonly tiers: readonly string[];
  readonly maxRisk: number;
}
export type PriorityLevel = 'low' | 'normal' | 'high' | 'urgent';
export interface PriorityRule {
  readonly when: { readonly reasons: readonly string[]; readonly tiers: readonly string[]; readonly minAmount: number };
  readonly level: PriorityLevel;
  readonly firstResponse: string | null;
}
export const grades = ['A', 'B', 'C', 'D'] as const;
export type Grade = (typeof grades)[number];
export const feeKinds = ['missing_parts', 'restocking', 'return_shipping'] as const;
export interface FeeRule {
  readonly kind: (typeof feeKinds)[number];
  /** Exactly one of the two: a share of what a line still gives, or an amount once per return. */
  readonly rate: string | null;
  readonly amount: number | null;
  readonly reasons: readonly string[];
}
export const outboundShippingRules = ['never', 'always', 'full_return', 'seller_fault', 'seller_fault_or_full'] as const;
export const tenderOrders = ['non_cash_first', 'first_in', 'last_in', 'pro_rata'] as const;
export interface RefundRules {
  readonly timing: 'at_approval' | 'at_first_scan' | 'after_inspection';
  /** All that is advanced on a return stays below; null: no limit. */
  readonly advanceBelow: number | null;
  readonly advanceRecovery: 'write_off' | 'store_credit' | 'invoice';
  readonly outboundShipping: (typeof outboundShippingRules)[number];
  readonly tenderOrder: (typeof tenderOrders)[number];
  readonly keepItBelow: number;
  readonly fees: readonly FeeRule[];
  readonly gradeDeductions: Readonly<Record<Grade, string>>;
  /** Money granted on the order above this wants a finance approval; null: never. */
  readonly approvalAbove: number | null;
}
export const stages = ['review', 'handover', 'transit', 'inspection', 'offer', 'replacement', 'repair', 'approval', 'refund', 'appeal'] as const;
export type Stage = (typeof stages)[number];
export type OnBreach = 'approve' | 'reject' | 'expire' | 'accept' | 'decline' | 'close' | 'escalate' | 'attention';
/** What a stage may do when its deadline passes (CONTRACT §7); the first is the default policy's. */
export const breachChoices = {
  review: ['approve', 'reject', 'escalate', 'attention'],
  handover: ['expire', 'attention'],
  transit: ['attention', 'escalate'],
  inspection: ['accept', 'escalate', 'attention'],
  offer: ['decline'],
  replacement: ['attention', 'escalate'],
  repair: ['attention', 'escalate'],
  approval: ['escalate', 'attention'],
  refund: ['attention', 'escalate'],
  appeal: ['close'],
} as const satisfies Record<Stage, readonly OnBreach[]>;
export interface DeadlineRule {
  readonly target: string;
  readonly warn: string | null;
  readonly calendar: string;
  readonly onBreach: OnBreach;
}
export type DeadlineRules = Readonly<Partial<Record<Stage, DeadlineRule>>>;
export interface CompensationRule {
  readonly when: { readonly fault?: Fault; readonly breached?: Stage; readonly reasons?: readonly string[] };
  readonly grant: { readonly kind: 'coupon' | 'points' | 'credit'; readonly amount: number; readonly validFor: string | null };
}
