import { ascii, pngSignature, type FileType } from './file-type';

/** The bytes are not what their first ones promise. */
export class DamagedFile extends Error {}

/**
 * The file without what tells where, when and with what it was taken: EXIF, XMP, comments and times; pixels and colours stay (a photo that only EXIF turned upright shows
 * as the sensor saw it). PDFs stay as they are.
 * @throws DamagedFile
 */
export function stripMetadata(bytes: Buffer, type: FileType): Buffer {
  if (type === 'image/jpeg') return stripJpeg(bytes);
  if (type === 'image/png') return stripPng(bytes);
  return type === 'image/webp' ? stripWebp(bytes) : bytes;
}

const APP0 = 0xe0;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;
const COMMENT = 0xfe;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/** Segments up to the picture itself; of the application segments stay JFIF, colour profile and Adobe's colour transform. What follows the end of the picture goes. */
function stripJpeg(bytes: Buffer): Buffer {
  const kept: Buffer[] = [bytes.subarray(0, 2)];
  let position = 2;
  for (;;) {
    while (bytes[position] === 0xff && bytes[position + 1] === 0xff) position++; // fill bytes
    const marker = bytes[position + 1];
    if (bytes[position] !== 0xff || marker === undefined) throw new DamagedFile('not a JPEG picture');
    if (marker === END_OF_IMAGE) throw new DamagedFile('a JPEG without a picture');
    const end = position + 2 + lengthAt(bytes, position + 2);
    if (marker === START_OF_SCAN) break;
    const segment = bytes.subarray(position, end);
    if (keepsSegment(marker, segment)) kept.push(segment);
    position = end;
  }
  const picture = bytes.subarray(position);
  const last = picture.lastIndexOf(Buffer.from([0xff, END_OF_IMAGE]));
  return Buffer.concat([...kept, ...pictureParts(last < 0 ? picture : picture.subarray(0, last + 2))]);
}

function lengthAt(bytes: Buffer, position: number): number {
  const length = position + 2 <= bytes.length ? bytes.readUInt16BE(position) : 0;
  if (length < 2 || position + length > bytes.length) throw new DamagedFile('a segment of the JPEG is cut off');
  return length;
}

function keepsSegment(marker: number, segment: Buffer): boolean {
  if (marker === COMMENT) return false;
  if (marker < APP0 || marker > APP15) return true;
  if (marker === APP0) return ascii(segment, 4, 9) === 'JFIF\0';
  if (marker === APP2) return ascii(segment, 4, 16) === 'ICC_PROFILE\0';
  return marker === APP14 && ascii(segment, 4, 9) === 'Adobe';
}

/** From the first scan on: scans and the tables between them stay; a second file hidden behind the end of the first (a preview, a video) goes, and so do segments between scans. */
function pictureParts(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let from = 0;
  let position = 0;
  while (position + 1 < bytes.length) {
    position = bytes.indexOf(0xff, position);
    if (position < 0 || position + 1 >= bytes.length) break;
    const marker = bytes[position + 1]!;
    if (marker === 0xff) position++;
    else if (marker === 0 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) position += 2;
    else if (marker === END_OF_IMAGE) return [...parts, bytes.subarray(from, position + 2)];
    else {
      const end = position + 2 + lengthAt(bytes, position + 2);
      if (!keepsSegment(marker, bytes.subarray(position, end))) {
        parts.push(bytes.subarray(from, position));
        from = end;
      }
      position = end;
    }
  }
  return [...parts, bytes.subarray(from)];
}

const pngMetadata = new Set(['eXIf', 'tEXt', 'zTXt', 'iTXt', 'tIME']);

/** Chunks: length, type, data, checksum. What follows `IEND` goes. */
function stripPng(bytes: Buffer): Buffer {
  const kept: Buffer[] = [pngSignature];
  let position = pngSignature.length;
  for (;;) {
    if (position + 12 > bytes.length) throw new DamagedFile('the PNG is cut off');
    const end = position + 12 + bytes.readUInt32BE(position);
    if (end > bytes.length) throw new DamagedFile('a chunk of the PNG is cut off');
    const type = ascii(bytes, position + 4, position + 8);
    if (!pngMetadata.has(type)) kept.push(bytes.subarray(position, end));
    if (type === 'IEND') return Buffer.concat(kept);
    position = end;
  }
}

const EXIF_FLAG = 0x08;
const XMP_FLAG = 0x04;
const webpMetadata = new Set(['EXIF', 'XMP ']);

/** RIFF chunks: type, length, data, padded to even. The header's size and the flags of `VP8X` say afterwards what is left. */
function stripWebp(bytes: Buffer): Buffer {
  const kept: Buffer[] = [];
  const whole = Math.min(bytes.length, 8 + bytes.readUInt32LE(4));
  let position = 12;
  while (position + 8 <= whole) {
    const type = ascii(bytes, position, position + 4);
    const size = bytes.readUInt32LE(position + 4);
    if (position + 8 + size > bytes.length) throw new DamagedFile('a chunk of the WebP picture is cut off');
    const end = Math.min(position + 8 + size + (size % 2), bytes.length);
    const chunk = Buffer.from(bytes.subarray(position, end));
    if (type === 'VP8X' && size >= 10) chunk[8]! &= ~(EXIF_FLAG | XMP_FLAG);
    if (!webpMetadata.has(type)) kept.push(chunk);
    position = end;
  }
  if (kept.length === 0) throw new DamagedFile('a WebP file without a picture');
  const body = Buffer.concat(kept);
  const header = Buffer.from(bytes.subarray(0, 12));
  header.writeUInt32LE(4 + body.length, 4);
  return Buffer.concat([header, body]);
}
