import type { Event } from './evolve';
import type { Input, World } from './input';
import { replacementsById, stepsBySubject, unitAt } from './lookup';
import type { Replacement, ReturnState, Step, Unit } from './state';
import { inspected, isRejected, lineOf, replacementOf } from './tables';
import { resolutionOf } from './settlement';

const wants = (state: ReturnState, unit: Unit): boolean => ['exchange', 'reship'].includes(resolutionOf(state, unit));

/** What was approved to be replaced is reserved at once, so that it is still there when the goods have come back. Nothing left: a person is told. */
export function reserve(state: ReturnState, world: World): Event[] {
  if (state.end) return [];
  const left = new Map<string, number>();
  return state.units.flatMap((unit): Event[] => {
    const line = lineOf(state, unit);
    if (
      line.authorization !== 'approved' ||
      unit.released ||
      unit.money !== 'quoted' ||
      isRejected(state, unit) ||
      !wants(state, unit) ||
      replacementOf(state, unit)
    )
      return [];
    const sku = resolutionOf(state, unit) === 'exchange' ? (line.exchangeSku ?? line.sku) : line.sku;
    const available = left.get(sku) ?? world.stock[sku]?.available ?? 0;
    left.set(sku, available - 1);
    const kind = resolutionOf(state, unit) === 'exchange' ? ('exchange' as const) : ('reship' as const);
    const status = available > 0 ? ('reserved' as const) : ('short' as const);
    return [
      {
        type: 'replacement_reserved',
        replacement: { replacementId: world.newId('rpl'), lineId: unit.lineId, unit: unit.unit, sku, kind, status, trackingNumber: null },
      },
    ];
  });
}

/** Reserved goods leave when their unit is decided: inspected, or with nothing to come back. A repaired article leaves by the warehouse's own hand. */
export function ship(state: ReturnState): Event[] {
  if (state.end) return [];
  return state.units.flatMap((unit): Event[] => {
    const replacement = replacementOf(state, unit);
    const approved = lineOf(state, unit).authorization === 'approved' && !isRejected(state, unit) && !unit.released;
    const ready = replacement?.status === 'reserved' && replacement.kind !== 'repair' && approved && inspected(state, unit);
    if (!ready || stepsBySubject(state.steps).has(replacement.replacementId)) return [];
    return [
      {
        type: 'step_wanted',
        step: { id: replacement.replacementId, kind: 'reship', subject: replacement.replacementId, status: 'wanted', round: 1, from: null, to: null },
      },
    ];
  });
}

/** Reservations whose reason has fallen away give their stock back; a parcel not yet scanned is called back. */
export function unreserve(state: ReturnState): Event[] {
  const pointless = state.replacements.filter((replacement) => {
    const unit = unitAt(state.units)(replacement)!;
    return replacement.kind !== 'repair' && ['reserved', 'short'].includes(replacement.status) && (state.end !== null || unit.released || !wants(state, unit));
  });
  return pointless.flatMap(({ replacementId }): Event[] => {
    const step = stepsBySubject(state.steps)
      .get(replacementId)
      ?.find(({ status }) => status === 'done');
    return [
      { type: 'replacement_changed', replacementId, set: { status: 'cancelled' } },
      ...(step ? [{ type: 'step_changed' as const, id: step.id, set: { status: 'undo' as const, round: step.round + 1 } }] : []),
    ];
  });
}

/** The carrier took the replacement. */
export function shipped(state: ReturnState, step: Step, answer: { carrier?: string; trackingNumber?: string }, world: World): Event[] {
  const replacement = replacementsById(state.replacements).get(step.subject);
  const trackingNumber = answer.trackingNumber ?? null;
  if (!replacement || replacement.status === 'cancelled') {
    const known = { ...(answer.carrier !== undefined && { carrier: answer.carrier }), ...(trackingNumber !== null && { trackingNumber }) };
    return [{ type: 'step_changed', id: step.id, set: { status: 'undo', round: step.round + 1, ...known } }];
  }
  return [
    { type: 'step_changed', id: step.id, set: { status: 'done' } },
    { type: 'replacement_changed', replacementId: replacement.replacementId, set: { status: 'shipped', trackingNumber } },
    {
      type: 'parcel_announced',
      parcel: {
        parcelId: world.newId('pcl'),
        direction: 'outbound',
        carrier: answer.carrier ?? 'sandbox',
        trackingNumber,
        method: 'replacement',
        status: 'announced',
      },
    },
  ];
}

/** A scan of a parcel that goes to the customer. */
export function outboundScan(state: ReturnState, { trackingNumber, status, scannedAt }: Input<'scan'>): Event[] {
  const parcel = state.parcels.find((candidate) => candidate.trackingNumber === trackingNumber && candidate.direction === 'outbound');
  if (!parcel || parcel.status === 'delivered' || parcel.status === status || (parcel.status === 'lost' && status === 'exception')) return [];
  const matters = status === 'delivered' || status === 'lost' || status === 'exception';
  if (!matters) return [];
  const scanned: Event = { type: 'parcel_scanned', parcelId: parcel.parcelId, set: { status }, detail: { status, at: scannedAt } };
  const carried = state.replacements.filter((replacement) => replacement.trackingNumber === trackingNumber && canArrive(replacement, status));
  return [
    scanned,
    ...carried.map((replacement): Event => ({
      type: 'replacement_changed',
      replacementId: replacement.replacementId,
      set: { status: status === 'delivered' ? 'delivered' : 'lost' },
    })),
  ];
}
const canArrive = (replacement: Replacement, status: string): boolean =>
  (status === 'delivered' && ['shipped', 'lost'].includes(replacement.status)) || (status === 'lost' && replacement.status === 'shipped');
