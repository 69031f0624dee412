import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { login, shop, until, type Body } from '../stack/stack';
import { anOrder, expectStatus, Journey } from './journey';
import { ownPolicy } from './policies';
import { expectProblem } from './refusals';
import { refundsOf } from './witnesses';

let month: string;
/** A return of a month's last minutes would lie in two of them: it begins with the next one. */
beforeAll(async () => {
  const now = new Date();
  const leftMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1) - now.getTime();
  if (leftMs < 3 * 60_000) await sleep(leftMs + 1_000);
  month = new Date().toISOString().slice(0, 7);
}, 240_000);
const get = async (path: string, who = 'finance') => expectStatus(await (await login(who)).get(path), 200);
const closed = async (query = ''): Promise<Body> => get(`/v1/reports/month-close?month=${month}${query}`);
const of = (report: Body, currency: string): Body => report.currencies.find((one: Body) => one.currency === currency);
const account = (part: Body, name: string): Body => part.accounts.find((one: Body) => one.account === name);
/** Two answers about the same books: both are asked for again when something was posted between them. */
const ofOneMoment = (first: () => Promise<Body>, second: () => Promise<Body>): Promise<readonly [Body, Body]> =>
  until(async () => {
    const [before, other, after] = [await first(), await second(), await first()];
    return JSON.stringify(before) === JSON.stringify(after) && ([before, other] as const);
  });

describe('the trial balance', () => {
  test('has every account of every currency, agrees with the balances and comes to zero', async () => {
    const journey = await Journey.begin();
    await journey.bringBack();
    await journey.until('completed');
    const at = new Date(Date.now() + 3_600_000).toISOString();
    const [trial, balances] = await ofOneMoment(
      () => get(`/v1/ledger/trial-balance?at=${at}`),
      () => get(`/v1/ledger/balances?limit=200&at=${at}`),
    );
    expect(trial.zero).toBe(true);
    for (const { total, debitAmount, creditAmount, accounts } of trial.currencies) {
      expect([total, debitAmount - creditAmount, accounts.length]).toEqual([0, 0, 13]);
      expect(accounts.reduce((sum: number, one: Body) => sum + one.balanceAmount, 0)).toBe(0);
    }
    for (const { account: name, currency, balanceAmount } of balances.data) expect(account(of(trial, currency), name).balanceAmount).toBe(balanceAmount);
  });

  test('is of the instant that is asked for', async () => {
    expect(await get('/v1/ledger/trial-balance?at=2020-01-01')).toEqual({ at: '2020-01-01T00:00:00Z', zero: true, currencies: [] });
    expect(await get('/v1/ledger/trial-balance')).toMatchObject({ at: null, zero: true });
  });
});

describe('the month’s close', () => {
  test('moves by what a return did: accounts, refunds by tender, taxes by rate, fees kept and goodwill', async () => {
    const currency = 'NZD'; // nobody else's
    const channel = await ownPolicy({ currency, refund: { fees: [{ kind: 'restocking', rate: '0.10', reasons: ['changed_mind'] }], gradeDeductions: {} } });
    const lines = [{ lineId: '1', sku: 'TEE-M', title: 'T-shirt, M', category: 'apparel', supplier: 'acme', quantity: 3, unitPrice: 1200, taxRates: [{ name: 'GST', rate: '0.20' }] }]; // prettier-ignore
    const journey = await Journey.begin(anOrder({ currency, channel, lines }), { channel });
    await journey.bringBack();
    await journey.until('completed');
    await journey.command('agent', 'goodwill', { kind: 'coupon', amount: 50, reason: 'sorry' });
    const report = await closed();
    expect(report).toMatchObject({ month, zone: 'UTC', from: `${month}-01T00:00:00.000Z`, over: false, zero: true, audit: null });
    const part = of(report, currency);
    expect(part).toMatchObject({ openingTotal: 0, closingTotal: 0, goodwillAmount: 50, fees: [{ kind: 'restocking', amount: 120 }] });
    expect(part.taxes).toEqual([{ name: 'GST', rate: '0.20', netAmount: 900, taxAmount: 180 }]);
    expect(part.refunds).toEqual([{ status: 'succeeded', tenderKind: 'card', provider: 'sandbox', count: 1, amount: 1080 }]);
    expect(account(part, 'provider_clearing')).toMatchObject({ openingAmount: 0, creditAmount: 1080, closingAmount: -1080 });
    expect(part.open).toMatchObject({ refunds: [], refundsPayableAmount: 0, customerReceivableAmount: 0, couponLiabilityAmount: 50 });
    // Every account closes with what its movements say.
    for (const { account: name, openingAmount, closingAmount } of part.accounts) {
      const moved = part.movements.reduce(
        (sum: number, one: Body) => sum + (one.debitAccount === name ? one.amount : 0) - (one.creditAccount === name ? one.amount : 0),
        0,
      );
      expect([name, openingAmount + moved]).toEqual([name, closingAmount]);
    }
    // Tax given back is what the tax account lost.
    expect(account(part, 'tax_payable').closingAmount).toBe(part.taxes[0].taxAmount + part.shippingTaxAmount);
  });

  test('shows what is promised and not paid, until it is; what finance refused is taken back', async () => {
    const currency = 'SEK';
    const channel = await ownPolicy({ currency, refund: { approvalAbove: 100 } });
    const lines = [{ lineId: '1', sku: 'TEE-M', title: 'T-shirt, M', category: 'apparel', supplier: 'acme', quantity: 3, unitPrice: 1000, taxRates: [{ name: 'VAT', rate: '0.25' }] }]; // prettier-ignore
    const journey = await Journey.begin(anOrder({ currency, channel, lines }), { channel });
    await journey.bringBack();
    await journey.until((rma) => rma.refunds[0]?.status === 'awaiting_approval');
    const waiting = of(await closed(), currency);
    expect(waiting.open).toMatchObject({ refundsPayableAmount: 1000, refunds: [{ status: 'awaiting_approval', count: 1, amount: 1000 }] });
    expect(waiting.taxes).toMatchObject([{ rate: '0.25', netAmount: 800, taxAmount: 200 }]);
    const [refund] = await refundsOf(journey);
    expectStatus(await (await login('finance')).post(`/v1/refunds/${refund.id}/reject`, { note: 'no' }, { key: randomUUID() }), 200);
    const refused = await until(async () => {
      const part = of(await closed(), currency);
      return part.open.refunds.length === 0 && part;
    });
    expect(refused.open.refundsPayableAmount).toBe(0);
    expect(refused.taxes).toMatchObject([{ rate: '0.25', netAmount: 0, taxAmount: 0 }]);
    expect(account(refused, 'tax_payable')).toMatchObject({ debitAmount: 200, creditAmount: 200, closingAmount: 0 });
    expect(refused.refunds).toMatchObject([{ status: 'rejected', count: 1 }]);
  });

  test('opens with what the month before closed with', async () => {
    const [year, number] = month.split('-').map(Number) as [number, number];
    const next = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
    const [now, then] = await ofOneMoment(closed, () => get(`/v1/reports/month-close?month=${next}`));
    for (const part of now.currencies) {
      for (const { account: name, closingAmount } of part.accounts)
        expect([part.currency, name, account(of(then, part.currency), name).openingAmount]).toEqual([part.currency, name, closingAmount]);
    }
    expect(await get('/v1/reports/month-close?month=1999-12')).toMatchObject({ over: true, zero: true, currencies: [] });
  });

  test('says on demand whether the chains hold', async () => {
    const { audit } = await closed('&verify=true');
    expect(audit).toMatchObject({ ok: expect.any(Boolean), entries: expect.any(Number) });
    expect(audit.entries).toBeGreaterThan(0);
  });
});

describe('who and what is refused', () => {
  test('nobody but finance and admins reads them; another merchant has books of its own', async () => {
    for (const who of ['customer', 'agent', 'warehouse', 'shop']) {
      const caller = who === 'shop' ? shop() : await login(who);
      expectProblem(await caller.get('/v1/ledger/trial-balance'), 403, 'forbidden');
      expectProblem(await caller.get(`/v1/reports/month-close?month=${month}`), 403, 'forbidden');
    }
    const other = await get(`/v1/reports/month-close?month=${month}`, 'admin@other.example');
    expect(of(other, 'NZD')).toBeUndefined();
  });

  test('a month that is none', async () => {
    const finance = await login('finance');
    for (const wrong of ['2026-13', '2026-00', '2026', '26-01', '2026-1', '2026-01-01', '1969-12', ''])
      expectProblem(await finance.get(`/v1/reports/month-close?month=${wrong}`), 400, 'validation_failed', '/query/month');
    expectProblem(await finance.get('/v1/reports/month-close'), 400, 'validation_failed', '/query/month');
    expectProblem(await finance.get(`/v1/reports/month-close?month=${month}&zone=CET`), 400, 'validation_failed', '/query/zone');
    expectProblem(await finance.get('/v1/ledger/trial-balance?at=now'), 400, 'validation_failed', '/query/at');
  });
});
