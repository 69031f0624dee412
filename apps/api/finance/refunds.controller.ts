import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { presentRefund } from '#activities/payments/present-refund';
import type { Caller } from '#libs/contracts/caller';
import { refundAnswer, refundExplanation } from '#libs/contracts/finance-answers';
import { refundsQuery, type RefundsQuery } from '#libs/contracts/lists';
import { id as idSchema } from '#libs/contracts/values';
import { Database } from '#libs/persistence/database';
import { findReturnId, listRefunds, readRefund, settlementOfRefund } from '#libs/persistence/finance-reads';
import { readReturnNumber } from '#libs/persistence/ids';
import { notFound } from '../http/api-error';
import { CurrentCaller, Roles } from '../http/decorators';
import { decodeCursor, page } from '../http/keyset';
import { Answers, listOf } from '../http/openapi-decorators';
import { explainRefund } from './explanation';

@ApiTags('finance')
@Controller('v1/refunds')
@Roles('finance', 'admin')
export class RefundsController {
  constructor(private readonly database: Database) {}

  @Get()
  @ApiOperation({ summary: 'Refunds, newest first; `from` is included, `to` is not' })
  @Answers(200, listOf('Refunds', refundAnswer))
  async list(@CurrentCaller() caller: Caller, @Query({ schema: refundsQuery }) { limit, cursor, returnId, ...filter }: RefundsQuery) {
    const after = decodeCursor(cursor, ['instant', 'text']);
    const rows = await this.database.inMerchant(caller.merchantId, async (tx) => {
      // Wherever a return's id stands, its number does too; of a return that is not there there are no refunds.
      const ofReturn = returnId === undefined ? undefined : await findReturnId(tx, returnId, readReturnNumber(returnId));
      return ofReturn === null ? [] : listRefunds(tx, { ...filter, returnId: ofReturn }, after, limit + 1);
    });
    return page(rows, limit, (row) => [row.position, row.id], presentRefund);
  }

  @Get(':id')
  @ApiOperation({ summary: 'A refund with its calls to the provider and its approvals' })
  @Answers(200, refundAnswer)
  async read(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    const refund = await this.database.inMerchant(caller.merchantId, (tx) => readRefund(tx, id));
    if (!refund) throw notFound('refund');
    return presentRefund(refund);
  }

  @Get(':id/explanation')
  @ApiOperation({ summary: 'The settlement behind a refund, computed once more from its stored inputs and rules' })
  @Answers(200, refundExplanation)
  async explain(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    const settlement = await this.database.inMerchant(caller.merchantId, (tx) => settlementOfRefund(tx, id));
    if (!settlement) throw notFound('refund');
    return explainRefund(id, settlement);
  }
}
