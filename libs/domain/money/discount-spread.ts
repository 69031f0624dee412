import type { Discount, Order } from '../order';
import { type Allocator, fitsWithin, spreadWithin } from './allocator';
import { sum, times } from './rational';

/** A discount that is larger than what it lies on. `pointer` is a JSON pointer into the order. */
export class DiscountsAboveGoods extends RangeError {
  override readonly name = 'DiscountsAboveGoods';
  constructor(
    readonly pointer: string,
    message: string,
  ) {
    super(message);
  }
}

/** What one discount takes off a line or shipment; a positive amount. `discountId` null: its own `discountAmount`. */
export interface LaidDiscount {
  readonly discountId: string | null;
  readonly couponCode: string | null;
  readonly amount: number;
}
/** The discounts of every line and every shipment, in the order's sequence. */
export interface SpreadDiscounts {
  readonly lines: readonly (readonly LaidDiscount[])[];
  readonly shipments: readonly (readonly LaidDiscount[])[];
}

/** Lays every discount of the order on its lines and shipments (CONTRACT §3). Throws DiscountsAboveGoods. */
export function spreadDiscounts(order: Order, allocator: Allocator): SpreadDiscounts {
  const goods = order.lines.map((line) => times(line.unitPrice, line.quantity));
  const carriage = order.shipments.map((shipment) => shipment.shippingAmount);
  const lines = new Balances(goods, 'goods', allocator);
  const shipments = new Balances(carriage, 'shipping', allocator);
  for (const [index, line] of order.lines.entries()) lines.takeOwn(index, line.discountAmount, `/lines/${index}/discountAmount`);
  for (const [index, shipment] of order.shipments.entries()) shipments.takeOwn(index, shipment.discountAmount, `/shipments/${index}/discountAmount`);

  for (const [discount, pointer] of discountsOn(order, 'line')) {
    lines.takeFrom(
      order.lines.flatMap((line, index) => (discount.lineIds.includes(line.lineId) ? [index] : [])),
      discount,
      pointer,
    );
  }
  for (const [discount, pointer] of discountsOn(order, 'shipping')) {
    const named = discount.shipmentIds;
    const indexes = order.shipments.flatMap((shipment, index) => (named.length === 0 || named.includes(shipment.shipmentId) ? [index] : []));
    shipments.takeFrom(indexes, discount, pointer);
  }
  // Every order discount lies on the same weights: what was left before the first of them.
  const weights = [...lines.left];
  for (const [discount, pointer] of discountsOn(order, 'order')) lines.takeByWeights(weights, discount, pointer);
  return { lines: lines.laid, shipments: shipments.laid };
}

function discountsOn(order: Order, target: Discount['target']): [Discount, string][] {
  return order.discounts.flatMap((discount, index): [Discount, string][] => (discount.target === target ? [[discount, `/discounts/${index}/amount`]] : []));
}

/** What is left of each line or shipment while discounts are laid on them. */
class Balances {
  readonly left: number[];
  readonly laid: LaidDiscount[][];

  constructor(
    amounts: readonly number[],
    private readonly what: 'goods' | 'shipping',
    private readonly allocator: Allocator,
  ) {
    this.left = [...amounts];
    this.laid = amounts.map(() => []);
  }

  takeOwn(index: number, amount: number, pointer: string): void {
    if (amount > this.leftOf(index)) throw this.above(amount, this.leftOf(index), pointer);
    this.lay(index, { discountId: null, couponCode: null, amount });
  }

  /** Spread over what is left of those named; as the weights are the room, nobody can be given too much. */
  takeFrom(indexes: readonly number[], { discountId, couponCode, amount }: Discount, pointer: string): void {
    const weights = indexes.map((index) => this.leftOf(index));
    if (amount > sum(weights)) throw this.above(amount, sum(weights), pointer);
    for (const [position, share] of this.allocator.spread(amount, weights).entries())
      this.lay(indexes[position] ?? 0, { discountId, couponCode, amount: share });
  }

  takeByWeights(weights: readonly number[], { discountId, couponCode, amount }: Discount, pointer: string): void {
    if (!fitsWithin(amount, weights, this.left)) throw this.above(amount, sum(this.left), pointer);
    for (const [index, share] of spreadWithin(this.allocator, amount, weights, this.left).entries()) this.lay(index, { discountId, couponCode, amount: share });
  }

  private leftOf(index: number): number {
    return this.left[index] ?? 0;
  }

  private lay(index: number, discount: LaidDiscount): void {
    if (discount.amount === 0) return;
    this.left[index] = this.leftOf(index) - discount.amount;
    this.laid[index]?.push(discount);
  }

  private above(amount: number, left: number, pointer: string): DiscountsAboveGoods {
    return new DiscountsAboveGoods(pointer, `A discount of ${amount} is more than the ${left} of ${this.what} it lies on.`);
  }
}
