import { workQueues } from '#libs/contracts/lists';
import { keptQueues, queuesOf, shownQueue } from './queues';

describe('whose work a queue is', () => {
  it('shows the warehouse what has to be looked at, repaired or cleared up', () => {
    expect(queuesOf('warehouse').toSorted()).toEqual(['exception', 'inspection', 'repair']);
  });

  it('keeps decisions about money away from agents and the warehouse', () => {
    for (const queue of ['refund_approval', 'payout', 'goodwill_approval'] as const) {
      expect(queuesOf('agent')).not.toContain(queue);
      expect(queuesOf('warehouse')).not.toContain(queue);
      expect(queuesOf('finance')).toContain(queue);
    }
  });

  it('shows exceptions of the books to finance and admins alone, as exceptions', () => {
    const seen = (role: 'agent' | 'warehouse' | 'finance' | 'admin') => keptQueues(role, queuesOf(role)).filter((kept) => shownQueue(kept) === 'exception');
    expect(seen('agent')).toEqual(['exception']);
    expect(seen('warehouse')).toEqual(['exception']);
    expect(seen('finance')).toEqual(['exception', 'finance_exception']);
    expect(seen('admin')).toEqual(['exception', 'finance_exception']);
  });

  it('leaves no queue without somebody, and shows an admin all', () => {
    const somebodys = new Set((['warehouse', 'agent', 'finance'] as const).flatMap((role) => queuesOf(role)));
    expect([...somebodys].toSorted()).toEqual([...workQueues].toSorted());
    expect(queuesOf('admin')).toEqual(workQueues);
  });

  it('shows customers and API keys nothing', () => {
    expect(queuesOf('customer')).toEqual([]);
    expect(queuesOf('service')).toEqual([]);
  });
});
