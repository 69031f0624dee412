import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { identify, isRunning, type ProcessIdentity } from './process-identity';
import { StackError, isDenied, messageOf } from './stack-error';

export interface Secrets {
  /** Names this home: data kept elsewhere on its behalf carries the same id. */
  homeId: string;
  postgresPassword: string;
  /** `whsec_<base64>`: signs the sandbox's webhooks, and is the Bearer token of its own admin calls. */
  sandboxSecret: string;
}

/** The folder with everything one local stack remembers, held by one process at a time. */
export interface Home {
  dir: string;
  secrets: Secrets;
  /** Signs checkpoints of the log; whoever rotates it writes the new key before the old one. */
  auditKeyFile: string;
  path(...parts: string[]): string;
  /** Forgets all data; only what this program itself puts there. */
  clear(): void;
  release(): void;
}

/** Everything we ever put into a home. `--fresh` removes these and nothing else: BOOMERANG_HOME may be somebody's real folder. */
const CONTENTS = [
  'postgres',
  'postgres.new',
  'postgres.json',
  'temporal.db',
  'temporal.db-wal',
  'temporal.db-shm',
  'temporal.db-journal',
  'sandbox',
  'logs',
  'ports.json',
  'secrets.json',
  'audit-key.pem',
];

/** Makes the folder when needed and takes its lock. `fresh` does not read what is there (it may be damaged): the caller clears it. */
export function openHome(folder: string, fresh = false): Home {
  const dir = resolve(folder);
  const path = (...parts: string[]) => join(dir, ...parts);
  makeFolder(dir);
  for (const part of ['run', 'logs', 'sandbox']) makeFolder(path(part));
  const lock = path('run', 'lock');
  acquire(lock, dir);
  try {
    if (fresh) rmSync(path('secrets.json'), { force: true });
    const home: Home = {
      dir,
      path,
      secrets: readSecrets(path('secrets.json')),
      auditKeyFile: auditKeyIn(path('audit-key.pem')),
      clear: () => {
        for (const name of CONTENTS) rmSync(path(name), { recursive: true, force: true });
        for (const part of ['logs', 'sandbox']) makeFolder(path(part));
        home.secrets = readSecrets(path('secrets.json'));
        auditKeyIn(path('audit-key.pem'));
      },
      release: () => {
        if (holderOf(lock)?.pid === process.pid) rmSync(lock, { force: true });
      },
    };
    return home;
  } catch (error) {
    rmSync(lock, { force: true });
    throw error;
  }
}

function makeFolder(dir: string): void {
  try {
    const created = mkdirSync(dir, { recursive: true });
    if (!statSync(dir).isDirectory()) throw new StackError(`${dir} is a file; BOOMERANG_HOME has to be a folder.`);
    // The database does not run as root, and has to pass through this folder to its own.
    if (created && process.getuid?.() === 0) chmodSync(dir, 0o711);
    else if (created) chmodSync(dir, 0o700);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST' || code === 'ENOTDIR') throw new StackError(`${dir} is a file, or below one; BOOMERANG_HOME has to be a folder.`);
    if (isDenied(error)) throw new StackError(`${dir} cannot be written by this user; set BOOMERANG_HOME to a folder that can.`);
    if (error instanceof StackError) throw error;
    throw new StackError(`${dir} cannot be used as BOOMERANG_HOME: ${messageOf(error)}`);
  }
}

function holderOf(lock: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

/** The lock appears complete or not at all (a link to a finished file), so whoever sees it can read who holds it. */
function acquire(lock: string, dir: string): void {
  const me = identify(process.pid)!;
  const mine = `${lock}.${process.pid}`;
  try {
    const file = openSync(mine, 'w', 0o600);
    writeSync(file, JSON.stringify(me));
    closeSync(file);
    for (let attempt = 0; attempt < 10; attempt++) {
      try {
        linkSync(mine, lock);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = holderOf(lock);
      if (holder && isRunning(holder))
        throw new StackError(`${dir} is in use by a stack that is already running (process ${holder.pid}); stop it, or set BOOMERANG_HOME to another folder.`);
      removeStale(lock, holder);
    }
    throw new StackError(`${dir} could not be locked; another start is going on.`);
  } catch (error) {
    if (isDenied(error)) throw new StackError(`${dir} cannot be written by this user; set BOOMERANG_HOME to a folder that can.`);
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Takes away the lock of a dead process, and puts it back if in between somebody else made it theirs. */
function removeStale(lock: string, seen: ProcessIdentity | undefined): void {
  const aside = `${lock}.stale.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  const taken = holderOf(aside);
  if (taken && taken.pid !== seen?.pid && isRunning(taken) && !existsSync(lock)) renameSync(aside, lock);
  else rmSync(aside, { force: true });
}

function readSecrets(file: string): Secrets {
  if (!existsSync(file)) {
    const secrets: Secrets = {
      homeId: randomBytes(6).toString('hex'),
      postgresPassword: randomBytes(24).toString('hex'),
      sandboxSecret: `whsec_${randomBytes(32).toString('base64')}`,
    };
    writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return secrets;
  }
  try {
    const secrets = JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>;
    if (secrets.homeId && secrets.postgresPassword && secrets.sandboxSecret) return secrets as Secrets;
  } catch (error) {
    if (isDenied(error)) throw new StackError(`${file} cannot be read by this user; start as the user who made it, or set BOOMERANG_HOME to another folder.`);
  }
  throw new StackError(`${file} is damaged; restore it, or start over with: npm start -- --fresh`);
}

/** An Ed25519 key for this user's eyes only, made once. */
function auditKeyIn(file: string): string {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(`${file}.new`, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return file;
}
