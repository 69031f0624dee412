import { newId } from '#libs/persistence/ids';
import type { Transaction } from '#libs/persistence/database';
import type { Change } from './record';

/** What people wrote and showed beside a command: erasable rows, never in the log and never in a history. */
export interface Annotations {
  readonly texts?: readonly {
    readonly kind: 'comment' | 'appeal' | 'inspection' | 'note';
    readonly visibility: 'internal' | 'customer';
    readonly body: object;
  }[];
  /** Ids of uploaded files that now belong to the return. */
  readonly files?: readonly string[];
  readonly serials?: readonly { readonly lineId: string; readonly unit: number | null; readonly serial: string }[];
  /** What an agent wrote beside an offer. */
  readonly offerNote?: string;
  /** Why an agent gave something for the trouble, in their own words: for colleagues. */
  readonly goodwillReason?: string;
  /** Why finance approved or rejected a refund: kept with the approval. */
  readonly approvalNote?: { readonly refundId: string; readonly text: string };
}

export function recordAnnotations(
  tx: Transaction,
  { after: { state }, events, actor, at }: Change,
  { texts = [], files = [], serials = [], approvalNote }: Annotations,
): void {
  for (const { kind, visibility, body } of texts) {
    tx.write(
      `INSERT INTO annotation (merchant_id, id, return_id, kind, visibility, body, author, created_at) VALUES (current_setting('app.merchant_id'), $1, $2, $3, $4, $5, $6, $7)`,
      [newId('ann'), state.returnId, kind, visibility, JSON.stringify(body), actor.id, at],
    );
  }
  if (approvalNote)
    tx.write('UPDATE refund_approval SET note = $4 WHERE refund_id = $1 AND by_user = $2 AND at = $3', [
      approvalNote.refundId,
      actor.id,
      at,
      approvalNote.text,
    ]);
  if (files.length > 0) tx.write('UPDATE file SET return_id = $2 WHERE id = ANY ($1::text[]) AND return_id IS NULL', [files, state.returnId]);
  const inspected = events.flatMap((event) => (event.type === 'inspected' || event.type === 'inspection_corrected' ? event.units : []));
  for (const { lineId, unit, serial } of serials) {
    const number = unit ?? Number(inspected.find((key) => key.startsWith(`${lineId}#`))?.slice(lineId.length + 1) ?? 0);
    tx.write(
      `INSERT INTO serial_number (merchant_id, serial, return_id, line_id, unit) VALUES (current_setting('app.merchant_id'), $1, $2, $3, $4)
       ON CONFLICT (merchant_id, serial, return_id) DO UPDATE SET line_id = excluded.line_id, unit = excluded.unit`,
      [serial, state.returnId, lineId, number],
    );
  }
}
