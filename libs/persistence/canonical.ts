import { createHash } from 'node:crypto';

/**
 * JSON with sorted keys and no blanks: equal values give equal text. Keys are sorted by UTF-16 code units; members that are undefined are left out, as JSON does.
 * @throws TypeError for what JSON cannot hold (bigint, NaN, infinities)
 */
export function canonical(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} cannot be written as JSON`);
  if (Array.isArray(value)) return `[${value.map((element) => canonical(element ?? null)).join(',')}]`;
  if (value instanceof Date) return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  // Not by locale: the text has to be the same on every machine.
  members.sort(([left], [right]) => (left < right ? -1 : Number(left > right)));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

/** Hex digest of a text (UTF-8) or of bytes. */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
