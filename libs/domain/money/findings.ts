import type { FeeRule } from '../policy/policy';
import type { GivenCoupons } from './coupons';
import type { TakenFee } from './fees';
import type { GivenLine } from './given-units';
import type { FrozenOrder } from './order-shares';
import type { OrderStanding } from './order-standing';
import type { GivenShipping } from './outbound-shipping';
import type { GivenPoints } from './points';
import type { AdvancedMoney, Explanation, Settlement, SettlementInput } from './settlement-types';

/** Everything a settlement was made of. */
export interface Findings {
  readonly input: SettlementInput;
  readonly order: FrozenOrder;
  readonly standing: OrderStanding;
  readonly lines: readonly GivenLine[];
  readonly shipping: readonly GivenShipping[];
  readonly fees: readonly TakenFee[];
  readonly tooSmall: ReadonlySet<FeeRule>;
  readonly coupons: GivenCoupons;
  readonly taxes: Settlement['taxes'];
  readonly total: number;
  /** What advances paid of the total; `tenders` is where the rest goes. */
  readonly advanced: readonly AdvancedMoney[];
  readonly tenders: Settlement['tenders'];
  readonly points: GivenPoints;
}

/** What is said of a settlement: an entry a rule, in the order of application. */
export type Explainer = (findings: Findings) => Explanation[];
