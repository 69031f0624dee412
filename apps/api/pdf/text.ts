import type { Pdf } from './document';

export const ink = '#111827';
export const grey = '#6b7280';

export interface TextStyle {
  /** Points, as all lengths here. */
  readonly width: number;
  readonly size: number;
  readonly colour?: string;
  readonly align?: 'left' | 'right' | 'center';
  /** The font has one weight: strong is a thin line around its letters. */
  readonly strong?: boolean;
}

/** Writes a text, over several lines where it has to; answers where it ends. */
export function write(document: Pdf, text: string, x: number, y: number, style: TextStyle): number {
  const { width, size, colour = ink, align = 'left', strong = false } = style;
  document
    .fontSize(size)
    .fillColor(colour)
    .strokeColor(colour)
    .lineWidth(size / 40);
  document.text(text, x, y, { width, align, stroke: strong, fill: true });
  return document.y;
}

export function heightOf(document: Pdf, text: string, { width, size }: Pick<TextStyle, 'width' | 'size'>): number {
  return document.fontSize(size).heightOfString(text, { width });
}
