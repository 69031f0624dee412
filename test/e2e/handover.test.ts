import { login, shop, until, type Body } from '../stack/stack';
import { anOrder, expectStatus, Journey, uniqueNumber } from './journey';
import { booksAgree, everybodySees, timeline, typesOf, workOf } from './witnesses';

const ship = (journey: Journey, trackingNumber = journey.trackingNumber) => journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber });
const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();
const stepsOf = async (journey: Journey): Promise<Body[]> =>
  (await timeline(journey)).filter((entry) => entry.type === 'step_changed').map((entry) => entry.data.set);
const scansOf = (rma: Body, parcel = 0): string[] => rma.parcels[parcel].scans.map((scan: Body) => scan.status);

describe('a return that is dropped off', () => {
  test('has a label to print, a PDF with the parcel’s number', async () => {
    const journey = await Journey.begin(anOrder(), { method: 'drop_off' });
    const { parcels } = await journey.until((rma) => rma.parcels[0]?.trackingNumber !== null);
    expect(parcels).toMatchObject([{ direction: 'inbound', method: 'drop_off', status: 'announced', labelUrl: `/v1/returns/${journey.id}/label` }]);
    await everybodySees(journey, { who: 'customer', action: 'hand_over', whenOverdue: 'expire' });
    for (const reader of [await login('customer'), await login('warehouse'), shop()]) {
      const label = await reader.get(parcels[0].labelUrl);
      expect(label.status).toBe(200);
      expect(label.headers.get('content-type')).toContain('application/pdf');
      expect(label.body.slice(0, 5)).toBe('%PDF-');
    }
    await journey.scan('picked_up', parcels[0].trackingNumber);
    await journey.until('in_transit');
    await everybodySees(journey, { who: 'system', action: 'wait' });
    await journey.command('customer', 'cancel', {}, 409);
  });

  test('loses its label and its claim when it is cancelled', async () => {
    const journey = await Journey.begin(anOrder(), { method: 'drop_off', quantity: 3 });
    await journey.until((rma) => rma.parcels[0]?.trackingNumber !== null);
    await journey.command('customer', 'cancel', { reason: 'I keep it' });
    expect(journey.rma).toMatchObject({ status: 'cancelled', nextStep: null });
    await until(async () => (await stepsOf(journey)).some((set) => set.status === 'undone'), 60_000, 'the label to be voided');
    expect((await (await login('customer')).get(`/v1/returns/${journey.id}/label`)).status).toBe(409);
    expect(await journey.until((rma) => rma.closedAt !== null)).toMatchObject({ attention: null });
    await journey.command('customer', 'cancel', {}, 409);
  });

  test('that comes although it was cancelled is an exception that an agent can still pay', async () => {
    const journey = await Journey.begin(anOrder(), { method: 'drop_off' });
    const { parcels } = await journey.until((rma) => rma.parcels[0]?.trackingNumber !== null);
    await journey.command('customer', 'cancel');
    expect(await journey.receive([{ lineId: '1', quantity: 1 }], { trackingNumber: parcels[0].trackingNumber })).toMatchObject({
      returnId: journey.id,
      status: 'matched',
    });
    await journey.until((rma) => rma.attention?.reason === 'late_parcel');
    await everybodySees(journey, { who: 'agent', action: 'resolve_exception' });
    expect(await workOf(journey, 'agent', 'exception')).toEqual(['late_parcel']);
    await journey.command('agent', 'resolve', { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'refund', note: 'it is here after all' }] });
    expect(await journey.until('completed')).toMatchObject({ attention: null, nextStep: null, settlement: { total: 1000 } });
    await booksAgree(journey, 1000);
  });

  test('that is not paid goes back to the customer', async () => {
    const journey = await Journey.begin();
    await journey.command('customer', 'cancel');
    await journey.receive([{ lineId: '1', quantity: 1 }], { trackingNumber: null, returnNumber: journey.rma.number });
    await journey.until((rma) => rma.attention?.reason === 'late_parcel');
    await journey.command('agent', 'resolve', { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'none', note: 'as cancelled' }] });
    expect(journey.rma).toMatchObject({ status: 'cancelled', attention: null, lines: [{ units: [{ logistics: 'sending_back' }] }] });
    expect(await workOf(journey, 'warehouse', 'inspection')).toEqual(['send_back_units']);
    await journey.command('warehouse', 'sendback', { carrier: 'sf', trackingNumber: `BACK-${journey.trackingNumber}` });
    expect(journey.rma).toMatchObject({ status: 'cancelled', lines: [{ units: [{ logistics: 'sent_back' }] }] });
    expect(await workOf(journey, 'warehouse', 'inspection')).toEqual([]);
  });
});

describe('a return that is picked up at the door', () => {
  test('has its courier booked with the application, and moved later', async () => {
    const journey = await Journey.begin(anOrder(), { method: 'door_pickup', pickup: { from: hours(24), to: hours(26) } });
    await journey.until((rma) => rma.parcels[0]?.trackingNumber !== null);
    await everybodySees(journey, { who: 'customer', action: 'hand_over' });
    await journey.command('customer', 'pickup', { from: hours(48), to: hours(50) });
    await until(async () => (await stepsOf(journey)).filter((set) => set.status === 'done').length === 2, 60_000, 'the pickup to be moved');
    expect(await journey.read()).toMatchObject({ attention: null, parcels: [{ method: 'door_pickup', direction: 'inbound' }] });
    expect(journey.rma.parcels).toHaveLength(1);
    await journey.scan('picked_up', journey.rma.parcels[0].trackingNumber);
    await journey.until('in_transit');
    await journey.command('customer', 'pickup', { from: hours(72), to: hours(74) }, 409);
  });

  test('waits for the customer to choose a time when the application had none', async () => {
    const journey = await Journey.begin(anOrder(), { method: 'door_pickup' });
    expect(journey.rma).toMatchObject({ parcels: [], nextStep: { who: 'customer', action: 'hand_over' } });
    await journey.command('customer', 'pickup', { from: hours(26), to: hours(24) }, 400);
    await journey.command('customer', 'pickup', { from: hours(24), to: hours(26) });
    await journey.until((rma) => rma.parcels[0]?.trackingNumber !== null);
    await journey.command('agent', 'cancel', { reason: 'asked by phone' });
    await until(async () => (await stepsOf(journey)).some((set) => set.status === 'undone'), 60_000, 'the courier to be called off');
  });

  test('is what a self-shipped return does not know', async () => {
    const journey = await Journey.begin();
    await journey.command('customer', 'pickup', { from: hours(24), to: hours(26) }, 409);
  });
});

describe('a return that the customer sends', () => {
  test('may travel in two parcels, and a parcel is told only once', async () => {
    const journey = await Journey.begin(anOrder(), { quantity: 2 });
    const second = uniqueNumber('TRK');
    await ship(journey);
    await ship(journey, second);
    await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: second }, 409);
    await journey.scan('picked_up');
    await journey.until('in_transit');
    await journey.scan('delivered');
    await journey.until((rma) => rma.nextStep.action === 'receive');
    await journey.receive([{ lineId: '1', quantity: 1 }]);
    expect(await journey.read()).toMatchObject({ status: 'in_transit', lines: [{ units: [{ logistics: 'received' }, { logistics: 'in_transit' }] }] });
    await journey.scan('delivered', second);
    await journey.receive([{ lineId: '1', quantity: 1 }], { trackingNumber: second });
    expect(await journey.read()).toMatchObject({ status: 'at_warehouse', parcels: [{ status: 'delivered' }, { status: 'delivered' }] });
    await everybodySees(journey, { who: 'warehouse', action: 'inspect' });
    await journey.inspect([{ quantity: 2, grade: 'A', disposition: 'restock', accepted: true }]);
    await journey.until('completed');
    await booksAgree(journey, 2000);
  });

  test('is told a scan once, however often and in whatever sequence it comes', async () => {
    const journey = await Journey.begin();
    await ship(journey);
    const [event, at] = [uniqueNumber('evt'), (minute: number) => new Date(Date.now() - (10 - minute) * 60_000).toISOString()];
    const scan = async (status: string, minute: number, eventId = uniqueNumber('evt')) =>
      expectStatus(await shop().post(`/v1/sandbox/carrier/${journey.trackingNumber}/scans`, { status, at: at(minute), eventId }), 202);
    await scan('delivered', 3, event);
    await journey.until((rma) => rma.nextStep.action === 'receive');
    await scan('delivered', 3, event);
    await scan('in_transit', 2);
    await scan('picked_up', 1);
    expect(scansOf(await journey.until((rma) => rma.parcels[0].scans.length >= 3))).toEqual(['picked_up', 'in_transit', 'delivered']);
    expect(journey.rma).toMatchObject({ status: 'in_transit', parcels: [{ status: 'delivered' }] });
    await everybodySees(journey, { who: 'warehouse', action: 'receive' });
    expect(typesOf(await timeline(journey)).filter((type) => type === 'handed_over')).toHaveLength(1);
  });

  test('has scans matched that came before anybody knew the parcel’s number', async () => {
    const journey = await Journey.begin();
    await journey.scan('picked_up');
    await journey.scan('delivered');
    expect((await journey.read()).status).toBe('awaiting_handover');
    await ship(journey);
    await journey.until((rma) => rma.parcels[0].scans.length === 2);
    expect(journey.rma).toMatchObject({ status: 'in_transit', parcels: [{ status: 'delivered' }] });
    await everybodySees(journey, { who: 'warehouse', action: 'receive' });
  });
});

describe('a parcel in trouble', () => {
  const sent = async (): Promise<Journey> => {
    const journey = await Journey.begin();
    await ship(journey);
    await journey.scan('picked_up');
    await journey.until('in_transit');
    return journey;
  };

  test('raises attention while the carrier has an exception, and lowers it when it goes on', async () => {
    const journey = await sent();
    await journey.scan('exception');
    await journey.until((rma) => rma.attention?.reason === 'parcel_exception');
    expect(await workOf(journey, 'warehouse', 'exception')).toEqual(['parcel_exception']);
    await journey.scan('in_transit');
    await journey.until((rma) => rma.attention === null);
    expect(await workOf(journey, 'warehouse', 'exception')).toEqual([]);
  });

  test('that is lost is an agent’s to resolve with the money', async () => {
    const journey = await sent();
    await journey.scan('lost');
    await journey.until((rma) => rma.attention?.reason === 'parcel_lost');
    await everybodySees(journey, { who: 'agent', action: 'resolve_exception' });
    await journey.command('warehouse', 'resolve', { units: [{ lineId: '1', unit: 1, logistics: 'lost', money: 'refund' }] }, 403);
    await journey.command('agent', 'resolve', { units: [{ lineId: '1', unit: 1, logistics: 'lost', money: 'refund' }] });
    expect(await journey.until('completed')).toMatchObject({ attention: null, nextStep: null, lines: [{ units: [{ logistics: 'lost', money: 'refunded' }] }] });
    await journey.command('agent', 'resolve', { units: [{ lineId: '1', unit: 1, logistics: 'lost', money: 'refund' }] }, 409);
    await booksAgree(journey, 1000);
  });

  test('that was lost and arrives after all is received like any other', async () => {
    const journey = await sent();
    await journey.scan('lost');
    await journey.until((rma) => rma.attention?.reason === 'parcel_lost');
    await journey.scan('delivered');
    expect(await journey.until((rma) => rma.attention === null)).toMatchObject({ status: 'in_transit', nextStep: { who: 'warehouse', action: 'receive' } });
    await journey.receive();
    await journey.inspect();
    await journey.until('completed');
    await booksAgree(journey, 1000);
  });
});
