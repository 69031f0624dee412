import { creditMovements } from '#libs/domain/money/store-credit';
import type { Settlement } from '#libs/domain/money/settlement-types';
import { advanceMovements } from '#libs/domain/return/advance-movements';
import type { Event } from '#libs/domain/return/evolve';
import type { ReturnState } from '#libs/domain/return/state';
import type { Transaction } from '#libs/persistence/database';
import { movePoints, withdrawPoints, type PointsMovement } from '#libs/persistence/points';
import { moveCredit } from '#libs/persistence/store-credit';
import type { Change } from '../returns/record';

/** What a decision did to the store credit and the points of the order's customer. After everything that books, for the accounts are locked last. */
export function recordAccounts(tx: Transaction, { before, after, events, at, world, ledger }: Change): void {
  const cause = { customerId: world.order.customer.id, orderNumber: after.state.orderNumber, returnId: after.state.returnId, at };
  for (const credit of creditMovements(ledger)) moveCredit(tx, credit, cause);
  movePoints(tx, [...events.flatMap(settledPoints), ...advancedPoints(before, after.state), ...grantedPoints(before, after.state)], cause);
  for (const event of events) if (event.type === 'settlement_withdrawn') withdrawPoints(tx, event.settlementId, at);
}

function settledPoints(event: Event): PointsMovement[] {
  if (event.type !== 'settled') return [];
  const { points } = (event.detail as { settlement: Settlement }).settlement;
  return [
    { id: `${event.settlementId}/restored`, type: 'restored' as const, points: points.restored },
    { id: `${event.settlementId}/revoked`, type: 'revoked' as const, points: 0 - points.revoked },
  ].filter((movement) => movement.points !== 0);
}

/** Points that go back before the goods are inspected, and those of them that never did. */
const advancedPoints = (before: ReturnState, after: ReturnState): PointsMovement[] =>
  advanceMovements(before, after)
    .filter(({ pointsRestored }) => pointsRestored !== 0)
    .map(({ advanceId, pointsRestored }) => ({ id: `${advanceId}/restored/${after.sequence}`, type: 'restored', points: pointsRestored }));

/** Points for the trouble count while they are granted. */
function grantedPoints(before: ReturnState, after: ReturnState): PointsMovement[] {
  const held = ({ compensations }: ReturnState, id: string) => compensations.find((one) => one.id === id && one.status === 'granted')?.amount ?? 0;
  return after.compensations.flatMap(({ id, kind }) => {
    const points = kind === 'points' ? held(after, id) - held(before, id) : 0;
    return points === 0 ? [] : [{ id: points > 0 ? id : `${id}/undo`, type: 'granted' as const, points }];
  });
}
