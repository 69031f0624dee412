export type FileType = 'image/jpeg' | 'image/png' | 'image/webp' | 'application/pdf';

/** What the bytes say they are, whatever name and type they came with; null for anything else. */
export function fileTypeOf(bytes: Buffer): FileType | null {
  if (bytes.length >= 4 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  if (bytes.subarray(0, 8).equals(pngSignature)) return 'image/png';
  if (bytes.length >= 16 && ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'image/webp';
  if (ascii(bytes, 0, 5) === '%PDF-') return 'application/pdf';
  return null;
}

export const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
export const ascii = (bytes: Buffer, start: number, end: number): string => bytes.toString('latin1', start, end);
