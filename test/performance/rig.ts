import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { Client as Postgres } from 'pg';
import { LocalStack } from '#apps/local/stack';
import type { Watched } from './cpu';
import { Floor } from './floor';
import { Driver, type Steps } from './one-return';
import { serverBinaries, startPostgresTemporal, type PostgresTemporal } from './postgres-temporal';

/** Everything the bench measures, running: a Temporal server, the product, and the floor. In a folder of its own that is gone afterwards. */
export class Rig {
  private readonly dir = mkdtempSync(join(tmpdir(), 'boomerang-bench-'));
  private readonly abort = new AbortController();
  private temporal?: PostgresTemporal;
  private stopped?: Promise<void>;
  /** Which Temporal the figures are of. */
  server = '';
  stack!: LocalStack;
  driver!: Driver;
  floor!: Floor;
  client!: Client;
  /** The product's database, for reading what came of the returns. */
  database!: Postgres;

  constructor(private readonly say: (line: string) => void) {
    if (process.getuid?.() === 0) chmodSync(this.dir, 0o711); // the database is not root and has to pass
  }

  async start(): Promise<this> {
    const binaries = process.env.TEMPORAL_ADDRESS ? undefined : serverBinaries();
    if (binaries) {
      this.say('Temporal server on PostgreSQL …');
      this.temporal = await startPostgresTemporal(join(this.dir, 'temporal'), binaries, this.abort.signal);
      process.env.TEMPORAL_ADDRESS = this.temporal.address;
    }
    this.server = this.temporal
      ? 'server on PostgreSQL (postgres12_pgx, 32 shards)'
      : process.env.TEMPORAL_ADDRESS
        ? `the server at ${process.env.TEMPORAL_ADDRESS}`
        : 'dev server on SQLite';
    this.say('database, sandbox, worker, API …');
    this.stack = new LocalStack({
      home: join(this.dir, 'home'),
      quiet: true,
      env: { LOG_LEVEL: 'warn', RATE_LIMIT_PER_MINUTE: '10000000', BOOMERANG_DEMO: 'true', BOOMERANG_SANDBOX: 'true' },
    });
    await this.stack.start();
    const { apiUrl, sandboxSecret, temporalAddress, databaseUrl } = this.stack;
    this.client = new Client({ connection: await Connection.connect({ address: temporalAddress }), namespace: process.env.TEMPORAL_NAMESPACE || 'default' });
    this.database = new Postgres({ connectionString: databaseUrl });
    this.database.on('error', () => undefined);
    await this.database.connect();
    this.driver = new Driver(apiUrl, sandboxSecret);
    await this.driver.logIn();
    this.floor = await Floor.start(this.client, temporalAddress);
    return this;
  }

  /** One refund return of the product, over HTTP; see `Driver.refundReturn`. */
  refundReturn(orderNumber: string, pauseMs: number, steps: Steps): Promise<string> {
    return this.driver.refundReturn(orderNumber, pauseMs, steps, async (trackingNumber) => {
      for (const end = Date.now() + 10_000; Date.now() < end; await sleep(50)) {
        if ((await this.database.query('SELECT FROM inbox WHERE subject = $1 AND handled_at IS NULL', [trackingNumber])).rowCount === 0) return;
      }
      throw new Error(`a scan of ${trackingNumber} was not dealt with in 10 s`);
    });
  }

  /** Processes that work for a return of the product. */
  get product(): Record<string, Watched> {
    const { stack } = this;
    return {
      ...this.servers,
      postgres: { pid: () => stack.pid('postgres'), withChildren: true },
      worker: { pid: () => stack.pid('worker') },
      api: { pid: () => stack.pid('api') },
      sandbox: { pid: () => stack.pid('sandbox') },
      driver: { pid: () => process.pid },
    };
  }

  /** Processes that work for the floor. */
  get bare(): Record<string, Watched> {
    return { ...this.servers, worker: { pid: () => this.floor.pid }, driver: { pid: () => process.pid } };
  }

  private get servers(): Record<string, Watched> {
    const { temporal, stack } = this;
    if (temporal) return { temporal: { pid: temporal.serverPid }, 'temporal’s postgres': { pid: temporal.postgresPid, withChildren: true } };
    return process.env.TEMPORAL_ADDRESS ? {} : { temporal: { pid: () => stack.pid('temporal') } };
  }

  /** Ends everything and removes its folder; may be called at any time, and again. */
  stop(): Promise<void> {
    this.abort.abort();
    return (this.stopped ??= this.end());
  }

  private async end(): Promise<void> {
    this.driver?.close();
    await this.floor?.stop();
    await this.database?.end().catch(() => undefined);
    await this.client?.connection.close().catch(() => undefined);
    await this.stack?.stop();
    await this.temporal?.stop();
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}
