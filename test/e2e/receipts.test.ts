import { patiently } from '../stack/patient';
import { login, otherShop, type Answer, type Body } from '../stack/stack';
import { anOrder, expectStatus, Journey, uniqueNumber } from './journey';
import { expectProblem } from './refusals';
import { timeline, typesOf } from './witnesses';

const lost = async (lines: Body[]): Promise<string> =>
  expectStatus(await (await login('warehouse')).post('/v1/receipts', { trackingNumber: uniqueNumber('UNKNOWN'), lines }), 201).id;
const match = (receiptId: string, returnId: string): Promise<Answer> => patiently('warehouse', `/v1/receipts/${receiptId}/match`, { returnId });
const logistics = async (journey: Journey): Promise<string[]> => (await journey.read()).lines[0].units.map((unit: Body) => unit.logistics);
const counted = async (journey: Journey) => typesOf(await timeline(journey)).filter((type) => type === 'received').length;

describe('what arrived is counted once', () => {
  test('matched by five people in the same instant: everybody is told the same', async () => {
    const journey = await Journey.begin(anOrder(), { quantity: 3 });
    const receipt = await lost([{ sku: 'TEE-M', quantity: 1 }]);
    const answers = await Promise.all(Array.from({ length: 5 }, () => match(receipt, journey.id)));
    for (const answer of answers) expect(expectStatus(answer, 200)).toEqual({ id: receipt, returnId: journey.id, status: 'matched', unexpected: [] });
    // One of three came: the others were handed over with it, as far as anybody knows.
    expect(await logistics(journey)).toEqual(['received', 'in_transit', 'in_transit']);
    expect(await counted(journey)).toBe(1);
  });

  test('matched to two returns in the same instant: one has it, the other is refused', async () => {
    const journeys = [await Journey.begin(), await Journey.begin()];
    const receipt = await lost([{ sku: 'TEE-M', quantity: 1 }]);
    const answers = await Promise.all(journeys.map((journey) => match(receipt, journey.id)));
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    const winner = answers.findIndex((answer) => answer.status === 200);
    expectProblem(answers[1 - winner]!, 409, 'invalid_state');
    expect(await Promise.all(journeys.map(counted))).toEqual(winner === 0 ? [1, 0] : [0, 1]);
    const { data } = expectStatus(await (await login('warehouse')).get('/v1/receipts?status=matched&limit=200'), 200);
    expect(data.find((one: Body) => one.id === receipt)).toMatchObject({ returnId: journeys[winner]!.id });
  });
});

describe('a tracking number', () => {
  const announce = (journey: Journey, trackingNumber: string): Promise<Answer> =>
    patiently('shop', `/v1/returns/${journey.id}/shipment`, { carrier: 'sf', trackingNumber });

  test('that an open return has is refused to another one, without saying whose it is, also in the same instant', async () => {
    const [one, other] = [await Journey.begin(), await Journey.begin()];
    const answers = await Promise.all([one, other].map((journey) => announce(journey, one.trackingNumber)));
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    const { detail } = expectProblem(
      answers.find((answer) => answer.status === 409)!,
      409,
      'invalid_state',
    );
    for (const secret of [one.id, other.id, one.rma.number, other.rma.number, one.order.orderNumber, other.order.orderNumber])
      expect(detail).not.toContain(secret);
    const [owner, stranger] = answers[0]!.status === 200 ? [one, other] : [other, one];
    await owner.scan('picked_up', one.trackingNumber);
    await owner.until('in_transit');
    expect((await stranger.read()).status).toBe('awaiting_handover');
  });

  test('of a return that is over may be announced again', async () => {
    const [over, next] = [await Journey.begin(), await Journey.begin()];
    expectStatus(await announce(over, over.trackingNumber), 200);
    await over.command('shop', 'cancel');
    expectStatus(await announce(next, over.trackingNumber), 200);
    await next.scan('picked_up', over.trackingNumber);
    await next.until('in_transit');
    expect((await over.read()).parcels).toMatchObject([{ status: 'announced' }]);
  });

  test('that we bought is its return’s, although another merchant’s customer says it too, and said it first', async () => {
    const orderNumber = uniqueNumber('O');
    const strange = anOrder({ orderNumber, customer: { id: 'c-x', name: 'X', email: 'x@other.example' } });
    expectStatus(await otherShop().put(`/v1/orders/${orderNumber}`, strange), 201);
    const stranger = expectStatus(await otherShop().post('/v1/returns', { orderNumber, lines: [{ lineId: '1', quantity: 1, reason: 'changed_mind', resolution: 'refund' }], method: 'self_ship' }), 201); // prettier-ignore
    const bought = await Journey.begin(anOrder(), { method: 'drop_off' });
    const { parcels } = await bought.until((rma) => rma.parcels[0]?.trackingNumber != null);
    expectStatus(await otherShop().post(`/v1/returns/${stranger.id}/shipment`, { carrier: 'sf', trackingNumber: parcels[0].trackingNumber }), 200);
    await bought.scan('picked_up', parcels[0].trackingNumber);
    await bought.until('in_transit');
    expect(expectStatus(await otherShop().get(`/v1/returns/${stranger.id}`), 200)).toMatchObject({
      status: 'awaiting_handover',
      parcels: [{ status: 'announced' }],
    });
  });
});
