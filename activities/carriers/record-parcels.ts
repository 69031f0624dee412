import type { Parcel } from '#libs/domain/return/state';
import type { Transaction } from '#libs/persistence/database';
import type { Change } from '../returns/record';

/** Ways of sending whose number the carrier has given to us: it beats one that somebody merely says. */
const bought: readonly Parcel['method'][] = ['drop_off', 'door_pickup', 'replacement'];

/** Which parcel is whose: scans and receipts find their return by the number. Scans that came before the number are looked at again. */
export function recordParcels(tx: Transaction, { after: { state }, events }: Change): void {
  const touched = events.flatMap((event) =>
    event.type === 'parcel_announced' ? [event.parcel.parcelId] : event.type === 'parcel_changed' && event.set.trackingNumber ? [event.parcelId] : [],
  );
  for (const parcel of state.parcels) {
    if (!touched.includes(parcel.parcelId) || parcel.trackingNumber === null) continue;
    tx.write(
      `INSERT INTO parcel (merchant_id, return_id, parcel_id, direction, carrier, tracking_number, bought) VALUES (current_setting('app.merchant_id'), $1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [state.returnId, parcel.parcelId, parcel.direction, parcel.carrier, parcel.trackingNumber, bought.includes(parcel.method)],
    );
    tx.write(
      `SELECT enqueue('facts_of_parcel', json_build_object('trackingNumber', $1::text), NULL, NULL) WHERE EXISTS (SELECT FROM inbox WHERE subject = $1 AND handled_at IS NULL)`,
      [parcel.trackingNumber],
    );
  }
}

/**
 * Whether another open return of the merchant has this number already. Whoever announces a number waits here for whoever announces the same one at this moment; it is
 * the last lock but those of `record`.
 */
export async function isTaken(tx: Transaction, returnId: string, trackingNumber: string): Promise<boolean> {
  tx.write(`SELECT pg_advisory_xact_lock(hashtextextended(current_setting('app.merchant_id') || '/' || $1, 7620043))`, [trackingNumber]);
  const [row] = await tx.query<{ taken: boolean }>(
    `SELECT EXISTS (SELECT FROM parcel p JOIN return r ON r.merchant_id = p.merchant_id AND r.id = p.return_id
       WHERE p.merchant_id = current_setting('app.merchant_id') AND p.tracking_number = $1 AND p.return_id <> $2 AND r.closed_at IS NULL) AS taken`,
    [trackingNumber, returnId],
  );
  return row!.taken;
}
