import { Module } from '@nestjs/common';
import { CalendarsController } from './calendars.controller';
import { PoliciesController } from './policies.controller';

/** A merchant's rules of returning, and the calendars their deadlines count on. */
@Module({ controllers: [PoliciesController, CalendarsController] })
export class PoliciesModule {}
