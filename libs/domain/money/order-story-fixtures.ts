import type { Order } from '../order';
import { freezeOrder } from './order-shares';
import { Returns, type Rules } from './money-fixtures';
import { type Account, accounts, balanceOf, type Posting, postingsOfCompensation, postingsOfRefund, postingsOfSettlement, reversed } from './postings';
import { sumRules } from './reasons';
import { currentRules } from './rule-versions';
import { settleWith, SettlementError } from './settle';
import type { OrderMoney, SettledUnit, Settlement, SettlementInput, UnitToSettle } from './settlement-types';

/** What may happen to the money of an order. Numbers choose among what there is, so that any of them is a case. */
export type Act =
  | {
      readonly act: 'return';
      readonly line: number;
      readonly quantity: number;
      readonly more: Partial<UnitToSettle>;
      readonly refundTo: SettlementInput['refundTo'];
    }
  | { readonly act: 'reject' }
  | { readonly act: 'outcome'; readonly refund: number; readonly paid: boolean }
  | { readonly act: 'redirect'; readonly refund: number }
  | { readonly act: 'elsewhere'; readonly tender: number; readonly permille: number }
  | { readonly act: 'chargeback'; readonly tender: number; readonly permille: number; readonly status: 'open' | 'won' | 'lost' }
  | { readonly act: 'goodwill'; readonly kind: 'coupon' | 'points' | 'credit'; readonly amount: number };

interface OpenRefund {
  readonly tenderId: string;
  readonly kind: Settlement['tenders'][number]['kind'];
  readonly amount: number;
  readonly paid: boolean;
}
interface Made {
  readonly input: SettlementInput;
  readonly settlement: Settlement;
  readonly units: readonly SettledUnit[];
  refunds: OpenRefund[];
}

/** An order's money as it goes through returns, rejections, payments and what others do to it; after every act its books are looked at. Throws where they do not hold. */
export class OrderStory {
  readonly #returns: Returns;
  #made: Made[] = [];
  #postings: Posting[] = [];
  #given: Record<Account, number> = Object.fromEntries(accounts.map((account) => [account, 0])) as Record<Account, number>;
  #elsewhere = new Map<string, number>();
  readonly #paid: number;

  constructor(
    readonly order: Order,
    rules: Partial<Rules>,
    usedCoupons: readonly string[],
  ) {
    this.#returns = new Returns(order, rules, { usedCoupons });
    this.#paid = freezeOrder(order).total;
  }

  play(act: Act): void {
    if (act.act === 'return') this.#return(act);
    if (act.act === 'reject') this.#reject();
    if (act.act === 'outcome') this.#outcome(act.refund, act.paid);
    if (act.act === 'redirect') this.#redirect(act.refund);
    if (act.act === 'elsewhere') this.#told(act.tender, act.permille, (tender, amount) => ({ ...tender, refundedAmount: tender.refundedAmount + amount }));
    if (act.act === 'chargeback') this.#told(act.tender, act.permille, (tender, amount) => ({ ...tender, disputedAmount: act.status === 'won' ? 0 : amount }));
    if (act.act === 'goodwill' && act.amount > 0) this.#goodwill(act.kind, act.amount);
    this.#check();
  }

  #return({ line, quantity, more, refundTo }: Extract<Act, { act: 'return' }>): void {
    const { lineId } = this.order.lines[line % this.order.lines.length]!;
    const units = this.#returns.next(lineId, quantity, more).map((unit, index) => (index === 0 ? unit : { ...unit, adjustmentAmount: null }));
    if (units.length === 0) return;
    const input = this.#returns.input(units, { refundTo });
    const { before } = input;
    try {
      const settlement = this.#returns.settle(units, { refundTo });
      const refunds = settlement.tenders.map(({ tenderId, kind, amount }) => ({ tenderId, kind, amount, paid: false }));
      for (const { tenderId, amount } of refunds)
        must(tenderId === 'store_credit' || amount <= roomOf(before, tenderId), 'a tender is asked for no more than it can take');
      this.#made.push({ input, settlement, units: this.#returns.units, refunds });
      this.#postings.push(...postingsOfSettlement(settlement));
      checkSettlement(input, settlement, this.#returns.units);
    } catch (error) {
      if (!(error instanceof SettlementError)) throw error;
      must(error.code === 'amount_unavailable' && refundTo === 'original', `a return is refused for want of room alone, not ${error.message}`);
      must(this.#returns.before === before, 'a refusal leaves everything as it was');
    }
  }

  /** Finance does not let the last one go, as long as none of it was paid: everything is as if it had not been. */
  #reject(): void {
    const last = this.#made.at(-1);
    if (last === undefined || last.refunds.some((refund) => refund.paid)) return;
    this.#made.pop();
    this.#postings.push(...reversed(postingsOfSettlement(last.settlement)));
    const { tenders } = this.#returns.before;
    this.#returns.before = { ...last.input.before, tenders: tenders.map((tender) => this.#paidBack(tender, last)) };
  }
  #paidBack(tender: OrderMoney['tenders'][number], { refunds }: Made): OrderMoney['tenders'][number] {
    const claimed = total(refunds.flatMap(({ tenderId, amount }) => (tenderId === tender.tenderId ? [amount] : [])));
    return { ...tender, pendingAmount: tender.pendingAmount - claimed };
  }

  /** A provider's word about one refund: paid, or after all not. Then it is open again and asked for anew. */
  #outcome(which: number, paid: boolean): void {
    const [made, index] = this.#refund(which);
    const refund = made?.refunds[index];
    if (made === undefined || refund === undefined || refund.paid === paid) return;
    made.refunds[index] = { ...refund, paid };
    this.#move(refund.tenderId, paid ? refund.amount : -refund.amount);
    const postings = postingsOfRefund({ amount: refund.amount, currency: this.order.currency, kind: refund.kind });
    this.#postings.push(...(paid ? postings : reversed(postings)));
  }

  /** What could not be paid to its tender goes to store credit, and the tender is free of it. */
  #redirect(which: number): void {
    const [made, index] = this.#refund(which);
    const refund = made?.refunds[index];
    if (made === undefined || refund === undefined || refund.paid || refund.tenderId === 'store_credit') return;
    this.#change(refund.tenderId, (tender) => ({ ...tender, pendingAmount: tender.pendingAmount - refund.amount }));
    made.refunds[index] = { ...refund, tenderId: 'store_credit', kind: 'store_credit', paid: true };
    this.#postings.push(...postingsOfRefund({ amount: refund.amount, currency: this.order.currency, kind: 'store_credit' }));
  }

  #goodwill(kind: 'coupon' | 'points' | 'credit', amount: number): void {
    this.#postings.push(...postingsOfCompensation({ kind, amount, currency: this.order.currency }));
    this.#given[({ coupon: 'coupon_liability', points: 'points_liability', credit: 'store_credit' } as const)[kind]] += amount;
    this.#given.goodwill -= amount;
  }

  /** Facts are recorded whatever they say: a balance may be told more than it held. */
  #told(which: number, permille: number, change: (tender: OrderMoney['tenders'][number], amount: number) => OrderMoney['tenders'][number]): void {
    const tender = this.#returns.before.tenders[which % Math.max(1, this.#returns.before.tenders.length)];
    if (tender === undefined) return;
    const amount = Number((BigInt(tender.capturedAmount) * BigInt(permille)) / 1000n);
    const next = change(tender, amount);
    this.#elsewhere.set(tender.tenderId, (this.#elsewhere.get(tender.tenderId) ?? 0) + next.refundedAmount - tender.refundedAmount);
    this.#change(tender.tenderId, () => next);
  }

  #refund(which: number): readonly [Made | undefined, number] {
    const all = this.#made.flatMap((made) => made.refunds.map((_, index) => [made, index] as const));
    return all[which % Math.max(1, all.length)] ?? [undefined, 0];
  }
  #move(tenderId: string, amount: number): void {
    this.#change(tenderId, (tender) => ({ ...tender, pendingAmount: tender.pendingAmount - amount, refundedAmount: tender.refundedAmount + amount }));
  }
  #change(tenderId: string, change: (tender: OrderMoney['tenders'][number]) => OrderMoney['tenders'][number]): void {
    const { before } = this.#returns;
    this.#returns.before = { ...before, tenders: before.tenders.map((tender) => (tender.tenderId === tenderId ? change(tender) : tender)) };
  }

  /** Claims and ledger agree, every liability is explained, and nobody has more than was paid. */
  #check(): void {
    const { before } = this.#returns;
    const refunds = this.#made.flatMap((made) => made.refunds);
    const settlements = this.#made.map((made) => made.settlement);
    for (const { tenderId, pendingAmount, refundedAmount } of before.tenders) {
      const of = (paid: boolean) => total(refunds.filter((refund) => refund.tenderId === tenderId && refund.paid === paid).map(({ amount }) => amount));
      same(pendingAmount, of(false), `${tenderId} holds what is on its way`);
      same(refundedAmount, of(true) + (this.#elsewhere.get(tenderId) ?? 0), `${tenderId} has given back what was paid`);
    }
    const paidTo = (...kinds: string[]) => total(refunds.filter(({ kind, paid }) => paid && kinds.includes(kind)).map(({ amount }) => amount));
    const taxes = total(settlements.flatMap((one) => [...one.taxes, ...one.shipping].map(({ taxAmount }) => taxAmount)));
    const wanted: Partial<Record<Account, number>> = {
      refunds_payable: total(refunds.filter(({ paid }) => !paid).map(({ amount }) => amount)),
      provider_clearing: paidTo('card', 'wallet', 'bank', 'gift_card', 'cash'),
      store_credit: paidTo('store_credit') + this.#given.store_credit,
      points_liability: paidTo('points') + this.#given.points_liability,
      coupon_liability: this.#given.coupon_liability,
      tax_payable: 0 - taxes,
      goodwill: this.#given.goodwill - total(settlements.flatMap((one) => one.clawbacks.map(({ amount }) => amount))),
    };
    const balances = new Map<string, number>();
    for (const { from, to, amount } of this.#postings) {
      balances.set(from, (balances.get(from) ?? 0) - amount);
      balances.set(to, (balances.get(to) ?? 0) + amount);
    }
    for (const [account, balance] of Object.entries(wanted)) same(balances.get(account) ?? 0, balance, `${account} is explained`);
    same(total([...balances.values()]), 0, 'the trial balance is zero');
    const granted = total(settlements.map((one) => one.total));
    same(before.refundedAmount, granted, 'what was granted is what stands');
    must(granted <= this.#paid, 'never more than was paid');
    same(before.points.revoked, total(settlements.map(({ points }) => points.revoked)), 'points revoked');
    must(before.points.revoked <= this.order.pointsEarned && before.points.restored <= this.order.pointsSpent, 'points within those there were');
  }
}

const roomOf = ({ tenders }: OrderMoney, tenderId: string): number => {
  const tender = tenders.find((one) => one.tenderId === tenderId);
  return tender === undefined ? 0 : tender.capturedAmount - tender.refundedAmount - tender.pendingAmount;
};

/** One settlement in itself: columns add up, the explanation adds up, and it comes out again from what is stored of it. */
export function checkSettlement(input: SettlementInput, settlement: Settlement, units: readonly SettledUnit[]): void {
  const parts = [...settlement.lines, ...settlement.shipping, ...settlement.fees, ...settlement.clawbacks].map(({ amount }) => amount);
  same(settlement.total, total(parts), 'a total is the sum of its parts');
  must(settlement.total >= 0, 'a total is not below zero');
  same(total(settlement.tenders.map(({ amount }) => amount)), settlement.total, 'the tenders carry the total');
  same(total(settlement.explanation.filter(({ rule }) => sumRules.has(rule)).map(({ amount }) => amount)), settlement.total, 'the explanation adds up');
  same(total(units.map(({ refundAmount }) => refundAmount)), total([...settlement.lines, ...settlement.fees].map(({ amount }) => amount)), 'units add up');
  for (const { text, texts } of settlement.explanation)
    must(!/undefined|null|NaN|\[object/.test(`${text}${texts?.['zh-CN'] ?? 'undefined'}`), `a sentence without gaps: ${text}`);
  for (const line of settlement.lines)
    same(line.goodsAmount + line.discountAmount + (input.order.pricesIncludeTax ? 0 : line.taxAmount), line.amount, 'a line adds up');
  const postings = postingsOfSettlement(settlement);
  same(balanceOf('refunds_payable', postings), settlement.total, 'the ledger owes the total');
  must(
    postings.every(({ amount }) => amount > 0),
    'postings above zero',
  );
  must(![...parts, ...settlement.explanation.map(({ amount }) => amount)].some((amount) => Object.is(amount, -0)), 'no negative zero');
  const stored = JSON.parse(JSON.stringify({ input, rules: currentRules })) as { input: SettlementInput; rules: unknown };
  same(JSON.stringify(settleWith(stored.rules, stored.input).settlement), JSON.stringify(settlement), 'what is stored gives the same again');
}

export const total = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0);

/** A matcher costs more than a settlement; a property that runs a thousand times says what it wants in plainer words. */
export function same(actual: unknown, wanted: unknown, what = 'the value'): void {
  if (!Object.is(actual, wanted) && JSON.stringify(actual) !== JSON.stringify(wanted))
    throw new Error(`${what}: ${JSON.stringify(actual)} should be ${JSON.stringify(wanted)}`);
}
export function must(condition: boolean, what: string): void {
  if (!condition) throw new Error(`does not hold: ${what}`);
}
