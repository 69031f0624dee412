import type { SettledUnit, SettlementInput } from '../money/settlement-types';
import { isHeld, type KeptUnit } from './advance-keeping';
import type { Event } from './evolve';
import type { World } from './input';
import { unitKey, type ReturnState, type UnitKey } from './state';

export interface Claim {
  readonly returnId: string;
  readonly lineId: string;
  readonly unit: number;
  outcome: 'open' | 'refunded' | 'refunded_kept' | 'adjusted' | 'kept';
  given: number;
  /** The tax of what was given of it in part. */
  taxes?: readonly number[] | undefined;
  live: boolean;
}
interface Place {
  readonly lineId: string;
  readonly unit: number;
}

/** Who has which unit of an order, as the rows of `unit_claim` would say. */
export class ClaimBook {
  readonly rows: Claim[] = [];

  /** What others find of it. */
  get told(): Pick<World['money'], 'settledUnits' | 'keptUnits' | 'givenAmounts'> {
    return {
      settledUnits: this.rows.filter((claim) => claim.live && claim.outcome.startsWith('refunded')),
      keptUnits: this.rows.filter((claim) => claim.live && ['kept', 'refunded_kept'].includes(claim.outcome)),
      givenAmounts: this.rows
        .filter((claim) => claim.outcome === 'adjusted' || (claim.outcome === 'kept' && claim.given > 0))
        .map(({ lineId, unit, given, taxes }) => ({ lineId, unit, amount: given, ...(taxes && { taxes }) })),
    };
  }
  get live(): ReadonlySet<UnitKey> {
    return new Set(this.rows.filter((claim) => claim.live).map(unitKey));
  }

  /** @param state as the event left it */
  book(state: ReturnState, event: Event): void {
    const add = (place: Place) => this.rows.push({ returnId: state.returnId, lineId: place.lineId, unit: place.unit, outcome: 'open', given: 0, live: true });
    if (event.type === 'applied') for (const [lineId, unit] of event.units) add({ lineId, unit });
    if (event.type === 'reopened') {
      const live = new Set(
        this.#of(state)
          .filter((claim) => claim.live)
          .map(unitKey),
      );
      for (const unit of state.units) if (event.units.includes(unitKey(unit)) && !live.has(unitKey(unit))) add(unit);
    }
    // As good as new again at the customer's: sent anew, or repaired.
    const renewed =
      event.type === 'replacement_changed' && event.set.status === 'delivered'
        ? state.replacements.filter((one) => one.replacementId === event.replacementId && one.kind !== 'exchange').map(unitKey)
        : [];
    const free = new Set([...state.units.filter((unit) => unit.released).map(unitKey), ...renewed].filter((key) => !isHeld(state, key)));
    for (const claim of this.#of(state)) if (free.has(unitKey(claim))) claim.live = false;
  }
  /** What an advance that nobody gives back leaves with its units. */
  keep(state: ReturnState, kept: readonly KeptUnit[]): void {
    for (const row of kept) {
      const claim = this.#of(state).findLast((one) => unitKey(one) === unitKey(row) && (row.amount > 0 || one.given > 0))!;
      claim.given += row.amount;
      claim.outcome = claim.given > 0 ? 'adjusted' : 'open';
    }
  }
  settle(state: ReturnState, settled: readonly SettledUnit[], { units }: SettlementInput): void {
    for (const unit of settled) {
      const claim = this.#of(state).find((one) => one.live && unitKey(one) === unitKey(unit));
      if (!claim) throw new Error(`${unitKey(unit)} was settled without a claim`);
      const keeps = units.find((one) => unitKey(one) === unitKey(unit))?.keepsGoods === true;
      claim.outcome = ({ refund: keeps ? 'refunded_kept' : 'refunded', exchange: 'kept', adjustment: 'adjusted', none: 'kept' } as const)[unit.kind];
      claim.given += unit.amount;
      claim.taxes = unit.taxes ?? claim.taxes;
      if (claim.outcome === 'adjusted') claim.live = false;
    }
  }
  withdraw(state: ReturnState, settled: readonly SettledUnit[]): void {
    for (const unit of settled) {
      const claim = this.#of(state).find((one) => (one.live || one.outcome === 'adjusted') && unitKey(one) === unitKey(unit))!;
      claim.given -= unit.amount;
      if (unit.taxes) claim.taxes = undefined;
      claim.outcome = claim.given > 0 ? 'kept' : 'open';
      claim.live = true;
    }
  }

  #of = ({ returnId }: ReturnState) => this.rows.filter((claim) => claim.returnId === returnId);
}
