import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import type { Home } from './home';
import { answersOk } from './http-probe';
import type { ProcessSpec } from './processes';
import { StackError, messageOf } from './stack-error';

/** What lists and operators filter by in Temporal itself. Each costs a visibility write, so there are two. */
export const SEARCH_ATTRIBUTES = { MerchantId: 'Keyword', NeedsAttention: 'Bool' } as const;

export interface TemporalPorts {
  grpc: number;
  http: number;
  ui: number;
}

export interface DevServerOptions {
  binary: string;
  ports: TemporalPorts;
  namespace: string;
  env: NodeJS.ProcessEnv;
  /** Without the web UI. */
  headless: boolean;
  extraArgs: string[];
}

/** The dev server keeps everything in one SQLite file in the home. */
export function devServerSpec(home: Home, { binary, ports, namespace, env, headless, extraArgs }: DevServerOptions): ProcessSpec {
  const file = home.path('temporal.db');
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(ports.grpc), '--http-port', String(ports.http), '--db-filename', file];
  args.push('--log-level', 'warn', '--disable-config-file', '--disable-config-env', '--namespace', namespace);
  args.push(...(headless ? ['--headless'] : ['--ui-port', String(ports.ui)]));
  for (const [name, type] of Object.entries(SEARCH_ATTRIBUTES)) args.push('--search-attribute', `${name}=${type}`);
  // One machine, few workflows: one partition a task queue saves hops between them.
  for (const side of ['Read', 'Write']) args.push('--dynamic-config-value', `matching.numTaskqueue${side}Partitions=1`);
  return {
    name: 'temporal',
    command: binary,
    args: [...args, ...extraArgs],
    env,
    cwd: home.dir,
    ready: async () => await answersOk(`http://127.0.0.1:${ports.http}/api/v1/namespaces/${namespace}`),
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 15_000,
  };
}

/** Throws one clear line when the server's file cannot be used: its own complaint is a page long. */
export function requireTemporalFile(home: Home): void {
  const file = home.path('temporal.db');
  if (!existsSync(file)) return;
  const head = Buffer.alloc(16);
  let length = 0;
  try {
    const handle = openSync(file, 'r+');
    length = readSync(handle, head, 0, 16, 0);
    closeSync(handle);
  } catch (error) {
    throw new StackError(`${file} cannot be used: ${messageOf(error)}`);
  }
  if (length > 0 && head.toString('latin1') !== 'SQLite format 3\0')
    throw new StackError(
      `${file} is damaged. Returns go on from PostgreSQL without it: move it away and start again, or start over with: npm start -- --fresh`,
    );
}

/** Makes sure that somebody else's server can be used: it answers, has the namespace, and knows our search attributes. */
export async function prepareForeignServer(address: string, namespace: string): Promise<void> {
  const { Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address, connectTimeout: '10 s' }).catch((error: unknown) => {
    throw new StackError(`no Temporal server answers at TEMPORAL_ADDRESS=${address}: ${messageOf(error)}`);
  });
  try {
    await connection.withDeadline(Date.now() + 10_000, async () => {
      await connection.workflowService.describeNamespace({ namespace });
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      const kinds = { Keyword: 2, Bool: 5 } as const;
      const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !(name in (customAttributes ?? {})));
      if (missing.length)
        await connection.operatorService.addSearchAttributes({
          namespace,
          searchAttributes: Object.fromEntries(missing.map(([name, kind]) => [name, kinds[kind]])),
        });
    });
  } catch (error) {
    throw new StackError(`the Temporal server at ${address} cannot be used with namespace "${namespace}": ${messageOf(error)}`);
  } finally {
    await connection.close();
  }
}
