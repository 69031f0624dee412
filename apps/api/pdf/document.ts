import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { create, type Font } from 'fontkit';
import PDFDocument from 'pdfkit';

export type Pdf = InstanceType<typeof PDFDocument>;

/** Latin and Simplified Chinese in one file. */
const fontFile = () => join(dirname(require.resolve('@embedpdf/fonts-sc')), '../fonts/NotoSansHans-Regular.otf');
/** Read once, when the first page is printed: reading it for each document would be most of the work. Documents cut their own subsets of it and leave it as it is. */
let font: Font | undefined;

export interface PdfOptions {
  readonly size: 'A4' | 'A6';
  /** Points. */
  readonly margin: number;
  readonly title: string;
  readonly lang: string;
  /** What the document gives as the time it was made: the same facts make the same bytes whenever they are printed. */
  readonly madeAt: Date;
}

/** An empty document, one page begun. All pages stay open until `finished`. */
export function openPdf({ size, margin, title, lang, madeAt }: PdfOptions): Pdf {
  font ??= create(readFileSync(fontFile()));
  const document = new PDFDocument({
    size,
    margin,
    lang,
    displayTitle: true,
    bufferPages: true,
    info: { Title: title, Creator: 'Boomerang', Producer: 'Boomerang', CreationDate: madeAt, ModDate: madeAt },
  });
  // pdfkit takes a font that was read before as well as a file; its types know of files alone.
  return document.font(font as unknown as PDFKit.Mixins.PDFFontSource);
}

/** The bytes of the whole document. */
export async function finished(document: Pdf): Promise<Buffer> {
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise<Buffer>((resolve, reject) => {
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  document.end();
  return done;
}

/**
 * A text that somebody typed, fit for print: one line, without characters that have no shape or turn the direction of what follows (a name must not be able to turn the
 * figures beside it around). What the font does not have is printed as a box.
 */
export function printable(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[\p{Cs}\p{Cf}\p{Co}\p{Cn}]/gu, '')
    .trim();
}
