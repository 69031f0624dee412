import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/contracts/caller';
import { returnsQuery, type ReturnsQuery } from '#libs/contracts/lists';
import { presentReturn } from '#libs/contracts/present-return';
import { quoteAnswer, timelineEntry } from '#libs/contracts/quote-answer';
import { returnAnswer } from '#libs/contracts/return-answer';
import { applyBody, cancelBody, decisionBody, quoteBody, type ApplyBody, type CancelBody, type DecisionBody } from '#libs/contracts/return-requests';
import { id as idSchema } from '#libs/contracts/values';
import { Database } from '#libs/persistence/database';
import { listReturns } from '#libs/persistence/returns';
import { notFound } from '../http/api-error';
import { CurrentCaller, Roles, Scope } from '../http/decorators';
import { Idempotency } from '../http/idempotency';
import { decodeCursor, page } from '../http/keyset';
import { Answers, listOf } from '../http/openapi-decorators';
import { Reply } from '../http/reply';
import { pageQuery, type PageQuery } from '#libs/contracts/lists';
import { Applications, applicationOf, commentsOf } from './applications';
import { AskedBy, type Asked } from '../http/asked';
import { namedFiles } from './evidence';
import { ReturnCommands, sightOf } from './return-commands';
import { visibleEntries } from './timeline';

@ApiTags('returns')
@Controller('v1/returns')
@Scope('returns')
export class ReturnsController {
  constructor(
    private readonly commands: ReturnCommands,
    private readonly applications: Applications,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
  ) {}

  @Post('quote')
  @HttpCode(200)
  @Roles('customer', 'agent', 'admin', 'service')
  @ApiOperation({ summary: 'What a return would bring: eligibility with all findings, methods, settlement. Commits nothing' })
  @Answers(200, quoteAnswer)
  quote(@AskedBy() { caller, route, key }: Asked, @Body({ schema: quoteBody }) body: ApplyBody) {
    if (key === null) return this.applications.quote(caller, body);
    return this.idempotency.run(caller, route, key, body, async () => new Reply(200, await this.applications.quote(caller, body)));
  }

  @Post()
  @Roles('customer', 'agent', 'admin', 'service')
  @ApiOperation({ summary: 'Applies for a return' })
  @Answers(201, returnAnswer)
  async apply(@AskedBy() asked: Asked, @Body({ schema: applyBody }) body: ApplyBody) {
    await this.applications.check(asked.caller, body);
    const evidence = body.lines.flatMap((line, index) => namedFiles(line.evidence, `/lines/${index}/evidence`));
    return this.commands.run({
      ...asked,
      body,
      returnId: null,
      input: { type: 'apply', application: applicationOf(body, asked.caller) },
      annotations: { texts: commentsOf(body) },
      evidence,
    });
  }

  @Get()
  @Roles('customer', 'agent', 'warehouse', 'finance', 'admin', 'service')
  @ApiOperation({ summary: 'Returns, newest first' })
  @Answers(200, listOf('Returns', returnAnswer))
  async list(@CurrentCaller() caller: Caller, @Query({ schema: returnsQuery }) { limit, cursor, ...filter }: ReturnsQuery) {
    const after = decodeCursor(cursor, ['instant', 'text']);
    const rows = await this.database.inMerchant(caller.merchantId, (tx) => listReturns(tx, caller.merchantId, filter, sightOf(caller), after, limit + 1));
    return page(
      rows,
      limit,
      (row) => [row.position, row.state.returnId],
      (row) => presentReturn(row, caller.role),
    );
  }

  @Get(':id')
  @Roles('customer', 'agent', 'warehouse', 'finance', 'admin', 'service')
  @ApiOperation({ summary: 'One return as its reader may see it' })
  @Answers(200, returnAnswer)
  async read(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    const record = await this.commands.read(caller, id);
    if (!record) throw notFound('return');
    return presentReturn(record, caller.role);
  }

  @Get(':id/timeline')
  @Roles('customer', 'agent', 'warehouse', 'finance', 'admin', 'service')
  @ApiOperation({ summary: 'What became true, oldest first' })
  @Answers(200, listOf('Timeline', timelineEntry))
  async timeline(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string, @Query({ schema: pageQuery }) { limit, cursor }: PageQuery) {
    const record = await this.commands.read(caller, id);
    if (!record) throw notFound('return');
    const [after] = decodeCursor(cursor, ['number']) ?? [0];
    const entries = await this.database.inMerchant(caller.merchantId, (tx) => visibleEntries(tx, caller, record.state.returnId, after, limit + 1));
    return page(entries, limit, (entry) => [entry.sequence]);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Roles('customer', 'agent', 'admin', 'service')
  @ApiOperation({ summary: 'Takes the return back, until the goods are handed over or money is under way' })
  @Answers(200, returnAnswer)
  cancel(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: cancelBody }) body: CancelBody) {
    const texts = body.reason ? [{ kind: 'note' as const, visibility: 'customer' as const, body: { reason: body.reason } }] : [];
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'cancel' }, annotations: { texts } });
  }

  @Post(':id/decision')
  @HttpCode(200)
  @Roles('agent', 'admin')
  @ApiOperation({ summary: 'Approves or rejects, line by line: an application, or an appeal' })
  @Answers(200, returnAnswer)
  decision(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: decisionBody }) body: DecisionBody) {
    const lines = body.lines.map(({ lineId, decision }) => ({ lineId, decision }));
    const texts = body.lines.flatMap(({ lineId, reason }) =>
      reason ? [{ kind: 'note' as const, visibility: 'customer' as const, body: { lineId, reason } }] : [],
    );
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'decision', lines }, annotations: { texts } });
  }
}
