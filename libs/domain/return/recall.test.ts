import { nextStep } from './attention';
import { atRest, due } from './due';
import { applicationLine, Bench, day } from './fixtures';

const calls = (bench: Bench) => due(bench.state).effects.map(({ call }) => call);
const word = (money: 'refund' | 'none', lineId = '1') => ({ units: [{ lineId, unit: 1, logistics: 'received', money }] }) as const;
/** One that is sent anew at once, beside one that is still to be handed over. */
const lost = () => new Bench().apply([applicationLine('2', { reason: 'lost', resolution: 'reship' }), applicationLine('1')]);

/** The carrier's answer to the order is lost, an agent gives the money instead, and then the order turns out to have been taken. */
function refundedMeanwhile(): Bench {
  const bench = new Bench().apply([applicationLine('1', { resolution: 'exchange', exchangeSku: 'TEE-L' })]).bring();
  bench.answer('reship', { kind: 'unanswered' });
  bench.pass(4 * day);
  bench.do('resolve', word('refund'), 'agent');
  bench.answer('reship', { kind: 'done', carrier: 'sandbox', trackingNumber: 'OUT1' });
  return bench;
}

describe('a replacement that is not wanted any more is called back', () => {
  test('and stays here: nobody is told', () => {
    const bench = refundedMeanwhile();
    expect([calls(bench), bench.stock['TEE-L']?.available]).toEqual([['cancelShipment', 'refund'], 5]);
    bench.answer('cancelShipment', { kind: 'done' });
    expect([bench.state.attention, bench.state.parcels, bench.stock['TEE-L']?.available]).toEqual([null, [], 5]);
  });

  test('and the carrier refuses: the parcel is known, its stock is gone, and a person is told until an agent has seen to it', () => {
    const bench = refundedMeanwhile();
    bench.answer('cancelShipment', { kind: 'refused', code: 'picked_up' });
    expect(bench.state.parcels).toMatchObject([{ direction: 'outbound', carrier: 'sandbox', trackingNumber: 'OUT1', method: 'replacement' }]);
    expect([bench.stock['TEE-L']?.available, bench.state.attention?.reason, nextStep(bench.state)]).toMatchObject([
      4,
      'recall_refused',
      { who: 'agent', action: 'resolve_exception' },
    ]);
    bench.answer('refund', { kind: 'done' });
    expect([bench.status, nextStep(bench.state)]).toMatchObject(['completed', { who: 'agent', action: 'resolve_exception' }]);
    bench.scan('delivered', 'OUT1');
    expect([bench.state.parcels[0]?.status, bench.state.attention?.reason]).toEqual(['delivered', 'recall_refused']);
    // The money has gone once; it does not go again.
    expect(bench.refusal('resolve', word('refund'), 'agent')).toBe('invalid_state');
    bench.do('resolve', word('none'), 'agent');
    expect([bench.state.attention, nextStep(bench.state), bench.status, atRest(bench.state)]).toEqual([null, null, 'completed', true]);
    expect([bench.state.refunds.length, bench.unit().money, bench.stock['TEE-L']?.available]).toEqual([1, 'granted', 4]);
    expect(bench.refusal('resolve', word('none'), 'agent')).toBe('invalid_state');
  });

  test('also when the whole return was cancelled meanwhile', () => {
    const bench = lost();
    const { sku } = bench.state.replacements[0]!;
    bench.do('cancel', {}, 'customer');
    bench.answer('reship', { kind: 'done', carrier: 'sandbox', trackingNumber: 'OUT1' });
    bench.answer('cancelShipment', { kind: 'refused', code: 'picked_up' });
    expect([bench.status, bench.state.attention?.reason, nextStep(bench.state)?.who, bench.stock[sku]?.available]).toEqual([
      'cancelled',
      'recall_refused',
      'agent',
      4,
    ]);
    bench.do('resolve', word('none', '2'), 'agent');
    expect([bench.state.attention, bench.status, atRest(bench.state)]).toEqual([null, 'cancelled', true]);
  });

  test('stock that was promised to somebody else since does not go below nothing', () => {
    const bench = refundedMeanwhile();
    bench.stock['TEE-L']!.available = 0;
    bench.answer('cancelShipment', { kind: 'refused', code: 'picked_up' });
    expect([bench.stock['TEE-L']?.available, bench.state.attention?.reason]).toEqual([0, 'recall_refused']);
  });

  test('a label that is not taken back is nobody’s exception', () => {
    const bench = new Bench().apply([applicationLine('1')], { method: 'drop_off' });
    bench.answer('buyLabel', { kind: 'done', carrier: 'sandbox', trackingNumber: 'IN1' });
    bench.do('cancel', {}, 'customer');
    bench.answer('voidLabel', { kind: 'refused', code: 'used' });
    expect([bench.state.steps, bench.state.attention]).toMatchObject([[{ status: 'undone' }], null]);
  });
});

describe('an order without an answer', () => {
  test('is asked again while somebody needs it', () => {
    const bench = new Bench().apply([applicationLine('1')], { method: 'drop_off' });
    for (const round of [2, 3]) {
      bench.answer('buyLabel', { kind: 'unanswered' });
      expect([calls(bench), bench.state.steps[0]?.round, bench.state.attention?.reason]).toEqual([['buyLabel'], round, 'label_unanswered']);
    }
  });

  test('is called off by its key once nobody needs it, and the return comes to rest', () => {
    for (const [method, order, undo] of [
      ['drop_off', 'buyLabel', 'voidLabel'],
      ['door_pickup', 'bookPickup', 'cancelPickup'],
    ] as const) {
      const bench = new Bench().apply([applicationLine('1')], { method, pickup: { from: '2026-11-17T01:00:00Z', to: '2026-11-17T03:00:00Z' } });
      bench.answer(order, { kind: 'unanswered' });
      bench.do('cancel', {}, 'customer');
      expect(calls(bench)).toEqual([order]);
      bench.answer(order, { kind: 'unanswered' });
      const { id } = bench.state.steps[0]!;
      expect(due(bench.state).effects).toMatchObject([{ call: undo, key: id }]);
      bench.answer(undo, { kind: 'unanswered' });
      expect(calls(bench)).toEqual([undo]);
      bench.answer(undo, { kind: 'done' });
      expect([calls(bench), bench.status, atRest(bench.state), bench.state.attention]).toEqual([[], 'cancelled', true, null]);
    }
  });

  test('also that of a replacement: it is not ordered over and over for a return that is cancelled', () => {
    const bench = lost();
    bench.do('cancel', {}, 'customer');
    bench.answer('reship', { kind: 'unanswered' });
    expect(calls(bench)).toEqual(['cancelShipment']);
    bench.answer('cancelShipment', { kind: 'refused', code: 'picked_up' });
    expect([bench.state.parcels, bench.state.attention?.reason]).toMatchObject([[{ direction: 'outbound', trackingNumber: null }], 'recall_refused']);
  });
});

test('a unit that was sent anew is not paid for as well when another one comes late: its claim is free, and the customer has the article', () => {
  const bench = new Bench().apply([applicationLine('1'), applicationLine('2', { resolution: 'reship' })]).ship();
  bench.receive({ '2': 1 });
  bench.inspect('2');
  bench.answer('reship', { kind: 'done', carrier: 'sandbox', trackingNumber: 'OUT1' });
  bench.scan('delivered', 'OUT1');
  expect([bench.unit('2').money, bench.world.freeUnits['2']]).toEqual(['none', [1]]);
  bench.scan('lost');
  bench.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'lost', money: 'none' }] }, 'agent');
  bench.receive({ '1': 1 });
  expect(bench.state.attention?.reason).toBe('late_parcel');
  const both = (money: 'refund' | 'none') => ['1', '2'].map((lineId) => bench.refusal('resolve', word(money, lineId), 'agent'));
  expect([both('refund'), both('none')]).toEqual([
    [null, 'invalid_state'],
    [null, null],
  ]);
});

test('a return whose replacement was lost is not cancelled over it: an agent sees to what the customer never got', () => {
  const bench = lost();
  bench.answer('reship', { kind: 'done', carrier: 'sandbox', trackingNumber: 'OUT1' });
  bench.scan('lost', 'OUT1');
  expect([bench.status, bench.state.attention?.reason, bench.refusal('cancel', {}, 'customer')]).toEqual([
    'awaiting_handover',
    'replacement_lost',
    'invalid_state',
  ]);
  bench.do('resolve', { units: [{ lineId: '2', unit: 1, logistics: 'lost', money: 'none' }] }, 'agent');
  bench.do('cancel', {}, 'customer');
  expect([bench.status, bench.state.attention, nextStep(bench.state)]).toEqual(['cancelled', null, null]);
});
