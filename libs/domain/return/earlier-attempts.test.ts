import { due } from './due';
import { Bench } from './fixtures';

const settled = () => new Bench().apply().bring();
const refund = (bench: Bench) => bench.state.refunds[0]!;
const open = (bench: Bench) => [...due(bench.state).effects, ...due(bench.state).later.map(({ effect }) => effect)].map(({ call, key }) => [call, key]);

test('a report of an earlier attempt, good or bad, is not about one whose answer is lost: the look-up goes on, and no third key is made', () => {
  const bench = settled();
  bench.answer('refund', { kind: 'accepted', providerRefundId: 'prf_1' });
  bench.answer('lookUpRefund', { kind: 'refused', code: 'failed_at_provider' });
  bench.do('retry_refund', { refundId: 'rfd_1' }, 'finance');
  bench.answer('refund', { kind: 'unanswered' });
  for (const status of ['failed', 'succeeded'] as const)
    expect(bench.do('refund_reported', { refundId: 'rfd_1', providerRefundId: 'prf_1', status }, 'provider')).toEqual([]);
  expect([refund(bench).status, open(bench), bench.refusal('retry_refund', { refundId: 'rfd_1' }, 'finance')]).toEqual([
    'unknown',
    [['lookUpRefund', 'rfd_1/2']],
    'invalid_state',
  ]);
  bench.answer('lookUpRefund', { kind: 'done', providerRefundId: 'prf_2' });
  expect(refund(bench)).toMatchObject({ status: 'succeeded', providerRefundId: 'prf_2' });
});

test('a report of a later attempt counts as soon as its number is known', () => {
  const bench = settled();
  bench.answer('refund', { kind: 'refused', code: 'no' });
  bench.do('retry_refund', { refundId: 'rfd_1' }, 'finance');
  bench.answer('refund', { kind: 'unanswered' });
  bench.answer('lookUpRefund', { kind: 'accepted', providerRefundId: 'prf_2' });
  expect(bench.do('refund_reported', { refundId: 'rfd_1', providerRefundId: 'prf_1', status: 'failed' }, 'provider')).toEqual([]);
  bench.do('refund_reported', { refundId: 'rfd_1', providerRefundId: 'prf_2', status: 'succeeded' }, 'provider');
  expect([refund(bench).status, open(bench)]).toEqual(['succeeded', []]);
});
