import { settleWithUnits, SettlementError } from '../money/settle';
import type { Settlement } from '../money/settlement-types';
import { assess, type Assessment } from '../policy/eligibility';
import { priorityOf } from '../policy/priorities';
import { freezeOrder, unitShare, type UnitShare } from '../money/order-shares';
import type { Event } from './evolve';
import { invalidField, refuse, type Application, type Input, type Refusal, type World } from './input';
import { settlementInput, type Settling } from './settlement';
import { unitKey, type Line, type ReturnState } from './state';

/** What a customer is told before asking, and what is recorded when they do. */
export interface Quote {
  readonly assessment: Assessment;
  readonly settlement: Settlement;
  /** What each unit brings, by unit key. */
  readonly amounts: ReadonlyMap<string, number>;
}

/** Commits nothing; the application uses the same code. Refused only where the application does not fit the order at all. */
export function quote(application: Application, world: World): Quote | Refusal {
  const frozen = freezeOrder(world.order);
  const over = (value: (share: UnitShare, lineId: string) => number) => (lineId: string, units: readonly number[]) => {
    const line = frozen.lines.find((candidate) => candidate.lineId === lineId);
    return line ? units.reduce((sum, unit) => sum + value(unitShare(line, unit), lineId), 0) : 0;
  };
  // What an earlier adjustment gave is not there to be given again.
  const given = (lineId: string, unit: number) =>
    world.money.givenAmounts.reduce((sum, one) => (one.lineId === lineId && one.unit === unit ? sum + one.amount : sum), 0);
  const unitAmounts = over((share, lineId) => Math.max(0, share.paidAmount - given(lineId, share.unit)));
  const unitPrices = over((share) => share.goodsAmount - share.discountAmount);
  const assessment = assess(application, { ...world, unitAmounts, unitPrices });
  const [unknown] = assessment.unknownLines;
  if (unknown !== undefined) {
    const index = application.lines.findIndex((line) => line.lineId === unknown);
    return invalidField(`/lines/${index}/lineId`, 'unknown_line', `order ${world.order.orderNumber} has no line ${unknown}`);
  }
  try {
    const { settlement, units } = settleWithUnits(settlementInput(settlingOf(application, assessment, world), world, application.refundTo, []));
    return { assessment, settlement, amounts: new Map(units.map((unit) => [unitKey(unit), unit.refundAmount])) };
  } catch (error) {
    if (error instanceof SettlementError) return refuse('amount_unavailable', error.message);
    throw error;
  }
}

export function apply(state: ReturnState, { application }: Input<'apply'>, world: World): readonly Event[] | Refusal {
  if (state.sequence > 0) return refuse('invalid_state', 'this return was applied for already');
  const found = quote(application, world);
  if ('refusal' in found) return found;
  const { assessment, settlement, amounts } = found;
  if (!assessment.eligible)
    return refuse('not_eligible', 'not everything can be returned as asked', { lines: assessment.lines.map(({ lineId, findings }) => ({ lineId, findings })) });
  const lines = application.lines.map((asked, index) => lineOf(asked, assessment.lines[index]!, world));
  const total = settlement.total;
  const { level } = priorityOf(world.policy, {
    reasons: lines.map((line) => line.reason),
    tier: world.customer.tier,
    amount: total,
    currency: world.order.currency,
  });
  const applied: Event = {
    type: 'applied',
    number: world.newReturnNumber(),
    orderNumber: world.order.orderNumber,
    channel: application.channel ?? world.order.channel,
    currency: world.order.currency,
    policy: world.policyRef,
    method: application.method,
    pickup: application.pickup,
    refundTo: application.refundTo,
    priority: level,
    lines,
    units: assessment.lines.flatMap(({ lineId, units }) => units.map((unit) => [lineId, unit, amounts.get(unitKey({ lineId, unit })) ?? 0] as const)),
    detail: {
      customerId: world.order.customer.id,
      quote: settlement,
      lines: lines.map(({ lineId }) => ({ lineId, title: world.order.lines.find((line) => line.lineId === lineId)!.title })),
    },
  };
  const approved: Event = { type: 'lines_approved', lines: lines.map((line) => line.lineId), set: { authorization: 'approved' }, detail: { by: 'policy' } };
  return assessment.approval === 'automatic' ? [applied, approved] : [applied];
}

function lineOf(asked: Application['lines'][number], assessed: Assessment['lines'][number], world: World): Line {
  const exchangeSku = asked.resolution === 'exchange' ? (asked.exchangeSku ?? skuOf(asked.lineId, world)) : null;
  return {
    lineId: asked.lineId,
    sku: skuOf(asked.lineId, world),
    reason: asked.reason,
    fault: assessed.fault,
    resolution: asked.resolution,
    goodsBack: assessed.goodsBack,
    authorization: 'pending',
    decidedBy: null,
    appeal: null,
    exchangeSku,
    exchangePrice: exchangePriceOf(asked, world),
    adjustmentAmount: asked.adjustmentAmount,
  };
}
/** The same article again is even, whatever it costs by now: no price. */
function exchangePriceOf({ lineId, resolution, exchangeSku }: Application['lines'][number], world: World): number | null {
  if (resolution !== 'exchange' || exchangeSku === null || exchangeSku === skuOf(lineId, world)) return null;
  return world.stock[exchangeSku]?.price ?? null;
}
const skuOf = (lineId: string, world: World): string => world.order.lines.find((line) => line.lineId === lineId)!.sku;

/** The units of an application as a settlement sees them, supposing that everything arrives as new. */
function settlingOf(application: Application, assessment: Assessment, world: World): Settling[] {
  return application.lines.flatMap((asked, index) => {
    const { units, fault, goodsBack } = assessment.lines[index]!;
    return units.map((unit, position) => ({
      lineId: asked.lineId,
      unit,
      resolution: asked.resolution,
      reason: asked.reason,
      fault,
      grade: null,
      missingParts: null,
      keepsGoods: asked.resolution !== 'adjustment' && asked.resolution !== 'reship' && !goodsBack,
      exchangePrice: exchangePriceOf(asked, world),
      adjustmentAmount: position === 0 ? asked.adjustmentAmount : null,
    }));
  });
}
