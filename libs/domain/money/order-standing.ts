import type { FrozenOrder } from './order-shares';
import { unitKey } from './given-units';
import type { SettlementInput } from './settlement-types';

/** Where this settlement leaves the order as a whole. */
export interface OrderStanding {
  /** Its return brings the last unit of the order back; exchanged and kept units are not waited for. */
  readonly fullReturn: boolean;
  /** It refunds the last unit of the order: nothing of the sale is left. */
  readonly unwound: boolean;
}

export function orderStanding(order: FrozenOrder, input: SettlementInput): OrderStanding {
  const units = order.lines.reduce((all, line) => all + line.quantity, 0);
  const refundedNow = input.units.filter((unit) => unit.kind === 'refund');
  const refunded = new Set([...input.before.settledUnits, ...refundedNow].map(unitKey));
  const kept = new Set([...input.before.keptUnits, ...input.units.filter((unit) => unit.kind === 'exchange' || unit.keepsGoods === true)].map(unitKey));
  const back = [...refunded].filter((key) => !kept.has(key)).length;
  const bringsOne = input.broughtBack === true || refundedNow.some((unit) => !kept.has(unitKey(unit)));
  return { fullReturn: bringsOne && back + kept.size === units, unwound: refundedNow.length > 0 && refunded.size === units };
}
