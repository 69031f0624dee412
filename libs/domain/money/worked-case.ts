import { type OrderSketch, Returns, type Rules, sketchOrder } from './money-fixtures';
import { SettlementError } from './settle';
import type { OrderMoney, Settlement, SettlementInput, UnitToSettle } from './settlement-types';

/** What a step of a case comes to; a case names the figures it is about. Fees and shipping as they stand in a settlement: what lowers a sum is negative. */
export interface Figures {
  readonly total?: number;
  /** Instead of figures: why nothing was settled. */
  readonly refused?: SettlementError['code'];
  readonly goods?: number;
  readonly discount?: number;
  readonly lineTax?: number;
  /** By line. */
  readonly lines?: Readonly<Record<string, number>>;
  /** What is left of each unit after fees. */
  readonly units?: readonly number[];
  readonly shipping?: number;
  readonly shippingTax?: number;
  /** By kind, and by kind and line. */
  readonly fees?: Readonly<Record<string, number>>;
  readonly feesByLine?: readonly (readonly [kind: string, lineId: string, amount: number])[];
  /** By rate. */
  readonly taxes?: Readonly<Record<string, number>>;
  readonly netAmounts?: Readonly<Record<string, number>>;
  readonly tenders?: readonly (readonly [tenderId: string, amount: number])[];
  readonly clawbacks?: number;
  readonly revoked?: number;
  readonly restored?: number;
  readonly coupons?: Settlement['coupons'];
}
export interface Step extends Figures {
  /** The lowest free units of each line. */
  readonly return: readonly (readonly [lineId: string, quantity: number, more?: Partial<UnitToSettle>])[];
  readonly more?: Partial<SettlementInput>;
  /** Refunds that the shop made elsewhere before this step, by tender. */
  readonly elsewhere?: Readonly<Record<string, number>>;
  /** Finance did not let it go: afterwards everything is as if it had not been. */
  readonly withdrawn?: true;
}
export interface Case {
  readonly order: OrderSketch;
  readonly rules?: Partial<Rules>;
  readonly more?: Partial<SettlementInput>;
  readonly steps: readonly Step[];
  /** All totals that stand. */
  readonly together?: number;
}

/** Plays a case; answers its steps with the figures that came out in the place of those it names. */
export function play({ order, rules, more, steps, together }: Case): Pick<Case, 'steps' | 'together'> {
  const returns = new Returns(sketchOrder(order), rules, more);
  const played = steps.map((step) => ({ ...step, ...only(step, take(returns, step)) }));
  return { steps: played, ...(together !== undefined && { together: returns.total }) };
}

function take(returns: Returns, step: Step): Figures {
  returns.before = { ...returns.before, tenders: returns.before.tenders.map((tender) => refunded(tender, step.elsewhere?.[tender.tenderId] ?? 0)) };
  const { before } = returns;
  const units = step.return.flatMap(([lineId, quantity, which]) => adjustedOnce(returns.next(lineId, quantity, which)));
  try {
    const settlement = returns.settle(units, step.more);
    const figures = figuresOf(
      settlement,
      returns.units.map(({ refundAmount }) => refundAmount),
    );
    if (step.withdrawn) {
      returns.before = before;
      returns.settlements.pop();
    }
    return figures;
  } catch (error) {
    if (error instanceof SettlementError) return { refused: error.code };
    throw error;
  }
}

/** An adjustment's amount is its line's and stands at its first unit. */
function adjustedOnce(units: readonly UnitToSettle[]): UnitToSettle[] {
  return units.map((unit, index) => (index === 0 ? unit : { ...unit, adjustmentAmount: null }));
}

function refunded(tender: OrderMoney['tenders'][number], amount: number): OrderMoney['tenders'][number] {
  return { ...tender, refundedAmount: tender.refundedAmount + amount };
}

const figureNames = [
  ...(['total', 'refused', 'goods', 'discount', 'lineTax', 'lines', 'units', 'shipping', 'shippingTax', 'fees', 'feesByLine'] as const),
  ...(['taxes', 'netAmounts', 'tenders', 'clawbacks', 'revoked', 'restored', 'coupons'] as const),
] satisfies (keyof Figures)[];

/** What a step names, and whether it was refused: a case that does not expect that must see it. */
function only(named: Figures, figures: Figures): Figures {
  return Object.fromEntries(figureNames.filter((name) => name in named || (name === 'refused' && name in figures)).map((name) => [name, figures[name]]));
}

const total = (numbers: readonly number[]) => numbers.reduce((all, number) => all + number, 0);
function by<Row>(rows: readonly Row[], key: (row: Row) => string, value: (row: Row) => number): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const row of rows) sums[key(row)] = (sums[key(row)] ?? 0) + value(row);
  return sums;
}

function figuresOf(settlement: Settlement, units: readonly number[]): Figures {
  const { lines, shipping, fees, taxes, tenders, clawbacks, points, coupons } = settlement;
  return {
    total: settlement.total,
    goods: total(lines.map((line) => line.goodsAmount)),
    discount: total(lines.map((line) => line.discountAmount)),
    lineTax: total(lines.map((line) => line.taxAmount)),
    lines: by(
      lines,
      (line) => line.lineId,
      (line) => line.amount,
    ),
    units,
    shipping: total(shipping.map((row) => row.amount)),
    shippingTax: total(shipping.map((row) => row.taxAmount)),
    fees: by(
      fees,
      (fee) => fee.kind,
      (fee) => fee.amount,
    ),
    feesByLine: fees.map((fee) => [fee.kind, fee.lineId ?? '', fee.amount]),
    taxes: by(
      taxes,
      (tax) => tax.rate,
      (tax) => tax.taxAmount,
    ),
    netAmounts: by(
      taxes,
      (tax) => tax.rate,
      (tax) => tax.netAmount,
    ),
    tenders: tenders.map(({ tenderId, amount }) => [tenderId, amount]),
    clawbacks: total(clawbacks.map(({ amount }) => amount)),
    revoked: points.revoked,
    restored: points.restored,
    coupons,
  };
}
