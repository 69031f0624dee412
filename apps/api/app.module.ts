import { Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';
import { AccessModule } from './access/access.module';
import { ApiKeysModule } from './api-keys/api-keys.module';
import { ConnectionsModule } from './connections.module';
import { CouponsModule } from './coupons/coupons.module';
import { FilesModule } from './files/files.module';
import { FinanceModule } from './finance/finance.module';
import { HealthModule } from './health/health.module';
import { HttpModule } from './http/http.module';
import { InboxModule } from './inbox/inbox.module';
import { OrdersModule } from './orders/orders.module';
import { PoliciesModule } from './policies/policies.module';
import { ReturnsModule } from './returns/returns.module';
import { SandboxModule } from './sandbox/sandbox.module';
import type { Settings } from './settings';
import { StoreCreditModule } from './store-credit/store-credit.module';
import { UsersModule } from './users/users.module';
import { WorkModule } from './work/work.module';

@Module({})
export class AppModule {
  /** The API as the settings want it: the sandbox's routes exist only with the sandbox. */
  static with(settings: Settings, log: Logger): DynamicModule {
    const sandbox = settings.values.BOOMERANG_SANDBOX;
    const shell = [ConnectionsModule.with(settings, log), HttpModule, AccessModule, HealthModule];
    const nouns = [
      ReturnsModule.with({ sandbox }),
      OrdersModule,
      CouponsModule,
      StoreCreditModule,
      PoliciesModule,
      FinanceModule,
      WorkModule,
      InboxModule,
      FilesModule,
      UsersModule,
      ApiKeysModule,
    ];
    return { module: AppModule, imports: [...shell, ...nouns, ...(sandbox ? [SandboxModule] : [])] };
  }
}
