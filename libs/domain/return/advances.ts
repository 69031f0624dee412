import { amountFeesTaken } from '../money/fees';
import { currentRules } from '../money/rule-versions';
import { settleWithUnits, SettlementError } from '../money/settle';
import type { SettlementInput } from '../money/settlement-types';
import { paymentIdOf } from '../money/store-credit';
import { isCounted, isKept, keeping } from './advance-keeping';
import { isUnpaid, letGo, refundsOfAdvance } from './advance-withdrawal';
import { promisedOf, restOf, total } from './advance-book';
import { needsApproval } from './approval';
import type { Event } from './evolve';
import type { World } from './input';
import { payment, refundOf, resolutionOf, settlementInput, settlingOf } from './settlement';
import { unitKey, type Advance, type ReturnState, type Unit } from './state';
import { advancesOf, isRejected, leftBehind, lineOf, replacementOf } from './tables';

/**
 * Money before inspection. An advance is promised as the quote computes it, paid like any refund, and closed by what its units come to: settlements use it up, and
 * what is left when the last unit is decided is recovered by the policy's rule. Should a unit be heard again after that, the recovery is undone first.
 */
export function grantAdvances(state: ReturnState, world: World): Event[] {
  const { timing, advanceBelow } = world.policy.refund;
  if (timing === 'after_inspection' || state.end !== null) return [];
  // Who kept money of an advance on this order is paid for goods that are here.
  if (world.advanceKept || (state.advances ?? []).some(isKept)) return [];
  // The policy's limit is an amount of its own currency: in another one nobody knows whether it holds.
  if (advanceBelow !== null && world.policy.currency !== world.order.currency) return [];
  const units = state.units.filter((unit) => mayBeAdvanced(state, unit, timing));
  if (units.length === 0 || state.offers.some(({ status, resolution }) => status === 'open' && resolution !== 'store_credit')) return [];
  const live = (state.advances ?? []).filter((advance) => promisedOf(advance) > 0);
  const feesTaken = [...new Set([...state.feesTaken, ...live.flatMap((advance) => advance.feesTaken)])];
  const input = { ...settlementInput(settlingOf(state, units), world, state.refundTo, feesTaken), purpose: 'advance' } as const;
  const found = computed(input);
  if (found === null || found.settlement.total === 0) return [];
  // All that is advanced on a return counts: units that come one by one do not pass below the limit together.
  const soFar = live.reduce((sum, advance) => sum + promisedOf(advance), 0);
  if (advanceBelow !== null && soFar + found.settlement.total >= advanceBelow) return [];
  return advanced(state, units, input, found, world);
}

function computed(input: SettlementInput): ReturnType<typeof settleWithUnits> | null {
  try {
    return settleWithUnits(input);
  } catch (error) {
    if (error instanceof SettlementError) return null; // nothing is promised that the order cannot give; the settlement will say so
    throw error;
  }
}

/** Goods that are still to come back for money, and in whose way nothing stands. A unit is advanced once: what finance did not let go waits for the goods. */
function mayBeAdvanced(state: ReturnState, unit: Unit, timing: 'at_approval' | 'at_first_scan'): boolean {
  const { goodsBack, authorization } = lineOf(state, unit);
  const places: readonly Unit['logistics'][] = timing === 'at_approval' ? ['awaiting', 'in_transit', 'received'] : ['in_transit', 'received'];
  return (
    goodsBack &&
    authorization === 'approved' &&
    resolutionOf(state, unit) === 'refund' &&
    unit.money === 'quoted' &&
    unit.settlementId === null &&
    unit.inspection === 'pending' &&
    !unit.released &&
    !isRejected(state, unit) &&
    places.includes(unit.logistics) &&
    // What a receipt left behind has been seen by nobody yet, neither a carrier nor the dock.
    (timing === 'at_approval' || !leftBehind(unit)) &&
    replacementOf(state, unit) === undefined &&
    advancesOf(state, unit).length === 0
  );
}

function advanced(state: ReturnState, units: readonly Unit[], input: SettlementInput, found: ReturnType<typeof settleWithUnits>, world: World): Event[] {
  const { settlement, units: settled } = found;
  // Money that somebody has to hand out by hand is no quicker than the inspection.
  const byHand = settlement.tenders.some(({ tenderId, kind }) => {
    const tender = world.order.tenders.find((candidate) => candidate.tenderId === tenderId);
    return payment(kind, tender ? paymentIdOf(tender) : null).status === 'awaiting_payout';
  });
  if (byHand) return [];
  const advanceId = world.newId('stl');
  const waits = needsApproval(state, settlement.total, world);
  const advance: Advance = {
    advanceId,
    units: units.map(unitKey),
    amount: settlement.total,
    unitAmounts: units.map((unit) => settled.find((one) => unitKey(one) === unitKey(unit))?.refundAmount ?? 0),
    withdrawnAmount: 0,
    tenders: settlement.tenders.map(({ tenderId, amount }) => ({ tenderId, amount })),
    shipping: settlement.shipping.filter(({ amount }) => amount > 0).map(({ shipmentId, amount }) => ({ shipmentId, amount })),
    feesTaken: amountFeesTaken(settlement.fees),
    pointsRestored: settlement.points.restored,
    settledBy: [],
    recovery: null,
    recoveredAmount: 0,
    invoicedBy: null,
  };
  const refunds = settlement.tenders.map((tender) => refundOf(tender, advanceId, waits, world));
  return [{ type: 'advanced', advance, refunds, detail: { settlement, settled, inputs: input, rules: currentRules } }];
}

const isDecided = (state: ReturnState, advance: Advance): boolean =>
  state.units.every((unit) => !advance.units.includes(unitKey(unit)) || unit.released || unit.money !== 'quoted');

/** A unit whose advance was closed is to be decided after all: an appeal that came through, goods that came late. What was recovered is the customer's again, and it counts as given nothing. */
export const reopenAdvances = (state: ReturnState): Event[] =>
  (state.advances ?? [])
    .filter((advance) => advance.recovery !== null && promisedOf(advance) > 0 && !isDecided(state, advance))
    .map(({ advanceId, kept }) => {
      const heard = new Set(state.units.filter((unit) => !unit.released && unit.money === 'quoted').map(unitKey));
      const others = kept && { kept: kept.filter((unit) => !heard.has(unitKey(unit))) };
      return { type: 'advance_changed', advanceId, set: { recovery: null, recoveredAmount: 0, invoicedBy: null, ...others } };
    });

/** The last unit is decided. What nobody has paid and nothing is owed for is dropped; what is left of the rest is recovered. */
export const closeAdvances = (state: ReturnState, world: World): Event[] =>
  (state.advances ?? [])
    .filter((advance) => (promisedOf(advance) > 0 || advance.recoveredAmount > 0) && isDecided(state, advance))
    .flatMap((advance) => close(state, advance, world));

function close(state: ReturnState, advance: Advance, { policy, order, money }: World): Event[] {
  const droppable = (isCounted(advance, money) ? [] : refundsOfAdvance(state, advance).filter(isUnpaid)).toSorted((a, b) => b.amount - a.amount); // prettier-ignore
  const drop = droppable.reduce<typeof droppable>((some, refund) => (total(some) + refund.amount <= restOf(advance) ? [...some, refund] : some), []);
  const { events, left } = letGo(state, advance, drop, order);
  if (promisedOf(left) === 0 && advance.recovery === null) return [...events];
  const recovery = advance.recovery ?? policy.refund.advanceRecovery;
  const set = { recovery, recoveredAmount: restOf(left), ...keeping(state, left, recovery) };
  if (advance.recovery === set.recovery && advance.recoveredAmount === set.recoveredAmount) return [...events];
  const { advanceId } = advance;
  return [...events, { type: 'advance_changed', advanceId, set, detail: { recoveredAmount: set.recoveredAmount, recovery: set.recovery } }];
}
