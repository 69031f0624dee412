import { due } from './due';
import { Bench } from './fixtures';

const settled = () => new Bench().apply().bring();
const refund = (bench: Bench) => bench.state.refunds[0]!;
const open = (bench: Bench) => [...due(bench.state).effects, ...due(bench.state).later.map(({ effect }) => effect)].map(({ call, key }) => [call, key]);

describe('a provider that contradicts itself', () => {
  const failed = () => {
    const bench = settled();
    bench.answer('refund', { kind: 'accepted', providerRefundId: 'prf_1' });
    bench.do('refund_reported', { refundId: 'rfd_1', providerRefundId: 'prf_1', status: 'failed' }, 'provider');
    return bench;
  };
  const says = (bench: Bench, providerRefundId: string, status: 'succeeded' | 'failed' = 'succeeded') =>
    bench.do('refund_reported', { refundId: 'rfd_1', providerRefundId, status }, 'provider');

  test('says that what had failed has succeeded: it is asked which was the last word, and nobody pays meanwhile', () => {
    const bench = failed();
    says(bench, 'prf_1');
    expect([refund(bench).status, open(bench)]).toEqual(['failed', [['lookUpRefund', 'rfd_1/1']]]);
    const no = (['retry_refund', 'redirect_refund'] as const).map((type) => bench.refusal(type, { refundId: 'rfd_1', to: 'manual' } as never, 'finance'));
    expect([no, says(bench, 'prf_1')]).toEqual([['invalid_state', 'invalid_state'], []]);
    bench.answer('lookUpRefund', { kind: 'done', providerRefundId: 'prf_1' });
    expect([bench.status, bench.tenders[0]]).toMatchObject(['completed', { pendingAmount: 0, refundedAmount: 1000 }]);
  });
  test.each([{ kind: 'refused', code: 'failed_at_provider' }, { kind: 'not_found' }] as const)(
    'and does not stand by it ($kind): it has failed, and a person goes on',
    (said) => {
      const bench = failed();
      says(bench, 'prf_1');
      bench.answer('lookUpRefund', said);
      expect([refund(bench), open(bench), bench.state.attention?.reason]).toMatchObject([{ status: 'failed', attempt: 1 }, [], 'refund_failed']);
      expect(bench.refusal('retry_refund', { refundId: 'rfd_1' }, 'finance')).toBeNull();
    },
  );
  test.each([{ kind: 'unanswered' }, { kind: 'accepted', providerRefundId: 'prf_1' }] as const)(
    'and does not answer, or nothing definite ($kind): asked again later',
    (said) => {
      const bench = failed();
      says(bench, 'prf_1');
      bench.answer('lookUpRefund', said);
      expect([refund(bench).status, due(bench.state).later]).toMatchObject(['failed', [{ effect: { call: 'lookUpRefund' } }]]);
    },
  );
  test('about another number of its own: it is asked for all it has of this refund', () => {
    const bench = failed();
    says(bench, 'prf_0');
    bench.answer('lookUpRefund', { kind: 'done', providerRefundId: 'prf_0' });
    expect(refund(bench)).toMatchObject({ status: 'succeeded', providerRefundId: 'prf_0' });
  });
});
