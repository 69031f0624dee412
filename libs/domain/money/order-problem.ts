import type { Order } from '../order';
import { DiscountsAboveGoods } from './discount-spread';
import { freezeOrder, type FrozenOrder } from './order-shares';
import { AmountTooLarge, isRate, sum, times } from './rational';

/** One bad place of an order; `pointer` is a JSON pointer into it. */
export interface OrderInputError {
  readonly pointer: string;
  readonly code: 'duplicate' | 'unknown_reference' | 'required' | 'not_applicable' | 'invalid_rate' | 'amount_too_large';
  readonly detail: string;
}
/** Why an order cannot be taken in. `expected`: what was sold comes to; `actual`: what the tenders come to. */
export type OrderProblem =
  | { readonly kind: 'invalid'; readonly errors: readonly OrderInputError[] }
  | { readonly kind: 'discounts_above_goods'; readonly pointer: string; readonly detail: string }
  | { readonly kind: 'totals_mismatch'; readonly expected: number; readonly actual: number; readonly detail: string };

/** Null when the order is sound: what it refers to exists, its discounts fit, its sums are exact and its tenders pay for it. */
export function orderProblem(order: Order): OrderProblem | null {
  const errors = [...duplicates(order), ...references(order), ...discountTargets(order), ...rates(order), ...sizes(order)];
  if (errors.length > 0) return { kind: 'invalid', errors };
  try {
    return totalsProblem(order, freezeOrder(order));
  } catch (error) {
    if (error instanceof DiscountsAboveGoods) return { kind: 'discounts_above_goods', pointer: error.pointer, detail: error.message };
    if (error instanceof AmountTooLarge) return { kind: 'invalid', errors: [tooLarge('')] };
    throw error;
  }
}

function totalsProblem(order: Order, frozen: FrozenOrder): OrderProblem | null {
  const expected = frozen.total;
  const actual = sum(order.tenders.map((tender) => tender.amount));
  if (expected === actual) return null;
  const tax = order.pricesIncludeTax ? '' : ' and tax';
  return {
    kind: 'totals_mismatch',
    expected,
    actual,
    detail: `Goods less discounts plus shipping${tax} come to ${expected}, the tenders come to ${actual}.`,
  };
}

function* duplicates(order: Order): Generator<OrderInputError> {
  const lists: [string, readonly string[]][] = [
    ['/lines/#/lineId', order.lines.map((line) => line.lineId)],
    ['/shipments/#/shipmentId', order.shipments.map((shipment) => shipment.shipmentId)],
    ['/tenders/#/tenderId', order.tenders.map((tender) => tender.tenderId)],
    ['/discounts/#/discountId', order.discounts.map((discount) => discount.discountId)],
    ['/chargebacks/#/chargebackId', order.chargebacks.map((chargeback) => chargeback.chargebackId)],
    ['/giftedCoupons/#/code', order.giftedCoupons.map((coupon) => coupon.code)],
    ...order.shipments.map((shipment, index): [string, readonly string[]] => [`/shipments/${index}/lineIds/#`, shipment.lineIds]),
    ...order.discounts.map((discount, index): [string, readonly string[]] => [`/discounts/${index}/lineIds/#`, discount.lineIds]),
    ...order.discounts.map((discount, index): [string, readonly string[]] => [`/discounts/${index}/shipmentIds/#`, discount.shipmentIds]),
  ];
  for (const [pattern, ids] of lists) {
    const seen = new Set<string>();
    for (const [index, id] of ids.entries()) {
      if (seen.has(id)) yield { pointer: pattern.replace('#', String(index)), code: 'duplicate', detail: `"${id}" is named twice.` };
      seen.add(id);
    }
  }
}

function* references(order: Order): Generator<OrderInputError> {
  const lines = new Set(order.lines.map((line) => line.lineId));
  const shipments = new Set(order.shipments.map((shipment) => shipment.shipmentId));
  const tenders = new Set(order.tenders.map((tender) => tender.tenderId));
  for (const [index, shipment] of order.shipments.entries()) yield* unknown(shipment.lineIds, lines, `/shipments/${index}/lineIds`, 'line');
  for (const [index, discount] of order.discounts.entries()) {
    yield* unknown(discount.lineIds, lines, `/discounts/${index}/lineIds`, 'line');
    yield* unknown(discount.shipmentIds, shipments, `/discounts/${index}/shipmentIds`, 'shipment');
  }
  for (const [index, { tenderId }] of order.chargebacks.entries()) {
    if (!tenders.has(tenderId)) yield unknownReference(`/chargebacks/${index}/tenderId`, 'tender', tenderId);
  }
}

function* unknown(ids: readonly string[], known: ReadonlySet<string>, pointer: string, what: string): Generator<OrderInputError> {
  for (const [index, id] of ids.entries()) if (!known.has(id)) yield unknownReference(`${pointer}/${index}`, what, id);
}

function unknownReference(pointer: string, what: string, id: string): OrderInputError {
  return { pointer, code: 'unknown_reference', detail: `The order has no ${what} "${id}".` };
}

/** A discount names what its target says and nothing else: an id that would be passed over silently is refused. */
function* discountTargets(order: Order): Generator<OrderInputError> {
  for (const [index, discount] of order.discounts.entries()) {
    if (discount.target === 'line' && discount.lineIds.length === 0) {
      yield { pointer: `/discounts/${index}/lineIds`, code: 'required', detail: 'A discount on lines names at least one.' };
    }
    if (discount.target !== 'line' && discount.lineIds.length > 0) {
      yield { pointer: `/discounts/${index}/lineIds`, code: 'not_applicable', detail: `A discount with target "${discount.target}" names no lines.` };
    }
    if (discount.target !== 'shipping' && discount.shipmentIds.length > 0) {
      yield { pointer: `/discounts/${index}/shipmentIds`, code: 'not_applicable', detail: `A discount with target "${discount.target}" names no shipments.` };
    }
  }
}

function* rates(order: Order): Generator<OrderInputError> {
  for (const [part, list] of [
    ['lines', order.lines],
    ['shipments', order.shipments],
  ] as const) {
    for (const [index, { taxRates }] of list.entries()) {
      for (const [position, tax] of taxRates.entries()) {
        if (!isRate(tax.rate))
          yield { pointer: `/${part}/${index}/taxRates/${position}/rate`, code: 'invalid_rate', detail: `"${tax.rate}" is no decimal rate.` };
      }
    }
  }
}

function* sizes(order: Order): Generator<OrderInputError> {
  for (const [index, line] of order.lines.entries()) if (!exact(() => times(line.unitPrice, line.quantity))) yield tooLarge(`/lines/${index}/unitPrice`);
  const totals: [string, readonly number[]][] = [
    ['/discounts', order.discounts.map((discount) => discount.amount)],
    ['/shipments', order.shipments.map((shipment) => shipment.shippingAmount)],
    ['/tenders', order.tenders.map((tender) => tender.amount)],
  ];
  for (const [pointer, amounts] of totals) if (!exact(() => sum(amounts))) yield tooLarge(pointer);
}

function exact(calculation: () => number): boolean {
  try {
    calculation();
    return true;
  } catch (error) {
    if (error instanceof AmountTooLarge) return false;
    throw error;
  }
}

function tooLarge(pointer: string): OrderInputError {
  return { pointer, code: 'amount_too_large', detail: `The sum is beyond ${Number.MAX_SAFE_INTEGER} minor units.` };
}
