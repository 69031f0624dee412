import { due } from './due';
import { Bench } from './fixtures';
import type { Outcome } from './input';

const refund = (bench: Bench) => bench.state.refunds[0]!;
const open = (bench: Bench) => [...due(bench.state).effects, ...due(bench.state).later.map(({ effect }) => effect)].map(({ call, key }) => [call, key]);
/** The call is on the wire. */
const called = () => new Bench().apply().bring();
const says = (bench: Bench, status: 'succeeded' | 'failed', providerRefundId = 'prf_1') =>
  bench.do('refund_reported', { refundId: 'rfd_1', providerRefundId, status }, 'provider');
const done = (providerRefundId = 'prf_1'): Outcome => ({ kind: 'done', providerRefundId });
const nobodyPays = (bench: Bench) =>
  expect([
    bench.refusal('retry_refund', { refundId: 'rfd_1' }, 'finance'),
    bench.refusal('redirect_refund', { refundId: 'rfd_1', to: 'manual' }, 'finance'),
  ]).toEqual(['invalid_state', 'invalid_state']);

describe('a failure that is reported while the call is out', () => {
  const failed = (providerRefundId?: string) => {
    const bench = called();
    says(bench, 'failed', providerRefundId);
    expect([refund(bench).status, open(bench), bench.state.attention?.reason]).toEqual(['failed', [['refund', 'rfd_1/1']], 'refund_failed']);
    nobodyPays(bench);
    return bench;
  };

  test.each(['prf_early', 'prf_1'])('and a success that is answered (reported: %s): the provider’s list decides, and nobody pays twice', (reported) => {
    const bench = failed(reported);
    bench.answer('refund', done());
    expect([refund(bench).status, open(bench)]).toEqual(['failed', [['lookUpRefund', 'rfd_1/1']]]);
    nobodyPays(bench);
    bench.answer('lookUpRefund', done());
    expect([bench.status, refund(bench), bench.tenders[0], bench.state.attention]).toMatchObject([
      'completed',
      { status: 'succeeded', providerRefundId: 'prf_1', attempt: 1 },
      { pendingAmount: 0, refundedAmount: 1000 },
      null,
    ]);
  });
  test.each([{ kind: 'accepted', providerRefundId: 'prf_1' }, done()] as const)('a true one that overtook its answer ($kind) ends as failed', (answer) => {
    const bench = failed();
    bench.answer('refund', answer);
    bench.answer('lookUpRefund', { kind: 'refused', code: 'failed_at_provider' });
    expect([refund(bench).status, open(bench), bench.state.attention?.reason]).toEqual(['failed', [], 'refund_failed']);
    bench.do('retry_refund', { refundId: 'rfd_1' }, 'finance');
    expect(open(bench)).toEqual([['refund', 'rfd_1/2']]);
  });
  test('and refused by the answer: it has failed, and finance goes on', () => {
    const bench = failed();
    bench.answer('refund', { kind: 'refused', code: 'card_closed' });
    expect([refund(bench).status, open(bench), bench.refusal('retry_refund', { refundId: 'rfd_1' }, 'finance')]).toEqual(['failed', [], null]);
  });
  test('and not answered: looked up, however long that takes', () => {
    const bench = failed();
    bench.answer('refund', { kind: 'unanswered' });
    for (const kind of ['unanswered', 'accepted', 'unanswered'] as const) {
      expect([refund(bench).status, due(bench.state).effects, open(bench)]).toEqual(['failed', [], [['lookUpRefund', 'rfd_1/1']]]);
      nobodyPays(bench);
      bench.answer('lookUpRefund', { kind });
    }
    bench.answer('lookUpRefund', done());
    expect(refund(bench)).toMatchObject({ status: 'succeeded', providerRefundId: 'prf_1' });
  });
  test('and kept back by a pause: it has not left, the list says so', () => {
    const bench = failed();
    bench.answer('refund', { kind: 'paused' });
    bench.answer('lookUpRefund', { kind: 'not_found' });
    expect([refund(bench).status, open(bench), bench.refusal('retry_refund', { refundId: 'rfd_1' }, 'finance')]).toEqual(['failed', [], null]);
  });
  test('and told again, or taken back by a report, before the answer: nothing new', () => {
    const bench = failed();
    expect([says(bench, 'failed'), says(bench, 'succeeded')]).toEqual([[], []]);
  });
});

describe('a success that is reported while the call is out', () => {
  const paid = () => {
    const bench = called();
    says(bench, 'succeeded');
    expect([bench.status, refund(bench).status]).toEqual(['completed', 'succeeded']);
    return bench;
  };
  test.each([done(), { kind: 'accepted', providerRefundId: 'prf_1' }, { kind: 'done' }, { kind: 'unanswered' }] as const)(
    'and not gainsaid by the answer ($kind) stands',
    (answer) => {
      const bench = paid();
      bench.answer('refund', answer);
      expect([bench.status, refund(bench).providerRefundId, open(bench)]).toEqual(['completed', 'prf_1', []]);
    },
  );
  test('and reported as failed before the answer: asked, and nobody pays meanwhile', () => {
    const bench = paid();
    says(bench, 'failed');
    expect([refund(bench).status, open(bench), bench.tenders[0]]).toMatchObject([
      'failed',
      [['refund', 'rfd_1/1']],
      { pendingAmount: 1000, refundedAmount: 0 },
    ]);
    nobodyPays(bench);
    bench.answer('refund', done());
    bench.answer('lookUpRefund', done());
    expect([bench.status, bench.tenders[0]]).toMatchObject(['completed', { pendingAmount: 0, refundedAmount: 1000 }]);
  });
  test.each([done('prf_2'), { kind: 'refused', code: 'no' }] as const)('and answered otherwise ($kind): the list decides', (answer) => {
    for (const [said, status] of [
      [done('prf_2'), 'succeeded'],
      [{ kind: 'accepted' }, 'succeeded'],
      [{ kind: 'refused', code: 'x' }, 'failed'],
      [{ kind: 'not_found' }, 'failed'],
    ] as const) {
      // prettier-ignore
      const bench = paid();
      bench.answer('refund', answer);
      bench.answer('lookUpRefund', { kind: 'unanswered' });
      expect([refund(bench).status, open(bench)]).toEqual(['succeeded', [['lookUpRefund', 'rfd_1/1']]]);
      bench.answer('lookUpRefund', said);
      expect([refund(bench).status, open(bench), bench.tenders[0]!.refundedAmount]).toEqual([status, [], status === 'failed' ? 0 : 1000]);
    }
  });
});

describe('nobody knows what became of the call', () => {
  test('and it is reported as failed: the look-up goes on until it is answered', () => {
    const bench = called();
    bench.answer('refund', { kind: 'unanswered' });
    says(bench, 'failed');
    expect([refund(bench).status, open(bench)]).toEqual(['failed', [['lookUpRefund', 'rfd_1/1']]]);
    nobodyPays(bench);
    bench.answer('lookUpRefund', done());
    expect([bench.status, bench.tenders[0]]).toMatchObject(['completed', { pendingAmount: 0, refundedAmount: 1000 }]);
  });
  test('and it is reported as succeeded: that ends it', () => {
    const bench = called();
    bench.answer('refund', { kind: 'unanswered' });
    says(bench, 'succeeded');
    expect([bench.status, open(bench)]).toEqual(['completed', []]);
  });
});

test('a promise that its report breaks has failed: there is nothing to ask', () => {
  const bench = called();
  bench.answer('refund', { kind: 'accepted', providerRefundId: 'prf_1' });
  says(bench, 'failed');
  expect([refund(bench).status, open(bench), bench.refusal('retry_refund', { refundId: 'rfd_1' }, 'finance')]).toEqual(['failed', [], null]);
});
