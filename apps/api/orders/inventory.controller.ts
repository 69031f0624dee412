import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/contracts/caller';
import { inventoryBody, type InventoryBody } from '#libs/contracts/inventory';
import { inventoryAnswer } from '#libs/contracts/order-answer';
import { sku as skuSchema } from '#libs/contracts/values';
import { Database } from '#libs/persistence/database';
import { putInventory, readInventory } from '#libs/persistence/inventory';
import { notFound } from '../http/api-error';
import { CurrentCaller, Roles, Scope } from '../http/decorators';
import { Answers } from '../http/openapi-decorators';
import { created, Reply } from '../http/reply';

@ApiTags('inventory')
@Controller('v1/inventory')
@Scope('inventory')
export class InventoryController {
  constructor(private readonly database: Database) {}

  @Put(':sku')
  @Roles('admin', 'service')
  @ApiOperation({ summary: 'Stock and price of an article: what exchanges and reships draw on' })
  @Answers(200, inventoryAnswer)
  @Answers(201, inventoryAnswer, 'A new article')
  async put(
    @CurrentCaller() caller: Caller,
    @Param('sku', { schema: skuSchema }) sku: string,
    @Body({ schema: inventoryBody }) body: InventoryBody,
  ): Promise<Reply> {
    const { level, created: isNew } = await this.database.inMerchant(caller.merchantId, (tx) => putInventory(tx, { ...body, sku }));
    return isNew ? created(`/v1/inventory/${encodeURIComponent(sku)}`, level) : new Reply(200, level);
  }

  @Get(':sku')
  @Roles('agent', 'warehouse', 'admin', 'service')
  @ApiOperation({ summary: 'Stock and price of an article' })
  @Answers(200, inventoryAnswer)
  async read(@CurrentCaller() caller: Caller, @Param('sku', { schema: skuSchema }) sku: string) {
    const level = await this.database.inMerchant(caller.merchantId, (tx) => readInventory(tx, sku));
    if (!level) throw notFound('article');
    return level;
  }
}
