import { randomUUID } from 'node:crypto';
import { client, login, otherShop, shop, until, type Body, type Client } from '../stack/stack';
import { anOrder, application, expectStatus, importOrder, Journey } from './journey';
import { expectProblem, newCustomer, newKey } from './refusals';

const roles = ['customer', 'agent', 'warehouse', 'finance', 'admin', 'service'] as const;
type Role = (typeof roles)[number];
interface Operation {
  readonly 'x-roles'?: readonly Role[];
  readonly 'x-public'?: boolean;
  readonly 'x-scope'?: string;
}
/** Ids that nothing has: a call that is let in finds nothing, or is refused for its body, and leaves no trace. */
const harmless: Record<string, string> = { stage: 'review', version: '1', provider: 'sandbox', carrier: 'nobody', sku: 'NO-SUCH-SKU', what: 'refunds' };
const pathOf = (path: string) => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => harmless[name] ?? 'no_such_thing');
const call = (caller: Client, method: string, path: string) => {
  const body = method === 'post' || method === 'put' || method === 'patch' ? { noSuchField: true } : undefined;
  return caller[method as 'post'](pathOf(path), body);
};
async function operations(): Promise<(readonly [method: string, path: string, operation: Operation])[]> {
  const { paths } = (await client().get('/openapi.json')).body as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => [method, path, operation] as const));
}

describe('roles', () => {
  test.each(roles)('%s: every route answers 403 exactly when it does not list the role', async (role) => {
    const caller = role === 'service' ? shop() : await login(role);
    const wrong: string[] = [];
    for (const [method, path, operation] of await operations()) {
      if (operation['x-public']) continue;
      const answer = await call(caller, method, path);
      const listed = operation['x-roles']!.includes(role);
      const holds = listed ? answer.status !== 401 && answer.status !== 403 && answer.status < 500 : answer.status === 403 && answer.body.code === 'forbidden';
      if (!holds)
        wrong.push(`${method} ${path} lists ${operation['x-roles']?.join(' ')} and answers ${answer.status} ${JSON.stringify(answer.body)?.slice(0, 200)}`);
    }
    expect(wrong).toEqual([]);
  });

  test('without a token, with a wrong one and with one of another kind every route answers 401', async () => {
    const wrong: string[] = [];
    for (const [method, path, operation] of await operations()) {
      for (const caller of [client(), client('bmt_nothing')]) {
        const answer = await call(caller, method, path);
        if (
          operation['x-public']
            ? answer.status >= 500
            : answer.status !== 401 || answer.body.code !== 'unauthenticated' || !answer.headers.has('www-authenticate')
        )
          wrong.push(`${method} ${path} ${answer.status}`);
      }
    }
    expect(wrong).toEqual([]);
    for (const authorization of ['Basic YTpi', 'Bearer', 'Bearer  ', `Bearer bmt_${'x'.repeat(5000)}`, 'bmk_demo_local_only']) {
      expectProblem(await client().get('/v1/returns', { headers: { authorization } }), 401, 'unauthenticated');
    }
  });

  test('the contract’s table holds where it says "only"', async () => {
    const known = new Map((await operations()).map(([method, path, operation]) => [`${method} ${path}`, operation['x-roles']]));
    const closed: Record<string, Role[]> = {
      'post /v1/receipts': ['warehouse', 'admin'],
      'post /v1/returns/{id}/inspections': ['warehouse', 'admin'],
      'post /v1/refunds/{id}/approve': ['finance', 'admin'],
      'get /v1/ledger/entries': ['finance', 'admin'],
      'post /v1/policies': ['admin'],
      'get /v1/api-keys': ['admin'],
      'post /v1/users': ['admin'],
      'put /v1/orders/{orderNumber}': ['admin', 'service'],
      'patch /v1/customers/{id}': ['admin'],
    };
    for (const [route, listed] of Object.entries(closed)) expect([route, known.get(route)]).toEqual([route, listed]);
    for (const own of ['offers/{offerId}/accept', 'offers/{offerId}/decline', 'appeal', 'rating'])
      expect([own, known.get(`post /v1/returns/{id}/${own}`)]).toEqual([own, ['customer', 'admin', 'service']]);
    expect(known.get('post /v1/returns/{id}/decision')).not.toContain('customer');
  });

  test('token and role come before the input: a stranger learns nothing of what a route takes', async () => {
    const broken = { headers: { 'content-type': 'application/json' } };
    expectProblem(await client().post('/v1/returns', '{"broken', broken), 401, 'unauthenticated');
    expectProblem(await (await login('warehouse')).post('/v1/returns', '{"broken', broken), 403, 'forbidden');
    expectProblem(
      await (await login('customer')).post('/v1/policies', 'x'.repeat(2 * 1024 * 1024), { headers: { 'content-type': 'text/plain' } }),
      403,
      'forbidden',
    );
  });
});

describe('customers', () => {
  test('see their own orders and returns, and nobody else’s', async () => {
    const [mine, theirs] = [await newCustomer(), await newCustomer()];
    const order = anOrder();
    order.customer.email = mine.email.toUpperCase();
    await importOrder(order);
    const rma = expectStatus(await mine.caller.post('/v1/returns', application(order)), 201);
    expect((await mine.caller.get('/v1/returns')).body.data.map((one: Body) => one.id)).toEqual([rma.id]);
    expectStatus(await mine.caller.get(`/v1/orders/${order.orderNumber}`), 200);
    expect((await theirs.caller.get(`/v1/returns?orderNumber=${order.orderNumber}`)).body.data).toEqual([]);
    for (const path of [`/v1/orders/${order.orderNumber}`, `/v1/returns/${rma.id}`, `/v1/returns/${rma.number}`, `/v1/returns/${rma.id}/timeline`])
      expectProblem(await theirs.caller.get(path), 404, 'not_found');
    expectProblem(await theirs.caller.post(`/v1/returns/${rma.id}/cancel`), 404, 'not_found');
    expect((await mine.caller.get(`/v1/returns/${rma.id}`)).body.status).toBe('awaiting_handover');
  });

  test('see no attention, no assignee and no inner workings; the warehouse sees no payment data', async () => {
    const journey = await Journey.begin(anOrder());
    const agent = await login('agent');
    const users = expectStatus(await (await login('admin')).get('/v1/users?email=agent@demo.example'), 200).data;
    await journey.command('agent', 'assign', { userId: users[0].id });
    await journey.command('agent', 'notes', { text: 'watch this one', visibility: 'internal' });
    await journey.command('shop', 'shipment', { carrier: 'sf', trackingNumber: journey.trackingNumber });
    await journey.receive([{ lineId: '1', quantity: 1 }, { sku: 'SOMETHING-ELSE', quantity: 1 }]); // prettier-ignore
    const seen = await until(async () => {
      const rma = (await agent.get(`/v1/returns/${journey.id}`)).body;
      return rma.status === 'at_warehouse' && rma;
    });
    expect(seen.assignee).toBe(users[0].id);
    const customer = (await (await login('customer')).get(`/v1/returns/${journey.id}`)).body;
    expect(customer).toMatchObject({ assignee: null, attention: null, status: 'at_warehouse' });
    const story = (await (await login('customer')).get(`/v1/returns/${journey.id}/timeline`)).body.data;
    expect(JSON.stringify([customer, story])).not.toMatch(new RegExp(`${users[0].id}|watch this one|attention_raised|step_wanted`));
    const warehouse = (await (await login('warehouse')).get(`/v1/returns/${journey.id}`)).body;
    expect(warehouse).toMatchObject({ quote: null, settlement: null, settlements: [], refunds: [] });
    expect(warehouse.lines[0].units[0].refundAmount).toBeNull();
    const inList = (await (await login('warehouse')).get(`/v1/returns?orderNumber=${journey.order.orderNumber}`)).body.data[0];
    expect(inList).toMatchObject({ quote: null, refunds: [] });
    const told = (await (await login('warehouse')).get(`/v1/returns/${journey.id}/timeline`)).body.data;
    expect(JSON.stringify(told)).not.toMatch(/refundAmount|tenderId|Settled: /);
    // A command answers its caller as a read does.
    const after = await journey.command('warehouse', 'inspections', {
      lines: [{ lineId: '1', units: [{ quantity: 1, grade: 'A', disposition: 'restock', accepted: true }] }],
    });
    expect(after).toMatchObject({ quote: null, settlement: null, refunds: [] });
    expectProblem(await (await login('warehouse')).get('/v1/refunds'), 403, 'forbidden');
    expectProblem(await (await login('warehouse')).get(`/v1/orders/${journey.order.orderNumber}`), 403, 'forbidden');
  });

  test('cannot make another customer’s photo theirs by naming it', async () => {
    const [mine, theirs] = [await newCustomer(), await newCustomer()];
    const form = new FormData();
    form.set(
      'file',
      new Blob([Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')], {
        type: 'image/png',
      }),
      'photo.png',
    );
    const file = expectStatus(await theirs.caller.post('/v1/files', form), 201);
    expectProblem(await mine.caller.get(`/v1/files/${file.id}`), 404, 'not_found');
    const order = anOrder();
    order.customer.email = mine.email;
    await importOrder(order);
    expectProblem(
      await mine.caller.post('/v1/returns', application(order, { lines: [{ lineId: '1', quantity: 1, reason: 'damaged', evidence: [file.id] }] })),
      400,
      'validation_failed',
      '/lines/0/evidence/0',
    );
    const rma = expectStatus(await mine.caller.post('/v1/returns', application(order)), 201);
    expectProblem(await mine.caller.post(`/v1/returns/${rma.id}/appeal`, { reason: 'look', evidence: [file.id] }), 400, 'validation_failed', '/evidence/0');
    expectProblem(await mine.caller.get(`/v1/files/${file.id}`), 404, 'not_found');
    expect((await theirs.caller.get(`/v1/files/${file.id}`)).status).toBe(200);
    expectProblem(await otherShop().get(`/v1/files/${file.id}`), 404, 'not_found');
  });

  test('a token of order-access opens its order alone', async () => {
    const { email, caller } = await newCustomer();
    const [order, another] = [anOrder(), anOrder()];
    for (const one of [order, another]) {
      one.customer.email = email;
      await importOrder(one);
    }
    const other = expectStatus(await caller.post('/v1/returns', application(another)), 201);
    const { token, orderNumber } = expectStatus(
      await client().post('/v1/auth/order-access', { orderNumber: order.orderNumber, email: email.toUpperCase() }),
      200,
    );
    expect(orderNumber).toBe(order.orderNumber);
    const guest = client(token);
    const rma = expectStatus(await guest.post('/v1/returns', application(order)), 201);
    expect((await guest.get('/v1/returns')).body.data.map((one: Body) => one.id)).toEqual([rma.id]);
    expectStatus(await guest.get(`/v1/orders/${order.orderNumber}`), 200);
    for (const path of [`/v1/orders/${another.orderNumber}`, `/v1/returns/${other.id}`, `/v1/returns/${other.id}/timeline`])
      expectProblem(await guest.get(path), 404, 'not_found');
    expectProblem(await guest.post('/v1/returns/quote', application(another)), 404, 'not_found');
    expectProblem(await guest.post('/v1/returns', application(another)), 404, 'not_found');
    expectProblem(await guest.post(`/v1/returns/${other.id}/cancel`), 404, 'not_found');
    expectProblem(await guest.get('/v1/users'), 403, 'forbidden');
    const refusal = async (body: Body) => expectProblem(await client().post('/v1/auth/order-access', body), 401, 'unauthenticated');
    const [number, address] = [
      await refusal({ orderNumber: 'no-such-order', email }),
      await refusal({ orderNumber: order.orderNumber, email: 'nobody@demo.example' }),
    ];
    expect(number).toEqual(address);
  });
});

describe('accounts and keys', () => {
  test('too many wrong passwords for one account: 429 with Retry-After, the right one included, and others are not hit', async () => {
    const email = `guess-${randomUUID()}@demo.example`;
    expectStatus(await (await login('admin')).post('/v1/users', { email, name: 'Guessed', role: 'customer', password: 'boomerang' }), 201);
    const attempt = (password: string, address = email) => client().post('/v1/auth/login', { email: address, password });
    const [unknown, wrong] = [await attempt('x', `nobody-${randomUUID()}@demo.example`), await attempt('wrong')];
    expect(expectProblem(unknown, 401, 'unauthenticated')).toEqual(expectProblem(wrong, 401, 'unauthenticated'));
    for (let times = 1; times < 10; times++) expectProblem(await attempt('wrong'), 401, 'unauthenticated');
    const refused = await attempt('boomerang', email.toUpperCase());
    expectProblem(refused, 429, 'rate_limited');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expectStatus(await attempt('boomerang', 'customer@demo.example'), 200);
    const order = `no-order-${randomUUID()}`;
    for (let times = 0; times < 10; times++) expectProblem(await client().post('/v1/auth/order-access', { orderNumber: order, email }), 401, 'unauthenticated');
    expectProblem(await client().post('/v1/auth/order-access', { orderNumber: order, email }), 429, 'rate_limited');
  });

  test('a key does what its scopes say and no more, and nothing once it is revoked', async () => {
    const { id, caller } = await newKey('orders');
    const order = anOrder();
    expectStatus(await caller.put(`/v1/orders/${order.orderNumber}`, order), 201);
    const asked = [
      await caller.get('/v1/returns'),
      await caller.post('/v1/returns', application(order)),
      await caller.put('/v1/inventory/X', {}),
      await caller.get('/v1/sandbox/mail'),
      await caller.get('/v1/refunds'),
    ];
    for (const answer of asked) expectProblem(answer, 403, 'forbidden');
    const admin = await login('admin');
    const listed = expectStatus(await admin.get('/v1/api-keys?limit=200'), 200).data.find((key: Body) => key.id === id);
    expect(Object.keys(listed).toSorted()).toEqual(['createdAt', 'id', 'name', 'scopes']);
    expectProblem(await (await login('admin@other.example')).delete(`/v1/api-keys/${id}`), 404, 'not_found');
    expectStatus(await caller.get(`/v1/orders/${order.orderNumber}`), 200);
    expectStatus(await admin.delete(`/v1/api-keys/${id}`), 204);
    expectProblem(await caller.get(`/v1/orders/${order.orderNumber}`), 401, 'unauthenticated');
    expectProblem(await admin.delete(`/v1/api-keys/${id}`), 404, 'not_found');
    expectProblem(await admin.post('/v1/api-keys', { name: 'x', scopes: ['everything'] }), 400, 'validation_failed', '/scopes/0');
  });

  test('who is switched off is out at once and cannot come back in', async () => {
    const email = `gone-${randomUUID()}@demo.example`;
    const admin = await login('admin');
    const user = expectStatus(await admin.post('/v1/users', { email, name: 'Gone', role: 'agent', password: 'boomerang' }), 201);
    const caller = await login(email);
    expectStatus(await caller.get('/v1/returns'), 200);
    expectStatus(await admin.patch(`/v1/users/${user.id}`, { active: false }), 200);
    expectProblem(await caller.get('/v1/returns'), 401, 'unauthenticated');
    expectProblem(await client().post('/v1/auth/login', { email, password: 'boomerang' }), 401, 'unauthenticated');
    expectStatus(await admin.patch(`/v1/users/${user.id}`, { active: true, role: 'warehouse' }), 200);
    expectProblem(await caller.get('/v1/returns'), 401, 'unauthenticated');
    const again = expectStatus(await client().post('/v1/auth/login', { email, password: 'boomerang' }), 200);
    expectProblem(await client(again.token).post('/v1/returns/quote', {}), 403, 'forbidden');
    expectProblem(await admin.post('/v1/users', { email: email.toUpperCase(), name: 'Twice', role: 'agent' }), 400, 'validation_failed', '/email');
    expect(JSON.stringify((await admin.get('/v1/users?limit=200')).body)).not.toMatch(/password|argon2/i);
  });

  test('an agent’s own limit holds, and the queues are their own', async () => {
    const journey = await Journey.begin(anOrder());
    const given = await journey.command('agent', 'goodwill', { kind: 'points', amount: 5000, reason: 'sorry' });
    expect(given.compensations.at(-1)).toMatchObject({ status: 'granted', amount: 5000 });
    const asked = await journey.command('agent', 'goodwill', { kind: 'points', amount: 5001, reason: 'sorry' });
    const compensation = asked.compensations.at(-1);
    expect(compensation).toMatchObject({ status: 'awaiting_approval' });
    expectProblem(await (await login('agent')).post(`/v1/compensations/${compensation.id}/approve`), 403, 'forbidden');
    expectProblem(await (await login('agent')).get('/v1/work?queue=goodwill_approval'), 403, 'forbidden');
    expectProblem(await (await login('warehouse')).get('/v1/work?queue=review'), 403, 'forbidden');
    const approved = expectStatus(await (await login('finance')).post(`/v1/compensations/${compensation.id}/approve`, { note: 'fine' }), 200);
    expect(approved.compensations.at(-1).status).toBe('granted');
    expectProblem(await (await login('finance')).post(`/v1/compensations/${compensation.id}/reject`), 409, 'invalid_state');
  });
});
