import type { Event } from '#libs/domain/return/evolve';
import type { Transaction } from '#libs/persistence/database';
import type { Change } from './record';

/** What a customer hears about, by event; the words are the worker's, in the customer's language. */
const letters: Partial<Record<Event['type'], string>> = {
  applied: 'applied',
  lines_approved: 'approved',
  lines_rejected: 'rejected',
  appeal_dismissed: 'rejected',
  received: 'received',
  settled: 'settled',
  cancelled: 'cancelled',
  expired: 'expired',
  offer_made: 'offer',
};

/** Mail is a job of this very transaction: it goes out if and only if what it says has become true. No address in it: the worker looks that up. */
export function announce(tx: Transaction, { after: { state }, events, cause }: Change): void {
  const found = new Set(events.flatMap((event) => letters[event.type] ?? furtherLetter(event)));
  if (found.size === 0) return;
  tx.write(
    `SELECT enqueue('mail', json_build_object('merchantId', current_setting('app.merchant_id'), 'returnId', $1::text, 'template', template, 'id', $2 || '/' || template), NULL, NULL)
     FROM unnest($3::text[]) AS template`,
    [state.returnId, `${state.returnId}/${cause}`, [...found]],
  );
}

function furtherLetter(event: Event): string[] {
  // What still waits for approval is promised to nobody.
  if (event.type === 'compensation_granted') return event.compensation.status === 'granted' ? ['compensation'] : [];
  if (event.type === 'compensation_changed') return event.set.status === 'granted' ? ['compensation'] : [];
  if (event.type === 'deadline_warned' && event.stage === 'handover') return ['handover_reminder'];
  if (event.type === 'inspected' && event.set.inspection === 'failed') return ['rejected'];
  return event.type === 'replacement_changed' && event.set.status === 'shipped' ? ['replacement_shipped'] : [];
}
