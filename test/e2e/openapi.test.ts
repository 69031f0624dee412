import { client, login, processes, shop, type Body } from '../stack/stack';
import { expectProblem } from './refusals';

/** Every call that CONTRACT names. One that is not served yet must not be described either. */
const contract = `
POST /v1/auth/login
POST /v1/auth/order-access
GET POST /v1/api-keys
DELETE /v1/api-keys/{id}
GET POST /v1/users
PATCH /v1/users/{id}
GET PUT /v1/orders/{orderNumber}
GET PUT /v1/inventory/{sku}
POST /v1/returns/quote
GET POST /v1/returns
GET /v1/returns/{id}
GET /v1/returns/{id}/timeline
POST /v1/returns/{id}/cancel
POST /v1/returns/{id}/decision
POST /v1/returns/{id}/offers
POST /v1/returns/{id}/offers/{offerId}/accept
POST /v1/returns/{id}/offers/{offerId}/decline
POST /v1/returns/{id}/shipment
POST /v1/returns/{id}/pickup
GET POST /v1/receipts
POST /v1/receipts/{id}/match
POST /v1/returns/{id}/inspections
POST /v1/returns/{id}/sendback
POST /v1/returns/{id}/repairs
POST /v1/returns/{id}/appeal
POST /v1/returns/{id}/resolve
POST /v1/returns/{id}/goodwill
POST /v1/compensations/{id}/approve
POST /v1/compensations/{id}/reject
POST /v1/returns/{id}/notes
POST /v1/returns/{id}/assign
POST /v1/returns/{id}/rating
POST /v1/returns/{id}/deadlines/{stage}/pause
POST /v1/returns/{id}/deadlines/{stage}/resume
POST /v1/returns/{id}/deadlines/{stage}/extend
POST /v1/returns/bulk
POST /v1/files
GET /v1/files/{id}
GET /v1/returns/{id}/label
GET /v1/refunds
GET /v1/refunds/{id}
POST /v1/refunds/{id}/approve
POST /v1/refunds/{id}/reject
POST /v1/refunds/{id}/retry
POST /v1/refunds/{id}/redirect
POST /v1/refunds/{id}/settle
GET /v1/refunds/{id}/explanation
GET /v1/ledger/entries
GET /v1/ledger/balances
POST /v1/reconciliations
GET /v1/reconciliations/{id}
GET /v1/audit/verify
GET /v1/audit/checkpoints
GET /v1/exports/refunds.csv
GET /v1/exports/ledger.csv
GET /v1/exports/returns.csv
GET /v1/refunds/{id}/credit-note.pdf
GET /v1/tenders
POST /v1/payment-providers/{provider}/pause
POST /v1/payment-providers/{provider}/resume
GET POST /v1/policies
PUT /v1/policies/{id}
GET /v1/policies/{id}/versions/{n}
POST /v1/policies/{id}/publish
GET PUT /v1/calendars/{id}
GET PATCH /v1/customers/{id}
GET /v1/work
POST /v1/work/{id}/claim
POST /v1/work/{id}/release
POST /v1/carriers/{carrier}/events
POST /v1/payment-providers/{provider}/events
POST /v1/inventory-providers/{provider}/events
GET /v1/customers/{id}/compensations
GET /v1/customers/{id}/points
GET /v1/coupons/{code}
POST /v1/coupons/{code}/redeem
POST /v1/coupons/{code}/release
GET POST /v1/webhook-endpoints
DELETE /v1/webhook-endpoints/{id}
GET /v1/webhook-endpoints/{id}/deliveries
POST /v1/webhook-endpoints/{id}/deliveries/{deliveryId}/redeliver
GET /v1/kpis
POST /v1/customers/{id}/erase
GET /healthz
GET /readyz
GET /metrics
GET /openapi.json
GET /docs
GET /v1/sandbox/payments/{providerPaymentId}
POST /v1/sandbox/carrier/{trackingNumber}/scans
POST /v1/sandbox/returns/{id}/advance
GET /v1/sandbox/mail
`
  .trim()
  .split('\n')
  .flatMap((line) => {
    const words = line.split(' ');
    return words.slice(0, -1).map((method) => [method.toLowerCase(), words.at(-1)!] as const);
  });

let document: Body;
beforeAll(async () => {
  document = (await client().get('/openapi.json')).body;
});
const operations = (): [method: string, path: string, operation: Body][] =>
  Object.entries<Body>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Body>(methods).map(([method, operation]) => [method, path, operation] as [string, string, Body]),
  );
/** Names of path parameters may differ; a segment that lists its values is each of them. */
const shape = (path: string) => path.replaceAll(/\{\w+\}/g, '{}');
const filled = (path: string) => path.replaceAll('{stage}', 'review').replaceAll('{version}', '1').replaceAll(/\{\w+\}/g, 'no_such_thing'); // prettier-ignore
const refs = (value: unknown): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => (key === '$ref' && typeof inner === 'string' ? [inner] : refs(inner)));
const resolve = (schema: Body): Body => (schema?.$ref ? resolve(document.components.schemas[schema.$ref.replace('#/components/schemas/', '')]) : schema);

describe('the description', () => {
  test('is OpenAPI 3: complete, without dangling references, and each operation has a name of its own', () => {
    expect(document.openapi).toMatch(/^3\.[01]\.\d+$/);
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    const known = new Set(Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`));
    expect(refs(document).filter((ref) => !known.has(ref))).toEqual([]);
    for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
    const names = operations().map(([, , operation]) => operation.operationId).filter((name) => name !== undefined); // prettier-ignore
    expect(new Set(names).size).toBe(names.length);
    for (const [method, path, operation] of operations()) {
      expect(['get', 'post', 'put', 'patch', 'delete']).toContain(method);
      expect(path).toMatch(/^\//);
      const declared = (operation.parameters ?? []).filter((parameter: Body) => parameter.in === 'path').map((parameter: Body) => parameter.name);
      expect([path, declared.toSorted()]).toEqual([path, [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).toSorted((a, b) => (a < b ? -1 : 1))]);
      for (const parameter of operation.parameters ?? []) {
        expect(parameter).toMatchObject({ name: expect.any(String), schema: expect.any(Object) });
        if (parameter.in === 'path') expect(parameter.required).toBe(true);
      }
      expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
      for (const [status, response] of Object.entries<Body>(operation.responses)) {
        expect(status).toMatch(/^([1-5]\d\d|default)$/);
        expect(typeof response.description).toBe('string');
      }
      expect(operation.summary ?? '').not.toBe('');
    }
  });

  test('says of every operation who may call it, and how it is refused', () => {
    const roles = ['customer', 'agent', 'warehouse', 'finance', 'admin', 'service'];
    for (const [method, path, operation] of operations()) {
      const open = operation['x-public'] === true;
      const listed: string[] = operation['x-roles'] ?? [];
      expect([method, path, open]).toEqual([method, path, listed.length === 0]);
      expect(listed.filter((role) => !roles.includes(role))).toEqual([]);
      if (listed.includes('service')) expect([path, operation['x-scope']]).toEqual([path, expect.any(String)]);
      if (open) expect(operation.security).toEqual([]);
      else expect(operation.security).toEqual([{ bearer: [] }]);
      if (path.startsWith('/v1')) expect(operation.responses.default.content['application/problem+json']).toBeDefined();
      if (method === 'post' && !open) expect((operation.parameters ?? []).map((parameter: Body) => parameter.name)).toContain('Idempotency-Key');
    }
    expect(document.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' });
  });

  test('describes every route of the contract that is served, and serves every one that it describes', async () => {
    const described = new Set(operations().map(([method, path]) => `${method} ${shape(path)}`));
    const [admin, caller] = [await login('admin'), client()];
    const unknown = async (method: string, path: string) => {
      const answer = await (path.startsWith('/v1') ? admin : caller)[method as 'post'](
        filled(path),
        method === 'get' || method === 'delete' ? undefined : { noSuchField: 1 },
      );
      return answer.status === 404 && (answer.body?.detail === 'There is no such route' || answer.body?.code === undefined);
    };
    const exports = ['refunds', 'ledger', 'returns'].map((what) => `/v1/exports/${what}.csv`);
    const isDescribed = (method: string, path: string) =>
      described.has(`${method} ${shape(path)}`) || (exports.includes(path) && described.has('get /v1/exports/{}.csv'));
    const wrong: string[] = [];
    for (const [method, path] of contract) {
      const served = !(await unknown(method, path));
      if (served !== isDescribed(method, path)) wrong.push(`${method} ${path} is ${served ? 'served' : 'not served'} and ${served ? 'not ' : ''}described`);
    }
    for (const [method, path] of operations()) if (await unknown(method, path)) wrong.push(`${method} ${path} is described and not served`);
    expect(wrong).toEqual([]);
  });

  test('request bodies are closed: no object takes fields that it does not name', () => {
    const open: string[] = [];
    const look = (schema: Body, place: string, seen: ReadonlySet<unknown> = new Set()): void => {
      const here = resolve(schema);
      if (!here || seen.has(here)) return;
      const more = new Set([...seen, here]);
      if (here.properties && here.additionalProperties !== false) open.push(place);
      for (const [name, inner] of Object.entries<Body>(here.properties ?? {})) look(inner, `${place}/${name}`, more);
      for (const [index, inner] of [...(here.anyOf ?? []), ...(here.oneOf ?? []), ...(here.allOf ?? [])].entries()) look(inner, `${place}|${index}`, more);
      if (here.items) look(here.items, `${place}[]`, more);
    };
    for (const [method, path, operation] of operations()) {
      const json = operation.requestBody?.content?.['application/json'];
      if (json && !path.endsWith('/events')) look(json.schema, `${method} ${path}`);
    }
    expect(open).toEqual([]);
  });

  test('money is whole numbers, and a body that is needed says so', () => {
    const floats: string[] = [];
    for (const [name, schema] of Object.entries<Body>(document.components.schemas)) {
      for (const [field, inner] of Object.entries<Body>(schema.properties ?? {}))
        if (/(Amount|Price|^amount|^value|^total)$/.test(field) && inner.type === 'number') floats.push(`${name}.${field}`);
    }
    expect(floats).toEqual([]);
    expect(document.paths['/v1/returns'].post.requestBody.required).toBe(true);
    expect(document.paths['/v1/returns/{id}/cancel'].post.requestBody.content['application/json']).toBeDefined();
  });
});

describe('around it', () => {
  test('/docs loads with everything it needs, from here alone', async () => {
    const page = await client().get('/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/text\/html/);
    const assets = [...(page.body as string).matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!).filter((url) => !url.startsWith('data:'));
    expect(assets.length).toBeGreaterThan(0);
    for (const asset of assets) {
      expect(asset).not.toMatch(/^(https?:)?\/\//);
      expect([asset, (await client().get(new URL(asset, 'http://x/docs').pathname)).status]).toEqual([asset, 200]);
    }
  });

  test('health, readiness and metrics need no token', async () => {
    expect((await client().get('/healthz')).body).toEqual({ status: 'ok' });
    await processes.ready('api'); // another test may just have brought something back
    expect(await client().get('/readyz')).toMatchObject({ status: 200, body: { status: 'ready', parts: { database: 'up', temporal: 'up', worker: 'up' } } });
    const metrics = await client().get('/metrics');
    expect(metrics.status).toBe(200);
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(metrics.body).toMatch(/^# HELP /m);
    // Ids in paths would make a series each.
    await shop().get('/v1/returns/ret_never_a_label');
    expect((await client().get('/metrics')).body).not.toMatch(/ret_never_a_label/);
  });

  test('answers carry security headers and tell nothing of what is behind them', async () => {
    for (const path of ['/v1/returns', '/openapi.json', '/docs', '/nothing', '/healthz']) {
      const { headers } = await shop().get(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toMatch(/default-src 'self'/);
      expect(headers.get('x-frame-options')).toMatch(/SAMEORIGIN|DENY/);
      expect(headers.get('strict-transport-security')).toMatch(/max-age/);
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  test('an unknown path, and a known one with another method, are problems too', async () => {
    for (const path of ['/', '/nothing', '/v1', '/v1/nothing', '/v1/returns/a/b/c', '/v2/returns', '/v1/../healthz%2f'])
      expectProblem(await shop().get(path), 404, 'not_found');
    expectProblem(await shop().delete('/v1/returns'), 404, 'not_found');
    expectProblem(await shop().patch('/v1/returns', {}), 404, 'not_found');
  });
});
