import { randomUUID } from 'node:crypto';
import { temporal } from '@temporalio/proto';
import { anOrder, Journey } from '../e2e/journey';
import { direct } from '../stack/direct';
import { until } from '../stack/stack';

const { EventType } = temporal.api.enums.v1;

/** What one run has cost the server; none of it depends on the machine. */
async function costOf(returnId: string) {
  const { raw } = await direct.workflow(returnId).describe();
  const { events } = await direct.workflow(returnId).fetchHistory();
  const count = (type: temporal.api.enums.v1.EventType) => events!.filter((event) => event.eventType === type).length;
  const info = raw.workflowExecutionInfo!;
  const closed = info.closeTime ? 1 : 0;
  return {
    events: events!.length,
    workflowTasks: count(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED),
    stateTransitions: Number(info.stateTransitionCount),
    KiB: Number(info.historySizeBytes) / 1024,
    // The start, each change of search attributes, the end.
    visibilityWrites: 1 + count(EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES) + closed,
  };
}
const completed = (returnId: string) =>
  until(async () => (await direct.workflow(returnId).describe()).status.name === 'COMPLETED', 60_000, `the end of ${returnId}`);

describe('the history of a return', () => {
  afterAll(() => direct.close());

  test('a refund return stays within its budget of events, tasks, transitions, bytes and visibility writes', async () => {
    const journey = await Journey.begin();
    await journey.bringBack();
    await journey.until('completed');
    await completed(journey.id);
    const cost = await costOf(journey.id);
    const budget = { events: 50, workflowTasks: 10, stateTransitions: 18, KiB: 16, visibilityWrites: 3 };
    const over = Object.entries(budget).filter(([what, most]) => cost[what as keyof typeof cost] > most);
    expect({ over, cost }).toEqual({ over: [], cost });
  });

  test('holds no name, no address, no text that anybody wrote', async () => {
    const secret = randomUUID().slice(0, 8);
    const person = {
      id: `c-${secret}`,
      name: `Wang Xiaoming ${secret}`,
      email: `wang.${secret}@example.com`,
      phone: '+8613911112222',
      tier: 'gold',
      locale: 'zh-CN',
    };
    const shipTo = {
      name: '王小明',
      phone: '+8613911112222',
      country: 'CN',
      region: 'Zhejiang',
      city: 'Hangzhou',
      postalCode: '310099',
      lines: [`${secret} West Lake Road`],
    };
    const order = anOrder({
      customer: person,
      shipTo,
      lines: [{ lineId: '1', sku: 'COAT-M', title: 'Coat, M', category: 'apparel', quantity: 2, unitPrice: 40_000 }],
      payment: 'pay_declined_',
    });
    const note = `private words ${secret}`;
    const journey = await Journey.begin(order, {
      lines: [{ lineId: '1', quantity: 2, reason: 'damaged', resolution: 'refund', comment: `${note} application` }],
    });
    expect(journey.rma.status).toBe('in_review');
    await journey.command('agent', 'decision', { lines: [{ lineId: '1', decision: 'reject', reason: `${note} decision` }] });
    await journey.command('shop', 'appeal', { reason: `${note} appeal` });
    await journey.command('agent', 'notes', { text: `${note} note`, visibility: 'internal' });
    await journey.command('agent', 'goodwill', { kind: 'coupon', amount: 500, reason: `${note} goodwill` });
    const other = await Journey.begin(anOrder({ customer: person, shipTo, payment: 'pay_declined_' }), {
      lines: [{ lineId: '1', quantity: 1, reason: 'damaged', resolution: 'refund', comment: `${note} second` }],
    });
    await other.command('shop', 'shipment', { carrier: 'sf', trackingNumber: other.trackingNumber });
    await other.receive([{ lineId: '1', quantity: 1, condition: `${note} condition` }]);
    await other.inspect([{ quantity: 1, grade: 'B', disposition: 'restock', accepted: true, note: `${note} inspection`, serial: `SN-${secret}` }]);
    await other.until((rma) => rma.attention !== null);
    for (const { id } of [journey, other]) {
      const history = await direct.workflow(id).fetchHistory();
      // Payloads are bytes inside these bytes, as they were written.
      const bytes = Buffer.from(temporal.api.history.v1.History.encode(history).finish());
      expect(bytes.includes(id)).toBe(true);
      const { raw } = await direct.workflow(id).describe();
      const shown = JSON.stringify(raw);
      for (const word of [secret, 'Xiaoming', '王小明', person.email, person.phone, '310099', 'private words']) {
        expect({ word, found: bytes.includes(word) || shown.includes(word) || shown.includes(Buffer.from(word).toString('base64')) }).toEqual({
          word,
          found: false,
        });
      }
    }
  });
});
