import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Database } from '#libs/persistence/database';
import type { JobRunner } from './job-runner';
import type { Metrics } from './metrics';
import type { Settings } from './settings';
import type { TemporalWorkers } from './temporal-workers';

/** Milliseconds the database has to answer. */
const PATIENCE = 2_000;

/** `/healthz` (the process lives), `/readyz` (it takes work), `/metrics`; nothing else is served here. Up before anything else starts, down last. */
export class HealthServer implements OnModuleInit, OnApplicationShutdown {
  private readonly server = createServer((request, response) => void this.answer(new URL(request.url ?? '/', 'http://worker').pathname, response));

  constructor(
    private readonly settings: Settings,
    private readonly database: Database,
    private readonly workers: TemporalWorkers,
    private readonly jobs: JobRunner,
    private readonly metrics: Metrics,
    private readonly log: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    const { WORKER_PORT, HOST } = this.settings.values;
    await new Promise<void>((resolve, reject) => this.server.once('error', reject).listen(WORKER_PORT, HOST, resolve));
    this.log.info({ port: (this.server.address() as AddressInfo).port, host: HOST }, 'listening');
  }

  async onApplicationShutdown(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(path: string, response: ServerResponse): Promise<void> {
    try {
      if (path === '/healthz') return json(response, 200, { status: 'ok' });
      if (path === '/readyz') return await this.readiness(response);
      if (path !== '/metrics') return json(response, 404, { status: 'not_found' });
      const text = await this.metrics.registry.metrics();
      response.writeHead(200, { 'Content-Type': this.metrics.registry.contentType }).end(text);
    } catch (error) {
      this.log.warn({ err: error, path }, 'a probe could not be answered');
      json(response, 503, { status: 'unavailable' });
    }
  }

  private async readiness(response: ServerResponse): Promise<void> {
    const parts = { database: state(await this.databaseAnswers()), temporal: state(this.workers.ready), jobs: state(this.jobs.ready) };
    const ready = Object.values(parts).every((part) => part === 'up');
    json(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not_ready', parts });
  }

  private async databaseAnswers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), PATIENCE);
    });
    const asked = this.database
      .asSystem((tx) => tx.query('SELECT 1'))
      .then(
        () => true,
        () => false,
      );
    return Promise.race([asked, late]).finally(() => clearTimeout(timer));
  }
}

const state = (up: boolean) => (up ? 'up' : 'down');
function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(body));
}
