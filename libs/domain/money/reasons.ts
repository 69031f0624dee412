import type { Fault, Grade, RefundRules } from '../policy/policy';
import type { TenderKind } from '../order';
import type { LaidDiscount } from './discount-spread';
import type { SettledFee } from './settlement-types';

interface OfUnits {
  readonly lineId: string;
  readonly units: readonly number[];
  /** Pieces the line has in all. */
  readonly quantity: number;
  /** Why they are returned; of a line as a whole. */
  readonly reason: string;
  readonly taxAmount: number;
}
interface OfTax {
  readonly name: string;
  readonly rate: string;
}
/** A fee of the policy: exactly one of `rate` and `feeAmount`. */
interface OfFee {
  readonly rate: string | null;
  readonly feeAmount: number | null;
  /** Empty: every reason. */
  readonly reasons: readonly string[];
}
/** `goods_stay` stood for whatever does not come back, lost parcels too, and `nothing_left` for whatever came to nothing, until entries of version 3. */
export type NoFee =
  | ('other_reason' | 'all_parts_there' | 'goods_stay' | 'nothing_back' | 'other_currency' | 'taken_before')
  | ('zero_fee' | 'rounds_to_nothing' | 'nothing_left');
type FeeReason =
  | (OfFee & {
      readonly lineId: string;
      /** What the line still gave before. */
      readonly baseAmount: number;
      /** All that was taken by this fee, over all lines. */
      readonly takenAmount: number;
      /** What it takes beyond that line, of other lines and of shipping; absent when it takes no more than the line still gave. */
      readonly beyondAmount?: number;
    })
  | (OfFee & { readonly because: NoFee });

/** What each rule found, enough to say it in a sentence of any language. Minor units; what lowers a sum is negative only in an entry's own amount. */
export interface Reasons {
  unit_share: OfUnits & {
    readonly unitPrice: number;
    readonly pricesIncludeTax: boolean;
    readonly linePaidAmount: number;
    readonly goodsAmount: number;
    readonly discountAmount: number;
    /** The line's discounts as a whole, of which `discountAmount` is the share of these units. */
    readonly discounts: readonly LaidDiscount[];
    readonly taxes: readonly OfTax[];
  };
  /** `paidAmount` for these units, of which `givenBefore` was given back. */
  rest_of_unit: OfUnits & { readonly paidAmount: number; readonly givenBefore: number };
  adjustment: OfUnits & { readonly leftAmount: number; readonly askedAmount: number };
  /** Prices as the order's are; null is the same article again. */
  exchange_difference: OfUnits & {
    readonly leftAmount: number;
    readonly exchangePrices: readonly (number | null)[];
    /** The tax on top of each price; absent where prices include it. */
    readonly exchangeTaxAmounts?: readonly (number | null)[];
  };
  nothing_owed: OfUnits;
  outbound_shipping: {
    readonly shipmentId: string;
    readonly outboundShipping: RefundRules['outboundShipping'];
    readonly paidAmount: number;
    readonly balanceAmount: number;
    readonly taxAmount: number;
    /** What the rule asks: whether something the shipment carried is refunded, by the seller's fault, and whether the last unit of the order is back. */
    readonly refunded?: boolean;
    /** `refunded` in entries of version 2, which took whatever is refunded for what comes back. */
    readonly returned?: boolean;
    readonly sellerFault: boolean;
    readonly fullReturn: boolean;
  };
  condition: {
    readonly lineId: string;
    readonly quantity: number;
    readonly deductions: readonly {
      readonly units: readonly number[];
      readonly grade: Grade;
      readonly rate: string;
      readonly fault: Fault;
      readonly baseAmount: number;
    }[];
  };
  missing_parts: FeeReason;
  restocking: FeeReason;
  return_shipping: FeeReason;
  gifted_coupon: { readonly code: string; readonly value: number; readonly unwound: boolean };
  coupon_revoked: { readonly code: string };
  coupon_restored: { readonly code: string };
  tax: OfTax & {
    readonly netAmount: number;
    /** Fees have taken more than the lines that bear it gave: tax and net amount are below zero. */
    readonly beyond?: true;
  };
  total: { readonly linesAmount: number; readonly shippingAmount: number; readonly feesAmount: number; readonly clawbacksAmount: number };
  tender: {
    readonly tenderId: string;
    readonly kind: TenderKind;
    readonly tenderOrder: RefundRules['tenderOrder'];
    readonly refundTo: 'original' | 'store_credit';
    readonly capturedAmount: number;
    readonly returnedBefore: number;
  };
  /** Of a settlement, what an advance paid before it; of an advance itself (`advanceId` null), that it is one. */
  advance: { readonly advanceId: string; readonly tenderId: string; readonly kind: TenderKind } | { readonly advanceId: null };
  /** A return's settlements one after the other, in their sum. */
  instalment: { readonly number: number; readonly count: number; readonly settlementId: string | null };
  instalments_together: { readonly count: number };
  points_revoked: { readonly pointsEarned: number; readonly refundedAmount: number; readonly paidAmount: number; readonly revokedBefore: number };
  points_restored: { readonly pointsSpent: number; readonly toPointsAmount: number; readonly spentAmount: number; readonly restoredBefore: number };
}
export type Rule = keyof Reasons;
export type FeeKind = Exclude<SettledFee['kind'], 'condition'>;
/** An explanation without its words. */
export type Reason<Of extends Rule = Rule> = { readonly [R in Of]: { readonly rule: R; readonly inputs: Reasons[R]; readonly amount: number } }[Of];

/** A language: a sentence for every rule. `money` writes an amount of the settlement's currency. */
export type Wording = { readonly [R in Rule]: (inputs: Reasons[R], amount: number, money: (amount: number) => string) => string };

/** Rules whose amounts add up to the total; the others (tax, total, tenders, points, coupons) tell where it lies and goes. */
export const sumRules: ReadonlySet<string> = new Set<Rule>([
  ...(['unit_share', 'rest_of_unit', 'adjustment', 'exchange_difference', 'nothing_owed', 'outbound_shipping'] as const),
  ...(['condition', 'missing_parts', 'restocking', 'return_shipping', 'gifted_coupon'] as const),
]);
