import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { inspectionBody, type InspectionBody } from '#libs/contracts/receipt-requests';
import { returnAnswer } from '#libs/contracts/return-answer';
import { repairBody, sendbackBody, type RepairBody, type SendbackBody } from '#libs/contracts/return-requests';
import { id as idSchema } from '#libs/contracts/values';
import { Roles } from '../http/decorators';
import { Answers } from '../http/openapi-decorators';
import { AskedBy, type Asked } from '../http/asked';
import { namedFiles } from './evidence';
import { ReturnCommands } from './return-commands';

/** What is done to goods that have arrived. */
@ApiTags('warehouse')
@Controller('v1/returns')
@Roles('warehouse', 'admin')
export class WarehouseController {
  constructor(private readonly commands: ReturnCommands) {}

  @Post(':id/inspections')
  @HttpCode(200)
  @ApiOperation({ summary: 'Grades units; partial is fine, correctable until the unit is settled' })
  @Answers(200, returnAnswer)
  inspect(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: inspectionBody }) body: InspectionBody) {
    const found = body.lines.flatMap(({ lineId, units }) => units.map((unit) => ({ lineId, ...unit })));
    const lines = body.lines.map(({ lineId, units }) => ({
      lineId,
      units: units.map(({ unit, quantity, grade, disposition, accepted, fault, missingParts }) => ({
        unit,
        quantity,
        grade,
        disposition,
        accepted,
        fault,
        missingParts,
      })),
    }));
    const annotations = {
      texts: found.flatMap(({ lineId, unit, note }) =>
        note ? [{ kind: 'inspection' as const, visibility: 'internal' as const, body: { lineId, unit, note } }] : [],
      ),
      serials: found.flatMap(({ lineId, unit, serial }) => (serial ? [{ lineId, unit, serial }] : [])),
    };
    const evidence = body.lines.flatMap((line, index) =>
      line.units.flatMap((unit, position) => namedFiles(unit.evidence, `/lines/${index}/units/${position}/evidence`)),
    );
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'inspect', lines, supersedes: body.supersedes }, annotations, evidence });
  }

  @Post(':id/repairs')
  @HttpCode(200)
  @ApiOperation({ summary: 'How the repair of a unit went' })
  @Answers(200, returnAnswer)
  repair(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: repairBody }) body: RepairBody) {
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'repair', ...body } });
  }

  @Post(':id/sendback')
  @HttpCode(200)
  @ApiOperation({ summary: 'Rejected goods go back to the customer, once the appeal window is over' })
  @Answers(200, returnAnswer)
  sendBack(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: sendbackBody }) body: SendbackBody) {
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'sendback', ...body } });
  }
}
