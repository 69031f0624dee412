import * as net from 'node:net';
import { type Caller, eventually, removeFolders, SECRET, startSandbox } from './testing';

/** A mail of exactly so many bytes. */
const padded = (size: number) => {
  const body = JSON.stringify({ id: 'pad', to: 'a@b.c', subject: '', text: '', locale: 'en', kind: 'x', html: '' });
  return body.replace('"html":""', `"html":"${'x'.repeat(size - body.length)}"`);
};

afterAll(() => removeFolders());

describe('the sandbox at its door', () => {
  let url: string;
  let call: Caller;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    ({ url, call, stop } = await startSandbox());
  });
  afterAll(() => stop());

  const raw = (method: string, path: string, body?: string | Uint8Array, headers: Record<string, string> = {}) =>
    fetch(url + path, { method, body, headers: { authorization: `Bearer ${SECRET}`, ...headers } });

  it('says it is well to anyone', async () => {
    for (const path of ['/healthz', '/readyz']) expect(await (await fetch(url + path)).json()).toEqual({ status: 'ok' });
  });

  it.each(['', 'Bearer', 'Bearer x', `Bearer ${SECRET}x`, `Basic ${SECRET}`, SECRET])('lets nobody in with %p', async (authorization) => {
    const answer = await raw('GET', '/mail', undefined, { authorization });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'unauthenticated' });
  });

  it.each([
    ['GET', '/'],
    ['GET', '/nothing'],
    ['DELETE', '/payments/pay_ok_1'],
    ['POST', '/healthz'],
    ['GET', '//'],
    ['GET', '/payments/'],
  ])('does not know %s %s', async (method, path) => {
    expect((await raw(method, path)).status).toBe(404);
  });

  it.each(['{', 'null', '[]', '"x"', '', '\u{0}', '{"__proto__":{"captured":1},"capturedAmount":1,"currency":"CNY"}'])(
    'answers 400 to the body %p',
    async (body) => {
      const answer = await raw('PUT', '/payments/pay_ok_1', body);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ code: 'validation_failed' });
    },
  );

  it('takes payment ids and keys with any characters, encoded', async () => {
    const id = encodeURIComponent('支付 1/2');
    await call('PUT', `/payments/${id}`, { capturedAmount: 10, currency: 'CNY' });
    const refund = await call('POST', `/payments/${id}/refunds`, { refundId: 'rfd_1', amount: 10, currency: 'CNY' }, { 'idempotency-key': 'rfd_1/1' });
    expect(refund).toMatchObject({ status: 201 });
    expect((await call('GET', '/refunds?refundId=rfd_1')).body).toMatchObject({ data: [{ providerPaymentId: '支付 1/2' }] });
  });

  it('answers 400 to a malformed path and to unknown query fields', async () => {
    expect((await raw('GET', '/payments/%zz')).status).toBe(400);
    expect((await raw('GET', '/refunds?limit=0')).status).toBe(400);
    expect((await raw('GET', '/refunds?limit=201')).status).toBe(400);
    expect((await raw('GET', '/refunds?cursor=-1')).status).toBe(400);
    expect((await raw('GET', '/refunds?form=2026-01-01T00:00:00Z')).status).toBe(400);
  });

  it('takes bodies up to 1 MiB, and answers 413 above', async () => {
    expect((await raw('POST', '/mail', padded(1024 * 1024))).status).toBe(201);
    const answer = await raw('POST', '/mail', padded(1024 * 1024 + 1));
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'payload_too_large' });
    expect((await raw('POST', '/mail', new Uint8Array(4 * 1024 * 1024))).status).toBe(413);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('keeps going when callers leave in the middle or talk nonsense', async () => {
    const { hostname, port } = new URL(url);
    const lines = ['nonsense\r\n\r\n', `POST /mail HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${SECRET}\r\ncontent-length: 100\r\n\r\n{"id"`, 'GET /mail HT'];
    for (const line of lines) {
      const socket = net.connect(Number(port), hostname);
      socket.on('error', () => undefined);
      await new Promise<void>((resolve) => socket.write(line, () => resolve()));
      await new Promise((resolve) => setTimeout(resolve, 20));
      socket.destroy();
    }
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  describe('out of order on demand', () => {
    const label = { key: 'k1', returnNumber: 'R-1', parcelId: 'prc_1' };
    afterEach(() => call('POST', '/control', { carrier: 'up', payments: 'up' }));

    it('answers 503 for a part that is down, nothing done, while the rest works', async () => {
      await call('PUT', '/payments/pay_ok_9', { capturedAmount: 10, currency: 'CNY' });
      expect((await call('POST', '/control', { carrier: 'down', payments: 'down' })).body).toEqual({ carrier: 'down', payments: 'down' });
      expect((await call('POST', '/carrier/labels', label)).status).toBe(503);
      expect((await call('POST', '/payments/pay_ok_9/refunds', { refundId: 'r', amount: 1, currency: 'CNY' }, { 'idempotency-key': 'k' })).status).toBe(503);
      expect((await call('GET', '/refunds?refundId=r')).status).toBe(503);
      expect((await call('GET', '/payments/pay_ok_9')).body).toMatchObject({ refunds: [], calls: 0 });
      expect((await call('GET', '/mail')).status).toBe(200);
      await call('POST', '/control', { carrier: 'up' });
      expect((await call('POST', '/carrier/labels', label)).status).toBe(201);
      expect((await call('GET', '/control')).body).toMatchObject({ carrier: 'up', payments: 'down' });
    });

    it('never answers for a part that is slow', async () => {
      await call('POST', '/control', { carrier: 'slow' });
      await expect(call('POST', '/carrier/labels', { ...label, key: 'k2' }, {}, AbortSignal.timeout(200))).rejects.toThrow(/timeout/);
    });

    it('refuses conditions and parts it does not have', async () => {
      expect((await call('POST', '/control', { carrier: 'sideways' })).status).toBe(400);
      expect((await call('POST', '/control', { mail: 'down' })).status).toBe(400);
    });
  });

  it('stops with a slow refund and a hanging call under way without waiting for either, and finishes the refund after the restart', async () => {
    const first = await startSandbox({ slowMs: 3_000 });
    await first.call('PUT', '/payments/pay_slow_1', { capturedAmount: 10, currency: 'CNY' });
    const slow = first.call('POST', '/payments/pay_slow_1/refunds', { refundId: 'r', amount: 1, currency: 'CNY' }, { 'idempotency-key': 'k' });
    await first.call('POST', '/control', { carrier: 'slow' });
    const hanging = first.call('POST', '/carrier/labels', { key: 'k1', returnNumber: 'R-1', parcelId: 'prc_1' });
    const lost = Promise.all([expect(slow).rejects.toThrow(), expect(hanging).rejects.toThrow()]);
    await eventually(async () => (await first.call('GET', '/payments/pay_slow_1')).body['calls'] === 1);
    await first.stop();
    await lost;
    const second = await startSandbox({ data: first.data });
    expect((await second.call('GET', '/control')).body['carrier']).toBe('slow');
    const again = await second.call('POST', '/payments/pay_slow_1/refunds', { refundId: 'r', amount: 1, currency: 'CNY' }, { 'idempotency-key': 'k' });
    expect(again).toMatchObject({ status: 201, body: { status: 'succeeded' } });
    expect((await second.call('GET', '/payments/pay_slow_1')).body).toMatchObject({ refundedAmount: 1, calls: 2 });
    await second.stop();
  });
});
