import type { MonthOfCurrency, TrialBalanceAnswer } from '#libs/contracts/finance-reports';
import { ledgerAccounts, type LedgerAccount } from '#libs/contracts/lists';
import type { AccountBalance } from '#libs/persistence/finance-reads';
import type { AccountMovement, OpenRefunds, RefundGroup, SettledGroup, TypeMovement } from '#libs/persistence/ledger-reports';

const sum = <T>(rows: readonly T[], amount: (row: T) => number): number => rows.reduce((total, row) => total + amount(row), 0);

/** All accounts of every currency there is, those without postings too. */
export function trialBalance(at: string | null, balances: readonly AccountBalance[]): TrialBalanceAnswer {
  const currencies = currenciesOf(balances).map((currency) => {
    const own = balances.filter((one) => one.currency === currency);
    const accounts = ledgerAccounts.map((account) => {
      const { debitAmount = 0, creditAmount = 0, balanceAmount = 0 } = own.find((one) => one.account === account) ?? {};
      return { account, debitAmount, creditAmount, balanceAmount };
    });
    const [debitAmount, creditAmount] = [sum(accounts, (one) => one.debitAmount), sum(accounts, (one) => one.creditAmount)];
    return { currency, debitAmount, creditAmount, total: debitAmount - creditAmount, accounts };
  });
  return { at, zero: currencies.every(({ total }) => total === 0), currencies };
}

export interface MonthRows {
  readonly accounts: readonly AccountMovement[];
  readonly movements: readonly TypeMovement[];
  readonly refunds: readonly RefundGroup[];
  readonly open: readonly OpenRefunds[];
  readonly settled: readonly SettledGroup[];
}

/** A month's rows, currency by currency. */
export function monthByCurrency(rows: MonthRows): MonthOfCurrency[] {
  const currencies = currenciesOf([...rows.accounts, ...rows.movements, ...rows.refunds, ...rows.open, ...rows.settled]);
  return currencies.map((currency) => monthOf(currency, rows));
}

function monthOf(currency: string, rows: MonthRows): MonthOfCurrency {
  const of = <T extends { readonly currency: string }>(all: readonly T[]): Omit<T, 'currency'>[] =>
    all.filter((row) => row.currency === currency).map(({ currency: _, ...row }) => row);
  const moved = of(rows.accounts);
  const accounts = ledgerAccounts.map((account) => {
    const { openingAmount = 0, debitAmount = 0, creditAmount = 0 } = moved.find((one) => one.account === account) ?? {};
    return { account, openingAmount, debitAmount, creditAmount, closingAmount: openingAmount + debitAmount - creditAmount };
  });
  const settled = of(rows.settled);
  const closing = (account: LedgerAccount) => accounts.find((one) => one.account === account)!.closingAmount;
  // Liabilities are credits: what is owed is shown above zero.
  const owed = (account: LedgerAccount) => 0 - closing(account);
  const goodwill = accounts.find(({ account }) => account === 'goodwill')!;
  const kept = (kind: SettledGroup['kind']) => settled.filter((one) => one.kind === kind).map(({ name, amount }) => ({ kind: name, amount: 0 - amount }));
  return {
    currency,
    accounts,
    openingTotal: sum(accounts, (one) => one.openingAmount),
    closingTotal: sum(accounts, (one) => one.closingAmount),
    movements: of(rows.movements) as MonthOfCurrency['movements'],
    refunds: of(rows.refunds) as MonthOfCurrency['refunds'],
    taxes: settled
      .filter((one) => one.kind === 'tax')
      .map(({ name, rate, netAmount, amount }) => ({ name, rate: rate ?? '0', netAmount: netAmount ?? 0, taxAmount: amount })),
    shippingTaxAmount: sum(
      settled.filter((one) => one.kind === 'shipping_tax'),
      (one) => one.amount,
    ),
    fees: kept('fee'),
    clawbacks: kept('clawback'),
    goodwillAmount: goodwill.debitAmount - goodwill.creditAmount,
    open: {
      refunds: of(rows.open).map(({ oldestAt, ...one }) => ({ ...one, oldestAt: oldestAt.toISOString() })) as MonthOfCurrency['open']['refunds'],
      refundsPayableAmount: owed('refunds_payable'),
      customerReceivableAmount: closing('customer_receivable'),
      storeCreditAmount: owed('store_credit'),
      couponLiabilityAmount: owed('coupon_liability'),
      pointsLiabilityAmount: owed('points_liability'),
    },
  };
}

const currenciesOf = (rows: readonly { readonly currency: string }[]): string[] => [...new Set(rows.map(({ currency }) => currency))].toSorted();

/** The first instant of a month and of the one after it, UTC. */
export function boundsOfMonth(month: string): { readonly from: string; readonly to: string } {
  const [year, number] = month.split('-').map(Number) as [number, number];
  const first = (index: number) => new Date(Date.UTC(year, index, 1)).toISOString();
  return { from: first(number - 1), to: first(number) };
}
