import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { Client } from 'pg';

/** One transaction, or one statement outside of any: its statements in order, each one round trip. */
export interface Trip {
  readonly statements: readonly string[];
  readonly kind: TripKind;
}
export const tripKinds = [
  'command taken down',
  'decided and committed',
  'answer read',
  'fact taken in',
  'fact brought',
  'call prepared',
  'mail',
  'job queue',
  'other',
] as const;
export type TripKind = (typeof tripKinds)[number];

/** Counts what the database is asked, by its own log: nothing of ours is touched for it. On only while it counts. */
export class StatementLog {
  private from = 0;

  constructor(
    private readonly database: Client,
    private readonly logFile: string,
  ) {}

  async on(): Promise<void> {
    await this.set("ALTER SYSTEM SET log_line_prefix = '%p|'", "ALTER SYSTEM SET log_statement = 'all'", 'SELECT pg_reload_conf()');
    await new Promise((done) => setTimeout(done, 300)); // a signal to every backend
    this.from = statSync(this.logFile).size;
  }

  async off(): Promise<void> {
    await this.set('ALTER SYSTEM RESET log_statement', 'ALTER SYSTEM RESET log_line_prefix', 'SELECT pg_reload_conf()');
  }

  /** What was asked since `on` or the last `take`; transactions under way at this moment are cut in two. */
  async take(): Promise<Trip[]> {
    const { rows } = await this.database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const size = statSync(this.logFile).size;
    const buffer = Buffer.alloc(size - this.from);
    const file = openSync(this.logFile, 'r');
    readSync(file, buffer, 0, buffer.length, this.from);
    closeSync(file);
    this.from = size;
    return tripsOf(buffer.toString('utf8'), rows[0]!.pid);
  }

  private async set(...statements: string[]): Promise<void> {
    for (const statement of statements) await this.database.query(statement);
  }
}

/** `exceptPid`: the bench's own connection. */
export function tripsOf(log: string, exceptPid: number): Trip[] {
  const open = new Map<string, string[]>();
  const trips: string[][] = [];
  const entry = /^(\d+)\|LOG: {2}(?:statement|execute [^:]*): (.*(?:\n\t.*)*)/gm;
  for (const [, pid = '', text = ''] of log.matchAll(entry)) {
    if (Number(pid) === exceptPid) continue;
    const statement = text.replace(/\s+/g, ' ').trim();
    const running = open.get(pid);
    if (running) {
      running.push(statement);
      if (/^(commit|rollback)\b/i.test(statement)) open.delete(pid);
      continue;
    }
    const trip = [statement];
    trips.push(trip);
    if (/^begin\b/i.test(statement) && !/\bcommit\b/i.test(statement)) open.set(pid, trip);
  }
  return trips.map((statements) => ({ statements, kind: kindOf(statements.join('\n')) }));
}

function kindOf(text: string): TripKind {
  if (/INSERT INTO command/.test(text)) return 'command taken down';
  if (/INSERT INTO inbox/.test(text)) return 'fact taken in';
  if (/log_entry/.test(text)) return 'decided and committed';
  if (/graphile_worker|LISTEN/.test(text)) return 'job queue';
  if (/answer/.test(text)) return 'answer read';
  if (/inbox/.test(text) || /tracking_number/.test(text)) return 'fact brought';
  if (/provider_payment_id/.test(text)) return 'call prepared';
  if (/r\.state, r\.details, o\.document/.test(text)) return 'mail';
  return 'other';
}
