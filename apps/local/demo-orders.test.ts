import { demoInventory, demoOrders, type DemoOrder } from './demo-orders';

const now = new Date('2026-11-22T08:00:00Z');
const orders = demoOrders(now);

/** Whole per mille and tenths of it: rates here have at most three decimals, so this stays in integers. */
function roundedShare(amount: number, rate: string): number {
  const thousandths = Math.round(Number(rate) * 1000);
  return Math.floor((amount * thousandths * 2 + 1000) / 2000);
}

function owed(order: DemoOrder): number {
  const weights = order.lines.map((line) => line.quantity * line.unitPrice - line.discountAmount);
  const goods = weights.reduce((sum, weight) => sum + weight, 0);
  const discounts = order.discounts.reduce((sum, discount) => sum + discount.amount, 0);
  const shipping = order.shipments.reduce((sum, shipment) => sum + shipment.shippingAmount - shipment.discountAmount, 0);
  if (order.pricesIncludeTax) return goods - discounts + shipping;
  expect(discounts).toBe(0); // this plain sum knows no discounts on untaxed prices
  const tax = order.lines.flatMap((line, index) => line.taxRates.map(({ rate }) => roundedShare(weights[index]!, rate)));
  return goods + shipping + tax.reduce((sum, amount) => sum + amount, 0);
}

describe('the demo orders', () => {
  test.each(orders.map((order) => [order.orderNumber, order] as const))('%s is paid to the last minor unit', (_number, order) => {
    expect(order.tenders.reduce((sum, tender) => sum + tender.amount, 0)).toBe(owed(order));
  });

  test('have a number and a payment of their own each', () => {
    expect(new Set(orders.map(({ orderNumber }) => orderNumber)).size).toBe(orders.length);
    const payments = orders.flatMap(({ tenders }) => tenders.map(({ providerPaymentId }) => providerPaymentId));
    expect(new Set(payments).size).toBe(payments.length);
  });

  test('are placed before they are delivered, and delivered before today', () => {
    for (const { placedAt, shipments } of orders)
      for (const { deliveredAt } of shipments) {
        if (deliveredAt === undefined) continue;
        expect(Date.parse(deliveredAt)).toBeGreaterThan(Date.parse(placedAt));
        expect(Date.parse(deliveredAt)).toBeLessThan(now.getTime());
      }
  });

  test('begin with the order the documentation uses', () => {
    expect(orders[0]).toMatchObject({ orderNumber: 'A1001', tenders: [{ providerPaymentId: 'pay_ok_1', amount: 3901 }], discounts: [{ amount: 299 }] });
  });

  test('can be exchanged within their category', () => {
    const inStock = demoInventory.filter(({ available }) => available > 0).map(({ sku }) => sku);
    expect(inStock).toEqual(expect.arrayContaining(['JACKET-L', 'TEE-L']));
  });
});
