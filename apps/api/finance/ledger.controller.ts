import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/contracts/caller';
import { ledgerBalancesAnswer, ledgerEntryAnswer, tenderBalance } from '#libs/contracts/finance-answers';
import { balancesQuery, ledgerQuery, tendersQuery, type BalancesQuery, type LedgerQuery, type TendersQuery } from '#libs/contracts/lists';
import { Database } from '#libs/persistence/database';
import { findReturnId, ledgerBalances, listLedger } from '#libs/persistence/finance-reads';
import { readReturnNumber } from '#libs/persistence/ids';
import { readTenders } from '#libs/persistence/orders';
import { notFound } from '../http/api-error';
import { CurrentCaller, Roles } from '../http/decorators';
import { decodeCursor, page, pageOfAll } from '../http/keyset';
import { Answers, listOf } from '../http/openapi-decorators';
import { presentEntry } from './present-finance';

@ApiTags('finance')
@Controller('v1')
@Roles('finance', 'admin')
export class LedgerController {
  constructor(private readonly database: Database) {}

  @Get('ledger/entries')
  @ApiOperation({ summary: 'Ledger entries, newest first; with `account` those that touch it, whole' })
  @Answers(200, listOf('LedgerEntries', ledgerEntryAnswer))
  async entries(@CurrentCaller() caller: Caller, @Query({ schema: ledgerQuery }) { limit, cursor, returnId, ...filter }: LedgerQuery) {
    const after = decodeCursor(cursor, ['instant', 'text']);
    const rows = await this.database.inMerchant(caller.merchantId, async (tx) => {
      const ofReturn = returnId === undefined ? undefined : await findReturnId(tx, returnId, readReturnNumber(returnId));
      return ofReturn === null ? [] : listLedger(tx, { ...filter, returnId: ofReturn }, after, limit + 1);
    });
    return page(rows, limit, (row) => [row.position, row.id], presentEntry);
  }

  @Get('ledger/balances')
  @ApiOperation({ summary: 'What each account comes to, now or at an instant; by the names of accounts, and of currencies in each' })
  @Answers(200, ledgerBalancesAnswer)
  async balances(@CurrentCaller() caller: Caller, @Query({ schema: balancesQuery }) { at, ...asked }: BalancesQuery) {
    const balances = await this.database.inMerchant(caller.merchantId, (tx) => ledgerBalances(tx, at ?? null));
    return { at: at ?? null, ...pageOfAll(balances, asked, ({ account, currency }) => `${account}/${currency}`) };
  }

  @Get('tenders')
  @ApiOperation({ summary: "What each means of payment of an order gave, gave back and still holds, in the order's sequence" })
  @Answers(200, listOf('Tenders', tenderBalance))
  async tenders(@CurrentCaller() caller: Caller, @Query({ schema: tendersQuery }) { orderNumber, ...asked }: TendersQuery) {
    const tenders = await this.database.inMerchant(caller.merchantId, (tx) => readTenders(tx, orderNumber));
    if (!tenders) throw notFound('order');
    return pageOfAll(tenders, asked, ({ tenderId }) => tenderId);
  }
}
