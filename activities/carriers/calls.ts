import type { ProviderActivities, ProviderCall } from '#libs/contracts/messages';
import type { Outcome } from '#libs/domain/return/input';
import type { ReturnState } from '#libs/domain/return/state';
import { prepared, type Database } from '#libs/persistence/database';
import type { ProviderHttp, Reply } from '../provider-http';

type CarrierActivities = Pick<ProviderActivities, 'buyLabel' | 'voidLabel' | 'bookPickup' | 'cancelPickup' | 'reship' | 'cancelShipment'>;

/** The carrier. Every order carries its step's key, so asking again is safe; whatever is no clear answer is asked again by Temporal. */
export function carrierActivities(database: Database, http: ProviderHttp): CarrierActivities {
  const place = (path: string, key: string) => `/carrier/${path}/${encodeURIComponent(key)}`;
  return {
    async buyLabel(call) {
      const { number } = await readState(database, call);
      return outcome(await http.call('POST', '/carrier/labels', { key: call.key, returnNumber: number, parcelId: call.subject }));
    },
    async voidLabel({ key }) {
      return outcome(await http.call('DELETE', place('labels', key)));
    },
    async bookPickup(call) {
      const state = await readState(database, call);
      const step = state.steps.find((candidate) => candidate.id === call.key);
      if (!step?.from || !step.to) throw new Error(`pickup ${call.key} has no time`);
      const slot = { from: step.from, to: step.to };
      const booked = await http.call('POST', '/carrier/pickups', { key: call.key, returnNumber: state.number, ...slot });
      const moved = booked.status === 201 && (booked.body.from !== slot.from || booked.body.to !== slot.to);
      // The booking was moved on while this call was under way: the later one has the word.
      const latest = moved && (await readState(database, call)).steps.find((candidate) => candidate.id === call.key)?.round === call.round;
      return outcome(latest ? await http.call('PUT', place('pickups', call.key), slot) : booked);
    },
    async cancelPickup({ key }) {
      return outcome(await http.call('DELETE', place('pickups', key)));
    },
    async reship(call) {
      const state = await readState(database, call);
      const replacement = state.replacements.find((candidate) => candidate.replacementId === call.subject);
      if (!replacement) throw new Error(`no replacement ${call.subject}`);
      return outcome(await http.call('POST', '/carrier/shipments', { key: call.key, reference: state.number, sku: replacement.sku, quantity: 1 }));
    },
    async cancelShipment({ key }) {
      return outcome(await http.call('DELETE', place('shipments', key)));
    },
  };
}

/** A definite no is data; anything else that is not a yes is thrown, and tried again. */
export function outcome({ status, body }: Reply): Outcome {
  if (status === 200 || status === 201) {
    const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
    const [carrier, trackingNumber] = [text(body.carrier), text(body.trackingNumber)];
    return { kind: 'done', ...(carrier !== undefined && { carrier }), ...(trackingNumber !== undefined && { trackingNumber }) };
  }
  if (status >= 400 && status < 500 && status !== 429 && status !== 408) return { kind: 'refused', code: String(body.code ?? status) };
  throw new Error(`the carrier answered ${status}`);
}

const stateById = prepared('SELECT state FROM return WHERE id = $1');
async function readState(database: Database, { merchantId, returnId }: ProviderCall): Promise<ReturnState> {
  const [row] = await database.ask<{ state: ReturnState }>(merchantId, stateById, [returnId]);
  if (!row) throw new Error(`no return ${returnId}`);
  return row.state;
}
