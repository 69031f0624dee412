import type { Discount, Order, OrderLine, Shipment, Tender, TaxRate } from '../order';
import type { Fault } from '../policy/policy';
import { moneyAfter, untouchedMoney } from './order-money-fixtures';
import { freezeOrder } from './order-shares';
import { settleWithUnits } from './settle';
import type { OrderMoney, SettledUnit, Settlement, SettlementInput, UnitToSettle } from './settlement-types';

/** Orders and returns for tests, with everything a case does not name left plain. */
export interface OrderSketch extends Partial<Omit<Order, 'lines' | 'discounts' | 'shipments' | 'tenders'>> {
  readonly lines: readonly (Partial<OrderLine> & { readonly unitPrice: number })[];
  readonly discounts?: readonly (Partial<Discount> & { readonly amount: number })[];
  readonly shipments?: readonly (Partial<Shipment> & { readonly shippingAmount: number })[];
  /** Left out: one card pays everything. */
  readonly tenders?: readonly (Partial<Tender> & { readonly amount: number })[];
}

export function tax(...rates: readonly string[]): TaxRate[] {
  return rates.map((rate) => ({ name: 'VAT', rate }));
}

export function sketchOrder(sketch: OrderSketch): Order {
  const lines = sketch.lines.map((line, index) => ({
    lineId: `${index + 1}`,
    sku: `SKU-${index + 1}`,
    title: 'Article',
    category: null,
    supplier: null,
    quantity: 1,
    discountAmount: 0,
    taxRates: [],
    finalSale: false,
    serials: [],
    ...line,
  }));
  const order: Order = {
    orderNumber: 'A1',
    channel: 'web',
    currency: 'CNY',
    placedAt: '2026-11-11T00:00:03Z',
    pricesIncludeTax: true,
    shipTo: null,
    customer: { id: 'c-1', name: 'Li Lei', email: 'li.lei@example.com', phone: null, tier: null, locale: 'zh-CN' },
    pointsEarned: 0,
    pointsSpent: 0,
    giftedCoupons: [],
    freightInsurance: false,
    chargebacks: [],
    ...sketch,
    lines,
    discounts: (sketch.discounts ?? []).map((discount, index) => ({
      discountId: `d${index + 1}`,
      target: 'order' as const,
      lineIds: [],
      shipmentIds: [],
      couponCode: null,
      ...discount,
    })),
    shipments: (sketch.shipments ?? []).map((shipment, index) => ({
      shipmentId: `s${index + 1}`,
      lineIds: lines.map(({ lineId }) => lineId),
      discountAmount: 0,
      taxRates: [],
      deliveredAt: null,
      ...shipment,
    })),
    tenders: [],
  };
  const tenders = sketch.tenders ?? [{ amount: freezeOrder(order).total }];
  return {
    ...order,
    tenders: tenders.map((tender, index) => ({ tenderId: `t${index + 1}`, kind: 'card', provider: 'sandbox', providerPaymentId: null, ...tender })),
  };
}

export const noGradeDeductions = { A: '0', B: '0', C: '0', D: '0' } as const;
export type Rules = SettlementInput['rules'];

export function sketchRules(rules: Partial<Rules> = {}): Rules {
  return { outboundShipping: 'never', tenderOrder: 'first_in', fees: [], gradeDeductions: noGradeDeductions, ...rules };
}

/** A unit that comes back damaged, by the seller's fault, unless said otherwise; `changed_mind` and `wrong_size` are the customer's. */
export function unit(lineId: string, number: number, more: Partial<UnitToSettle> = {}): UnitToSettle {
  const fault: Fault = more.reason === 'changed_mind' || more.reason === 'wrong_size' ? 'customer' : 'seller';
  const plain = { kind: 'refund', reason: 'damaged', grade: null, missingParts: null, exchangePrice: null, adjustmentAmount: null } as const;
  return { lineId, unit: number, fault, ...plain, ...more };
}

/** Settles one return of an order after the other, as they would follow in time. */
export class Returns {
  before: OrderMoney;
  readonly rules: Rules;
  readonly settlements: Settlement[] = [];
  units: readonly SettledUnit[] = [];

  constructor(
    readonly order: Order,
    rules: Partial<Rules> = {},
    readonly more: Partial<SettlementInput> = {},
  ) {
    this.rules = sketchRules(rules);
    this.before = { ...untouchedMoney(order), ...more.before };
  }

  input(units: readonly UnitToSettle[], more: Partial<SettlementInput> = {}): SettlementInput {
    const plain = { policyCurrency: this.order.currency, feesTaken: [], refundTo: 'original', usedCoupons: [] } as const;
    return { order: this.order, rules: this.rules, ...plain, units, ...this.more, ...more, before: more.before ?? this.before };
  }

  settle(units: readonly UnitToSettle[], more: Partial<SettlementInput> = {}): Settlement {
    const input = this.input(units, more);
    const { settlement, units: settled } = settleWithUnits(input);
    this.before = moneyAfter(input, settlement, settled);
    this.settlements.push(settlement);
    this.units = settled;
    return settlement;
  }

  /** The lowest free units of a line; an adjusted one is free again. */
  next(lineId: string, quantity: number, more: Partial<UnitToSettle> = {}): UnitToSettle[] {
    const gone = new Set([...this.before.settledUnits, ...this.before.keptUnits].flatMap((one) => (one.lineId === lineId ? [one.unit] : [])));
    const sold = this.order.lines.find((line) => line.lineId === lineId)?.quantity ?? 0;
    const free = Array.from({ length: sold }, (_, index) => index + 1).filter((number) => !gone.has(number));
    return free.slice(0, quantity).map((number) => unit(lineId, number, more));
  }

  get total(): number {
    return this.settlements.reduce((all, { total }) => all + total, 0);
  }
}
