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
  const gone: Replacement[] = [];
  for (const event of events) {
    const next = evolve(state, event);
    if (event.type === 'replacement_reserved' && event.replacement.status === 'reserved' && event.replacement.kind !== 'repair') taken.push(event.replacement);
    if (event.type === 'replacement_changed') {
      const was = state.replacements.find((one) => one.replacementId === event.replacementId)!;
      const is = next.replacements.find((one) => one.replacementId === event.replacementId)!;
      if (was.kind !== 'repair' && is.status === 'cancelled' && was.status === 'reserved') given.push(was);
      if (is.status === 'shipped' && was.status === 'reserved') shipped.push(is);
    }
    if (event.type === 'step_changed' && event.set.recall === 'refused') gone.push(replacedBy(next, event.id));
    state = next;
  }
  for (const { replacementId, sku } of taken)
    tx.write(
      `INSERT INTO stock_reservation (merchant_id, replacement_id, sku, quantity, status) VALUES (current_setting('app.merchant_id'), $1, $2, 1, 'reserved')`,
      [replacementId, sku],
    );
  for (const { replacementId } of given) tx.write(`UPDATE stock_reservation SET status = 'released' WHERE replacement_id = $1`, [replacementId]);
  for (const { replacementId } of [...shipped, ...gone]) tx.write(`UPDATE stock_reservation SET status = 'shipped' WHERE replacement_id = $1`, [replacementId]);
  for (const [sku, { back, lost }] of moved(taken, given, gone))
    tx.write(
      // A promise that is not there is refused; goods that have left are a fact, and then nothing is left.
      'UPDATE inventory SET available = greatest(available + $2::int - $3::int, least(available + $2::int, 0)), updated_at = now() WHERE sku = $1',
      [sku, back, lost],
    );
}

function replacedBy(state: ReturnState, stepId: string): Replacement {
  const step = state.steps.find(({ id }) => id === stepId)!;
  return state.replacements.find(({ replacementId }) => replacementId === step.subject)!;
}

/**
 * What becomes of each article, each once and all in one order, whether they are taken or given back: so two returns never wait for each other's stock. What one
 * decision gives back it may take again, however little is left.
 */
function moved(taken: readonly Replacement[], given: readonly Replacement[], gone: readonly Replacement[]) {
  const articles = new Map<string, { back: number; lost: number }>();
  const add = ({ sku }: Replacement, what: 'back' | 'lost', quantity: number) => {
    const article = articles.get(sku) ?? { back: 0, lost: 0 };
    articles.set(sku, { ...article, [what]: article[what] + quantity });
  };
  for (const one of taken) add(one, 'back', -1);
  for (const one of given) add(one, 'back', 1);
  for (const one of gone) add(one, 'lost', 1);
  return [...articles].filter(([, { back, lost }]) => back !== 0 || lost !== 0).toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)));
}
