import { decodeCursor, encodeCursor, page } from './keyset';

const at = '2026-11-22 08:16:06.973431+00';

const key = (row: { at: string; id: string }) => [row.at, row.id];

describe('a page of a list', () => {
  const rows = [1, 2, 3].map((n) => ({ at, id: `usr_${n}` }));

  it('ends at the limit, and its cursor leads to the row after it', () => {
    const { data, nextCursor } = page(rows, 2, key);
    expect(data).toEqual(rows.slice(0, 2));
    expect(decodeCursor(nextCursor!, ['instant', 'text'])).toEqual([at, 'usr_2']);
  });
  it('has no cursor when it is the last one', () => {
    expect(page(rows, 3, key).nextCursor).toBeNull();
    expect(page([], 3, key)).toEqual({ data: [], nextCursor: null });
  });
  it('shows what the list wants to show', () => {
    expect(page(rows, 1, key, ({ id }) => id).data).toEqual(['usr_1']);
  });
});

describe('a cursor', () => {
  it('is nothing on the first page', () => {
    expect(decodeCursor(undefined, ['text'])).toBeNull();
  });
  it('fits the form of the query parameter', () => {
    expect(encodeCursor([at, 'ü', 3])).toMatch(/^[A-Za-z0-9_-]+$/);
  });
  it.each([
    ['garbage', '!!!'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['no list', Buffer.from('{"a":1}').toString('base64url')],
    ['too few parts', encodeCursor([at])],
    ['another list’s', encodeCursor(['usr_1', at])],
    ['no instant', encodeCursor(['2026-99-22 08:16:06+00', 'usr_1'])],
    ['a day that no month has', encodeCursor(['2026-02-30 08:16:06+00', 'usr_1'])],
    ['before any time we keep', encodeCursor(['0000-01-01 00:00:00+00', 'usr_1'])],
    ['in no zone', encodeCursor(['2026-01-01 00:00:00+99', 'usr_1'])],
    ['SQL', encodeCursor(["now()'; --", 'usr_1'])],
    ['a NUL', encodeCursor([at, '\0'])],
    ['a number for a text', encodeCursor([at, 5])],
  ])('that is %s is refused at its place', (_, cursor) => {
    expect(() => decodeCursor(cursor, ['instant', 'text'])).toThrow(
      expect.objectContaining({ code: 'validation_failed', errors: [expect.objectContaining({ pointer: '/query/cursor' })] }) as Error,
    );
  });
  it('holds an int only where a column of that size is compared with it', () => {
    expect(decodeCursor(encodeCursor([2 ** 31 - 1]), ['int'])).toEqual([2 ** 31 - 1]);
    expect(() => decodeCursor(encodeCursor([2 ** 31]), ['int'])).toThrow();
    expect(decodeCursor(encodeCursor([2 ** 31]), ['number'])).toEqual([2 ** 31]);
  });
});
