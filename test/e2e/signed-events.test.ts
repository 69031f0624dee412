import { createHmac, randomUUID } from 'node:crypto';
import { client, stack } from '../stack/stack';
import { expectStatus, uniqueNumber } from './journey';
import { expectProblem } from './refusals';

describe('signed events', () => {
  const secret = () => Buffer.from(stack().sandboxSecret.replace('whsec_', ''), 'base64');
  const signed = (text: string, at = Math.floor(Date.now() / 1000), id: string = randomUUID()) => ({
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': `v1,${createHmac('sha256', secret()).update(`${id}.${at}.${text}`).digest('base64')}`,
  });
  const event = () =>
    JSON.stringify({
      id: randomUUID(),
      type: 'parcel.scanned',
      at: new Date().toISOString(),
      data: { trackingNumber: uniqueNumber('NOBODY'), status: 'delivered' },
    });
  const paths = ['/v1/carriers/sandbox/events', '/v1/payment-providers/sandbox/events', '/v1/inventory-providers/sandbox/events'];

  test.each(paths)('%s: what is not signed by the provider is nobody’s', async (path) => {
    const text = event();
    const good = signed(text);
    const hour = Math.floor(Date.now() / 1000) - 3600;
    const wrong: Record<string, string>[] = [
      { 'content-type': 'application/json' },
      { ...good, 'webhook-signature': 'v1,AAAA' },
      { ...good, 'webhook-signature': good['webhook-signature'].replace('v1,', 'v2,') },
      { ...good, 'webhook-id': 'another' },
      { ...good, 'webhook-timestamp': 'now' },
      signed(text, hour),
      signed(text, hour + 7200),
      signed(`${text} `),
    ];
    for (const headers of wrong) expectProblem(await client().post(path, text, { headers }), 401, 'unauthenticated');
    expectProblem(await client().post(path.replace('sandbox', 'nobody'), text, { headers: good }), 401, 'unauthenticated');
    expectProblem(await client('bmk_demo_local_only').post(path, text, { headers: { 'content-type': 'application/json' } }), 401, 'unauthenticated');
  });

  test.each(paths)('%s: signed, it is taken: repeated, unknown, of the future, and with data nobody expects', async (path) => {
    const odd = JSON.stringify({
      id: randomUUID(),
      type: 'something.new',
      at: '2030-01-01T00:00:00Z',
      data: { __proto: 1, deep: { list: [1, 'x', null] } },
      more: 1,
    });
    for (const text of [event(), odd]) for (let times = 0; times < 2; times++) expectStatus(await client().post(path, text, { headers: signed(text) }), 202);
    const bad = JSON.stringify({ id: '', type: 'x', at: 'never' });
    expectStatus(await client().post(path, bad, { headers: signed(bad) }), 202);
    const nul = JSON.stringify({ id: randomUUID(), type: 'parcel.scanned', at: new Date().toISOString(), data: { trackingNumber: 'a\0b', note: '\ud800' } });
    expect((await client().post(path, nul, { headers: signed(nul) })).status).toBeLessThan(500);
  });
});
