import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { returnAnswer } from '#libs/contracts/return-answer';
import { advanceBody, type AdvanceBody } from '#libs/contracts/sandbox-requests';
import { id as idSchema } from '#libs/contracts/values';
import { durationMs } from '#libs/domain/calendar/duration';
import { Roles, Scope } from '../http/decorators';
import { Answers } from '../http/openapi-decorators';
import { AskedBy, type Asked } from './asked';
import { ReturnCommands } from './return-commands';

/** Only where the sandbox is: time itself is not for sale in production. */
@ApiTags('sandbox')
@Controller('v1/sandbox/returns')
@Roles('admin', 'service')
@Scope('sandbox')
export class AdvanceController {
  constructor(private readonly commands: ReturnCommands) {}

  @Post(':id/advance')
  @HttpCode(200)
  @ApiOperation({ summary: 'Moves a return’s clock forward; its timers fire as they would have' })
  @Answers(200, returnAnswer)
  advance(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: advanceBody }) body: AdvanceBody) {
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'advance', byMs: durationMs(body.by) } });
  }
}
