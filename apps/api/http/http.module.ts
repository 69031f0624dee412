import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import type { Logger } from 'pino';
import { BodyInterceptor } from './body.interceptor';
import { Idempotency } from './idempotency';
import { LOG } from '#libs/observability/logger';
import { ProblemFilter } from './problem.filter';
import { ReplyInterceptor } from './reply';
import { RouteCheck } from './route-check';
import { ValidationPipe } from './validation.pipe';

/** What every route has: bodies, validation, problems, idempotency. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    Idempotency,
    RouteCheck,
    { provide: APP_INTERCEPTOR, useClass: BodyInterceptor },
    { provide: APP_INTERCEPTOR, useClass: ReplyInterceptor },
    { provide: APP_PIPE, useClass: ValidationPipe },
    { provide: APP_FILTER, useFactory: (log: Logger) => new ProblemFilter(log), inject: [LOG] },
  ],
  exports: [Idempotency],
})
export class HttpModule {}
