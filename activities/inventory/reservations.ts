import { evolve } from '#libs/domain/return/evolve';
import type { Replacement, ReturnState } from '#libs/domain/return/state';
import type { Transaction } from '#libs/persistence/database';
import type { Change } from '../returns/record';

/** Stock for exchanges and reships: taken when promised, given back when the promise ends. The table refuses to go below zero. A repaired article is the customer's own. */
export function recordReservations(tx: Transaction, { before, events }: Change): void {
  let state: ReturnState = before;
  const taken: Replacement[] = [];
  const given: Replacement[] = [];
  const shipped: Replacement[] = [];
  for (const event of events) {
    const next = evolve(state, event);
    if (event.type === 'replacement_reserved' && event.replacement.status === 'reserved' && event.replacement.kind !== 'repair') taken.push(event.replacement);
    if (event.type === 'replacement_changed') {
      const was = state.replacements.find((one) => one.replacementId === event.replacementId)!;
      const is = next.replacements.find((one) => one.replacementId === event.replacementId)!;
      if (was.kind !== 'repair' && is.status === 'cancelled' && was.status === 'reserved') given.push(was);
      if (is.status === 'shipped' && was.status === 'reserved') shipped.push(is);
    }
    state = next;
  }
  for (const { replacementId, sku } of taken)
    tx.write(
      `INSERT INTO stock_reservation (merchant_id, replacement_id, sku, quantity, status) VALUES (current_setting('app.merchant_id'), $1, $2, 1, 'reserved')`,
      [replacementId, sku],
    );
  for (const { replacementId } of given) tx.write(`UPDATE stock_reservation SET status = 'released' WHERE replacement_id = $1`, [replacementId]);
  for (const { replacementId } of shipped) tx.write(`UPDATE stock_reservation SET status = 'shipped' WHERE replacement_id = $1`, [replacementId]);
  for (const [sku, quantity] of moved(taken, given))
    tx.write('UPDATE inventory SET available = available + $2::int, updated_at = now() WHERE sku = $1', [sku, quantity]);
}

/**
 * What becomes of each article, each once and all in one order, whether they are taken or given back: so two returns never wait for each other's stock. What one
 * decision gives back it may take again, however little is left.
 */
function moved(taken: readonly Replacement[], given: readonly Replacement[]): (readonly [sku: string, quantity: number])[] {
  const quantities = new Map<string, number>();
  const add = (sku: string, quantity: number) => quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  for (const { sku } of taken) add(sku, -1);
  for (const { sku } of given) add(sku, 1);
  return [...quantities].filter(([, quantity]) => quantity !== 0).toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)));
}
