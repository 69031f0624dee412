import { direct } from '../stack/direct';
import { report } from '../stack/patient';
import { shop, until, type Body } from '../stack/stack';
import { anOrder, expectStatus, Journey, uniqueNumber } from './journey';
import { ownPolicy } from './policies';
import { refundsOf } from './witnesses';

afterAll(() => direct.close());

const announce = (journey: Journey, trackingNumber: string) => journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber });
const scansOf = (rma: Body, trackingNumber: string): string[] =>
  rma.parcels.find((parcel: Body) => parcel.trackingNumber === trackingNumber).scans.map((scan: Body) => scan.status);
const waiting = async (trackingNumber: string): Promise<number> =>
  (await direct.sql('SELECT FROM inbox WHERE subject = $1 AND handled_at IS NULL', [trackingNumber])).length;
/** Every job about the number has run: what was to happen has happened. */
const settled = (trackingNumber: string) =>
  until(
    async () =>
      (
        await direct.sql(
          `SELECT FROM graphile_worker._private_jobs WHERE payload ->> 'trackingNumber' = $1 OR payload ->> 'inboxId' IN (SELECT id::text FROM inbox WHERE subject = $1)`,
          [trackingNumber],
        )
      ).length === 0,
  );
/** Paid as soon as a carrier has it. */
async function paidAtFirstScan(): Promise<Journey> {
  const channel = await ownPolicy({ refund: { timing: 'at_first_scan' } });
  return Journey.begin(anOrder({ channel }), { channel });
}
async function finished(): Promise<Journey> {
  const journey = await Journey.begin();
  await journey.bringBack();
  await journey.until((rma) => rma.closedAt !== null);
  return journey;
}
async function expectUnmoved(journey: Journey): Promise<void> {
  expect(await journey.read()).toMatchObject({ status: 'awaiting_handover', advances: [], parcels: [{ status: 'announced', scans: [] }] });
  expect(await refundsOf(journey)).toEqual([]);
}

test('what a carrier says of a parcel whose return is closed stands on that return, and moves no later one with the same number', async () => {
  const over = await finished();
  const number = over.trackingNumber;
  await over.scan('delivered');
  expect(scansOf(await over.until((rma) => rma.parcels[0].scans.length === 3), number)).toEqual(['picked_up', 'delivered', 'delivered']);
  expect(over.rma).toMatchObject({ status: 'completed', attention: null });
  expect(await waiting(number)).toBe(0);
  const next = await paidAtFirstScan();
  await announce(next, number);
  await settled(number);
  await expectUnmoved(next);
  await next.scan('picked_up', number);
  await next.until('in_transit');
  expect(scansOf(await over.read(), number)).toHaveLength(3);
});

test('what was said of a number that nobody knew is kept, and is about the return that names it first', async () => {
  const number = uniqueNumber('TRK');
  await report('carriers', { id: uniqueNumber('evt'), type: 'parcel.scanned', data: { trackingNumber: number, status: 'delivered' } });
  const journey = await paidAtFirstScan();
  await announce(journey, number);
  expect(scansOf(await journey.until('in_transit'), number)).toEqual(['delivered']);
  expect(await waiting(number)).toBe(0);
});

test('of two returns with one number, that one is meant which was there when the parcel was scanned, however late the word comes', async () => {
  const over = await finished();
  const at = new Date().toISOString();
  const next = await paidAtFirstScan();
  await announce(next, over.trackingNumber);
  expectStatus(await shop().post(`/v1/sandbox/carrier/${over.trackingNumber}/scans`, { status: 'in_transit', at }), 202);
  await over.until((rma) => rma.parcels[0].scans.length === 3);
  await settled(over.trackingNumber);
  await expectUnmoved(next);
});
