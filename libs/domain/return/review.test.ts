import { nextStep, workOf } from './attention';
import { applicationLine, Bench, day, hour, inspected, reviewed, samplePolicy } from './fixtures';

const asked = () => new Bench({ policy: reviewed() }).apply([applicationLine('1', { quantity: 2 }), applicationLine('2')]);

describe('applications', () => {
  test('one that rules cover is approved at once, any other waits for an agent', () => {
    expect(new Bench().apply().status).toBe('awaiting_handover');
    const bench = asked();
    expect([bench.status, nextStep(bench.state)]).toMatchObject(['in_review', { who: 'agent', action: 'review', whenOverdue: 'approve' }]);
  });
  test('one that cannot be returned as asked is refused with all findings and leaves nothing', () => {
    const bench = new Bench();
    const lines = [applicationLine('1', { quantity: 4 }), applicationLine('2', { reason: 'whim' })];
    const verdict = bench.ask(
      'apply',
      { application: { orderNumber: 'A1', channel: 'web', lines, method: 'none', pickup: null, refundTo: 'original' } },
      'customer',
    );
    expect(verdict).toMatchObject({ refusal: { code: 'not_eligible', lines: [{ lineId: '1' }, { lineId: '2' }] } });
  });
  test('a line the order does not have is bad input', () => {
    const verdict = new Bench().ask(
      'apply',
      { application: { orderNumber: 'A1', channel: 'web', lines: [applicationLine('9')], method: 'none', pickup: null, refundTo: 'original' } },
      'customer',
    );
    expect(verdict).toMatchObject({ refusal: { code: 'validation_failed', errors: [{ pointer: '/lines/0/lineId' }] } });
  });
  test('an order whose tenders have nothing left is refused, not broken', () => {
    const bench = new Bench();
    bench.tenders[0]!.refundedAmount = 5500;
    expect(
      bench.refusal('apply', {
        application: { orderNumber: 'A1', channel: 'web', lines: [applicationLine('1')], method: 'self_ship', pickup: null, refundTo: 'original' },
      }),
    ).toBe('amount_unavailable');
  });
  test('what an earlier adjustment gave cannot be given again', () => {
    const first = new Bench();
    const adjust = (adjustmentAmount: number) => ({
      application: {
        orderNumber: 'A1',
        channel: 'web',
        lines: [applicationLine('3', { reason: 'price_dropped', resolution: 'adjustment', adjustmentAmount })],
        method: 'none',
        pickup: null,
        refundTo: 'original',
      } as const,
    });
    first.do('apply', adjust(400), 'customer');
    const second = new Bench({ world: { money: first.world.money } });
    expect(second.ask('apply', adjust(101), 'customer')).toMatchObject({ refusal: { lines: [{ findings: [{ code: 'amount_too_high' }] }] } });
    second.do('apply', adjust(100), 'customer');
    expect(second.state.refunds).toMatchObject([{ amount: 100 }]);
  });
});

describe('an agent’s decision', () => {
  test('is taken line by line; each line goes its own way', () => {
    const bench = asked().decide('approve', ['1']);
    expect([bench.status, bench.state.lines.map(({ authorization }) => authorization)]).toEqual(['in_review', ['approved', 'pending']]);
    bench.decide('reject', ['2']);
    expect([bench.status, bench.unit('2').released]).toEqual(['awaiting_handover', false]);
  });
  test('is not taken twice, nor for a line that is not there', () => {
    const bench = asked().decide('approve', ['1']);
    expect(bench.refusal('decision', { lines: [{ lineId: '1', decision: 'reject' }] }, 'agent2')).toBe('invalid_state');
    expect(bench.refusal('decision', { lines: [{ lineId: '9', decision: 'reject' }] }, 'agent')).toBe('validation_failed');
  });
  test('is forbidden above the agent’s limit, but not to say no', () => {
    const bench = asked();
    const limited = (decision: 'approve' | 'reject') => {
      const verdict = bench.ask(
        'decision',
        { lines: [{ lineId: '2', decision }], actor: { kind: 'agent', id: 'usr_x', decisionLimitAmount: 1999 } } as never,
        'agent',
      );
      return 'refusal' in verdict ? verdict.refusal.code : null;
    };
    expect([limited('approve'), limited('reject')]).toEqual(['forbidden', null]);
  });
  test('that never comes is the policy’s: approved, rejected, or escalated', () => {
    const { deadlines } = samplePolicy();
    const after = (onBreach: 'approve' | 'reject' | 'escalate' | 'attention') => {
      const bench = new Bench({ policy: reviewed({ deadlines: { ...deadlines, review: { ...deadlines.review!, onBreach } } }) }).apply();
      bench.pass(40 * hour);
      expect(bench.deadline('review')?.warned).toBe(true);
      bench.pass(8 * hour);
      return [bench.status, bench.state.priority, bench.state.attention?.reason];
    };
    expect(after('approve')).toEqual(['awaiting_handover', 'normal', undefined]);
    expect(after('reject')).toEqual(['rejected', 'normal', undefined]);
    expect(after('escalate')).toEqual(['in_review', 'urgent', 'review_overdue']);
    expect(after('attention')).toEqual(['in_review', 'normal', 'review_overdue']);
  });
});

describe('appeals', () => {
  const rejected = () => new Bench({ policy: reviewed() }).apply().decide('reject');
  test('a customer who is rejected may appeal once, and another agent decides', () => {
    const bench = rejected();
    expect(nextStep(bench.state)).toMatchObject({ who: 'customer', action: 'appeal' });
    bench.do('appeal', {}, 'customer');
    expect([bench.status, workOf(bench.state).map(({ queue }) => queue)]).toEqual(['in_review', ['appeal']]);
    expect(bench.refusal('decision', { lines: [{ lineId: '1', decision: 'approve' }] }, 'agent')).toBe('forbidden');
    bench.decide('approve', ['1'], 'agent2');
    expect([bench.status, bench.state.lines[0]]).toMatchObject(['awaiting_handover', { appeal: 'upheld', decidedBy: 'usr_agent2' }]);
  });
  test('a dismissed appeal is the last word: the unit is free', () => {
    const bench = rejected();
    bench.do('appeal', {}, 'customer');
    bench.decide('reject', ['1'], 'agent2');
    expect([bench.status, bench.unit().released, nextStep(bench.state), bench.state.deadlines]).toEqual(['rejected', true, null, []]);
    expect(bench.refusal('appeal', {}, 'customer')).toBe('invalid_state');
  });
  test('after the window nobody can appeal', () => {
    const bench = rejected();
    bench.pass(7 * day);
    expect([bench.refusal('appeal', {}, 'customer'), bench.unit().released, bench.state.deadlines]).toEqual(['invalid_state', true, []]);
  });
  test('goods rejected at the dock stay there until the window is over, then go back', () => {
    const bench = new Bench().apply().bring({ accepted: false, disposition: 'send_back' });
    expect([bench.status, bench.unit().logistics, bench.refusal('sendback', { carrier: 'c', trackingNumber: 'B' }, 'warehouse')]).toEqual([
      'rejected',
      'received',
      'invalid_state',
    ]);
    bench.pass(7 * day);
    expect([bench.unit().logistics, workOf(bench.state).map(({ title }) => title)]).toEqual(['sending_back', ['send_back_units']]);
    bench.do('sendback', { carrier: 'sandbox', trackingNumber: 'BACK1' }, 'warehouse');
    expect([bench.status, bench.unit().logistics, workOf(bench.state)]).toEqual(['rejected', 'sent_back', []]);
  });
  test('an appeal against the inspection that is upheld settles the unit', () => {
    const bench = new Bench().apply().bring({ accepted: false });
    bench.do('appeal', {}, 'customer');
    bench.decide('approve');
    expect([bench.unit().inspection, bench.state.refunds.length]).toEqual(['passed', 1]);
    // What the dock found is overruled as a whole: neither its grade nor its fault takes anything off.
    expect(bench.unit()).toMatchObject({ grade: null, fault: null, disposition: 'quarantine' });
  });
  test('who is rejected later has the whole window', () => {
    const bench = asked().decide('reject', ['1']);
    bench.pass(day);
    const { dueAt } = bench.deadline('appeal')!;
    bench.decide('reject', ['2']);
    expect(bench.deadline('appeal')!.dueAt).toBe(dueAt + day);
  });
  test('a unit that comes after its line’s appeal can still be inspected by name', () => {
    const bench = new Bench().apply([applicationLine('1', { quantity: 2 })]);
    bench.receive({ '1': 1 });
    bench.inspect('1', inspected({ accepted: false }));
    bench.do('appeal', {}, 'customer');
    bench.decide('approve');
    bench.receive({ '1': 1 });
    bench.inspect('1', inspected({ unit: 2, quantity: null }));
    expect(bench.state.refunds).toHaveLength(2);
  });
  test('once a line: a unit that fails after its line’s appeal was upheld goes back at once', () => {
    const bench = rejected();
    bench.do('appeal', {}, 'customer');
    bench.decide('approve', ['1'], 'agent2').bring({ accepted: false });
    expect([bench.status, bench.unit(), nextStep(bench.state)]).toMatchObject([
      'rejected',
      { released: true, logistics: 'sending_back' },
      { who: 'warehouse', action: 'wait' },
    ]);
  });
  test('a policy without a window lets nobody wait: rejected goods go back at once', () => {
    const { appeal: _, ...deadlines } = samplePolicy().deadlines;
    const bench = new Bench({ policy: samplePolicy({ deadlines }) }).apply().bring({ accepted: false });
    expect([bench.status, bench.unit()]).toMatchObject(['rejected', { released: true, logistics: 'sending_back' }]);
  });
});

describe('offers', () => {
  test('keep it for a part of the price: accepted, it approves and pays without goods', () => {
    const bench = asked();
    bench.do('offer', { resolution: 'adjustment', amount: 1000 }, 'agent');
    expect(nextStep(bench.state)).toMatchObject({ who: 'customer', action: 'answer_offer', whenOverdue: 'decline' });
    bench.do('accept_offer', { offerId: 'ofr_1' }, 'customer');
    expect(bench.state.lines).toMatchObject([
      { resolution: 'adjustment', adjustmentAmount: 500, goodsBack: false, authorization: 'approved' },
      { adjustmentAmount: 500 },
    ]);
    expect([bench.state.refunds.map(({ amount }) => amount), bench.status]).toEqual([[1000], 'settling']);
  });
  test('one at a time, and never more than its lines can give', () => {
    const bench = asked();
    expect(bench.refusal('offer', { resolution: 'adjustment', amount: 4001 }, 'agent')).toBe('amount_unavailable');
    bench.do('offer', { resolution: 'adjustment', amount: 4000 }, 'agent');
    expect(bench.refusal('offer', { resolution: 'adjustment', amount: 1 }, 'agent')).toBe('invalid_state');
  });
  test('a line that asked for goods can be offered what was paid for it', () => {
    const bench = new Bench({ policy: reviewed() }).apply([applicationLine('2', { resolution: 'reship' })]);
    bench.do('offer', { resolution: 'refund_only', amount: 1500 }, 'agent');
    bench.do('accept_offer', { offerId: 'ofr_1' }, 'customer');
    expect([bench.state.refunds[0]?.amount, bench.state.replacements]).toEqual([1500, []]);
  });
  test('declined or expired, all stays as it was', () => {
    const bench = asked();
    bench.do('offer', { resolution: 'refund_only', amount: null }, 'agent');
    bench.do('decline_offer', { offerId: 'ofr_1' }, 'customer');
    expect(bench.refusal('accept_offer', { offerId: 'ofr_1' }, 'customer')).toBe('invalid_state');
    const { deadlines } = samplePolicy();
    const slow = new Bench({ policy: reviewed({ deadlines: { ...deadlines, review: { ...deadlines.review!, target: 'P9D' } } }) }).apply();
    slow.do('offer', { resolution: 'refund_only', amount: null }, 'agent');
    slow.pass(3 * day);
    expect([slow.state.offers, slow.state.lines]).toMatchObject([[{ status: 'expired' }], [{ resolution: 'refund', authorization: 'pending' }]]);
  });
  test('nobody answers an offer about nothing: it ends when the goods leave, and when the return does', () => {
    const bench = new Bench().apply().ship();
    bench.do('offer', { resolution: 'refund_only', amount: 500 }, 'agent');
    bench.scan('picked_up');
    expect([bench.state.offers[0]?.status, bench.deadline('offer')]).toEqual(['expired', undefined]);
    const cancelled = asked();
    cancelled.do('offer', { resolution: 'refund_only', amount: 500 }, 'agent');
    cancelled.do('cancel', {}, 'customer');
    expect([cancelled.state.offers[0]?.status, cancelled.state.deadlines, nextStep(cancelled.state)]).toEqual(['expired', [], null]);
  });
  test('store credit, once accepted, is where the money goes', () => {
    const bench = new Bench().apply();
    bench.do('offer', { resolution: 'store_credit', amount: null }, 'agent');
    bench.do('accept_offer', { offerId: 'ofr_1' }, 'customer');
    bench.bring();
    expect([bench.state.refunds, bench.status]).toMatchObject([[{ tenderId: 'store_credit', status: 'succeeded' }], 'completed']);
  });
  test('one about the missing part of a line leaves the rest of the line alone', () => {
    const bench = new Bench().apply([applicationLine('1', { quantity: 2 })]);
    bench.receive({ '1': 1 }, { final: true });
    bench.do('offer', { resolution: 'adjustment', amount: 300 }, 'agent');
    bench.do('accept_offer', { offerId: 'ofr_1' }, 'customer');
    expect(bench.state.refunds).toMatchObject([{ amount: 300 }]);
    bench.inspect('1');
    expect([bench.state.refunds.map(({ amount }) => amount), bench.state.lines[0]?.resolution]).toEqual([[300, 1000], 'refund']);
  });
});
