import type { Order } from '../order';
import type { OrderMoney, SettledUnit, Settlement, SettlementInput } from './settlement-types';

type UnitName = OrderMoney['keptUnits'][number];

/** The order before its first return, with every tender captured as it paid. */
export function untouchedMoney(order: Order): OrderMoney {
  return {
    tenders: order.tenders.map(({ tenderId, amount }) => ({ tenderId, capturedAmount: amount, refundedAmount: 0, pendingAmount: 0, disputedAmount: 0 })),
    shipments: [],
    settledUnits: [],
    keptUnits: [],
    givenAmounts: [],
    refundedAmount: 0,
    points: { restored: 0, revoked: 0 },
  };
}

/** What the next settlement of the order finds when this one was granted and its refunds are on their way. */
export function moneyAfter(input: SettlementInput, settlement: Settlement, units: readonly SettledUnit[]): OrderMoney {
  const { before } = input;
  return {
    tenders: before.tenders.map((tender) => {
      const now = settlement.tenders.find(({ tenderId }) => tenderId === tender.tenderId)?.amount ?? 0;
      return { ...tender, pendingAmount: tender.pendingAmount + now };
    }),
    shipments: [
      ...before.shipments,
      ...settlement.shipping.filter(({ amount }) => amount > 0).map(({ shipmentId, amount }) => ({ shipmentId, refundedAmount: amount })),
    ],
    settledUnits: [...before.settledUnits, ...units.filter(({ kind }) => kind === 'refund').map(name)],
    keptUnits: [...before.keptUnits, ...input.units.filter(({ kind, keepsGoods }) => kind === 'exchange' || keepsGoods === true).map(name)],
    givenAmounts: [
      ...before.givenAmounts,
      ...units
        .filter(({ kind, amount }) => kind === 'adjustment' && amount > 0)
        .map((given) => ({ ...name(given), amount: given.amount, ...(given.taxes && { taxes: given.taxes }) })),
    ],
    refundedAmount: before.refundedAmount + settlement.total,
    points: { restored: before.points.restored + settlement.points.restored, revoked: before.points.revoked + settlement.points.revoked },
  };
}

function name({ lineId, unit }: UnitName): UnitName {
  return { lineId, unit };
}
