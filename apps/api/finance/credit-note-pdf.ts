import { finished, openPdf, type Pdf } from '../pdf/document';
import { columnGap, table, type Column, type Row } from '../pdf/table';
import { grey, heightOf, write } from '../pdf/text';
import type { CreditNote } from './credit-note';
import { noteTexts } from './credit-note-texts';

const margin = 48;
const page = { width: 595.28, height: 841.89 };
const width = page.width - 2 * margin;
/** Where a page ends for what flows; below it lies the footer. */
const bottom = page.height - margin - 24;

/** The note on A4. The same note gives the same bytes. */
export async function creditNotePdf(note: CreditNote): Promise<Buffer> {
  const document = openPdf({ size: 'A4', margin, title: `${note.title} ${note.number}`, lang: note.language, madeAt: note.issuedAt });
  const below = credited(document, note, head(document, note));
  taxes(document, note, lines(document, note, below + 14));
  footers(document, note);
  return finished(document);
}

/** Title, who to whom, and the facts beside them. Answers where it ends, as all parts do. */
function head(document: Pdf, note: CreditNote): number {
  const texts = noteTexts[note.language];
  const top = write(document, note.title, margin, margin, { width, size: 20, strong: true }) + 10;
  const party = (label: string, values: readonly string[], y: number): number => {
    let at = write(document, label, margin, y, { width: 200, size: 8, colour: grey });
    for (const value of values) at = write(document, value, margin, at, { width: 200, size: 10 });
    return at + 8;
  };
  const parties = party(texts.to, note.to, party(texts.from, note.from, top));
  let at = top;
  for (const [label, value] of note.facts) {
    write(document, label, margin + 220, at + 1, { width: 100, size: 8, colour: grey });
    at = write(document, value, margin + 322, at, { width: width - 322, size: 9 }) + 2;
  }
  return Math.max(parties, at) + 6;
}

/** The one figure that counts, in a box of its own. */
function credited(document: Pdf, { credited: { label, amount, sentences } }: CreditNote, y: number): number {
  const inner = width - 24;
  const small = { width: inner, size: 8.5, colour: grey };
  const height = 32 + sentences.reduce((sum, sentence) => sum + heightOf(document, sentence, small) + 2, sentences.length === 0 ? 0 : 4);
  document.rect(margin, y, width, height).fill('#f3f4f6');
  write(document, label, margin + 12, y + 9, { width: inner / 2, size: 11 });
  write(document, amount, margin + 12 + inner / 2, y + 6, { width: inner / 2, size: 14, align: 'right', strong: true });
  let at = y + 31;
  for (const sentence of sentences) at = write(document, sentence, margin + 12, at, small) + 2;
  return y + height;
}

const right = (title: string, columnWidth: number): Column => ({ title, width: columnWidth, align: 'right' });
/** The first column takes what the others leave. */
const columnsOf = (first: string, others: readonly Column[]): Column[] => [
  { title: first, width: width + columnGap - others.reduce((sum, column) => sum + column.width, 0), align: 'left' },
  ...others,
];

function lines(document: Pdf, note: CreditNote, y: number): number {
  const texts = noteTexts[note.language];
  const amounts = [texts.goods, texts.discount, texts.tax, texts.amount].map((title) => right(title, 68));
  const rows: Row[] = note.lines.map(({ label, note: remark = '', quantity, goods, discount, tax, amount }) => ({
    cells: [label, quantity, goods, discount, tax, amount],
    note: remark,
  }));
  rows.push({ cells: [note.total.label, '', '', '', '', note.total.amount], strong: true });
  const end = table(document, columnsOf(texts.article, [right(texts.quantity, 42), ...amounts]), rows, y, bottom);
  return write(document, note.remark, margin, end + 2, { width, size: 7.5, colour: grey }) + 12;
}

function taxes(document: Pdf, note: CreditNote, y: number): void {
  if (note.taxes.length === 0) return;
  const texts = noteTexts[note.language];
  // A title alone at the end of a page would name nothing.
  if (y + 60 > bottom) document.addPage();
  const at = y + 60 > bottom ? margin : y;
  const below = write(document, note.taxesTitle, margin, at, { width, size: 10, strong: true });
  const columns = columnsOf(
    texts.taxName,
    [texts.rate, texts.net, texts.taxAmount].map((title) => right(title, 90)),
  );
  const rows = note.taxes.map((cells) => ({ cells }));
  table(document, columns, rows, below + 6, bottom);
}

function footers(document: Pdf, note: CreditNote): void {
  const texts = noteTexts[note.language];
  const { count } = document.bufferedPageRange();
  for (let index = 0; index < count; index++) {
    document.switchToPage(index);
    // It lies in the margin, where text would begin another page.
    document.page.margins.bottom = 0;
    const small = { size: 7.5, colour: grey };
    write(document, `${note.number} · ${note.footer}`, margin, page.height - margin - 10, { ...small, width: width - 90 });
    write(document, texts.page(index + 1, count), page.width - margin - 80, page.height - margin - 10, { ...small, width: 80, align: 'right' });
  }
}
