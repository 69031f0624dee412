import fc from 'fast-check';
import { login, otherShop, shop, type Body } from '../stack/stack';
import { aPolicy, callerOf, calls, leaves, pointerOf, replaced, send, slot, subject, units, wrongOnes } from './calls';
import { anOrder, application, expectStatus, Journey } from './journey';
import { expectProblem, newCustomer } from './refusals';

/** The work about the subject; other returns of the stack go their own way meanwhile. */
async function workOfSubject(): Promise<Body[]> {
  const admin = await login('admin');
  const found: Body[] = [];
  for (let cursor = ''; ;) {
    const page = expectStatus(await admin.get(`/v1/work?limit=200${cursor}`), 200);
    found.push(...page.data.filter((task: Body) => task.returnId === subject.journey.id));
    if (page.nextCursor === null) return found;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
}
/** All that these calls could have changed. */
async function recorded(): Promise<string> {
  const admin = await login('admin');
  const paths = [
    `/v1/returns/${subject.journey.id}`, `/v1/returns/${subject.journey.id}/timeline?limit=200`, `/v1/returns?orderNumber=${subject.journey.order.orderNumber}`, `/v1/orders/${subject.journey.order.orderNumber}`, '/v1/receipts?limit=200',
    '/v1/policies?limit=200', '/v1/inventory/TEE-NOWHERE', '/v1/calendars/nowhere',
  ]; // prettier-ignore
  return JSON.stringify([...(await Promise.all(paths.map(async (path) => (await admin.get(path)).body))), await workOfSubject()]);
}

beforeAll(async () => {
  subject.journey = await Journey.begin(anOrder());
  subject.policyId = expectStatus(await (await login('admin')).post('/v1/policies', aPolicy()), 201).id;
});
/** For a `describe` whose tests must leave no trace. */
function nothingIsRecorded(): void {
  let before: string;
  beforeAll(async () => {
    before = await recorded();
  });
  afterAll(async () => {
    expect(await recorded()).toBe(before);
  });
}

describe('a body that is not what the route takes', () => {
  nothingIsRecorded();
  test.each(calls)('$name: each field with each wrong value is refused at its pointer', async (call) => {
    for (const { path, value } of leaves(call.body())) {
      for (const wrong of wrongOnes(value)) {
        const spoilt = replaced(call.body(), path, wrong);
        const problem = expectProblem(await send(call, spoilt), 400, 'validation_failed');
        const pointers: string[] = problem.errors.map((error: { pointer: string }) => error.pointer);
        if (!pointers.some((pointer) => pointer.startsWith(pointerOf(path))))
          throw new Error(`${pointerOf(path)} = ${JSON.stringify(wrong)?.slice(0, 40)}: ${JSON.stringify(problem.errors)}`);
      }
    }
  });

  test.each(calls)('$name: unknown fields, prototype keys included, are refused by name', async (call) => {
    const text = JSON.stringify(call.body());
    for (const name of ['surprise', '__proto__', 'constructor', 'toString']) {
      const spoilt = text.replace('{', `{${JSON.stringify(name)}:{"polluted":true}${text === '{}' ? '' : ','}`);
      const answer = await (await callerOf(call.who))[call.method](call.path(), spoilt, { headers: { 'content-type': 'application/json' } });
      expect(expectProblem(answer, 400, 'validation_failed', `/${name}`).errors).toContainEqual(
        expect.objectContaining({ pointer: `/${name}`, code: 'unknown_field' }),
      );
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test.each(calls)('$name: what is no JSON object at all', async (call) => {
    const json = { 'content-type': 'application/json' };
    const caller = await callerOf(call.who);
    expect(expectProblem(await caller[call.method](call.path(), '{"lines": [', { headers: json }), 400, 'validation_failed', '').errors[0].code).toBe(
      'invalid_json',
    );
    expectProblem(await caller[call.method](call.path(), [], { headers: json }), 400, 'validation_failed');
    for (const text of ['null', '7', '"text"']) expectProblem(await caller[call.method](call.path(), text, { headers: json }), 400, 'validation_failed');
    expectProblem(
      await caller[call.method](call.path(), 'a=1', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      415,
      'unsupported_media_type',
    );
    expectProblem(await caller[call.method](call.path(), '{}', { headers: { 'content-type': 'text/plain' } }), 415, 'unsupported_media_type');
  });

  test('above 1 MiB it is too large, wherever it is sent', async () => {
    const large = JSON.stringify({ reason: 'x'.repeat(1024 * 1024) });
    for (const call of calls.filter(({ name }) => ['cancel', 'apply', 'order', 'policy', 'receipt'].includes(name))) {
      const answer = await (await callerOf(call.who))[call.method](call.path(), large, { headers: { 'content-type': 'application/json' } });
      expectProblem(answer, 413, 'payload_too_large');
    }
  });

  test('nested a thousand deep, or with a million brackets, it is refused', async () => {
    for (const text of [`{"lines":${'['.repeat(1000)}${']'.repeat(1000)}}`, '['.repeat(500_000)]) {
      expectProblem(await shop().post('/v1/returns', text, { headers: { 'content-type': 'application/json' } }), 400, 'validation_failed');
    }
  });

  test('an Idempotency-Key that is none is refused before anything is done', async () => {
    for (const key of ['with blank', 'x'.repeat(256), 'caf\u00e9']) {
      expectProblem(
        await shop().post('/v1/returns', application(subject.journey.order), { headers: { 'idempotency-key': key } }),
        400,
        'validation_failed',
        '/headers/idempotency-key',
      );
    }
    expectProblem(
      await shop().post(`/v1/returns/${subject.journey.id}/cancel`, {}, { headers: { 'idempotency-key': 'a b' } }),
      400,
      'validation_failed',
      '/headers/idempotency-key',
    );
  });
});

describe('an application that does not fit its order', () => {
  nothingIsRecorded();
  const lineOf = (more: Body) => ({ lineId: '1', quantity: 1, reason: 'changed_mind', ...more });
  const findings = (body: Body) => body.lines.flatMap((line: Body) => line.findings.map((finding: Body) => finding.code));
  test.each([
    ['quantity 0', { quantity: 0 }, '/lines/0/quantity'],
    ['quantity 1000', { quantity: 1000 }, '/lines/0/quantity'],
    ['a line that is not there', { lineId: '7' }, '/lines/0/lineId'],
    ['a line called __proto__', { lineId: '__proto__' }, '/lines/0/lineId'],
    ['a line called constructor', { lineId: 'constructor' }, '/lines/0/lineId'],
    ['a resolution that does not exist', { resolution: 'money' }, '/lines/0/resolution'],
    ['an adjustment without an amount', { resolution: 'adjustment' }, '/lines/0/adjustmentAmount'],
    ['an adjustment of a negative amount', { resolution: 'adjustment', adjustmentAmount: -1 }, '/lines/0/adjustmentAmount'],
    ['a refund with an amount', { adjustmentAmount: 5 }, '/lines/0/adjustmentAmount'],
    ['a file that nobody uploaded', { evidence: ['fil_nothing'] }, '/lines/0/evidence/0'],
  ])('%s is refused', async (_, more, pointer) => {
    for (const path of ['/v1/returns', '/v1/returns/quote'])
      expectProblem(await shop().post(path, application(subject.journey.order, { lines: [lineOf(more)] })), 400, 'validation_failed', pointer);
  });

  test('more than is left, and an unknown reason, are findings: nothing is recorded', async () => {
    for (const [more, code] of [[{ quantity: 3 }, 'quantity_unavailable'], [{ reason: 'toString' }, 'reason_not_allowed'], [{ reason: '__proto__' }, 'reason_not_allowed']] as const) {
      const body = application(subject.journey.order, { lines: [lineOf(more)] });
      expect(findings(expectProblem(await shop().post('/v1/returns', body), 422, 'not_eligible'))).toContain(code);
      const quote = expectStatus(await shop().post('/v1/returns/quote', body), 200);
      expect(quote.eligible).toBe(false);
      expect(findings(quote)).toContain(code);
    }
  }); // prettier-ignore

  test('an unknown order, another customer’s and another shop’s look alike', async () => {
    const { caller } = await newCustomer();
    const abroad = anOrder();
    expectStatus(await otherShop().put(`/v1/orders/${abroad.orderNumber}`, abroad), 201);
    for (const path of ['/v1/returns', '/v1/returns/quote']) {
      expectProblem(await shop().post(path, application({ orderNumber: 'nothing' })), 404, 'not_found');
      expectProblem(await shop().post(path, application(abroad)), 404, 'not_found');
      expectProblem(await caller.post(path, application(subject.journey.order)), 404, 'not_found');
      expectProblem(await otherShop().post(path, application(subject.journey.order)), 404, 'not_found');
    }
    expectProblem(await shop().get(`/v1/orders/${abroad.orderNumber}`), 404, 'not_found');
    expectProblem(await caller.get(`/v1/orders/${subject.journey.order.orderNumber}`), 404, 'not_found');
    expect((await shop().get(`/v1/returns?orderNumber=${abroad.orderNumber}`)).body.data).toEqual([]);
  });
});

describe('a return that is not the caller’s', () => {
  nothingIsRecorded();
  test('answers 404 to another shop’s key and staff, whatever is asked', async () => {
    const otherAdmin = await login('admin@other.example');
    for (const call of calls.filter(({ path }) => path().startsWith(`/v1/returns/${subject.journey.id}`))) {
      const caller = call.who === 'shop' ? otherShop() : call.who === 'customer' ? null : otherAdmin;
      if (caller) expectProblem(await caller[call.method](call.path(), call.body()), 404, 'not_found');
    }
    for (const caller of [otherShop(), otherAdmin]) {
      for (const id of [subject.journey.id, subject.journey.rma.number]) {
        for (const path of ['', '/timeline', '/label']) expectProblem(await caller.get(`/v1/returns/${id}${path}`), 404, 'not_found');
      }
      expect((await caller.get(`/v1/returns?orderNumber=${subject.journey.order.orderNumber}`)).body.data).toEqual([]);
    }
    expectProblem(await otherAdmin.post('/v1/receipts/rcp_1/match', { returnId: subject.journey.id }), 404, 'not_found');
    expectProblem(await otherShop().post(`/v1/sandbox/returns/${subject.journey.id}/advance`, { by: 'P1D' }), 404, 'not_found');
    expectProblem(await otherAdmin.put(`/v1/policies/${subject.policyId}`, aPolicy()), 404, 'not_found');
    expectProblem(await otherAdmin.post(`/v1/policies/${subject.policyId}/publish`), 404, 'not_found');
    // What arrives elsewhere with our numbers on it is somebody else’s surplus, never ours.
    const receipt = expectStatus(
      await otherAdmin.post('/v1/receipts', {
        returnNumber: subject.journey.rma.number,
        orderNumber: subject.journey.order.orderNumber,
        lines: [{ lineId: '1', quantity: 1 }],
      }),
      201,
    );
    expect(receipt).toMatchObject({ returnId: null, status: 'unmatched' });
    expectProblem(await (await login('warehouse')).post(`/v1/receipts/${receipt.id}/match`, { returnId: subject.journey.id }), 404, 'not_found');
  });

  test('answers 404 to another customer', async () => {
    const { caller } = await newCustomer();
    for (const path of ['', '/timeline', '/label']) expectProblem(await caller.get(`/v1/returns/${subject.journey.id}${path}`), 404, 'not_found');
    for (const [path, body] of [['cancel', {}], ['shipment', { carrier: 'sf', trackingNumber: 'X' }], ['pickup', slot], ['appeal', { reason: 'no' }], ['rating', { score: 5 }]] as const) {
      expectProblem(await caller.post(`/v1/returns/${subject.journey.id}/${path}`, body), 404, 'not_found');
    }
    expect((await caller.get('/v1/returns')).body).toEqual({ data: [], nextCursor: null });
  }); // prettier-ignore

  test('an unknown id is 404, and what cannot be an id is refused with its place', async () => {
    const agent = await login('agent');
    expectProblem(await agent.get('/v1/returns/ret_nothing'), 404, 'not_found');
    expectProblem(await agent.get('/v1/returns/R-0000-0000'), 404, 'not_found');
    expectProblem(await agent.get('/v1/returns/constructor'), 404, 'not_found');
    for (const path of ['/v1/returns/%00', '/v1/returns/a%20b', `/v1/returns/${'x'.repeat(65)}`])
      expectProblem(await agent.get(path), 400, 'validation_failed', '/path/id');
    expect((await agent.get('/v1/returns/%zz')).status).toBe(400);
    expectProblem(await agent.post(`/v1/returns/${subject.journey.id}/deadlines/lunch/extend`, { by: 'P1D' }), 400, 'validation_failed', '/path/stage');
    expectProblem(await (await login('finance')).get('/v1/refunds/rfd_nothing'), 404, 'not_found');
    expectProblem(await (await login('finance')).post('/v1/refunds/rfd_nothing/approve'), 404, 'not_found');
    expectProblem(await (await login('finance')).post('/v1/compensations/cmp_nothing/approve'), 404, 'not_found');
    expectProblem(await (await login('warehouse')).post('/v1/receipts/rcp_nothing/match', { returnId: subject.journey.id }), 404, 'not_found');
  });
});

describe('a command in the wrong state', () => {
  nothingIsRecorded();
  test('is refused with invalid_state, and nothing moves', async () => {
    const refusedNow = ['decision', 'offers/ofr_1/accept', 'sendback', 'appeal', 'inspections', 'repairs', 'deadlines/handover/resume'];
    for (const call of calls.filter(({ name }) => refusedNow.includes(name))) {
      const answer = await send(call, call.body());
      expect([call.name, answer.status, answer.body.code]).toEqual([call.name, expect.anything(), expect.stringMatching(/^(invalid_state|not_found)$/)]);
      if (!call.name.startsWith('offers')) expectProblem(answer, 409, 'invalid_state');
    }
  });

  test('after the end only the way out is open', async () => {
    const over = await Journey.begin(anOrder());
    const cancelled = await over.command('shop', 'cancel');
    expect(cancelled).toMatchObject({ status: 'cancelled', nextStep: null });
    for (const call of calls.filter(
      ({ path, name }) => path().startsWith('/v1/returns/ret_') && !['goodwill', 'notes', 'assign', 'rating', 'resolve'].includes(name),
    )) {
      const answer = await (await callerOf(call.who))[call.method](call.path().replace(subject.journey.id, over.id), call.body());
      expect([call.name, answer.status, answer.body.code]).toEqual([call.name, 409, 'invalid_state']);
    }
    expect(await over.read()).toEqual(cancelled);
  });

  test('units and lines that are not in the return are refused', async () => {
    const agent = await login('agent');
    const resolve = (unit: Body) =>
      agent.post(`/v1/returns/${subject.journey.id}/resolve`, { units: [{ lineId: '1', unit: 1, logistics: 'lost', money: 'none', ...unit }] });
    expect((await resolve({ unit: 3 })).status).toBe(400);
    expect((await resolve({ lineId: '__proto__' })).status).toBe(400);
    const inspect = await (await login('warehouse')).post(`/v1/returns/${subject.journey.id}/inspections`, { lines: [{ lineId: 'nothing', units }] });
    expect([400, 409]).toContain(inspect.status);
  });
});

describe('lists', () => {
  nothingIsRecorded();
  const cursorOf = (...key: unknown[]) => Buffer.from(JSON.stringify(key)).toString('base64url');
  test('refuse limits, cursors and filters that are none', async () => {
    const admin = await login('admin');
    for (const list of [
      '/v1/returns',
      '/v1/refunds',
      '/v1/receipts',
      '/v1/work',
      '/v1/policies',
      '/v1/users',
      '/v1/api-keys',
      '/v1/ledger/entries',
      `/v1/returns/${subject.journey.id}/timeline`,
    ]) {
      for (const limit of ['0', '201', '-1', '1.5', 'ten', '1e9', ''])
        expectProblem(await admin.get(`${list}?limit=${limit}`), 400, 'validation_failed', '/query/limit');
      const cursors = [
        'x',
        '%00',
        cursorOf(),
        cursorOf('0000-01-01 00:00:00+00', 'x'),
        cursorOf('2026-02-30 00:00:00+00', 'x'),
        cursorOf('9999-99-99 99:99:99+00', 'x'),
        cursorOf('2026-01-01 00:00:00+99', 'x'),
        cursorOf({}, 'x'),
        cursorOf(1, 2, 3),
      ];
      for (const cursor of cursors) expectProblem(await admin.get(`${list}?cursor=${cursor}`), 400, 'validation_failed', '/query/cursor');
      expectProblem(await admin.get(`${list}?surprise=1`), 400, 'validation_failed', '/query/surprise');
      expectProblem(await admin.get(`${list}?limit=5&limit=6`), 400, 'validation_failed', '/query/limit');
      expect((await admin.get(`${list}?cursor=${cursorOf(Number.MAX_SAFE_INTEGER)}`)).status).toBeLessThan(500);
      expect((await admin.get(`${list}?cursor=${cursorOf(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 'x')}`)).status).toBeLessThan(500);
      expect((await admin.get(`${list}?cursor=${cursorOf(-1)}`)).status).toBeLessThan(500);
    }
    for (const query of ['status=lost', 'from=yesterday', 'to=2026-02-30', 'attention=maybe', 'overdue=1', 'assignee=%00', 'serial=%00', 'customerId=%20']) {
      expectProblem(await admin.get(`/v1/returns?${query}`), 400, 'validation_failed', `/query/${query.split('=')[0]}`);
    }
    expectProblem(await admin.get('/v1/tenders'), 400, 'validation_failed', '/query/orderNumber');
    expectProblem(await admin.get('/v1/ledger/entries?account=cash'), 400, 'validation_failed', '/query/account');
  });
});

describe('whatever is sent', () => {
  test('never makes the server fail, and every refusal is a problem with a code', async () => {
    // Some of it is taken by chance: it goes to a return and an order of its own.
    subject.journey = await Journey.begin(anOrder({ lines: [{ lineId: '1', sku: 'TEE-M', title: 'T-shirt', quantity: 900, unitPrice: 100 }] }));
    const scalar = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.array(fc.nat(0xffff), { maxLength: 8 }).map((codes) => String.fromCharCode(...codes)),
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.constantFrom(null, '', '\0', '__proto__', 1e300, -0, 9007199254740991, '2026-02-30T00:00:00Z', 'P3650D', '1e5'),
    );
    const junk = fc.oneof({ weight: 4, arbitrary: scalar }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) });
    const change = fc.tuple(fc.nat(), junk);
    const instead = fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) });
    // A draft of anything at all must not come into force: it would be the policy of the tests to come.
    const sent = calls.filter(({ name }) => name !== 'publish');
    const request = fc.tuple(fc.constantFrom(...sent), fc.array(change, { minLength: 1, maxLength: 2 }), instead);
    await fc.assert(
      fc.asyncProperty(request, async ([call, changes, whole]) => {
        const spoilt = changes.reduce((body, [pick, value]) => {
          const places = leaves(body);
          return places.length > 0 ? replaced(body, places[pick % places.length]!.path, value) : body;
        }, call.body());
        const answer = await send(call, whole ?? spoilt);
        if (answer.status >= 500) throw new Error(`${call.name} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
        if (answer.status >= 400) expectProblem(answer, answer.status, answer.body.code);
      }),
      { numRuns: 300, endOnFailure: true },
    );
    expect((await subject.journey.read()).id).toBe(subject.journey.id);
  });
});
