import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/contracts/caller';
import { paymentProvider } from '#libs/contracts/finance-answers';
import { providerPauseBody, type ProviderPauseBody } from '#libs/contracts/finance-requests';
import { pageQuery, type PageQuery } from '#libs/contracts/lists';
import { providerCode } from '#libs/contracts/values';
import { Database, type Transaction } from '#libs/persistence/database';
import { appendToMerchantLog } from '#libs/persistence/log';
import { listProviders, readProvider, setPaused } from '#libs/persistence/payment-providers';
import { ApiError, notFound } from '../http/api-error';
import { AskedBy, type Asked } from '../http/asked';
import { CurrentCaller, Roles } from '../http/decorators';
import { actorOf, Idempotency } from '../http/idempotency';
import { decodeCursor, page } from '../http/keyset';
import { Answers, listOf } from '../http/openapi-decorators';
import type { Reply } from '../http/reply';

/** Whether refunds leave for a provider. One merchant's word, about its own refunds. */
@ApiTags('finance')
@Controller('v1/payment-providers')
@Roles('finance', 'admin')
export class PaymentProvidersController {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Every provider that orders were paid through, by name, whether it is paused, and what waits for it' })
  @Answers(200, listOf('PaymentProviders', paymentProvider))
  async list(@CurrentCaller() caller: Caller, @Query({ schema: pageQuery }) { limit, cursor }: PageQuery) {
    const after = decodeCursor(cursor, ['text']);
    const rows = await this.database.inMerchant(caller.merchantId, (tx) => listProviders(tx, after?.[0] ?? null, limit + 1));
    return page(
      rows,
      limit,
      (row) => [row.provider],
      (row) => row,
    );
  }

  @Post(':provider/pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'No refund leaves for this provider any more; whatever is to leave waits, without anybody having to look after it' })
  @Answers(200, paymentProvider)
  pause(@AskedBy() asked: Asked, @Param('provider', { schema: providerCode }) provider: string, @Body({ schema: providerPauseBody }) body: ProviderPauseBody) {
    return this.change(asked, provider, body, true);
  }

  @Post(':provider/resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Refunds leave for this provider again: those that waited go by themselves' })
  @Answers(200, paymentProvider)
  resume(@AskedBy() asked: Asked, @Param('provider', { schema: providerCode }) provider: string, @Body({ schema: providerPauseBody }) body: ProviderPauseBody) {
    return this.change(asked, provider, body, false);
  }

  private change({ caller, route, key }: Asked, provider: string, body: ProviderPauseBody, paused: boolean): Promise<Reply> {
    const work = async (tx: Transaction) => {
      if (!(await readProvider(tx, provider))) throw notFound('payment provider');
      if (!(await setPaused(tx, provider, paused, caller.id, body.reason)))
        throw new ApiError('invalid_state', paused ? `${provider} is paused already` : `${provider} is not paused`);
      await appendToMerchantLog(tx, caller.merchantId, {
        type: paused ? 'payment_provider_paused' : 'payment_provider_resumed',
        actor: actorOf(caller),
        data: { provider },
      });
      return { status: 200, body: await readProvider(tx, provider) };
    };
    return this.idempotency.run(caller, route, key, body, work);
  }
}
