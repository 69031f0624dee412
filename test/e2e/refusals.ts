import { randomUUID } from 'node:crypto';
import { client, login, type Answer, type Body, type Client } from '../stack/stack';
import { expectStatus } from './journey';

/** A refusal as every route gives it: problem+json, a code of the closed list, and where a field is at fault a pointer to it. */
export function expectProblem(answer: Answer, status: number, code: string, pointer?: string): Body {
  const { body, headers } = answer;
  if (answer.status !== status || body?.code !== code)
    throw new Error(`expected ${status} ${code}, got ${answer.status}: ${JSON.stringify(body)?.slice(0, 600)}`);
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({
    type: `urn:boomerang:error:${code}`,
    status,
    code,
    title: expect.any(String),
    detail: expect.any(String),
    instance: expect.stringMatching(/^\//),
  });
  expect(JSON.stringify(body)).not.toMatch(/node_modules|\bat \S+ \(|SELECT |INSERT /);
  if (pointer !== undefined) expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  return body;
}

/** A customer of their own, logged in: what they own nobody else owns. */
export async function newCustomer(): Promise<{ email: string; caller: Client }> {
  const email = `c-${randomUUID()}@demo.example`;
  const admin = await login('admin');
  expectStatus(await admin.post('/v1/users', { email, name: 'Han Meimei', role: 'customer', password: 'boomerang' }), 201);
  return { email, caller: await login(email) };
}

/** A key of the demo shop with just these scopes. */
export async function newKey(...scopes: string[]): Promise<{ id: string; caller: Client }> {
  const made = expectStatus(await (await login('admin')).post('/v1/api-keys', { name: 'a test', scopes }), 201);
  return { id: made.id, caller: client(made.key) };
}
