import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Public } from '../http/decorators';
import { Metrics } from '../http/metrics';
import { Answers } from '../http/openapi-decorators';
import { Reply } from '../http/reply';
import { ReadinessProbe } from './readiness';

const part = z.enum(['up', 'down']);
const healthAnswer = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });
const readinessAnswer = z
  .object({ status: z.enum(['ready', 'not_ready']), parts: z.object({ database: part, temporal: part, worker: part }) })
  .meta({ id: 'Readiness' });

@ApiTags('health')
@Controller()
@Public()
export class HealthController {
  constructor(
    private readonly readiness: ReadinessProbe,
    private readonly metrics: Metrics,
  ) {}

  @Get('healthz')
  @ApiOperation({ summary: 'The process runs' })
  @Answers(200, healthAnswer)
  @Header('Cache-Control', 'no-store')
  healthz() {
    return { status: 'ok' };
  }

  @Get('readyz')
  @ApiOperation({ summary: 'Database, Temporal and a worker are there' })
  @Answers(200, readinessAnswer)
  @Answers(503, readinessAnswer, 'A part is missing')
  async readyz(): Promise<Reply> {
    const readiness = await this.readiness.check();
    const headers: Record<string, string> = { 'Cache-Control': 'no-store' };
    return readiness.status === 'ready' ? new Reply(200, readiness, headers) : new Reply(503, readiness, { ...headers, 'Retry-After': '1' });
  }

  @Get('metrics')
  @ApiOperation({ summary: 'Prometheus metrics' })
  async prometheus(): Promise<Reply> {
    return new Reply(200, await this.metrics.registry.metrics(), { 'Content-Type': this.metrics.registry.contentType });
  }
}
