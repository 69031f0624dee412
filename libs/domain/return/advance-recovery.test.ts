import { sketchOrder } from '../money/money-fixtures';
import type { RefundRules } from '../policy/policy';
import { advanceStatus } from './advance-book';
import { advance, advanced, bench, books, documentOf, paid, refunds, rules, worn } from './advance-fixtures';
import { nextStep, workOf } from './attention';
import { applicationLine, Bench, day, inspected, reviewed, sampleOrder } from './fixtures';
import { moneyOf } from './tables';

describe('what is left of it', () => {
  const short = (advanceRecovery: RefundRules['advanceRecovery']) => paid({ advanceRecovery }).bring({ grade: 'C' });
  test('is written off', () => {
    const one = short('write_off');
    expect([one.status, advance(one).recoveredAmount, advanceStatus(advance(one)), one.state.attention]).toEqual(['completed', 500, 'recovered', null]);
    expect(books(one, 'customer_receivable', 'write_off', 'refunds_payable')).toEqual([0, -500, 0]);
    // Money that was given away still counts for the limit; the points that go with refunds go by what was refunded.
    expect([one.grantedAmount, one.world.money.refundedAmount]).toEqual([1000, 500]);
  });
  test('is taken from the customer’s store credit', () => {
    const one = short('store_credit');
    expect([books(one, 'customer_receivable', 'store_credit'), one.grantedAmount]).toEqual([[0, -500], 500]);
  });
  test('is invoiced: it stays open, and a person is asked until they have seen to it', () => {
    const one = short('invoice');
    expect([one.status, one.state.attention?.reason, nextStep(one.state), advanceStatus(advance(one))]).toMatchObject([
      'completed',
      'advance_to_invoice',
      { who: 'agent' },
      'invoiced',
    ]);
    expect(workOf(one.state)).toMatchObject([{ queue: 'exception', title: 'advance_to_invoice' }]);
    const word = (money: 'none' | 'refund') => ({ units: [{ lineId: '1', unit: 1, logistics: 'received' as const, money }] });
    expect(one.refusal('resolve', word('refund'), 'agent')).toBe('invalid_state');
    one.do('resolve', word('none'), 'agent');
    expect([one.state.attention, one.unit().disposition, nextStep(one.state), books(one, 'customer_receivable')]).toEqual([null, 'restock', null, [-500]]);
    expect(one.refusal('resolve', word('none'), 'agent')).toBe('invalid_state');
  });
  test('waits for the last unit of the advance', () => {
    const one = bench().apply([applicationLine('1', { quantity: 2, reason: 'changed_mind' })]);
    one.answer('refund', { kind: 'done' });
    one.receive({ '1': 1 });
    one.inspect('1', inspected({ grade: 'D' }));
    expect([advanceStatus(advance(one)), books(one, 'customer_receivable', 'write_off')]).toEqual(['open', [-2000, 0]]);
    // It was handed over with the other as far as anybody knows: no clock gives it up, an agent does.
    one.pass(11 * day);
    expect([one.status, advance(one).recoveredAmount]).toEqual(['in_transit', 0]);
    one.do('resolve', { units: [{ lineId: '1', unit: 2, logistics: 'kept_by_customer', money: 'none' }] }, 'agent');
    expect([one.status, advance(one).recoveredAmount, books(one, 'customer_receivable', 'write_off')]).toEqual(['completed', 2000, [0, -2000]]);
  });
  test('nobody hands the goods over: all of it', () => {
    const one = bench().apply([worn], { method: 'drop_off' });
    one.answer('buyLabel', { kind: 'done', trackingNumber: 'SBX1' });
    one.answer('refund', { kind: 'done' });
    one.pass(8 * day);
    expect([one.status, advanceStatus(advance(one)), books(one, 'customer_receivable', 'write_off'), one.world.freeUnits['1']]).toEqual(['expired', 'recovered', [0, -1000], [1, 2, 3]]); // prettier-ignore
  });
  test('goods that fail: once nobody can appeal any more', () => {
    const one = paid().bring({ accepted: false });
    expect([one.status, advanceStatus(advance(one)), moneyOf(one.state, one.unit())]).toEqual(['rejected', 'open', 'refunded']);
    one.pass(8 * day);
    expect([advanceStatus(advance(one)), one.unit().logistics, books(one, 'customer_receivable', 'write_off')]).toEqual([
      'recovered',
      'sending_back',
      [0, -1000],
    ]);
  });
  test('an appeal that comes through closes it after all, and nothing is recovered', () => {
    const one = paid().bring({ accepted: false });
    one.do('appeal', {}, 'customer');
    one.decide('approve', ['1'], 'agent');
    expect([one.status, advanceStatus(advance(one)), refunds(one), books(one, 'customer_receivable')]).toEqual([
      'completed',
      'settled',
      [[1000, 'succeeded']],
      [0],
    ]);
  });
  test('lost on the way: it is the carrier’s loss, and the customer’s money stays; or an agent says otherwise', () => {
    const lost = (money: 'refund' | 'none') => {
      const one = paid().ship();
      one.scan('picked_up');
      one.scan('lost');
      one.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'lost', money }] }, 'agent');
      return [one.status, advanceStatus(advance(one)), refunds(one), ...books(one, 'customer_receivable', 'write_off')];
    };
    expect(lost('refund')).toEqual(['completed', 'settled', [[1000, 'succeeded']], 0, 0]);
    expect(lost('none')[1]).toBe('recovered');
    expect(lost('none').slice(3)).toEqual([0, -1000]);
  });
  test('goods that come after all: what was recovered is the customer’s again, and nothing is paid twice', () => {
    const one = bench({ advanceRecovery: 'store_credit' }).apply([worn], { method: 'drop_off' });
    one.answer('buyLabel', { kind: 'done', trackingNumber: 'SBX1' });
    one.answer('refund', { kind: 'done' });
    one.pass(8 * day);
    expect(books(one, 'store_credit')).toEqual([-1000]);
    one.receive({ '1': 1 });
    one.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'refund' }] }, 'agent');
    expect([one.status, refunds(one), advanceStatus(advance(one)), ...books(one, 'store_credit', 'customer_receivable')]).toEqual(['completed', [[1000, 'succeeded']], 'settled', 0, 0]); // prettier-ignore
  });
});

describe('an advance that nobody has paid', () => {
  const above = { approvalAbove: 900 } as const;
  test('waits for finance like any money, while the return goes on', () => {
    const one = advanced(above);
    expect([one.status, refunds(one), workOf(one.state).map(({ queue }) => queue), moneyOf(one.state, one.unit())]).toEqual(['awaiting_handover', [[1000, 'awaiting_approval']], ['refund_approval'], 'granted']); // prettier-ignore
    one.do('approve_refund', { refundId: 'rfd_1' }, 'finance');
    expect(refunds(one)).toEqual([[1000, 'pending']]);
  });
  test('is overtaken by the settlement: no more is paid than is owed', () => {
    const one = advanced(above).bring({ grade: 'C' });
    expect([refunds(one), advanceStatus(advance(one))]).toEqual([[[1000, 'rejected'], [500, 'pending']], 'withdrawn']); // prettier-ignore
    expect([...books(one, 'customer_receivable', 'refunds_payable'), one.tenders[0]!.pendingAmount, one.grantedAmount]).toEqual([0, 500, 500, 500]);
  });
  test('is withdrawn by finance: the line is an agent’s once more, and what is approved then waits for the goods', () => {
    const one = advanced(above);
    one.do('reject_refund', { refundId: 'rfd_1' }, 'finance');
    expect([one.status, advanceStatus(advance(one)), one.tenders[0]!.pendingAmount, ...books(one, 'customer_receivable', 'refunds_payable')]).toEqual(['in_review', 'withdrawn', 0, 0, 0]); // prettier-ignore
    one.decide('approve');
    expect([one.status, refunds(one)]).toEqual(['awaiting_handover', [[1000, 'rejected']]]);
    one.bring();
    expect(refunds(one)[1]).toEqual([1000, 'awaiting_approval']);
  });
  test('goes with the return that is called off; one that left, or is leaving, keeps it', () => {
    const waiting = advanced(above);
    waiting.do('cancel', {}, 'customer');
    expect([waiting.status, refunds(waiting), waiting.tenders[0]!.pendingAmount, waiting.grantedAmount]).toEqual(['cancelled', [[1000, 'rejected']], 0, 0]);
    expect([advanced().refusal('cancel', {}, 'customer'), paid().refusal('cancel', {}, 'customer')]).toEqual(['invalid_state', 'invalid_state']);
    expect(advanced().refusal('reject_refund', { refundId: 'rfd_1' }, 'finance')).toBe('invalid_state');
  });
  test('held by a dispute it waits, and goes on when the dispute is over', () => {
    const one = new Bench({ policy: reviewed({ refund: rules() }) }).apply([worn]);
    one.tenders[0]!.disputedAmount = 5500;
    one.decide('approve');
    expect([one.state.refunds[0]!.held, one.state.attention?.reason]).toEqual([true, 'tender_disputed']);
    one.tenders[0]!.disputedAmount = 0;
    one.do('wake', {});
    expect([one.state.refunds[0]!.held, one.state.attention]).toEqual([false, null]);
  });
  test('expires with the goods that never came: nothing is recovered, for nothing was paid', () => {
    const one = bench(above).apply([worn], { method: 'drop_off' });
    one.pass(8 * day);
    expect([one.status, refunds(one), advanceStatus(advance(one)), ...books(one, 'customer_receivable', 'write_off')]).toEqual(['expired', [[1000, 'rejected']], 'withdrawn', 0, 0]); // prettier-ignore
  });
});

describe('an advance whose refund fails', () => {
  test('is tried again, or goes another way, which the settlement then names', () => {
    const one = advanced();
    one.answer('refund', { kind: 'refused', code: 'card_closed' });
    expect([one.status, one.state.attention?.reason]).toEqual(['awaiting_handover', 'refund_failed']);
    one.do('redirect_refund', { refundId: 'rfd_1', to: 'manual' }, 'finance');
    one.do('settle_refund', { refundId: 'rfd_2', reference: 'BANK-1' }, 'finance2');
    one.bring();
    expect([one.status, refunds(one)]).toEqual(['completed', [[1000, 'redirected'], [1000, 'succeeded']]]); // prettier-ignore
    expect(documentOf(one)[1]!.settlement.tenders).toEqual([{ tenderId: 'manual', kind: 'cash', amount: 1000 }]);
  });
  test('is replaced by the settlement when the goods come first', () => {
    const one = advanced();
    one.answer('refund', { kind: 'refused', code: 'card_closed' });
    one.bring({ grade: 'B' });
    expect(refunds(one)).toEqual([[1000, 'rejected'], [900, 'pending']]); // prettier-ignore
  });
  const late = { refundId: 'rfd_1', providerRefundId: 'prf_1', status: 'failed' } as const;
  test('days after it was settled: it is owed, and tried again', () => {
    const one = paid().bring();
    one.do('refund_reported', late, 'provider');
    expect([one.status, one.state.attention?.reason, ...books(one, 'refunds_payable', 'customer_receivable')]).toEqual(['settling', 'refund_failed', 1000, 0]);
    one.do('retry_refund', { refundId: 'rfd_1' }, 'finance');
    one.answer('refund', { kind: 'done', providerRefundId: 'prf_2' });
    expect([one.status, books(one, 'refunds_payable')]).toEqual(['completed', [0]]);
  });
  test('days after it was written off: it is dropped with its recovery, for nothing is owed', () => {
    const one = bench().apply([worn], { method: 'drop_off' });
    one.answer('refund', { kind: 'done', providerRefundId: 'prf_1' });
    one.pass(8 * day);
    one.do('refund_reported', late, 'provider');
    expect([one.status, refunds(one), one.state.attention]).toEqual(['expired', [[1000, 'rejected']], null]);
    expect([...books(one, 'write_off', 'customer_receivable', 'refunds_payable', 'provider_clearing'), one.grantedAmount]).toEqual([0, 0, 0, 0, 0]);
    expect(one.tenders[0]).toMatchObject({ pendingAmount: 0, refundedAmount: 0 });
  });
  test('sent to be paid by hand, it can be paid or dropped after the return has expired', () => {
    const expired = () => {
      const one = bench().apply([worn], { method: 'drop_off' });
      one.answer('refund', { kind: 'refused', code: 'card_closed' });
      one.do('redirect_refund', { refundId: 'rfd_1', to: 'manual' }, 'finance');
      one.pass(8 * day);
      return one;
    };
    const handed = expired();
    expect([handed.status, nextStep(handed.state)?.action, ...books(handed, 'write_off')]).toEqual(['expired', 'confirm_payout', -1000]);
    handed.do('settle_refund', { refundId: 'rfd_2', reference: 'BANK-1' }, 'finance2');
    expect(books(handed, 'write_off', 'refunds_payable', 'provider_clearing')).toEqual([-1000, 0, 1000]);
    const dropped = expired();
    dropped.do('reject_refund', { refundId: 'rfd_2' }, 'finance');
    expect([refunds(dropped)[1], ...books(dropped, 'write_off', 'refunds_payable', 'customer_receivable')]).toEqual([[1000, 'rejected'], 0, 0, 0]);
  });
});

describe('an advance of which only a part was paid', () => {
  const order = sampleOrder({
    tenders: [
      { tenderId: 'g', kind: 'gift_card', providerPaymentId: 'pay_g', amount: 600 },
      { tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 4900 },
    ],
  });
  const partly = () => {
    const one = advanced({}, { order });
    one.answer('refund', { kind: 'done' }, 'rfd_1');
    one.answer('refund', { kind: 'refused', code: 'card_closed' }, 'rfd_2');
    return one;
  };
  test('counts with that part: the settlement pays what is owed beyond it', () => {
    const one = partly().bring();
    expect(one.state.refunds.map(({ tenderId, amount, status }) => [tenderId, amount, status])).toEqual([
      ['g', 600, 'succeeded'],
      ['t1', 400, 'rejected'],
      ['t1', 400, 'pending'],
    ]);
    expect([advanceStatus(advance(one)), ...books(one, 'customer_receivable', 'refunds_payable')]).toEqual(['settled', 0, 400]);
  });
  test('or recovers what of it was not due', () => {
    const one = partly().bring({ grade: 'C' });
    expect([advance(one).recoveredAmount, one.status, ...books(one, 'write_off', 'refunds_payable', 'customer_receivable')]).toEqual([
      100,
      'completed',
      -100,
      0,
      0,
    ]);
  });
  test('what is not sent because its provider is paused is not paid either', () => {
    const one = bench({}, { world: { pausedProviders: ['sandbox'] } }).apply([worn]);
    one.answer('refund', { kind: 'paused' });
    one.bring({ grade: 'C' });
    expect(refunds(one)).toEqual([[1000, 'rejected'], [500, 'pending']]); // prettier-ignore
  });
});

describe('finance withdraws the settlement behind an advance', () => {
  test('the advance is open again, and recovered if the line is rejected then', () => {
    const order = sketchOrder({
      lines: [{ unitPrice: 1000, quantity: 2, sku: 'TEE-M' }],
      shipments: [{ shipmentId: 's1', shippingAmount: 500, deliveredAt: '2026-11-12T00:00:00Z' }],
      tenders: [{ tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 2500 }],
    });
    const one = paid({ outboundShipping: 'seller_fault', approvalAbove: 1000 }, { order }).bring({ fault: 'seller' });
    expect(refunds(one)).toEqual([[1000, 'succeeded'], [500, 'awaiting_approval']]); // prettier-ignore
    one.do('reject_refund', { refundId: 'rfd_2' }, 'finance');
    expect([one.status, advanceStatus(advance(one)), ...books(one, 'customer_receivable', 'refunds_payable'), one.grantedAmount]).toEqual(['in_review', 'open', -1000, 0, 1000]); // prettier-ignore
    one.decide('reject');
    one.pass(8 * day);
    expect([advanceStatus(advance(one)), ...books(one, 'customer_receivable', 'write_off')]).toEqual(['recovered', 0, -1000]);
  });
});
