import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import { answer, fields, parse, Refusal, type Answer, type Call } from './answer';
import { behaviourOf } from './behaviour';
import type { Change, Journal } from './journal';
import type { Webhooks } from './webhooks';

const PAYMENTS = 'payments';
const REFUNDS = 'refunds';
const ANSWERS = 'answers';
const MAX_CALLS = 5_000;
const MAX_REFUNDS = 1_000;

interface Payment {
  captured: number;
  currency: string;
  /** Refund calls seen, repetitions of a key included. */
  calls: number;
  /** Calls a flaky or losing payment has already spoilt. */
  spoilt: number;
}

type RefundStatus = 'pending' | 'succeeded' | 'failed';

interface Refund {
  id: string;
  refundId: string;
  providerPaymentId: string;
  amount: number;
  currency: string;
  idempotencyKey: string;
  status: RefundStatus;
  at: number;
  /** What becomes of it, and when (epoch milliseconds). */
  next?: { status: RefundStatus; at: number };
}

interface StoredAnswer {
  /** What was asked with this key: payment and body. */
  of: string;
  status: number;
  body: object;
  /** A slow answer is not given before this instant, however often it is asked for. */
  notBefore?: number;
}

export interface PaymentOptions {
  log: Logger;
  /** Milliseconds until an asynchronous refund is decided. */
  asyncMs: number;
  /** Milliseconds until a late failure shows. */
  lateMs: number;
  /** Milliseconds a slow refund takes. */
  slowMs: number;
}

const captureSchema = z.strictObject({ capturedAmount: z.int().nonnegative(), currency: fields.currency });
const refundSchema = z.strictObject({ refundId: fields.id, amount: fields.amount, currency: fields.currency });
const limit = z.coerce.number().int().min(1).max(200).default(50);
const cursor = z.string().regex(/^\d{1,12}$/, 'is not a cursor of ours');
const lookUpSchema = z.strictObject({ refundId: fields.id });
const listSchema = z.strictObject({ from: fields.time.optional(), to: fields.time.optional(), limit, cursor: cursor.optional() });

const decline = (code: string, message: string) => ({ status: 402, body: { code, message } });

/** The payment provider: captures, refunds, and the ways in which refunds go wrong. Amounts are minor units. */
export class Payments {
  private readonly payments: ReadonlyMap<string, Payment>;
  private readonly refunds: ReadonlyMap<string, Refund>;
  private readonly answers: ReadonlyMap<string, StoredAnswer>;
  private readonly ofPayment = new Map<string, string[]>();
  private readonly ofRefundId = new Map<string, string[]>();
  /** Every refund, oldest first; only ever grows, so that a position is a cursor. */
  private readonly inOrder: string[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  /** Slow refunds with a caller on the line, who needs no event. */
  private readonly awaited = new Map<string, number>();
  private stopped = false;

  constructor(
    private readonly journal: Journal,
    private readonly webhooks: Webhooks,
    private readonly options: PaymentOptions,
  ) {
    this.payments = journal.collection<Payment>(PAYMENTS);
    this.refunds = journal.collection<Refund>(REFUNDS);
    this.answers = journal.collection<StoredAnswer>(ANSWERS);
    for (const refund of this.refunds.values()) this.index(refund);
  }

  /** Goes on with the refunds an earlier process left undecided. */
  resume(): void {
    for (const refund of this.refunds.values()) if (refund.next) this.schedule(refund.id, refund.next.at);
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
  }

  /** `PUT /payments/{id}`: registers a capture. It can grow, never shrink: a late repetition of an older one changes nothing. */
  capture({ path: [id = ''], body }: Call): Answer {
    const { capturedAmount, currency } = parse(captureSchema, body);
    const known = this.payments.get(parse(fields.name, id));
    if (known && known.currency !== currency) throw new Refusal(409, 'currency_differs', `payment was captured in ${known.currency}`);
    const payment = known ?? { captured: 0, currency, calls: 0, spoilt: 0 };
    if (!known || capturedAmount > known.captured) this.journal.write([PAYMENTS, id, { ...payment, captured: Math.max(payment.captured, capturedAmount) }]);
    return this.show(id);
  }

  /** `GET /payments/{id}`: what the provider saw. */
  show(id: string): Answer {
    const payment = this.payments.get(id);
    if (!payment) throw new Refusal(404, 'not_found', 'unknown payment');
    const all = this.refundsOf(id);
    const refundedAmount = all.filter((refund) => refund.status === 'succeeded').reduce((sum, refund) => sum + refund.amount, 0);
    const refunds = all.map((refund) => ({
      id: refund.id,
      refundId: refund.refundId,
      amount: refund.amount,
      idempotencyKey: refund.idempotencyKey,
      status: refund.status,
    }));
    return answer(200, { captured: payment.captured, currency: payment.currency, refunds, refundedAmount, calls: payment.calls });
  }

  /** `GET /refunds`: by our refund id, or by time (`from` inclusive, `to` exclusive), oldest first. */
  list(query: Record<string, string>): Answer {
    if ('refundId' in query) {
      const ids = this.ofRefundId.get(parse(lookUpSchema, query).refundId) ?? [];
      return answer(200, { data: ids.map((id) => presented(this.refunds.get(id) as Refund)), nextCursor: null });
    }
    const asked = parse(listSchema, query);
    const from = asked.from ? Date.parse(asked.from) : 0;
    const to = asked.to ? Date.parse(asked.to) : Infinity;
    const data: object[] = [];
    for (let position = Number(asked.cursor ?? 0); position < this.inOrder.length; position += 1) {
      const refund = this.refunds.get(this.inOrder[position] as string) as Refund;
      if (refund.at < from || refund.at >= to) continue;
      if (data.length === asked.limit) return answer(200, { data, nextCursor: String(position) });
      data.push(presented(refund));
    }
    return answer(200, { data, nextCursor: null });
  }

  /** `POST /payments/{id}/refunds`: one answer per idempotency key, given again to whoever asks with it again. */
  async refund(call: Call): Promise<Answer> {
    const id = parse(fields.name, call.path[0]);
    if (!call.idempotencyKey) throw new Refusal(400, 'validation_failed', 'Idempotency-Key is missing');
    const key = parse(fields.id, call.idempotencyKey);
    const asked = parse(refundSchema, call.body);
    const of = createHash('sha256')
      .update(JSON.stringify([id, asked.refundId, asked.amount, asked.currency]))
      .digest('base64');
    const known = this.payments.get(id);
    if (known && known.calls >= MAX_CALLS) throw new Refusal(429, 'too_many_calls', 'too many refund calls for this payment');
    const payment = known && { ...known, calls: known.calls + 1 };
    const stored = this.answers.get(key);
    if (stored) {
      if (payment) this.journal.write([PAYMENTS, id, payment]);
      if (stored.of !== of) throw new Refusal(422, 'idempotency_key_reused', 'this key was used for another refund');
      return this.give(stored, call.gone);
    }
    if (!payment) return this.store(key, { of, ...decline('unknown_payment', 'unknown payment') });
    return this.firstCall(id, payment, { ...asked, key, of }, call.gone);
  }

  private firstCall(
    id: string,
    payment: Payment,
    asked: { refundId: string; amount: number; currency: string; key: string; of: string },
    gone: AbortSignal,
  ): Answer | Promise<Answer> {
    const { key, of, ...wanted } = asked;
    const behaviour = behaviourOf(id);
    const spoilt: Change = [PAYMENTS, id, { ...payment, spoilt: payment.spoilt + 1 }];
    if (behaviour.kind === 'flaky' && payment.spoilt < behaviour.failures) {
      return this.store(key, { of, status: 500, body: { code: 'internal', message: 'something broke; nothing was done' } }, spoilt);
    }
    if (behaviour.kind === 'lostcall' && payment.spoilt === 0) {
      this.journal.write(spoilt);
      return 'drop';
    }
    const seen: Change = [PAYMENTS, id, payment];
    const no = behaviour.kind === 'declined' ? decline('declined', 'the issuer refuses refunds to this card') : this.objection(id, payment, wanted);
    if (no) return this.store(key, { of, ...no }, seen);

    const now = Math.max(Date.now(), this.refunds.get(this.inOrder.at(-1) ?? '')?.at ?? 0);
    const refund = this.begun(
      { id: `re_${randomUUID()}`, ...wanted, providerPaymentId: id, idempotencyKey: key, status: 'succeeded', at: now },
      behaviour.kind,
    );
    const slow = behaviour.kind === 'slow';
    const body = { id: refund.id, refundId: refund.refundId, amount: refund.amount, status: slow ? 'succeeded' : refund.status };
    const given: StoredAnswer = { of, status: 201, body, ...(slow && refund.next && { notBefore: refund.next.at }) };
    this.journal.write(seen, [REFUNDS, refund.id, refund], [ANSWERS, key, given]);
    this.index(refund);
    if (refund.next) this.schedule(refund.id, refund.next.at);
    return behaviour.kind === 'lostreply' ? 'drop' : this.give(given, gone);
  }

  /** What speaks against a refund, whatever the payment's behaviour. Failed refunds leave their part of the capture free. */
  private objection(id: string, payment: Payment, wanted: { amount: number; currency: string }) {
    const refunds = this.refundsOf(id);
    if (wanted.currency !== payment.currency) return decline('declined', `payment was captured in ${payment.currency}`);
    if (refunds.length >= MAX_REFUNDS) return decline('declined', 'too many refunds on this payment');
    const left = refunds.filter((refund) => refund.status !== 'failed').reduce((sum, refund) => sum - refund.amount, payment.captured);
    return wanted.amount > left ? decline('amount_too_high', `${left} is left of the capture`) : null;
  }

  /** A refund as it stands right after the call, and what becomes of it. A slow one is visible as pending while it takes its time. */
  private begun(refund: Refund, kind: string): Refund {
    const { asyncMs, lateMs, slowMs } = this.options;
    if (kind === 'async') return { ...refund, status: 'pending', next: { status: 'succeeded', at: refund.at + asyncMs } };
    if (kind === 'asyncfail') return { ...refund, status: 'pending', next: { status: 'failed', at: refund.at + asyncMs } };
    if (kind === 'latefail') return { ...refund, next: { status: 'failed', at: refund.at + lateMs } };
    if (kind === 'slow') return { ...refund, status: 'pending', next: { status: 'succeeded', at: refund.at + slowMs } };
    return refund;
  }

  private store(key: string, given: StoredAnswer, ...changes: Change[]): Answer {
    this.journal.write(...changes, [ANSWERS, key, given]);
    return answer(given.status, given.body);
  }

  private async give(given: StoredAnswer, gone: AbortSignal): Promise<Answer> {
    const wait = (given.notBefore ?? 0) - Date.now();
    if (wait > 0) {
      const { id } = given.body as { id: string };
      this.awaited.set(id, (this.awaited.get(id) ?? 0) + 1);
      const stayed = await sleep(wait, true, { signal: gone }).catch(() => false);
      if (stayed) this.decide(id);
      const others = (this.awaited.get(id) ?? 1) - 1;
      if (others > 0) this.awaited.set(id, others);
      else this.awaited.delete(id);
      if (!stayed) return 'drop';
    }
    return answer(given.status, given.body);
  }

  private schedule(id: string, at: number): void {
    if (this.stopped) return;
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        try {
          this.decide(id);
        } catch (error) {
          this.options.log.error({ error, id }, 'refund could not be decided, will try again');
          this.schedule(id, Date.now() + 1_000);
        }
      },
      Math.max(0, at - Date.now()),
    );
    this.timers.add(timer);
  }

  /** Lets what was to become of a refund come true, once, and tells the shop unless a caller is waiting for the answer. */
  private decide(id: string): void {
    const { next, ...refund } = this.refunds.get(id) as Refund;
    if (!next) return;
    const decided: Change = [REFUNDS, id, { ...refund, status: next.status }];
    if (this.awaited.has(id)) return this.journal.write(decided);
    const data = { refundId: refund.refundId, providerRefundId: id, providerPaymentId: refund.providerPaymentId, amount: refund.amount };
    const event = this.webhooks.prepare('payments', { id: `evt_${randomUUID()}`, type: `refund.${next.status}`, at: new Date().toISOString(), data });
    this.journal.write(decided, event.change);
    void event.start();
  }

  private refundsOf(id: string): Refund[] {
    return (this.ofPayment.get(id) ?? []).map((refund) => this.refunds.get(refund) as Refund);
  }

  private index(refund: Refund): void {
    this.inOrder.push(refund.id);
    for (const [index, key] of [[this.ofPayment, refund.providerPaymentId] as const, [this.ofRefundId, refund.refundId] as const]) {
      const ids = index.get(key);
      if (ids) ids.push(refund.id);
      else index.set(key, [refund.id]);
    }
  }
}

/** A refund as look-ups and lists show it. */
function presented({ next: _next, at, ...refund }: Refund): object {
  return { ...refund, at: new Date(at).toISOString() };
}
