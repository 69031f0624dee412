import { Body, Controller, Get, Param, Patch } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/contracts/caller';
import { customerAnswer } from '#libs/contracts/order-answer';
import { customerBody, type CustomerBody } from '#libs/contracts/return-requests';
import { name } from '#libs/contracts/values';
import { changeCustomer, readCustomer } from '#libs/persistence/customers';
import { Database } from '#libs/persistence/database';
import { appendToMerchantLog } from '#libs/persistence/log';
import { notFound } from '../http/api-error';
import { CurrentCaller, Roles } from '../http/decorators';
import { actorOf } from '../http/idempotency';
import { Answers } from '../http/openapi-decorators';

/** The shop's own customer number. */
const customerId = name(100);

@ApiTags('customers')
@Controller('v1/customers')
export class CustomersController {
  constructor(private readonly database: Database) {}

  @Get(':id')
  @Roles('agent', 'finance', 'admin')
  @ApiOperation({ summary: 'What is known of a customer' })
  @Answers(200, customerAnswer)
  async read(@CurrentCaller() caller: Caller, @Param('id', { schema: customerId }) id: string) {
    const customer = await this.database.inMerchant(caller.merchantId, (tx) => readCustomer(tx, id));
    if (!customer) throw notFound('customer');
    return customer;
  }

  @Patch(':id')
  @Roles('admin')
  @ApiOperation({ summary: 'Blocks a customer, or sets tier and risk; fields that are left out stay' })
  @Answers(200, customerAnswer)
  async change(@CurrentCaller() caller: Caller, @Param('id', { schema: customerId }) id: string, @Body({ schema: customerBody }) body: CustomerBody) {
    return this.database.inMerchant(caller.merchantId, async (tx) => {
      const customer = await changeCustomer(tx, id, body);
      if (!customer) throw notFound('customer');
      await appendToMerchantLog(tx, caller.merchantId, { type: 'customer_changed', actor: actorOf(caller), data: { customerId: id, ...body } });
      return customer;
    });
  }
}
