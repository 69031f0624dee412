import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller';
import { Audit } from './audit.service';
import { Checkpoints } from './checkpoints.service';
import { CreditNoteController } from './credit-note.controller';
import { ExportsController } from './exports.controller';
import { Exports } from './exports.service';
import { LedgerController } from './ledger.controller';
import { PaymentProvidersController } from './payment-providers.controller';
import { ReconciliationsController } from './reconciliations.controller';
import { Reconciliations } from './reconciliations.service';
import { RefundsController } from './refunds.controller';
import { ReportsController } from './reports.controller';

/** What was paid back, why, and whether the books hold. Reading only: what finance decides is a command on the return. */
@Module({
  controllers: [
    RefundsController,
    PaymentProvidersController,
    CreditNoteController,
    LedgerController,
    AuditController,
    ExportsController,
    ReconciliationsController,
    ReportsController,
  ],
  providers: [Audit, Checkpoints, Exports, Reconciliations],
})
export class FinanceModule {}
