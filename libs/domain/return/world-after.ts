import type { SettledUnit, Settlement, SettlementInput } from '../money/settlement-types';
import { givenWith } from './advance-keeping';
import { advanceMovements } from './advance-movements';
import { evolve, type Event, type EventOf } from './evolve';
import type { World } from './input';
import { replacementsById } from './lookup';
import { unitKey, type Refund, type ReturnState } from './state';

type Tenders = World['money']['tenders'];
const claimed = (tenders: Tenders, refunds: readonly Pick<Refund, 'tenderId' | 'amount' | 'status'>[], sign: 1 | -1 = 1): Tenders =>
  tenders.map((tender) => {
    const sum = (paid: boolean) =>
      sign * refunds.reduce((all, one) => (one.tenderId === tender.tenderId && (one.status === 'succeeded') === paid ? all + one.amount : all), 0);
    return { ...tender, pendingAmount: tender.pendingAmount + sum(false), refundedAmount: tender.refundedAmount + sum(true) };
  });

/**
 * What the world looks like once an event of this very decision is booked. A decision may promise money more than once, an advance beside a settlement; the second
 * promise must not be made of what the first has taken.
 */
export function worldAfter(world: World, before: ReturnState, event: Event): World {
  const after = evolve(before, event);
  const movements = after.advances === before.advances ? [] : advanceMovements(before, after);
  const moved = movements.reduce<World>(
    (found, { advancedAmount, shipping, pointsRestored, kept }) => ({
      ...found,
      grantedAmount: found.grantedAmount + advancedAmount,
      money: {
        ...found.money,
        shipments: [...found.money.shipments, ...shipping.map(({ shipmentId, amount }) => ({ shipmentId, refundedAmount: amount }))],
        ...(kept.length > 0 && { givenAmounts: givenWith(found.money.givenAmounts, kept) }),
        points: { ...found.money.points, restored: found.money.points.restored + pointsRestored },
      },
    }),
    world,
  );
  if (event.type === 'settled') return settledIn(moved, event);
  if (event.type === 'replacement_changed') return { ...moved, stock: stockAfter(moved.stock, before, event) };
  if (event.type === 'advanced') return { ...moved, money: { ...moved.money, tenders: claimed(moved.money.tenders, event.refunds) } };
  if (event.type !== 'refund_changed' || (event.set.status !== 'rejected' && event.set.status !== 'redirected')) return moved;
  const dropped = before.refunds.filter(({ refundId, status }) => refundId === event.refundId && status !== event.set.status);
  return { ...moved, money: { ...moved.money, tenders: claimed(moved.money.tenders, dropped, -1) } };
}

/** What is given back may be promised again at once: the last piece of an article can be exchanged for itself. */
function stockAfter(stock: World['stock'], before: ReturnState, { replacementId, set }: EventOf<'replacement_changed'>): World['stock'] {
  const was = replacementsById(before.replacements).get(replacementId);
  const article = was && stock[was.sku];
  if (!article || was.status !== 'reserved' || was.kind === 'repair' || set.status !== 'cancelled') return stock;
  return { ...stock, [was.sku]: { ...article, available: article.available + 1 } };
}

function settledIn(world: World, { detail, total, refunds }: EventOf<'settled'>): World {
  const { settlement, settled, inputs } = detail as unknown as { settlement: Settlement; settled: readonly SettledUnit[]; inputs: SettlementInput };
  const { money } = world;
  const name = ({ lineId, unit }: { readonly lineId: string; readonly unit: number }) => ({ lineId, unit });
  const kept = new Set(inputs.units.filter(({ kind, keepsGoods }) => kind === 'exchange' || keepsGoods === true).map(unitKey));
  return {
    ...world,
    grantedAmount: world.grantedAmount + total,
    money: {
      tenders: claimed(money.tenders, refunds),
      shipments: [...money.shipments, ...settlement.shipping.map(({ shipmentId, amount }) => ({ shipmentId, refundedAmount: amount }))],
      settledUnits: [...money.settledUnits, ...settled.filter(({ kind }) => kind === 'refund').map(name)],
      keptUnits: [...money.keptUnits, ...settled.filter((unit) => kept.has(unitKey(unit))).map(name)],
      givenAmounts: [
        ...money.givenAmounts,
        ...settled
          .filter(({ kind, amount }) => kind === 'adjustment' && amount > 0)
          .map((unit) => ({ ...name(unit), amount: unit.amount, ...(unit.taxes && { taxes: unit.taxes }) })),
      ],
      refundedAmount: money.refundedAmount + total,
      points: { restored: money.points.restored + settlement.points.restored, revoked: money.points.revoked + settlement.points.revoked },
    },
  };
}
