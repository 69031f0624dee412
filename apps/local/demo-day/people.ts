import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, StackError } from '../stack-error';

/** Who acts in the demo shop. `shop` is its API key, for its customers and itself. */
export type Person = 'shop' | 'agent' | 'warehouse' | 'finance' | 'admin';

// What an answer holds is known where it is asked for; typing it here would repeat every schema.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Body = any;

const SHOP_KEY = 'bmk_demo_local_only';
const PASSWORD = 'boomerang';
const undecided = new Set([202, 429, 502, 503, 504]);
const PATIENCE_MS = 60_000;

/** The people of the demo shop, over HTTP alone, as the contract asks of callers: what has no answer yet is sent again with the same key. */
export class People {
  private readonly tokens = new Map<Person, Promise<string>>();

  constructor(readonly apiUrl: string) {}

  async get(who: Person, path: string): Promise<Body> {
    return this.call(who, 'GET', path);
  }

  /** Null when it is not there. */
  async find(who: Person, path: string): Promise<Body> {
    const { status, body } = await this.send('GET', path, { authorization: `Bearer ${await this.tokenOf(who)}` });
    return status === 404 ? null : accepted({ status, body }, 'GET', path);
  }

  async put(who: Person, path: string, body: unknown): Promise<Body> {
    return this.call(who, 'PUT', path, body);
  }

  /** @param key what makes the call the same one when the day is played once more */
  async post(who: Person, path: string, body: unknown, key: string): Promise<Body> {
    return this.call(who, 'POST', path, body, key);
  }

  /** Reads until something holds; throws when it does not within a minute. */
  async until(who: Person, path: string, holds: (body: Body) => boolean, what: string): Promise<Body> {
    for (const end = Date.now() + PATIENCE_MS; ; await sleep(200)) {
      const body = await this.get(who, path);
      if (holds(body)) return body;
      if (Date.now() > end) throw new StackError(`${what} did not happen: ${JSON.stringify(body).slice(0, 500)}`);
    }
  }

  private async call(who: Person, method: string, path: string, body?: unknown, key?: string): Promise<Body> {
    const token = await this.tokenOf(who);
    for (const end = Date.now() + PATIENCE_MS; ; await sleep(300)) {
      const answer = await this.send(method, path, { authorization: `Bearer ${token}`, ...(key !== undefined && { 'idempotency-key': key }) }, body);
      const waits = undecided.has(answer.status) || answer.body?.code === 'request_in_progress';
      // The sandbox takes a scan and tells us later: its 202 is the answer.
      if (!waits || (answer.status === 202 && path.startsWith('/v1/sandbox/'))) return accepted(answer, method, path);
      if (Date.now() > end) return accepted(answer, method, path);
    }
  }

  private async send(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<{ status: number; body: Body }> {
    try {
      const response = await fetch(`${this.apiUrl}${path}`, {
        method,
        headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? null : JSON.parse(text) };
    } catch (error) {
      throw new StackError(`${this.apiUrl} does not answer (is npm start running?): ${messageOf(error)}`);
    }
  }

  private async tokenOf(who: Person): Promise<string> {
    if (who === 'shop') return SHOP_KEY;
    const known = this.tokens.get(who) ?? this.logIn(who);
    this.tokens.set(who, known);
    return known;
  }

  private async logIn(who: Person): Promise<string> {
    const answer = await this.send('POST', '/v1/auth/login', {}, { email: `${who}@demo.example`, password: PASSWORD });
    return accepted(answer, 'POST', '/v1/auth/login').token as string;
  }
}

function accepted({ status, body }: { status: number; body: Body }, method: string, path: string): Body {
  if (status >= 300 || (status === 202 && !path.startsWith('/v1/sandbox/')))
    throw new StackError(`${method} ${path} answered ${status} ${JSON.stringify(body).slice(0, 500)}`);
  return body;
}
