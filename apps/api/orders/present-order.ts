import type { Caller } from '#libs/contracts/caller';
import { freezeOrder, unitShares, type UnitShare } from '#libs/domain/money/order-shares';
import type { Order, OrderLine } from '#libs/domain/order';

export interface PresentedLine extends OrderLine {
  readonly paidAmount: number;
  readonly returnableQuantity: number;
  readonly units: readonly Omit<UnitShare, 'taxes'>[];
}
/** An order as its readers see it (`orderAnswer`). */
export interface PresentedOrder extends Order {
  readonly lines: readonly PresentedLine[];
}

/**
 * The order with what every piece of it cost and how many of a line can still come back.
 * @param claimed pieces that returns hold or have had, by line
 */
export function presentOrder(order: Order, claimed: ReadonlyMap<string, number>): PresentedOrder {
  const frozen = freezeOrder(order);
  const lines = order.lines.map((line, index) => {
    const shares = frozen.lines[index];
    if (!shares) throw new Error(`line ${line.lineId} of order ${order.orderNumber} has no shares`);
    return {
      ...line,
      paidAmount: shares.paidAmount,
      returnableQuantity: Math.max(0, line.quantity - (claimed.get(line.lineId) ?? 0)),
      units: unitShares(shares).map(({ taxes: _taxes, ...unit }) => unit),
    };
  });
  return { ...order, lines };
}

/** Staff and the shop see every order of the merchant. A customer sees those sold to their address; a token of order-access opens its order alone. */
export function maySee(caller: Pick<Caller, 'role' | 'email' | 'orderNumber'>, order: Pick<Order, 'orderNumber' | 'customer'>): boolean {
  if (caller.role !== 'customer') return true;
  if (caller.orderNumber !== null) return caller.orderNumber === order.orderNumber;
  return caller.email !== null && caller.email.toLowerCase() === order.customer.email.toLowerCase();
}
