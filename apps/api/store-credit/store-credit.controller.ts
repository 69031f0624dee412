import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/contracts/caller';
import { pageQuery, type PageQuery } from '#libs/contracts/lists';
import {
  creditReleaseBody,
  creditSpendAnswer,
  creditSpendBody,
  storeCreditAnswer,
  type CreditReleaseBody,
  type CreditSpendBody,
} from '#libs/contracts/store-credit';
import { name } from '#libs/contracts/values';
import { readCustomer } from '#libs/persistence/customers';
import { Database } from '#libs/persistence/database';
import { creditBalances, listCredit } from '#libs/persistence/store-credit';
import { notFound } from '../http/api-error';
import { AskedBy, type Asked } from '../http/asked';
import { CurrentCaller, Roles, Scope } from '../http/decorators';
import { decodeCursor, page } from '../http/keyset';
import { Answers } from '../http/openapi-decorators';
import type { Reply } from '../http/reply';
import { StoreCredit } from './store-credit.service';

/** The shop's own customer number. */
const customerId = name(100);

@ApiTags('store-credit')
@Controller('v1/customers/:id/store-credit')
@Scope('store_credit')
export class StoreCreditController {
  constructor(
    private readonly database: Database,
    private readonly credit: StoreCredit,
  ) {}

  @Get()
  @Roles('customer', 'agent', 'finance', 'admin', 'service')
  @ApiOperation({ summary: "A customer's store credit by currency, with its movements; customers see their own" })
  @Answers(200, storeCreditAnswer)
  async read(@CurrentCaller() caller: Caller, @Param('id', { schema: customerId }) id: string, @Query({ schema: pageQuery }) { limit, cursor }: PageQuery) {
    const after = decodeCursor(cursor, ['number'])?.[0] ?? null;
    const found = await this.database.inMerchant(caller.merchantId, async (tx) => {
      const customer = await readCustomer(tx, id);
      if (!customer || !isTheirOwn(caller, customer.email)) return null;
      return { balances: await creditBalances(tx, id), rows: await listCredit(tx, id, after, limit + 1) };
    });
    if (!found) throw notFound('customer');
    const movements = page(
      found.rows,
      limit,
      (row) => [row.position],
      ({ position: _position, ...row }) => row,
    );
    return { customerId: id, balances: found.balances, ...movements };
  }

  @Post('spend')
  @HttpCode(200)
  @Roles('service', 'admin')
  @ApiOperation({ summary: 'Draws store credit for an order that is then imported with a tender of it: never more than there is, and once for an order' })
  @Answers(200, creditSpendAnswer)
  spend(@AskedBy() asked: Asked, @Param('id', { schema: customerId }) id: string, @Body({ schema: creditSpendBody }) body: CreditSpendBody): Promise<Reply> {
    return this.credit.spend(asked, id, body);
  }

  @Post('release')
  @HttpCode(200)
  @Roles('service', 'admin')
  @ApiOperation({ summary: 'The order fell through, or needs less: what it was not paid with goes back to the customer' })
  @Answers(200, creditSpendAnswer)
  release(
    @AskedBy() asked: Asked,
    @Param('id', { schema: customerId }) id: string,
    @Body({ schema: creditReleaseBody }) body: CreditReleaseBody,
  ): Promise<Reply> {
    return this.credit.release(asked, id, body);
  }
}

/** Staff and the shop see everybody's. An account sees its own; a token that opens one order opens nothing else. */
const isTheirOwn = ({ role, email, orderNumber }: Caller, customerEmail: string | null): boolean =>
  role !== 'customer' || (orderNumber === null && email !== null && customerEmail?.toLowerCase() === email.toLowerCase());
