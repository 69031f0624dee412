import { createHash, timingSafeEqual } from 'node:crypto';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { answer, Refusal, type Answer, type Call } from './answer';
import { Carrier } from './carrier';
import { Control, type Part } from './control';
import { Journal } from './journal';
import { Mailbox } from './mailbox';
import { Payments } from './payments';
import { Webhooks } from './webhooks';

export interface SandboxOptions {
  /** Folder (or `.jsonl` file) of the lasting memory. */
  data: string;
  /** `whsec_<base64>`: bearer token of every call, and key of the events' signatures. */
  secret: string;
  /** Base address of whoever gets the events. */
  callbackUrl: string;
  log: Logger;
  /** Milliseconds; see the README for what each delays. */
  asyncMs: number;
  lateMs: number;
  slowMs: number;
}

/** `part` is what a fault switched on by `/control` puts out of order; routes without one are the tests' own levers and always work. */
interface Route {
  method: string;
  path: RegExp;
  part?: Part;
  handle: (call: Call) => Answer | Promise<Answer>;
}

const BODY_LIMIT = 1024 * 1024;
const READ_ON_LIMIT = 16 * BODY_LIMIT;
const HANG_AT_MOST = 120_000;
const DRAIN = 3_000;

const digest = (text: string) => createHash('sha256').update(text).digest();
const key = ({ path }: Call) => path[0] ?? '';

/** The whole sandbox, from its memory to its port. */
export class Sandbox {
  private readonly journal: Journal;
  private readonly webhooks: Webhooks;
  private readonly payments: Payments;
  private readonly routes: Route[];
  private readonly server: http.Server;
  /** The calls being dealt with; each is told when its caller leaves or the sandbox stops. */
  private readonly open = new Set<AbortController>();
  private stopping = false;

  constructor(private readonly options: SandboxOptions) {
    this.journal = new Journal(options.data);
    if (this.journal.unreadable > 0) options.log.error({ lines: this.journal.unreadable }, 'unreadable lines in the journal; the file was kept as .damaged');
    this.webhooks = new Webhooks(this.journal, options);
    this.payments = new Payments(this.journal, this.webhooks, options);
    this.routes = this.table();
    this.server = http.createServer((request, response) => void this.serve(request, response));
    this.server.maxConnections = 1_000;
    this.server.requestTimeout = 30_000;
    this.server.headersTimeout = 10_000;
    this.server.keepAliveTimeout = 75_000;
  }

  /** Listens (port 0: any free one) and takes up what was left undone; gives the port. */
  async start(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    this.payments.resume();
    this.webhooks.resume();
    return (this.server.address() as AddressInfo).port;
  }

  /** Drains: what is being answered is answered, slow and hanging calls are cut off, undelivered events stay in the journal. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.stopping = true;
    for (const call of this.open) call.abort();
    this.payments.stop();
    const cut = setTimeout(() => this.server.closeAllConnections(), DRAIN);
    await this.webhooks.stop();
    await closed;
    clearTimeout(cut);
    this.journal.close();
  }

  private table(): Route[] {
    const { payments } = this;
    const carrier = new Carrier(this.journal, this.webhooks);
    const mailbox = new Mailbox(this.journal);
    const control = new Control(this.journal);
    const routes: Route[] = [
      { method: 'PUT', path: /^\/payments\/([^/]+)$/, part: 'payments', handle: (call) => payments.capture(call) },
      { method: 'GET', path: /^\/payments\/([^/]+)$/, handle: (call) => payments.show(key(call)) },
      { method: 'POST', path: /^\/payments\/([^/]+)\/refunds$/, part: 'payments', handle: (call) => payments.refund(call) },
      { method: 'GET', path: /^\/refunds$/, part: 'payments', handle: (call) => payments.list(call.query) },
      { method: 'POST', path: /^\/carrier\/labels$/, part: 'carrier', handle: (call) => carrier.buyLabel(call.body) },
      { method: 'DELETE', path: /^\/carrier\/labels\/(.+)$/, part: 'carrier', handle: (call) => carrier.voidLabel(key(call)) },
      { method: 'POST', path: /^\/carrier\/pickups$/, part: 'carrier', handle: (call) => carrier.bookPickup(call.body) },
      { method: 'PUT', path: /^\/carrier\/pickups\/(.+)$/, part: 'carrier', handle: (call) => carrier.movePickup(call) },
      { method: 'DELETE', path: /^\/carrier\/pickups\/(.+)$/, part: 'carrier', handle: (call) => carrier.cancelPickup(key(call)) },
      { method: 'POST', path: /^\/carrier\/shipments$/, part: 'carrier', handle: (call) => carrier.ship(call.body) },
      { method: 'DELETE', path: /^\/carrier\/shipments\/(.+)$/, part: 'carrier', handle: (call) => carrier.cancelShipment(key(call)) },
      { method: 'POST', path: /^\/carrier\/([^/]+)\/scans$/, handle: (call) => carrier.scan(call) },
      { method: 'POST', path: /^\/mail$/, handle: (call) => mailbox.send(call.body) },
      { method: 'GET', path: /^\/mail$/, handle: (call) => mailbox.list(call.query) },
      { method: 'POST', path: /^\/control$/, handle: (call) => control.change(call.body) },
      { method: 'GET', path: /^\/control$/, handle: () => answer(200, { ...control.conditions, pendingDeliveries: this.webhooks.pending }) },
    ];
    return routes.map((route) => ({ ...route, handle: (call) => (route.part && control.fault(route.part)) ?? route.handle(call) }));
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const call = new AbortController();
    this.open.add(call);
    response.on('error', () => call.abort());
    response.on('close', () => {
      this.open.delete(call);
      call.abort();
    });
    let given: Answer;
    try {
      given = await this.dealWith(request, call.signal);
    } catch (error) {
      given = request.errored ? 'drop' : this.failure(error);
    }
    if (given === 'hang') await sleep(HANG_AT_MOST, undefined, { signal: call.signal }).catch(() => undefined);
    if (given === 'hang' || given === 'drop') return void request.socket.destroy();
    // What is left of a refused body is not read, so the connection cannot be used again.
    if (!request.complete || this.stopping) response.setHeader('connection', 'close');
    response.writeHead(given.status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(given.body));
  }

  private async dealWith(request: http.IncomingMessage, gone: AbortSignal): Promise<Answer> {
    const [path = '', search = ''] = (request.url ?? '').split('?', 2);
    const method = request.method ?? '';
    if (method === 'GET' && (path === '/healthz' || path === '/readyz')) return answer(200, { status: 'ok' });
    if (!this.mayEnter(request.headers.authorization)) throw new Refusal(401, 'unauthenticated', 'wrong or missing bearer token');
    for (const route of this.routes) {
      const match = route.method === method ? route.path.exec(path) : null;
      if (!match) continue;
      const body = await readJson(request);
      if ((method === 'POST' || method === 'PUT') && this.journal.full)
        throw new Refusal(503, 'full', 'the sandbox remembers too much; start over with an empty folder');
      const header = request.headers['idempotency-key'];
      const idempotencyKey = Array.isArray(header) ? header[0] : header;
      return route.handle({ path: match.slice(1).map(decoded), query: Object.fromEntries(new URLSearchParams(search)), body, idempotencyKey, gone });
    }
    throw new Refusal(404, 'not_found', 'no such route');
  }

  private mayEnter(authorization: string | undefined): boolean {
    return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${this.options.secret}`));
  }

  private failure(error: unknown): Answer {
    if (error instanceof Refusal) return answer(error.status, { code: error.code, message: error.message });
    this.options.log.error({ error }, 'request failed');
    return answer(500, { code: 'internal', message: 'something broke' });
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, 'validation_failed', 'malformed path');
  }
}

/** The body as JSON; undefined when there is none. One that is too large is read on for a while, so that its sender gets to see the 413. */
async function readJson(request: http.IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > READ_ON_LIMIT) break;
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  if (size > BODY_LIMIT) throw new Refusal(413, 'payload_too_large', 'at most 1 MiB');
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    throw new Refusal(400, 'validation_failed', 'the body is not JSON');
  }
}
