import type { Role } from '#libs/contracts/caller';
import { workQueues, type WorkQueue } from '#libs/contracts/lists';

const money: readonly WorkQueue[] = ['refund_approval', 'payout', 'goodwill_approval'];
/** Whose work a queue is (CONTRACT §2). */
const byRole: Partial<Record<Role, readonly WorkQueue[]>> = {
  warehouse: ['inspection', 'exception', 'repair'],
  agent: workQueues.filter((queue) => !money.includes(queue)),
  finance: money,
  admin: workQueues,
};

export const queuesOf = (role: Role): readonly WorkQueue[] => byRole[role] ?? [];
