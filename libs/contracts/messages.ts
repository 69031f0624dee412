import type { Call } from '#libs/domain/return/due';
import type { Event } from '#libs/domain/return/evolve';
import type { Outcome } from '#libs/domain/return/input';
import type { Stage } from '#libs/domain/policy/policy';

/**
 * What reaches a return's workflow, and so its history. Commands and facts are named only: their bodies, names and texts stay in the rows `command` and `inbox`.
 * The id makes each count once.
 */
export type Letter =
  | { readonly id: string; readonly kind: 'command' | 'fact' | 'wake' }
  | { readonly id: string; readonly kind: 'outcome'; readonly call: Call; readonly subject: string; readonly result: Outcome }
  | { readonly id: string; readonly kind: 'moment'; readonly stage: Stage; readonly moment: 'warn' | 'breach'; readonly at: number };

/** An answer is a pointer into the log; whoever wants the return reads it there. */
export interface LetterReceipt {
  readonly sequence: number;
}
export interface Commit {
  readonly merchantId: string;
  readonly returnId: string;
  readonly letter: Letter;
  /** The return's own clock, epoch ms. */
  readonly at: number;
  /** The last event the process knows; it gets back every one after it. */
  readonly sequence: number;
}
/** Events without their `detail`: the process does without it. */
export type ProcessEvent = Omit<Event, 'detail'> & Event;
export interface Committed {
  readonly events: readonly ProcessEvent[];
}
/** Local: one transaction, safe to run twice. */
export interface DatabaseActivities {
  commit(request: Commit): Promise<Committed>;
}
/** What a provider is asked: the key never changes between tries, and the details are read from the rows. */
export interface ProviderCall {
  readonly merchantId: string;
  readonly returnId: string;
  readonly key: string;
  readonly subject: string;
  readonly round: number;
}
export type ProviderActivities = { [C in Call]: (call: ProviderCall) => Promise<Outcome> };

export const returnWorkflowId = (merchantId: string, returnId: string): string => `return/${merchantId}/${returnId}`;
export const returnWorkflowType = 'returnWorkflow';
export const letterUpdate = 'letter';
export const letterSignal = 'fact';
export const taskQueues = { returns: 'returns', providers: 'providers' } as const;
/** Each queue of returns has its own for providers, so that stacks which share a Temporal server do not take each other's calls: `returns-x` has `providers-x`. */
export const providersQueueOf = (returnsQueue: string): string =>
  /^returns(-|$)/.test(returnsQueue) ? returnsQueue.replace('returns', taskQueues.providers) : `${returnsQueue}-${taskQueues.providers}`;
/** The process sees nobody's name; operators find returns by these. */
export const searchAttributes = { merchantId: 'MerchantId', needsAttention: 'NeedsAttention' } as const;
