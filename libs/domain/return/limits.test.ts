import { applicationLine, Bench, reviewed, samplePolicy, sampleOrder, type ActorName } from './fixtures';

/** Line 1: three pieces at 40,000; line 2: one at 30,000. The agents' limit is 100,000. */
const order = sampleOrder({
  lines: [
    { unitPrice: 40_000, quantity: 3, sku: 'WATCH' },
    { unitPrice: 30_000, sku: 'COAT' },
  ],
  tenders: [{ tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 150_000 }],
});
const free = samplePolicy({ approval: { automatic: [{ maxAmount: null, reasons: [], tiers: [], maxRisk: null }] } as never });
const resolveUnits = (...units: number[]) => ({ units: units.map((unit) => ({ lineId: '1', unit, logistics: 'lost' as const, money: 'refund' as const })) });

describe('what an agent may grant on one return', () => {
  test('counts decisions together', () => {
    const bench = new Bench({ order, policy: reviewed() }).apply([applicationLine('1', { quantity: 2 }), applicationLine('2')]);
    const approve = (lineId: string, by: ActorName) => bench.refusal('decision', { lines: [{ lineId, decision: 'approve' }] }, by);
    bench.decide('approve', ['1']);
    expect([approve('2', 'agent'), approve('2', 'agent2'), approve('2', 'admin')]).toEqual(['forbidden', null, null]);
    expect(bench.refusal('decision', { lines: [{ lineId: '2', decision: 'reject' }] }, 'agent')).toBeNull();
  });
  test('counts offers: what they give, or what their units are worth', () => {
    const bench = new Bench({ order, policy: reviewed() }).apply([applicationLine('1', { quantity: 3 })]);
    const offer = (amount: number | null, by: ActorName) => bench.refusal('offer', { resolution: 'refund_only', amount }, by);
    expect([offer(null, 'agent'), offer(100_001, 'agent'), offer(100_000, 'agent'), offer(null, 'admin')]).toEqual(['forbidden', 'forbidden', null, null]);
    expect(offer(120_001, 'agent')).toBe('amount_unavailable');
    expect(bench.refusal('offer', { resolution: 'store_credit', amount: null }, 'agent')).toBeNull();
  });
  test('counts resolutions, in portions too, and nothing that others or the rules granted', () => {
    const bench = new Bench({ order, policy: free }).apply([applicationLine('1', { quantity: 3 })]).ship();
    if (bench.status === 'in_review') bench.decide('approve', ['1'], 'admin');
    bench.scan('lost');
    const resolve = (by: ActorName, ...units: number[]) => bench.refusal('resolve', resolveUnits(...units), by);
    expect(resolve('agent', 1, 2, 3)).toBe('forbidden');
    bench.do('resolve', resolveUnits(1), 'agent');
    bench.do('resolve', resolveUnits(2), 'agent');
    expect([resolve('agent', 3), resolve('agent2', 3), resolve('admin', 3)]).toEqual(['forbidden', null, null]);
  });
});

describe('whoever made an accepted offer has granted it', () => {
  const above = reviewed({ refund: { ...samplePolicy().refund, approvalAbove: 10 } });
  test('so they neither approve its money nor decide an appeal of its line', () => {
    for (const before of ['approved', 'in review'] as const) {
      const bench = new Bench({ policy: above }).apply();
      if (before === 'approved') bench.decide('approve', ['1'], 'agent');
      bench.do('offer', { resolution: 'refund_only', amount: 500 }, 'admin');
      expect(bench.state.offers).toMatchObject([{ by: 'usr_admin' }]);
      bench.do('accept_offer', { offerId: 'ofr_1' }, 'customer');
      expect(bench.state.lines).toMatchObject([{ authorization: 'approved', decidedBy: 'usr_admin' }]);
      const approve = (by: ActorName) => bench.refusal('approve_refund', { refundId: 'rfd_1' }, by);
      expect([approve('admin'), approve('finance')]).toEqual(['four_eyes_required', null]);
    }
  });
  test('also when it was about a part of a line', () => {
    const bench = new Bench({ policy: above }).apply([applicationLine('1', { quantity: 2 })]).decide('approve');
    bench.receive({ '1': 1 }, { final: true });
    bench.do('offer', { resolution: 'adjustment', amount: 300 }, 'admin');
    bench.do('accept_offer', { offerId: 'ofr_1' }, 'customer');
    expect([bench.unit('1', 2).grantedBy, bench.unit('1', 1).grantedBy]).toEqual(['usr_admin', undefined]);
    expect(bench.refusal('approve_refund', { refundId: 'rfd_1' }, 'admin')).toBe('four_eyes_required');
  });
});
