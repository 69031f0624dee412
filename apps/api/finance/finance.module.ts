import { Module } from '@nestjs/common';
import { Audit } from './audit.service';
import { LedgerController } from './ledger.controller';
import { RefundsController } from './refunds.controller';

/** What was paid back, why, and whether the books hold. Reading only: what finance decides is a command on the return. */
@Module({ controllers: [RefundsController, LedgerController], providers: [Audit] })
export class FinanceModule {}
