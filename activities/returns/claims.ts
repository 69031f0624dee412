import type { Event } from '#libs/domain/return/evolve';
import { unitKey, type ReturnState, type UnitKey } from '#libs/domain/return/state';
import type { Transaction } from '#libs/persistence/database';
import type { Change } from './record';

/** Claims units before anything is promised, and gives them back when the promise ends. Two returns that want one unit: the partial unique index lets one through. */
export function recordClaims(tx: Transaction, { before, after: { state }, events }: Change): void {
  const claimed = events.flatMap((event): readonly UnitKey[] => {
    if (event.type === 'applied') return event.units.map(([lineId, unit]) => unitKey({ lineId, unit }));
    return event.type === 'reopened' ? event.units : [];
  });
  const released = events.flatMap((event) => givenBack(state, event));
  if (claimed.length > 0) {
    tx.write(
      `INSERT INTO unit_claim (merchant_id, order_number, line_id, unit, return_id)
       SELECT current_setting('app.merchant_id'), $1, "lineId", unit, $2 FROM jsonb_to_recordset($3::jsonb) AS claim ("lineId" text, unit int) ORDER BY "lineId", unit`,
      [state.orderNumber, state.returnId, JSON.stringify(unitsOf(state.units, claimed))],
    );
  }
  if (released.length > 0 && before.sequence > 0) {
    tx.write(
      `UPDATE unit_claim SET released_at = now() FROM jsonb_to_recordset($2::jsonb) AS claim ("lineId" text, unit int)
       WHERE return_id = $1 AND line_id = "lineId" AND unit_claim.unit = claim.unit AND released_at IS NULL`,
      [state.returnId, JSON.stringify(unitsOf(state.units, released))],
    );
  }
}
const unitsOf = (units: readonly { lineId: string; unit: number }[], keys: readonly UnitKey[]) =>
  units.filter((unit) => keys.includes(unitKey(unit))).map(({ lineId, unit }) => ({ lineId, unit }));

/** A unit that was released, and one that the customer has again as good as new: sent anew, or repaired. It may be asked for once more. */
function givenBack(state: ReturnState, event: Event): readonly UnitKey[] {
  if (event.type === 'units_released') return event.units;
  if (event.type === 'replacement_changed' && event.set.status === 'delivered') {
    return state.replacements.filter((one) => one.replacementId === event.replacementId && one.kind === 'reship').map(unitKey);
  }
  return event.type === 'sent_back' ? event.units.filter((key) => state.units.some((unit) => unitKey(unit) === key && unit.repair === 'repaired')) : [];
}
