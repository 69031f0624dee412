import { settleWith, UnknownRuleVersion } from '#libs/domain/money/settle';
import type { Settlement } from '#libs/domain/money/settlement-types';
import { difference } from '#libs/domain/order-change';
import type { StoredSettlement } from '#libs/persistence/finance-reads';

/** A settlement and the one its stored inputs and rules give now; `matches` when every figure and every sentence is the same, else `mismatch` says what is not. */
export function explainRefund(refundId: string, stored: StoredSettlement) {
  const { id: settlementId, document, inputs, rules } = stored;
  const { recomputed, problem } = recompute(rules, inputs);
  const mismatch = recomputed === null ? problem : firstDifference(document, recomputed);
  return {
    refundId,
    settlementId,
    matches: mismatch === null,
    mismatch,
    settlement: document,
    recomputed,
    rules,
    explanation: document.explanation,
  };
}

interface Recomputed {
  readonly recomputed: Settlement | null;
  readonly problem: string | null;
}

/** Rows of years ago, and rows somebody tampered with: whatever is wrong with them is the answer, never an error of this program. */
function recompute(rules: unknown, inputs: StoredSettlement['inputs']): Recomputed {
  try {
    return { recomputed: settleWith(rules, inputs).settlement, problem: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof UnknownRuleVersion) return { recomputed: null, problem: `It cannot be recomputed (${error.code}): ${why}.` };
    return { recomputed: null, problem: `The stored inputs are not what a settlement is made of: ${why}` };
  }
}

/** The document may say more than was computed (its id, when it was made): what was computed must be there to the letter. */
function firstDifference(document: Settlement, recomputed: Settlement): string | null {
  const computed = JSON.parse(JSON.stringify(recomputed)) as Record<string, unknown>;
  const shown = document as unknown as Record<string, unknown>;
  for (const key of Object.keys(computed)) {
    const pointer = difference(shown[key], computed[key], `/${key}`);
    if (pointer !== null) return `${pointer} is stored as ${at(shown, pointer)} and recomputed as ${at(computed, pointer)}.`;
  }
  return null;
}

function at(document: unknown, pointer: string): string {
  const keys = pointer.split('/').slice(1);
  const found = keys.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    document,
  );
  return found === undefined ? 'nothing' : JSON.stringify(found);
}
