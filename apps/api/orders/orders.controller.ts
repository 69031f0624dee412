import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/contracts/caller';
import { orderBody, type OrderBody } from '#libs/contracts/order';
import { orderAnswer } from '#libs/contracts/order-answer';
import { orderNumber } from '#libs/contracts/values';
import { Database } from '#libs/persistence/database';
import { claimedUnits, readOrder } from '#libs/persistence/orders';
import { invalid, notFound } from '../http/api-error';
import { CurrentCaller, Roles, Scope } from '../http/decorators';
import { Answers } from '../http/openapi-decorators';
import { created, Reply } from '../http/reply';
import { OrderImport } from './order-import';
import { maySee, presentOrder } from './present-order';

@ApiTags('orders')
@Controller('v1/orders')
@Scope('orders')
export class OrdersController {
  constructor(
    private readonly database: Database,
    private readonly imports: OrderImport,
  ) {}

  @Put(':orderNumber')
  @Roles('admin', 'service')
  @ApiOperation({ summary: 'Imports an order; after the first return only deliveredAt, new tenders and chargebacks may change' })
  @Answers(200, orderAnswer, 'The same order, or an allowed change of it')
  @Answers(201, orderAnswer, 'A new order')
  async import(
    @CurrentCaller() caller: Caller,
    @Param('orderNumber', { schema: orderNumber }) number: string,
    @Body({ schema: orderBody }) order: OrderBody,
  ): Promise<Reply> {
    if (order.orderNumber !== number) throw invalid('/orderNumber', 'invalid_value', 'must be the order number of the path');
    const { created: isNew, answer } = await this.imports.run(caller.merchantId, order);
    return isNew ? created(`/v1/orders/${encodeURIComponent(number)}`, answer) : new Reply(200, answer);
  }

  @Get(':orderNumber')
  @Roles('customer', 'agent', 'finance', 'admin', 'service')
  @ApiOperation({ summary: 'An order: what every piece of it cost, and how many can still come back' })
  @Answers(200, orderAnswer)
  async read(@CurrentCaller() caller: Caller, @Param('orderNumber', { schema: orderNumber }) number: string) {
    const found = await this.database.inMerchant(caller.merchantId, async (tx) => {
      const stored = await readOrder(tx, number);
      return stored && { order: stored.order, claimed: await claimedUnits(tx, number) };
    });
    if (!found || !maySee(caller, found.order)) throw notFound('order');
    return presentOrder(found.order, found.claimed);
  }
}
