import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { calendarBody, type CalendarBody } from '#libs/contracts/calendar';
import type { Caller } from '#libs/contracts/caller';
import { calendarAnswer } from '#libs/contracts/policy-answer';
import { id as idSchema } from '#libs/contracts/values';
import { putCalendar, readCalendar } from '#libs/persistence/calendars';
import { canonical, sha256 } from '#libs/persistence/canonical';
import { Database } from '#libs/persistence/database';
import { appendToMerchantLog } from '#libs/persistence/log';
import { invalid, notFound } from '../http/api-error';
import { CurrentCaller, Roles } from '../http/decorators';
import { actorOf } from '../http/idempotency';
import { Answers } from '../http/openapi-decorators';
import { created, Reply } from '../http/reply';

@ApiTags('policies')
@Controller('v1/calendars')
@Roles('admin')
export class CalendarsController {
  constructor(private readonly database: Database) {}

  @Get(':id')
  @ApiOperation({ summary: 'A business calendar; `24x7` and `CN` are there from the start' })
  @Answers(200, calendarAnswer)
  async read(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    const calendar = await this.database.inMerchant(caller.merchantId, (tx) => readCalendar(tx, id));
    if (!calendar) throw notFound('calendar');
    return calendar;
  }

  @Put(':id')
  @ApiOperation({ summary: 'Puts a calendar in place; deadlines that are running keep their times' })
  @Answers(200, calendarAnswer)
  @Answers(201, calendarAnswer, 'A new calendar')
  async put(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: calendarBody }) body: CalendarBody,
  ): Promise<Reply> {
    if (body.id !== undefined && body.id !== id) throw invalid('/id', 'invalid_value', 'must be the id of the path');
    const calendar = { ...body, id };
    const isNew = await this.database.inMerchant(caller.merchantId, async (tx) => {
      const isFirst = await putCalendar(tx, calendar);
      await appendToMerchantLog(tx, caller.merchantId, {
        type: 'calendar_changed',
        actor: actorOf(caller),
        data: { calendarId: id, digest: sha256(canonical(calendar)) },
      });
      return isFirst;
    });
    return isNew ? created(`/v1/calendars/${id}`, calendar) : new Reply(200, calendar);
  }
}
