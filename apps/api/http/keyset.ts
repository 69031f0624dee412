import { ApiError } from './api-error';

/** What a cursor holds of the last row: its sort key, made of these. A point of time is PostgreSQL's own text (`created_at::text`): a `Date` would lose microseconds. */
export type CursorPart = 'text' | 'int' | 'number' | 'instant';
type PartValue<P> = P extends 'number' | 'int' ? number : string;
type CursorValues<Parts extends readonly CursorPart[]> = { -readonly [I in keyof Parts]: PartValue<Parts[I]> };

export interface Page<Row> {
  readonly data: Row[];
  readonly nextCursor: string | null;
}

export const encodeCursor = (key: readonly (string | number)[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/**
 * The sort key after which the page begins; null for the first page.
 * @throws ApiError `validation_failed` at `/query/cursor` when it is not one of ours for this list
 */
export function decodeCursor<const Parts extends readonly CursorPart[]>(cursor: string | undefined, parts: Parts): CursorValues<Parts> | null {
  if (cursor === undefined) return null;
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    key = null;
  }
  if (!Array.isArray(key) || key.length !== parts.length || !parts.every((part, index) => fits[part](key[index]))) {
    const detail = 'must be the nextCursor of an earlier answer to the same list';
    throw new ApiError('validation_failed', `The cursor ${detail}`, { errors: [{ pointer: '/query/cursor', code: 'invalid_value', detail }] });
  }
  return key as CursorValues<Parts>;
}

const fits: Record<CursorPart, (value: unknown) => boolean> = {
  text: (value) => typeof value === 'string' && value.length <= 300 && !value.includes('\0'),
  /** What fits a column of type `int`. */
  int: (value) => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31,
  number: (value) => Number.isSafeInteger(value),
  instant: (value) => {
    const parts = typeof value === 'string' ? /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)$/.exec(value) : null;
    if (!parts || parts[1]! < '1900') return false;
    // A day that no month has is parsed as one of the next month: it does not come back as it went in.
    const at = new Date(`${parts[1]}T${parts[2]}Z`);
    return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(`${parts[1]}T${parts[2]}`);
  },
};

/** The page of rows that were read with `LIMIT limit + 1`; `key` gives the sort key of a row, `present` what the caller sees of it. */
export function page<Row, Shown = Row>(
  rows: readonly Row[],
  limit: number,
  key: (row: Row) => readonly (string | number)[],
  present?: (row: Row) => Shown,
): Page<Shown> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: present ? shown.map((row) => present(row)) : (shown as unknown as Shown[]),
    nextCursor: rows.length > limit && last ? encodeCursor(key(last)) : null,
  };
}

/** The page of a list that is short enough to be read whole: what comes after the row that the cursor names. A cursor of a row that is gone ends the list. */
export function pageOfAll<Row>(rows: readonly Row[], { limit, cursor }: { limit: number; cursor?: string | undefined }, name: (row: Row) => string): Page<Row> {
  const [after] = decodeCursor(cursor, ['text']) ?? [null];
  const seen = after === null ? -1 : rows.findIndex((row) => name(row) === after);
  const rest = after !== null && seen < 0 ? [] : rows.slice(seen + 1);
  return page(rest, limit, (row) => [name(row)]);
}
