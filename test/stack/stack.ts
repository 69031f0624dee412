import { setTimeout as sleep } from 'node:timers/promises';

/** Where the stack of this test run is. */
export interface StackFacts {
  apiUrl: string;
  workerUrl: string;
  sandboxUrl: string;
  sandboxSecret: string;
  databaseUrl: string;
  temporalAddress: string;
  temporalNamespace: string;
  returnsTaskQueue: string;
  controlUrl: string;
  home: string;
}

export type StackProcess = 'postgres' | 'temporal' | 'sandbox' | 'api' | 'worker';

/** The running stack; throws outside the jest project `system`. */
export function stack(): StackFacts {
  const facts = process.env.BOOMERANG_TEST_STACK;
  if (!facts) throw new Error('no stack is running: run this test in the jest project "system" (npm test)');
  return JSON.parse(facts) as StackFacts;
}

async function command(path: string, timeoutMs = 90_000): Promise<unknown> {
  const response = await fetch(`${stack().controlUrl}/${path}`, { method: 'POST', signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return ((await response.json()) as { result?: unknown }).result;
}

/** The stack's processes, for trying what happens without them. A test leaves them as it found them. */
export const processes = {
  /** Sends a signal. A process that dies of it is started again by itself; `ready` waits for that. */
  kill: async (name: StackProcess, signal: NodeJS.Signals = 'SIGKILL') => void (await command(`kill/${name}/${signal}`)),
  /** Ends it in good order and keeps it down until `resume`. */
  halt: async (name: StackProcess) => void (await command(`halt/${name}`)),
  resume: async (name: StackProcess) => void (await command(`resume/${name}`)),
  restart: async (name: StackProcess) => void (await command(`restart/${name}`)),
  ready: async (name: StackProcess) => void (await command(`ready/${name}`)),
  pid: async (name: StackProcess) => (await command(`pid/${name}`)) as number | undefined,
};

// The shape of an answer's body is what tests assert; typing it here would repeat every schema.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Body = any;

export interface Answer<T = Body> {
  status: number;
  headers: Headers;
  /** Parsed when it is JSON, else the text; undefined when empty. */
  body: T;
}

export interface CallOptions {
  /** Sent as `Idempotency-Key`. */
  key?: string;
  headers?: Record<string, string>;
  timeoutMs?: number;
}

/** An HTTP caller with one identity: a token from `login`, an API key, or nobody. Paths start with `/`; a full URL is taken as it is. */
export function client(credential?: string, baseUrl = stack().apiUrl) {
  const call = async <T = Body>(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Answer<T>> => {
    const headers: Record<string, string> = { ...options.headers };
    if (credential) headers.authorization ??= `Bearer ${credential}`;
    if (options.key) headers['idempotency-key'] = options.key;
    const raw = body instanceof FormData || typeof body === 'string' || body instanceof Uint8Array;
    if (body !== undefined && !raw) headers['content-type'] ??= 'application/json';
    const content = body === undefined ? undefined : raw ? (body as RequestInit['body']) : JSON.stringify(body);
    const response = await fetch(path.startsWith('http') ? path : `${baseUrl}${path}`, {
      method,
      headers,
      body: content,
      redirect: 'manual',
      signal: AbortSignal.timeout(options.timeoutMs ?? 60_000),
    });
    return { status: response.status, headers: response.headers, body: parse(await response.text(), response.headers.get('content-type')) as T };
  };
  return {
    get: async <T = Body>(path: string, options?: CallOptions) => await call<T>('GET', path, undefined, options),
    post: async <T = Body>(path: string, body?: unknown, options?: CallOptions) => await call<T>('POST', path, body, options),
    put: async <T = Body>(path: string, body?: unknown, options?: CallOptions) => await call<T>('PUT', path, body, options),
    patch: async <T = Body>(path: string, body?: unknown, options?: CallOptions) => await call<T>('PATCH', path, body, options),
    delete: async <T = Body>(path: string, options?: CallOptions) => await call<T>('DELETE', path, undefined, options),
  };
}

export type Client = ReturnType<typeof client>;

function parse(text: string, type: string | null): unknown {
  if (text === '') return undefined;
  return /[/+]json\b/.test(type ?? '') ? (JSON.parse(text) as unknown) : text;
}

const tokens = new Map<string, string>();

/** A client that is logged in as `agent`, `finance2`, … of the demo shop, or by e-mail address. Each login is made once per test file. */
export async function login(who: string, password = 'boomerang'): Promise<Client> {
  const email = who.includes('@') ? who : `${who}@demo.example`;
  let token = tokens.get(email);
  if (!token) {
    const answer = await client().post<{ token?: string }>('/v1/auth/login', { email, password });
    if (!answer.body?.token) throw new Error(`login as ${email} answered ${answer.status} ${JSON.stringify(answer.body)}`);
    token = answer.body.token;
    tokens.set(email, token);
  }
  return client(token);
}

/** The demo shop's own key (role `service`), and the other shop's. */
export const shop = () => client('bmk_demo_local_only');
export const otherShop = () => client('bmk_other_local_only');

/** Asks again until the answer is neither undefined, null nor false; throws the last error, or says what it waited for, when time is up. */
export async function until<T>(ask: () => Promise<T> | T, ms = 60_000, what = ''): Promise<Exclude<T, undefined | null | false>> {
  const end = Date.now() + ms;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== null && answer !== false) return answer as Exclude<T, undefined | null | false>;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw last instanceof Error ? last : new Error(`waited ${ms} ms in vain${what ? ` for ${what}` : ''}`);
    await sleep(50);
  }
}
