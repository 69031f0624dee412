import { createHmac } from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import pino from 'pino';
import { Sandbox, type SandboxOptions } from './server';

/** What the sandbox's own tests start it with and listen to it by. */
export const SECRET = `whsec_${Buffer.from('a secret of the tests, thirty-two bytes').toString('base64')}`;

export interface Reply<T> {
  status: number;
  body: T;
  headers: Headers;
}

/** Calls a sandbox with the right token; a dropped connection rejects. */
export function caller(url: string) {
  return async <T = Record<string, unknown>>(
    method: string,
    route: string,
    body?: unknown,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<Reply<T>> => {
    const response = await fetch(url + route, {
      method,
      signal,
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as T, headers: response.headers };
  };
}

export type Caller = ReturnType<typeof caller>;

const folders: string[] = [];

export function newFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'boomerang-sandbox-'));
  folders.push(folder);
  return folder;
}

/** Removes every folder made so far; for the end of a test file. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
}

export async function startSandbox(options: Partial<SandboxOptions> = {}) {
  const data = options.data ?? newFolder();
  const sandbox = new Sandbox({
    secret: SECRET,
    callbackUrl: 'http://127.0.0.1:9',
    log: pino({ level: 'silent' }),
    asyncMs: 40,
    lateMs: 80,
    slowMs: 300,
    ...options,
    data,
  });
  const url = `http://127.0.0.1:${await sandbox.start(0, '127.0.0.1')}`;
  return { url, data, call: caller(url), stop: () => sandbox.stop() };
}

/** Asks until it is so. */
export async function eventually(check: () => Promise<boolean> | boolean): Promise<void> {
  const until = Date.now() + 30_000;
  while (!(await check())) {
    if (Date.now() > until) throw new Error('it never came true');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export interface Received {
  path: string;
  headers: http.IncomingHttpHeaders;
  raw: string;
  event: { id: string; type: string; at: string; data: Record<string, unknown> };
  signatureHolds: boolean;
}

/** Whoever gets the events. `answer` is the status it gives; it can be changed at any time. */
export class Receiver {
  readonly received: Received[] = [];
  answer = 202;
  /** Milliseconds before it answers. */
  delay = 0;
  /** Calls that it has neither answered nor lost yet. */
  underWay = 0;
  private readonly waiting = new Set<() => void>();
  private readonly server = http.createServer((request, response) => void this.take(request, response));

  async start(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Resolves once so many deliveries have come in. */
  async atLeast(count: number): Promise<Received[]> {
    while (this.received.length < count) await new Promise<void>((resolve) => this.waiting.add(resolve));
    return this.received;
  }

  private async take(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const raw = Buffer.concat(chunks).toString('utf8');
    const { headers } = request;
    const status = this.answer;
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
    const expected = createHmac('sha256', key)
      .update(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${raw}`)
      .digest('base64');
    const event = JSON.parse(raw) as Received['event'];
    this.received.push({ path: request.url ?? '', headers, raw, event, signatureHolds: headers['webhook-signature'] === `v1,${expected}` });
    this.underWay += 1;
    response.once('close', () => (this.underWay -= 1));
    for (const waiting of this.waiting) waiting();
    this.waiting.clear();
    setTimeout(() => response.writeHead(status).end(), this.delay).unref();
  }
}
