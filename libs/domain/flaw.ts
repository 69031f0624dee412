/** What is wrong with one place of a document that a schema alone cannot see. */
export interface Flaw {
  readonly path: readonly (string | number)[];
  /** JSON pointer (RFC 6901) of `path`. */
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export function flaw(path: readonly (string | number)[], code: string, detail: string): Flaw {
  return { path, pointer: jsonPointer(path), code, detail };
}

/** A JSON pointer (RFC 6901) of a path; the whole document is the empty text. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
