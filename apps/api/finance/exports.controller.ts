import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '#libs/contracts/caller';
import { exportQuery, type ExportQuery } from '#libs/contracts/lists';
import { columnsOf, type ExportName } from '#libs/persistence/exports';
import { CurrentCaller, Roles } from '../http/decorators';
import { Exports } from './exports.service';

const File = (name: ExportName) =>
  ApiResponse({
    status: 200,
    description: `CSV (RFC 4180, UTF-8, with a header): ${columnsOf(name).join(', ')}. Amounts in minor units of \`currency\`; all rows are of one moment; a text that begins like a formula has an apostrophe before it`,
    content: { 'text/csv': { schema: { type: 'string' } } },
  });

@ApiTags('finance')
@Controller('v1/exports')
@Roles('finance', 'admin')
export class ExportsController {
  constructor(private readonly exports: Exports) {}

  @Get('refunds.csv')
  @ApiOperation({ summary: 'Refunds by the time they were made, oldest first; `from` is included, `to` is not' })
  @File('refunds')
  refunds(@CurrentCaller() caller: Caller, @Query({ schema: exportQuery }) range: ExportQuery, @Res() response: Response): Promise<void> {
    return this.exports.send(caller, 'refunds', range, response);
  }

  @Get('ledger.csv')
  @ApiOperation({ summary: 'Ledger postings, a row each, oldest first; `from` is included, `to` is not' })
  @File('ledger')
  ledger(@CurrentCaller() caller: Caller, @Query({ schema: exportQuery }) range: ExportQuery, @Res() response: Response): Promise<void> {
    return this.exports.send(caller, 'ledger', range, response);
  }

  @Get('returns.csv')
  @ApiOperation({ summary: 'Returns by the time they were opened, oldest first; `from` is included, `to` is not' })
  @File('returns')
  returns(@CurrentCaller() caller: Caller, @Query({ schema: exportQuery }) range: ExportQuery, @Res() response: Response): Promise<void> {
    return this.exports.send(caller, 'returns', range, response);
  }
}
