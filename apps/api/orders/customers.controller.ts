import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/contracts/caller';
import { compensationAnswer } from '#libs/contracts/coupon-answers';
import { pageQuery, type PageQuery } from '#libs/contracts/lists';
import { customerAnswer } from '#libs/contracts/order-answer';
import { pointsAnswer } from '#libs/contracts/points-answer';
import { customerBody, type CustomerBody } from '#libs/contracts/return-requests';
import { name } from '#libs/contracts/values';
import { listCompensations } from '#libs/persistence/coupons';
import { changeCustomer, readCustomer } from '#libs/persistence/customers';
import { Database } from '#libs/persistence/database';
import { appendToMerchantLog } from '#libs/persistence/log';
import { listPoints, pointsTotals } from '#libs/persistence/points';
import { notFound } from '../http/api-error';
import { CurrentCaller, Roles } from '../http/decorators';
import { actorOf } from '../http/idempotency';
import { decodeCursor, page } from '../http/keyset';
import { Answers, listOf } from '../http/openapi-decorators';

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

  @Get(':id/compensations')
  @Roles('agent', 'finance', 'admin')
  @ApiOperation({ summary: 'What a customer was given for their trouble, newest first' })
  @Answers(200, listOf('Compensations', compensationAnswer))
  async compensations(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: customerId }) id: string,
    @Query({ schema: pageQuery }) { limit, cursor }: PageQuery,
  ) {
    const after = decodeCursor(cursor, ['instant', 'text']);
    const rows = await this.database.inMerchant(caller.merchantId, async (tx) =>
      (await readCustomer(tx, id)) ? listCompensations(tx, id, after, limit + 1) : null,
    );
    if (!rows) throw notFound('customer');
    return page(
      rows,
      limit,
      (row) => [row.position, row.id!],
      ({ position: _position, customerId: _customer, source, ...row }) => ({
        ...row,
        code: row.status === 'granted' || row.status === 'used' ? row.code : null,
        returnId: source,
      }),
    );
  }

  @Get(':id/points')
  @Roles('agent', 'finance', 'admin')
  @ApiOperation({ summary: "What returns do to a customer's points, newest first; the shop keeps the account" })
  @Answers(200, pointsAnswer)
  async points(@CurrentCaller() caller: Caller, @Param('id', { schema: customerId }) id: string, @Query({ schema: pageQuery }) { limit, cursor }: PageQuery) {
    const after = decodeCursor(cursor, ['number'])?.[0] ?? null;
    const found = await this.database.inMerchant(caller.merchantId, async (tx) => {
      if (!(await readCustomer(tx, id))) return null;
      return { totals: await pointsTotals(tx, id), rows: await listPoints(tx, id, after, limit + 1) };
    });
    if (!found) throw notFound('customer');
    const { restored, revoked, granted } = found.totals;
    const movements = page(
      found.rows,
      limit,
      (row) => [row.position],
      ({ position: _position, ...row }) => row,
    );
    return { customerId: id, balance: restored + granted - revoked, restored, revoked, granted, ...movements };
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
