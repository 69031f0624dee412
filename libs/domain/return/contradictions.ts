import type { Outcome } from './input';
import type { Refund } from './state';

/**
 * A provider that says one thing in a report and another in an answer. Reports overtake answers, and nobody pays again, or another way, before it has answered what was
 * asked: a look-up in its own list is the last word.
 */

/** The call may be on the wire: its answer is still to come, whatever is reported meanwhile. */
export const isOut = ({ call, held, paused }: Refund): boolean => call === 'refund' && !held && paused !== true;

/** Failed by its word, and it is being asked, or has not answered yet: nobody tries again meanwhile. */
export const isAsked = ({ status, call }: Refund): boolean => status === 'failed' && call !== null;

/** The question that stays open when a report comes: the answer to a call under way, and what became of one that nobody answered. A promise is kept, or broken, by its report. */
export function stillOpen(refund: Refund, reported: 'succeeded' | 'failed'): Pick<Refund, 'call' | 'notBefore'> {
  const unclear = isOut(refund) || (reported === 'failed' && (refund.status === 'unknown' || (refund.status === 'succeeded' && refund.call !== null)));
  return unclear ? { call: refund.call, notBefore: refund.notBefore } : { call: null, notBefore: null };
}

/** What an answer says of a refund that was reported before it came. Null: nothing new, it agrees or says nothing against it; else it is to be looked up. */
export function contradicted(refund: Refund, result: Outcome): { readonly providerRefundId: string | null } | null {
  const said = 'providerRefundId' in result ? (result.providerRefundId ?? null) : null;
  const contradiction = { providerRefundId: said ?? refund.providerRefundId };
  if (refund.status === 'failed') return result.kind === 'refused' ? null : contradiction;
  if (result.kind === 'unanswered') return null;
  const agrees =
    (result.kind === 'done' || result.kind === 'accepted') && (said === null || refund.providerRefundId === null || said === refund.providerRefundId);
  return agrees ? null : contradiction;
}
