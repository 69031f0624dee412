import { Module } from '@nestjs/common';
import { ReturnCommands } from '../returns/return-commands';
import { CouponsController } from './coupons.controller';

/** What a customer holds, and the shop's checkout takes. */
@Module({ controllers: [CouponsController], providers: [ReturnCommands] })
export class CouponsModule {}
