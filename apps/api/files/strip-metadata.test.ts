import { fileTypeOf, pngSignature } from './file-type';
import { DamagedFile, stripMetadata } from './strip-metadata';

const latin = (text: string) => Buffer.from(text, 'latin1');
const segment = (marker: number, data: Buffer) => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
};
const start = Buffer.from([0xff, 0xd8]);
const end = Buffer.from([0xff, 0xd9]);
const jfif = segment(0xe0, latin('JFIF\0\x01\x01\0\0\x01\0\x01\0\0'));
const colours = segment(0xe2, latin('ICC_PROFILE\0\x01\x01profile'));
const adobe = segment(0xee, latin('Adobe\0d\0\0\0\0\x01'));
const tables = segment(0xdb, Buffer.alloc(65, 1));
const scan = Buffer.concat([segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])), Buffer.from([1, 2, 0xff, 0, 3, 0xff, 0xd0, 4])]);

const chunk = (type: string, data: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, latin(type), data, Buffer.alloc(4)]);
};
const riff = (type: string, data: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  return Buffer.concat([latin(type), length, data, Buffer.alloc(data.length % 2)]);
};
const webp = (...chunks: Buffer[]) => {
  const body = Buffer.concat([latin('WEBP'), ...chunks]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([latin('RIFF'), length, body]);
};

describe('the type of a file', () => {
  it('is what its bytes say', () => {
    expect(fileTypeOf(Buffer.concat([start, jfif]))).toBe('image/jpeg');
    expect(fileTypeOf(Buffer.concat([pngSignature, Buffer.alloc(4)]))).toBe('image/png');
    expect(fileTypeOf(webp(riff('VP8 ', Buffer.alloc(4))))).toBe('image/webp');
    expect(fileTypeOf(latin('%PDF-1.7\n'))).toBe('application/pdf');
  });
  it.each(['', 'GIF89a', '<svg xmlns="http://www.w3.org/2000/svg"/>', '<html>', 'RIFF\0\0\0\0WAVEfmt ', ' %PDF-1.7', '\x89PNG'])(
    'is none of ours otherwise (%j)',
    (text) => {
      expect(fileTypeOf(latin(text))).toBeNull();
    },
  );
});

describe('stripping a JPEG', () => {
  it('drops EXIF, XMP, comments and what other programs left, and keeps picture and colours', () => {
    const photo = Buffer.concat([
      start, jfif, segment(0xe1, latin('Exif\0\0GPS')), segment(0xe1, latin('http://ns.adobe.com/xap/1.0/\0<x/>')), colours, segment(0xe2, latin('MPF\0')), segment(0xed, latin('Photoshop')),
      adobe, segment(0xfe, latin('taken at home')), tables, scan, end,
    ]); // prettier-ignore
    expect(stripMetadata(photo, 'image/jpeg')).toEqual(Buffer.concat([start, jfif, colours, adobe, tables, scan, end]));
  });
  it('drops what hides between scans and behind the end of the picture', () => {
    const photo = Buffer.concat([start, jfif, scan, segment(0xfe, latin('home')), tables, scan, end, start, segment(0xe1, latin('Exif\0\0GPS')), scan, end]);
    expect(stripMetadata(photo, 'image/jpeg')).toEqual(Buffer.concat([start, jfif, scan, tables, scan, end]));
  });
  it('leaves a clean one as it is', () => {
    const photo = Buffer.concat([start, jfif, tables, scan, end]);
    expect(stripMetadata(photo, 'image/jpeg')).toEqual(photo);
  });
  it.each([
    ['nothing behind the signature', Buffer.from([0xff, 0xd8, 0xff])],
    ['a segment that is cut off', Buffer.concat([start, jfif.subarray(0, 8)])],
    ['a segment shorter than its length', Buffer.concat([start, Buffer.from([0xff, 0xe0, 0, 1])])],
    ['no picture', Buffer.concat([start, jfif, end])],
    ['no marker where one must be', Buffer.concat([start, jfif, latin('xx')])],
  ])('refuses %s', (_, bytes) => {
    expect(() => stripMetadata(bytes, 'image/jpeg')).toThrow(DamagedFile);
  });
});

describe('stripping a PNG', () => {
  const header = chunk('IHDR', Buffer.alloc(13));
  const picture = chunk('IDAT', Buffer.alloc(9));
  const last = chunk('IEND', Buffer.alloc(0));
  it('drops EXIF, texts and time, and what follows the end', () => {
    const metadata = ['eXIf', 'tEXt', 'zTXt', 'iTXt', 'tIME'].map((type) => chunk(type, latin('GPS')));
    const image = Buffer.concat([pngSignature, header, ...metadata, picture, last, latin('more')]);
    expect(stripMetadata(image, 'image/png')).toEqual(Buffer.concat([pngSignature, header, picture, last]));
  });
  it.each([
    ['without an end', Buffer.concat([pngSignature, header])],
    ['with a chunk that is cut off', Buffer.concat([pngSignature, header.subarray(0, 20)])],
  ])('refuses one %s', (_, bytes) => {
    expect(() => stripMetadata(bytes, 'image/png')).toThrow(DamagedFile);
  });
});

describe('stripping a WebP picture', () => {
  const flags = (value: number) => riff('VP8X', Buffer.from([value, 0, 0, 0, 1, 0, 0, 1, 0, 0]));
  const picture = riff('VP8 ', Buffer.alloc(7, 3));
  it('drops EXIF and XMP, and corrects size and flags', () => {
    const image = webp(flags(0x2c), riff('ICCP', Buffer.alloc(3)), picture, riff('EXIF', latin('GPS!!')), riff('XMP ', latin('<x/>')));
    expect(stripMetadata(image, 'image/webp')).toEqual(webp(flags(0x20), riff('ICCP', Buffer.alloc(3)), picture));
  });
  it('drops what follows the end', () => {
    expect(stripMetadata(Buffer.concat([webp(picture), latin('more')]), 'image/webp')).toEqual(webp(picture));
  });
  it.each([
    ['a chunk that is cut off', webp(picture).subarray(0, 22)],
    ['no picture', webp()],
  ])('refuses %s', (_, bytes) => {
    expect(() => stripMetadata(bytes, 'image/webp')).toThrow(DamagedFile);
  });
});

it('a PDF stays as it is', () => {
  const document = latin('%PDF-1.7\n/Author (Li Lei)');
  expect(stripMetadata(document, 'application/pdf')).toBe(document);
});
