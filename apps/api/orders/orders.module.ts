import { Module } from '@nestjs/common';
import { CustomersController } from './customers.controller';
import { InventoryController } from './inventory.controller';
import { OrderImport } from './order-import';
import { OrdersController } from './orders.controller';
import { SandboxCaptures } from './sandbox-captures';

/** What was sold, to whom, and what is in stock. */
@Module({ controllers: [OrdersController, InventoryController, CustomersController], providers: [OrderImport, SandboxCaptures] })
export class OrdersModule {}
