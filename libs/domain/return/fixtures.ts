import { builtInCalendars } from '../calendar/built-in-calendars';
import { postingsOfMoneyGone, postingsOfOverdraft } from '../money/fact-postings';
import { untouchedMoney } from '../money/order-money-fixtures';
import { postingsOfRefund, postingsOfSettlement, reversed, type Posting } from '../money/postings';
import type { SettledUnit, Settlement, SettlementInput } from '../money/settlement-types';
import type { Order } from '../order';
import type { Policy } from '../policy/policy';
import { isKept } from './advance-keeping';
import { advanceMovements } from './advance-movements';
import { ClaimBook } from './claim-fixtures';
import { decide } from './decide';
import { due } from './due';
import { evolve, type Event, type EventOf } from './evolve';
import type { ApplicationLine } from '../policy/application';
import type { Application, Input, InputType, InspectedUnit, Outcome, Refusal, World } from './input';
import { actors, application, inspected, sampleOrder, samplePolicy, start, type ActorName } from './samples';
import { newReturn, unitKey, type Refund, type ReturnState, type Unit } from './state';
import { status } from './tables';

export * from './samples';

/** What an input carries, without id and actor. */
export type BodyOf<T extends InputType> = Omit<Input<T>, 'id' | 'type' | 'actor'>;
export interface BenchOptions {
  readonly order?: Order;
  readonly policy?: Policy;
  readonly world?: Partial<World>;
}
/** One return with everything around it: each input is decided, its events folded and booked as the rows would be. */
export class Bench {
  state: ReturnState = newReturn('demo', 'ret_1');
  now = start;
  order: Order;
  policy: Policy;
  readonly log: Event[] = [];
  readonly stock: Record<string, { available: number; price: number; title: string }>;
  readonly tenders: { tenderId: string; capturedAmount: number; refundedAmount: number; pendingAmount: number; disputedAmount: number }[];
  readonly #claims = new ClaimBook();
  readonly claims = this.#claims.rows;
  /** Earlier returns of the order. */
  readonly others: ReturnState[] = [];
  readonly shipments: { shipmentId: string; refundedAmount: number }[] = [];
  readonly #given = new Map<string, EventOf<'settled'>>();
  /** Paid for refunds that had been given up. */
  paidElsewhere: World['paidElsewhere'] = [];
  grantedAmount = 0;
  advancedAmount = 0;
  /** Everything that was booked, in its order. */
  readonly ledger: Posting[] = [];
  readonly #more: Partial<World>;
  readonly #numbers = new Map<string, number>();
  #inputs = 0;

  constructor({ order = sampleOrder(), policy = samplePolicy(), world = {} }: BenchOptions = {}) {
    this.order = order;
    this.policy = policy;
    this.#more = world;
    this.tenders = untouchedMoney(order).tenders.map((tender) => ({ ...tender }));
    this.stock = Object.fromEntries(
      [...order.lines.map(({ sku, unitPrice }) => [sku, unitPrice] as const), ['TEE-L', 1000] as const, ['TEE-SALE', 600] as const].map(([sku, price]) => [
        sku,
        { available: 5, price, title: sku },
      ]),
    );
  }

  get world(): World {
    const { live } = this.#claims;
    return {
      now: this.now + this.state.clockOffset,
      newId: (prefix) => this.#next(prefix),
      newReturnNumber: () => 'R-7K3M-9Q2D',
      newCouponCode: () => this.#next('COUPON'),
      policy: this.policy,
      policyRef: { id: 'pol_1', version: 1 },
      order: this.order,
      money: {
        tenders: this.tenders.map((tender) => ({ ...tender })),
        shipments: [...this.shipments],
        ...this.#claims.told,
        refundedAmount: this.grantedAmount - this.advancedAmount,
        points: { restored: 0, revoked: 0 },
      },
      grantedAmount: this.grantedAmount,
      advanceKept: this.others.some(({ advances }) => (advances ?? []).some(isKept)),
      goodwillElsewhere: 0,
      pausedProviders: [],
      orderSpeaker: null,
      paidElsewhere: this.paidElsewhere,
      freeUnits: Object.fromEntries(
        this.order.lines.map(({ lineId, quantity }) => [
          lineId,
          Array.from({ length: quantity }, (_, index) => index + 1).filter((unit) => !live.has(unitKey({ lineId, unit }))),
        ]),
      ),
      stock: this.stock,
      calendars: Object.fromEntries(builtInCalendars.map((calendar) => [calendar.id, calendar])),
      customer: { blocked: false, riskScore: 0, tier: null },
      usedCoupons: [],
      ...this.#more,
    };
  }
  get status() {
    return status(this.state);
  }
  #next(prefix: string): string {
    const number = (this.#numbers.get(prefix) ?? 0) + 1;
    this.#numbers.set(prefix, number);
    return `${prefix}_${number}`;
  }

  /** Decides without writing anything. */
  ask<T extends InputType>(type: T, body: BodyOf<T>, by: ActorName = 'system'): readonly Event[] | Refusal {
    const input = { id: `input/${++this.#inputs}`, type, actor: actors[by], ...body } as unknown as Input;
    return decide(this.state, input, this.world);
  }
  /** Decides and books; a refusal is returned and changes nothing. */
  try<T extends InputType>(type: T, body: BodyOf<T>, by: ActorName = 'system'): readonly Event[] | Refusal {
    const verdict = this.ask(type, body, by);
    if (!('refusal' in verdict)) this.#book(verdict);
    return verdict;
  }
  /** Decides and books what must be taken. */
  do<T extends InputType>(type: T, body: BodyOf<T>, by: ActorName = 'system'): readonly Event[] {
    const verdict = this.try(type, body, by);
    if ('refusal' in verdict) throw new Error(`${type} was refused: ${verdict.refusal.code}, ${verdict.refusal.detail}`);
    return verdict;
  }
  /** The code of the refusal, or null when it is taken; nothing is written. */
  refusal<T extends InputType>(type: T, body: BodyOf<T>, by: ActorName = 'system'): string | null {
    const verdict = this.ask(type, body, by);
    return 'refusal' in verdict ? verdict.refusal.code : null;
  }
  /** The provider answers the open call of this name; the oldest one, or that of `subject`. */
  answer(call: string, result: Outcome, subject?: string): readonly Event[] {
    const { effects, later } = due(this.state);
    const open = [...effects, ...later.map((one) => one.effect)].find(
      (effect) => effect.call === call && (subject === undefined || effect.subject === subject),
    );
    if (!open) throw new Error(`nobody waits for ${call}; open: ${effects.map((effect) => effect.id).join(', ')}`);
    return this.do('outcome', { effect: open.id, call, subject: open.subject, result });
  }
  /** Time passes: every moment up to then comes, in its order. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const moments = due(this.state).moments.toSorted((a, b) => a.at - b.at);
      const next = moments.find(({ at }) => at - this.state.clockOffset <= until);
      if (!next) break;
      this.now = Math.max(this.now, next.at - this.state.clockOffset);
      const { length } = this.do('moment', { stage: next.stage, kind: next.kind, at: next.at });
      if (length === 0) throw new Error(`the moment ${next.stage} ${next.kind} changed nothing and would come for ever`);
    }
    this.now = until;
  }

  #book(events: readonly Event[]): void {
    for (const event of events) {
      const before = this.state;
      this.state = evolve(before, event);
      this.log.push(event);
      this.#claims.book(this.state, event);
      this.#bookAdvances(before, this.state);
      if (event.type === 'advanced') this.#claim(event.refunds);
      if (event.type === 'settled') this.#bookSettlement(event);
      if (event.type === 'settlement_withdrawn') this.#bookWithdrawal(this.#given.get(event.settlementId)!);
      if (event.type === 'refund_changed') this.#paid(refundOf(before, event.refundId), refundOf(this.state, event.refundId));
      if (event.type === 'refund_paid_after_all') this.ledger.push(...postingsOfOverdraft(acceptedOf(this.state) - acceptedOf(before), this.state.currency));
      if (event.type === 'refund_redirected') {
        this.#tender(refundOf(before, event.refundId), (tender, amount) => (tender.pendingAmount -= amount));
        this.#claim([event.refund]);
      }
      if (event.type === 'replacement_reserved' && event.replacement.status === 'reserved' && event.replacement.kind !== 'repair')
        this.stock[event.replacement.sku]!.available -= 1;
      if (event.type === 'replacement_changed' && event.set.status === 'cancelled') {
        const was = before.replacements.find((one) => one.replacementId === event.replacementId)!;
        if (was.status === 'reserved' && was.kind !== 'repair') this.stock[was.sku]!.available += 1;
      }
      if (event.type === 'step_changed' && event.set.recall === 'refused') {
        const article = this.stock[before.replacements.find((one) => one.replacementId === event.id)!.sku]!;
        article.available = Math.max(0, article.available - 1);
      }
    }
  }
  #bookSettlement(event: EventOf<'settled'>): void {
    const { settlement, settled, inputs } = event.detail as unknown as { settlement: Settlement; settled: readonly SettledUnit[]; inputs: SettlementInput };
    this.#claims.settle(this.state, settled, inputs);
    this.shipments.push(...settlement.shipping.filter(({ amount }) => amount > 0).map(({ shipmentId, amount }) => ({ shipmentId, refundedAmount: amount })));
    this.grantedAmount += event.total;
    this.#given.set(event.settlementId, event);
    this.#claim(event.refunds);
    this.ledger.push(...postingsOfSettlement(settlement));
  }
  #claim(refunds: readonly Refund[]): void {
    for (const refund of refunds) {
      this.#tender(refund, (tender, amount) => (tender[refund.status === 'succeeded' ? 'refundedAmount' : 'pendingAmount'] += amount));
      if (refund.status === 'succeeded') this.ledger.push(...this.#payment(refund));
    }
  }
  #payment({ tenderId, amount }: Refund): Posting[] {
    const kind = this.order.tenders.find((tender) => tender.tenderId === tenderId)?.kind ?? (tenderId === 'manual' ? 'cash' : 'store_credit');
    return postingsOfRefund({ amount, currency: this.state.currency, kind });
  }
  #bookAdvances(before: ReturnState, after: ReturnState): void {
    for (const { postings, advancedAmount, shipping, kept } of advanceMovements(before, after)) {
      this.ledger.push(...postings);
      this.grantedAmount += advancedAmount;
      this.advancedAmount += advancedAmount;
      this.#claims.keep(after, kept);
      this.shipments.push(...shipping.map(({ shipmentId, amount }) => ({ shipmentId, refundedAmount: amount })));
    }
  }
  #bookWithdrawal({ detail, total }: EventOf<'settled'>): void {
    const { settled, settlement } = detail as unknown as { settled: readonly SettledUnit[]; settlement: Settlement };
    this.ledger.push(...reversed(postingsOfSettlement(settlement)));
    this.#claims.withdraw(this.state, settled);
    for (const { shipmentId, amount } of settlement.shipping.filter((one) => one.amount > 0)) this.shipments.push({ shipmentId, refundedAmount: -amount });
    this.grantedAmount -= total;
  }
  #paid(was: Refund, is: Refund): void {
    if (is.status === 'rejected' || is.status === 'redirected') this.#tender(is, (tender, amount) => (tender.pendingAmount -= amount));
    if ((was.status === 'succeeded') === (is.status === 'succeeded')) return;
    if (was.status === 'redirected') this.#standsAfterAll(is);
    const sign = is.status === 'succeeded' ? 1 : -1;
    this.ledger.push(...(sign === 1 ? this.#payment(is) : reversed(this.#payment(is))));
    this.#tender(is, (tender, amount) => {
      tender.pendingAmount -= sign * amount;
      tender.refundedAmount += sign * amount;
    });
  }
  /** What was booked as money of nobody's decision is this refund's. */
  #standsAfterAll(refund: Refund): void {
    this.paidElsewhere = this.paidElsewhere.filter(({ refundId }) => refundId !== refund.refundId);
    this.ledger.push(...reversed(postingsOfMoneyGone('refunded_elsewhere', refund.amount, this.state.currency)));
    this.#tender(refund, (tender, amount) => {
      tender.refundedAmount -= amount;
      tender.pendingAmount += amount;
    });
  }
  /** The provider says that it paid one that was given up: recorded, booked, and the order's returns look again. */
  paysAfterAll(refundId: string, providerRefundId = 'prf_late'): readonly Event[] {
    const refund = refundOf(this.state, refundId);
    this.paidElsewhere = [...this.paidElsewhere, { refundId, tenderId: refund.tenderId, providerRefundId, amount: refund.amount }];
    this.ledger.push(...postingsOfMoneyGone('refunded_elsewhere', refund.amount, this.state.currency));
    this.#tender(refund, (tender, amount) => (tender.refundedAmount += amount));
    return this.do('wake', {});
  }
  #tender({ tenderId, amount }: Refund, change: (tender: Bench['tenders'][number], amount: number) => void): void {
    const tender = this.tenders.find((candidate) => candidate.tenderId === tenderId);
    if (tender) change(tender, amount);
  }

  /** The order is applied for once more; or `back` to a return of before. */
  again(back?: ReturnState): this {
    const open = this.others.findIndex(({ returnId }) => returnId === back?.returnId);
    this.others.push(this.state);
    this.state = back ? this.others.splice(open, 1)[0]! : newReturn('demo', `ret_${this.others.length + 1}`);
    return this;
  }
  // What most stories begin with.
  apply(lines?: readonly ApplicationLine[], change?: Partial<Application>): this {
    this.do('apply', { application: application(lines, change) }, 'customer');
    return this;
  }
  decide(decision: 'approve' | 'reject', lineIds: readonly string[] = this.state.lines.map((line) => line.lineId), by: ActorName = 'agent'): this {
    this.do('decision', { lines: lineIds.map((lineId) => ({ lineId, decision })) }, by);
    return this;
  }
  ship(trackingNumber = 'TRK1'): this {
    this.do('shipment', { carrier: 'sandbox', trackingNumber }, 'customer');
    return this;
  }
  scan(scanned: BodyOf<'scan'>['status'], trackingNumber = 'TRK1'): readonly Event[] {
    return this.do('scan', { trackingNumber, status: scanned, scannedAt: new Date(this.now).toISOString() }, 'carrier');
  }
  receive(quantities: Readonly<Record<string, number>>, change: Partial<BodyOf<'receive'>> = {}): readonly Event[] {
    const lines = Object.entries(quantities).map(([lineId, quantity]) => ({ lineId, sku: null, quantity }));
    return this.do('receive', { receiptId: this.#next('rcp'), lines, trackingNumber: null, final: false, ...change }, 'warehouse');
  }
  inspect(lineId: string, ...units: readonly InspectedUnit[]): readonly Event[] {
    return this.do('inspect', { lines: [{ lineId, units: units.length > 0 ? units : [inspected()] }] }, 'warehouse');
  }
  /** Everything of the return arrives and is inspected alike. */
  bring(change: Partial<InspectedUnit> = {}): this {
    for (const { lineId } of this.state.lines) {
      const quantity = this.state.units.filter((unit) => unit.lineId === lineId).length;
      this.receive({ [lineId]: quantity });
      this.inspect(lineId, inspected({ quantity, ...change }));
    }
    return this;
  }
  unit(lineId = '1', number = 1): Unit {
    return this.state.units.find((unit) => unit.lineId === lineId && unit.unit === number)!;
  }
  get types(): string[] {
    return this.log.map((event) => event.type);
  }
  deadline(stage: ReturnState['deadlines'][number]['stage']) {
    return this.state.deadlines.find((deadline) => deadline.stage === stage);
  }
}
const acceptedOf = ({ paidAfterAll = [] }: ReturnState): number => paidAfterAll.reduce((sum, { acceptedAmount }) => sum + acceptedAmount, 0);
function refundOf(state: ReturnState, refundId: string): Refund {
  return state.refunds.find((refund) => refund.refundId === refundId)!;
}
