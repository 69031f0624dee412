import { Module } from '@nestjs/common';
import { StoreCreditController } from './store-credit.controller';
import { StoreCredit } from './store-credit.service';

/** What we owe customers, and what they pay later orders with. */
@Module({ controllers: [StoreCreditController], providers: [StoreCredit] })
export class StoreCreditModule {}
