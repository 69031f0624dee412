import { monthCloseAnswer, trialBalanceAnswer } from '#libs/contracts/finance-reports';
import { ledgerAccounts } from '#libs/contracts/lists';
import { boundsOfMonth, monthByCurrency, trialBalance } from './books';

const balance = (account: string, debitAmount: number, creditAmount: number, currency = 'CNY') => ({
  account,
  currency,
  debitAmount,
  creditAmount,
  balanceAmount: debitAmount - creditAmount,
});

describe('the trial balance', () => {
  it('has every account of every currency, and comes to zero', () => {
    const shown = trialBalance(null, [balance('sales_returns', 900, 0), balance('provider_clearing', 0, 900), balance('goodwill', 5, 0, 'USD'), balance('store_credit', 0, 5, 'USD')]); // prettier-ignore
    expect(trialBalanceAnswer.strict().parse(shown)).toEqual(shown);
    expect(shown.zero).toBe(true);
    expect(shown.currencies.map(({ currency, total, debitAmount }) => [currency, total, debitAmount])).toEqual([['CNY', 0, 900], ['USD', 0, 5]]); // prettier-ignore
    for (const { accounts } of shown.currencies) expect(accounts.map(({ account }) => account)).toEqual(ledgerAccounts);
  });

  it('says so when it does not: a row was changed where nobody may', () => {
    expect(trialBalance(null, [balance('sales_returns', 900, 0), balance('provider_clearing', 0, 899)])).toMatchObject({
      zero: false,
      currencies: [{ total: 1 }],
    });
  });

  it('of no postings has no currencies and is zero', () =>
    expect(trialBalance('2026-01-01T00:00:00Z', [])).toEqual({ at: '2026-01-01T00:00:00Z', zero: true, currencies: [] }));
});

describe('a month', () => {
  it.each([
    ['2026-11', '2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
    ['2026-12', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['2028-02', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
  ])('%s begins and ends by UTC', (month, from, to) => expect(boundsOfMonth(month)).toEqual({ from, to }));

  it('closes with what it opened with and what moved; what is owed stands above zero', () => {
    const oldestAt = new Date(0);
    const [cny, ...others] = monthByCurrency({
      accounts: [
        { account: 'refunds_payable', currency: 'CNY', openingAmount: -100, debitAmount: 80, creditAmount: 50 },
        { account: 'customer_receivable', currency: 'CNY', openingAmount: 100, debitAmount: 0, creditAmount: 30 },
        { account: 'goodwill', currency: 'CNY', openingAmount: 0, debitAmount: 20, creditAmount: 5 },
        { account: 'coupon_liability', currency: 'CNY', openingAmount: 0, debitAmount: 5, creditAmount: 20 },
      ],
      movements: [{ currency: 'CNY', type: 'refund_paid', debitAccount: 'refunds_payable', creditAccount: 'provider_clearing', count: 1, amount: 80 }],
      refunds: [{ currency: 'CNY', status: 'succeeded', tenderKind: 'card', provider: 'sandbox', count: 1, amount: 80 }],
      open: [{ currency: 'CNY', status: 'failed', count: 2, amount: 7, oldestAt }],
      settled: [
        { currency: 'CNY', kind: 'tax', name: 'VAT', rate: '0.20', netAmount: 50, amount: 10 },
        { currency: 'CNY', kind: 'shipping_tax', name: 'shipping', rate: null, netAmount: null, amount: 3 },
        { currency: 'CNY', kind: 'fee', name: 'restocking', rate: null, netAmount: null, amount: -8 },
        { currency: 'CNY', kind: 'clawback', name: 'gifted_coupon', rate: null, netAmount: null, amount: -2 },
      ],
    });
    expect(others).toEqual([]);
    expect(cny!.accounts.find(({ account }) => account === 'refunds_payable')).toEqual({
      account: 'refunds_payable',
      openingAmount: -100,
      debitAmount: 80,
      creditAmount: 50,
      closingAmount: -70,
    });
    expect(cny).toMatchObject({
      taxes: [{ name: 'VAT', rate: '0.20', netAmount: 50, taxAmount: 10 }],
      shippingTaxAmount: 3,
      fees: [{ kind: 'restocking', amount: 8 }],
      clawbacks: [{ kind: 'gifted_coupon', amount: 2 }],
      goodwillAmount: 15,
      open: { refundsPayableAmount: 70, customerReceivableAmount: 70, couponLiabilityAmount: 15, storeCreditAmount: 0, pointsLiabilityAmount: 0 },
    });
    const answer = {
      month: '1970-01',
      zone: 'UTC',
      from: oldestAt.toISOString(),
      to: oldestAt.toISOString(),
      over: true,
      zero: true,
      currencies: [cny],
      audit: null,
    };
    expect(monthCloseAnswer.strict().parse(answer)).toEqual(answer);
  });
});
