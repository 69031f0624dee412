import type { Fault, Grade, RefundRules } from '../policy/policy';
import type { Order, TenderKind } from '../order';

/** What is owed and why (CONTRACT §5): what lowers a sum is negative, so that columns add up. Minor units. */
export interface Settlement {
  readonly currency: string;
  readonly model: 'as_paid';
  readonly allocator: string;
  readonly lines: readonly SettledLine[];
  readonly shipping: readonly { readonly shipmentId: string; readonly amount: number; readonly taxAmount: number }[];
  readonly fees: readonly SettledFee[];
  readonly clawbacks: readonly { readonly kind: 'gifted_coupon'; readonly code: string; readonly amount: number }[];
  readonly taxes: readonly { readonly name: string; readonly rate: string; readonly netAmount: number; readonly taxAmount: number }[];
  readonly total: number;
  readonly tenders: readonly { readonly tenderId: string; readonly kind: TenderKind; readonly amount: number }[];
  readonly points: { readonly restored: number; readonly revoked: number };
  readonly coupons: { readonly restored: readonly string[]; readonly revoked: readonly string[] };
  readonly explanation: readonly Explanation[];
}
export interface SettledLine {
  readonly lineId: string;
  readonly units: readonly number[];
  readonly goodsAmount: number;
  readonly discountAmount: number;
  readonly taxAmount: number;
  readonly amount: number;
}
export interface SettledFee {
  readonly kind: 'condition' | 'missing_parts' | 'restocking' | 'return_shipping';
  readonly lineId: string | null;
  readonly amount: number;
  readonly rule: string;
}
export interface Explanation {
  readonly rule: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly amount: number;
  /** English. */
  readonly text: string;
  /** The same sentence in other languages; absent in settlements of before there were any. */
  readonly texts?: { readonly 'zh-CN': string };
}

/** One piece to be settled. `kind` says what the customer gets for it. */
export interface UnitToSettle {
  readonly lineId: string;
  readonly unit: number;
  readonly kind: 'refund' | 'exchange' | 'adjustment' | 'none';
  readonly reason: string;
  readonly fault: Fault;
  readonly grade: Grade | null;
  /** False: an inspection found everything there, and `missing_parts` fees spare the unit. Null: nobody said; they go by the reason alone, as other fees do. */
  readonly missingParts: boolean | null;
  /** kind exchange: the other article's price for one piece, as the order's prices are. */
  readonly exchangePrice: number | null;
  /** kind adjustment: what this line gets in all, at its first unit; null on its other units. */
  readonly adjustmentAmount: number | null;
  /** The goods stay with the customer for good though money is given (refund_only, keep it): left out of `full_return`. */
  readonly keepsGoods?: boolean;
}
/** What one unit comes to inside a settlement. `feesAmount` is negative; `refundAmount` = `amount` + `feesAmount` is what the customer gets for the unit. */
export interface SettledUnit {
  readonly lineId: string;
  readonly unit: number;
  readonly kind: UnitToSettle['kind'];
  readonly amount: number;
  readonly feesAmount: number;
  readonly refundAmount: number;
  /** The tax of `amount`, by the line's rates: of what is given in part, so that the rest of the unit gives the rest of its tax. */
  readonly taxes?: readonly number[];
}

/** Given of one unit. `taxes` is the tax of it, by the line's rates; absent, it is in proportion to what was paid. */
export interface GivenAmount {
  readonly lineId: string;
  readonly unit: number;
  readonly amount: number;
  readonly taxes?: readonly number[];
}

/** What earlier settlements and refunds of the order have done: everything cumulative that a new settlement must respect. */
export interface OrderMoney {
  readonly tenders: readonly {
    readonly tenderId: string;
    readonly capturedAmount: number;
    readonly refundedAmount: number;
    readonly pendingAmount: number;
    readonly disputedAmount: number;
  }[];
  /** Outbound shipping already given back, by shipment. */
  readonly shipments: readonly { readonly shipmentId: string; readonly refundedAmount: number }[];
  /** Units that earlier settlements refunded (kind `refund`, whatever fees left of it): not the exchanged ones, nor those that had an adjustment alone. */
  readonly settledUnits: readonly { readonly lineId: string; readonly unit: number }[];
  /**
   * Units that stay with the customer for good (exchanged, kept): left out of `full_return`. What is sent again or repaired can come back like any other. One that was refunded and kept stands in
   * `settledUnits` too: its sale is unwound, only its goods are not waited for.
   */
  readonly keptUnits: readonly { readonly lineId: string; readonly unit: number }[];
  /** Given per unit by earlier settlements where that is less than its share (adjustments): a later refund gives only the rest. */
  readonly givenAmounts: readonly GivenAmount[];
  /** The totals of earlier settlements of the order, added up. */
  readonly refundedAmount: number;
  readonly points: { readonly restored: number; readonly revoked: number };
}

export interface SettlementInput {
  readonly order: Order;
  readonly rules: Pick<RefundRules, 'outboundShipping' | 'tenderOrder' | 'fees' | 'gradeDeductions'>;
  /** The policy's currency: in another one its amount fees do not apply. */
  readonly policyCurrency: string;
  readonly units: readonly UnitToSettle[];
  readonly before: OrderMoney;
  /** Fee kinds with an amount that this return has already paid: they are taken once per return. */
  readonly feesTaken: readonly SettledFee['kind'][];
  /** `store_credit`: the whole total goes to the tender `store_credit` that we own. */
  readonly refundTo: 'original' | 'store_credit';
  /** Codes of gifted coupons that were spent on a later order. */
  readonly usedCoupons: readonly string[];
  /** What advances have promised for these units and no settlement has used yet, oldest first. Absent: nothing. */
  readonly advanced?: readonly AdvancedMoney[];
  /** `advance`: paid before the goods are inspected, and closed by a settlement. Absent: a settlement. */
  readonly purpose?: 'advance';
  /** An earlier instalment of this very return brought goods back: what completes the order may then be an exchange. Absent: none did. */
  readonly broughtBack?: true;
}
/** Money of one advance, by tender in the order in which they were filled. */
export interface AdvancedMoney {
  readonly advanceId: string;
  readonly tenders: Settlement['tenders'];
}
