import type { Order } from '../order';
import type { Finding } from './findings';
import type { Fault, HandoverMethod, Policy, Resolution } from './policy';

/** What a customer asks for, as far as the rules look at it. */
export interface Application {
  /** Null: that of the order. */
  readonly channel: string | null;
  readonly lines: readonly ApplicationLine[];
  readonly method: HandoverMethod;
}
export interface ApplicationLine {
  readonly lineId: string;
  readonly quantity: number;
  readonly reason: string;
  readonly resolution: Resolution;
  /** Another article for resolution `exchange`; null: the same one again. */
  readonly exchangeSku: string | null;
  /** Minor units, with resolution `adjustment`. */
  readonly adjustmentAmount: number | null;
  readonly evidenceCount: number;
}

/** Everything an application is judged by. Amounts are minor units of the order's currency. */
export interface World {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly order: Order;
  readonly policy: Policy;
  /** Numbers of the units that no return holds, ascending, by line. */
  readonly freeUnits: Readonly<Record<string, readonly number[]>>;
  readonly customer: { readonly blocked: boolean; readonly riskScore: number; readonly tier: string | null };
  readonly stock: Readonly<Record<string, { readonly available: number; readonly price: number } | undefined>>;
  /** What the customer would get for these units: tax inside, discounts off, no fees. */
  readonly unitAmounts: (lineId: string, units: readonly number[]) => number;
  /** What was paid for these units as the order's prices are (goods less discounts, without a tax that is put on top). */
  readonly unitPrices: (lineId: string, units: readonly number[]) => number;
}

export interface Assessment {
  readonly eligible: boolean;
  readonly lines: readonly AssessedLine[];
  /** Asked for, but not in the order: bad input rather than a finding. */
  readonly unknownLines: readonly string[];
  readonly approval: 'automatic' | 'review';
  /** Ways to hand the goods over; `none` alone when nothing comes back. */
  readonly methods: readonly HandoverMethod[];
}
export interface AssessedLine {
  readonly lineId: string;
  readonly quantity: number;
  /** The lowest free ones; fewer than `quantity` when there are not enough. */
  readonly units: readonly number[];
  readonly eligible: boolean;
  /** All of them, not the first. */
  readonly findings: readonly Finding[];
  /** What may be asked for with this reason. */
  readonly resolutions: readonly Resolution[];
  readonly reason: string;
  /** Whose fault the reason is; the customer's when the policy does not know it. */
  readonly fault: Fault;
  readonly goodsBack: boolean;
  /** What the line is worth: its adjustment, else what its units give. */
  readonly value: number;
}
