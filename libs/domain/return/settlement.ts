import { amountFeesTaken } from '../money/fees';
import { currentRules } from '../money/rule-versions';
import { settleWithUnits, SettlementError } from '../money/settle';
import type { Settlement, SettlementInput, UnitToSettle } from '../money/settlement-types';
import { paymentIdOf } from '../money/store-credit';
import type { Resolution } from '../policy/policy';
import { total } from './advance-book';
import { advancesFor, dropUnpaid, moneyOfAdvance, usedOf, usesOf, withoutHolds } from './advance-settling';
import { needsApproval } from './approval';
import { evolve, type Event } from './evolve';
import type { World } from './input';
import { unitKey, type Refund, type ReturnState, type Unit, type UnitKey } from './state';
import { inspected, isRejected, lineOf, replacementOf } from './tables';
import { worldAfter } from './world-after';

export interface Settling extends Omit<UnitToSettle, 'kind'> {
  readonly resolution: Resolution;
}
const kinds = {
  refund: 'refund',
  refund_only: 'refund',
  exchange: 'exchange',
  adjustment: 'adjustment',
  reship: 'none',
  repair: 'none',
} as const satisfies Record<Resolution, UnitToSettle['kind']>;

export function settlementInput(
  units: readonly Settling[],
  world: World,
  refundTo: ReturnState['refundTo'],
  feesTaken: SettlementInput['feesTaken'],
): SettlementInput {
  return {
    order: world.order,
    rules: world.policy.refund,
    policyCurrency: world.policy.currency,
    units: units.map(({ resolution, ...unit }) => ({ ...unit, kind: kinds[resolution] })),
    before: world.money,
    feesTaken,
    refundTo,
    usedCoupons: world.usedCoupons,
  };
}

/** What a unit gets in the end: what its line asked for, unless somebody had to say otherwise. An article that cannot be repaired is refunded. */
export function resolutionOf(state: ReturnState, unit: Unit): Resolution {
  const resolution = unit.resolution ?? lineOf(state, unit).resolution;
  return resolution === 'repair' && (unit.repair === 'unrepairable' || unit.inspection === 'waived') ? 'refund' : resolution;
}

const ready = (state: ReturnState, unit: Unit): boolean =>
  state.end === null &&
  unit.money === 'quoted' &&
  !unit.released &&
  lineOf(state, unit).authorization === 'approved' &&
  !isRejected(state, unit) &&
  inspected(state, unit) &&
  (resolutionOf(state, unit) !== 'repair' || unit.repair !== null) &&
  // What was promised instead is not there: an agent resolves it, or offers something else, before anything is owed.
  replacementOf(state, unit)?.status !== 'short';
/** Units decided but not yet settled: none after a decision, unless the order has not that much left to give. */
export const unsettled = (state: ReturnState): readonly Unit[] => state.units.filter((unit) => ready(state, unit));

/** One immutable instalment for the units decided together. Fees of an amount are taken once, outbound shipping as it is earned. */
export function settleReady(state: ReturnState, world: World): Event[] {
  const units = unsettled(state);
  const nothing = units.filter((unit) => kinds[resolutionOf(state, unit)] === 'none');
  const owed = units.filter((unit) => kinds[resolutionOf(state, unit)] !== 'none');
  const free: Event[] = nothing.length > 0 ? [{ type: 'nothing_owed', units: nothing.map(unitKey), set: { money: 'none', refundAmount: 0 } }] : [];
  if (owed.length === 0) return free;
  try {
    return [...free, ...instalment(state, owed, world)];
  } catch (error) {
    if (error instanceof SettlementError) return free; // stays ready: `exceptions` calls a person, and the next decision tries again
    throw error;
  }
}

export function settlingOf(state: ReturnState, units: readonly Unit[]): Settling[] {
  const seen = new Set<string>();
  return units.map((unit) => {
    const line = lineOf(state, unit);
    const resolution = resolutionOf(state, unit);
    // An adjustment is its line's, given once: at the first unit that gets it.
    const adjusted = (other: Unit) => other.lineId === unit.lineId && other.settlementId !== null && resolutionOf(state, other) === 'adjustment';
    const first = resolution === 'adjustment' && !seen.has(line.lineId) && !state.units.some(adjusted);
    if (first) seen.add(line.lineId);
    return {
      lineId: unit.lineId,
      unit: unit.unit,
      resolution,
      reason: line.reason,
      fault: unit.fault ?? line.fault,
      grade: unit.grade,
      missingParts: unit.missingParts,
      // An adjusted article may still be returned later: only what is refunded and kept is kept for good.
      keepsGoods: resolutionOf(state, unit) !== 'adjustment' && (!line.goodsBack || unit.logistics === 'kept_by_customer'),
      exchangePrice: line.exchangePrice,
      adjustmentAmount: first ? line.adjustmentAmount : null,
    };
  });
}

/** Whether an instalment of this return that stands has brought goods back: neither one that finance withdrew, nor what an exchange or the customer keeps. */
function broughtBack(state: ReturnState, { settledUnits, keptUnits }: World['money']): boolean {
  const [settled, kept] = [new Set(settledUnits.map(unitKey)), new Set(keptUnits.map(unitKey))];
  return state.units.some(
    (unit) => unit.money === 'granted' && kinds[resolutionOf(state, unit)] === 'refund' && settled.has(unitKey(unit)) && !kept.has(unitKey(unit)),
  );
}

function instalment(before: ReturnState, owed: readonly Unit[], worldBefore: World): Event[] {
  // What an advance has not paid by now is for the settlement to pay: no more than is owed.
  const unpaid = dropUnpaid(before, owed, worldBefore);
  const [state, world] = unpaid.reduce(([at, around], event) => [evolve(at, event), worldAfter(around, at, event)], [before, worldBefore]);
  const advances = advancesFor(state, owed);
  const input: SettlementInput = {
    ...settlementInput(settlingOf(state, owed), { ...world, money: withoutHolds(world.money, advances) }, state.refundTo, state.feesTaken),
    ...(broughtBack(state, world.money) && { broughtBack: true as const }),
    ...(advances.length > 0 && { advanced: advances.map((advance) => moneyOfAdvance(advance, world.order)) }),
  };
  const { settlement, units } = settleWithUnits(input);
  const advanced = usesOf(advances, settlement);
  const tenders = settlement.tenders.map((tender) => ({ ...tender, amount: tender.amount - usedOf(advanced, tender.tenderId) }));
  const settlementId = world.newId('stl');
  const waits = needsApproval(state, total(tenders), world);
  const settled: Event = {
    type: 'settled',
    settlementId,
    total: settlement.total,
    units: units.map((unit): [UnitKey, number] => [unitKey(unit), unit.refundAmount]),
    refunds: tenders.filter((tender) => tender.amount > 0).map((tender) => refundOf(tender, settlementId, waits, world)),
    feesTaken: amountFeesTaken(settlement.fees),
    ...(advanced.length > 0 && { advanced }),
    detail: { settlement, settled: units, inputs: input, rules: currentRules },
  };
  return [...unpaid, settled];
}

export function refundOf({ tenderId, kind, amount }: Settlement['tenders'][number], settlementId: string, waits: boolean, world: World): Refund {
  const tender = world.order.tenders.find((candidate) => candidate.tenderId === tenderId);
  const money = world.money.tenders.find((candidate) => candidate.tenderId === tenderId);
  const base = {
    refundId: world.newId('rfd'),
    settlementId,
    tenderId,
    provider: tender?.provider ?? 'boomerang',
    amount,
    attempt: 1,
    round: 1,
    notBefore: null,
    providerRefundId: null,
    by: null,
  };
  if (waits) return { ...base, status: 'awaiting_approval', call: null, held: false };
  const disputed = money !== undefined && money.capturedAmount - money.refundedAmount - money.pendingAmount - money.disputedAmount < amount;
  const paid = payment(kind, tender ? paymentIdOf(tender) : null);
  return { ...base, ...paid, held: disputed && paid.status !== 'succeeded' };
}

/** How a tender is paid back: by its provider, by ourselves when the balance is ours, else by hand. */
export function payment(kind: Settlement['tenders'][number]['kind'], providerPaymentId: string | null): Pick<Refund, 'status' | 'call'> {
  if (providerPaymentId !== null) return { status: 'pending', call: 'refund' };
  return kind === 'store_credit' || kind === 'points' || kind === 'gift_card' ? { status: 'succeeded', call: null } : { status: 'awaiting_payout', call: null };
}
