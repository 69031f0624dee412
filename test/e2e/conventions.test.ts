import { randomUUID } from 'node:crypto';
import { login, shop } from '../stack/stack';
import { anOrder, application, expectStatus, importOrder, Journey, uniqueNumber } from './journey';
import { ownPolicy } from './policies';
import { expectProblem } from './refusals';

describe('every answer, whoever made it', () => {
  test('a refusal decided inside a return names the path it was asked at, the first time and every time', async () => {
    const journey = await Journey.begin();
    const key = randomUUID();
    const path = `/v1/returns/${journey.id}/inspections`;
    const inspect = async () =>
      (await login('warehouse')).post(path, { lines: [{ lineId: '1', units: [{ grade: 'A', disposition: 'restock', accepted: true }] }] }, { key });
    expect(expectProblem(await inspect(), 409, 'invalid_state').instance).toBe(path);
    const again = await inspect();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(expectProblem(again, 409, 'invalid_state').instance).toBe(path);
  });

  test('a repetition has the first answer to the letter', async () => {
    const journey = await Journey.begin();
    const agent = await login('agent');
    const send = async (path: string, body: unknown, key: string) => JSON.stringify((await agent.post(path, body, { key })).body);
    const calls: [string, unknown][] = [
      [`/v1/returns/${journey.id}/notes`, { text: 'called', visibility: 'internal' }],
      [`/v1/returns/${journey.id}/goodwill`, { kind: 'points', amount: 5, reason: 'sorry' }],
      [`/v1/returns/${journey.id}/pickup`, { from: '2026-01-01T08:00:00Z', to: '2026-01-01T10:00:00Z' }],
    ];
    for (const [path, body] of calls) {
      const key = randomUUID();
      expect(await send(path, body, key)).toBe(await send(path, body, key));
    }
  });

  test('a quote takes a key like every POST', async () => {
    const order = anOrder();
    await importOrder(order);
    const key = randomUUID();
    const quote = (body: unknown, as: string = key) => shop().post('/v1/returns/quote', body, { key: as });
    const first = await quote(application(order));
    const again = await quote(application(order));
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([200, null]);
    expect([again.status, again.headers.get('idempotency-replayed'), again.body]).toEqual([200, 'true', first.body]);
    expectProblem(await quote(application(order, { quantity: 2 })), 422, 'idempotency_key_reused');
    expectProblem(await quote(application(order), 'k'.repeat(256)), 400, 'validation_failed');
  });

  test('a return is never younger than its first word', async () => {
    const { rma, id } = await Journey.begin();
    expect([rma.createdAt, rma.statusSince]).toEqual([rma.updatedAt, rma.updatedAt]);
    const { data } = expectStatus(await shop().get(`/v1/returns/${id}/timeline`), 200);
    expect(data[0].at).toBe(rma.createdAt);
  });

  test('a body that is not UTF-8 is refused before it becomes question marks', async () => {
    const bytes = Buffer.concat([Buffer.from('{"orderNumber":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const headers = { 'content-type': 'application/json' };
    expectProblem(await shop().post('/v1/returns', bytes, { headers }), 400, 'validation_failed', '');
    const utf16 = Buffer.from('{"orderNumber":"A1"}', 'utf16le');
    expectProblem(
      await shop().post('/v1/returns', utf16, { headers: { 'content-type': 'application/json; charset=utf-16le' } }),
      415,
      'unsupported_media_type',
    );
  });

  test('short lists have pages too', async () => {
    const base = anOrder();
    const [card] = base.tenders;
    const order = {
      ...base,
      tenders: [
        { ...card, amount: 1000 },
        { ...card, tenderId: 't2', amount: 2000 },
      ],
    };
    await importOrder(order);
    const finance = await login('finance');
    const path = `/v1/tenders?orderNumber=${order.orderNumber}&limit=1`;
    const first = expectStatus(await finance.get(path), 200);
    const second = expectStatus(await finance.get(`${path}&cursor=${first.nextCursor}`), 200);
    expect([first.data, second.data].map((rows) => rows.map((row: { tenderId: string }) => row.tenderId))).toEqual([['t1'], ['t2']]);
    expect(second.nextCursor).toBeNull();
    expectStatus(await shop().get('/v1/sandbox/mail?to=customer@demo.example&limit=1'), 200);
    expectProblem(await shop().get('/v1/sandbox/mail?limit=201'), 400, 'validation_failed', '/query/limit');
  });
});

describe('what belongs together', () => {
  test('the policy is that of the channel where the order was placed; a customer has no other by naming one, a shop has', async () => {
    const channel = await ownPolicy({ window: { duration: 'P1D', from: 'delivery' } });
    const order = anOrder({ channel });
    await importOrder(order);
    const findings = async (who: string, more: object) => {
      const caller = who === 'shop' ? shop() : await login(who);
      const { lines } = expectStatus(await caller.post('/v1/returns/quote', { ...application(order), ...more }), 200);
      return lines[0].findings.map((finding: { code: string }) => finding.code);
    };
    expect(await findings('customer', {})).toEqual(['window_closed']);
    expect(await findings('customer', { channel: 'web' })).toEqual(['window_closed']);
    expect(await findings('shop', {})).toEqual(['window_closed']);
    expect(await findings('shop', { channel: 'web' })).toEqual([]);
  });

  test('a goodwill has the reason its agent wrote, for colleagues', async () => {
    const journey = await Journey.begin();
    await journey.command('agent', 'goodwill', { kind: 'points', amount: 5, reason: 'called three times' });
    expect(journey.rma.compensations).toMatchObject([{ reason: 'called three times' }]);
    expect((await journey.read('customer')).compensations).toMatchObject([{ reason: 'goodwill' }]);
  });

  test('a return is found by the serial numbers its units were sold under', async () => {
    const serials = [uniqueNumber('SN'), uniqueNumber('SN')];
    const line = { lineId: '1', sku: 'PHONE', title: 'Telephone', category: 'electronics', supplier: 'acme', quantity: 2, unitPrice: 1000, serials };
    const journey = await Journey.begin(anOrder({ lines: [line] }));
    const found = async (serial: string) => (await shop().get(`/v1/returns?serial=${serial}`)).body.data.map((rma: { id: string }) => rma.id);
    expect(await found(serials[0]!)).toEqual([journey.id]);
    // The other one is still the customer's.
    expect(await found(serials[1]!)).toEqual([]);
  });

  test('an accepted unit is not sent back: its money is given', async () => {
    const journey = await Journey.begin();
    await journey.receive([{ lineId: '1', quantity: 1 }], { trackingNumber: null, returnNumber: journey.rma.number });
    const units = [{ grade: 'A', disposition: 'send_back', accepted: true }];
    const answer = await (await login('warehouse')).post(`/v1/returns/${journey.id}/inspections`, { lines: [{ lineId: '1', units }] });
    expectProblem(answer, 400, 'validation_failed', '/lines/0/units/0/disposition');
    expect((await journey.read()).lines[0].units[0].inspection).toBe('pending');
  });

  test('a receipt that is matched to no return is told so as anything that does not exist', async () => {
    const warehouse = await login('warehouse');
    const { id } = expectStatus(await warehouse.post('/v1/receipts', { trackingNumber: uniqueNumber('LOST'), lines: [{ sku: 'X', quantity: 1 }] }), 201);
    expectProblem(await warehouse.post(`/v1/receipts/${id}/match`, { returnId: 'ret_none' }), 404, 'not_found');
  });

  test('rejected goods on their way home are the warehouse’s next step until they have left', async () => {
    const journey = await Journey.begin();
    await journey.receive([{ lineId: '1', quantity: 1 }], { trackingNumber: null, returnNumber: journey.rma.number });
    await journey.inspect([{ quantity: 1, grade: 'D', disposition: 'send_back', accepted: false }]);
    expect(journey.rma.nextStep).toMatchObject({ who: 'customer', action: 'appeal' });
    await journey.advance('P8D');
    const waiting = await journey.until((rma) => rma.lines[0].units[0].logistics === 'sending_back');
    expect(waiting.nextStep).toMatchObject({ who: 'warehouse', action: 'wait' });
    const done = await journey.command('warehouse', 'sendback', { carrier: 'sf', trackingNumber: uniqueNumber('HOME') });
    expect(done.nextStep).toBeNull();
  });
});

describe('what people write about a return', () => {
  test('stands in its timeline, in its place, for whom it was meant', async () => {
    const order = anOrder();
    await importOrder(order);
    const lines = [{ lineId: '1', quantity: 1, reason: 'changed_mind', resolution: 'refund', comment: 'too small' }];
    const { id } = expectStatus(await shop().post('/v1/returns', { orderNumber: order.orderNumber, method: 'self_ship', lines }), 201);
    const agent = await login('agent');
    expectStatus(await agent.post(`/v1/returns/${id}/notes`, { text: 'rang twice', visibility: 'internal' }), 200);
    expectStatus(await agent.post(`/v1/returns/${id}/notes`, { text: 'the label is on its way', visibility: 'customer' }), 200);
    expectStatus(await agent.post(`/v1/returns/${id}/cancel`, { reason: 'asked by telephone' }), 200);
    expectStatus(await shop().post(`/v1/returns/${id}/rating`, { score: 4, recommend: 9, comment: 'quick' }), 200);
    const told = async (who: string) => expectStatus(await (await login(who)).get(`/v1/returns/${id}/timeline?limit=200`), 200).data;
    const entries = await told('agent');
    expect(entries.map((entry: { sequence: number }) => entry.sequence)).toEqual(entries.map((_: unknown, index: number) => index + 1));
    const of = (type: string, all = entries) => all.filter((entry: { type: string }) => entry.type === type).map((entry: { data: unknown }) => entry.data);
    expect(of('applied')).toMatchObject([{ notes: [{ kind: 'comment', lineId: '1', comment: 'too small' }] }]);
    expect(of('note_added')).toMatchObject([{ text: 'rang twice', visibility: 'internal' }, { text: 'the label is on its way' }]);
    expect(of('cancelled')).toMatchObject([{ notes: [{ reason: 'asked by telephone' }] }]);
    expect(of('rated')).toMatchObject([{ score: 4, recommend: 9, comment: 'quick' }]);
    const types = entries.map((entry: { type: string }) => entry.type);
    expect(types.indexOf('note_added')).toBeGreaterThan(types.indexOf('applied'));
    expect(types.lastIndexOf('note_added')).toBeLessThan(types.indexOf('cancelled'));
    const seen = await told('customer');
    expect(of('note_added', seen)).toMatchObject([{ text: 'the label is on its way' }]);
    expect(JSON.stringify(seen)).not.toContain('rang twice');
    const pages = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { data: unknown[]; nextCursor: string | null } = (await agent.get(`/v1/returns/${id}/timeline?limit=3${cursor && `&cursor=${cursor}`}`)).body;
      pages.push(...page.data);
      cursor = page.nextCursor;
    }
    expect(pages).toEqual(entries);
  });
});
