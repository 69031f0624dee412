import { login, type Body } from '../stack/stack';
import { anOrder, Journey, uniqueNumber } from './journey';
import { ownPolicy, reviewedByHand } from './policies';
import { booksAgree, everybodySees } from './witnesses';

const article = (lineId: string, unitPrice: number) => ({
  lineId,
  sku: `TEE-${lineId}`,
  title: 'T-shirt',
  category: 'apparel',
  supplier: 'acme',
  quantity: 1,
  unitPrice,
});
const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();
const inbound = (rma: Body): Body[] => rma.parcels.filter((parcel: Body) => parcel.direction === 'inbound');
const decide = (journey: Journey, who: string, ...lines: [lineId: string, decision: string][]) =>
  journey.command(who, 'decision', { lines: lines.map(([lineId, decision]) => ({ lineId, decision, reason: 'because' })) });

/** Line 2 has come and is paid; line 1 was rejected, and an appeal gave it right: now its goods are to come. */
async function upheld(options: Body): Promise<Journey> {
  const channel = await ownPolicy(reviewedByHand);
  const lines = ['1', '2'].map((lineId) => ({ lineId, quantity: 1, reason: 'changed_mind', resolution: 'refund' }));
  const journey = await Journey.begin(anOrder({ channel, lines: [article('1', 1000), article('2', 700)] }), { channel, lines, ...options });
  await decide(journey, 'agent', ['1', 'reject'], ['2', 'approve']);
  await journey.until((rma) => inbound(rma)[0]?.trackingNumber != null);
  const [{ trackingNumber }] = inbound(journey.rma) as [Body];
  await journey.scan('picked_up', trackingNumber);
  await journey.until((rma) => rma.lines[1].units[0].logistics === 'in_transit');
  await journey.receive([{ lineId: '2', quantity: 1 }], { trackingNumber });
  await journey.inspect(undefined, '2');
  await journey.until((rma) => rma.refunds[0]?.status === 'succeeded');
  await journey.command('customer', 'appeal', { reason: 'the label was still on it' });
  await decide(journey, 'agent2', ['1', 'approve']);
  await everybodySees(journey, { who: 'customer', action: 'hand_over' });
  return journey;
}
async function comesToo(journey: Journey): Promise<void> {
  const { trackingNumber } = inbound(journey.rma).at(-1)!;
  await journey.scan('picked_up', trackingNumber);
  await journey.until('in_transit');
  await journey.receive([{ lineId: '1', quantity: 1 }], { trackingNumber });
  await journey.inspect();
  await journey.until('completed');
  await booksAgree(journey, 1700);
}

describe('goods that are handed over after an appeal, when the others have come', () => {
  test('have a label of their own, and it is the one to print', async () => {
    const journey = await upheld({ method: 'drop_off' });
    await journey.until((rma) => inbound(rma).length === 2 && inbound(rma)[1]!.trackingNumber !== null);
    expect(inbound(journey.rma)).toMatchObject([
      { status: 'delivered', labelUrl: null },
      { status: 'announced', labelUrl: `/v1/returns/${journey.id}/label` },
    ]);
    expect((await (await login('customer')).get(`/v1/returns/${journey.id}/label`)).status).toBe(200);
    await comesToo(journey);
  });
  test('have the courier come once more, when the customer says', async () => {
    const journey = await upheld({ method: 'door_pickup', pickup: { from: hours(24), to: hours(26) } });
    expect(inbound(journey.rma)).toHaveLength(1);
    await journey.command('customer', 'pickup', { from: hours(48), to: hours(50) });
    await journey.until((rma) => inbound(rma).length === 2 && inbound(rma)[1]!.trackingNumber !== null);
    await comesToo(journey);
  });
});

describe('a part of the goods that comes in a parcel nobody has scanned', () => {
  test('does not leave the rest to a clock that gives it up', async () => {
    const journey = await Journey.begin(anOrder(), { method: 'drop_off', quantity: 2 });
    await journey.until((rma) => inbound(rma)[0]?.trackingNumber != null);
    await journey.receive([{ lineId: '1', quantity: 1 }], { trackingNumber: inbound(journey.rma)[0]!.trackingNumber });
    expect(await journey.read()).toMatchObject({ status: 'in_transit', lines: [{ units: [{ logistics: 'received' }, { logistics: 'in_transit' }] }] });
    await everybodySees(journey, { who: 'warehouse', action: 'receive', whenOverdue: 'attention' });
    await journey.inspect();
    await journey.advance('P11D');
    expect(await journey.until((rma) => rma.attention?.reason === 'transit_overdue')).toMatchObject({ lines: [{ units: [{}, { money: 'quoted' }] }] });
  });
});

test('a parcel that the customer has announced does not expire, and the next step says so', async () => {
  const journey = await Journey.begin();
  await everybodySees(journey, { who: 'customer', action: 'hand_over', whenOverdue: 'expire' });
  await journey.command('customer', 'shipment', { carrier: 'sf', trackingNumber: uniqueNumber('TRK') });
  await everybodySees(journey, { who: 'customer', action: 'hand_over', whenOverdue: 'attention' });
});
