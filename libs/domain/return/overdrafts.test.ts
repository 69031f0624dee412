import { exceptions, nextStep, workOf } from './attention';
import { Bench, sampleOrder } from './fixtures';

/** A return that is over and paid; its order was paid with 1000 in all. */
function paid(world: { orderSpeaker: string | null } = { orderSpeaker: null }): Bench {
  const bench = new Bench({
    world,
    order: sampleOrder({ lines: [{ unitPrice: 1000, sku: 'TEE-M' }], tenders: [{ tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 1000 }] }),
  });
  bench.apply().bring();
  bench.answer('refund', { kind: 'done', providerRefundId: 'prf_1' });
  return bench;
}
const wake = (bench: Bench) => bench.do('wake', {});

test('a chargeback after the refund is seen: the return stays completed, and a person is called', () => {
  const bench = paid();
  bench.tenders[0]!.disputedAmount = 400;
  wake(bench);
  expect([bench.status, bench.state.attention?.reason, bench.state.overdrafts]).toEqual([
    'completed',
    'tender_overdrawn',
    [{ tenderId: 't1', amount: 400, acceptedAmount: 0 }],
  ]);
  expect(workOf(bench.state)).toMatchObject([{ queue: 'exception', title: 'tender_overdrawn' }]);
  expect([nextStep(bench.state), wake(bench)]).toMatchObject([{ who: 'finance', action: 'resolve_exception' }, []]);
});
test('won, it asks nobody any more', () => {
  const bench = paid();
  bench.tenders[0]!.disputedAmount = 400;
  wake(bench);
  bench.tenders[0]!.disputedAmount = 0;
  wake(bench);
  expect([bench.state.attention, bench.state.overdrafts, workOf(bench.state)]).toEqual([null, [], []]);
});
test('a refund elsewhere before ours: the very success that overdraws the tender is noticed', () => {
  const bench = new Bench({ order: sampleOrder() }).apply().bring();
  bench.tenders[0]!.refundedAmount = 5000;
  bench.answer('refund', { kind: 'done', providerRefundId: 'prf_1' });
  expect([bench.status, bench.state.overdrafts]).toEqual(['completed', [{ tenderId: 't1', amount: 500, acceptedAmount: 0 }]]);
  bench.do('refund_reported', { refundId: 'rfd_1', providerRefundId: 'prf_1', status: 'failed' }, 'provider');
  expect([bench.state.attention?.reason, bench.state.overdrafts]).toEqual(['refund_failed', []]);
});
test('money that only waits does not overdraw: the dispute itself holds it', () => {
  const bench = new Bench({ order: sampleOrder() }).apply();
  bench.tenders[0]!.disputedAmount = 5500;
  bench.bring();
  expect([bench.state.attention?.reason, bench.state.overdrafts ?? []]).toEqual(['tender_disputed', []]);
});
test('finance takes the loss: it is quiet until more goes, and what comes back is taken off', () => {
  const bench = paid();
  bench.tenders[0]!.disputedAmount = 400;
  wake(bench);
  bench.do('accept_overdraft', {}, 'finance');
  expect([bench.state.attention, bench.state.overdrafts]).toEqual([null, [{ tenderId: 't1', amount: 400, acceptedAmount: 400 }]]);
  expect(bench.refusal('accept_overdraft', {}, 'finance')).toBe('invalid_state');
  bench.tenders[0]!.disputedAmount = 600;
  wake(bench);
  expect([exceptions(bench.state), bench.state.overdrafts]).toEqual([['tender_overdrawn'], [{ tenderId: 't1', amount: 600, acceptedAmount: 400 }]]);
  bench.tenders[0]!.disputedAmount = 100;
  wake(bench);
  expect([bench.state.attention, bench.state.overdrafts]).toEqual([null, [{ tenderId: 't1', amount: 100, acceptedAmount: 100 }]]);
});
test('one return speaks for the order', () => {
  const other = paid({ orderSpeaker: 'ret_2' });
  other.tenders[0]!.disputedAmount = 400;
  expect(wake(other)).toEqual([]);
  const speaker = paid({ orderSpeaker: 'ret_1' });
  speaker.tenders[0]!.disputedAmount = 400;
  expect(wake(speaker)).not.toEqual([]);
});
test('without an overdraft there is nothing to accept', () => {
  expect(paid().refusal('accept_overdraft', {}, 'finance')).toBe('invalid_state');
});
