import type { Transaction } from '#libs/persistence/database';
import type { Change } from '../returns/record';

/** Which parcel is whose: scans and receipts find their return by the number. Scans that came before the number are looked at again. */
export async function recordParcels(tx: Transaction, { after: { state }, events }: Change): Promise<void> {
  const touched = events.flatMap((event) => (event.type === 'parcel_announced' ? [event.parcel.parcelId] : event.type === 'parcel_changed' && event.set.trackingNumber ? [event.parcelId] : []));
  for (const parcel of state.parcels) {
    if (!touched.includes(parcel.parcelId) || parcel.trackingNumber === null) continue;
    await tx.query(
      `INSERT INTO parcel (merchant_id, return_id, parcel_id, direction, carrier, tracking_number) VALUES (current_setting('app.merchant_id'), $1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [state.returnId, parcel.parcelId, parcel.direction, parcel.carrier, parcel.trackingNumber],
    );
    await tx.query(`SELECT enqueue('facts_of_parcel', json_build_object('trackingNumber', $1::text), NULL, NULL) WHERE EXISTS (SELECT FROM inbox WHERE subject = $1 AND handled_at IS NULL)`, [parcel.trackingNumber]);
  }
}
