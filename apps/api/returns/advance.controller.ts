import { setTimeout as sleep } from 'node:timers/promises';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { presentReturn } from '#libs/contracts/present-return';
import { returnAnswer } from '#libs/contracts/return-answer';
import { advanceBody, type AdvanceBody } from '#libs/contracts/sandbox-requests';
import { id as idSchema } from '#libs/contracts/values';
import { durationMs } from '#libs/domain/calendar/duration';
import { due } from '#libs/domain/return/due';
import { Roles, Scope } from '../http/decorators';
import { Answers } from '../http/openapi-decorators';
import { Reply } from '../http/reply';
import { AskedBy, type Asked } from '../http/asked';
import { ReturnCommands } from './return-commands';

/** Milliseconds that are waited for timers which the new time makes ring. */
const TIMERS_WITHIN = 5_000;

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
  async advance(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: advanceBody }) body: AdvanceBody): Promise<Reply> {
    const answer = await this.commands.run({ ...asked, body, returnId: id, input: { type: 'advance', byMs: durationMs(body.by) } });
    return answer.status === 200 ? this.afterTimers(asked, id, answer) : answer;
  }

  /** The timers ring right after the command: whoever moved the clock is shown what they did. */
  private async afterTimers({ caller }: Asked, id: string, { status, body, headers }: Reply): Promise<Reply> {
    for (const until = Date.now() + TIMERS_WITHIN; ; await sleep(50)) {
      const record = await this.commands.read(caller, id);
      if (!record) return new Reply(status, body, headers);
      const now = Date.now() + record.state.clockOffset;
      const late = due(record.state).moments.some(({ at }) => at <= now);
      if (!late || Date.now() > until) return new Reply(status, presentReturn(record, caller.role), headers);
    }
  }
}
