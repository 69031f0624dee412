import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { returnAnswer } from '#libs/contracts/return-answer';
import {
  appealBody,
  deadlineExtendBody,
  deadlinePauseBody,
  deadlineStage,
  goodwillBody,
  offerBody,
  resolveBody,
  type AppealBody,
  type DeadlineExtendBody,
  type DeadlinePauseBody,
  type GoodwillBody,
  type OfferBody,
  type ResolveBody,
} from '#libs/contracts/return-requests';
import { emptyBody, id as idSchema } from '#libs/contracts/values';
import type { Stage } from '#libs/domain/policy/policy';
import { Roles, Scope } from '../http/decorators';
import { Answers } from '../http/openapi-decorators';
import { AskedBy, type Asked } from '../http/asked';
import { namedFiles } from './evidence';
import { ReturnCommands } from './return-commands';

/** What agents do about a return, and what customers answer. */
@ApiTags('care')
@Controller('v1/returns')
@Scope('returns')
export class CareController {
  constructor(private readonly commands: ReturnCommands) {}

  @Post(':id/offers')
  @HttpCode(200)
  @Roles('agent', 'admin')
  @ApiOperation({ summary: 'Offers something else than was asked for, such as keeping it for a part refund' })
  @Answers(200, returnAnswer)
  offer(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: offerBody }) body: OfferBody) {
    const { resolution, amount, note } = body;
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'offer', resolution, amount }, annotations: note ? { offerNote: note } : {} });
  }

  @Post(':id/offers/:offerId/accept')
  @HttpCode(200)
  @Roles('customer', 'admin', 'service')
  @ApiOperation({ summary: 'The customer takes the offer' })
  @Answers(200, returnAnswer)
  accept(
    @AskedBy() asked: Asked,
    @Param('id', { schema: idSchema }) id: string,
    @Param('offerId', { schema: idSchema }) offerId: string,
    @Body({ schema: emptyBody }) body: object,
  ) {
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'accept_offer', offerId } });
  }

  @Post(':id/offers/:offerId/decline')
  @HttpCode(200)
  @Roles('customer', 'admin', 'service')
  @ApiOperation({ summary: 'The customer does not want the offer' })
  @Answers(200, returnAnswer)
  decline(
    @AskedBy() asked: Asked,
    @Param('id', { schema: idSchema }) id: string,
    @Param('offerId', { schema: idSchema }) offerId: string,
    @Body({ schema: emptyBody }) body: object,
  ) {
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'decline_offer', offerId } });
  }

  @Post(':id/appeal')
  @HttpCode(200)
  @Roles('customer', 'admin', 'service')
  @ApiOperation({ summary: 'Once a line, within the window, after a rejection' })
  @Answers(200, returnAnswer)
  appeal(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: appealBody }) body: AppealBody) {
    const texts = [{ kind: 'appeal' as const, visibility: 'customer' as const, body: { reason: body.reason } }];
    return this.commands.run({
      ...asked,
      body,
      returnId: id,
      input: { type: 'appeal' },
      annotations: { texts },
      evidence: namedFiles(body.evidence, '/evidence'),
    });
  }

  @Post(':id/resolve')
  @HttpCode(200)
  @Roles('agent', 'admin')
  @ApiOperation({ summary: 'The way out of every exception: where units are, and whether their money goes back' })
  @Answers(200, returnAnswer)
  resolve(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: resolveBody }) body: ResolveBody) {
    const units = body.units.map(({ note: _, ...unit }) => unit);
    const texts = body.units.flatMap(({ lineId, unit, note }) =>
      note ? [{ kind: 'note' as const, visibility: 'internal' as const, body: { lineId, unit, text: note } }] : [],
    );
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'resolve', units }, annotations: { texts } });
  }

  @Post(':id/goodwill')
  @HttpCode(200)
  @Roles('agent', 'admin')
  @ApiOperation({ summary: 'Something for the trouble: within the own limit at once, above it after approval' })
  @Answers(200, returnAnswer)
  goodwill(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: goodwillBody }) body: GoodwillBody) {
    const { kind, amount, reason } = body;
    const texts = [{ kind: 'note' as const, visibility: 'internal' as const, body: { goodwill: reason } }];
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'goodwill', kind, amount }, annotations: { texts, goodwillReason: reason } });
  }

  @Post(':id/deadlines/:stage/pause')
  @HttpCode(200)
  @Roles('agent', 'admin')
  @ApiOperation({ summary: 'The clock of a stage stands still' })
  @Answers(200, returnAnswer)
  pause(
    @AskedBy() asked: Asked,
    @Param('id', { schema: idSchema }) id: string,
    @Param('stage', { schema: deadlineStage }) stage: Stage,
    @Body({ schema: deadlinePauseBody }) body: DeadlinePauseBody,
  ) {
    const texts = [{ kind: 'note' as const, visibility: 'internal' as const, body: { stage, reason: body.reason } }];
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'pause', stage }, annotations: { texts } });
  }

  @Post(':id/deadlines/:stage/resume')
  @HttpCode(200)
  @Roles('agent', 'admin')
  @ApiOperation({ summary: 'The clock goes on; the time it stood is given back' })
  @Answers(200, returnAnswer)
  resume(
    @AskedBy() asked: Asked,
    @Param('id', { schema: idSchema }) id: string,
    @Param('stage', { schema: deadlineStage }) stage: Stage,
    @Body({ schema: emptyBody }) body: object,
  ) {
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'resume', stage } });
  }

  @Post(':id/deadlines/:stage/extend')
  @HttpCode(200)
  @Roles('agent', 'admin')
  @ApiOperation({ summary: 'More time for a stage' })
  @Answers(200, returnAnswer)
  extend(
    @AskedBy() asked: Asked,
    @Param('id', { schema: idSchema }) id: string,
    @Param('stage', { schema: deadlineStage }) stage: Stage,
    @Body({ schema: deadlineExtendBody }) body: DeadlineExtendBody,
  ) {
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'extend', stage, by: body.by } });
  }
}
