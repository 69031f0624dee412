import { advanceStatus } from '#libs/domain/return/advance-book';
import type { Event } from '#libs/domain/return/evolve';
import type { ReturnState } from '#libs/domain/return/state';
import type { Transaction } from '#libs/persistence/database';
import type { Change } from './record';

/** What a customer hears about, by event; the words are the worker's, in the customer's language. */
const letters: Partial<Record<Event['type'], string>> = {
  applied: 'applied',
  lines_rejected: 'rejected',
  appeal_dismissed: 'rejected',
  received: 'received',
  cancelled: 'cancelled',
  expired: 'expired',
  offer_made: 'offer',
};

/** Mail is a job of this very transaction: it goes out if and only if what it says has become true. No address in it: the worker looks that up. */
export function announce(tx: Transaction, { before, after: { state }, events, cause }: Change): void {
  const found = new Set(events.flatMap((event) => letters[event.type] ?? furtherLetter(event)));
  if (events.some((event) => event.type === 'lines_approved' && event.lines.some((lineId) => !isReviewedAgain(before, lineId)))) found.add('approved');
  if (isMoneyPromised(before, state)) found.add('settled');
  if (isAdvancePromised(before, state)) found.add('advanced');
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
  if (event.type === 'advance_changed' && event.set.recovery && event.set.recovery !== 'write_off' && event.set.recoveredAmount) return ['advance_recovered'];
  return event.type === 'replacement_changed' && event.set.status === 'shipped' ? ['replacement_shipped'] : [];
}

/** Finance has withdrawn what was settled: who approves the line once more tells the customer nothing new, and least of all to send what has arrived. */
function isReviewedAgain(before: ReturnState, lineId: string): boolean {
  const line = before.lines.find((one) => one.lineId === lineId);
  if (line?.authorization !== 'pending' || !before.refunds.some((refund) => refund.status === 'rejected')) return false;
  return line.decidedBy !== null || !line.goodsBack || before.units.some((unit) => unit.lineId === lineId && unit.logistics !== 'awaiting');
}

const waiting = (state: ReturnState) => new Set(state.refunds.filter((refund) => refund.status === 'awaiting_approval').map((refund) => refund.settlementId));
/** An advance too. */
function isAdvancePromised(before: ReturnState, after: ReturnState): boolean {
  const [waited, waits] = [waiting(before), waiting(after)];
  const known = new Set((before.advances ?? []).map(({ advanceId }) => advanceId));
  const standing = (after.advances ?? []).filter((advance) => advanceStatus(advance) !== 'withdrawn').map(({ advanceId }) => advanceId);
  return standing.some((advanceId) => !waits.has(advanceId) && (waited.has(advanceId) || !known.has(advanceId)));
}

/** An instalment is told once nobody has to approve its money any more: finance may still withdraw it, and what was promised stays. */
function isMoneyPromised(before: ReturnState, after: ReturnState): boolean {
  const settled = (state: ReturnState) => state.units.flatMap((unit) => (unit.settlementId === null ? [] : [...(unit.earlier ?? []), unit.settlementId]));
  const [waited, waits, known, standing] = [waiting(before), waiting(after), new Set(settled(before)), new Set(settled(after))];
  return [...standing].some((settlementId) => !waits.has(settlementId) && (waited.has(settlementId) || !known.has(settlementId)));
}
