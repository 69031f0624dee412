import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import type { Home } from './home';
import type { ProcessSpec } from './processes';
import { postgresBinaries, publicFolder, unprivilegedIds, type Ids } from './postgres-binaries';
import { commandLine, endProcess, identify } from './process-identity';
import { StackError, isDenied, messageOf } from './stack-error';

export const DATABASE = 'boomerang';

/** A PostgreSQL cluster that belongs to one home. */
export interface PostgresCluster {
  binaries: string;
  dataDir: string;
  ids: Ids;
  password: string;
}

/** Finds or makes the home's cluster; throws one clear line when what is there is not usable. Ends a server that an earlier, killed start left on it. */
export async function prepareCluster(home: Home, initdbFlags: string[] = []): Promise<PostgresCluster> {
  const ids = unprivilegedIds();
  const binaries = postgresBinaries(ids);
  const cluster: PostgresCluster = { binaries, ids, dataDir: chooseDataDir(home, ids), password: home.secrets.postgresPassword };
  await endLeftServer(cluster.dataDir);
  const version = join(cluster.dataDir, 'PG_VERSION');
  if (existsSync(version)) {
    const made = readFileSync(version, 'utf8').trim();
    if (made !== '18')
      throw new StackError(`the database in ${cluster.dataDir} is of PostgreSQL "${made.slice(0, 20)}", this needs 18; start over with: npm start -- --fresh`);
    if (!existsSync(join(cluster.dataDir, 'global', 'pg_control')))
      throw new StackError(`the database in ${cluster.dataDir} is damaged (it has no pg_control); start over with: npm start -- --fresh`);
    return cluster;
  }
  if (existsSync(cluster.dataDir))
    throw new StackError(`${cluster.dataDir} is not a PostgreSQL database (it has no PG_VERSION); start over with: npm start -- --fresh`);
  initialise(cluster, initdbFlags);
  return cluster;
}

/** Removes the home's cluster, also where it lies outside the home: in the two places where we put one, whatever the home's notes say. */
export async function removeCluster(home: Home): Promise<void> {
  for (const dir of process.getuid?.() === 0 ? [home.path('postgres'), outsideDataDir(home)] : [home.path('postgres')]) {
    await endLeftServer(dir);
    rmSync(dir, { recursive: true, force: true });
  }
  rmSync(home.path('postgres.json'), { force: true });
}

function outsideDataDir(home: Home): string {
  return join(publicFolder(), createHash('sha256').update(home.dir).digest('hex').slice(0, 16), 'postgres');
}

function rememberedDataDir(home: Home): string | undefined {
  const file = home.path('postgres.json');
  if (!existsSync(file)) return undefined;
  try {
    const { dataDir } = JSON.parse(readFileSync(file, 'utf8')) as { dataDir?: string };
    if (dataDir) return dataDir;
  } catch {
    // said below
  }
  throw new StackError(`${file} is damaged; start over with: npm start -- --fresh`);
}

/** In the home; as root, where the home is not reachable for the database's user, below a public folder instead. Remembered, so that it stays. */
function chooseDataDir(home: Home, ids: Ids): string {
  const remembered = rememberedDataDir(home);
  if (remembered) return remembered;
  const inside = home.path('postgres');
  const dataDir = canEnter(home.dir, ids) ? inside : outsideDataDir(home);
  if (dataDir !== inside) {
    rmSync(dirname(dataDir), { recursive: true, force: true }); // of an earlier home of that name, which is gone with its password
    mkdirSync(dirname(dataDir), { recursive: true, mode: 0o711 });
  }
  writeFileSync(home.path('postgres.json'), `${JSON.stringify({ dataDir })}\n`);
  return dataDir;
}

function canEnter(dir: string, ids: Ids): boolean {
  return ids.uid === undefined || spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', dir], { ...ids, cwd: '/' }).status === 0;
}

/** Made beside its place and then renamed: a cluster that is there is complete. */
function initialise({ binaries, dataDir, ids, password }: PostgresCluster, flags: string[]): void {
  const making = `${dataDir}.new`;
  const secret = join(dirname(dataDir), `.initdb-${process.pid}`);
  try {
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { recursive: true, mode: 0o700 });
    writeFileSync(secret, password, { mode: 0o600 });
    if (ids.uid !== undefined) for (const path of [making, secret]) chownSync(path, ids.uid, ids.gid!);
    const args = [
      '-D',
      making,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      `--pwfile=${secret}`,
      '-E',
      'UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      ...flags,
    ];
    const made = spawnSync(join(binaries, 'bin', 'initdb'), args, { ...ids, cwd: '/', encoding: 'utf8' });
    if (made.status !== 0) throw new StackError(`the database could not be made in ${dataDir}: ${made.error?.message ?? lastLine(made.stderr)}`);
    renameSync(making, dataDir);
  } catch (error) {
    if (isDenied(error)) throw new StackError(`${dirname(dataDir)} cannot be written by this user: ${messageOf(error)}`);
    throw error;
  } finally {
    rmSync(secret, { force: true });
    rmSync(making, { recursive: true, force: true });
  }
}

/**
 * A server that outlived its start is ended (about 0.1 s) rather than used: the new one has today's settings and is ours to watch. A `postmaster.pid` whose number now
 * belongs to some other program, as after a restart of a container, would keep PostgreSQL from starting: it goes.
 */
async function endLeftServer(dataDir: string): Promise<void> {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const identity = pid > 0 ? identify(pid) : undefined;
  if (!identity) return;
  if (!commandLine(pid).includes(dataDir)) return rmSync(file, { force: true });
  await endProcess(identity, 'SIGINT', 10_000);
}

export function databaseUrl(cluster: PostgresCluster, port: number, database = DATABASE): string {
  return `postgres://postgres:${cluster.password}@127.0.0.1:${port}/${database}`;
}

export function postgresSpec(cluster: PostgresCluster, port: number, env: NodeJS.ProcessEnv, settings: Record<string, string> = {}): ProcessSpec {
  const all: Record<string, string> = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200', ...settings };
  return {
    name: 'postgres',
    command: join(cluster.binaries, 'bin', 'postgres'),
    args: ['-D', cluster.dataDir, '-p', String(port), ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    env,
    cwd: '/',
    ...cluster.ids,
    ready: async () => await accepts(databaseUrl(cluster, port, 'postgres')),
    readyWithinMs: 60_000, // after a crash it first replays its log
    stopSignal: 'SIGINT', // "fast": ends sessions, writes a checkpoint
    stopWithinMs: 30_000,
  };
}

async function accepts(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Makes the product's database when it is not there yet. */
export async function ensureDatabase(cluster: PostgresCluster, port: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrl(cluster, port, 'postgres'), connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (!rowCount) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
