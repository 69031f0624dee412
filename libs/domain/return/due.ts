import type { ReturnState, Step } from './state';
import { steps } from './tables';

export type StepCall = (typeof steps)[Step['kind']]['call' | 'undo'];
export type Call = StepCall | 'refund' | 'lookUpRefund';
/** A call not yet answered. `id` is unique per round of tries; the provider's key never changes with the round. */
export type Effect = { readonly id: string; readonly call: Call; readonly key: string; readonly subject: string };
/** A moment at which something happens by itself. */
export interface Moment {
  readonly at: number;
  readonly stage: ReturnState['deadlines'][number]['stage'];
  readonly kind: 'warn' | 'breach';
}

/** What the state itself asks for: calls that may be made now or later, and the moments at which something happens by itself. Under replay: keep it dull. */
export function due(state: ReturnState): { effects: readonly Effect[]; later: readonly { at: number; effect: Effect }[]; moments: readonly Moment[] } {
  const refunds = state.refunds.flatMap((refund) => {
    if (refund.call === null || refund.held || refund.paused) return [];
    const effect: Effect = {
      id: `${refund.refundId}/${refund.attempt}:${refund.call}:${refund.round}`,
      call: refund.call,
      key: `${refund.refundId}/${refund.attempt}`,
      subject: refund.refundId,
    };
    return [{ at: refund.notBefore, effect }];
  });
  return {
    effects: [...state.steps.flatMap(stepEffect), ...refunds.filter(({ at }) => at === null).map(({ effect }) => effect)],
    later: refunds.flatMap(({ at, effect }) => (at === null ? [] : [{ at, effect }])),
    moments: state.deadlines.flatMap(({ stage, warnAt, dueAt, warned, breachedAt, pausedAt }): Moment[] => {
      if (pausedAt !== null || breachedAt !== null) return [];
      return [...(warnAt !== null && !warned ? [{ at: warnAt, stage, kind: 'warn' as const }] : []), { at: dueAt, stage, kind: 'breach' as const }];
    }),
  };
}

function stepEffect(step: Step): Effect[] {
  const call = step.status === 'wanted' ? steps[step.kind].call : step.status === 'undo' ? steps[step.kind].undo : null;
  return call ? [{ id: `${step.id}:${call}:${step.round}`, call, key: step.id, subject: step.subject }] : [];
}

/** Nothing is due and no clock runs: only a person or a machine outside can move it on. A paused deadline keeps it open. */
export function atRest(state: ReturnState): boolean {
  const { effects, later } = due(state);
  return effects.length === 0 && later.length === 0 && !state.deadlines.some((deadline) => deadline.breachedAt === null);
}
