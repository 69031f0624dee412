import type { Role } from '#libs/contracts/caller';
import { workQueues, type WorkQueue } from '#libs/contracts/lists';
import { financeExceptions } from '#libs/persistence/tasks';

const money: readonly WorkQueue[] = ['refund_approval', 'payout', 'goodwill_approval'];
/** Whose work a queue is (CONTRACT §2). */
const byRole: Partial<Record<Role, readonly WorkQueue[]>> = {
  warehouse: ['inspection', 'exception', 'repair'],
  agent: workQueues.filter((queue) => !money.includes(queue)),
  finance: [...money, 'exception'],
  admin: workQueues,
};

export const queuesOf = (role: Role): readonly WorkQueue[] => byRole[role] ?? [];

/** Exceptions of the books are for finance alone; those of a return's goods for agents and the warehouse. */
const exceptions: Partial<Record<Role, readonly string[]>> = {
  warehouse: ['exception'],
  agent: ['exception'],
  finance: ['exception', financeExceptions],
  admin: ['exception', financeExceptions],
};
/** A role's part of its queues, by the names under which tasks are kept. */
export const keptQueues = (role: Role, queues: readonly WorkQueue[]): readonly string[] =>
  queues.flatMap((queue) => (queue === 'exception' ? (exceptions[role] ?? []) : [queue]));
/** The name under which people know a queue. */
export const shownQueue = (kept: string): string => (kept === financeExceptions ? 'exception' : kept);
