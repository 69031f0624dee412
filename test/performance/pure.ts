import { Returns, sketchOrder, tax, unit } from '#libs/domain/money/money-fixtures';
import { settle } from '#libs/domain/money/settle';
import type { SettlementInput } from '#libs/domain/money/settlement-types';
import { orderLimits } from '#libs/domain/order';
import { decide } from '#libs/domain/return/decide';
import { application, applicationLine, Bench, sampleOrder, samplePolicy } from '#libs/domain/return/fixtures';

export interface Pure {
  /** Of one order of ten lines with a discount, tax, shipping and two tenders; a return of three of its lines. */
  readonly settlementsPerSecond: number;
  /** The floor: the same inputs read from JSON and the same settlement written as JSON, which is what keeping it costs anyway. */
  readonly keptPerSecond: number;
  /** Of the largest return there is: 2,000 units on 200 lines of 999. */
  readonly largestPerSecond: number;
  /** Applications decided, with assessment, approval and quote. */
  readonly decisionsPerSecond: number;
  /** Answers of the carrier decided for a return of 1,998 exchanged units, each of them shipped on its own. */
  readonly answersAtTheLimitPerSecond: number;
}

/** The rules alone, on one core. */
export function measurePure(ms: number): Pure {
  const input = usual();
  const text = JSON.stringify(input);
  const settlement = settle(input);
  const largest = huge();
  const bench = new Bench();
  const apply = { type: 'apply', id: 'cmd_1', actor: { kind: 'customer', id: 'usr_1' }, application: application() } as const;
  const { state, world } = bench;
  return {
    settlementsPerSecond: perSecond(() => settle(input), ms / 4),
    keptPerSecond: perSecond(() => [JSON.parse(text), JSON.stringify(settlement)], ms / 4),
    largestPerSecond: perSecond(() => settle(largest), ms / 4, 1),
    decisionsPerSecond: perSecond(() => decide(state, apply, world), ms / 4),
    answersAtTheLimitPerSecond: perSecond(answerAtTheLimit(), ms / 4, 1),
  };
}

function usual(): SettlementInput {
  const lines = Array.from({ length: 10 }, (_, index) => ({
    unitPrice: 1999 + index * 137,
    quantity: 1 + (index % 3),
    taxRates: tax('0.19'),
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
  return new Returns(order, { outboundShipping: 'seller_fault' }).input(['1', '4', '7'].map((lineId) => unit(lineId, 1)));
}

function huge(): SettlementInput {
  const lines = Array.from({ length: orderLimits.lines }, (_, index) => ({
    unitPrice: 1000 + index,
    quantity: orderLimits.unitsPerLine,
    taxRates: tax('0.19'),
  }));
  const order = sketchOrder({ lines, discounts: [{ amount: 123_457 }] });
  const each = orderLimits.unitsPerReturn / orderLimits.lines;
  return new Returns(order).input(order.lines.flatMap(({ lineId }) => Array.from({ length: each }, (_, index) => unit(lineId, index + 1))));
}

/** The carrier has taken the first of all replacements. */
function answerAtTheLimit(): () => unknown {
  const lineIds = ['1', '2'];
  const order = sampleOrder({
    lines: lineIds.map(() => ({ unitPrice: 1000, quantity: orderLimits.unitsPerLine, sku: 'TEE-M' })),
    tenders: [{ tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 2 * 1000 * orderLimits.unitsPerLine }],
  });
  const policy = samplePolicy({ approval: { automatic: [] } });
  const bench = new Bench({ order, policy });
  bench.stock['TEE-M'] = { available: 2 * orderLimits.unitsPerLine, price: 1000, title: 'T-shirt, M' };
  bench.apply(lineIds.map((lineId) => applicationLine(lineId, { quantity: orderLimits.unitsPerLine, resolution: 'exchange' })));
  bench.decide('approve', lineIds, 'admin').ship().bring();
  const { id: effect, subject } = bench.state.steps[0]!;
  const result = { kind: 'done', carrier: 'sandbox', trackingNumber: 'OUT1' } as const;
  const input = {
    type: 'outcome',
    id: `${effect}/1`,
    actor: { kind: 'system', id: 'boomerang' },
    effect: `${effect}/1`,
    call: 'reship',
    subject,
    result,
  } as const;
  return () => decide(bench.state, input, bench.world);
}

function perSecond(work: () => unknown, ms: number, batch = 10): number {
  for (const end = performance.now() + ms / 4; performance.now() < end;) work();
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < ms * 0.75) {
    for (let index = 0; index < batch; index++) work();
    count += batch;
  }
  return (count * 1000) / (performance.now() - began);
}
