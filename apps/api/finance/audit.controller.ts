import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  auditVerification,
  auditVerifyQuery,
  checkpointAnswer,
  checkpointNumber,
  checkpointsQuery,
  type AuditVerification,
  type AuditVerifyQuery,
  type CheckpointAnswer,
  type CheckpointsQuery,
} from '#libs/contracts/audit';
import type { Caller } from '#libs/contracts/caller';
import { emptyBody } from '#libs/contracts/values';
import { auditLines } from '#libs/persistence/audit-records';
import { listCheckpoints } from '#libs/persistence/checkpoints';
import { Database } from '#libs/persistence/database';
import { notFound } from '../http/api-error';
import { AskedBy, type Asked } from '../http/asked';
import { CurrentCaller, Roles } from '../http/decorators';
import { decodeCursor, page } from '../http/keyset';
import { Answers, listOf } from '../http/openapi-decorators';
import type { Reply } from '../http/reply';
import { Audit } from './audit.service';
import { Checkpoints, presentCheckpoint } from './checkpoints.service';

/** What finance and their auditors prove by. */
@ApiTags('finance')
@Controller('v1/audit')
@Roles('finance', 'admin')
export class AuditController {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly checkpoints: Checkpoints,
  ) {}

  @Get('verify')
  @ApiOperation({
    summary: 'Recomputes the hash chains and compares ledger, settlements and signed checkpoints with them; with `returnId` those of one return',
  })
  @Answers(200, auditVerification)
  verify(@CurrentCaller() caller: Caller, @Query({ schema: auditVerifyQuery }) { returnId }: AuditVerifyQuery): Promise<AuditVerification> {
    return returnId === undefined ? this.audit.verifyAll(caller.merchantId) : this.audit.verifyReturn(caller.merchantId, returnId);
  }

  @Get('checkpoints')
  @ApiOperation({ summary: 'Signed checkpoints of the log, newest first' })
  @Answers(200, listOf('AuditCheckpoints', checkpointAnswer))
  async list(@CurrentCaller() caller: Caller, @Query({ schema: checkpointsQuery }) { limit, cursor }: CheckpointsQuery) {
    const [before] = decodeCursor(cursor, ['int']) ?? [null];
    const rows = await this.database.inMerchant(caller.merchantId, (tx) => listCheckpoints(tx, before, limit + 1));
    return page(rows, limit, ({ number }) => [number], presentCheckpoint);
  }

  @Get('checkpoints/:number')
  @ApiOperation({ summary: 'A signed checkpoint of the log' })
  @Answers(200, checkpointAnswer)
  async one(@CurrentCaller() caller: Caller, @Param('number', { schema: checkpointNumber }) number: number): Promise<CheckpointAnswer> {
    const [row] = await this.database.inMerchant(caller.merchantId, (tx) => listCheckpoints(tx, number + 1, 1));
    if (row?.number !== number) throw notFound('checkpoint');
    return presentCheckpoint(row);
  }

  @Post('checkpoints')
  @ApiOperation({ summary: 'Signs the chains that moved since the last checkpoint, at once; every night it happens by itself' })
  @Answers(201, checkpointAnswer)
  @Answers(200, checkpointAnswer, 'Nothing has moved: the last one')
  make(@AskedBy() asked: Asked, @Body({ schema: emptyBody }) body: object): Promise<Reply> {
    return this.checkpoints.make(asked, body);
  }

  @Get('export')
  @ApiOperation({ summary: 'Everything that proves log, ledger and settlements without us: for `boomerang audit verify --file`' })
  @ApiResponse({
    status: 200,
    description:
      'JSON lines: checkpoints, then chain by chain its entries, postings and settlements, and a last line without which it is not whole. No names or addresses.',
    content: { 'application/x-ndjson': { schema: { type: 'string' } } },
  })
  async export(@CurrentCaller() { merchantId }: Caller, @Res() response: Response): Promise<void> {
    const lines = auditLines(this.database, merchantId);
    const first = await lines.next(); // what goes wrong before the first byte is an answer of its own
    response.status(200).set({
      'Content-Type': 'application/x-ndjson; charset=utf-8',
      'Content-Disposition': `attachment; filename="audit-${merchantId}-${new Date().toISOString().slice(0, 10)}.ndjson"`,
      'Cache-Control': 'no-store',
    });
    response.write(first.value as string);
    // What goes wrong now cuts the connection: a part has no last line, and is not taken for the whole.
    await pipeline(Readable.from(lines, { highWaterMark: 4 }), response).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error; // else whoever asked has hung up
    });
  }
}
