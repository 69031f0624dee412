import bwip from 'bwip-js/node';
import PDFDocument from 'pdfkit';

export interface LabelText {
  readonly number: string;
  readonly carrier: string;
  readonly trackingNumber: string;
}

/**
 * The return label, A6, one page: the carrier's bar code (Code 128) and the return's own as a QR code, both with their text. Chinese words need a font that is not
 * part of PDF's standard ones, so the label has codes and numbers; its instructions are in the mail, in the customer's language.
 */
export async function returnLabel({ number, carrier, trackingNumber }: LabelText): Promise<Buffer> {
  const [bars, square] = await Promise.all([
    bwip.toBuffer({ bcid: 'code128', text: trackingNumber, scale: 3, height: 18, includetext: false }),
    bwip.toBuffer({ bcid: 'qrcode', text: number, scale: 4 }),
  ]);
  const document = new PDFDocument({ size: 'A6', margin: 24, info: { Title: `Return ${number}` } });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise<Buffer>((resolve, reject) => {
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  document.font('Helvetica-Bold').fontSize(18).text('RETURN', { align: 'center' });
  document.font('Helvetica').fontSize(11).text(carrier.toUpperCase(), { align: 'center' }).moveDown();
  document.image(bars, 30, 90, { width: 237, height: 80 });
  document.fontSize(12).text(trackingNumber, 24, 178, { align: 'center' });
  document.image(square, 94, 210, { width: 110 });
  document.font('Helvetica-Bold').fontSize(16).text(number, 24, 330, { align: 'center' });
  document.end();
  return done;
}
