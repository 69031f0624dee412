import type { Event } from '#libs/domain/return/evolve';
import { isHeld } from '#libs/domain/return/advance-keeping';
import { unitKey, type ReturnState, type UnitKey } from '#libs/domain/return/state';
import type { Transaction } from '#libs/persistence/database';
import type { Change } from './record';

/** Claims units before anything is promised, and gives them back when the promise ends, or with it the advance that paid for them. Two returns that want one unit: the partial unique index lets one through. */
export function recordClaims(tx: Transaction, change: Change): void {
  const { before, events } = change;
  const { state } = change.after;
  if (before.sequence === 0) recordSerials(tx, change);
  const claimed = events.flatMap((event): readonly UnitKey[] => {
    if (event.type === 'applied') return event.units.map(([lineId, unit]) => unitKey({ lineId, unit }));
    return event.type === 'reopened' ? event.units : [];
  });
  const given = events.flatMap((event) => givenBack(state, event)).filter((key) => !isHeld(state, key));
  // Their advance is closed: they were given up before.
  const held = state.units.filter((unit) => unit.released && isHeld(before, unitKey(unit)) && !isHeld(state, unitKey(unit))).map(unitKey);
  const released = [...new Set([...given, ...held])];
  if (claimed.length > 0) {
    tx.write(
      `INSERT INTO unit_claim (merchant_id, order_number, line_id, unit, return_id)
       SELECT current_setting('app.merchant_id'), $1, "lineId", unit, $2 FROM jsonb_to_recordset($3::jsonb) AS claim ("lineId" text, unit int)
       WHERE NOT EXISTS (SELECT FROM unit_claim own WHERE own.return_id = $2 AND own.line_id = "lineId" AND own.unit = claim.unit AND own.released_at IS NULL) ORDER BY "lineId", unit`,
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
    return state.replacements.filter((one) => one.replacementId === event.replacementId && one.kind !== 'exchange').map(unitKey);
  }
  return [];
}

/** The serial numbers under which the units were sold, in unit order: a return is found by them from the start. Most articles have none. */
function recordSerials(tx: Transaction, { after: { state }, world }: Change): void {
  const rows = state.units.flatMap(({ lineId, unit }) => {
    const serial = world.order.lines.find((line) => line.lineId === lineId)?.serials[unit - 1];
    return serial === undefined ? [] : [{ lineId, unit, serial }];
  });
  if (rows.length === 0) return;
  tx.write(
    `INSERT INTO serial_number (merchant_id, serial, return_id, line_id, unit)
     SELECT current_setting('app.merchant_id'), serial, $1, "lineId", unit FROM jsonb_to_recordset($2::jsonb) AS sold ("lineId" text, unit int, serial text) ON CONFLICT DO NOTHING`,
    [state.returnId, JSON.stringify(rows)],
  );
}
