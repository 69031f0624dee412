import type { SettledFee } from '../money/settlement-types';
import type { Fault, Grade, HandoverMethod, OnBreach, PriorityLevel, RefundRules, Resolution, Stage } from '../policy/policy';

/** Everything the process remembers: the workflow's input and the column `return.state`, letter for letter. No personal data. Times are epoch ms, amounts minor units. */
export interface ReturnState {
  readonly version: 1;
  readonly merchantId: string;
  readonly returnId: string;
  /** Number of the last event that is in this state. */
  readonly sequence: number;
  /** What the sandbox's `advance` has added to this return's clock, in ms. */
  readonly clockOffset: number;
  readonly number: string;
  readonly orderNumber: string;
  readonly channel: string;
  readonly currency: string;
  readonly policy: { readonly id: string; readonly version: number };
  readonly method: HandoverMethod;
  /** When the courier was asked to come; null: not asked yet, or not this way. */
  readonly pickup: { readonly from: string; readonly to: string } | null;
  readonly refundTo: 'original' | 'store_credit';
  readonly priority: PriorityLevel;
  /** The whole return is over by somebody's word or by time; everything else about its end follows from the units. */
  readonly end: 'cancelled' | 'expired' | null;
  readonly lines: readonly Line[];
  readonly units: readonly Unit[];
  readonly parcels: readonly Parcel[];
  readonly steps: readonly Step[];
  readonly refunds: readonly Refund[];
  /** Fees of an amount that an instalment has taken: no later one takes them again. */
  readonly feesTaken: readonly SettledFee['kind'][];
  /** Which instalment took them, by its id: withdrawn, it gives them back. */
  readonly feesBy?: Readonly<Record<string, readonly SettledFee['kind'][]>>;
  /** Money that went, or goes, before its goods were inspected. */
  readonly advances?: readonly Advance[];
  readonly replacements: readonly Replacement[];
  readonly compensations: readonly Compensation[];
  readonly offers: readonly Offer[];
  readonly deadlines: readonly Deadline[];
  /** Tenders of the order that gave less than has left them, where this return speaks for them. */
  readonly overdrafts?: readonly Overdraft[];
  /** Refunds that were given up, and were paid after all. */
  readonly paidAfterAll?: readonly PaidAfterAll[];
  /** Goods arrived for a return that was over. */
  readonly lateParcel: boolean;
  readonly attention: { readonly reason: string; readonly since: number; readonly taskId: string } | null;
}

export interface Line {
  readonly lineId: string;
  readonly sku: string;
  readonly reason: string;
  readonly fault: Fault;
  readonly resolution: Resolution;
  /** False: nothing is to come back, the logistics steps are skipped. */
  readonly goodsBack: boolean;
  readonly authorization: 'pending' | 'approved' | 'rejected';
  /** Who decided last; an appeal is for somebody else. */
  readonly decidedBy: string | null;
  readonly appeal: 'open' | 'upheld' | 'dismissed' | null;
  readonly exchangeSku: string | null;
  /** Price of one piece of the other article, when it was asked for. */
  readonly exchangePrice: number | null;
  readonly adjustmentAmount: number | null;
}

/** A unit's name inside its return, `<lineId>#<unit>`. */
export type UnitKey = string;
export interface Unit {
  readonly lineId: string;
  readonly unit: number;
  readonly logistics: 'awaiting' | 'in_transit' | 'received' | 'lost' | 'short' | 'wrong_item' | 'kept_by_customer' | 'sending_back' | 'sent_back';
  readonly inspection: 'pending' | 'passed' | 'failed' | 'waived';
  /** The inspection that found this, by its command's id: a later one may say that it takes its place. */
  readonly inspectionId?: string;
  readonly grade: Grade | null;
  readonly disposition: Disposition | null;
  /** `granted`: it has its settlement; how far the payment is follows from the refunds (`moneyOf`). */
  readonly money: 'none' | 'quoted' | 'granted';
  /** What the customer gets for it: quoted, then settled. */
  readonly refundAmount: number;
  /** What the inspection found, where it differs from the reason's. */
  readonly fault: Fault | null;
  /** Null: nobody has looked. */
  readonly missingParts: boolean | null;
  /** The one that brought it here, then the one that takes it back. */
  readonly parcelId: string | null;
  readonly settlementId: string | null;
  /** The instalments before that one, oldest first: an exchange was lost, and its money went back too. */
  readonly earlier?: readonly string[];
  /** Who granted just this unit, by a resolution or an offer; else it is whoever decided its line. */
  readonly grantedBy?: string;
  readonly repair: 'repaired' | 'unrepairable' | null;
  /** What it gets instead of what its line asked for, once an agent or a deadline had to say so. */
  readonly resolution: Resolution | null;
  /** The claim is given back: the unit may be asked for again. */
  readonly released: boolean;
}
export const dispositions = ['restock', 'refurbish', 'repair', 'return_to_vendor', 'donate', 'recycle', 'dispose', 'quarantine', 'send_back'] as const;
export type Disposition = (typeof dispositions)[number];

export interface Parcel {
  readonly parcelId: string;
  readonly direction: 'inbound' | 'outbound';
  readonly carrier: string;
  /** Null until the carrier has given one. */
  readonly trackingNumber: string | null;
  readonly method: HandoverMethod | 'replacement' | 'send_back';
  readonly status: 'announced' | 'picked_up' | 'in_transit' | 'exception' | 'delivered' | 'lost';
}
/** A call to somebody outside. It is in the state, hence committed, before it is made: so is its undo. */
export interface Step {
  readonly id: string;
  readonly kind: 'label' | 'pickup' | 'reship';
  /** The parcel or replacement it is about. */
  readonly subject: string;
  readonly status: 'wanted' | 'done' | 'refused' | 'undo' | 'undone';
  /** Grows when it is asked again; the key at the provider stays `id`. */
  readonly round: number;
  readonly from: string | null;
  readonly to: string | null;
  /** What the carrier answered to an order that nobody wanted any more by then: by it the parcel is known should it not be called back. */
  readonly carrier?: string;
  readonly trackingNumber?: string;
  /** Called back too late: the carrier has it. `seen`: an agent knows. */
  readonly recall?: 'refused' | 'seen';
}
export interface Refund {
  readonly refundId: string;
  readonly settlementId: string;
  readonly tenderId: string;
  readonly provider: string;
  readonly amount: number;
  readonly status: 'awaiting_approval' | 'pending' | 'unknown' | 'succeeded' | 'failed' | 'rejected' | 'redirected' | 'awaiting_payout';
  readonly attempt: number;
  /** The question to the provider that is open; null: none, somebody else must move. */
  readonly call: 'refund' | 'lookUpRefund' | null;
  readonly round: number;
  /** The call waits until then: back-off after a failed attempt. */
  readonly notBefore: number | null;
  readonly providerRefundId: string | null;
  /** A dispute at the tender: the money waits. */
  readonly held: boolean;
  /** Who approved it, or redirected it here: a payout is confirmed by somebody else. */
  readonly by: string | null;
  /** The person whose doing granted it: somebody else approves it. */
  readonly grantedBy?: string;
  /** Its provider is paused: it goes on by itself when finance lets it. */
  readonly paused?: boolean;
  /** The refund that was redirected to here. */
  readonly replaces?: string;
}
/** Money for units whose goods were still to come. Its refunds name it as their settlement; what is owed in the end is for the settlements of its units. */
export interface Advance {
  readonly advanceId: string;
  readonly units: readonly UnitKey[];
  readonly amount: number;
  /** What of it each of them brought, in their order; outbound shipping is beside it. */
  readonly unitAmounts?: readonly number[];
  /** What of it never left and never will. */
  readonly withdrawnAmount: number;
  /** What no settlement has used yet, in the order in which the tenders were filled. */
  readonly tenders: readonly { readonly tenderId: string; readonly amount: number }[];
  /** Outbound shipping that it holds until a settlement earns it, or for good: what the customer keeps of it. */
  readonly shipping: readonly { readonly shipmentId: string; readonly amount: number }[];
  readonly feesTaken: readonly SettledFee['kind'][];
  /** Spent points that it gave back. */
  readonly pointsRestored: number;
  readonly settledBy: readonly AdvanceUse[];
  /** Said once its last unit is decided: what becomes of the rest. */
  readonly recovery: RefundRules['advanceRecovery'] | null;
  readonly recoveredAmount: number;
  /** Written off or asked back, it is the customer's for all that we know: what each unit that is not settled was given with it. */
  readonly kept?: readonly { readonly lineId: string; readonly unit: number; readonly amount: number }[];
  /** Who has seen to the invoice. */
  readonly invoicedBy: string | null;
}
/** What a settlement took of an advance. */
export interface AdvanceUse {
  readonly settlementId: string;
  readonly tenders: Advance['tenders'];
  readonly shipping: Advance['shipping'];
}
export interface Overdraft {
  readonly tenderId: string;
  /** What has left the tender, or is disputed, beyond what was captured. */
  readonly amount: number;
  /** What of it finance has written off. */
  readonly acceptedAmount: number;
}
export interface PaidAfterAll {
  readonly refundId: string;
  readonly tenderId: string;
  /** The provider's number of it. */
  readonly providerRefundId: string;
  readonly amount: number;
  /** What of it finance has written off. */
  readonly acceptedAmount: number;
}
export interface Replacement {
  readonly replacementId: string;
  readonly lineId: string;
  readonly unit: number;
  readonly sku: string;
  readonly kind: 'exchange' | 'reship' | 'repair';
  /** `short`: promised, but nothing was left to reserve. */
  readonly status: 'reserved' | 'shipped' | 'delivered' | 'lost' | 'cancelled' | 'short';
  readonly trackingNumber: string | null;
}
export interface Compensation {
  readonly id: string;
  readonly kind: 'coupon' | 'points' | 'credit';
  readonly amount: number;
  readonly status: 'awaiting_approval' | 'granted' | 'used' | 'revoked';
  /** The policy's rule (its position) that granted it; null: by hand, which stays whatever becomes of the return. */
  readonly rule: number | null;
  /** Who gave it by hand: somebody else approves it. */
  readonly grantedBy?: string | null;
}
export interface Offer {
  readonly offerId: string;
  readonly resolution: Resolution | 'store_credit';
  readonly amount: number | null;
  readonly status: 'open' | 'accepted' | 'declined' | 'expired';
  /** Who made it: accepted, it is their grant. */
  readonly by?: string;
}
export interface Deadline {
  readonly stage: Stage;
  readonly warnAt: number | null;
  readonly dueAt: number;
  readonly onBreach: OnBreach;
  readonly warned: boolean;
  readonly breachedAt: number | null;
  readonly pausedAt: number | null;
}

export const unitKey = ({ lineId, unit }: { readonly lineId: string; readonly unit: number }): UnitKey => `${lineId}#${unit}`;

/** A return that nobody has applied for yet: what the first command finds. */
export function newReturn(merchantId: string, returnId: string): ReturnState {
  return {
    version: 1,
    merchantId,
    returnId,
    sequence: 0,
    clockOffset: 0,
    number: '',
    orderNumber: '',
    channel: '',
    currency: '',
    policy: { id: '', version: 0 },
    method: 'none',
    pickup: null,
    refundTo: 'original',
    priority: 'normal',
    end: null,
    lines: [],
    units: [],
    parcels: [],
    steps: [],
    refunds: [],
    feesTaken: [],
    replacements: [],
    compensations: [],
    offers: [],
    deadlines: [],
    lateParcel: false,
    attention: null,
  };
}
