import type { FrozenOrder, FrozenShipment } from './order-shares';
import type { OrderStanding } from './order-standing';
import { proportion, sum } from './rational';
import type { SettlementInput } from './settlement-types';

/** What one shipment gives back; `balance` is what was left of it before. */
export interface GivenShipping {
  readonly shipmentId: string;
  readonly amount: number;
  readonly taxAmount: number;
  readonly balance: number;
}

export type ShippingRules = (order: FrozenOrder, input: SettlementInput, standing: OrderStanding) => GivenShipping[];
type Carries = (shipment: Pick<FrozenShipment, 'lineIds'>, lineId: string) => boolean;
const namesLine: Carries = ({ lineIds }, lineId) => lineIds.includes(lineId);
/** A shipment that names no lines carried all. */
export const carries: Carries = (shipment, lineId) => shipment.lineIds.length === 0 || namesLine(shipment, lineId);

/** Version 1 took a shipment that names no lines for one that carried none. */
export const shipping1: ShippingRules = (order, input, standing) => giveShipping(order, input, standing, namesLine);
export const shipping2: ShippingRules = (order, input, standing) => giveShipping(order, input, standing, carries);

/** Every shipment of the order: its whole remaining balance when this settlement earns it, else 0. */
function giveShipping(order: FrozenOrder, input: SettlementInput, standing: OrderStanding, carried: Carries): GivenShipping[] {
  return order.shipments.map((shipment) => {
    const before = sum(input.before.shipments.filter((entry) => entry.shipmentId === shipment.shipmentId).map((entry) => entry.refundedAmount));
    const balance = Math.max(0, shipment.paidAmount - before);
    if (!earned(shipment, input, standing, carried)) return { shipmentId: shipment.shipmentId, amount: 0, taxAmount: 0, balance };
    const taxAmount = sum(shipment.taxes.map((tax) => tax.taxAmount - proportion(tax.taxAmount, shipment.paidAmount - balance, shipment.paidAmount)));
    return { shipmentId: shipment.shipmentId, amount: balance, taxAmount, balance };
  });
}

/** Exchanges, adjustments and units that get nothing earn no shipping: the sale they came with stands. */
function earned(shipment: FrozenShipment, input: SettlementInput, standing: OrderStanding, carried: Carries): boolean {
  const returned = input.units.filter((unit) => unit.kind === 'refund' && carried(shipment, unit.lineId));
  const sellersFault = returned.some((unit) => unit.fault === 'seller');
  const verdicts = {
    never: false,
    always: returned.length > 0,
    full_return: standing.fullReturn,
    seller_fault: sellersFault,
    seller_fault_or_full: sellersFault || standing.fullReturn,
  } satisfies Record<SettlementInput['rules']['outboundShipping'], boolean>;
  return verdicts[input.rules.outboundShipping];
}
