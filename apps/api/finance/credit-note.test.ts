import { Returns, sketchOrder, unit } from '#libs/domain/money/money-fixtures';
import { settle } from '#libs/domain/money/settle';
import type { CreditNoteRow } from '#libs/persistence/credit-notes';
import { creditNote, creditNoteNumber, grouped, withCurrency } from './credit-note';
import { creditNotePdf } from './credit-note-pdf';
import { noteLanguage } from './credit-note-texts';

const order = {
  ...sketchOrder({
    lines: [{ unitPrice: 1000, quantity: 3, taxRates: [{ name: 'VAT', rate: '0.20' }] }],
    discounts: [{ amount: 299 }],
    tenders: [
      { kind: 'gift_card', amount: 500 },
      { kind: 'card', amount: 2201 },
    ],
  }),
  customer: { id: 'c-1', name: '李雷', email: '', phone: null, tier: null, locale: 'zh-CN' },
  shipTo: { name: '李雷', phone: null, country: 'CN', region: 'Zhejiang', city: 'Hangzhou', postalCode: '310000', lines: ['文三路88号'] },
};
const inputs = new Returns(order).input([unit('1', 1), unit('1', 2)]);
const settlement = settle(inputs);
const refunds = settlement.tenders.map(({ amount }, index) => ({ refundId: `rfd_0${index}`, amount, status: 'succeeded', redirectedFrom: null }));
const row = (more: Partial<CreditNoteRow> = {}): CreditNoteRow => ({
  refundId: 'rfd_01',
  status: 'succeeded',
  amount: refunds[1]!.amount,
  currency: 'CNY',
  tenderId: 't2',
  provider: 'sandbox',
  providerRefundId: 're_1',
  paidAt: new Date('2026-11-22T10:00:00Z'),
  merchant: 'Demo shop',
  returnId: 'ret_1',
  returnNumber: 'R-7K3M-9Q2D',
  order,
  settlementId: 'stl_1',
  settlementKind: 'settlement',
  settlement,
  inputs,
  refunds,
  ...more,
});

describe('a credit note', () => {
  it('shows the settlement, and what this refund credits of it', () => {
    const note = creditNote(row(), 'en');
    expect(note).toMatchObject({ title: 'Credit note', number: 'CN-01', total: { amount: '18.01' }, credited: { amount: 'CN¥13.01' } });
    expect(note.lines).toMatchObject([{ label: '1. Article', quantity: '2', goods: '20.00', discount: '-1.99', tax: '3.00', amount: '18.01' }]);
    expect(note.credited.sentences).toEqual(['This note credits CN¥13.01 of a settlement of CN¥18.01; each other part of it has a note of its own.']);
    expect(note.facts).toContainEqual(['Paid to', 'Card (t2, sandbox)']);
    expect(note.facts).toContainEqual(['Date of issue (UTC)', '2026-11-22']);
  });

  it('splits the taxes over the notes of a settlement so that they come to its own', () => {
    const notes = refunds.map(({ refundId, amount }) => creditNote(row({ refundId, amount }), 'en'));
    expect(notes.map((note) => note.taxes)).toEqual([[['VAT', '20%', '4.17', '0.83']], [['VAT', '20%', '10.84', '2.17']]]);
  });

  it('names nobody once the customer is erased', () => {
    const erased = { ...order, customer: { ...order.customer, name: '', email: '' }, shipTo: null };
    expect(creditNote(row({ order: erased }), 'en').to).toEqual(['Customer c-1']);
    expect(creditNote(row(), 'zh-CN').to).toEqual(['李雷', '文三路88号', '310000 Hangzhou', 'Zhejiang, CN', '客户 c-1']);
  });

  it('says when it is on account, and what of a settlement was', () => {
    expect(creditNote(row({ settlementKind: 'advance' }), 'en')).toMatchObject({
      title: 'Credit note on account',
      taxesTitle: 'Taxes in this payment, to be credited by the settlement',
    });
    const rest = creditNote(row({ refundId: 'rfd_09', refunds: [{ refundId: 'rfd_09', amount: 801, status: 'succeeded', redirectedFrom: null }] }), 'en');
    expect(rest.credited.sentences).toContain('CN¥10.00 of the settlement was paid on account before, and is not credited again.');
  });

  it('is the same to the last byte whenever it is printed, and another one in another language', async () => {
    const [one, again, chinese] = await Promise.all((['en', 'en', 'zh-CN'] as const).map((language) => creditNotePdf(creditNote(row(), language))));
    expect(one!.subarray(0, 5).toString()).toBe('%PDF-');
    expect(one!.equals(again!)).toBe(true);
    expect(one!.equals(chinese!)).toBe(false);
  });

  it.each([
    ['other scripts', 'مرحبا हिन्दी 한국어 ไทย ₿ 𠮷 😀👩‍👧'],
    ['half a pair of surrogates', 'a\ud83d b\udc00'],
    ['what turns the direction of a line', 'shirt \u202E00.18\u202C \u2066x'],
    ['control characters', 'a\u0000b\tc\nd\u2028e'],
    ['nothing', ''],
    ['500 characters without a blank', 'W'.repeat(500)],
  ])('is printed with %s in its texts', async (_, title) => {
    const odd = { ...order, lines: order.lines.map((line) => ({ ...line, title, sku: title })), customer: { ...order.customer, name: title } };
    const note = creditNote(row({ order: odd, merchant: title, providerRefundId: title }), 'en');
    expect(JSON.stringify(note)).not.toMatch(/\\u202e|\u202E|\\u0000|\\ud8/i);
    expect((await creditNotePdf(note)).length).toBeGreaterThan(1000);
  });

  it('of two hundred lines takes several pages', async () => {
    const long = sketchOrder({ lines: Array.from({ length: 200 }, () => ({ unitPrice: 999, quantity: 1 })), currency: 'JPY' });
    const all = new Returns(long).input(long.lines.map((line) => unit(line.lineId, 1)));
    const whole = settle(all);
    const parts = [{ refundId: 'rfd_01', amount: whole.total, status: 'succeeded', redirectedFrom: null }];
    const note = creditNote(row({ order: long, inputs: all, settlement: whole, refunds: parts, currency: 'JPY', amount: whole.total }), 'en');
    expect(note).toMatchObject({ credited: { amount: '¥199,800' }, total: { amount: '199,800' } });
    const text = (await creditNotePdf(note)).toString('latin1');
    expect(Number(/\/Count (\d+)/.exec(text)![1])).toBeGreaterThan(5);
  });
});

test('the number of a note is its refund’s', () => {
  expect(creditNoteNumber('rfd_01kx7abc')).toBe('CN-01KX7ABC');
});

test.each([
  [1801, 'CNY', '18.01', 'CN¥18.01', '¥18.01'],
  [1234567, 'JPY', '1,234,567', '¥1,234,567', 'JP¥1,234,567'],
  [20005, 'KWD', '20.005', 'KWD 20.005', 'KWD 20.005'],
  [7, 'USD', '0.07', '$0.07', 'US$0.07'],
  [Number.MAX_SAFE_INTEGER, 'EUR', '90,071,992,547,409.91', '€90,071,992,547,409.91', '€90,071,992,547,409.91'],
])('%s minor units of %s are %s, to readers of English %s, of Chinese %s', (amount, currency, plain, english, chinese) => {
  expect(grouped(amount, currency)).toBe(plain);
  expect(grouped(-amount, currency)).toBe(`-${plain}`);
  expect(withCurrency(amount, currency, 'en').replace('\u00A0', ' ')).toBe(english);
  expect(withCurrency(amount, currency, 'zh-CN').replace('\u00A0', ' ')).toBe(chinese);
});

test.each([
  ['en', 'zh-CN', 'zh-CN', 'en'],
  [undefined, 'de, zh-Hans;q=0.9, en;q=0.8', 'en', 'zh-CN'],
  [undefined, 'en;q=0.5, zh;q=0.4', 'zh-CN', 'en'],
  [undefined, 'zh;q=0, fr', 'en-GB', 'en'],
  [undefined, '*', 'zh-CN', 'zh-CN'],
  [undefined, undefined, 'zh', 'zh-CN'],
  [undefined, undefined, 'fr', 'en'],
  [undefined, ';;,q=,', 'fr', 'en'],
] as const)('asked for %s, accepting %s, for a customer of locale %s: %s', (asked, accepted, locale, language) => {
  expect(noteLanguage(asked, accepted, locale)).toBe(language);
});
