import type { ReturnState } from '#libs/domain/return/state';
import { ReturnCase } from './return-case';

/**
 * A return, from any state to its end: apply, review, handover, inspection, settlement, compensation, closing. What it may be asked, how long each stage may take and
 * which calls are due stand in `libs/domain/return`, a file per step; what is due follows from the state alone, so a new run, a reset or an empty Temporal enter here.
 */
export async function returnWorkflow(state: ReturnState): Promise<void> {
  const rma = new ReturnCase(state);
  await rma.opened();
  while (!rma.over) await rma.turn();
}
