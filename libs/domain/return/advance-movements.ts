import { postingsOfAdvance, postingsOfAdvanceRecovery, postingsOfAdvanceSettled, reversed, type Posting } from '../money/postings';
import { keptMoved, type KeptUnit } from './advance-keeping';
import { promisedOf, settledOf, total } from './advance-book';
import type { Advance, ReturnState } from './state';

/** What an event did to one advance, as the order's balances and the ledger have to know it; below zero is given back. */
export interface AdvanceMovement {
  readonly advanceId: string;
  readonly postings: readonly Posting[];
  /** Of what is granted on the order, the part that no settlement stands for. */
  readonly advancedAmount: number;
  readonly shipping: readonly { readonly shipmentId: string; readonly amount: number }[];
  readonly pointsRestored: number;
  /** What units count as given by it. */
  readonly kept: readonly KeptUnit[];
}
export function advanceMovements(before: ReturnState, after: ReturnState): AdvanceMovement[] {
  return (after.advances ?? []).flatMap((is) => {
    const was = before.advances?.find(({ advanceId }) => advanceId === is.advanceId) ?? null;
    return was === is ? [] : [movement(was, is, after.currency)];
  });
}
function movement(was: Advance | null, is: Advance, currency: string): AdvanceMovement {
  const moved = (figure: (advance: Advance) => number) => figure(is) - (was ? figure(was) : 0);
  const booked = (amount: number, postings: (amount: number) => Posting[]) => (amount < 0 ? reversed(postings(-amount)) : postings(amount));
  const recovery = is.recovery ?? was?.recovery ?? 'invoice';
  const shipments = new Set([...is.shipping, ...(was?.shipping ?? [])].map(({ shipmentId }) => shipmentId));
  const holds = (shipmentId: string) => (advance: Advance) => total(advance.shipping.filter((row) => row.shipmentId === shipmentId));
  // Store credit is money taken back; what is written off or asked back has been given for all that we know.
  const takenBack = recovery === 'store_credit' ? moved((advance) => advance.recoveredAmount) : 0;
  return {
    advanceId: is.advanceId,
    postings: [
      ...booked(moved(promisedOf), (amount) => postingsOfAdvance({ amount, currency })),
      ...booked(moved(settledOf), (amount) => postingsOfAdvanceSettled({ amount, currency })),
      ...booked(moved((advance) => advance.recoveredAmount), (amount) => postingsOfAdvanceRecovery({ amount, currency, recovery })), // prettier-ignore
    ],
    advancedAmount: moved(promisedOf) - moved(settledOf) - takenBack,
    shipping: [...shipments].map((shipmentId) => ({ shipmentId, amount: moved(holds(shipmentId)) })).filter(({ amount }) => amount !== 0),
    pointsRestored: moved((advance) => advance.pointsRestored),
    kept: keptMoved(was?.kept ?? [], is.kept ?? []),
  };
}
