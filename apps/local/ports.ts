import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Home } from './home';
import { StackError } from './stack-error';

const HOST = '127.0.0.1';
/** Below the range from which systems take ports for outgoing connections, so that a remembered port stays ours. */
const FIRST = 20_000;
const COUNT = 10_000;

/** The error code of trying to listen on a port, or undefined when it can be had. */
async function listenError(port: number, host = HOST): Promise<string | undefined> {
  return await new Promise((done) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? 'EUNKNOWN'));
    server.listen({ port, host, exclusive: true }, () => server.close(() => done(undefined)));
  });
}

export async function isFree(port: number): Promise<boolean> {
  return (await listenError(port)) === undefined;
}

/** A port nobody listens on, not among `taken`; the one used before when it is still free. */
export async function freePort(preferred: number | undefined, taken: ReadonlySet<number>): Promise<number> {
  if (preferred !== undefined && !taken.has(preferred) && (await isFree(preferred))) return preferred;
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new StackError(`no free port was found between ${FIRST} and ${FIRST + COUNT - 1}.`);
}

/** Throws one clear line unless the API can listen on this port. */
export async function requireFree(port: number, host: string): Promise<void> {
  const code = await listenError(port, host);
  if (code === undefined) return;
  if (code === 'EADDRINUSE') throw new StackError(`port ${port} is in use by another program; choose another one: PORT=${port + 1} npm start`);
  if (code === 'EACCES') throw new StackError(`port ${port} may not be opened by this user; choose one above 1023: PORT=3000 npm start`);
  throw new StackError(`port ${port} on ${host} cannot be opened (${code}).`);
}

/** `PORT` as a number. Unset means 3000. */
export function parsePort(text: string | undefined): number {
  if (text === undefined || text === '') return 3000;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new StackError(`PORT is "${text}", which is not a port (1 to 65535).`);
  return port;
}

/** Remembered in the home, so that bookmarks and open connections survive a restart. */
export type Ports = Record<'postgres' | 'temporal' | 'temporalHttp' | 'temporalUi' | 'sandbox' | 'worker' | 'api', number>;

/** A port for everything; the same as last time where those are still free. `apiPort` undefined: a free one too. */
export async function choosePorts(home: Home, apiPort: number | undefined): Promise<Ports> {
  const file = home.path('ports.json');
  let before: Partial<Ports> = {};
  try {
    if (existsSync(file)) before = JSON.parse(readFileSync(file, 'utf8')) as Partial<Ports>;
  } catch {
    // only a memory: new ones will do
  }
  const taken = new Set<number>(apiPort === undefined ? [] : [apiPort]);
  const choose = async (name: keyof Ports) => {
    const port = await freePort(before[name], taken);
    taken.add(port);
    return port;
  };
  const ports: Ports = {
    postgres: await choose('postgres'),
    temporal: await choose('temporal'),
    temporalHttp: await choose('temporalHttp'),
    temporalUi: await choose('temporalUi'),
    sandbox: await choose('sandbox'),
    worker: await choose('worker'),
    api: apiPort ?? (await choose('api')),
  };
  savePorts(home, ports);
  return ports;
}

export function savePorts(home: Home, ports: Ports): void {
  const file = home.path('ports.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(ports)}\n`);
  renameSync(`${file}.new`, file);
}
