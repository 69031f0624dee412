import bwip from 'bwip-js/node';
import { finished, openPdf, printable } from '../pdf/document';
import { grey, write } from '../pdf/text';

export interface LabelText {
  readonly number: string;
  readonly carrier: string;
  readonly trackingNumber: string;
}

/** In the language of both who sends and who may carry it: a label has one side, and no reader we know of. */
const instructions = [
  '1. 打印本页，贴在包裹最大的一面。 Print this page and stick it on the largest side of the parcel.',
  '2. 请遮盖或撕去旧面单。 Cover or take off old labels.',
  '3. 将包裹交至网点，保留回执。 Hand the parcel over at a drop-off point and keep the receipt.',
];

/** The return label, A6, one page: the carrier's bar code (Code 128) and the return's own as a QR code, both with their text, and what to do in Chinese and English. */
export async function returnLabel({ number, carrier, trackingNumber }: LabelText): Promise<Buffer> {
  const [bars, square] = await Promise.all([
    bwip.toBuffer({ bcid: 'code128', text: trackingNumber, scale: 3, height: 18, includetext: false }),
    bwip.toBuffer({ bcid: 'qrcode', text: number, scale: 4 }),
  ]);
  const margin = 24;
  const document = openPdf({ size: 'A6', margin, title: `Return ${number}`, lang: 'zh-CN', madeAt: new Date(0) });
  const width = document.page.width - 2 * margin;
  const centred = (text: string, y: number, size: number, strong = false) => write(document, text, margin, y, { width, size, align: 'center', strong });
  centred('退货 RETURN', margin - 4, 18, true);
  centred(printable(carrier).toUpperCase(), 46, 11);
  document.image(bars, 30, 68, { width: 237, height: 72 });
  centred(printable(trackingNumber), 144, 12);
  document.image(square, 99, 168, { width: 100 });
  centred(number, 272, 16, true);
  let y = 304;
  for (const instruction of instructions) y = write(document, instruction, margin, y, { width, size: 7.5, colour: grey }) + 3;
  return finished(document);
}
