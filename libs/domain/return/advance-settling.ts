import { takeAdvanced } from '../money/advanced';
import type { AdvancedMoney, OrderMoney, Settlement } from '../money/settlement-types';
import { storeCreditTender } from '../money/tenders';
import type { Order, TenderKind } from '../order';
import { isUnpaid, letGo, refundsOfAdvance } from './advance-withdrawal';
import { restOf, total } from './advance-book';
import { isCounted, withoutOthers } from './advance-keeping';
import type { Event, EventOf } from './evolve';
import type { World } from './input';
import { unitKey, type Advance, type ReturnState, type Unit } from './state';

type Uses = NonNullable<EventOf<'settled'>['advanced']>;

/** The advances that went before a settlement of these units and are not used up, oldest first. One is for all of its units together, whichever is decided first. */
export const advancesFor = (state: ReturnState, units: readonly Unit[]): readonly Advance[] =>
  touching(state, units)
    .map(withoutOthers)
    .filter((advance) => restOf(advance) > 0 || advance.shipping.length > 0);
function touching(state: ReturnState, units: readonly Unit[]): readonly Advance[] {
  const keys = new Set(units.map(unitKey));
  return (state.advances ?? []).filter((advance) => advance.recovery === null && advance.units.some((key) => keys.has(key)));
}

/** What their advances have promised and nobody has paid: the settlement pays it instead, as far as it is owed. */
export const dropUnpaid = (state: ReturnState, units: readonly Unit[], { order, money }: World): Event[] =>
  touching(state, units).flatMap((advance) => {
    const unpaid = refundsOfAdvance(state, advance).filter(isUnpaid);
    return total(unpaid) > restOf(advance) || isCounted(advance, money) ? [] : [...letGo(state, advance, unpaid, order).events];
  });

/** The order's money as if these advances had not been: the shipping that they hold is there to be earned. Their tenders are not: what those were promised is used first. */
export const withoutHolds = (money: OrderMoney, advances: readonly Advance[]): OrderMoney => ({
  ...money,
  shipments: [...money.shipments, ...advances.flatMap(({ shipping }) => shipping.map(({ shipmentId, amount }) => ({ shipmentId, refundedAmount: -amount })))],
});

export const moneyOfAdvance = ({ advanceId, tenders }: Advance, order: Order): AdvancedMoney => ({
  advanceId,
  tenders: tenders.map(({ tenderId, amount }) => ({ tenderId, kind: kindOf(tenderId, order), amount })),
});
/** One that the order does not have is store credit of our making, or money that somebody handed out. */
function kindOf(tenderId: string, order: Order): TenderKind {
  const tender = order.tenders.find((candidate) => candidate.tenderId === tenderId);
  return tender?.kind ?? (tenderId === storeCreditTender.tenderId ? storeCreditTender.kind : 'cash');
}

/** What a settlement takes of each advance: money as `takeAdvanced` gives it, and the shipping that it earns. */
export function usesOf(advances: readonly Advance[], settlement: Settlement): Uses {
  const taken = takeAdvanced(settlement.total, advances);
  const earned = new Map(settlement.shipping.map(({ shipmentId, amount }) => [shipmentId, amount]));
  return advances
    .map(({ advanceId, shipping }) => ({
      advanceId,
      tenders: taken.find((one) => one.advanceId === advanceId)?.tenders ?? [],
      shipping: shipping
        .map(({ shipmentId, amount }) => {
          const part = Math.min(amount, earned.get(shipmentId) ?? 0);
          earned.set(shipmentId, (earned.get(shipmentId) ?? 0) - part);
          return { shipmentId, amount: part };
        })
        .filter(({ amount }) => amount > 0),
    }))
    .filter(({ tenders, shipping }) => tenders.length > 0 || shipping.length > 0);
}
export const usedOf = (uses: Uses, tenderId: string): number => total(uses.flatMap(({ tenders }) => tenders.filter((tender) => tender.tenderId === tenderId)));
