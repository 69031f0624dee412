import { login, type Body } from '../stack/stack';
import { anOrder, expectStatus, Journey } from './journey';
import { deadline, ownPolicy, reviewedByHand } from './policies';

const byNumber = (journey: Journey) => ({ trackingNumber: null, returnNumber: journey.rma.number });
const userId = async (name: string): Promise<string> =>
  expectStatus(await (await login('admin')).get(`/v1/users?email=${name}@demo.example`), 200).data[0].id as string;

/** What a queue says of some returns, in its order. */
async function listed(journeys: readonly Journey[], query: string, who = 'admin'): Promise<Body[]> {
  const [caller, found, ids] = [await login(who), [] as Body[], journeys.map(({ id }) => id)];
  for (let cursor = ''; ;) {
    const page = expectStatus(await caller.get(`/v1/work?${query}&limit=200${cursor}`), 200);
    found.push(...page.data.filter((task: Body) => ids.includes(task.returnId)));
    if (page.nextCursor === null) return found;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
}
const tasksOf = async (journey: Journey, query = ''): Promise<Body[]> => listed([journey], query);
const owners = async (journey: Journey): Promise<Record<string, string | null>> =>
  Object.fromEntries((await tasksOf(journey)).map(({ queue, assignee }) => [queue, assignee]));

describe('the work of a return that was given to somebody', () => {
  test('is theirs when it comes later, too', async () => {
    const [journey, agent] = [await Journey.begin(), await userId('agent2')];
    await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: journey.trackingNumber });
    await journey.command('agent', 'assign', { userId: agent });
    await journey.scan('lost');
    await journey.until((rma) => rma.attention?.reason === 'parcel_lost');
    expect(await listed([journey], `queue=exception&assignee=${agent}`, 'agent2')).toMatchObject([{ title: 'parcel_lost', assignee: agent }]);
    await journey.command('agent', 'assign', { userId: null });
    expect(await owners(journey)).toEqual({ exception: null });
  });

  test('is theirs as far as their role does it: inspections stay the warehouse’s and approvals finance’s, before as after', async () => {
    const channel = await ownPolicy({ refund: { approvalAbove: 100 } });
    const [agent, warehouse, finance, admin] = await Promise.all(['agent', 'warehouse', 'finance', 'admin'].map(userId));
    const journey = await Journey.begin(anOrder({ channel }), { channel });
    await journey.command('agent', 'assign', { userId: agent });
    await journey.command('agent', 'goodwill', { kind: 'points', amount: 9000, reason: 'a bad week' });
    await journey.receive([{ lineId: '1', quantity: 1 }], byNumber(journey));
    expect(await owners(journey)).toEqual({ goodwill_approval: null, inspection: null });
    await journey.command('agent', 'assign', { userId: warehouse });
    expect(await owners(journey)).toEqual({ goodwill_approval: null, inspection: warehouse });
    await journey.inspect();
    await journey.until((rma) => rma.refunds[0]?.status === 'awaiting_approval');
    expect(await owners(journey)).toEqual({ goodwill_approval: null, refund_approval: null });
    for (const owner of [finance, agent, admin]) {
      await journey.command('agent', 'assign', { userId: owner });
      const held = owner === agent ? null : owner;
      expect(await owners(journey)).toEqual({ goodwill_approval: held, refund_approval: held });
    }
    expect(journey.rma.assignee).toBe(admin);
  });
});

describe('when a piece of work is due', () => {
  const dueAt = (journey: Journey) => journey.rma.deadlines.find(({ stage }: Body) => stage === 'review')?.dueAt as string;
  const overdueReturns = async ({ id, order }: Journey): Promise<boolean> =>
    expectStatus(await (await login('admin')).get(`/v1/returns?overdue=true&orderNumber=${order.orderNumber}`), 200).data.some((rma: Body) => rma.id === id);
  const underReview = async (): Promise<Journey> => {
    const channel = await ownPolicy({ ...reviewedByHand, deadlines: { review: deadline('PT48H', 'attention') } });
    return Journey.begin(anOrder({ channel }), { channel });
  };
  /** Work and return say the same, and agree whether it is late. */
  async function expectAgreement(journey: Journey, overdue: boolean, shown: string | null): Promise<void> {
    await journey.read();
    expect(await tasksOf(journey, 'queue=review')).toMatchObject([{ dueAt: shown }]);
    const late = await tasksOf(journey, 'queue=review&overdue=true');
    const inTime = await tasksOf(journey, 'queue=review&overdue=false');
    expect([late.length, inTime.length, await overdueReturns(journey)]).toEqual([overdue ? 1 : 0, overdue ? 0 : 1, overdue]);
  }

  test('is what the return says, by the return’s clock, however far that was moved on', async () => {
    const journey = await underReview();
    await expectAgreement(journey, false, dueAt(journey));
    await journey.advance('P1DT23H');
    await expectAgreement(journey, false, dueAt(journey));
    await journey.command('agent', 'deadlines/review/extend', { by: 'PT2H' });
    await expectAgreement(journey, false, dueAt(journey));
    await journey.advance('PT3H30M');
    await journey.until((rma) => rma.attention?.reason === 'review_overdue');
    await expectAgreement(journey, true, dueAt(journey));
    const [task] = await tasksOf(journey, 'queue=review');
    const claimed = expectStatus(await (await login('agent')).post(`/v1/work/${task!.id}/claim`, {}), 200);
    expect(claimed.dueAt).toBe(dueAt(journey));
  });

  test('decides its place by the time that is left, whatever the clocks say', async () => {
    const [first, second] = [await underReview(), await underReview()];
    expect((await listed([first, second], 'queue=review')).map(({ returnId }) => returnId)).toEqual([first.id, second.id]);
    await second.advance('P1DT23H');
    expect((await listed([first, second], 'queue=review')).map(({ returnId }) => returnId)).toEqual([second.id, first.id]);
  });

  test('stands open while its clock stands still, and is set again when it goes on', async () => {
    const journey = await underReview();
    await journey.command('agent', 'deadlines/review/pause', { reason: 'waiting for a photo' });
    await journey.advance('P3D');
    await expectAgreement(journey, false, null);
    expect(journey.rma.nextStep).toMatchObject({ action: 'review', dueAt: null });
    await journey.command('agent', 'deadlines/review/resume');
    await expectAgreement(journey, false, dueAt(journey));
  });
});
