import type { TenderKind } from '../order';
import type { RefundRules } from '../policy/policy';
import type { Allocator } from './allocator';

/** What a tender of the order can still take back. Minor units. */
export interface TenderBalance {
  readonly tenderId: string;
  readonly kind: TenderKind;
  readonly capturedAmount: number;
  /** Refunded or on its way. */
  readonly returnedAmount: number;
  /** A disputed part counts: the money is owed to that tender and waits for the dispute's end. */
  readonly room: number;
}
export interface FilledTender {
  readonly tenderId: string;
  readonly kind: TenderKind;
  readonly amount: number;
}

/** How a total is laid on the tenders. Their room holds it; `balances` stand in the order's sequence, the answer in that in which they were filled. */
export type TenderOrder = (total: number, balances: readonly TenderBalance[], rule: RefundRules['tenderOrder'], allocator: Allocator) => FilledTender[];
