import { randomBytes } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** An opaque id: the prefix says what it names, 100 random bits make it unique, and the leading time keeps index pages together. */
export function newId(prefix: string): string {
  const time = Date.now().toString(32).padStart(9, '0');
  return `${prefix}_${time}${[...randomBytes(16)].map((byte) => alphabet[byte & 31]).join('')}`;
}

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A number people can read out, `R-7K3M-9Q2D`: Crockford base 32, the last symbol checks the seven before it (weighted sum modulo 31, so it is a digit or letter too). */
export function newReturnNumber(random: (size: number) => Uint8Array = randomBytes): string {
  const body = [...random(7)].map((byte) => digits[byte & 31]).join('');
  const symbols = body + checkSymbol(body);
  return `R-${symbols.slice(0, 4)}-${symbols.slice(4)}`;
}
function checkSymbol(body: string): string {
  const sum = [...body].reduce((total, symbol, position) => total + digits.indexOf(symbol) * (position + 1), 0);
  return digits[sum % 31]!;
}
/** The number as stored, from whatever way somebody typed it (case, O for 0, I or L for 1, missing hyphens); null when it cannot be one. */
export function readReturnNumber(typed: string): string | null {
  const symbols = typed.toUpperCase().replace(/^R-?/, '').replaceAll('-', '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (!/^[0-9A-HJKMNP-TV-Z]{8}$/.test(symbols) || checkSymbol(symbols.slice(0, 7)) !== symbols[7]) return null;
  return `R-${symbols.slice(0, 4)}-${symbols.slice(4)}`;
}

/** A coupon's code: 80 random bits that people can type. */
export function newCouponCode(): string {
  const symbols = [...randomBytes(16)].map((byte) => digits[byte & 31]).join('');
  return `SORRY-${symbols.slice(0, 8)}-${symbols.slice(8)}`;
}
