import { Module, type DynamicModule } from '@nestjs/common';
import { AdvanceController } from './advance.controller';
import { AnnotationsController } from './annotations.controller';
import { Annotating } from './annotating';
import { Applications } from './applications';
import { BulkController } from './bulk.controller';
import { CareController } from './care.controller';
import { HandoverController } from './handover.controller';
import { MoneyController } from './money.controller';
import { ReceiptsController } from './receipts.controller';
import { ReturnCommands } from './return-commands';
import { ReturnsController } from './returns.controller';
import { WarehouseController } from './warehouse.controller';

@Module({})
export class ReturnsModule {
  static with({ sandbox }: { sandbox: boolean }): DynamicModule {
    const controllers = [
      BulkController,
      ReturnsController,
      HandoverController,
      WarehouseController,
      ReceiptsController,
      CareController,
      AnnotationsController,
      MoneyController,
    ];
    return {
      module: ReturnsModule,
      controllers: [...controllers, ...(sandbox ? [AdvanceController] : [])],
      providers: [ReturnCommands, Applications, Annotating],
    };
  }
}
