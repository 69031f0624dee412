import { settle, SettlementError } from '#libs/domain/money/settle';
import type { Settlement } from '#libs/domain/money/settlement-types';
import { difference } from '#libs/domain/order-change';
import type { StoredSettlement } from '#libs/persistence/finance-reads';

/** A settlement and the one its stored inputs give now; `matches` when every figure and every reason is the same. */
export function explainRefund(refundId: string, stored: StoredSettlement) {
  const { id: settlementId, document, inputs, rules } = stored;
  const recomputed = recompute(inputs);
  return {
    refundId,
    settlementId,
    matches: recomputed !== null && agrees(document, recomputed),
    settlement: document,
    recomputed,
    rules,
    explanation: document.explanation,
  };
}

/** Null when the inputs cannot be settled at all: then they are not what the settlement was made of. */
function recompute(inputs: StoredSettlement['inputs']): Settlement | null {
  try {
    return settle(inputs);
  } catch (error) {
    if (error instanceof SettlementError || error instanceof RangeError || error instanceof TypeError) return null;
    throw error;
  }
}

/** The document may say more than was computed (its id, when it was made): what was computed must be there to the letter. */
function agrees(document: Settlement, recomputed: Settlement): boolean {
  const computed = JSON.parse(JSON.stringify(recomputed)) as Record<string, unknown>;
  const shown = document as unknown as Record<string, unknown>;
  return Object.keys(computed).every((key) => difference(shown[key], computed[key]) === null);
}
