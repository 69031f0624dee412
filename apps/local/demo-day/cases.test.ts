import { applyBody } from '#libs/contracts/return-requests';
import { orderBody } from '#libs/contracts/order';
import { orderProblem } from '#libs/domain/money/order-problem';
import { cases, orderOf } from './cases';

const today = new Date('2026-11-22T00:00:00Z');
const orders = cases.map((one, position) => ({ one, order: orderOf('DAY', position, one, today) }));

describe('the returns of the demo day', () => {
  test.each(orders.map(({ one, order }) => [one.title, one, order] as const))('%s: the order adds up, and the application is one', (_title, one, order) => {
    expect(orderProblem(orderBody.parse(order))).toBeNull();
    expect(applyBody.safeParse({ orderNumber: order.orderNumber, ...one.application }).error).toBeUndefined();
  });

  test('have orders of their own, delivered before the day begins', () => {
    expect(new Set(orders.map(({ order }) => order.orderNumber)).size).toBe(cases.length);
    for (const { order } of orders) expect(Date.parse(order.shipments[0]!.deliveredAt!)).toBeLessThan(today.getTime());
  });
});
