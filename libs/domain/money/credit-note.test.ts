import fc from 'fast-check';
import { creditedPart, percent, taxesOf, type SettlementRefund } from './credit-note';
import { Returns, sketchOrder, unit } from './money-fixtures';
import { settle } from './settle';
import { sum } from './rational';

const order = sketchOrder({ lines: [{ unitPrice: 1000, quantity: 3, taxRates: [{ name: 'VAT', rate: '0.20' }] }], discounts: [{ amount: 299 }] });
const settlement = settle(new Returns(order).input([unit('1', 1), unit('1', 2)]));
const refund = (refundId: string, amount: number, more: Partial<SettlementRefund> = {}): SettlementRefund => ({
  refundId,
  amount,
  status: 'succeeded',
  redirectedFrom: null,
  ...more,
});

describe('what a refund credits of its settlement', () => {
  it('is all of it when it is the only one', () => {
    expect(creditedPart(order, settlement, [refund('a', 1801)], 'a')).toEqual({
      amount: 1801,
      total: 1801,
      onAccountAmount: 0,
      taxes: [{ name: 'VAT', rate: '0.20', netAmount: 1501, taxAmount: 300 }],
    });
  });

  it('comes to the settlement’s taxes over all its refunds, however it was split', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1800 }), { maxLength: 8 }), (cuts) => {
        const at = [...new Set([0, ...cuts, 1801])].toSorted((one, other) => one - other);
        const refunds = at.slice(1).map((end, index) => refund(`r${index}`, end - at[index]!));
        const parts = refunds.map(({ refundId }) => creditedPart(order, settlement, refunds, refundId));
        expect(sum(parts.flatMap((part) => part.taxes.map((tax) => tax.taxAmount)))).toBe(300);
        expect(sum(parts.flatMap((part) => part.taxes.map((tax) => tax.netAmount)))).toBe(1501);
        for (const part of parts) expect(part.onAccountAmount).toBe(0);
      }),
    );
  });

  it('does not change when another refund of it is redirected, and does not count the one that was replaced', () => {
    const before = [refund('a', 601), refund('b', 600), refund('c', 600)];
    const after = [refund('z', 601, { redirectedFrom: 'a' }), refund('a', 601, { status: 'redirected' }), refund('b', 600), refund('c', 600)];
    expect(creditedPart(order, settlement, after, 'b')).toEqual(creditedPart(order, settlement, before, 'b'));
    expect(creditedPart(order, settlement, after, 'z')).toEqual(creditedPart(order, settlement, before, 'a'));
    expect(() => creditedPart(order, settlement, after, 'a')).toThrow(RangeError);
  });

  it('leaves out what was paid on account before', () => {
    const part = creditedPart(order, settlement, [refund('a', 801)], 'a');
    expect(part).toMatchObject({ amount: 801, total: 1801, onAccountAmount: 1000 });
    expect(part.taxes[0]!.taxAmount).toBe(300 - 167);
  });
});

describe('the taxes', () => {
  const rates = [{ name: 'VAT', rate: '0.20' }];
  const shipped = (taxRates: { name: string; rate: string }[]) => ({ ...order, shipments: [{ ...order.shipments[0]!, shipmentId: 's1', taxRates }] });
  const withShipping = { ...settlement, shipping: [{ shipmentId: 's1', amount: 1200, taxAmount: 200 }] };
  it('have those of outbound shipping with them, in one row where the rate is the same', () => {
    expect(taxesOf(shipped(rates), withShipping)).toEqual([{ name: 'VAT', rate: '0.20', netAmount: 2501, taxAmount: 500 }]);
  });
  it('have a row of its own for shipping under several rates, and none for what bears no tax', () => {
    const row = taxesOf(shipped([...rates, { name: 'City', rate: '0.01' }]), withShipping)[1];
    expect(row).toEqual({ name: 'VAT + City', rate: null, netAmount: 1000, taxAmount: 200 });
    expect(taxesOf(shipped([]), withShipping)).toHaveLength(1);
  });
});

test.each([['0', '0%'], ['0.20', '20%'], ['0.2', '20%'], ['0.0875', '8.75%'], ['1.5', '150%'], ['0.005', '0.5%'], ['0.130', '13%']])('a rate of %s is %s', (rate, text) => {
  expect(percent(rate)).toBe(text);
}); // prettier-ignore
