import type { Discount, Order } from '../order';
import { allocate, allocateWithin, fitsWithin } from './allocate';
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

/** The whole discount of every line and every shipment, in the order's sequence; positive amounts. */
export interface SpreadDiscounts {
  readonly lines: readonly number[];
  readonly shipments: readonly number[];
}

/** Lays every discount of the order on its lines and shipments (CONTRACT §3). Throws DiscountsAboveGoods. */
export function spreadDiscounts(order: Order): SpreadDiscounts {
  const goods = order.lines.map((line) => times(line.unitPrice, line.quantity));
  const carriage = order.shipments.map((shipment) => shipment.shippingAmount);
  const lines = new Balances(goods, 'goods');
  const shipments = new Balances(carriage, 'shipping');
  for (const [index, line] of order.lines.entries()) lines.takeOwn(index, line.discountAmount, `/lines/${index}/discountAmount`);
  for (const [index, shipment] of order.shipments.entries()) shipments.takeOwn(index, shipment.discountAmount, `/shipments/${index}/discountAmount`);

  for (const [discount, pointer] of discountsOn(order, 'line')) {
    lines.takeFrom(
      order.lines.flatMap((line, index) => (discount.lineIds.includes(line.lineId) ? [index] : [])),
      discount.amount,
      pointer,
    );
  }
  for (const [discount, pointer] of discountsOn(order, 'shipping')) {
    const named = discount.shipmentIds;
    const indexes = order.shipments.flatMap((shipment, index) => (named.length === 0 || named.includes(shipment.shipmentId) ? [index] : []));
    shipments.takeFrom(indexes, discount.amount, pointer);
  }
  // Every order discount lies on the same weights: what was left before the first of them.
  const weights = [...lines.left];
  for (const [discount, pointer] of discountsOn(order, 'order')) lines.takeByWeights(weights, discount.amount, pointer);
  return { lines: goods.map((amount, index) => amount - lines.leftOf(index)), shipments: carriage.map((amount, index) => amount - shipments.leftOf(index)) };
}

function discountsOn(order: Order, target: Discount['target']): [Discount, string][] {
  return order.discounts.flatMap((discount, index): [Discount, string][] => (discount.target === target ? [[discount, `/discounts/${index}/amount`]] : []));
}

/** What is left of each line or shipment while discounts are laid on them. */
class Balances {
  readonly left: number[];

  constructor(
    amounts: readonly number[],
    private readonly what: 'goods' | 'shipping',
  ) {
    this.left = [...amounts];
  }

  leftOf(index: number): number {
    return this.left[index] ?? 0;
  }

  takeOwn(index: number, amount: number, pointer: string): void {
    if (amount > this.leftOf(index)) throw this.above(amount, this.leftOf(index), pointer);
    this.left[index] = this.leftOf(index) - amount;
  }

  /** Spread over what is left of those named; as the weights are the room, nobody can be given too much. */
  takeFrom(indexes: readonly number[], amount: number, pointer: string): void {
    const weights = indexes.map((index) => this.leftOf(index));
    if (amount > sum(weights)) throw this.above(amount, sum(weights), pointer);
    for (const [position, share] of allocate(amount, weights).entries()) {
      const index = indexes[position] ?? 0;
      this.left[index] = this.leftOf(index) - share;
    }
  }

  takeByWeights(weights: readonly number[], amount: number, pointer: string): void {
    if (!fitsWithin(amount, weights, this.left)) throw this.above(amount, sum(this.left), pointer);
    for (const [index, share] of allocateWithin(amount, weights, this.left).entries()) this.left[index] = this.leftOf(index) - share;
  }

  private above(amount: number, left: number, pointer: string): DiscountsAboveGoods {
    return new DiscountsAboveGoods(pointer, `A discount of ${amount} is more than the ${left} of ${this.what} it lies on.`);
  }
}
