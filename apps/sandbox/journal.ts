import * as fs from 'node:fs';
import * as path from 'node:path';

/** One document set (or, with `null`, removed) in one collection. Documents are never changed in place. */
export type Change = readonly [collection: string, key: string, value: object | null];

/** More live documents than this and new requests are refused, so that memory stays bounded. */
const MAX_DOCUMENTS = 500_000;
/** While running, the file is rewritten once it holds this many lines and mostly outdated ones. */
const COMPACT_ABOVE_LINES = 50_000;
const LINES_AT_ONCE = 1_000;
const NEWLINE = 0x0a;

/**
 * The lasting memory: collections of documents, kept in one append-only file.
 *
 * A line is a list of changes and holds wholly or not at all. It is handed to the operating system before `write`
 * returns, so whatever was answered survives the death of the process (SIGKILL included). A line cut off at the end of
 * the file is what a death in the middle of writing leaves: it was never answered, and is ignored.
 */
export class Journal {
  private readonly collections = new Map<string, Map<string, object>>();
  private readonly file: string;
  private fd = -1;
  private size = 0;
  private lines = 0;
  private documents = 0;
  /** Complete lines that could not be read at start; the file that held them is kept beside as `.damaged`. */
  unreadable = 0;

  /** `location` is a folder, or a file when its name has an ending and no such folder is there; both are made when missing. */
  constructor(location: string) {
    const folder = fs.statSync(location, { throwIfNoEntry: false })?.isDirectory() ?? path.extname(location) === '';
    this.file = path.resolve(folder ? path.join(location, 'sandbox.jsonl') : location);
    fs.mkdirSync(path.dirname(this.file), { recursive: true });
    this.replay();
    if (this.unreadable > 0) fs.copyFileSync(this.file, `${this.file}.damaged`);
    this.compact();
  }

  get full(): boolean {
    return this.documents >= MAX_DOCUMENTS;
  }

  /** A live view, in the order in which the keys first came. */
  collection<T extends object>(name: string): ReadonlyMap<string, T> {
    return this.named(name) as Map<string, T>;
  }

  /** Writes the changes as one line, then makes them visible. Throws, with nothing changed, when the file cannot be written. */
  write(...changes: Change[]): void {
    const line = Buffer.from(`${JSON.stringify(changes)}\n`);
    try {
      put(this.fd, line, this.size);
    } catch (error) {
      // What half a line left behind the end must not stick to the next, shorter one.
      if (this.fd >= 0) fs.ftruncateSync(this.fd, this.size);
      throw error;
    }
    this.size += line.length;
    this.lines += 1;
    this.apply(changes);
    if (this.lines > COMPACT_ABOVE_LINES && this.lines > this.documents * 4) this.compact();
  }

  close(): void {
    if (this.fd < 0) return;
    fs.fsyncSync(this.fd);
    fs.closeSync(this.fd);
    this.fd = -1;
  }

  private named(name: string): Map<string, object> {
    let found = this.collections.get(name);
    if (!found) this.collections.set(name, (found = new Map()));
    return found;
  }

  private apply(changes: readonly Change[]): void {
    for (const [name, key, value] of changes) {
      const documents = this.named(name);
      this.documents -= documents.size;
      if (value === null) documents.delete(key);
      else documents.set(key, value);
      this.documents += documents.size;
    }
  }

  private replay(): void {
    if (!fs.existsSync(this.file)) return;
    const bytes = fs.readFileSync(this.file);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const changes = readLine(bytes.toString('utf8', start, end));
      if (changes) this.apply(changes);
      else this.unreadable += 1;
      start = end + 1;
    }
  }

  /** Writes what is alive to a new file and puts it in the old one's place; a death at any point leaves one whole file. */
  private compact(): void {
    const fresh = `${this.file}.new`;
    const fd = fs.openSync(fresh, 'w', 0o600);
    let size = 0;
    let lines = 0;
    let pending: string[] = [];
    const flush = () => {
      const bytes = Buffer.from(pending.join(''));
      put(fd, bytes, size);
      size += bytes.length;
      lines += pending.length;
      pending = [];
    };
    for (const [name, documents] of this.collections) {
      for (const [key, value] of documents) {
        pending.push(`${JSON.stringify([[name, key, value] satisfies Change])}\n`);
        if (pending.length === LINES_AT_ONCE) flush();
      }
    }
    flush();
    fs.fsyncSync(fd);
    fs.renameSync(fresh, this.file);
    if (this.fd >= 0) fs.closeSync(this.fd);
    Object.assign(this, { fd, size, lines });
  }
}

function put(fd: number, bytes: Buffer, position: number): void {
  let written = 0;
  while (written < bytes.length) written += fs.writeSync(fd, bytes, written, bytes.length - written, position + written);
}

/** The changes of one line, or null when it is not one of ours. */
function readLine(line: string): Change[] | null {
  try {
    const value: unknown = JSON.parse(line);
    const sound = Array.isArray(value) && value.every((c) => Array.isArray(c) && c.length === 3 && typeof c[0] === 'string' && typeof c[1] === 'string');
    return sound ? (value as Change[]) : null;
  } catch {
    return null;
  }
}
