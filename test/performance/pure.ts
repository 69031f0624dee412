import { settle } from '#libs/domain/money/settle';
import { Returns, unit } from '#libs/domain/money/money-fixtures';
import { decide } from '#libs/domain/return/decide';
import { application, Bench, sampleOrder } from '#libs/domain/return/fixtures';

export interface Pure {
  /** Of one order of ten lines with a discount, tax, shipping and two tenders; a return of three of its lines. */
  readonly settlementsPerSecond: number;
  /** Applications decided, with assessment, approval and quote. */
  readonly decisionsPerSecond: number;
}

/** The rules alone, on one core. */
export function measurePure(ms: number): Pure {
  const lines = Array.from({ length: 10 }, (_, index) => ({
    unitPrice: 1999 + index * 137,
    quantity: 1 + (index % 3),
    taxRates: [{ name: 'VAT', rate: '0.19' }],
  }));
  const total = lines.reduce((sum, line) => sum + line.unitPrice * line.quantity, 0) - 1500 + 800;
  const order = sampleOrder({
    lines,
    discounts: [{ amount: 1500 }],
    shipments: [{ shippingAmount: 800 }],
    tenders: [
      { tenderId: 't1', kind: 'gift_card', amount: 5000 },
      { tenderId: 't2', amount: total - 5000 },
    ],
  });
  const input = new Returns(order, { outboundShipping: 'seller_fault' }).input(['1', '4', '7'].map((lineId) => unit(lineId, 1)));
  const bench = new Bench();
  const apply = { type: 'apply', id: 'cmd_1', actor: { kind: 'customer', id: 'usr_1' }, application: application() } as const;
  const { state, world } = bench;
  return { settlementsPerSecond: perSecond(() => settle(input), ms / 2), decisionsPerSecond: perSecond(() => decide(state, apply, world), ms / 2) };
}

function perSecond(work: () => unknown, ms: number): number {
  for (const end = performance.now() + ms / 4; performance.now() < end;) work();
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < ms * 0.75) {
    for (let batch = 0; batch < 10; batch++) work();
    count += 10;
  }
  return (count * 1000) / (performance.now() - began);
}
