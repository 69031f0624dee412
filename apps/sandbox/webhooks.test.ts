import { type Caller, Receiver, removeFolders, startSandbox } from './testing';
import { signedHeaders } from './webhooks';

async function pendingOf(call: Caller): Promise<unknown> {
  return (await call('GET', '/control')).body['pendingDeliveries'];
}

afterAll(() => removeFolders());

describe('event delivery', () => {
  const scan = { status: 'delivered', eventId: 'evt_1' };

  it('signs as Standard Webhooks does', () => {
    // The example of the specification's own libraries.
    const body = '{"test": 2432232314}';
    expect(signedHeaders('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, body)).toEqual({
      'content-type': 'application/json',
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('tries again until the receiver says 2xx, with the same event and a fresh signature', async () => {
    const receiver = new Receiver();
    receiver.answer = 503;
    const { call, stop } = await startSandbox({ callbackUrl: `${await receiver.start()}/` });
    await call('POST', '/carrier/SBX000000000001/scans', scan);
    expect(await pendingOf(call)).toBe(1);
    await receiver.atLeast(2);
    receiver.answer = 204;
    const received = await receiver.atLeast(3);
    expect(new Set(received.map(({ raw }) => raw)).size).toBe(1);
    expect(received.every(({ signatureHolds }) => signatureHolds)).toBe(true);
    while ((await pendingOf(call)) !== 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await stop();
    await receiver.stop();
    expect(receiver.received).toHaveLength(3);
  });

  it('delivers to a receiver that comes up later, even after a restart', async () => {
    const receiver = new Receiver();
    const callbackUrl = await receiver.start();
    await receiver.stop();
    const first = await startSandbox({ callbackUrl });
    expect((await first.call('POST', '/carrier/SBX000000000001/scans', scan)).status).toBe(202);
    await first.stop();
    const second = await startSandbox({ callbackUrl, data: first.data });
    expect(await pendingOf(second.call)).toBe(1);
    const later = new Receiver();
    await later.start(Number(new URL(callbackUrl).port));
    expect((await later.atLeast(1))[0]).toMatchObject({ signatureHolds: true, event: { id: 'evt_1', data: { trackingNumber: 'SBX000000000001' } } });
    await second.stop();
    await later.stop();
  });

  it('does not follow a redirection', async () => {
    const receiver = new Receiver();
    receiver.answer = 302;
    const { call, stop } = await startSandbox({ callbackUrl: await receiver.start() });
    await call('POST', '/carrier/SBX000000000001/scans', scan);
    expect(await pendingOf(call)).toBe(1);
    await stop();
    await receiver.stop();
  });

  it('brings every one of many events', async () => {
    const receiver = new Receiver();
    receiver.answer = 500;
    const { call, stop } = await startSandbox({ callbackUrl: await receiver.start() });
    const ids = Array.from({ length: 60 }, (_, n) => `evt_${n}`);
    await Promise.all(ids.map((eventId) => call('POST', '/carrier/SBX000000000001/scans', { status: 'in_transit', eventId })));
    receiver.received.length = 0;
    receiver.answer = 200;
    while ((await pendingOf(call)) !== 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(new Set(receiver.received.map(({ event }) => event.id)).size).toBe(60);
    await stop();
    await receiver.stop();
  });
});
