import type { NoteLanguage } from '#libs/contracts/credit-note';
import { creditedPart, percent, type CreditedTax } from '#libs/domain/money/credit-note';
import type { Order } from '#libs/domain/order';
import { currencyDecimals, isCurrency } from '#libs/domain/policy/currencies';
import type { CreditNoteRow } from '#libs/persistence/credit-notes';
import { printable } from '../pdf/document';
import { noteTexts, type NoteTexts } from './credit-note-texts';

/** A credit note in words, ready to be laid out. */
export interface CreditNote {
  readonly language: NoteLanguage;
  readonly title: string;
  readonly number: string;
  readonly issuedAt: Date;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly credited: { readonly label: string; readonly amount: string; readonly sentences: readonly string[] };
  readonly lines: readonly NoteLine[];
  readonly total: { readonly label: string; readonly amount: string };
  readonly taxesTitle: string;
  readonly taxes: readonly (readonly [name: string, rate: string, net: string, tax: string])[];
  readonly remark: string;
  readonly footer: string;
}
export interface NoteLine {
  readonly label: string;
  readonly note?: string;
  readonly quantity: string;
  readonly goods: string;
  readonly discount: string;
  readonly tax: string;
  readonly amount: string;
}

/** Unique as the refund's id is, and the same whenever the note is printed. Not gapless: refunds that fail have none. */
export const creditNoteNumber = (refundId: string): string => `CN-${refundId.replace(/^rfd_/, '').toUpperCase()}`;

/** @param row of a refund that succeeded */
export function creditNote(row: CreditNoteRow, language: NoteLanguage): CreditNote {
  const texts = noteTexts[language];
  const part = creditedPart(row.order, row.settlement, row.refunds, row.refundId);
  const full = (amount: number) => withCurrency(amount, row.currency, language);
  const issuedAt = row.paidAt ?? new Date(row.order.placedAt);
  const advance = row.settlementKind === 'advance';
  return {
    language,
    title: advance ? texts.onAccountTitle : texts.title,
    number: creditNoteNumber(row.refundId),
    issuedAt,
    from: [printable(row.merchant)],
    to: recipient(row.order, texts),
    facts: [
      [texts.number, creditNoteNumber(row.refundId)],
      [texts.issued, dayOf(issuedAt)],
      [texts.orderNumber, row.order.orderNumber],
      [texts.orderDate, dayOf(new Date(row.order.placedAt))],
      [texts.returnNumber, row.returnNumber],
      [texts.refund, row.refundId],
      [texts.settlement, row.settlementId],
      [texts.paidTo, tenderName(row, texts)],
      ...(row.providerRefundId === null ? [] : [[texts.reference, printable(row.providerRefundId)] as const]),
    ],
    credited: {
      label: texts.credited,
      amount: full(part.amount),
      sentences: [
        ...(advance ? [texts.advance] : []),
        ...(part.amount === part.total ? [] : [texts.part(full(part.amount), full(part.total))]),
        ...(part.onAccountAmount === 0 ? [] : [texts.onAccount(full(part.onAccountAmount))]),
      ],
    },
    lines: noteLines(row, texts),
    total: { label: advance ? texts.advanceTotal : texts.total, amount: grouped(row.settlement.total, row.currency) },
    taxesTitle: advance ? texts.advanceTaxesTitle : texts.taxesTitle,
    taxes: part.taxes.map((tax) => taxRow(tax, row.currency)),
    remark: row.order.pricesIncludeTax ? texts.includesTax : texts.addsTax,
    footer: texts.footer(row.currency),
  };
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** Name and address as far as they are still stored; the customer's id always is. */
function recipient({ customer, shipTo }: Order, texts: NoteTexts): string[] {
  const address = shipTo && [
    ...shipTo.lines,
    [shipTo.postalCode, shipTo.city].filter(Boolean).join(' '),
    [shipTo.region, shipTo.country].filter(Boolean).join(', '),
  ];
  return [customer.name, ...(address ?? []), `${texts.customerId} ${customer.id}`].map((line) => printable(line ?? '')).filter((line) => line !== '');
}

/** What the money went to: a tender of the order, or one that only we know. */
function tenderName({ order, tenderId, provider }: CreditNoteRow, texts: NoteTexts): string {
  const tender = order.tenders.find((candidate) => candidate.tenderId === tenderId);
  if (!tender) return texts.tenders[tenderId === 'manual' ? 'manual' : 'ownStoreCredit'];
  return printable(`${texts.tenders[tender.kind]} (${tenderId}, ${provider})`);
}

function noteLines({ order, settlement, inputs, currency }: CreditNoteRow, texts: NoteTexts): NoteLine[] {
  const money = (amount: number) => (amount === 0 ? '' : grouped(amount, currency));
  const empty = { quantity: '', goods: '', discount: '', tax: '' };
  return [
    ...settlement.lines.map((line) => {
      const sold = order.lines.find((candidate) => candidate.lineId === line.lineId);
      const kinds = new Set(inputs.units.filter((unit) => unit.lineId === line.lineId).map(({ kind }) => kind));
      const notes = [sold?.sku ?? '', texts.units(ranges(line.units)), ...[...kinds].flatMap((kind) => (kind === 'refund' ? [] : [texts.kinds[kind]]))];
      return {
        label: printable(`${line.lineId}. ${sold?.title ?? ''}`),
        note: printable(notes.filter(Boolean).join(' · ')),
        quantity: String(line.units.length),
        goods: money(line.goodsAmount),
        discount: money(line.discountAmount),
        tax: money(line.taxAmount),
        amount: grouped(line.amount, currency),
      };
    }),
    ...settlement.shipping.flatMap(({ shipmentId, amount, taxAmount }) =>
      amount === 0 ? [] : [{ ...empty, label: printable(texts.shipping(shipmentId)), tax: money(taxAmount), amount: grouped(amount, currency) }],
    ),
    ...settlement.fees.flatMap(({ kind, lineId, amount }) =>
      amount === 0 ? [] : [{ ...empty, label: printable(texts.ofLine(texts.fees[kind], lineId)), amount: grouped(amount, currency) }],
    ),
    ...settlement.clawbacks.flatMap(({ code, amount }) =>
      amount === 0 ? [] : [{ ...empty, label: printable(texts.giftedCoupon(code)), amount: grouped(amount, currency) }],
    ),
  ];
}

const taxRow = ({ name, rate, netAmount, taxAmount }: CreditedTax, currency: string) =>
  [printable(name), rate === null ? '' : percent(rate), grouped(netAmount, currency), grouped(taxAmount, currency)] as const;

/** [1, 2, 3, 5] → "1–3, 5". */
function ranges(units: readonly number[]): string {
  const found: { from: number; to: number }[] = [];
  for (const unit of units) {
    const last = found.at(-1);
    if (last && last.to === unit - 1) last.to = unit;
    else found.push({ from: unit, to: unit });
  }
  return found.map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

/** 1234567 JPY → "1,234,567"; −20005 KWD → "-20.005", with the sign that spreadsheets read. */
export function grouped(amount: number, currency: string): string {
  const [whole = '', decimals] = figuresOf(amount, currency).split('.');
  return whole.replaceAll(/\B(?=(\d{3})+$)/g, ',') + (decimals === undefined ? '' : `.${decimals}`);
}

/** The amount with its currency as readers of the language write it: 1801 CNY → "CN¥18.01" in English, "¥18.01" in Chinese. Exact for every amount. */
export function withCurrency(amount: number, currency: string, language: NoteLanguage): string {
  const digits = decimalsOf(currency);
  const format = new Intl.NumberFormat(language, { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits });
  return format.format(figuresOf(amount, currency) as `${number}`);
}

const decimalsOf = (currency: string): number => (isCurrency(currency) ? currencyDecimals(currency) : 2);
/** 1801 CNY → "18.01": a decimal number, for machines. */
function figuresOf(amount: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const figures = Math.abs(amount)
    .toString()
    .padStart(decimals + 1, '0');
  return `${amount < 0 ? '-' : ''}${decimals === 0 ? figures : `${figures.slice(0, -decimals)}.${figures.slice(-decimals)}`}`;
}
