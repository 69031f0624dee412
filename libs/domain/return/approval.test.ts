import { actors, applicationLine, Bench, samplePolicy, type BenchOptions } from './fixtures';
import type { Policy } from '../policy/policy';

const above = (approvalAbove: number, more: Partial<Policy> = {}): Policy => samplePolicy({ refund: { ...samplePolicy().refund, approvalAbove }, ...more });
const begun = (options: BenchOptions) => new Bench(options).apply();
const give = (bench: Bench, amount: number, kind: 'coupon' | 'points' | 'credit' = 'credit', by: 'agent' | 'agent2' | 'admin' = 'agent') => {
  bench.do('goodwill', { kind, amount }, by);
  return bench.state.compensations.at(-1)!.status;
};

describe('what goes without a second pair of eyes', () => {
  test('goodwill up to the limit goes at once, one unit more waits', () => {
    expect(give(begun({ policy: above(300) }), 300)).toBe('granted');
    expect(give(begun({ policy: above(300) }), 301)).toBe('awaiting_approval');
  });
  test.each(['coupon', 'points', 'credit'] as const)('many small gifts of %s are one', (kind) => {
    const bench = begun({ policy: above(300) });
    expect([give(bench, 100, kind), give(bench, 100, kind, 'agent2'), give(bench, 100, kind), give(bench, 1, kind)]).toEqual([
      'granted',
      'granted',
      'granted',
      'awaiting_approval',
    ]);
  });
  test('gifts and the refund are one, whichever comes first', () => {
    const first = begun({ policy: above(1000) });
    expect(give(first, 1)).toBe('granted');
    first.bring();
    expect(first.state.refunds[0]!.status).toBe('awaiting_approval');
    const last = begun({ policy: above(1000) }).bring();
    expect([last.state.refunds[0]!.status, give(last, 1)]).toEqual(['pending', 'awaiting_approval']);
  });
  test('what the order’s other returns were given counts', () => {
    const world = { goodwillElsewhere: 600 };
    const bench = begun({ policy: above(1500), world });
    expect([give(bench, 901), give(bench, 900)]).toEqual(['awaiting_approval', 'granted']);
    bench.bring();
    expect(bench.state.refunds[0]!.status).toBe('awaiting_approval');
  });
  test('what waits, was refused or was taken back does not count; what was used does', () => {
    const bench = begun({ policy: above(1000) });
    expect([give(bench, 900, 'coupon'), give(bench, 200, 'coupon')]).toEqual(['granted', 'awaiting_approval']);
    bench.do('reject_compensation', { compensationId: bench.state.compensations[1]!.id }, 'finance');
    expect(give(bench, 100, 'coupon')).toBe('granted');
    bench.do('coupon_used', { compensationId: bench.state.compensations[0]!.id, spentOn: 'A2', validUntil: null });
    expect(give(bench, 1, 'coupon')).toBe('awaiting_approval');
  });
  test('a refund that finance rejected leaves its room to the next', () => {
    const bench = begun({ policy: above(10, { approval: { automatic: [] } }) })
      .decide('approve')
      .bring();
    bench.do('reject_refund', { refundId: 'rfd_1' }, 'finance');
    expect(give(bench, 10)).toBe('granted');
  });
  test('the policy’s own gifts count, and are given without asking', () => {
    const compensation: Policy['compensation'] = [{ when: { fault: 'seller' }, grant: { kind: 'coupon', amount: 700, validFor: null } }];
    const bench = begun({ policy: above(600, { compensation }) });
    expect([bench.state.compensations[0]!.status, give(bench, 1)]).toEqual(['granted', 'awaiting_approval']);
  });
  test('without a limit, or in another currency than the policy’s, the agent’s own limit alone holds', () => {
    expect(give(begun({}), 5000)).toBe('granted');
    const policy = { ...above(10), currency: 'EUR' };
    expect(give(begun({ policy }), 5000)).toBe('granted');
    expect(give(begun({ policy }), 5001)).toBe('awaiting_approval');
  });
  test('two gifts of which each is within the limit are not, once finance has approved the first', () => {
    const bench = begun({ policy: above(100) });
    expect(give(bench, 101)).toBe('awaiting_approval');
    bench.do('approve_compensation', { compensationId: bench.state.compensations[0]!.id }, 'finance');
    expect(give(bench, 1)).toBe('awaiting_approval');
  });
});

describe('who may let money go', () => {
  test('an admin whose inspection made the return owe it does not', () => {
    const bench = begun({ policy: above(10) });
    bench.receive({ '1': 1 });
    bench.do(
      'inspect',
      { lines: [{ lineId: '1', units: [{ unit: 1, quantity: null, grade: 'A', disposition: 'restock', accepted: true, fault: null, missingParts: false }] }] },
      'admin',
    );
    expect(bench.state.refunds[0]).toMatchObject({ grantedBy: actors.admin.id });
    expect([bench.refusal('approve_refund', { refundId: 'rfd_1' }, 'admin'), bench.refusal('approve_refund', { refundId: 'rfd_1' }, 'finance')]).toEqual([
      'four_eyes_required',
      null,
    ]);
  });
  test('whoever granted, approved or redirected does not confirm the payout, and nobody confirms it twice', () => {
    const bench = new Bench({ policy: above(10, { approval: { automatic: [] } }) })
      .apply([applicationLine('1')])
      .decide('approve', ['1'], 'admin')
      .bring();
    bench.do('approve_refund', { refundId: 'rfd_1' }, 'finance');
    bench.answer('refund', { kind: 'refused', code: 'no' });
    bench.do('redirect_refund', { refundId: 'rfd_1', to: 'manual' }, 'finance');
    const settle = (by: 'admin' | 'finance' | 'finance2') => bench.refusal('settle_refund', { refundId: 'rfd_2', reference: 'B' }, by);
    expect([settle('admin'), settle('finance'), settle('finance2')]).toEqual(['four_eyes_required', 'four_eyes_required', null]);
    bench.do('settle_refund', { refundId: 'rfd_2', reference: 'B' }, 'finance2');
    expect(settle('finance2')).toBe('invalid_state');
  });
  test('approved by one and redirected by another, it takes a third', () => {
    const bench = begun({ policy: above(10) }).bring();
    bench.do('approve_refund', { refundId: 'rfd_1' }, 'finance');
    bench.answer('refund', { kind: 'refused', code: 'no' });
    bench.do('redirect_refund', { refundId: 'rfd_1', to: 'manual' }, 'finance2');
    const settle = (by: 'admin' | 'finance' | 'finance2') => bench.refusal('settle_refund', { refundId: 'rfd_2', reference: 'B' }, by);
    expect([settle('finance'), settle('finance2'), settle('admin')]).toEqual(['four_eyes_required', 'four_eyes_required', null]);
  });
});
