import { Module } from '@nestjs/common';
import { WorkController } from './work.controller';

/** What waits for a person. */
@Module({ controllers: [WorkController] })
export class WorkModule {}
