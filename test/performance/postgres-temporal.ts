import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { openHome, type Home } from '#apps/local/home';
import { freePort } from '#apps/local/ports';
import { postgresSpec, prepareCluster } from '#apps/local/postgres';
import { ManagedProcess, type ProcessSpec } from '#apps/local/processes';
import { serverEnv } from '#apps/local/programs';
import { projectRoot } from '#apps/local/project-root';
import { StackError } from '#apps/local/stack-error';
import { cacheFolder } from '#apps/local/temporal-binary';

/** A Temporal server as in production: PostgreSQL behind it, 32 shards, one process for its four services. */
export interface PostgresTemporal {
  readonly address: string;
  readonly serverPid: () => number | undefined;
  readonly postgresPid: () => number | undefined;
  stop(): Promise<void>;
}

/** The server and its schema tool, as `go install` leaves them; undefined when they are not there. */
export function serverBinaries(): { server: string; sql: string } | undefined {
  const bin = process.env.GOBIN || join(cacheFolder(), 'bin');
  const [server, sql] = [join(bin, 'server'), join(bin, 'sql')];
  return existsSync(server) && existsSync(sql) ? { server, sql } : undefined;
}

const HOST = '127.0.0.1';
const NAMESPACE = 'default';

export async function startPostgresTemporal(dir: string, binaries: { server: string; sql: string }, signal: AbortSignal): Promise<PostgresTemporal> {
  const home = openHome(dir);
  const processes: ManagedProcess[] = [];
  const stop = async () => {
    for (const one of processes.toReversed()) await one.stop();
    home.release();
  };
  const manage = async (spec: ProcessSpec) => {
    const place = { logFile: home.path('logs', `${spec.name}.log`), pidFile: home.path('run', `${spec.name}.pid`), say: () => undefined };
    const one = new ManagedProcess(spec, place);
    processes.push(one);
    await one.start(signal);
    return one;
  };
  try {
    const cluster = await prepareCluster(home);
    const taken = new Set<number>();
    const port = async () => {
      const found = await freePort(undefined, taken);
      taken.add(found);
      return found;
    };
    const databasePort = await port();
    const postgres = await manage(postgresSpec(cluster, databasePort, serverEnv()));
    makeSchemas(home, binaries.sql, databasePort, cluster.password);
    const ports: ServerPorts = { grpc: await port(), env: {} };
    for (const name of portNames) ports.env[name] = String(name === 'FRONTEND_GRPC_PORT' ? ports.grpc : await port());
    const server = await manage(serverSpec(home, binaries.server, { port: databasePort, password: cluster.password }, ports));
    await registerNamespace(`${HOST}:${ports.grpc}`);
    return { address: `${HOST}:${ports.grpc}`, serverPid: () => server.pid, postgresPid: () => postgres.pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** All of them: two servers on one machine collide on whichever is left out. */
const portNames = [
  'FRONTEND_GRPC_PORT', 'FRONTEND_HTTP_PORT', 'MATCHING_GRPC_PORT', 'HISTORY_GRPC_PORT', 'WORKER_GRPC_PORT',
  'FRONTEND_MEMBERSHIP_PORT', 'MATCHING_MEMBERSHIP_PORT', 'HISTORY_MEMBERSHIP_PORT', 'WORKER_MEMBERSHIP_PORT', 'PPROF_PORT',
]; // prettier-ignore
interface ServerPorts {
  grpc: number;
  env: Record<string, string>;
}

function serverSpec(home: Home, server: string, database: { port: number; password: string }, ports: ServerPorts): ProcessSpec {
  const settings = join(projectRoot, 'docker', 'dynamic-config', 'production.yaml');
  const dynamicConfig = existsSync(settings) ? settings : home.path('dynamic.yaml');
  if (dynamicConfig !== settings) writeFileSync(dynamicConfig, '{}\n');
  mkdirSync(home.path('server'), { recursive: true });
  return {
    name: 'temporal',
    command: server,
    args: ['--allow-no-auth', 'start'],
    cwd: home.path('server'),
    env: {
      ...serverEnv(),
      DB: 'postgres12_pgx',
      POSTGRES_SEEDS: HOST,
      DB_PORT: String(database.port),
      POSTGRES_USER: 'postgres',
      POSTGRES_PWD: database.password,
      NUM_HISTORY_SHARDS: '32',
      SQL_MAX_CONNS: '40',
      SQL_MAX_IDLE_CONNS: '40',
      BIND_ON_IP: HOST,
      LOG_LEVEL: 'warn',
      DYNAMIC_CONFIG_FILE_PATH: dynamicConfig,
      ...ports.env,
    },
    ready: async () => await serves(`${HOST}:${ports.grpc}`),
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 10_000,
  };
}

/** gRPC's health protocol. */
const serving = 1;

async function serves(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: '1 s' });
  try {
    return ((await connection.healthService.check({})).status as number) === serving;
  } finally {
    await connection.close();
  }
}

/** The schema tool logs every statement: into a file with it. */
function makeSchemas(home: Home, tool: string, port: number, password: string): void {
  for (const [database, schema] of [
    ['temporal', 'temporal'],
    ['temporal_visibility', 'visibility'],
  ] as const) {
    for (const step of [['create'], ['setup-schema', '-v', '0.0'], ['update-schema', '--schema-name', `postgresql/v12/${schema}`]]) {
      const at = ['--plugin', 'postgres12_pgx', '--ep', HOST, '-p', String(port), '-u', 'postgres', '--pw', password, '--db', database];
      const run = spawnSync(tool, [...at, ...step], { encoding: 'utf8', timeout: 60_000, env: serverEnv() });
      appendFileSync(home.path('logs', 'schema.log'), `${run.stdout}${run.stderr}`);
      if (run.status !== 0) throw new StackError(`Temporal's schema could not be made (${step[0]}): ${run.stderr.trim().split('\n').at(-1)}`);
    }
  }
}

/** The health check may say yes before the server can do this: it is asked again for a while. */
async function registerNamespace(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: '10 s' });
  const grpcAlreadyExists = 6;
  const insist = async (call: () => Promise<unknown>) => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        if ((error as { code?: number }).code === grpcAlreadyExists) return;
        if (attempt === 100) throw error;
        await sleep(100);
      }
    }
  };
  try {
    await insist(() => connection.workflowService.registerNamespace({ namespace: NAMESPACE, workflowExecutionRetentionPeriod: { seconds: 86_400 as never } }));
    await insist(() => connection.workflowService.describeNamespace({ namespace: NAMESPACE }));
    await insist(() => connection.operatorService.listSearchAttributes({ namespace: NAMESPACE }));
  } finally {
    await connection.close();
  }
}
