import { orderBody } from '#libs/contracts/order';
import type { Order } from '#libs/domain/order';
import { orderAnswer } from '#libs/contracts/order-answer';
import { importProblem } from './import-problem';
import { maySee, presentOrder } from './present-order';
import { capturesOf } from './sandbox-captures';

/** The contract's own order. */
const given = {
  orderNumber: 'A1001',
  currency: 'CNY',
  placedAt: '2026-11-11T00:00:03Z',
  customer: { id: 'c-1', name: 'Li Lei', email: 'li.lei@example.com' },
  lines: [{ lineId: '1', sku: 'TEE-M', quantity: 3, unitPrice: 1000, taxRates: [{ name: 'VAT', rate: '0.20' }] }],
  discounts: [{ discountId: 'd1', target: 'order', amount: 299 }],
  shipments: [{ shipmentId: 's1', lineIds: ['1'], shippingAmount: 1200, deliveredAt: '2026-11-13T09:00:00Z' }],
  tenders: [{ tenderId: 't1', kind: 'card', provider: 'sandbox', providerPaymentId: 'pay_ok_1', amount: 3901 }],
};
const orderOf = (change: object = {}): Order => orderBody.parse({ ...given, ...change });

describe('an imported order', () => {
  it('shows what every piece cost and how many can still come back', () => {
    const shown = presentOrder(orderOf(), new Map([['1', 1]]));
    expect(shown.lines[0]).toMatchObject({ paidAmount: 2701, returnableQuantity: 2 });
    expect(shown.lines[0]?.units.map((unit) => unit.paidAmount)).toEqual([900, 901, 900]);
    expect(shown.lines[0]?.units[0]).toEqual({ unit: 1, goodsAmount: 1000, discountAmount: 100, taxAmount: 150, paidAmount: 900 });
  });

  it('has the shape its description promises', () => {
    expect(orderAnswer.strict().parse(presentOrder(orderOf(), new Map()))).toBeTruthy();
  });

  it('is refused with both sums when it does not add up', () => {
    const problem = importProblem(orderOf({ tenders: [{ ...given.tenders[0], amount: 3900 }] }));
    expect(problem?.code).toBe('order_totals_mismatch');
    expect(problem?.message).toContain('3901');
    expect(problem?.message).toContain('3900');
  });

  it('is refused at the discount that is above the goods', () => {
    const problem = importProblem(orderOf({ discounts: [{ discountId: 'd1', target: 'order', amount: 3001 }] }));
    expect(problem?.code).toBe('validation_failed');
    expect(problem?.errors?.[0]?.pointer).toBe('/discounts/0/amount');
  });

  it('passes when it adds up', () => {
    expect(importProblem(orderOf())).toBeNull();
  });
});

describe('who may see an order', () => {
  const customer = { role: 'customer', email: 'LI.LEI@example.com', orderNumber: null } as const;

  it('is its customer, however the address is written', () => {
    expect(maySee(customer, orderOf())).toBe(true);
    expect(maySee({ ...customer, email: 'other@example.com' }, orderOf())).toBe(false);
    expect(maySee({ ...customer, email: null }, orderOf())).toBe(false);
  });

  it('is the holder of a token for it, and for no other order of the same address', () => {
    expect(maySee({ ...customer, orderNumber: 'A1001' }, orderOf())).toBe(true);
    expect(maySee({ ...customer, orderNumber: 'A1002' }, orderOf())).toBe(false);
  });

  it('is staff', () => {
    expect(maySee({ role: 'agent', email: null, orderNumber: null }, orderOf())).toBe(true);
  });
});

describe('what the sandbox has to know', () => {
  it('is its own payments only, each once with all that was captured', () => {
    const tenders = [
      { tenderId: 't1', kind: 'card', provider: 'sandbox', providerPaymentId: 'pay_ok_1', amount: 3000 },
      { tenderId: 't2', kind: 'card', provider: 'sandbox', providerPaymentId: 'pay_ok_1', amount: 500 },
      { tenderId: 't3', kind: 'card', provider: 'other', providerPaymentId: 'x', amount: 400 },
      { tenderId: 't4', kind: 'points', provider: 'sandbox', amount: 1 },
    ];
    expect([...capturesOf(orderOf({ tenders }))]).toEqual([['pay_ok_1', 3500]]);
  });
});
