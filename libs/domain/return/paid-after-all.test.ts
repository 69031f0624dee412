import { balanceOf } from '../money/postings';
import { exceptions, nextStep, workOf } from './attention';
import { due } from './due';
import { Bench, sampleOrder, samplePolicy } from './fixtures';
import { moneyOf } from './tables';

const order = sampleOrder({
  tenders: [
    { tenderId: 't1', kind: 'card', providerPaymentId: 'pay_declined_1', amount: 4500 },
    { tenderId: 't2', kind: 'wallet', providerPaymentId: 'pay_ok_2', amount: 1000 },
  ],
});
/** Refused by its provider, and sent another way. */
function redirected(to: 'manual' | 't2' = 'manual'): Bench {
  const bench = new Bench({ order }).apply().bring();
  bench.answer('refund', { kind: 'refused', code: 'card_closed' });
  bench.do('redirect_refund', { refundId: 'rfd_1', to }, 'finance');
  return bench;
}
const statuses = (bench: Bench) => bench.state.refunds.map(({ status }) => status);
const books = (bench: Bench) =>
  (['refunds_payable', 'customer_receivable', 'provider_clearing', 'write_off'] as const).map((account) => balanceOf(account, bench.ledger));
const settle = (bench: Bench, refundId = 'rfd_2') => bench.refusal('settle_refund', { refundId, reference: 'BANK-1' }, 'finance2');
const reject = (bench: Bench, refundId = 'rfd_2') => bench.do('reject_refund', { refundId }, 'finance');

describe('a refund that went another way and was paid after all', () => {
  test('keeps a payout that has not left, and finance is called', () => {
    const bench = redirected();
    bench.paysAfterAll('rfd_1');
    expect([bench.status, exceptions(bench.state)[0], bench.state.refunds[1]]).toMatchObject(['settling', 'paid_after_redirect', { held: true }]);
    expect(workOf(bench.state)).toMatchObject([{ queue: 'exception', title: 'paid_after_redirect' }]);
    expect([nextStep(bench.state), settle(bench), bench.do('wake', {})]).toMatchObject([{ who: 'finance', action: 'resolve_exception' }, 'invalid_state', []]);
  });
  test('stands when finance rejects the payout: what was owed is paid, once, and nothing goes back to an agent', () => {
    const bench = redirected();
    bench.paysAfterAll('rfd_1');
    reject(bench);
    expect([bench.status, statuses(bench), bench.state.attention, moneyOf(bench.state, bench.unit())]).toEqual([
      'completed',
      ['succeeded', 'redirected'],
      null,
      'refunded',
    ]);
    expect([bench.state.refunds[0]!.providerRefundId, bench.tenders[0], bench.state.paidAfterAll]).toMatchObject([
      'prf_late',
      { refundedAmount: 1000, pendingAmount: 0 },
      [],
    ]);
    expect(books(bench)).toEqual([0, 0, 1000, 0]);
    expect([bench.do('wake', {}), settle(bench)]).toEqual([[], 'invalid_state']);
  });
  test('stood, and has failed in the end: it is owed again', () => {
    const bench = redirected();
    bench.paysAfterAll('rfd_1');
    reject(bench);
    bench.do('refund_reported', { refundId: 'rfd_1', providerRefundId: 'prf_late', status: 'failed' }, 'provider');
    expect([bench.status, bench.state.attention?.reason, bench.tenders[0], books(bench)]).toMatchObject([
      'settling',
      'refund_failed',
      { refundedAmount: 0, pendingAmount: 1000 },
      [1000, 0, 0, 0],
    ]);
    bench.do('redirect_refund', { refundId: 'rfd_1', to: 'manual' }, 'finance');
    bench.do('settle_refund', { refundId: 'rfd_3', reference: 'BANK-2' }, 'finance2');
    expect(bench.status).toBe('completed');
  });
  test('and was taken back before anybody decided: the payout goes on', () => {
    const bench = redirected();
    bench.paysAfterAll('rfd_1');
    bench.paidElsewhere = [];
    bench.do('wake', {});
    expect([bench.state.refunds[1]!.held, bench.state.attention, settle(bench)]).toEqual([false, null, null]);
  });
  test('and finance takes the loss: it is written off, and the payout may be made', () => {
    const bench = redirected();
    bench.paysAfterAll('rfd_1');
    bench.do('accept_overdraft', {}, 'finance');
    expect([bench.state.refunds[1]!.held, bench.state.attention, books(bench)]).toEqual([false, null, [1000, 0, 1000, -1000]]);
    bench.do('settle_refund', { refundId: 'rfd_2', reference: 'BANK-1' }, 'finance2');
    expect([bench.status, books(bench)]).toEqual(['completed', [0, 0, 2000, -1000]]);
    expect(bench.refusal('accept_overdraft', {}, 'finance')).toBe('invalid_state');
    bench.paidElsewhere = [];
    bench.do('wake', {});
    expect([bench.state.paidAfterAll, balanceOf('write_off', bench.ledger)]).toEqual([[], 0]);
  });
  test('when the other way has been paid too: a person is called, and only the loss is left to take', () => {
    const bench = redirected('t2');
    bench.answer('refund', { kind: 'done', providerRefundId: 'prf_2' });
    bench.paysAfterAll('rfd_1');
    expect([bench.status, bench.state.attention?.reason, nextStep(bench.state)]).toMatchObject([
      'completed',
      'paid_after_redirect',
      { who: 'finance', action: 'resolve_exception' },
    ]);
    bench.do('accept_overdraft', {}, 'finance');
    expect([bench.state.attention, books(bench), bench.do('wake', {})]).toEqual([null, [0, 0, 2000, -1000], []]);
  });
  test('while the other way’s call is out: nothing can be kept; should that fail, it is not tried again but rejected', () => {
    const bench = redirected('t2');
    bench.paysAfterAll('rfd_1');
    expect([due(bench.state).effects.length, bench.refusal('reject_refund', { refundId: 'rfd_2' }, 'finance')]).toEqual([1, 'invalid_state']);
    bench.answer('refund', { kind: 'refused', code: 'no' });
    expect([
      bench.state.attention?.reason,
      bench.refusal('retry_refund', { refundId: 'rfd_2' }, 'finance'),
      bench.refusal('redirect_refund', { refundId: 'rfd_2', to: 'manual' }, 'finance'),
    ]).toEqual(['paid_after_redirect', 'invalid_state', 'invalid_state']);
    reject(bench);
    expect([bench.status, statuses(bench), bench.tenders]).toMatchObject([
      'completed',
      ['succeeded', 'redirected'],
      [
        { refundedAmount: 1000, pendingAmount: 0 },
        { refundedAmount: 0, pendingAmount: 0 },
      ],
    ]);
  });
  test('from which it went on to a third way: that one is kept', () => {
    const bench = redirected('t2');
    bench.answer('refund', { kind: 'refused', code: 'no' });
    bench.do('redirect_refund', { refundId: 'rfd_2', to: 'manual' }, 'finance');
    bench.paysAfterAll('rfd_1');
    expect(settle(bench, 'rfd_3')).toBe('invalid_state');
    reject(bench, 'rfd_3');
    expect([bench.status, statuses(bench)]).toEqual(['completed', ['succeeded', 'redirected', 'redirected']]);
  });
  test('with another amount cannot stand for it: the loss is taken, and the payout made', () => {
    const bench = redirected();
    bench.paidElsewhere = [{ refundId: 'rfd_1', tenderId: 't1', providerRefundId: 'prf_9', amount: 400 }];
    bench.do('wake', {});
    expect(bench.refusal('reject_refund', { refundId: 'rfd_2' }, 'finance')).toBe('invalid_state');
    bench.do('accept_overdraft', {}, 'finance');
    expect(settle(bench)).toBeNull();
  });
  test('is asked of its own return, and not once more of the tender', () => {
    const whole = sampleOrder({ lines: [{ unitPrice: 1000, sku: 'TEE-M' }], tenders: [{ tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 1000 }] }); // prettier-ignore
    const bench = new Bench({ order: whole }).apply().bring();
    bench.answer('refund', { kind: 'refused', code: 'card_closed' });
    bench.do('redirect_refund', { refundId: 'rfd_1', to: 'manual' }, 'finance');
    Object.assign(bench.tenders[0]!, { refundedAmount: 1000, disputedAmount: 300 }); // the balance that was free again has been paid for another return
    bench.paysAfterAll('rfd_1');
    expect([bench.state.overdrafts ?? [], exceptions(bench.state)]).toEqual([[{ tenderId: 't1', amount: 300, acceptedAmount: 0 }], ['paid_after_redirect', 'tender_disputed', 'tender_overdrawn']]); // prettier-ignore
  });
  test('is known to whoever decides, although the return itself has not heard of it yet', () => {
    const bench = redirected();
    Object.assign(bench.tenders[0]!, { refundedAmount: 1000 });
    bench.paidElsewhere = [{ refundId: 'rfd_1', tenderId: 't1', providerRefundId: 'prf_late', amount: 1000 }];
    expect(settle(bench)).toBe('invalid_state');
    reject(bench);
    expect([bench.status, statuses(bench), bench.tenders[0]!.refundedAmount]).toEqual(['completed', ['succeeded', 'redirected'], 1000]);
  });
  test('is no refund of the return any more: its own reports move nothing there', () => {
    const bench = redirected();
    for (const status of ['succeeded', 'failed'] as const)
      expect(bench.do('refund_reported', { refundId: 'rfd_1', providerRefundId: 'prf_late', status }, 'provider')).toEqual([]);
  });
});

test('a refund that finance rejected and its provider paid calls finance too, whatever an agent decides meanwhile', () => {
  const bench = new Bench({ policy: samplePolicy({ refund: { ...samplePolicy().refund, approvalAbove: 10 } }) }).apply().bring();
  reject(bench, 'rfd_1');
  bench.paysAfterAll('rfd_1');
  expect([bench.status, bench.state.attention?.reason]).toEqual(['in_review', 'paid_after_redirect']);
  bench.do('accept_overdraft', {}, 'finance');
  expect(bench.state.attention).toBeNull();
});

test('an advance that went another way and was paid after all is its first tender’s again', () => {
  const policy = samplePolicy({ refund: { ...samplePolicy().refund, timing: 'at_approval', advanceBelow: 5000 } });
  const bench = new Bench({ order, policy }).apply();
  bench.answer('refund', { kind: 'refused', code: 'card_closed' });
  bench.do('redirect_refund', { refundId: 'rfd_1', to: 'manual' }, 'finance');
  bench.paysAfterAll('rfd_1');
  reject(bench);
  expect([statuses(bench), bench.state.advances![0]!.tenders, bench.state.attention]).toEqual([
    ['succeeded', 'redirected'],
    [{ tenderId: 't1', amount: 1000 }],
    null,
  ]);
  bench.bring();
  expect([bench.status, statuses(bench), balanceOf('customer_receivable', bench.ledger)]).toEqual(['completed', ['succeeded', 'redirected'], 0]);
});

test('whoever granted what finance rejected does not approve it after a detour: an agent decided once more, and it is their grant all the same', () => {
  const bench = new Bench({ policy: samplePolicy({ refund: { ...samplePolicy().refund, approvalAbove: 100 } }) }).apply();
  bench.receive({ '1': 1 });
  bench.do('inspect', { lines: [{ lineId: '1', units: [{ unit: 1, quantity: null, grade: 'A', disposition: 'restock', accepted: true, fault: null, missingParts: false }] }] }, 'admin'); // prettier-ignore
  const approve = (refundId: string, by: 'admin' | 'finance') => bench.refusal('approve_refund', { refundId }, by);
  expect(approve('rfd_1', 'admin')).toBe('four_eyes_required');
  reject(bench, 'rfd_1');
  bench.decide('approve', ['1'], 'agent');
  expect([approve('rfd_2', 'admin'), approve('rfd_2', 'finance')]).toEqual(['four_eyes_required', null]);
});

describe('what the same money was to go by besides', () => {
  test('is held while it waits to be tried again: the provider has just said that it has nothing', () => {
    const bench = redirected('t2');
    bench.answer('refund', { kind: 'unanswered' });
    bench.answer('lookUpRefund', { kind: 'not_found' });
    bench.paysAfterAll('rfd_1');
    expect(bench.state.refunds[1]).toMatchObject({ status: 'pending', held: true });
    reject(bench);
    expect([bench.status, statuses(bench), books(bench)]).toEqual(['completed', ['succeeded', 'redirected'], [0, 0, 1000, 0]]);
  });
  test('may still be rejected after the loss was taken, once it has come back: then there is no loss', () => {
    const bench = redirected('t2');
    bench.answer('refund', { kind: 'done', providerRefundId: 'prf_2' });
    bench.paysAfterAll('rfd_1');
    bench.do('accept_overdraft', {}, 'finance');
    bench.do('refund_reported', { refundId: 'rfd_2', providerRefundId: 'prf_2', status: 'failed' }, 'provider');
    expect(bench.status).toBe('settling');
    reject(bench);
    expect([bench.status, statuses(bench), books(bench)]).toEqual(['completed', ['succeeded', 'redirected'], [0, 0, 1000, 0]]);
  });
  test('counts forwards too: the first is not tried again when what was to replace it has been paid', () => {
    const bench = redirected('t2');
    bench.answer('refund', { kind: 'refused', code: 'wallet_closed' });
    bench.paysAfterAll('rfd_1');
    reject(bench);
    bench.paysAfterAll('rfd_2', 'prf_later');
    bench.do('refund_reported', { refundId: 'rfd_1', providerRefundId: 'prf_late', status: 'failed' }, 'provider');
    const refusals = [
      bench.refusal('retry_refund', { refundId: 'rfd_1' }, 'finance'),
      bench.refusal('redirect_refund', { refundId: 'rfd_1', to: 'manual' }, 'finance'),
    ];
    expect(refusals).toEqual(['invalid_state', 'invalid_state']);
    reject(bench, 'rfd_1');
    expect([bench.status, statuses(bench)]).toEqual(['completed', ['redirected', 'succeeded']]);
  });
});
