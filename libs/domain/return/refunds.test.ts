import { nextStep } from './attention';
import { due } from './due';
import { applicationLine, Bench, day, hour, reviewed, sampleOrder, samplePolicy, type BenchOptions } from './fixtures';

const settled = (options: BenchOptions = {}) => new Bench(options).apply().bring();
const refund = (bench: Bench) => bench.state.refunds[0]!;
const open = (bench: Bench) => [...due(bench.state).effects, ...due(bench.state).later.map(({ effect }) => effect)].map(({ call, key }) => [call, key]);
const above = (approvalAbove: number) => samplePolicy({ refund: { ...samplePolicy().refund, approvalAbove } });

describe('what a provider says', () => {
  test('done: the refund succeeded and the return is complete', () => {
    const bench = settled();
    expect(open(bench)).toEqual([['refund', 'rfd_1/1']]);
    bench.answer('refund', { kind: 'done', providerRefundId: 'prf_1' });
    expect([refund(bench), bench.status]).toMatchObject([{ status: 'succeeded', providerRefundId: 'prf_1' }, 'completed']);
  });
  test('accepted: nothing is asked for a quarter of an hour; the provider’s report ends it', () => {
    const bench = settled();
    bench.answer('refund', { kind: 'accepted', providerRefundId: 'prf_1' });
    expect([refund(bench).status, due(bench.state).effects, bench.status]).toEqual(['pending', [], 'settling']);
    expect(due(bench.state).later).toMatchObject([{ at: bench.now + hour / 4, effect: { call: 'lookUpRefund', key: 'rfd_1/1' } }]);
    bench.do('refund_reported', { refundId: 'rfd_1', providerRefundId: 'prf_1', status: 'succeeded' }, 'provider');
    expect([bench.status, open(bench)]).toEqual(['completed', []]);
  });
  test('accepted, and the report is lost: looked up less and less often, and no answer to that is news', () => {
    const bench = settled();
    bench.answer('refund', { kind: 'accepted', providerRefundId: 'prf_1' });
    const waits: number[] = [];
    for (const kind of ['accepted', 'unanswered', 'accepted', 'accepted', 'accepted', 'accepted'] as const) {
      bench.answer('lookUpRefund', { kind });
      expect([refund(bench).status, refund(bench).providerRefundId, bench.state.attention]).toEqual(['pending', 'prf_1', null]);
      waits.push((refund(bench).notBefore! - bench.now) / hour);
    }
    expect(waits).toEqual([0.5, 1, 2, 4, 6, 6]);
    bench.answer('lookUpRefund', { kind: 'done', providerRefundId: 'prf_1' });
    expect(bench.status).toBe('completed');
  });
  test('accepted and then silent: looked up when the refund is overdue, and whenever finance asks', () => {
    const bench = settled();
    bench.answer('refund', { kind: 'accepted', providerRefundId: 'prf_1' });
    bench.pass(2 * hour);
    expect([bench.state.attention?.reason, due(bench.state).effects]).toMatchObject(['refund_overdue', [{ call: 'lookUpRefund', key: 'rfd_1/1' }]]);
    bench.answer('lookUpRefund', { kind: 'accepted', providerRefundId: 'prf_1' });
    expect(due(bench.state).effects).toEqual([]);
    bench.do('retry_refund', { refundId: 'rfd_1' }, 'finance');
    expect(due(bench.state).effects).toMatchObject([{ call: 'lookUpRefund', key: 'rfd_1/1' }]);
    bench.answer('lookUpRefund', { kind: 'done', providerRefundId: 'prf_1' });
    expect([bench.status, bench.state.attention]).toEqual(['completed', null]);
  });
  test('refused: failed, a person is told, and a new attempt has a new key', () => {
    const bench = settled();
    bench.answer('refund', { kind: 'refused', code: 'card_closed' });
    expect([refund(bench).status, bench.state.attention?.reason, nextStep(bench.state)]).toMatchObject([
      'failed',
      'refund_failed',
      { who: 'finance', action: 'resolve_exception' },
    ]);
    bench.do('retry_refund', { refundId: 'rfd_1' }, 'finance');
    expect([open(bench), bench.state.attention]).toEqual([[['refund', 'rfd_1/2']], null]);
  });
  test('no answer: looked up after a while, and never sent again on a guess', () => {
    const bench = settled();
    bench.answer('refund', { kind: 'unanswered' });
    expect([refund(bench).status, refund(bench).notBefore, bench.state.attention?.reason]).toEqual(['unknown', bench.now + 1000, 'refund_unknown']);
    expect(due(bench.state).effects).toEqual([]);
    expect(open(bench)).toEqual([['lookUpRefund', 'rfd_1/1']]);
    bench.answer('lookUpRefund', { kind: 'unanswered' });
    expect([open(bench), refund(bench).notBefore]).toEqual([[['lookUpRefund', 'rfd_1/1']], bench.now + 2000]);
    bench.answer('lookUpRefund', { kind: 'done', providerRefundId: 'prf_1' });
    expect([bench.status, bench.state.attention]).toEqual(['completed', null]);
  });
  test('looked up and not found: a new attempt with a new key, later each time, and a person after twelve', () => {
    const bench = settled();
    const waits: number[] = [];
    for (let attempt = 1; attempt < 12; attempt++) {
      bench.answer('refund', { kind: 'unanswered' });
      bench.answer('lookUpRefund', { kind: 'not_found' });
      expect(open(bench)).toEqual([['refund', `rfd_1/${attempt + 1}`]]);
      waits.push(refund(bench).notBefore! - bench.now);
    }
    expect(waits.slice(0, 3)).toEqual([1000, 2000, 4000]);
    expect(Math.max(...waits)).toBe(15 * 60_000);
    bench.answer('refund', { kind: 'unanswered' });
    bench.answer('lookUpRefund', { kind: 'not_found' });
    expect([refund(bench).status, open(bench)]).toEqual(['failed', []]);
  });
  test('an answer to a question that is no longer open changes nothing', () => {
    const bench = settled();
    const [first] = due(bench.state).effects;
    bench.answer('refund', { kind: 'unanswered' });
    expect(bench.do('outcome', { effect: first!.id, call: 'refund', subject: 'rfd_1', result: { kind: 'done' } })).toEqual([]);
    expect(refund(bench).status).toBe('unknown');
  });
});

describe('what a provider reports by itself', () => {
  test('a success days ago that failed after all opens the return again', () => {
    const bench = settled();
    bench.answer('refund', { kind: 'done', providerRefundId: 'prf_1' });
    bench.do('refund_reported', { refundId: 'rfd_1', providerRefundId: 'prf_1', status: 'failed' }, 'provider');
    expect([bench.status, bench.state.attention?.reason, bench.tenders[0]!.pendingAmount]).toEqual(['settling', 'refund_failed', 1000]);
    bench.do('retry_refund', { refundId: 'rfd_1' }, 'finance');
    bench.answer('refund', { kind: 'done', providerRefundId: 'prf_2' });
    expect([bench.status, bench.tenders[0]]).toMatchObject(['completed', { pendingAmount: 0, refundedAmount: 1000 }]);
  });
  test('repeated reports, and those about another attempt or refund, change nothing', () => {
    const bench = settled();
    bench.answer('refund', { kind: 'done', providerRefundId: 'prf_1' });
    const report = (refundId: string, providerRefundId: string | null, status: 'succeeded' | 'failed' | 'pending') =>
      bench.do('refund_reported', { refundId, providerRefundId, status }, 'provider');
    expect([
      report('rfd_1', 'prf_1', 'succeeded'),
      report('rfd_1', 'prf_0', 'failed'),
      report('rfd_9', 'prf_1', 'failed'),
      report('rfd_1', 'prf_1', 'pending'),
    ]).toEqual([[], [], [], []]);
  });
  test('a report of an earlier attempt, good or bad, is not about the one that is being made', () => {
    const bench = settled();
    bench.answer('refund', { kind: 'refused', code: 'no' });
    bench.do('retry_refund', { refundId: 'rfd_1' }, 'finance');
    for (const status of ['failed', 'succeeded'] as const)
      expect(bench.do('refund_reported', { refundId: 'rfd_1', providerRefundId: 'prf_1', status }, 'provider')).toEqual([]);
    bench.answer('refund', { kind: 'done', providerRefundId: 'prf_2' });
    expect(refund(bench)).toMatchObject({ status: 'succeeded', providerRefundId: 'prf_2' });
  });
  test('a report that overtakes the answer counts at once, and a late answer to what is not asked changes nothing', () => {
    const bench = settled();
    const [call] = due(bench.state).effects;
    bench.do('refund_reported', { refundId: 'rfd_1', providerRefundId: 'prf_1', status: 'succeeded' }, 'provider');
    expect(refund(bench).status).toBe('succeeded');
    const answer = { effect: call!.id, call: 'refund', subject: 'rfd_1', result: { kind: 'accepted', providerRefundId: 'prf_1' } } as const;
    bench.do('outcome', answer);
    expect([refund(bench).status, open(bench), bench.do('outcome', answer)]).toEqual(['succeeded', [], []]);
  });
});

describe('four eyes', () => {
  test('what the order has been granted beyond the limit waits for finance', () => {
    const bench = settled({ policy: above(999) });
    expect([refund(bench).status, open(bench), nextStep(bench.state)]).toMatchObject(['awaiting_approval', [], { who: 'finance', action: 'approve_refund' }]);
    bench.do('approve_refund', { refundId: 'rfd_1' }, 'finance');
    expect([refund(bench), open(bench)]).toMatchObject([{ status: 'pending', by: 'usr_finance' }, [['refund', 'rfd_1/1']]]);
    expect(bench.refusal('approve_refund', { refundId: 'rfd_1' }, 'finance2')).toBe('invalid_state');
  });
  test('the limit cannot be undercut in instalments', () => {
    const bench = new Bench({ policy: above(1500) }).apply([applicationLine('1', { quantity: 2 })]);
    bench.receive({ '1': 2 });
    bench.inspect('1');
    bench.inspect('1');
    expect(bench.state.refunds.map(({ status }) => status)).toEqual(['pending', 'awaiting_approval']);
  });
  test('whoever decided the line, or resolved it, does not approve its money', () => {
    const decided = new Bench({ policy: reviewed({ refund: above(10).refund }) }).apply().decide('approve', ['1'], 'admin').bring();
    expect([decided.refusal('approve_refund', { refundId: 'rfd_1' }, 'admin'), decided.refusal('approve_refund', { refundId: 'rfd_1' }, 'finance')]).toEqual([
      'four_eyes_required',
      null,
    ]);
    const resolved = new Bench({ policy: above(10) }).apply().ship();
    resolved.scan('lost');
    resolved.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'lost', money: 'refund' }] }, 'admin');
    expect(resolved.refusal('approve_refund', { refundId: 'rfd_1' }, 'admin')).toBe('four_eyes_required');
  });
  test('an approval nobody gives becomes urgent', () => {
    const bench = settled({ policy: above(10) });
    bench.pass(4 * hour);
    expect([bench.state.priority, bench.state.attention?.reason]).toEqual(['urgent', 'approval_overdue']);
  });
  const cash = sampleOrder({ tenders: [{ tenderId: 't1', kind: 'cash', providerPaymentId: null, amount: 5500 }] });
  test('a payout by hand is confirmed by somebody else than who approved it', () => {
    const bench = settled({ order: cash, policy: above(10) });
    bench.do('approve_refund', { refundId: 'rfd_1' }, 'finance');
    expect([refund(bench).status, nextStep(bench.state)?.action]).toEqual(['awaiting_payout', 'confirm_payout']);
    expect(bench.refusal('settle_refund', { refundId: 'rfd_1', reference: 'BANK-1' }, 'finance')).toBe('four_eyes_required');
    bench.do('settle_refund', { refundId: 'rfd_1', reference: 'BANK-1' }, 'finance2');
    expect([refund(bench), bench.status]).toMatchObject([{ status: 'succeeded', providerRefundId: 'BANK-1' }, 'completed']);
    expect(bench.refusal('settle_refund', { refundId: 'rfd_1' }, 'finance')).toBe(('not_found' satisfies string) === 'not_found' ? 'invalid_state' : null);
  });
});

describe('a refund that cannot be paid to its tender', () => {
  const order = sampleOrder({
    tenders: [
      { tenderId: 't1', kind: 'card', providerPaymentId: 'pay_declined_1', amount: 4500 },
      { tenderId: 't2', kind: 'wallet', providerPaymentId: 'pay_ok_2', amount: 1000 },
    ],
  });
  const failed = (options: BenchOptions = {}) => {
    const bench = settled({ order, ...options });
    bench.answer('refund', { kind: 'refused', code: 'card_closed' });
    return bench;
  };
  test('goes to another tender of the order that has room for it', () => {
    const bench = failed();
    bench.do('redirect_refund', { refundId: 'rfd_1', to: 't2' }, 'finance');
    expect(bench.state.refunds).toMatchObject([
      { status: 'redirected' },
      { refundId: 'rfd_2', settlementId: 'stl_1', tenderId: 't2', amount: 1000, status: 'pending', by: 'usr_finance' },
    ]);
    expect(bench.tenders.map(({ pendingAmount }) => pendingAmount)).toEqual([0, 1000]);
    bench.answer('refund', { kind: 'done' });
    expect([bench.status, bench.state.attention]).toEqual(['completed', null]);
  });
  test('does not go where there is no room, nor to its own tender, nor nowhere', () => {
    const bench = failed();
    bench.tenders[1]!.disputedAmount = 1;
    const to = (where: string) => bench.refusal('redirect_refund', { refundId: 'rfd_1', to: where }, 'finance');
    expect([to('t2'), to('t1'), to('nowhere'), to('manual')]).toEqual(['amount_unavailable', 'invalid_state', 'not_found', null]);
  });
  test('only a failed one is redirected', () => {
    const bench = settled({ order });
    expect([
      bench.refusal('redirect_refund', { refundId: 'rfd_1', to: 'manual' }, 'finance'),
      bench.refusal('redirect_refund', { refundId: 'rfd_9', to: 'manual' }, 'finance'),
    ]).toEqual(['invalid_state', 'not_found']);
  });
  test('becomes store credit with the customer’s consent only, which can be asked for then', () => {
    const bench = failed();
    const redirect = { refundId: 'rfd_1', to: 'store_credit' };
    expect(bench.refusal('redirect_refund', redirect, 'finance')).toBe('invalid_state');
    bench.do('offer', { resolution: 'store_credit', amount: null }, 'agent');
    expect(bench.refusal('redirect_refund', redirect, 'finance')).toBe('invalid_state');
    bench.do('accept_offer', { offerId: 'ofr_1' }, 'customer');
    bench.do('redirect_refund', redirect, 'finance');
    expect([bench.state.refunds[1], bench.status]).toMatchObject([{ tenderId: 'store_credit', provider: 'boomerang', status: 'succeeded' }, 'completed']);
  });
  test('by hand waits for somebody who has neither approved nor redirected it', () => {
    const bench = settled({ order, policy: above(10) });
    bench.do('approve_refund', { refundId: 'rfd_1' }, 'finance');
    bench.answer('refund', { kind: 'refused', code: 'card_closed' });
    bench.do('redirect_refund', { refundId: 'rfd_1', to: 'manual' }, 'finance2');
    const settle = (by: 'finance' | 'finance2' | 'admin') => bench.refusal('settle_refund', { refundId: 'rfd_2', reference: 'B1' }, by);
    expect([settle('finance'), settle('finance2'), settle('admin')]).toEqual(['four_eyes_required', 'four_eyes_required', null]);
  });
  test('by hand is confirmed by whoever did not send it there', () => {
    const bench = failed();
    bench.do('redirect_refund', { refundId: 'rfd_1', to: 'manual' }, 'finance');
    expect(nextStep(bench.state)).toMatchObject({ who: 'finance', action: 'confirm_payout' });
    expect(bench.refusal('settle_refund', { refundId: 'rfd_2', reference: 'B1' }, 'finance')).toBe('four_eyes_required');
    expect(bench.refusal('settle_refund', { refundId: 'rfd_1', reference: 'B1' }, 'finance2')).toBe('invalid_state');
    bench.do('settle_refund', { refundId: 'rfd_2', reference: 'B1' }, 'finance2');
    expect(bench.status).toBe('completed');
  });
});

describe('a disputed balance', () => {
  test('holds the money until the dispute is over, whoever approved it', () => {
    for (const policy of [samplePolicy(), above(10)]) {
      const bench = new Bench({ policy }).apply();
      bench.tenders[0]!.disputedAmount = 5500;
      bench.bring();
      if (refund(bench).status === 'awaiting_approval') bench.do('approve_refund', { refundId: 'rfd_1' }, 'finance');
      expect([refund(bench).held, open(bench), bench.state.attention?.reason]).toEqual([true, [], 'tender_disputed']);
      expect(nextStep(bench.state)).toMatchObject({ who: 'finance', action: 'resolve_exception' });
      expect(bench.do('wake', {})).toEqual([]);
      bench.tenders[0]!.disputedAmount = 0;
      bench.do('wake', {});
      expect([open(bench), bench.state.attention]).toEqual([[['refund', 'rfd_1/1']], null]);
    }
  });
  test('is not gone round: lost, it has given the customer the money already; finance withdraws what was granted', () => {
    const bench = new Bench().apply();
    bench.tenders[0]!.disputedAmount = 5500;
    bench.bring();
    for (const to of ['t1', 'store_credit', 'manual']) expect(bench.refusal('redirect_refund', { refundId: 'rfd_1', to }, 'finance')).toBe('invalid_state');
    expect(nextStep(bench.state)).toMatchObject({ who: 'finance', action: 'resolve_exception' });
    bench.do('reject_refund', { refundId: 'rfd_1' }, 'finance');
    expect([bench.status, bench.tenders[0]]).toMatchObject(['in_review', { pendingAmount: 0, refundedAmount: 0 }]);
  });
  test('money that the tenders no longer have calls a person, and goes on when it is there again', () => {
    const bench = new Bench().apply();
    bench.tenders[0]!.refundedAmount = 5500;
    bench.bring();
    expect([bench.state.refunds, bench.state.attention?.reason, nextStep(bench.state)?.action]).toEqual([[], 'amount_unavailable', 'resolve_exception']);
    bench.tenders[0]!.refundedAmount = 0;
    bench.do('wake', {});
    expect([bench.state.refunds.length, bench.state.attention]).toEqual([1, null]);
  });
});

test('a refund that takes long warns nobody before it is overdue, and is done with when it is paid', () => {
  const bench = settled();
  bench.pass(2 * hour - 1);
  expect(bench.state.attention).toBeNull();
  bench.pass(1);
  expect(bench.state.attention?.reason).toBe('refund_overdue');
  bench.answer('refund', { kind: 'done' });
  expect([bench.state.attention, bench.state.deadlines]).toEqual([null, []]);
  bench.pass(day);
});
