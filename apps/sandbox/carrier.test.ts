import { type Caller, eventually, Receiver, removeFolders, startSandbox } from './testing';

afterAll(() => removeFolders());

describe('the carrier', () => {
  const receiver = new Receiver();
  let call: Caller;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    ({ call, stop } = await startSandbox({ callbackUrl: await receiver.start() }));
  });
  afterAll(async () => {
    await stop();
    await receiver.stop();
  });
  afterEach(() => {
    receiver.answer = 202;
    receiver.delay = 0;
  });

  const number = expect.stringMatching(/^SBX\d{12}$/) as string;
  const label = (key: string, returnNumber = 'R-7K3M-9Q2D') =>
    call<{ trackingNumber: string }>('POST', '/carrier/labels', { key, returnNumber, parcelId: 'prc_1' });
  const scan = (trackingNumber: string, status: string, more: object = {}) => call('POST', `/carrier/${trackingNumber}/scans`, { status, ...more });
  const slot = { from: '2026-11-20T09:00:00Z', to: '2026-11-20T12:00:00Z' };
  const book = (key: string, more: object = {}) => call('POST', '/carrier/pickups', { key, returnNumber: 'R-1', ...slot, ...more });
  const ship = (key: string) => call<{ trackingNumber: string }>('POST', '/carrier/shipments', { key, reference: 'rpl_1', sku: 'TEE-M', quantity: 1 });

  describe('labels', () => {
    it('are sold once per key, each with its own number', async () => {
      const first = await label('ret_1/label/1');
      expect(first).toMatchObject({
        status: 201,
        body: { trackingNumber: number, carrier: 'sandbox', labelText: expect.stringContaining('R-7K3M-9Q2D') as string },
      });
      expect((await label('ret_1/label/1')).body).toEqual(first.body);
      expect((await label('ret_1/label/2')).body.trackingNumber).not.toBe(first.body.trackingNumber);
    });

    it('take addresses and do not remember them', async () => {
      const body = { key: 'with-address', returnNumber: 'R-1', parcelId: 'prc_1', from: { name: 'Li Lei', lines: ['…'] }, to: 'Warehouse 1' };
      const bought = await call('POST', '/carrier/labels', body);
      expect(bought.status).toBe(201);
      expect(JSON.stringify(bought.body)).not.toContain('Li Lei');
    });

    it('refuse a key that was used for another return', async () => {
      await label('ret_2/label/1');
      expect(await label('ret_2/label/1', 'R-OTHER')).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    });

    it('are voided any number of times, and not sold again under that key', async () => {
      await label('ret_3/label/1');
      expect(await call('DELETE', '/carrier/labels/ret_3%2Flabel%2F1')).toMatchObject({ status: 200, body: { voided: true } });
      expect(await call('DELETE', '/carrier/labels/ret_3/label/1')).toMatchObject({ status: 200, body: { voided: true } });
      expect(await label('ret_3/label/1')).toMatchObject({ status: 409, body: { code: 'called_off' } });
    });

    it('can be voided before they were bought: the late purchase is refused', async () => {
      expect(await call('DELETE', '/carrier/labels/never')).toMatchObject({ status: 200, body: { voided: false } });
      expect(await call('DELETE', '/carrier/labels/never')).toMatchObject({ status: 200, body: { voided: false } });
      expect((await label('never')).status).toBe(409);
    });

    it('are not voided once the parcel is on its way', async () => {
      const { trackingNumber } = (await label('ret_4')).body;
      await scan(trackingNumber, 'picked_up');
      expect((await call('DELETE', '/carrier/labels/ret_4')).body).toEqual({ voided: false });
      expect((await label('ret_4')).body.trackingNumber).toBe(trackingNumber);
    });
  });

  describe('pickups', () => {
    it('are booked once per key, with a given number or their own', async () => {
      const own = await book('p1');
      expect(own).toMatchObject({
        status: 201,
        body: { pickupId: expect.stringMatching(/^pck_/) as string, carrier: 'sandbox', trackingNumber: number, ...slot },
      });
      expect((await book('p1')).body).toEqual(own.body);
      expect((await book('p2', { trackingNumber: 'SBX000000000007' })).body['trackingNumber']).toBe('SBX000000000007');
    });

    it('are moved, and a repeated booking shows where they are now', async () => {
      const { body } = await book('p3');
      const later = { from: '2026-11-21T09:00:00Z', to: '2026-11-21T12:00:00Z' };
      expect(await call('PUT', '/carrier/pickups/p3', later)).toMatchObject({ status: 200, body: { ...body, ...later } });
      expect((await book('p3')).body).toEqual({ ...body, ...later });
    });

    it('cannot be moved when unknown, cancelled or picked up', async () => {
      expect((await call('PUT', '/carrier/pickups/nobody', slot)).status).toBe(404);
      await book('p4');
      expect(await call('DELETE', '/carrier/pickups/p4')).toMatchObject({ status: 200, body: { cancelled: true } });
      expect(await call('DELETE', '/carrier/pickups/p4')).toMatchObject({ status: 200, body: { cancelled: true } });
      expect((await call('PUT', '/carrier/pickups/p4', slot)).status).toBe(409);
      const { body } = await book('p5');
      await scan(String(body['trackingNumber']), 'picked_up');
      expect((await call('PUT', '/carrier/pickups/p5', slot)).status).toBe(409);
    });

    it('need an end after their beginning', async () => {
      expect((await book('p6', { to: slot.from })).status).toBe(400);
      expect((await book('p6', { to: 'tomorrow' })).status).toBe(400);
    });
  });

  describe('shipments', () => {
    it('go out once per key', async () => {
      const first = await ship('s1');
      expect(first).toMatchObject({ status: 201, body: { trackingNumber: number } });
      expect((await ship('s1')).body).toEqual(first.body);
    });

    it('are cancelled until the carrier has them', async () => {
      await ship('s2');
      expect(await call('DELETE', '/carrier/shipments/s2')).toMatchObject({ status: 200, body: { cancelled: true } });
      expect((await ship('s2')).status).toBe(409);
      const { trackingNumber } = (await ship('s3')).body;
      await scan(trackingNumber, 'exception');
      await scan(trackingNumber, 'picked_up');
      await scan(trackingNumber, 'exception');
      expect(await call('DELETE', '/carrier/shipments/s3')).toMatchObject({ status: 409, body: { code: 'picked_up' } });
    });
  });

  describe('scans', () => {
    it('reach the receiver, signed, before they are answered', async () => {
      const { trackingNumber } = (await label('scan-1')).body;
      const at = '2026-11-20T10:00:00Z';
      const before = receiver.received.length;
      const answer = await scan(trackingNumber, 'in_transit', { at, eventId: 'evt_mine' });
      expect(answer).toMatchObject({ status: 202, body: { eventId: 'evt_mine' } });
      expect(receiver.received.slice(before)).toMatchObject([
        {
          path: '/v1/carriers/sandbox/events',
          signatureHolds: true,
          headers: { 'webhook-id': 'evt_mine' },
          event: { id: 'evt_mine', type: 'parcel.scanned', data: { trackingNumber, status: 'in_transit', at } },
        },
      ]);
    });

    it('are sent twice when the same event is asked for twice, and for numbers nobody knows', async () => {
      const before = receiver.received.length;
      await scan('ZZ-UNKNOWN-1', 'delivered', { eventId: 'evt_twice' });
      await scan('ZZ-UNKNOWN-1', 'delivered', { eventId: 'evt_twice' });
      expect(receiver.received.slice(before).map(({ event }) => event.id)).toEqual(['evt_twice', 'evt_twice']);
    });

    it('are answered when the receiver takes its time: it has the event in its hands, and is not waited for', async () => {
      receiver.delay = 60_000;
      expect((await scan('ZZ-SLOW', 'delivered')).status).toBe(202);
      await eventually(() => receiver.received.at(-1)?.event.data['trackingNumber'] === 'ZZ-SLOW');
      expect(receiver.underWay).toBe(1);
    });

    it('are refused with a status the carrier does not have', async () => {
      expect((await scan('ZZ-1', 'eaten')).status).toBe(400);
      expect((await scan('ZZ-1', 'lost', { eventId: 'two words' })).status).toBe(400);
      expect((await scan('ZZ-1', 'lost', { at: 'yesterday' })).status).toBe(400);
      expect((await scan('ZZ-1', 'lost', { where: 'here' })).status).toBe(400);
    });
  });
});
