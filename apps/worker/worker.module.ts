import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Client, Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import { LOG } from '#libs/observability/logger';
import { Database } from '#libs/persistence/database';
import { connectTemporal } from '#libs/temporal/client';
import { workerActivities, type WorkerActivities, type WrapActivities } from './activities';
import { HealthServer } from './health-server';
import { JobRunner } from './job-runner';
import { jobContext, type JobContext } from './jobs/job-context';
import { Metrics } from './metrics';
import { Settings } from './settings';
import { TemporalWorkers } from './temporal-workers';

const ACTIVITIES = Symbol('activities');
const JOB_CONTEXT = Symbol('job context');

/** Closed last: the workers and the jobs have done what they had begun. */
class Farewell implements OnApplicationShutdown {
  constructor(
    private readonly database: Database,
    private readonly temporal: Connection,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.temporal.close().catch(() => undefined); // never connected, or gone already
    await this.database.close();
  }
}

@Module({})
export class WorkerModule {
  static with(settings: Settings, log: Logger, wrap: WrapActivities): DynamicModule {
    const { DATABASE_URL, DB_POOL, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE } = settings.values;
    const temporal = connectTemporal({ address: TEMPORAL_ADDRESS, namespace: TEMPORAL_NAMESPACE });
    return {
      module: WorkerModule,
      providers: [
        { provide: Settings, useValue: settings },
        { provide: LOG, useValue: log },
        { provide: Client, useValue: temporal.client },
        { provide: Connection, useValue: temporal.connection },
        { provide: Database, useFactory: () => Database.connect({ url: DATABASE_URL, poolSize: DB_POOL }) },
        { provide: Metrics, inject: [Database], useFactory: (database: Database) => new Metrics(database) },
        {
          provide: ACTIVITIES,
          inject: [Database, Metrics],
          useFactory: (database: Database, metrics: Metrics) => wrap(workerActivities(database, settings, log, metrics)),
        },
        { provide: TemporalWorkers, inject: [ACTIVITIES], useFactory: (activities: WorkerActivities) => new TemporalWorkers(settings, activities, log) },
        { provide: JOB_CONTEXT, inject: [Database, Client], useFactory: (database: Database, client: Client) => jobContext(database, client, settings, log) },
        {
          provide: JobRunner,
          inject: [JOB_CONTEXT, Metrics],
          useFactory: (context: JobContext, metrics: Metrics) => new JobRunner(settings, context, metrics, log),
        },
        {
          provide: HealthServer,
          inject: [Database, TemporalWorkers, JobRunner, Metrics],
          useFactory: (database: Database, workers: TemporalWorkers, jobs: JobRunner, metrics: Metrics) =>
            new HealthServer(settings, database, workers, jobs, metrics, log),
        },
        { provide: Farewell, inject: [Database, Connection], useFactory: (database: Database, connection: Connection) => new Farewell(database, connection) },
      ],
    };
  }
}
