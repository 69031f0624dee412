import { bench, books, refunds, worn } from './advance-fixtures';
import { nextStep } from './attention';
import { due } from './due';
import { sampleOrder, type Bench, type BenchOptions } from './fixtures';

/** Paid ahead and never handed over; a later return has given that much less, and then the payment fails after all: it is owed by a return that is over. */
function failedAfterAll(options: BenchOptions = {}): Bench {
  const one = bench({}, options).apply([worn], { method: 'drop_off' });
  one.answer('refund', { kind: 'done', providerRefundId: 'prf_1' });
  one.pass(8 * 24 * 3_600_000);
  const first = one.state;
  one.again().apply([worn]).bring();
  one.again(first).do('refund_reported', { refundId: 'rfd_1', providerRefundId: 'prf_1', status: 'failed' }, 'provider');
  expect([one.status, refunds(one)]).toEqual(['expired', [[1000, 'failed']]]);
  return one;
}
const sent = (one: Bench) => due(one.state).effects.flatMap(({ call, key }) => (call === 'refund' ? [key] : []));

describe('a refund that fails when its return has expired', () => {
  test('is finance’s to see to, and says so', () => {
    const one = failedAfterAll();
    expect([one.state.attention?.reason, nextStep(one.state)]).toMatchObject(['refund_failed', { who: 'finance', action: 'resolve_exception' }]);
  });

  test('is paid by hand', () => {
    const one = failedAfterAll();
    one.do('redirect_refund', { refundId: 'rfd_1', to: 'manual' }, 'finance');
    expect([one.state.attention, nextStep(one.state)]).toMatchObject([null, { who: 'finance', action: 'confirm_payout' }]);
    one.do('settle_refund', { refundId: 'rfd_2', reference: 'BANK-1' }, 'finance2');
    expect([one.status, nextStep(one.state), refunds(one), ...books(one, 'refunds_payable', 'customer_receivable', 'write_off')]).toEqual([
      'expired',
      null,
      [
        [1000, 'redirected'],
        [1000, 'succeeded'],
      ],
      0,
      0,
      -1000,
    ]);
  });

  test('is paid to another tender that has room, and waits for its provider as any other', () => {
    const order = sampleOrder({
      tenders: [
        { tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 4500 },
        { tenderId: 't2', kind: 'wallet', providerPaymentId: 'pay_2', amount: 1000 },
      ],
    });
    const one = failedAfterAll({ order });
    one.do('redirect_refund', { refundId: 'rfd_1', to: 't2' }, 'finance');
    expect([sent(one), nextStep(one.state)]).toMatchObject([['rfd_2/1'], { who: 'system', action: 'wait' }]);
    one.answer('refund', { kind: 'done', providerRefundId: 'prf_2' });
    expect([nextStep(one.state), one.state.attention, one.state.deadlines]).toEqual([null, null, []]);
  });

  test('becomes store credit once the customer agrees, who can still be asked', () => {
    const one = failedAfterAll();
    const redirect = { refundId: 'rfd_1', to: 'store_credit' };
    expect(one.refusal('redirect_refund', redirect, 'finance')).toBe('invalid_state');
    one.do('offer', { resolution: 'store_credit', amount: null }, 'agent');
    expect(nextStep(one.state)).toMatchObject({ who: 'customer', action: 'answer_offer' });
    one.do('accept_offer', { offerId: one.state.offers[0]!.offerId }, 'customer');
    one.do('redirect_refund', redirect, 'finance');
    expect([one.status, refunds(one)[1], nextStep(one.state), one.state.attention]).toEqual(['expired', [1000, 'succeeded'], null, null]);
  });

  test('nothing else is offered there', () => {
    const one = failedAfterAll();
    for (const resolution of ['refund', 'exchange', 'adjustment'] as const)
      expect(one.refusal('offer', { resolution, amount: 100 }, 'agent')).toBe('invalid_state');
  });
});
