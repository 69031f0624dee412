import type { Pdf } from './document';
import { grey, heightOf, write } from './text';

export interface Column {
  /** Points, the gap to the next column included. */
  readonly width: number;
  readonly title: string;
  readonly align: 'left' | 'right';
}
export interface Row {
  /** One text a column; an empty one leaves the cell free. */
  readonly cells: readonly string[];
  /** Small and grey, below the first cell. */
  readonly note?: string;
  /** A sum: strong, below a line. */
  readonly strong?: boolean;
}

export const columnGap = 8;
const sizes = { title: 8, cell: 9, note: 7.5 };

/**
 * A table from `y` on; a row that does not fit begins the next page, below the titles once more. Answers where it ends.
 * @param bottom where a page ends, in points
 */
export function table(document: Pdf, columns: readonly Column[], rows: readonly Row[], y: number, bottom: number): number {
  const { left, top } = document.page.margins;
  const starts = columns.map((_, index) => left + columns.slice(0, index).reduce((sum, { width }) => sum + width, 0));
  const style = ({ width, align }: Column, size: number) => ({ width: width - columnGap, align, size });
  const right = starts.at(-1)! + columns.at(-1)!.width - columnGap;
  const line = (at: number) => document.lineWidth(0.5).moveTo(left, at).lineTo(right, at).stroke('#d1d5db');

  const titles = (at: number): number => {
    const ends = columns.map((column, index) => write(document, column.title, starts[index]!, at, { ...style(column, sizes.title), colour: grey }));
    line(Math.max(...ends) + 3);
    return Math.max(...ends) + 7;
  };
  let at = titles(y);
  for (const { cells, note = '', strong = false } of rows) {
    const height = Math.max(...cells.map((cell, index) => heightOf(document, cell, style(columns[index]!, sizes.cell))));
    const whole = height + (note === '' ? 0 : heightOf(document, note, style(columns[0]!, sizes.note)));
    if (at + whole > bottom) {
      document.addPage();
      at = titles(top);
    }
    if (strong) line(at++);
    for (const [index, cell] of cells.entries()) {
      if (cell !== '') write(document, cell, starts[index]!, at, { ...style(columns[index]!, sizes.cell), strong });
    }
    if (note !== '') write(document, note, left, at + height, { ...style(columns[0]!, sizes.note), colour: grey });
    at += whole + 4;
  }
  return at;
}
