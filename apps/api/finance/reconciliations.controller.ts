import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { Caller } from '#libs/contracts/caller';
import { differenceAnswer, reconciliationAnswer, reconciliationSummary } from '#libs/contracts/finance-reconciliation';
import { differenceResolutionBody, reconciliationBody, type DifferenceResolutionBody, type ReconciliationBody } from '#libs/contracts/finance-requests';
import { pageQuery, type PageQuery } from '#libs/contracts/lists';
import { id as idSchema } from '#libs/contracts/values';
import { Database } from '#libs/persistence/database';
import { listDifferences, listReconciliations, readReconciliation } from '#libs/persistence/reconciliations';
import { notFound } from '../http/api-error';
import { AskedBy, type Asked } from '../http/asked';
import { CurrentCaller, Roles } from '../http/decorators';
import { Idempotency } from '../http/idempotency';
import { decodeCursor, page } from '../http/keyset';
import { Answers, listOf } from '../http/openapi-decorators';
import { created, Reply } from '../http/reply';
import { presentDifference, presentSummary, Reconciliations } from './reconciliations.service';

const number = z.coerce
  .number<string>()
  .int()
  .min(1)
  .max(2 ** 31 - 1);

@ApiTags('finance')
@Controller('v1/reconciliations')
@Roles('finance', 'admin')
export class ReconciliationsController {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly reconciliations: Reconciliations,
  ) {}

  @Post()
  @ApiOperation({ summary: "Begins to compare a provider's own list with our refunds; `from` is included, `to` is not, at most 366 days" })
  @Answers(201, reconciliationAnswer)
  begin(@AskedBy() { caller, route, key }: Asked, @Body({ schema: reconciliationBody }) body: ReconciliationBody) {
    return this.idempotency.run(caller, route, key, body, async (tx) => {
      const begun = await this.reconciliations.begin(tx, caller, body);
      return created(`/v1/reconciliations/${begun.id}`, begun);
    });
  }

  @Get()
  @ApiOperation({ summary: 'Reconciliations, newest first; the nightly ones too' })
  @Answers(200, listOf('Reconciliations', reconciliationSummary))
  async list(@CurrentCaller() caller: Caller, @Query({ schema: pageQuery }) { limit, cursor }: PageQuery) {
    const after = decodeCursor(cursor, ['instant', 'text']);
    const rows = await this.database.inMerchant(caller.merchantId, (tx) => listReconciliations(tx, after, limit + 1));
    return page(rows, limit, (row) => [row.position, row.id], presentSummary);
  }

  @Get(':id')
  @ApiOperation({ summary: 'What was compared and what differs; while it is running the answer waits for its end, 5 seconds at most' })
  @Answers(200, reconciliationAnswer)
  read(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    return this.reconciliations.read(caller, id);
  }

  @Get(':id/differences')
  @ApiOperation({ summary: 'All differences of a reconciliation, in the sequence in which they were found' })
  @Answers(200, listOf('ReconciliationDifferences', differenceAnswer))
  async differences(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Query({ schema: pageQuery }) { limit, cursor }: PageQuery,
  ) {
    const [after] = decodeCursor(cursor, ['int']) ?? [0];
    const rows = await this.database.inMerchant(caller.merchantId, async (tx) => {
      if (!(await readReconciliation(tx, id))) throw notFound('reconciliation');
      return listDifferences(tx, id, after, limit + 1);
    });
    return page(rows, limit, ({ n }) => [n], presentDifference);
  }

  @Post(':id/differences/:n/resolve')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Says what explains a difference, and ends its work; `record` puts our books right: money that left without us is booked, a refund that the provider never made has failed',
  })
  @Answers(200, differenceAnswer)
  async resolve(
    @AskedBy() { caller, route, key }: Asked,
    @Param('id', { schema: idSchema }) id: string,
    @Param('n', { schema: number }) n: number,
    @Body({ schema: differenceResolutionBody }) body: DifferenceResolutionBody,
  ) {
    const held = await this.reconciliations.heldBy(caller, id, n, body);
    return this.idempotency.run(caller, route, key, body, async (tx) => new Reply(200, await this.reconciliations.resolve(tx, caller, id, n, body, held)));
  }
}
