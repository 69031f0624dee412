import type { Order } from '#libs/domain/order';
import { noDetails, type Details } from '#libs/domain/return/details';
import { newReturn, type ReturnState } from '#libs/domain/return/state';
import { money, renderMail, textsFor, time, type MailSubject } from './templates';
import { templates, type MailFacts } from './texts';
import { english } from './texts.en';
import { chinese } from './texts.zh-cn';

const dueAt = Date.parse('2026-11-20T09:00:00Z');
const deadline = (stage: 'handover' | 'offer' | 'appeal') => ({
  stage,
  warnAt: null,
  dueAt,
  onBreach: 'attention' as const,
  warned: false,
  breachedAt: null,
  pausedAt: null,
});

/** A return in which every mail has something to tell. */
function returned(currency: string, locale: string, more: Partial<ReturnState> = {}): MailSubject {
  const unit = {
    lineId: '1',
    logistics: 'awaiting',
    inspection: 'failed',
    grade: null,
    disposition: null,
    money: 'quoted',
    refundAmount: 900,
    fault: null,
    missingParts: null,
  } as const;
  const rest = { parcelId: null, settlementId: null, repair: null, resolution: null, released: false } as const;
  const line = {
    lineId: '1',
    sku: 'TEE-M',
    reason: 'damaged',
    fault: 'seller',
    resolution: 'refund',
    goodsBack: true,
    authorization: 'approved',
    decidedBy: null,
    appeal: null,
  } as const;
  const state: ReturnState = {
    ...newReturn('demo', 'ret_1'),
    sequence: 3,
    number: 'R-7K3M-9Q2D',
    orderNumber: 'A1001',
    currency,
    method: 'drop_off',
    lines: [{ ...line, exchangeSku: null, exchangePrice: null, adjustmentAmount: null }],
    units: [1, 2].map((number) => ({ ...unit, ...rest, unit: number })),
    parcels: [{ parcelId: 'p1', direction: 'inbound', carrier: 'sandbox', trackingNumber: 'SBX1', method: 'drop_off', status: 'announced' }],
    advances: [
      {
        advanceId: 'a1',
        units: ['1#1', '1#2'],
        amount: 20_505,
        withdrawnAmount: 0,
        tenders: [{ tenderId: 't1', amount: 500 }],
        shipping: [],
        feesTaken: [],
        pointsRestored: 0,
        settledBy: [{ settlementId: 's1', tenders: [{ tenderId: 't1', amount: 20_005 }], shipping: [] }],
        recovery: 'store_credit',
        recoveredAmount: 500,
        invoicedBy: null,
      },
    ],
    offers: [{ offerId: 'o1', resolution: 'refund_only', amount: 20_005, status: 'open' }],
    compensations: [{ id: 'c1', kind: 'coupon', amount: 1000, status: 'granted', rule: 0 }],
    replacements: [{ replacementId: 'r1', lineId: '1', unit: 1, sku: 'TEE-L', kind: 'exchange', status: 'shipped', trackingNumber: 'SBX2' }],
    deadlines: [deadline('handover'), deadline('offer'), deadline('appeal')],
    ...more,
  };
  const settlement = { total: 20_005, fees: [{ kind: 'restocking', lineId: '1', amount: -180, rule: 'x' }] };
  const details = {
    ...noDetails('2026-11-13T09:00:00Z'),
    titles: { '1': 'T-shirt, M' },
    quote: settlement,
    settlements: [{ id: 's1', ...settlement }],
    compensations: { c1: { code: 'THANKS-1', reason: 'fault', validUntil: '2027-02-01T00:00:00Z' } },
  } as unknown as Details;
  return { state, details, order: { customer: { name: 'Li Lei', email: 'li.lei@example.com', locale } } as unknown as Order };
}
const text = (template: (typeof templates)[number], subject: MailSubject): string => {
  const mail = renderMail(template, subject);
  return `${mail?.subject}\n${mail?.text}`;
};

describe.each(['en', 'zh-CN'])('mails in %s', (locale) => {
  it.each(templates)('%s has a subject, the return’s number and what happens next, and nothing unfilled', (template) => {
    const mail = renderMail(template, returned('CNY', locale));
    expect(mail?.locale).toBe(locale);
    expect(mail?.subject).toContain('R-7K3M-9Q2D');
    expect(mail?.subject).not.toContain('\n');
    expect(mail?.text).toContain(locale === 'en' ? 'What happens next:' : '接下来：');
    expect(mail?.text).not.toMatch(/undefined|null|NaN|\[object|\$\{|Invalid/);
  });
  it.each(templates)('%s can be written of a return that has nothing but a number', (template) => {
    const bare = returned('CNY', locale, { lines: [], units: [], parcels: [], deadlines: [], end: 'cancelled', method: 'none' });
    expect(text(template, { ...bare, details: noDetails('2026-11-13T09:00:00Z') })).not.toMatch(/undefined|NaN|\[object|Invalid/);
  });
});

describe('a mail', () => {
  it('shows amounts with the decimals of their currency: 0, 2 and 3', () => {
    expect(money(20_005, 'JPY', 'en')).toBe('¥20,005');
    expect(money(20_005, 'CNY', 'zh-CN')).toBe('¥200.05');
    expect(money(20_005, 'KWD', 'en')).toBe('KWD\u00a020.005');
    expect(money(5, 'KWD', 'en')).toBe('KWD\u00a00.005');
    expect(money(0, 'JPY', 'en')).toBe('¥0');
  });
  it('shows the largest safe amounts to the last figure', () => {
    expect(money(Number.MAX_SAFE_INTEGER, 'CNY', 'zh-CN')).toBe('¥90,071,992,547,409.91');
  });
  it.each([
    ['JPY', '¥20,005'],
    ['USD', '$200.05'],
    ['KWD', 'KWD\u00a020.005'],
  ])('about a settlement in %s names the sum and what was kept of it', (currency, sum) => {
    expect(text('settled', returned(currency, 'en'))).toContain(sum);
    expect(text('settled', returned(currency, 'en'))).toContain(`Fees of ${money(180, currency, 'en')}`);
  });
  it('about a settlement names what of it was paid in advance, and one about an advance says that the goods are still to come', () => {
    expect(text('settled', returned('CNY', 'en'))).toContain('¥200.05 of it was paid to you in advance');
    expect(text('settled', returned('CNY', 'en', { advances: [] }))).not.toContain('in advance');
    expect(text('advanced', returned('CNY', 'en'))).toMatch(/¥205\.05.*hand them over all the same/s);
    expect(renderMail('advanced', returned('CNY', 'en', { advances: [] }))).toBeNull();
  });
  it('tells where money that was not due is taken from; what is written off is no mail', () => {
    const [advance] = returned('CNY', 'en').state.advances!;
    const recovered = (recovery: 'store_credit' | 'invoice' | 'write_off') =>
      renderMail('advance_recovered', returned('CNY', 'en', { advances: [{ ...advance!, recovery }] }));
    expect(recovered('store_credit')?.text).toMatch(/¥5\.00.*store credit/s);
    expect(recovered('invoice')?.text).toContain('invoice');
    expect(recovered('write_off')).toBeNull();
  });
  it('tells times with their zone', () => {
    expect(time(dueAt, english)).toBe('20 November 2026 at 09:00 UTC');
    expect(time(dueAt, chinese)).toBe('北京时间 2026年11月20日 17:00');
  });
  it('is Chinese for every Chinese locale, English for all others', () => {
    expect(['zh', 'zh-CN', 'ZH-hans', 'zh-TW'].map((locale) => textsFor(locale).locale)).toEqual(Array(4).fill('zh-CN'));
    expect(['en', 'de-DE', '', 'zhx'].map((locale) => textsFor(locale).locale)).toEqual(Array(4).fill('en'));
  });
  it('tells the coupon’s code and the parcel’s number', () => {
    expect(text('compensation', returned('CNY', 'en'))).toContain('THANKS-1');
    expect(text('replacement_shipped', returned('CNY', 'en'))).toContain('SBX2');
    expect(text('approved', returned('CNY', 'en'))).toContain('SBX1');
  });
  it('promises no compensation that waits for its approval', () => {
    expect(
      renderMail('compensation', returned('CNY', 'en', { compensations: [{ id: 'c1', kind: 'credit', amount: 1, status: 'awaiting_approval', rule: null }] })),
    ).toBeNull();
  });
  it('is not written about an offer that is closed, nor about a parcel that never left', () => {
    expect(renderMail('offer', returned('CNY', 'en', { offers: [{ offerId: 'o1', resolution: 'refund', amount: 1, status: 'declined' }] }))).toBeNull();
    expect(renderMail('replacement_shipped', returned('CNY', 'en', { replacements: [] }))).toBeNull();
  });
  it('names points as a number, not as money', () => {
    const points = returned('CNY', 'zh-CN', { compensations: [{ id: 'c1', kind: 'points', amount: 1200, status: 'granted', rule: 1 }] });
    expect(text('compensation', points)).toContain('积分 1,200 分');
  });
});

describe('the two languages', () => {
  it('have the same mails and the same next steps', () => {
    expect(Object.keys(chinese.mails)).toEqual(Object.keys(english.mails));
    expect(Object.keys(chinese.next)).toEqual(Object.keys(english.next));
    expect(Object.keys(english.mails).toSorted()).toEqual([...templates].toSorted());
  });
  it.each([english, chinese])('tell every way of handing over ($locale)', (texts) => {
    const said = (['drop_off', 'door_pickup', 'self_ship', null] as const).map(
      (handover) => texts.mails.approved.body({ handover, handoverBy: null, pickup: null, trackingNumber: null } as unknown as MailFacts)[1],
    );
    expect(new Set(said).size).toBe(4);
  });
});
