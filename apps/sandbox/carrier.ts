import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { answer, fields, parse, Refusal, type Answer, type Call } from './answer';
import type { Change, Journal } from './journal';
import type { Webhooks } from './webhooks';

const LABELS = 'labels';
const PICKUPS = 'pickups';
const SHIPMENTS = 'shipments';
const PARCELS = 'parcels';
/** A scan answers once its event was tried, but never later than this. */
const SCAN_ANSWER_WITHIN = 2_000;

/** Something ordered under the caller's key. Called off before it was ordered, it is only a mark that refuses the order. */
interface Order {
  /** What was ordered: the same key for something else is refused. */
  of: string;
  trackingNumber: string | null;
  off: boolean;
}

interface Pickup extends Order {
  pickupId: string;
  from: string;
  to: string;
}

/** A parcel whose number we gave out. */
interface Parcel {
  status: string;
  moved: boolean;
}

const labelSchema = z.strictObject({ key: fields.id, returnNumber: fields.name, parcelId: fields.id, from: fields.address, to: fields.address });
const times = { from: fields.time, to: fields.time };
const inOrder = (slot: { from: string; to: string }) => Date.parse(slot.from) < Date.parse(slot.to);
const slotMessage = { message: 'must be later than from', path: ['to'] };
const pickupSchema = z.strictObject({ key: fields.id, returnNumber: fields.name, trackingNumber: fields.id.nullish(), ...times }).refine(inOrder, slotMessage);
const slotSchema = z.strictObject(times).refine(inOrder, slotMessage);
const shipmentSchema = z.strictObject({ key: fields.id, reference: fields.name, sku: fields.name, quantity: z.int().min(1).max(999) });
const scanSchema = z.strictObject({
  status: z.enum(['picked_up', 'in_transit', 'exception', 'delivered', 'lost']),
  at: fields.time.optional(),
  eventId: fields.id.optional(),
});
/** Scans that mean the carrier has, or had, the parcel. */
const MOVING = new Set(['picked_up', 'in_transit', 'delivered', 'lost']);

/** The carrier: labels, pickups, outbound shipments, and the scans a test lets happen. */
export class Carrier {
  private readonly labels: ReadonlyMap<string, Order>;
  private readonly pickups: ReadonlyMap<string, Pickup>;
  private readonly shipments: ReadonlyMap<string, Order>;
  private readonly parcels: ReadonlyMap<string, Parcel>;

  constructor(
    private readonly journal: Journal,
    private readonly webhooks: Webhooks,
  ) {
    this.labels = journal.collection<Order>(LABELS);
    this.pickups = journal.collection<Pickup>(PICKUPS);
    this.shipments = journal.collection<Order>(SHIPMENTS);
    this.parcels = journal.collection<Parcel>(PARCELS);
  }

  /** `POST /carrier/labels` */
  buyLabel(body: unknown): Answer {
    const { key, returnNumber, parcelId } = parse(labelSchema, body);
    const label = this.ordered(LABELS, this.labels.get(key), key, [returnNumber, parcelId]);
    const labelText = ['BOOMERANG SANDBOX CARRIER', label.trackingNumber, `Return 退货 ${returnNumber}`, `Parcel 包裹 ${parcelId}`].join('\n');
    return answer(201, { trackingNumber: label.trackingNumber, carrier: 'sandbox', labelText });
  }

  /** `DELETE /carrier/labels/{key}`: a label that is already on its way is no longer voided. */
  voidLabel(key: string): Answer {
    return answer(200, { voided: this.callOff(LABELS, this.labels, key) });
  }

  /** `POST /carrier/pickups`: without a tracking number the pickup brings its own. */
  bookPickup(body: unknown): Answer {
    const asked = parse(pickupSchema, body);
    const of = [asked.returnNumber, asked.trackingNumber ?? ''];
    const extra = { pickupId: `pck_${randomUUID()}`, from: asked.from, to: asked.to };
    const pickup = this.ordered(PICKUPS, this.pickups.get(asked.key), asked.key, of, extra, asked.trackingNumber ?? undefined);
    return answer(201, presented(pickup));
  }

  /** `PUT /carrier/pickups/{key}` */
  movePickup({ path: [key = ''], body }: Call): Answer {
    const slot = parse(slotSchema, body);
    const pickup = this.pickups.get(key);
    if (!pickup) throw new Refusal(404, 'not_found', 'unknown pickup');
    if (pickup.off) throw new Refusal(409, 'cancelled', 'this pickup was cancelled');
    if (this.hasMoved(pickup)) throw new Refusal(409, 'picked_up', 'the parcel was already picked up');
    const moved = { ...pickup, ...slot };
    this.journal.write([PICKUPS, key, moved]);
    return answer(200, presented(moved));
  }

  /** `DELETE /carrier/pickups/{key}` */
  cancelPickup(key: string): Answer {
    return answer(200, { cancelled: this.callOff(PICKUPS, this.pickups, key) });
  }

  /** `POST /carrier/shipments`: an outbound parcel, a replacement or goods sent back. */
  ship(body: unknown): Answer {
    const { key, reference, sku, quantity } = parse(shipmentSchema, body);
    return answer(201, {
      trackingNumber: this.ordered(SHIPMENTS, this.shipments.get(key), key, [reference, sku, quantity]).trackingNumber,
      carrier: 'sandbox',
    });
  }

  /** `DELETE /carrier/shipments/{key}` */
  cancelShipment(key: string): Answer {
    const shipment = this.shipments.get(key);
    if (shipment && this.hasMoved(shipment)) throw new Refusal(409, 'picked_up', 'the parcel was already picked up');
    return answer(200, { cancelled: this.callOff(SHIPMENTS, this.shipments, key) });
  }

  /** `POST /carrier/{trackingNumber}/scans`: any number, ours or not; the same event as often as it is asked for. */
  async scan({ path: [trackingNumber = ''], body }: Call): Promise<Answer> {
    parse(fields.name, trackingNumber);
    const asked = parse(scanSchema, body);
    const now = new Date().toISOString();
    const id = asked.eventId ?? `evt_${randomUUID()}`;
    const data = { trackingNumber, status: asked.status, at: asked.at ?? now };
    const event = this.webhooks.prepare('carrier', { id, type: 'parcel.scanned', at: now, data });
    const parcel = this.parcels.get(trackingNumber);
    const changes: Change[] = [event.change];
    if (parcel) changes.push([PARCELS, trackingNumber, { status: asked.status, moved: parcel.moved || MOVING.has(asked.status) }]);
    this.journal.write(...changes);
    const late = new AbortController();
    await Promise.race([event.start(), sleep(SCAN_ANSWER_WITHIN, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
    return answer(202, { eventId: id });
  }

  /** The order under this key, placed now if it is new. */
  private ordered<T extends object>(
    collection: string,
    known: (Order & T) | undefined,
    key: string,
    of: (string | number)[],
    extra: T = {} as T,
    given?: string,
  ): Order & T {
    const asked = JSON.stringify(of);
    if (known?.off) throw new Refusal(409, 'called_off', 'this key was called off');
    if (known && known.of !== asked) throw new Refusal(422, 'idempotency_key_reused', 'this key was used for something else');
    if (known) return known;
    const trackingNumber = given ?? this.newNumber();
    const order = { ...extra, of: asked, trackingNumber, off: false };
    const changes: Change[] = [[collection, key, order]];
    if (!this.parcels.has(trackingNumber)) changes.push([PARCELS, trackingNumber, { status: 'announced', moved: false } satisfies Parcel]);
    this.journal.write(...changes);
    return order;
  }

  /** Calls an order off; true when there was one and it is off now. An unknown key is marked, so that a late order is refused. */
  private callOff(collection: string, orders: ReadonlyMap<string, Order>, key: string): boolean {
    const known = orders.get(parse(fields.id, key));
    if (known?.off) return known.trackingNumber !== null;
    if (known && this.hasMoved(known)) return false;
    this.journal.write([collection, key, known ? { ...known, off: true } : ({ of: '', trackingNumber: null, off: true } satisfies Order)]);
    return known !== undefined;
  }

  private hasMoved(order: Order): boolean {
    return order.trackingNumber !== null && this.parcels.get(order.trackingNumber)?.moved === true;
  }

  private newNumber(): string {
    for (;;) {
      const number = `SBX${String(randomInt(1_000_000_000_000)).padStart(12, '0')}`;
      if (!this.parcels.has(number)) return number;
    }
  }
}

function presented({ pickupId, trackingNumber, from, to }: Pickup): object {
  return { pickupId, carrier: 'sandbox', trackingNumber, from, to };
}
