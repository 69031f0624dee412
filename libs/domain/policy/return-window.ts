import { durationMs } from '../calendar/duration';
import type { Order, OrderLine } from '../order';
import type { ReturnWindow } from './policy';

/**
 * How long a line can be returned: of the entries for its category and the customer's tier the longest, and `duration` where there is neither.
 * ISO 8601.
 */
export function windowOf(window: ReturnWindow, category: string | null, tier: string | null): string {
  const special = [entry(window.byCategory, category), entry(window.byTier, tier)].filter((duration) => duration !== null);
  return special.toSorted((a, b) => durationMs(b) - durationMs(a))[0] ?? window.duration;
}

/**
 * When a line reached the customer, ms: the last of its shipments that did; a shipment that names no lines carries all. A line that nothing carries was
 * handed over with the order. Null: not yet.
 */
export function deliveredAt(order: Pick<Order, 'placedAt' | 'shipments'>, line: Pick<OrderLine, 'lineId'>): number | null {
  const carrying = order.shipments.filter((shipment) => shipment.lineIds.length === 0 || shipment.lineIds.includes(line.lineId));
  if (carrying.length === 0) return Date.parse(order.placedAt);
  const arrivals = carrying.flatMap((shipment) => (shipment.deliveredAt === null ? [] : [Date.parse(shipment.deliveredAt)]));
  return arrivals.length === 0 ? null : Math.max(...arrivals);
}

/** The last moment a line can be returned, ms. Null while the window has not begun: it runs from a delivery that is still to come. */
export function windowEnd(window: ReturnWindow, order: Order, line: OrderLine, tier: string | null, needsDelivery: boolean): number | null {
  const placed = Date.parse(order.placedAt);
  const begin = window.from === 'placed' ? placed : (deliveredAt(order, line) ?? (needsDelivery ? null : placed));
  return begin === null ? null : begin + durationMs(windowOf(window, line.category, tier));
}

function entry(table: Readonly<Record<string, string>>, key: string | null): string | null {
  return key !== null && Object.hasOwn(table, key) ? (table[key] ?? null) : null;
}
