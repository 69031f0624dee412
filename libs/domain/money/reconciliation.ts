/** A refund of ours, and one in a provider's own list. Amounts in minor units of their currency. */
export interface OurRefund {
  readonly status: string;
  readonly amount: number;
  readonly currency: string;
  /** Null until the provider has given it one. */
  readonly providerRefundId: string | null;
}
export interface TheirRefund {
  readonly id: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly amount: number;
  readonly currency: string;
}

export const differenceKinds = ['missing_here', 'missing_there', 'amount_differs'] as const;
/** Money the provider gave back and our books do not have; money our books have and the provider did not give; both, with another amount. */
export type DifferenceKind = (typeof differenceKinds)[number];
/** `nothing`: no money moved or is moving, here or there. */
export type Comparison = DifferenceKind | 'matched' | 'nothing';

/**
 * What two books say of one refund. The provider's is one of its refunds, not all it holds under our id: of two that succeeded one is money that our books do not have.
 * Ours null: we know no refund by that id. Theirs null: the provider has none, looked up by our id.
 */
export function compare(ours: OurRefund | null, theirs: TheirRefund | null): Comparison {
  const here = ours !== null && (theirs === null || (ours.providerRefundId ?? theirs.id) === theirs.id) ? ours : null;
  if (theirs === null || theirs.status === 'failed') return here?.status === 'succeeded' ? 'missing_there' : 'nothing';
  if (here === null) return 'missing_here';
  const equal = sameSum(here, theirs) ? 'matched' : 'amount_differs';
  if (theirs.status === 'succeeded') return here.status === 'succeeded' ? equal : 'missing_here';
  if (here.status === 'succeeded') return 'missing_there';
  return isUnderWay(here) ? equal : 'missing_here';
}

/**
 * The provider has decided, and our books wait for its word or had another one: its report was lost, and is told anew. Of a refund that has failed here it is asked then which
 * was its last word. Another sum under our id is another refund.
 */
export function isOverdueReport(ours: OurRefund | null, theirs: TheirRefund | null): boolean {
  if (ours === null || theirs === null || theirs.status === 'pending') return false;
  if (ours.status === 'failed') return theirs.status === 'succeeded' && (ours.providerRefundId === theirs.id || sameSum(ours, theirs));
  if ((ours.providerRefundId ?? theirs.id) !== theirs.id) return false;
  return isUnderWay(ours) || (ours.status === 'succeeded' && theirs.status === 'failed');
}

/** Our books wait for the provider's word. */
export const isUnderWay = ({ status }: OurRefund): boolean => status === 'pending' || status === 'unknown';
const sameSum = (ours: OurRefund, theirs: TheirRefund): boolean => ours.amount === theirs.amount && ours.currency === theirs.currency;

const over = new Set(['succeeded', 'failed', 'redirected', 'rejected']);
/** Money that the provider gave back besides what our books have of it, or may still come to have: made by others, or for a refund of ours that has ended otherwise. */
export const isMadeElsewhere = (ours: OurRefund | null, theirs: TheirRefund): boolean =>
  theirs.status === 'succeeded' && compare(ours, theirs) === 'missing_here' && !isOverdueReport(ours, theirs) && (ours === null || over.has(ours.status));
