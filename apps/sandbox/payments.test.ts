import { type Caller, eventually, Receiver, removeFolders, startSandbox } from './testing';

interface Shown {
  captured: number;
  refunds: { id: string; refundId: string; amount: number; idempotencyKey: string; status: string }[];
  refundedAmount: number;
  calls: number;
}

afterAll(() => removeFolders());

describe('the payment provider', () => {
  const receiver = new Receiver();
  let call: Caller;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    // Long enough to be seen as pending before they are decided, on a machine that is busy with something else, too.
    ({ call, stop } = await startSandbox({ callbackUrl: await receiver.start(), asyncMs: 1_500, lateMs: 1_500, slowMs: 1_500 }));
  });
  afterAll(async () => {
    await stop();
    await receiver.stop();
  });

  let count = 0;
  /** A fresh payment of 1000 with this behaviour. */
  async function payment(prefix: string, capturedAmount = 1000): Promise<string> {
    const id = `${prefix}${(count += 1)}`;
    expect((await call('PUT', `/payments/${id}`, { capturedAmount, currency: 'CNY' })).status).toBe(200);
    return id;
  }
  const refund = (id: string, key: string, amount = 400, refundId = key.split('/')[0]) =>
    call('POST', `/payments/${id}/refunds`, { refundId, amount, currency: 'CNY' }, { 'idempotency-key': `${id}:${key}` });
  const show = async (id: string) => (await call<Shown>('GET', `/payments/${id}`)).body;
  const eventsOf = (id: string) => receiver.received.filter(({ event }) => event.data['providerPaymentId'] === id).map(({ event }) => event);

  it('registers a capture once, lets it grow and never lets it shrink', async () => {
    const id = await payment('pay_ok_', 500);
    await call('PUT', `/payments/${id}`, { capturedAmount: 500, currency: 'CNY' });
    expect((await show(id)).captured).toBe(500);
    await call('PUT', `/payments/${id}`, { capturedAmount: 900, currency: 'CNY' });
    await call('PUT', `/payments/${id}`, { capturedAmount: 500, currency: 'CNY' });
    expect(await show(id)).toEqual({ captured: 900, currency: 'CNY', refunds: [], refundedAmount: 0, calls: 0 });
    expect((await call('PUT', `/payments/${id}`, { capturedAmount: 900, currency: 'EUR' })).status).toBe(409);
  });

  it('refunds pay_ok_ at once and gives the same answer again for the same key', async () => {
    const id = await payment('pay_ok_');
    const first = await refund(id, 'rfd_a/1');
    expect(first).toMatchObject({ status: 201, body: { refundId: 'rfd_a', amount: 400, status: 'succeeded' } });
    expect((await refund(id, 'rfd_a/1')).body).toEqual(first.body);
    expect(await show(id)).toMatchObject({
      refunds: [{ id: first.body['id'], refundId: 'rfd_a', amount: 400, idempotencyKey: `${id}:rfd_a/1`, status: 'succeeded' }],
      refundedAmount: 400,
      calls: 2,
    });
  });

  it('refuses a key that comes with another amount', async () => {
    const id = await payment('pay_ok_');
    await refund(id, 'rfd_a/1', 100);
    expect(await refund(id, 'rfd_a/1', 101)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    expect((await show(id)).refundedAmount).toBe(100);
  });

  it('runs many calls with one key at once as one refund', async () => {
    const id = await payment('pay_ok_');
    const answers = await Promise.all(Array.from({ length: 20 }, () => refund(id, 'rfd_a/1')));
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
    expect(await show(id)).toMatchObject({ refundedAmount: 400, calls: 20 });
  });

  it('refunds up to the capture and not one more', async () => {
    const id = await payment('pay_ok_');
    expect((await refund(id, 'rfd_a/1', 600)).status).toBe(201);
    expect(await refund(id, 'rfd_b/1', 401)).toMatchObject({ status: 402, body: { code: 'amount_too_high' } });
    expect((await refund(id, 'rfd_c/1', 400)).status).toBe(201);
    expect(await refund(id, 'rfd_d/1', 1)).toMatchObject({ status: 402, body: { code: 'amount_too_high' } });
    expect((await show(id)).refundedAmount).toBe(1000);
  });

  it('does not refund in another currency', async () => {
    const id = await payment('pay_ok_');
    const answer = await call('POST', `/payments/${id}/refunds`, { refundId: 'rfd_a', amount: 1, currency: 'EUR' }, { 'idempotency-key': `${id}:eur` });
    expect(answer).toMatchObject({ status: 402, body: { code: 'declined' } });
  });

  it('does not know payments that were never captured', async () => {
    expect(await refund('pay_ok_never', 'rfd_a/1')).toMatchObject({ status: 402, body: { code: 'unknown_payment' } });
    expect((await call('GET', '/payments/pay_ok_never')).status).toBe(404);
    await call('PUT', '/payments/pay_ok_never', { capturedAmount: 1000, currency: 'CNY' });
    expect((await refund('pay_ok_never', 'rfd_a/1')).status).toBe(402);
    expect((await refund('pay_ok_never', 'rfd_a/2')).status).toBe(201);
  });

  it('declines pay_declined_ for good, whatever the key', async () => {
    const id = await payment('pay_declined_');
    for (const key of ['rfd_a/1', 'rfd_a/1', 'rfd_a/2']) expect(await refund(id, key)).toMatchObject({ status: 402, body: { code: 'declined' } });
    expect(await show(id)).toMatchObject({ refunds: [], refundedAmount: 0, calls: 3 });
  });

  it('fails pay_flaky2_ for two keys, the same 500 for the same key, and then works', async () => {
    const id = await payment('pay_flaky2_');
    const statuses: number[] = [];
    for (const key of ['rfd_a/1', 'rfd_a/1', 'rfd_a/2', 'rfd_a/3', 'rfd_a/1']) statuses.push((await refund(id, key)).status);
    expect(statuses).toEqual([500, 500, 500, 201, 500]);
    expect(await show(id)).toMatchObject({ refundedAmount: 400, calls: 5 });
  });

  it('refunds pay_lostreply_, drops the connection, and gives the answer when asked again', async () => {
    const id = await payment('pay_lostreply_');
    await expect(refund(id, 'rfd_a/1')).rejects.toThrow();
    expect(await show(id)).toMatchObject({ refundedAmount: 400, calls: 1 });
    expect(await refund(id, 'rfd_a/1')).toMatchObject({ status: 201, body: { status: 'succeeded' } });
    expect(await show(id)).toMatchObject({ refundedAmount: 400, calls: 2 });
    await expect(refund(id, 'rfd_b/1')).rejects.toThrow();
  });

  it('drops the first call of pay_lostcall_ with nothing done', async () => {
    const id = await payment('pay_lostcall_');
    await expect(refund(id, 'rfd_a/1')).rejects.toThrow();
    expect(await show(id)).toMatchObject({ refunds: [], refundedAmount: 0, calls: 1 });
    expect((await call('GET', '/refunds?refundId=rfd_lost')).body).toEqual({ data: [], nextCursor: null });
    expect(await refund(id, 'rfd_a/1')).toMatchObject({ status: 201, body: { status: 'succeeded' } });
    expect(await show(id)).toMatchObject({ refundedAmount: 400, calls: 2 });
  });

  it.each([
    ['pay_async_', 'pending', 'refund.succeeded', 'succeeded', 400],
    ['pay_asyncfail_', 'pending', 'refund.failed', 'failed', 0],
    ['pay_latefail_', 'succeeded', 'refund.failed', 'failed', 0],
  ])('answers %s with %s and later says %s', async (prefix, answered, type, status, refundedAmount) => {
    const id = await payment(prefix);
    const answer = await refund(id, 'rfd_a/1');
    expect(answer).toMatchObject({ status: 201, body: { status: answered } });
    expect((await show(id)).refunds[0]?.status).toBe(answered);
    await eventually(() => eventsOf(id).length === 1);
    expect(eventsOf(id)).toEqual([
      {
        id: expect.stringMatching(/^evt_/) as string,
        type,
        at: expect.any(String) as string,
        data: { refundId: 'rfd_a', providerRefundId: answer.body['id'], providerPaymentId: id, amount: 400 },
      },
    ]);
    expect(await show(id)).toMatchObject({ refunds: [{ status }], refundedAmount, calls: 1 });
    expect((await refund(id, 'rfd_a/1')).body).toEqual(answer.body);
  });

  it('holds what is pending against the capture, and frees it when it fails', async () => {
    const id = await payment('pay_asyncfail_');
    await refund(id, 'rfd_a/1', 1000);
    expect(await refund(id, 'rfd_b/1', 1)).toMatchObject({ status: 402, body: { code: 'amount_too_high' } });
    await eventually(async () => (await show(id)).refunds[0]?.status === 'failed');
    expect((await refund(id, 'rfd_c/1', 1000)).status).toBe(201);
  });

  it('takes its time over pay_slow_, lets repetitions wait too, and sends no event to a caller who waited', async () => {
    const id = await payment('pay_slow_');
    let answered = 0;
    const both = [1, 2].map(() => refund(id, 'rfd_a/1').finally(() => (answered += 1)));
    await eventually(async () => (await show(id)).refunds[0]?.status === 'pending');
    expect(answered).toBe(0);
    const answers = await Promise.all(both);
    for (const answer of answers) expect(answer).toMatchObject({ status: 201, body: { status: 'succeeded', id: answers[0]!.body['id'] } });
    expect(await show(id)).toMatchObject({ refundedAmount: 400 });
    expect(eventsOf(id)).toEqual([]);
  });

  it('finishes pay_slow_ when the caller has given up, and says so by event', async () => {
    const id = await payment('pay_slow_');
    const asked = { refundId: 'rfd_a', amount: 400, currency: 'CNY' };
    const caller = new AbortController();
    const lost = expect(call('POST', `/payments/${id}/refunds`, asked, { 'idempotency-key': `${id}:a` }, caller.signal)).rejects.toThrow();
    await eventually(async () => (await show(id)).refunds[0]?.status === 'pending');
    caller.abort();
    await lost;
    await eventually(() => eventsOf(id).length === 1);
    expect(eventsOf(id)[0]?.type).toBe('refund.succeeded');
    expect(await show(id)).toMatchObject({ refundedAmount: 400, calls: 1 });
  });

  it('answers look-ups by our refund id, over every attempt', async () => {
    const id = await payment('pay_asyncfail_');
    await refund(id, 'rfd_lookup/1');
    await eventually(async () => (await show(id)).refunds[0]?.status === 'failed');
    await refund(id, 'rfd_lookup/2');
    const { data } = (await call<{ data: object[] }>('GET', '/refunds?refundId=rfd_lookup')).body;
    const common = { refundId: 'rfd_lookup', providerPaymentId: id, amount: 400, currency: 'CNY' };
    expect(data).toMatchObject([
      { ...common, status: 'failed', idempotencyKey: `${id}:rfd_lookup/1` },
      { ...common, status: 'pending', idempotencyKey: `${id}:rfd_lookup/2` },
    ]);
    expect((await call('GET', '/refunds?refundId=rfd_look')).body).toEqual({ data: [], nextCursor: null });
  });

  it('lists refunds by time, from inclusive and to exclusive, page by page', async () => {
    const id = await payment('pay_ok_');
    await new Promise((resolve) => setTimeout(resolve, 5));
    const from = new Date().toISOString();
    for (const key of ['a', 'b', 'c', 'd', 'e']) await refund(id, `rfd_list_${key}/1`, 1);
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const page = await call<{ data: { refundId: string }[]; nextCursor: string | null }>('GET', `/refunds?from=${from}&limit=2${cursor}`);
      expect(page.body.data.length).toBeLessThanOrEqual(2);
      seen.push(...page.body.data.map(({ refundId }) => refundId));
      cursor = page.body.nextCursor === null ? '' : `&cursor=${page.body.nextCursor}`;
    } while (cursor);
    expect(seen).toEqual(['a', 'b', 'c', 'd', 'e'].map((key) => `rfd_list_${key}`));
    const before = await call<{ data: { at: string }[] }>('GET', `/refunds?to=${from}&limit=200`);
    expect(before.body.data.every(({ at }) => at < from)).toBe(true);
  });

  it.each([
    ['no key', { refundId: 'rfd_a', amount: 1, currency: 'CNY' }, {}],
    ['amount 0', { refundId: 'rfd_a', amount: 0, currency: 'CNY' }, { 'idempotency-key': 'v' }],
    ['a broken amount', { refundId: 'rfd_a', amount: 1.5, currency: 'CNY' }, { 'idempotency-key': 'v' }],
    ['an amount beyond safe integers', { refundId: 'rfd_a', amount: 2 ** 53, currency: 'CNY' }, { 'idempotency-key': 'v' }],
    ['an amount as text', { refundId: 'rfd_a', amount: '1', currency: 'CNY' }, { 'idempotency-key': 'v' }],
    ['an unknown field', { refundId: 'rfd_a', amount: 1, currency: 'CNY', reason: 'x' }, { 'idempotency-key': 'v' }],
    ['no currency', { refundId: 'rfd_a', amount: 1 }, { 'idempotency-key': 'v' }],
  ])('refuses a refund with %s, and does not count it', async (_what, body, headers) => {
    const id = await payment('pay_ok_');
    expect(await call('POST', `/payments/${id}/refunds`, body, headers)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(await show(id)).toMatchObject({ refunds: [], calls: 0 });
  });
});
