import type { Calendar } from '../calendar/calendar';
import type { OrderMoney } from '../money/settlement-types';
import type { Order } from '../order';
import type { Application as Judged } from '../policy/application';
import type { Fault, Grade, Policy, Resolution, Stage } from '../policy/policy';
import type { Disposition, Parcel } from './state';

/** Who asks or reports, as the log keeps it. Limits are those of the user when they asked. */
export interface Actor {
  readonly kind: 'customer' | 'agent' | 'warehouse' | 'finance' | 'admin' | 'service' | 'system' | 'carrier' | 'provider';
  readonly id: string;
  /** What they may grant alone; absent for machines. Minor units. */
  readonly goodwillLimitAmount?: number;
  readonly decisionLimitAmount?: number;
}
export interface UnitRef {
  readonly lineId: string;
  readonly unit: number;
}
/** What is asked for as the rules judge it, and what else the return has to know. */
export interface Application extends Judged {
  readonly orderNumber: string;
  readonly pickup: { readonly from: string; readonly to: string } | null;
  readonly refundTo: 'original' | 'store_credit';
}
export interface InspectedUnit {
  readonly unit: number | null;
  readonly quantity: number | null;
  readonly grade: Grade;
  readonly disposition: Disposition;
  readonly accepted: boolean;
  readonly fault: Fault | null;
  readonly missingParts: boolean | null;
}
/** What each input carries. */
interface Body {
  apply: { application: Application };
  cancel: unknown;
  decision: { lines: readonly { lineId: string; decision: 'approve' | 'reject' }[] };
  offer: { resolution: Resolution | 'store_credit'; amount: number | null };
  accept_offer: { offerId: string };
  decline_offer: { offerId: string };
  shipment: { carrier: string; trackingNumber: string };
  pickup: { from: string; to: string };
  receive: {
    receiptId: string;
    lines: readonly { lineId: string | null; sku: string | null; quantity: number }[];
    trackingNumber: string | null;
    final: boolean;
  };
  /** `supersedes`: the inspection it takes the place of; true: whatever there is of these units. */
  inspect: { lines: readonly { lineId: string; units: readonly InspectedUnit[] }[]; supersedes?: string | boolean | null };
  repair: UnitRef & { outcome: 'repaired' | 'unrepairable' };
  sendback: { carrier: string; trackingNumber: string };
  appeal: unknown;
  resolve: { units: readonly (UnitRef & { logistics: 'received' | 'lost' | 'short' | 'wrong_item' | 'kept_by_customer'; money: 'refund' | 'none' })[] };
  goodwill: { kind: 'coupon' | 'points' | 'credit'; amount: number };
  approve_compensation: { compensationId: string };
  reject_compensation: { compensationId: string };
  /** The shop's checkout took a coupon of this return, or (`spentOn` null) gave it back. `validUntil`: epoch ms. */
  coupon_used: { compensationId: string; spentOn: string | null; validUntil: number | null };
  approve_refund: { refundId: string };
  reject_refund: { refundId: string };
  retry_refund: { refundId: string };
  redirect_refund: { refundId: string; to: string };
  /** `reference`: the bank's, of the payout. */
  settle_refund: { refundId: string; reference?: string };
  accept_overdraft: unknown;
  pause: { stage: Stage };
  resume: { stage: Stage };
  extend: { stage: Stage; by: string };
  advance: { byMs: number };
  // Facts: what machines report.
  scan: { trackingNumber: string; status: Exclude<Parcel['status'], 'announced'>; scannedAt: string };
  refund_reported: { refundId: string; providerRefundId: string | null; status: 'succeeded' | 'failed' | 'pending' };
  // What the process itself brings.
  wake: unknown;
  outcome: { effect: string; call: string; subject: string; result: Outcome };
  moment: { stage: Stage; kind: 'warn' | 'breach'; at: number };
}
export type InputType = keyof Body;
export type CommandType = Exclude<InputType, 'scan' | 'refund_reported' | 'wake' | 'outcome' | 'moment'>;
/** Whatever may change a return. `id` makes it count once: a command's, a fact's, an effect's or a moment's. */
export type Input<T extends InputType = InputType> = { [K in T]: { readonly id: string; readonly type: K; readonly actor: Actor } & Readonly<Body[K]> }[T];

/** What a provider said. `unanswered`: nothing that could be believed. */
export type Outcome =
  | { readonly kind: 'done'; readonly carrier?: string; readonly trackingNumber?: string; readonly providerRefundId?: string }
  | { readonly kind: 'accepted'; readonly providerRefundId?: string }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'not_found' }
  /** Finance lets nothing leave for this provider: nothing was sent. */
  | { readonly kind: 'paused' }
  | { readonly kind: 'unanswered' };

/** What the transaction knows when it decides. All of it is read under the return's and the order's lock. */
export interface World {
  /** The return's own clock, epoch ms. */
  readonly now: number;
  readonly newId: (prefix: string) => string;
  readonly newReturnNumber: () => string;
  readonly newCouponCode: () => string;
  readonly policy: Policy;
  readonly policyRef: { readonly id: string; readonly version: number };
  readonly order: Order;
  readonly money: OrderMoney;
  /** All money granted on the order so far, by whichever return. */
  readonly grantedAmount: number;
  /** Another return of the order has written off, or asks back, money that was advanced. */
  readonly advanceKept: boolean;
  /** Given for the trouble by the order's other returns: coupons, points and credit that stand. */
  readonly goodwillElsewhere: number;
  /** Providers that finance lets nothing leave for. */
  readonly pausedProviders: readonly string[];
  /** Of the order's returns the one that speaks for its tenders: whichever has done so, else the newest open one, else the newest. Null: the order has none yet. */
  readonly orderSpeaker: string | null;
  /** What providers have paid for refunds of the order that had been given up: each says by its own name of the refund what left, and from which tender. */
  readonly paidElsewhere: readonly { readonly refundId: string; readonly tenderId: string; readonly providerRefundId: string; readonly amount: number }[];
  /** Unit numbers without a live claim, ascending, by line. */
  readonly freeUnits: Readonly<Record<string, readonly number[]>>;
  readonly stock: Readonly<Record<string, { readonly available: number; readonly price: number; readonly title: string } | undefined>>;
  readonly calendars: Readonly<Record<string, Calendar | undefined>>;
  readonly customer: { readonly blocked: boolean; readonly riskScore: number; readonly tier: string | null };
  readonly usedCoupons: readonly string[];
}

/** Why a command was not taken; the codes are CONTRACT §10's. */
export interface Refusal {
  readonly refusal: {
    readonly code:
      'invalid_state' | 'not_eligible' | 'units_unavailable' | 'amount_unavailable' | 'validation_failed' | 'not_found' | 'forbidden' | 'four_eyes_required';
    readonly detail: string;
    readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];
    readonly lines?: readonly unknown[];
  };
}
export const refuse = (code: Refusal['refusal']['code'], detail: string, more: Omit<Refusal['refusal'], 'code' | 'detail'> = {}): Refusal => ({
  refusal: { code, detail, ...more },
});
export const invalidField = (pointer: string, code: string, detail: string): Refusal =>
  refuse('validation_failed', detail, { errors: [{ pointer, code, detail }] });
