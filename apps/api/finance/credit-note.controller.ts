import { Controller, Get, Header, Headers, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/contracts/caller';
import { creditNoteQuery, type CreditNoteQuery } from '#libs/contracts/credit-note';
import { id as idSchema } from '#libs/contracts/values';
import { readCreditNote } from '#libs/persistence/credit-notes';
import { Database } from '#libs/persistence/database';
import { ApiError, notFound } from '../http/api-error';
import { CurrentCaller, Roles } from '../http/decorators';
import { Answers } from '../http/openapi-decorators';
import { creditNote } from './credit-note';
import { creditNotePdf } from './credit-note-pdf';
import { noteLanguage } from './credit-note-texts';

@ApiTags('finance')
@Controller('v1/refunds')
@Roles('finance', 'admin')
export class CreditNoteController {
  constructor(private readonly database: Database) {}

  @Get(':id/credit-note.pdf')
  @Header('Content-Type', 'application/pdf')
  @ApiProduces('application/pdf')
  @ApiOperation({
    summary: 'The credit note of a refund that succeeded; 409 `invalid_state` for others',
    description: 'Without `lang`: what `Accept-Language` prefers, else the language of the order’s customer.',
  })
  @Answers(200)
  async creditNote(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Query({ schema: creditNoteQuery }) { lang }: CreditNoteQuery,
    @Headers('accept-language') accepted?: string,
  ): Promise<StreamableFile> {
    const row = await this.database.inMerchant(caller.merchantId, (tx) => readCreditNote(tx, id));
    if (!row) throw notFound('refund');
    if (row.status !== 'succeeded') throw new ApiError('invalid_state', `Only a refund that succeeded has a credit note; this one is ${row.status}`);
    const note = creditNote(row, noteLanguage(lang, accepted, row.order.customer.locale));
    return new StreamableFile(await creditNotePdf(note), { type: 'application/pdf', disposition: `inline; filename="${note.number}.pdf"` });
  }
}
