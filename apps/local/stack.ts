import { readdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openHome, type Home } from './home';
import { choosePorts, freePort, requireFree, savePorts, type Ports } from './ports';
import { databaseUrl, ensureDatabase, postgresSpec, prepareCluster, removeCluster, type PostgresCluster } from './postgres';
import { endProcess, readIdentity } from './process-identity';
import { ManagedProcess, runOnce, type ProcessPlace } from './processes';
import { apiSpec, inheritedEnv, migrateJob, productEnv, sandboxSpec, serverEnv, workerSpec, type Facts, type Programs } from './programs';
import { StackError } from './stack-error';
import { findTemporal } from './temporal-binary';
import { devServerSpec, requireTemporalFile, prepareForeignServer } from './temporal-server';

export type ProcessName = 'postgres' | 'temporal' | 'sandbox' | 'api' | 'worker';

export interface StackOptions {
  /** The folder with the stack's data; made when missing. */
  home: string;
  /** The API's port. Undefined: a free one. */
  port?: number;
  /** Forget all data of this home first. */
  fresh?: boolean;
  /** No lines about what goes on, and no Temporal UI. */
  quiet?: boolean;
  /** Added to the environment of migrate, sandbox, API and worker, over everything else. */
  env?: Record<string, string>;
  temporal?: { extraArgs?: string[] };
  postgres?: { settings?: Record<string, string>; initdbFlags?: string[] };
  /** Programs other than the built ones: paths of scripts for Node. */
  programs?: Partial<Programs>;
  say?: (line: string) => void;
}

/** Shutdown goes through this list, start through it backwards: what is asked outlives who asks. */
const DRAIN_ORDER: readonly ProcessName[] = ['api', 'worker', 'sandbox', 'temporal', 'postgres'];

/** The whole product as one tree of processes. Also what the tests run against. */
export class LocalStack {
  /** Temporal's own pages, when they are served. */
  temporalUiUrl?: string;
  private readonly processes = new Map<ProcessName, ManagedProcess>();
  private readonly abort = new AbortController();
  private readonly say: (line: string) => void;
  private home?: Home;
  private facts?: Facts;
  private starting?: Promise<void>;
  private stopped?: Promise<void>;
  private hurry = false;

  constructor(private readonly options: StackOptions) {
    this.say = options.say ?? (options.quiet ? () => undefined : (line) => console.log(line));
  }

  get apiUrl(): string {
    return this.known().publicUrl;
  }
  get workerUrl(): string {
    return `http://127.0.0.1:${this.known().workerPort}`;
  }
  get sandboxUrl(): string {
    return this.known().sandboxUrl;
  }
  get sandboxSecret(): string {
    return this.known().sandboxSecret;
  }
  get databaseUrl(): string {
    return this.known().databaseUrl;
  }
  get temporalAddress(): string {
    return this.known().temporalAddress;
  }
  get temporalNamespace(): string {
    return this.known().temporalNamespace;
  }
  get returnsTaskQueue(): string {
    return productEnv(this.known()).RETURNS_TASK_QUEUE!;
  }
  get homeDir(): string {
    return this.home?.dir ?? this.options.home;
  }

  /** Starts everything and waits until it answers. On failure nothing of it is left running. */
  async start(): Promise<this> {
    try {
      this.starting = this.bringUp();
      await this.starting;
      return this;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Sends a signal to one program; a death is followed by an automatic restart, as in production. */
  kill(name: ProcessName, signal: NodeJS.Signals = 'SIGKILL'): void {
    this.process(name).kill(signal);
  }

  /** Ends one program and keeps it down until `resume` (for trying what the others do without it). */
  async halt(name: ProcessName): Promise<void> {
    await this.process(name).stop();
  }

  async resume(name: ProcessName): Promise<void> {
    await this.process(name).start(this.abort.signal);
  }

  /** Drains one program, starts it again and waits until it is ready. */
  async restart(name: ProcessName): Promise<void> {
    await this.halt(name);
    await this.resume(name);
  }

  /** Waits until a program answers, for instance after `kill`. */
  async untilReady(name: ProcessName): Promise<void> {
    await this.process(name).untilReady();
  }

  pid(name: ProcessName): number | undefined {
    return this.process(name).pid;
  }

  /** Drains everything in order and gives the home back. Called again with `hurry`, it ends what still drains. */
  async stop(hurry = false): Promise<void> {
    this.hurry ||= hurry;
    if (hurry) for (const name of DRAIN_ORDER) if (name !== 'postgres') this.processes.get(name)?.end();
    this.stopped ??= this.drain();
    await this.stopped;
  }

  private async drain(): Promise<void> {
    this.abort.abort();
    // A start under way gives up when it sees this; until then it may still add processes.
    await Promise.race([this.starting?.catch(() => undefined), sleep(5_000, undefined, { ref: false })]);
    for (const name of DRAIN_ORDER) await this.processes.get(name)?.stop(this.hurry);
    this.home?.release();
  }

  private process(name: ProcessName): ManagedProcess {
    const process = this.processes.get(name);
    if (!process) throw new StackError(`${name} is not part of this stack.`);
    return process;
  }

  private known(): Facts {
    if (!this.facts) throw new StackError('the stack is not started.');
    return this.facts;
  }

  private async bringUp(): Promise<void> {
    const home = openHome(this.options.home, this.options.fresh);
    this.home = home;
    await endLeftovers(home); // they may hold the port
    if (this.options.port !== undefined) await requireFree(this.options.port, apiHost());
    if (this.options.fresh) {
      await removeCluster(home);
      home.clear();
    }
    // What is wrong with the home is said before anything of it runs.
    requireTemporalFile(home);
    const cluster = await prepareCluster(home, this.options.postgres?.initdbFlags);
    this.interruptible();
    const ports = await choosePorts(home, this.options.port);
    // Both are waited for even when one fails, so that `stop` finds all that was started.
    const [server, database] = await Promise.allSettled([this.startTemporal(home, ports), this.startDatabase(home, ports, cluster)]);
    if (database.status === 'rejected') throw database.reason;
    if (server.status === 'rejected') throw server.reason;
    this.facts = this.collectFacts(home, ports, cluster, server.value.address);
    this.say(`PostgreSQL 18 runs on 127.0.0.1:${ports.postgres} (data in ${cluster.dataDir})`);
    this.say(server.value.line);
    await this.startPrograms(home, this.facts);
  }

  private async startDatabase(home: Home, ports: Ports, cluster: PostgresCluster): Promise<void> {
    const settings = this.options.postgres?.settings;
    for (let attempt = 0; ; attempt++) {
      const database = this.manage(home, postgresSpec(cluster, ports.postgres, serverEnv(), settings));
      try {
        await database.start(this.abort.signal);
        break;
      } catch (error) {
        // Somebody took the port between our look and the server's: another one, then.
        if (attempt > 2 || !String(error).includes('Address already in use')) throw explainPostgres(error, cluster);
        ports.postgres = await freePort(undefined, new Set(Object.values(ports)));
        savePorts(home, ports);
      }
    }
    await ensureDatabase(cluster, ports.postgres);
  }

  /** Answers the server's address, and what to say about it. */
  private async startTemporal(home: Home, ports: Ports): Promise<{ address: string; line: string }> {
    const namespace = temporalNamespace();
    const foreign = process.env.TEMPORAL_ADDRESS;
    if (foreign) {
      await prepareForeignServer(foreign, namespace);
      return { address: foreign, line: `Temporal is the server at ${foreign} (TEMPORAL_ADDRESS), namespace ${namespace}` };
    }
    const binary = await findTemporal({ say: (line) => this.say(line), signal: this.abort.signal });
    this.interruptible();
    const headless = this.options.quiet === true;
    const extraArgs = this.options.temporal?.extraArgs ?? [];
    const spec = devServerSpec(home, {
      binary,
      ports: { grpc: ports.temporal, http: ports.temporalHttp, ui: ports.temporalUi },
      namespace,
      env: serverEnv(),
      headless,
      extraArgs,
    });
    await this.manage(home, spec).start(this.abort.signal);
    const address = `127.0.0.1:${ports.temporal}`;
    if (headless) return { address, line: `Temporal runs on ${address}` };
    this.temporalUiUrl = `http://127.0.0.1:${ports.temporalUi}`;
    return { address, line: `Temporal runs on ${address}, its pages on ${this.temporalUiUrl}` };
  }

  private collectFacts(home: Home, ports: Ports, cluster: PostgresCluster, temporalAddress: string): Facts {
    return {
      databaseUrl: databaseUrl(cluster, ports.postgres),
      temporalAddress,
      temporalNamespace: temporalNamespace(),
      // On a server shared with other stacks, queues of their own keep their workers from each other's returns.
      queueSuffix: process.env.TEMPORAL_ADDRESS ? `-${home.secrets.homeId}` : '',
      sandboxUrl: `http://127.0.0.1:${ports.sandbox}`,
      sandboxPort: ports.sandbox,
      sandboxData: home.path('sandbox'),
      sandboxSecret: home.secrets.sandboxSecret,
      auditKeyFile: home.auditKeyFile,
      apiHost: apiHost(),
      apiPort: ports.api,
      publicUrl: `http://127.0.0.1:${ports.api}`,
      workerPort: ports.worker,
    };
  }

  private async startPrograms(home: Home, facts: Facts): Promise<void> {
    const env = { ...inheritedEnv(), ...productEnv(facts), ...this.options.env };
    const programs = this.options.programs;
    await runOnce(migrateJob(env, programs), this.place(home, 'migrate'), this.abort.signal);
    this.interruptible();
    // The API calls itself ready only when a worker polls, so all three start at once and are waited for together.
    const started = await Promise.allSettled(
      [sandboxSpec(env, facts, programs), workerSpec(env, facts, programs), apiSpec(env, facts, programs)].map((spec) =>
        this.manage(home, spec).start(this.abort.signal),
      ),
    );
    for (const result of started) if (result.status === 'rejected') throw result.reason;
    this.say(`The API runs on ${facts.publicUrl}, the worker on ${this.workerUrl}, the sandbox on ${facts.sandboxUrl}`);
  }

  private manage(home: Home, spec: ConstructorParameters<typeof ManagedProcess>[0]): ManagedProcess {
    const managed = new ManagedProcess(spec, this.place(home, spec.name));
    this.processes.set(spec.name as ProcessName, managed);
    return managed;
  }

  private place(home: Home, name: string): ProcessPlace {
    return { logFile: home.path('logs', `${name}.log`), pidFile: home.path('run', `${name}.pid`), say: (line) => this.say(line) };
  }

  private interruptible(): void {
    if (this.abort.signal.aborted) throw new StackError('the start was interrupted.');
  }
}

/** Starts a stack; see `StackOptions`. */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  return await new LocalStack(options).start();
}

function apiHost(): string {
  return process.env.BOOMERANG_HOST || '127.0.0.1';
}

function temporalNamespace(): string {
  return process.env.TEMPORAL_NAMESPACE || 'default';
}

/** Ends what a start that was killed left running. The database is not among them: it is found by its own file. */
async function endLeftovers(home: Home): Promise<void> {
  const files = readdirSync(home.path('run')).filter((name) => name.endsWith('.pid') && name !== 'postgres.pid');
  const left = files.map((name) => readIdentity(home.path('run', name))).filter((identity) => identity !== undefined);
  await Promise.all(left.map((identity) => endProcess(identity, 'SIGTERM', 5_000)));
  for (const name of files) rmSync(home.path('run', name), { force: true });
}

/** The server's page of log, as the one line that matters. */
function explainPostgres(error: unknown, cluster: PostgresCluster): unknown {
  const text = String(error);
  const fatal = /(?:FATAL|PANIC):\s+([^\n]*)(?![\s\S]*(?:FATAL|PANIC):)/.exec(text) ?? /^\s*postgres: (could not [^\n]*)/m.exec(text);
  if (!fatal) return error;
  return new StackError(`PostgreSQL does not start on ${cluster.dataDir}: ${fatal[1]} (its log: logs/postgres.log; to start over: npm start -- --fresh)`);
}
