import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Annotations } from '#activities/returns/annotations';
import { refundAnswer } from '#libs/contracts/finance-answers';
import {
  refundDecisionBody,
  refundRedirectBody,
  refundSettleBody,
  type RefundDecisionBody,
  type RefundRedirectBody,
  type RefundSettleBody,
} from '#libs/contracts/finance-requests';
import { returnAnswer } from '#libs/contracts/return-answer';
import { compensationDecisionBody, type CompensationDecisionBody } from '#libs/contracts/return-requests';
import { emptyBody, id as idSchema } from '#libs/contracts/values';
import { Database } from '#libs/persistence/database';
import { notFound } from '../http/api-error';
import { Roles } from '../http/decorators';
import { Answers } from '../http/openapi-decorators';
import type { Reply } from '../http/reply';
import { AskedBy, type Asked } from '../http/asked';
import { ReturnCommands, type CommandInput } from './return-commands';

/** What finance does about the money of a return. A refund belongs to its return: the command goes there, the answer shows the refund. */
@ApiTags('finance')
@Controller('v1')
@Roles('finance', 'admin')
export class MoneyController {
  constructor(
    private readonly commands: ReturnCommands,
    private readonly database: Database,
  ) {}

  @Post('refunds/:id/approve')
  @HttpCode(200)
  @ApiOperation({ summary: 'A second pair of eyes lets a refund go' })
  @Answers(200, refundAnswer)
  approve(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: refundDecisionBody }) body: RefundDecisionBody) {
    return this.onRefund(asked, id, body, { type: 'approve_refund', refundId: id }, approvalNote(id, body.note));
  }

  @Post('refunds/:id/reject')
  @HttpCode(200)
  @ApiOperation({ summary: 'Finance refuses a refund: its line goes back to an agent' })
  @Answers(200, refundAnswer)
  reject(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: refundDecisionBody }) body: RefundDecisionBody) {
    return this.onRefund(asked, id, body, { type: 'reject_refund', refundId: id }, approvalNote(id, body.note));
  }

  @Post('refunds/:id/retry')
  @HttpCode(200)
  @ApiOperation({ summary: 'Tries a failed refund again, with a new key' })
  @Answers(200, refundAnswer)
  retry(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: emptyBody }) body: object) {
    return this.onRefund(asked, id, body, { type: 'retry_refund', refundId: id });
  }

  @Post('refunds/:id/redirect')
  @HttpCode(200)
  @ApiOperation({ summary: 'Pays a failed refund to another tender, to store credit with consent, or by hand' })
  @Answers(200, refundAnswer)
  redirect(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: refundRedirectBody }) body: RefundRedirectBody) {
    return this.onRefund(asked, id, body, { type: 'redirect_refund', refundId: id, to: body.to }, note({ refundId: id }, body.note));
  }

  @Post('refunds/:id/settle')
  @HttpCode(200)
  @ApiOperation({ summary: 'A second person confirms a payout by hand' })
  @Answers(200, refundAnswer)
  settle(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: refundSettleBody }) body: RefundSettleBody) {
    return this.onRefund(asked, id, body, { type: 'settle_refund', refundId: id, reference: body.reference });
  }

  @Post('compensations/:id/approve')
  @HttpCode(200)
  @ApiOperation({ summary: 'Grants what was above the agent’s own limit' })
  @Answers(200, returnAnswer)
  approveCompensation(
    @AskedBy() asked: Asked,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: compensationDecisionBody }) body: CompensationDecisionBody,
  ) {
    return this.onCompensation(asked, id, body, { type: 'approve_compensation', compensationId: id }, note({ compensationId: id }, body.note));
  }

  @Post('compensations/:id/reject')
  @HttpCode(200)
  @ApiOperation({ summary: 'Refuses what was above the agent’s own limit' })
  @Answers(200, returnAnswer)
  rejectCompensation(
    @AskedBy() asked: Asked,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: compensationDecisionBody }) body: CompensationDecisionBody,
  ) {
    return this.onCompensation(asked, id, body, { type: 'reject_compensation', compensationId: id }, note({ compensationId: id }, body.note));
  }

  @Post('returns/:id/overdraft/accept')
  @HttpCode(200)
  @ApiOperation({ summary: 'Finance takes the loss where more has left a tender than it gave: written off, until the balance recovers' })
  @Answers(200, returnAnswer)
  acceptOverdraft(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: refundDecisionBody }) body: RefundDecisionBody) {
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'accept_overdraft' }, annotations: note({}, body.note) });
  }

  private async onRefund(asked: Asked, refundId: string, body: unknown, input: CommandInput, annotations: Annotations = {}): Promise<Reply> {
    return this.commands.run({ ...asked, body, returnId: await this.returnOf(asked, 'refund', refundId), input, annotations });
  }

  private async onCompensation(asked: Asked, id: string, body: unknown, input: CommandInput, annotations: Annotations): Promise<Reply> {
    return this.commands.run({ ...asked, body, returnId: await this.returnOf(asked, 'compensation', id), input, annotations });
  }

  private async returnOf({ caller }: Asked, table: 'refund' | 'compensation', id: string): Promise<string> {
    const [row] = await this.database.inMerchant(caller.merchantId, (tx) =>
      tx.query<{ returnId: string }>(`SELECT return_id AS "returnId" FROM ${table} WHERE id = $1`, [id]),
    );
    if (!row) throw notFound(table);
    return row.returnId;
  }
}

/** Why somebody decided so: for colleagues, beside the return. */
const note = (about: { readonly refundId?: string; readonly compensationId?: string }, text: string | null): Annotations =>
  text === null ? {} : { texts: [{ kind: 'note', visibility: 'internal', body: { ...about, text } }] };
const approvalNote = (refundId: string, text: string | null): Annotations => (text === null ? {} : { approvalNote: { refundId, text } });
