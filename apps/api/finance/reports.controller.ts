import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/contracts/caller';
import {
  monthCloseAnswer,
  monthCloseQuery,
  trialBalanceAnswer,
  type MonthCloseAnswer,
  type MonthCloseQuery,
  type TrialBalanceAnswer,
} from '#libs/contracts/finance-reports';
import { balancesQuery, type BalancesQuery } from '#libs/contracts/lists';
import { Database } from '#libs/persistence/database';
import { ledgerBalances } from '#libs/persistence/finance-reads';
import { accountMovements, openRefunds, refundGroups, settledGroups, typeMovements } from '#libs/persistence/ledger-reports';
import { CurrentCaller, Roles } from '../http/decorators';
import { Answers } from '../http/openapi-decorators';
import { Audit } from './audit.service';
import { boundsOfMonth, monthByCurrency, trialBalance } from './books';

@ApiTags('finance')
@Controller('v1')
@Roles('finance', 'admin')
export class ReportsController {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  @Get('ledger/trial-balance')
  @ApiOperation({ summary: 'Debits, credits and balance of every account, now or at an instant; their total is zero' })
  @Answers(200, trialBalanceAnswer)
  async trialBalance(
    @CurrentCaller() caller: Caller,
    @Query({ schema: balancesQuery }) { at = null }: { at?: BalancesQuery['at'] | null },
  ): Promise<TrialBalanceAnswer> {
    return trialBalance(at, await this.database.inMerchant(caller.merchantId, (tx) => ledgerBalances(tx, at)));
  }

  @Get('reports/month-close')
  @ApiOperation({ summary: 'What a month opened with, what moved and what it closed with, by account and currency; what is open. Months begin and end by UTC' })
  @Answers(200, monthCloseAnswer)
  async monthClose(@CurrentCaller() { merchantId }: Caller, @Query({ schema: monthCloseQuery }) { month, verify }: MonthCloseQuery): Promise<MonthCloseAnswer> {
    const { from, to } = boundsOfMonth(month);
    const rows = await this.database.snapshot(merchantId, async (tx) => ({
      accounts: await accountMovements(tx, from, to),
      movements: await typeMovements(tx, from, to),
      refunds: await refundGroups(tx, from, to),
      open: await openRefunds(tx, to),
      settled: await settledGroups(tx, from, to),
    }));
    const currencies = monthByCurrency(rows);
    const zero = currencies.every(({ openingTotal, closingTotal }) => openingTotal === 0 && closingTotal === 0);
    return {
      month,
      zone: 'UTC',
      from,
      to,
      over: Date.parse(to) <= Date.now(),
      zero,
      currencies,
      audit: verify ? await this.audit.verifyAll(merchantId) : null,
    };
  }
}
