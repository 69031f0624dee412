import { Global, Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Client, Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import { Database } from '#libs/persistence/database';
import { connectTemporal } from '#libs/temporal/client';
import { LOG } from '#libs/observability/logger';
import { Metrics } from './http/metrics';
import { Settings } from './settings';

interface Temporal {
  readonly client: Client;
  readonly connection: Connection;
}
const TEMPORAL = Symbol('temporal');

/** Closed last: the server has answered every request by then. */
@Injectable()
class Farewell implements OnApplicationShutdown {
  constructor(
    private readonly database: Database,
    @Inject(TEMPORAL) private readonly temporal: Temporal,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.temporal.connection.close().catch(() => undefined); // never connected, or gone already
    await this.database.close();
  }
}

/** Injectable everywhere: `Settings`, `Database`, Temporal's `Client` and `Connection` (connected when first used), `Metrics`, and the log by the token `LOG`. */
@Global()
@Module({})
export class ConnectionsModule {
  static with(settings: Settings, log: Logger): DynamicModule {
    const { DATABASE_URL, DB_POOL, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE } = settings.values;
    return {
      module: ConnectionsModule,
      providers: [
        { provide: Settings, useValue: settings },
        { provide: LOG, useValue: log },
        { provide: Database, useFactory: () => Database.connect({ url: DATABASE_URL, poolSize: DB_POOL }) },
        { provide: TEMPORAL, useFactory: () => connectTemporal({ address: TEMPORAL_ADDRESS, namespace: TEMPORAL_NAMESPACE }) },
        { provide: Client, useFactory: ({ client }: Temporal) => client, inject: [TEMPORAL] },
        { provide: Connection, useFactory: ({ connection }: Temporal) => connection, inject: [TEMPORAL] },
        { provide: Metrics, useFactory: (database: Database) => new Metrics(database), inject: [Database] },
        Farewell,
      ],
      exports: [Settings, LOG, Database, Client, Connection, Metrics],
    };
  }
}
