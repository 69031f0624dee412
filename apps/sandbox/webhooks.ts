import { createHmac, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Change, Journal } from './journal';

export interface SandboxEvent {
  id: string;
  type: string;
  at: string;
  data: object;
}

export type Channel = 'payments' | 'carrier';

interface Delivery {
  channel: Channel;
  eventId: string;
  body: string;
  since: number;
}

export interface WebhookOptions {
  /** The receiver's base address, e.g. `http://127.0.0.1:3000`. */
  callbackUrl: string;
  /** `whsec_<base64>`; the decoded part is the key. */
  secret: string;
  log: Logger;
}

const DELIVERIES = 'deliveries';
const PATHS: Record<Channel, string> = { payments: '/v1/payment-providers/sandbox/events', carrier: '/v1/carriers/sandbox/events' };
/** Waits in milliseconds after the first, second … failure; the last one from then on. */
const BACK_OFF = [200, 1_000, 5_000, 30_000];
const GIVE_UP_AFTER = 3 * 24 * 3_600_000;
const ATTEMPT_TIMEOUT = 10_000;
const STOP_GRACE = 2_000;
const AT_ONCE = 16;

/** The Standard Webhooks headers of one attempt; `timestamp` in seconds. */
export function signedHeaders(secret: string, id: string, timestamp: number, body: string): Record<string, string> {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${signature}` };
}

/** Delivers events at least once: each is in the journal until the receiver answered 2xx, or three days have passed. */
export class Webhooks {
  private readonly deliveries: ReadonlyMap<string, Delivery>;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly queue: (() => void)[] = [];
  private readonly calls = new Set<AbortController>();
  private running = 0;
  private stopped = false;

  constructor(
    private readonly journal: Journal,
    private readonly options: WebhookOptions,
  ) {
    this.deliveries = journal.collection<Delivery>(DELIVERIES);
  }

  get pending(): number {
    return this.deliveries.size;
  }

  /**
   * A delivery to be written together with what caused it. After the write, `start` makes the first attempt and
   * resolves when that is over, whatever came of it.
   */
  prepare(channel: Channel, event: SandboxEvent): { change: Change; start: () => Promise<void> } {
    const key = `dlv_${randomUUID()}`;
    const delivery: Delivery = { channel, eventId: event.id, body: JSON.stringify(event), since: Date.now() };
    return { change: [DELIVERIES, key, delivery], start: () => this.attempt(key, delivery, 0) };
  }

  /** Takes up what an earlier process left undelivered. */
  resume(): void {
    for (const [key, delivery] of this.deliveries) void this.attempt(key, delivery, 0);
  }

  /** Ends: attempts under way get a moment, the rest is left to the next start. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    for (const waiting of this.queue.splice(0)) waiting();
    const grace = setTimeout(() => {
      for (const call of this.calls) call.abort();
    }, STOP_GRACE);
    await Promise.all(this.underWay);
    clearTimeout(grace);
  }

  private attempt(key: string, delivery: Delivery, failures: number): Promise<void> {
    const attempt = this.try(key, delivery, failures).catch((error: unknown) => this.options.log.error({ error }, 'delivery could not be recorded'));
    this.underWay.add(attempt);
    return attempt.finally(() => this.underWay.delete(attempt));
  }

  private async try(key: string, delivery: Delivery, failures: number): Promise<void> {
    const outcome = await this.inTurn(() => this.post(delivery));
    if (outcome === 'delivered') return this.journal.write([DELIVERIES, key, null]);
    if (this.stopped) return;
    if (Date.now() - delivery.since > GIVE_UP_AFTER) {
      this.options.log.error({ eventId: delivery.eventId, outcome }, 'event given up');
      return this.journal.write([DELIVERIES, key, null]);
    }
    this.options.log.info({ eventId: delivery.eventId, outcome, failures: failures + 1 }, 'event not delivered, will try again');
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        void this.attempt(key, delivery, failures + 1);
      },
      BACK_OFF[Math.min(failures, BACK_OFF.length - 1)],
    );
    this.timers.add(timer);
  }

  /** At most so many attempts at once: a receiver that comes back is not buried under what has piled up. */
  private async inTurn(work: () => Promise<string>): Promise<string> {
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.queue.push(resolve));
    if (this.stopped) return 'stopping';
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.queue.shift()?.();
    }
  }

  private async post(delivery: Delivery): Promise<string> {
    const headers = signedHeaders(this.options.secret, delivery.eventId, Math.floor(Date.now() / 1000), delivery.body);
    const call = new AbortController();
    const timeout = setTimeout(() => call.abort(new Error('no answer in time')), ATTEMPT_TIMEOUT);
    this.calls.add(call);
    try {
      const url = `${this.options.callbackUrl.replace(/\/+$/, '')}${PATHS[delivery.channel]}`;
      const response = await fetch(url, { method: 'POST', headers, body: delivery.body, redirect: 'manual', signal: call.signal });
      await response.arrayBuffer();
      return response.ok ? 'delivered' : `status ${response.status}`;
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      return cause instanceof Error ? cause.message || cause.name : String(cause);
    } finally {
      clearTimeout(timeout);
      this.calls.delete(call);
    }
  }
}
