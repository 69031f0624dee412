import { currencyDecimals } from '#libs/domain/policy/currencies';
import type { Stage } from '#libs/domain/policy/policy';
import { promisedOf, total } from '#libs/domain/return/advance-book';
import { nextStep } from '#libs/domain/return/attention';
import type { Details } from '#libs/domain/return/details';
import type { Order } from '#libs/domain/order';
import type { ReturnState } from '#libs/domain/return/state';
import { isRejected } from '#libs/domain/return/tables';
import type { MailFacts, Template, Texts } from './texts';
import { english } from './texts.en';
import { chinese } from './texts.zh-cn';

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly locale: Texts['locale'];
}
export interface MailSubject {
  readonly state: ReturnState;
  readonly details: Details;
  readonly order: Order;
}

/** Any Chinese gets the one we have; everybody else reads English. */
export const textsFor = (locale: string): Texts => (/^zh\b/i.test(locale) ? chinese : english);

/** The mail as it is to be sent now; null when what it would tell is not (or not yet) so. */
export function renderMail(template: Template, subject: MailSubject): Mail | null {
  const texts = textsFor(subject.order.customer.locale);
  const facts = factsOf(subject, texts);
  if (needs[template] !== undefined && facts[needs[template]] === null) return null;
  const words = texts.mails[template];
  const paragraphs = [texts.greeting(facts.name), ...words.body(facts), texts.next[facts.next?.action ?? 'nothing'](facts.next?.by ?? null), texts.farewell];
  return {
    subject: words.subject(facts),
    text: `${paragraphs.filter((paragraph) => paragraph !== null && paragraph !== '').join('\n\n')}\n`,
    locale: texts.locale,
  };
}
/** A mail that is about one thing is none without it. */
const needs: Partial<Record<Template, 'offer' | 'compensation' | 'replacement' | 'advanced' | 'recovered'>> = {
  advanced: 'advanced',
  advance_recovered: 'recovered',
  offer: 'offer',
  compensation: 'compensation',
  replacement_shipped: 'replacement',
};

/** 20005 KWD → "KWD 20.005". Exact: the figures are put together as text, never divided. */
export function money(amount: number, currency: string, locale: string): string {
  const decimals = currencyDecimals(currency);
  const figures = Math.abs(amount).toString().padStart(decimals + 1, '0'); // prettier-ignore
  const exact = `${amount < 0 ? '-' : ''}${decimals === 0 ? figures : `${figures.slice(0, -decimals)}.${figures.slice(-decimals)}`}`;
  return new Intl.NumberFormat(locale, { style: 'currency', currency, minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(
    exact as Intl.StringNumericLiteral,
  );
}

/** With its zone, which the reader's need not be. */
export function time(at: number | string, { locale, zone, zoneName }: Texts): string {
  const options = { timeZone: zone, year: 'numeric', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const text = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, options).format(new Date(at));
  return locale === 'en' ? `${text} ${zoneName}` : `${zoneName} ${text}`;
}

function factsOf({ state, details, order }: MailSubject, texts: Texts): MailFacts {
  const inTime = (at: number | string | null) => (at === null ? null : time(at, texts));
  const inMoney = (amount: number) => money(amount, state.currency, texts.locale);
  const deadline = (stage: Stage) =>
    inTime(state.deadlines.find((one) => one.stage === stage && one.breachedAt === null && one.pausedAt === null)?.dueAt ?? null);
  const settled = details.settlements.at(-1);
  const fees = -(settled?.fees ?? []).reduce((sum, fee) => sum + fee.amount, 0);
  const inbound = state.parcels.find((parcel) => parcel.direction === 'inbound' && parcel.trackingNumber !== null);
  const goodsBack = state.lines.some((line) => line.goodsBack && line.authorization !== 'rejected');
  const step = nextStep(state);
  return {
    name: order.customer.name,
    number: state.number,
    orderNumber: state.orderNumber,
    items: itemsOf(state, details, () => true),
    rejectedItems: itemsOf(state, details, (unit) => isRejected(state, unit)),
    quoted: details.quote && details.quote.total > 0 ? inMoney(details.quote.total) : null,
    settled: settled && settled.total > 0 ? inMoney(settled.total) : null,
    fees: fees > 0 ? inMoney(fees) : null,
    settledAhead: aheadOf(state, settled?.id, inMoney),
    advanced: advancedOf(state, inMoney),
    recovered: recoveredOf(state, inMoney),
    toStoreCredit: state.refundTo === 'store_credit',
    handover: goodsBack && state.method !== 'none' ? state.method : null,
    handoverBy: deadline('handover'),
    pickup: pickupOf(state, texts),
    trackingNumber: inbound?.trackingNumber ?? null,
    appealBy: deadline('appeal'),
    offer: offerOf(state, details, inMoney, deadline('offer')),
    compensation: compensationOf(state, details, texts),
    replacement: replacementOf(state, details),
    next: step && { action: step.action, by: inTime(step.dueAt) },
  };
}

type InMoney = (amount: number) => string;
function aheadOf({ advances = [] }: ReturnState, settlementId: string | undefined, inMoney: InMoney): string | null {
  const uses = advances.flatMap(({ settledBy }) => settledBy.filter((use) => use.settlementId === settlementId));
  const amount = uses.reduce((sum, { tenders }) => sum + total(tenders), 0);
  return amount > 0 ? inMoney(amount) : null;
}
function advancedOf({ advances = [] }: ReturnState, inMoney: InMoney): string | null {
  const newest = advances.findLast((advance) => promisedOf(advance) > 0);
  return newest ? inMoney(promisedOf(newest)) : null;
}
function recoveredOf({ advances = [] }: ReturnState, inMoney: InMoney): MailFacts['recovered'] {
  const newest = advances.findLast(({ recovery, recoveredAmount }) => recovery !== null && recovery !== 'write_off' && recoveredAmount > 0);
  return newest ? { amount: inMoney(newest.recoveredAmount), from: newest.recovery === 'store_credit' ? 'store_credit' : 'invoice' } : null;
}

function itemsOf(state: ReturnState, details: Details, counts: (unit: ReturnState['units'][number]) => boolean): string[] {
  return state.lines.flatMap(({ lineId, sku }) => {
    const quantity = state.units.filter((unit) => unit.lineId === lineId && counts(unit)).length;
    return quantity === 0 ? [] : [`${details.titles[lineId] ?? sku} × ${quantity}`];
  });
}

function pickupOf(state: ReturnState, texts: Texts): MailFacts['pickup'] {
  const booked = state.steps.findLast((step) => step.kind === 'pickup' && ['wanted', 'done'].includes(step.status));
  const [from, to] = [booked?.from ?? state.pickup?.from, booked?.to ?? state.pickup?.to];
  return from && to ? { from: time(from, texts), to: time(to, texts) } : null;
}

function offerOf({ offers }: ReturnState, { offerNotes }: Details, inMoney: (amount: number) => string, by: string | null): MailFacts['offer'] {
  const offer = offers.findLast((one) => one.status === 'open');
  return offer
    ? { resolution: offer.resolution, amount: offer.amount === null ? null : inMoney(offer.amount), note: offerNotes?.[offer.offerId] ?? null, by }
    : null;
}

/** One that waits for its approval is not told: it may never be given. */
function compensationOf({ compensations, currency }: ReturnState, details: Details, texts: Texts): MailFacts['compensation'] {
  const given = compensations.findLast((one) => one.status === 'granted');
  if (!given) return null;
  const { code = null, validUntil = null } = details.compensations[given.id] ?? {};
  const amount = given.kind === 'points' ? texts.points(new Intl.NumberFormat(texts.locale).format(given.amount)) : money(given.amount, currency, texts.locale);
  return { kind: given.kind, amount, code, validUntil: validUntil === null ? null : time(validUntil, texts) };
}

function replacementOf({ replacements, parcels }: ReturnState, { titles }: Details): MailFacts['replacement'] {
  const sent = replacements.findLast((one) => one.status === 'shipped' || one.status === 'delivered');
  if (!sent) return null;
  // Another article than the one that was bought has no title here.
  const article = sent.kind === 'exchange' ? sent.sku : (titles[sent.lineId] ?? sent.sku);
  const carrier = parcels.find((parcel) => parcel.trackingNumber !== null && parcel.trackingNumber === sent.trackingNumber)?.carrier ?? null;
  return { article, carrier, trackingNumber: sent.trackingNumber };
}
