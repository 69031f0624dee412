import { nextStep, workOf } from './attention';
import { atRest, due } from './due';
import { applicationLine, Bench, day, reviewed, samplePolicy, type BenchOptions } from './fixtures';

describe('cancel', () => {
  test('gives everything back, until the goods are handed over', () => {
    const bench = new Bench().apply([applicationLine('1', { quantity: 2 })]);
    bench.do('cancel', {}, 'customer');
    expect([bench.status, bench.state.units.every(({ released }) => released), bench.state.deadlines, atRest(bench.state)]).toEqual([
      'cancelled',
      true,
      [],
      true,
    ]);
    expect(bench.refusal('cancel', {}, 'customer')).toBe('invalid_state');
  });
  test('is refused once a part of the goods, or of the money, is under way', () => {
    const goods = new Bench().apply([applicationLine('1', { quantity: 2 })]);
    goods.receive({ '1': 1 });
    expect([goods.status, goods.refusal('cancel', {}, 'customer')]).toEqual(['in_transit', 'invalid_state']);
    const money = new Bench().apply([applicationLine('1'), applicationLine('3', { resolution: 'refund_only' })]);
    expect([money.status, money.refusal('cancel', {}, 'customer')]).toEqual(['awaiting_handover', 'invalid_state']);
  });
});

describe('goods that arrive for a return that was over', () => {
  const cancelled = () => {
    const bench = new Bench().apply().ship();
    bench.do('cancel', {}, 'customer');
    return bench;
  };
  test('call a person by the carrier’s word or the dock’s, once', () => {
    const bench = cancelled();
    bench.scan('picked_up');
    expect(bench.state.attention).toBeNull();
    bench.scan('delivered');
    expect([bench.status, bench.state.attention?.reason, nextStep(bench.state)]).toMatchObject([
      'cancelled',
      'late_parcel',
      { who: 'agent', action: 'resolve_exception' },
    ]);
    bench.receive({ '1': 1 });
    expect(bench.types.filter((type) => type === 'attention_raised')).toHaveLength(1);
  });
  test('are refunded: the return lives again with those units, claimed anew', () => {
    const bench = cancelled();
    bench.receive({ '1': 1 });
    bench.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'refund' }] }, 'agent');
    expect([bench.status, bench.unit().released, bench.state.attention]).toEqual(['settling', false, null]);
    expect(bench.log.find((event) => event.type === 'reopened')).toMatchObject({ units: ['1#1'] });
    bench.answer('refund', { kind: 'done' });
    expect(bench.status).toBe('completed');
  });
  test('or are not: the return stays what it was', () => {
    const bench = cancelled();
    bench.receive({ '1': 1 });
    bench.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'none' }] }, 'agent');
    expect([bench.status, bench.state.attention, nextStep(bench.state)]).toMatchObject(['cancelled', null, { who: 'warehouse', action: 'wait' }]);
    expect([bench.unit().logistics, workOf(bench.state)]).toMatchObject(['sending_back', [{ queue: 'inspection', title: 'send_back_units' }]]);
    bench.do('sendback', { carrier: 'sandbox', trackingNumber: 'BACK1' }, 'warehouse');
    expect([bench.status, bench.unit().logistics, workOf(bench.state)]).toEqual(['cancelled', 'sent_back', []]);
    expect(bench.refusal('sendback', { carrier: 'sandbox', trackingNumber: 'BACK2' }, 'warehouse')).toBe('invalid_state');
  });
  test('only the units somebody spoke for come back to life', () => {
    const bench = new Bench({ policy: reviewed() }).apply([applicationLine('1', { quantity: 2 }), applicationLine('2')], { method: 'drop_off' });
    bench.do('cancel', {}, 'customer');
    bench.receive({ '1': 1 });
    bench.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'refund' }] }, 'agent');
    expect([bench.status, due(bench.state).effects.map(({ call }) => call)]).toEqual(['settling', ['refund']]);
    expect([bench.unit('1', 2).released, bench.unit('2').released, bench.deadline('review'), bench.deadline('handover')]).toEqual([
      true,
      true,
      undefined,
      undefined,
    ]);
  });
  test('after a part of the return expired', () => {
    const bench = new Bench().apply([applicationLine('1'), applicationLine('3', { resolution: 'refund_only' })], { method: 'drop_off' });
    bench.answer('refund', { kind: 'done' });
    bench.pass(7 * day);
    bench.receive({ '1': 1 });
    expect([bench.status, bench.state.attention?.reason]).toEqual(['completed', 'late_parcel']);
    bench.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'refund' }] }, 'agent');
    expect(bench.state.refunds.map(({ amount }) => amount)).toEqual([500, 1000]);
  });
  test('rejected goods that come after the window go back', () => {
    const bench = new Bench({ policy: reviewed() }).apply().decide('reject');
    bench.pass(7 * day);
    bench.receive({ '1': 1 });
    expect([bench.status, bench.unit().logistics]).toEqual(['rejected', 'sending_back']);
    expect(bench.refusal('sendback', { carrier: 'sandbox', trackingNumber: 'BACK1' }, 'warehouse')).toBeNull();
  });
});

describe('the status of mixed lines', () => {
  test('is the least advanced unit’s; each goes at its own pace', () => {
    const bench = new Bench().apply([applicationLine('1', { quantity: 2 }), applicationLine('3', { resolution: 'refund_only' })]);
    expect([bench.status, bench.state.refunds.length]).toEqual(['awaiting_handover', 1]);
    bench.answer('refund', { kind: 'done' });
    bench.receive({ '1': 1 });
    bench.inspect('1');
    // Where a part has come the rest was handed over too.
    expect([bench.status, bench.state.refunds.length]).toEqual(['in_transit', 2]);
    bench.ship().scan('picked_up');
    expect(bench.status).toBe('in_transit');
    bench.receive({ '1': 1 });
    bench.inspect('1');
    bench.answer('refund', { kind: 'done' });
    expect(bench.status).toBe('settling');
    bench.answer('refund', { kind: 'done' });
    expect(bench.status).toBe('completed');
  });
  test('completed wins over rejected, and the appeal window still runs', () => {
    const bench = new Bench({ policy: reviewed() })
      .apply([applicationLine('1'), applicationLine('2')])
      .decide('reject', ['2'])
      .decide('approve', ['1']);
    bench.receive({ '1': 1 });
    bench.inspect('1');
    bench.answer('refund', { kind: 'done' });
    expect([bench.status, nextStep(bench.state), atRest(bench.state)]).toMatchObject(['completed', { who: 'customer', action: 'appeal' }, false]);
    bench.pass(7 * day);
    expect([nextStep(bench.state), atRest(bench.state)]).toEqual([null, true]);
  });
});

describe('compensation', () => {
  const rules = samplePolicy({
    compensation: [
      { when: { fault: 'seller' }, grant: { kind: 'coupon', amount: 1000, validFor: 'P90D' } },
      { when: { breached: 'inspection' }, grant: { kind: 'points', amount: 100, validFor: null } },
    ],
  });
  const held = (bench: Bench) => bench.state.compensations.map(({ kind, amount, status }) => [kind, amount, status]);
  const bench = (options: BenchOptions = {}) => new Bench({ policy: rules, ...options });
  test('is granted with its reason and undone when the reason falls away: cancel, another fault, a rejection', () => {
    const cancelled = bench().apply();
    expect(held(cancelled)).toEqual([['coupon', 1000, 'granted']]);
    expect(cancelled.log.find((event) => event.type === 'compensation_granted')?.detail).toEqual({
      reason: 'fault:seller',
      validUntil: cancelled.now + 90 * day,
      code: 'COUPON_1',
    });
    cancelled.do('cancel', {}, 'customer');
    expect(held(cancelled)).toEqual([['coupon', 1000, 'revoked']]);
    expect(held(bench().apply().bring({ fault: 'customer' }))).toEqual([['coupon', 1000, 'revoked']]);
    expect(held(bench().apply().bring({ accepted: false }))).toEqual([['coupon', 1000, 'revoked']]);
    expect(held(bench().apply().bring())).toEqual([['coupon', 1000, 'granted']]);
  });
  test('is not granted before the approval, nor for the customer’s own fault', () => {
    const undecided = bench({ policy: { ...rules, approval: { automatic: [] } } }).apply();
    expect(held(undecided)).toEqual([]);
    expect(held(undecided.decide('approve'))).toHaveLength(1);
    expect(held(bench().apply([applicationLine('1', { reason: 'changed_mind' })]))).toEqual([]);
  });
  test('for a broken promise is given once and stays', () => {
    const late = bench().apply([applicationLine('1', { quantity: 2, reason: 'changed_mind' })]);
    late.receive({ '1': 1 });
    late.pass(5 * day);
    late.receive({ '1': 1 });
    late.pass(5 * day);
    expect(held(late)).toEqual([['points', 100, 'granted']]);
  });
  test('by hand: within the limit at once, above it after somebody else’s approval; it stays whatever becomes of the return', () => {
    const care = new Bench().apply();
    care.do('goodwill', { kind: 'credit', amount: 4000 }, 'agent');
    care.do('goodwill', { kind: 'credit', amount: 1001 }, 'agent');
    expect(held(care).map(([, , status]) => status)).toEqual(['granted', 'awaiting_approval']);
    expect(care.refusal('approve_compensation', { compensationId: 'cmp_2' }, 'agent')).toBe('four_eyes_required');
    expect(care.refusal('approve_compensation', { compensationId: 'cmp_1' }, 'finance')).toBe('invalid_state');
    care.do('approve_compensation', { compensationId: 'cmp_2' }, 'finance');
    care.do('cancel', {}, 'customer');
    expect(held(care).map(([, , status]) => status)).toEqual(['granted', 'granted']);
  });
  test('one that finance rejects is not given', () => {
    const care = new Bench().apply();
    care.do('goodwill', { kind: 'points', amount: 9000 }, 'agent');
    care.do('reject_compensation', { compensationId: 'cmp_1' }, 'finance');
    expect(held(care)).toEqual([['points', 9000, 'revoked']]);
  });
});
