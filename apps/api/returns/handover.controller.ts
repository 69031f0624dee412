import { Body, Controller, Get, Header, HttpCode, Param, Post, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/contracts/caller';
import { returnAnswer } from '#libs/contracts/return-answer';
import { pickupBody, shipmentBody, type PickupBody, type ShipmentBody } from '#libs/contracts/return-requests';
import { id as idSchema } from '#libs/contracts/values';
import { labelled } from '#libs/domain/return/handover';
import { ApiError, notFound } from '../http/api-error';
import { CurrentCaller, Roles, Scope } from '../http/decorators';
import { Answers } from '../http/openapi-decorators';
import { AskedBy, type Asked } from '../http/asked';
import { returnLabel } from './label';
import { ReturnCommands } from './return-commands';

@ApiTags('handover')
@Controller('v1/returns')
@Scope('returns')
export class HandoverController {
  constructor(private readonly commands: ReturnCommands) {}

  @Post(':id/shipment')
  @HttpCode(200)
  @Roles('customer', 'agent', 'admin', 'service')
  @ApiOperation({ summary: 'The customer sent it themselves, and says with what' })
  @Answers(200, returnAnswer)
  shipment(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: shipmentBody }) body: ShipmentBody) {
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'shipment', ...body } });
  }

  @Post(':id/pickup')
  @HttpCode(200)
  @Roles('customer', 'agent', 'admin', 'service')
  @ApiOperation({ summary: 'Books the courier, or moves the booking' })
  @Answers(200, returnAnswer)
  pickup(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: pickupBody }) body: PickupBody) {
    return this.commands.run({ ...asked, body, returnId: id, input: { type: 'pickup', ...body } });
  }

  @Get(':id/label')
  @Roles('customer', 'agent', 'warehouse', 'finance', 'admin', 'service')
  @Header('Content-Type', 'application/pdf')
  @ApiProduces('application/pdf')
  @ApiOperation({ summary: 'The return label, PDF with bar code' })
  @Answers(200)
  async label(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string): Promise<StreamableFile> {
    const record = await this.commands.read(caller, id);
    if (!record) throw notFound('return');
    const parcel = labelled(record.state);
    if (!parcel)
      throw new ApiError('invalid_state', 'There is no label: this return is not dropped off, the carrier has not answered yet, or the label was voided');
    return new StreamableFile(await returnLabel({ number: record.state.number, carrier: parcel.carrier, trackingNumber: parcel.trackingNumber! }), {
      type: 'application/pdf',
      disposition: `inline; filename="${record.state.number}.pdf"`,
    });
  }
}
