import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { workflowBundle } from '#libs/temporal/bundle';

const folder = join(__dirname, 'histories');
interface Golden {
  workflowId: string;
  events: { eventType: string; [attributes: string]: unknown }[];
}
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Golden;

async function replay(goldens: readonly { name: string; golden: Golden }[]): Promise<Record<string, string>> {
  const histories = goldens.map(({ name, golden }) => ({ workflowId: name, history: { events: golden.events } }));
  const outcomes: Record<string, string> = {};
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: await workflowBundle(), replayName: 'golden' }, histories)) {
    outcomes[workflowId] = error ? `${error.name}: ${error.message}` : 'fits';
  }
  return outcomes;
}
/** Payloads of JSON, read; every other text as it is. */
function textsIn(value: unknown): string {
  const text = JSON.stringify(value);
  return text + [...text.matchAll(/"data":"([^"]*)"/g)].map((match) => Buffer.from(match[1]!, 'base64').toString('utf8')).join('\n');
}

describe('histories of returns that lived under earlier releases', () => {
  beforeAll(() => {
    // The core warns about what these tests do on purpose.
    const logging = { filter: 'temporal_sdk_core=ERROR', forward: {} };
    Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [], telemetryOptions: { logging } });
  });

  test('there is one of each way a return can go, and all of them fit the process of today', async () => {
    const stories = ['refund', 'review-approve', 'reject-appeal', 'exchange', 'label-cancel', 'lost-reply', 'expiry', 'async-refund', 'two-instalments'];
    expect(files.map((file) => file.slice(0, file.indexOf('.')))).toEqual(expect.arrayContaining(stories));
    const outcomes = await replay(files.map((file) => ({ name: file, golden: read(file) })));
    expect(outcomes).toEqual(Object.fromEntries(files.map((file) => [file, 'fits'])));
  });

  test('a history that tells another story does not fit: the test would notice', async () => {
    const refund = read('refund.json');
    const renamed: Golden = JSON.parse(JSON.stringify(refund).replaceAll('{"name":"refund"}', '{"name":"buyLabel"}'));
    const forgotten: Golden = { ...refund, events: renumbered(withoutFirstTimer(refund.events)) };
    const outcomes = await replay([
      { name: 'another call', golden: renamed },
      { name: 'a timer nobody started', golden: forgotten },
      { name: 'as it was', golden: refund },
    ]);
    expect(outcomes['another call']).toMatch(/[Nn]ondeterminism|TMPRL1100/);
    expect(outcomes['a timer nobody started']).toMatch(/[Nn]ondeterminism|TMPRL1100/);
    expect(outcomes['as it was']).toBe('fits');
  });

  test.each(files)('%s is small, and holds nothing of a person or a machine', (file) => {
    const raw = readFileSync(join(folder, file), 'utf8');
    expect(raw.length).toBeLessThan(60_000);
    const texts = textsIn(read(file));
    for (const word of ['Li Lei', '@', '+86138', 'Hangzhou', 'West Lake', 'never fitted', 'on holiday', 'as seen'])
      expect({ word, found: texts.includes(word) }).toEqual({ word, found: false });
    expect(raw).not.toMatch(/"identity"|\/(?:home|root|work)\//);
  });
});

type Events = Golden['events'];
const withoutFirstTimer = (events: Events): Events => {
  const at = events.findIndex((event) => event.eventType === 'EVENT_TYPE_TIMER_STARTED');
  return events.filter((_, index) => index !== at);
};
/** Ids follow the place; what refers to an event that has moved is of no matter to what is tried here. */
const renumbered = (events: Events): Events => events.map((event, index) => ({ ...event, eventId: String(index + 1) }));
