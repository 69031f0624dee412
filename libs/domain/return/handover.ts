import type { Event } from './evolve';
import { refuse, type Input, type Refusal, type World } from './input';
import { unitKey, type Parcel, type ReturnState, type Step } from './state';
import { destination, endStatuses, isRejected, leftBehind, lineOf, status, unitStatus, type Status } from './tables';

/** Whether a label of ours is on this parcel: bought, known by its number, and not voided since. */
const hasLabel = (state: ReturnState, { parcelId, trackingNumber }: Parcel): boolean =>
  trackingNumber !== null && state.steps.some((step) => step.kind === 'label' && step.subject === parcelId && step.status === 'done');

/** The parcel whose label is to be printed: the newest that has not moved. Once nobody has anything to hand over, the last one may be read again. */
export function labelled(state: ReturnState): Parcel | undefined {
  const labels = state.parcels.filter((parcel) => hasLabel(state, parcel));
  return labels.findLast(hasNotMoved) ?? (awaiting(state).length === 0 ? labels.at(-1) : undefined);
}

const hasNotMoved = ({ status: now }: Parcel): boolean => now === 'announced';
const awaiting = (state: ReturnState) => state.units.filter((unit) => unitStatus(state, unit) === 'awaiting_handover');
const inbound = (state: ReturnState) => state.parcels.filter((parcel) => parcel.direction === 'inbound');
const live = (step: Step): boolean => step.status === 'wanted' || step.status === 'done';
/** Its parcel is on its way, or here: what is handed over after that needs another one. */
const isUsed = (state: ReturnState, step: Step): boolean => {
  const parcel = state.parcels.find(({ parcelId }) => parcelId === step.subject);
  return parcel !== undefined && !hasNotMoved(parcel);
};

/** The customer sent it themselves and says with what. */
export function shipment(state: ReturnState, { carrier, trackingNumber }: Input<'shipment'>, world: World): readonly Event[] | Refusal {
  if (inbound(state).some((parcel) => parcel.trackingNumber === trackingNumber)) return refuse('invalid_state', `parcel ${trackingNumber} is known already`);
  if (inbound(state).length >= 50) return refuse('invalid_state', 'a return has at most 50 parcels');
  const parcel: Parcel = { parcelId: world.newId('pcl'), direction: 'inbound', carrier, trackingNumber, method: 'self_ship', status: 'announced' };
  return [{ type: 'parcel_announced', parcel }];
}

/** Books the courier, or moves the booking. */
export function pickup(state: ReturnState, { from, to }: Input<'pickup'>, world: World): readonly Event[] | Refusal {
  if (state.method !== 'door_pickup') return refuse('invalid_state', `this return is handed over by ${state.method}`);
  const booked = state.steps.findLast((step) => step.kind === 'pickup' && live(step) && !isUsed(state, step));
  if (booked) return [{ type: 'step_changed', id: booked.id, set: { status: 'wanted', round: booked.round + 1, from, to } }];
  return bookPickup(state, { from, to }, world);
}
function bookPickup(state: ReturnState, { from, to }: { from: string; to: string }, world: World): Event[] {
  const parcelId = world.newId('pcl');
  return [
    {
      type: 'parcel_announced',
      parcel: { parcelId, direction: 'inbound', carrier: 'sandbox', trackingNumber: null, method: 'door_pickup', status: 'announced' },
    },
    {
      type: 'step_wanted',
      step: { id: `${state.returnId}/pickup/${nth(state, 'pickup')}`, kind: 'pickup', subject: parcelId, status: 'wanted', round: 1, from, to },
    },
  ];
}
const nth = (state: ReturnState, kind: Step['kind']): number => state.steps.filter((step) => step.kind === kind).length + 1;

/** What an approved return needs to be handed over: a label to print, or a courier at the door. Self-shipping needs nothing of us. */
export function arrangeHandover(state: ReturnState, world: World): Event[] {
  if (awaiting(state).length === 0) return [];
  if (state.method === 'drop_off' && !arranged(state, 'label', (step) => !isUsed(state, step))) {
    const parcelId = world.newId('pcl');
    return [
      {
        type: 'parcel_announced',
        parcel: { parcelId, direction: 'inbound', carrier: 'sandbox', trackingNumber: null, method: 'drop_off', status: 'announced' },
      },
      {
        type: 'step_wanted',
        step: { id: `${state.returnId}/label/${nth(state, 'label')}`, kind: 'label', subject: parcelId, status: 'wanted', round: 1, from: null, to: null },
      },
    ];
  }
  // A courier comes once in the time that was asked for; when they are to come again, the customer says.
  if (state.method === 'door_pickup' && state.pickup && !arranged(state, 'pickup')) return bookPickup(state, state.pickup, world);
  return [];
}

/** A refused one is a person's to see to; one that was taken back is arranged anew when it is needed again. */
const arranged = (state: ReturnState, kind: Step['kind'], counts: (step: Step) => boolean = () => true): boolean =>
  state.steps.some((step) => step.kind === kind && (live(step) || step.status === 'refused') && counts(step));

/** Labels and couriers that nobody needs any more. One still under way is undone when its answer is there. */
export function undoHandover(state: ReturnState): Event[] {
  const done = state.steps.filter((step) => step.kind !== 'reship' && step.status === 'done' && !isUsed(state, step));
  return done.map((step) => ({ type: 'step_changed', id: step.id, set: { status: 'undo', round: step.round + 1 } }));
}

/** Nothing is to be handed over any more, because it was agreed otherwise: what never moved is taken back. Once goods have come, nobody knows by which label. */
export function dropHandover(state: ReturnState): Event[] {
  const needless = state.units.every(
    (unit) => ['awaiting', 'kept_by_customer'].includes(unit.logistics) && (unit.released || unit.inspection === 'waived' || !lineOf(state, unit).goodsBack),
  );
  return needless && state.parcels.every((parcel) => parcel.direction === 'outbound' || parcel.status === 'announced') ? undoHandover(state) : [];
}

const rank = { announced: 0, exception: 1, picked_up: 1, in_transit: 2, lost: 3, delivered: 4 } as const satisfies Record<Parcel['status'], number>;

/** A scan of a parcel that comes to us. Early, late and repeated ones are facts like any other; what says nothing new changes nothing. */
export function scan(state: ReturnState, { trackingNumber, status: reported, scannedAt }: Input<'scan'>): Event[] {
  const parcel = state.parcels.find((candidate) => candidate.trackingNumber === trackingNumber);
  if (!parcel || parcel.direction === 'outbound') return [];
  const news = reported === 'exception' ? parcel.status !== 'delivered' && parcel.status !== 'exception' : rank[reported] > rank[parcel.status];
  // A second "in transit" is a row in the list of scans and nothing to the process.
  if (!news || (reported === 'in_transit' && parcel.status === 'picked_up')) return [];
  const scanned: Event = { type: 'parcel_scanned', parcelId: parcel.parcelId, set: { status: reported }, detail: { status: reported, at: scannedAt } };
  if (state.end)
    return reported === 'picked_up' || state.lateParcel ? [scanned] : [scanned, ...(reported === 'delivered' ? [{ type: 'late_parcel' as const }] : [])];
  return [scanned, ...movedBy(state, parcel, reported)];
}
function movedBy(state: ReturnState, parcel: Parcel, reported: Parcel['status']): Event[] {
  if (reported === 'lost') {
    const gone = carriable(state, parcel).filter((unit) => destination(unit, 'lost') === 'lost');
    return gone.length > 0 ? [{ type: 'lost', units: gone.map(unitKey), set: { logistics: 'lost', parcelId: parcel.parcelId } }] : [];
  }
  const carried = carriable(state, parcel).filter((unit) => destination(unit, 'handed_over') === 'in_transit' || leftBehind(unit));
  return carried.length > 0 ? [{ type: 'handed_over', units: carried.map(unitKey), set: { logistics: 'in_transit', parcelId: parcel.parcelId } }] : [];
}

/**
 * What is in which parcel is known at the dock, not before: the first parcel that moves carries all that was waiting, and what was thought lost with it. What a
 * receipt left behind without naming a parcel may be in any.
 */
const carriable = (state: ReturnState, parcel: Parcel) =>
  state.units.filter(
    (unit) =>
      lineOf(state, unit).goodsBack &&
      !isRejected(state, unit) &&
      unit.inspection === 'pending' &&
      (unit.logistics === 'awaiting' || unit.parcelId === parcel.parcelId || leftBehind(unit)),
  );

/** The carrier's answer to a label or a courier that we asked for. */
export function carrierAnswered(state: ReturnState, step: Step, answer: { carrier?: string; trackingNumber?: string }): Event[] {
  const over = (endStatuses as readonly Status[]).includes(status(state));
  const changed: Event = { type: 'step_changed', id: step.id, set: over ? { status: 'undo', round: step.round + 1 } : { status: 'done' } };
  const parcel = state.parcels.find((candidate) => candidate.parcelId === step.subject);
  if (!parcel || answer.trackingNumber === undefined || parcel.trackingNumber === answer.trackingNumber) return [changed];
  return [
    changed,
    { type: 'parcel_changed', parcelId: parcel.parcelId, set: { trackingNumber: answer.trackingNumber, carrier: answer.carrier ?? parcel.carrier } },
  ];
}

/** A parcel with a number of the customer's is on its way for all we know: it does not expire, a person looks. */
export const mayExpire = (state: ReturnState): boolean => inbound(state).every((parcel) => parcel.method !== 'self_ship');

/** Nobody handed it over in time: what was never given away stays with the customer, and its claim is free again. */
export function expireHandover(state: ReturnState): Event[] {
  if (!mayExpire(state)) return [];
  const units = awaiting(state)
    .filter((unit) => destination(unit, 'expire') === 'kept_by_customer')
    .map(unitKey);
  if (units.length === 0) return [];
  const kept: Event = { type: 'handover_expired', units, set: { logistics: 'kept_by_customer', inspection: 'waived', money: 'none' } };
  const all = units.length === state.units.filter((unit) => !unit.released).length;
  return all ? [{ type: 'expired' }] : [kept, { type: 'units_released', units, set: { released: true } }, ...undoHandover(state)];
}
