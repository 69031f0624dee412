import type { Body } from '../stack/stack';
import { anOrder, Journey } from './journey';
import { booksAgree } from './witnesses';

describe('an inspection by its number', () => {
  const found = (quantity: number, accepted: boolean) =>
    accepted
      ? { quantity, grade: 'B', disposition: 'refurbish', accepted, fault: 'seller' }
      : { quantity, grade: 'D', disposition: 'send_back', accepted, fault: 'customer' };
  test('is corrected as to its units that are not settled', async () => {
    const journey = await Journey.begin(anOrder(), { quantity: 3 });
    await journey.receive([{ lineId: '1', quantity: 3 }], { trackingNumber: null, returnNumber: journey.rma.number });
    await journey.inspect([found(2, false)]);
    const units = () => journey.rma.lines[0].units as Body[];
    const { inspectionId } = units()[0]!;
    expect(units().map((unit) => unit.inspectionId)).toEqual([expect.any(String), inspectionId, null]);
    const correct = (supersedes: unknown, quantity: number, status = 200) =>
      journey.command('warehouse', 'inspections', { lines: [{ lineId: '1', units: [found(quantity, true)] }], supersedes }, status);
    expect((await correct('cmd_nothing', 1, 400)).errors).toMatchObject([{ pointer: '/supersedes' }]);
    expect((await correct(inspectionId, 3, 400)).errors).toMatchObject([{ pointer: '/lines/0/units/0/quantity' }]);
    await correct(inspectionId, 1);
    expect(units().map((unit) => unit.inspection)).toEqual(['passed', 'failed', 'pending']);
    await correct(true, 2);
    expect(units().map((unit) => unit.inspection)).toEqual(['passed', 'passed', 'passed']);
    await journey.until('completed');
    await booksAgree(journey, 3000);
    await correct(units()[0]!.inspectionId, 1, 409);
  });
});

test('an offer says no amount that it does not keep', async () => {
  const journey = await Journey.begin();
  const offer = (body: Body, status: number) => journey.command('agent', 'offers', body, status);
  for (const resolution of ['exchange', 'reship', 'repair'])
    expect((await offer({ resolution, amount: 100 }, 400)).errors).toMatchObject([{ pointer: '/amount' }]);
  expect((await offer({ resolution: 'store_credit', amount: 999_999 }, 409)).code).toBe('amount_unavailable');
  await offer({ resolution: 'store_credit', amount: 1000 }, 200);
  expect(journey.rma.offers).toMatchObject([{ status: 'open', amount: 1000 }]);
});

test('a quote has the keys of a settlement, and a rating what was said', async () => {
  const journey = await Journey.begin();
  expect(journey.rma.quote).toMatchObject({ id: null });
  await journey.receive(undefined, { trackingNumber: null, returnNumber: journey.rma.number });
  await journey.inspect();
  expect((await journey.until('completed')).settlement).toMatchObject({ id: null, total: 1000 });
  expect(journey.rma.settlements).toMatchObject([{ id: expect.stringMatching(/^stl_/) }]);
  await journey.command('customer', 'rating', { score: 5, recommend: 9, comment: 'quick' });
  expect(journey.rma.rating).toEqual({ score: 5, recommend: 9, comment: 'quick' });
});
