/**
 * What was sold: the shop's frozen snapshot (CONTRACT §3). Money is integer minor units of `currency`; rates are decimal strings; times RFC 3339 UTC.
 * Discounts are positive here, as in the order's answer.
 */
export interface Order {
  readonly orderNumber: string;
  readonly channel: string;
  readonly currency: string;
  readonly placedAt: string;
  readonly pricesIncludeTax: boolean;
  readonly customer: Customer;
  readonly shipTo: Address | null;
  readonly lines: readonly OrderLine[];
  readonly discounts: readonly Discount[];
  readonly shipments: readonly Shipment[];
  readonly tenders: readonly Tender[];
  readonly pointsEarned: number;
  readonly pointsSpent: number;
  readonly giftedCoupons: readonly GiftedCoupon[];
  readonly freightInsurance: boolean;
  readonly chargebacks: readonly Chargeback[];
}
export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
  readonly tier: string | null;
  readonly locale: string;
}
export interface Address {
  readonly name: string;
  readonly phone: string | null;
  readonly country: string;
  readonly region: string | null;
  readonly city: string | null;
  readonly postalCode: string | null;
  readonly lines: readonly string[];
}
export interface TaxRate {
  readonly name: string;
  readonly rate: string;
}
export interface OrderLine {
  readonly lineId: string;
  readonly sku: string;
  readonly title: string;
  readonly category: string | null;
  readonly supplier: string | null;
  readonly quantity: number;
  readonly unitPrice: number;
  readonly discountAmount: number;
  readonly taxRates: readonly TaxRate[];
  readonly finalSale: boolean;
  readonly serials: readonly string[];
}
export interface Discount {
  readonly discountId: string;
  readonly target: 'order' | 'line' | 'shipping';
  /** With target `line`: the lines it is spread over. */
  readonly lineIds: readonly string[];
  /** With target `shipping`: the shipments it is spread over; empty means all. */
  readonly shipmentIds: readonly string[];
  readonly amount: number;
  readonly couponCode: string | null;
}
export interface Shipment {
  readonly shipmentId: string;
  readonly lineIds: readonly string[];
  readonly shippingAmount: number;
  readonly discountAmount: number;
  readonly taxRates: readonly TaxRate[];
  readonly deliveredAt: string | null;
}
export const tenderKinds = ['card', 'wallet', 'bank', 'gift_card', 'store_credit', 'points', 'cash'] as const;
export type TenderKind = (typeof tenderKinds)[number];
export interface Tender {
  readonly tenderId: string;
  readonly kind: TenderKind;
  readonly provider: string;
  readonly providerPaymentId: string | null;
  readonly amount: number;
}
export interface GiftedCoupon {
  readonly code: string;
  readonly value: number;
}
export interface Chargeback {
  readonly chargebackId: string;
  readonly tenderId: string;
  readonly amount: number;
  readonly status: 'open' | 'won' | 'lost';
  readonly at: string;
}

/** Limits of one order (DESIGN §7); imports above them are refused by the schema. */
export const orderLimits = { lines: 200, unitsPerLine: 999, unitsPerReturn: 2000 } as const;
