import type { Order } from '../order';
import { sketchOrder, tax } from './money-fixtures';
import { orderProblem } from './order-problem';
import { freezeOrder, unitShare } from './order-shares';

const sound = sketchOrder({ lines: [{ unitPrice: 1000, quantity: 3 }, { unitPrice: 500 }], shipments: [{ shippingAmount: 1200 }] });
const changed = (change: (order: Order) => Partial<Order>): Order => ({ ...sound, ...change(sound) });
const discount = { discountId: 'd1', target: 'order', lineIds: [], shipmentIds: [], amount: 100, couponCode: null } as const;

test('a sound order has no problem', () => expect(orderProblem(sound)).toBeNull());

test.each([-1, 1])('tenders that are off by %s are refused, and both sums are named', (off) => {
  const order = changed(({ tenders }) => ({ tenders: tenders.map((tender) => ({ ...tender, amount: tender.amount + off })) }));
  expect(orderProblem(order)).toMatchObject({ kind: 'totals_mismatch', expected: 4700, actual: 4700 + off, detail: expect.stringContaining('4700') as string });
});

test.each<[string, string, (order: Order) => Partial<Order>]>([
  ['/lines/1/lineId', 'duplicate', ({ lines }) => ({ lines: lines.map((line) => ({ ...line, lineId: '1' })), shipments: [] })],
  ['/shipments/1/shipmentId', 'duplicate', ({ shipments }) => ({ shipments: [...shipments, ...shipments] })],
  ['/tenders/1/tenderId', 'duplicate', ({ tenders }) => ({ tenders: [...tenders, ...tenders] })],
  ['/discounts/1/discountId', 'duplicate', () => ({ discounts: [discount, discount] })],
  ['/discounts/0/lineIds/1', 'duplicate', () => ({ discounts: [{ ...discount, target: 'line', lineIds: ['1', '1'] }] })],
  ['/shipments/0/lineIds/0', 'unknown_reference', ({ shipments }) => ({ shipments: shipments.map((shipment) => ({ ...shipment, lineIds: ['9'] })) })],
  ['/discounts/0/lineIds/0', 'unknown_reference', () => ({ discounts: [{ ...discount, target: 'line', lineIds: ['9'] }] })],
  ['/discounts/0/shipmentIds/0', 'unknown_reference', () => ({ discounts: [{ ...discount, target: 'shipping', shipmentIds: ['s9'] }] })],
  [
    '/chargebacks/0/tenderId',
    'unknown_reference',
    () => ({ chargebacks: [{ chargebackId: 'c', tenderId: 't9', amount: 1, status: 'open', at: '2026-01-01T00:00:00Z' }] }),
  ],
  ['/discounts/0/lineIds', 'required', () => ({ discounts: [{ ...discount, target: 'line' }] })],
  ['/discounts/0/lineIds', 'not_applicable', () => ({ discounts: [{ ...discount, lineIds: ['1'] }] })],
  ['/discounts/0/shipmentIds', 'not_applicable', () => ({ discounts: [{ ...discount, shipmentIds: ['s1'] }] })],
  ['/lines/0/taxRates/0/rate', 'invalid_rate', ({ lines }) => ({ lines: lines.map((line, index) => ({ ...line, taxRates: index === 0 ? tax('-0.2') : [] })) })],
  ['/lines/0/unitPrice', 'amount_too_large', ({ lines }) => ({ lines: lines.map((line) => ({ ...line, unitPrice: Number.MAX_SAFE_INTEGER - 2 })) })],
  ['', 'amount_too_large', ({ lines }) => ({ lines: lines.map((line) => ({ ...line, quantity: 1, unitPrice: Number.MAX_SAFE_INTEGER })) })],
])('%s: %s', (pointer, code, change) => {
  expect(orderProblem(changed(change))).toMatchObject({ kind: 'invalid', errors: [{ pointer, code }] });
});

test.each<[string, (order: Order) => Partial<Order>]>([
  ['/lines/1/discountAmount', ({ lines }) => ({ lines: lines.map((line) => ({ ...line, discountAmount: 501 })) })],
  ['/shipments/0/discountAmount', ({ shipments }) => ({ shipments: shipments.map((shipment) => ({ ...shipment, discountAmount: 1201 })) })],
  ['/discounts/0/amount', () => ({ discounts: [{ ...discount, amount: 3501 }] })],
  ['/discounts/0/amount', () => ({ discounts: [{ ...discount, target: 'line', lineIds: ['2'], amount: 501 }] })],
  ['/discounts/0/amount', () => ({ discounts: [{ ...discount, target: 'shipping', amount: 1201 }] })],
])('a discount above what it lies on is refused: %s', (pointer, change) => {
  expect(orderProblem(changed(change))).toMatchObject({ kind: 'discounts_above_goods', pointer });
});

test('a discount of exactly the goods is no problem: nothing is left to pay but the carriage', () => {
  const order = changed(({ tenders }) => ({ discounts: [{ ...discount, amount: 3500 }], tenders: tenders.map((tender) => ({ ...tender, amount: 1200 })) }));
  expect(orderProblem(order)).toBeNull();
  expect(unitShare(freezeOrder(order).lines[0] as never, 2)).toMatchObject({ goodsAmount: 1000, discountAmount: 1000, paidAmount: 0 });
});

test('line discounts are laid before order discounts, whatever their place in the list', () => {
  const lines = [{ unitPrice: 1000 }, { unitPrice: 1000 }];
  const onLine = { target: 'line', lineIds: ['1'], amount: 500 } as const;
  const [before, after] = [
    [onLine, { amount: 300 }],
    [{ amount: 300 }, onLine],
  ].map((discounts) => freezeOrder(sketchOrder({ lines, discounts })).lines.map((line) => line.discountAmount));
  expect(before).toEqual([600, 200]);
  expect(after).toEqual(before);
});

test('a discount on several lines or shipments is spread over what is left of those', () => {
  const frozen = freezeOrder(
    sketchOrder({
      lines: [{ unitPrice: 1000, discountAmount: 700 }, { unitPrice: 100 }, { unitPrice: 600 }],
      discounts: [
        { target: 'line', lineIds: ['3', '1'], amount: 90 },
        { target: 'shipping', amount: 90 },
      ],
      shipments: [{ shippingAmount: 200, discountAmount: 100 }, { shippingAmount: 200 }],
    }),
  );
  expect(frozen.lines.map((line) => line.discountAmount)).toEqual([730, 0, 60]);
  expect(frozen.shipments.map((shipment) => shipment.discountAmount)).toEqual([130, 60]);
});

test('every order discount lies on the same weights, so the odd unit of each goes to the same line', () => {
  const frozen = freezeOrder(sketchOrder({ lines: [{ unitPrice: 10 }, { unitPrice: 10 }, { unitPrice: 10 }], discounts: [{ amount: 1 }, { amount: 1 }] }));
  expect(frozen.lines.map((line) => line.discountAmount)).toEqual([2, 0, 0]);
});

test('what overflows a line goes to the lines with room', () => {
  const frozen = freezeOrder(
    sketchOrder({ lines: [{ unitPrice: 1 }, { unitPrice: 1 }, { unitPrice: 1 }], discounts: [{ amount: 1 }, { amount: 1 }, { amount: 1 }] }),
  );
  expect(frozen.lines.map((line) => line.discountAmount)).toEqual([1, 1, 1]);
});

test('a line has its units and no others', () => {
  const [line] = freezeOrder(sound).lines;
  for (const number of [0, 4, 1.5, -1, Number.NaN]) expect(() => unitShare(line as never, number)).toThrow(RangeError);
});
