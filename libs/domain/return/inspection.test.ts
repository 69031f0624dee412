import { nextStep, workOf } from './attention';
import { applicationLine, Bench, day, inspected, reviewed, samplePolicy } from './fixtures';

const two = () => new Bench().apply([applicationLine('1', { quantity: 2 })]);
const policyWith = (reason: 'changed_mind' | 'damaged') => applicationLine('1', { quantity: 2, reason });

describe('receipts', () => {
  test('units come back one by one, lowest first', () => {
    const bench = two();
    bench.receive({ '1': 1 });
    // The first parcel that moves carries all that was waiting, whether a carrier or the dock saw it first.
    expect(bench.state.units.map(({ logistics }) => logistics)).toEqual(['received', 'in_transit']);
    expect(bench.status).toBe('in_transit');
    bench.receive({ '1': 1 });
    expect(bench.status).toBe('at_warehouse');
  });
  test('a receipt may name articles instead of lines', () => {
    const bench = two();
    bench.do('receive', { receiptId: 'rcp_1', lines: [{ lineId: null, sku: 'TEE-M', quantity: 2 }], trackingNumber: null, final: false }, 'warehouse');
    expect(bench.status).toBe('at_warehouse');
  });
  test('surplus is unexpected and counts no unit twice', () => {
    const bench = two();
    const events = bench.receive({ '1': 5, '3': 1 });
    const unexpected = [
      { lineId: '1', sku: null, quantity: 3 },
      { lineId: '3', sku: null, quantity: 1 },
    ];
    expect(events.find((event) => event.type === 'received')?.detail).toEqual({ receiptId: 'rcp_1', unexpected });
    const again = bench.receive({ '1': 1 });
    expect(again).toMatchObject([{ type: 'surplus_received', units: [], detail: { unexpected: [{ lineId: '1', quantity: 1 }] } }]);
    expect(bench.state.units.filter(({ logistics }) => logistics === 'received')).toHaveLength(2);
  });
  test('what is missing after the final receipt is short, and an agent ends it', () => {
    const bench = two().ship();
    bench.scan('picked_up');
    bench.receive({ '1': 1 }, { final: true });
    expect(bench.state.units.map(({ logistics }) => logistics)).toEqual(['received', 'short']);
    expect(bench.state.attention?.reason).toBe('units_short');
    bench.inspect('1');
    expect(bench.state.refunds).toHaveLength(1);
    expect(nextStep(bench.state)).toMatchObject({ who: 'agent', action: 'resolve_exception' });
    bench.do('resolve', { units: [{ lineId: '1', unit: 2, logistics: 'lost', money: 'none' }] }, 'agent');
    expect([bench.state.attention, bench.unit('1', 2)]).toMatchObject([null, { money: 'none', refundAmount: 0, inspection: 'waived' }]);
    bench.answer('refund', { kind: 'done' });
    expect(bench.status).toBe('completed');
  });
  test('what was short may still arrive', () => {
    const bench = two();
    bench.receive({ '1': 1 }, { final: true });
    bench.receive({ '1': 1 });
    expect([bench.state.attention, bench.unit('1', 2).logistics]).toEqual([null, 'received']);
  });
  test('another article alone in the parcel is a person’s to clear up, until ours turns up', () => {
    const bench = new Bench().apply([applicationLine('1')]);
    bench.do('receive', { receiptId: 'rcp_9', lines: [{ lineId: null, sku: 'FOREIGN', quantity: 1 }], trackingNumber: null, final: false }, 'warehouse');
    expect([bench.status, bench.unit().logistics, bench.state.attention?.reason]).toEqual(['at_warehouse', 'wrong_item', 'wrong_item']);
    expect(nextStep(bench.state)).toMatchObject({ who: 'agent', action: 'resolve_exception' });
    bench.receive({ '1': 1 });
    expect([bench.unit().logistics, bench.state.attention]).toEqual(['received', null]);
  });
  test('goods of a line from which nothing is to come back are surplus', () => {
    const bench = new Bench().apply([applicationLine('1'), applicationLine('3', { resolution: 'refund_only' })]);
    expect(bench.receive({ '3': 1 })).toMatchObject([{ type: 'surplus_received' }]);
    expect(bench.unit('3').logistics).toBe('awaiting');
  });
  test('goods that arrive before the decision wait for it', () => {
    const bench = new Bench({ policy: reviewed() }).apply();
    bench.receive({ '1': 1 });
    expect(bench.status).toBe('in_review');
    bench.decide('approve');
    expect(bench.status).toBe('at_warehouse');
  });
});

describe('inspections', () => {
  test('need received units', () => {
    const bench = two();
    expect(bench.refusal('inspect', { lines: [{ lineId: '1', units: [inspected()] }] }, 'warehouse')).toBe('invalid_state');
    bench.receive({ '1': 1 });
    expect(bench.refusal('inspect', { lines: [{ lineId: '1', units: [inspected({ quantity: 2 })] }] }, 'warehouse')).toBe('validation_failed');
    expect(bench.refusal('inspect', { lines: [{ lineId: '1', units: [inspected({ unit: 2, quantity: null })] }] }, 'warehouse')).toBe('invalid_state');
    expect(bench.refusal('inspect', { lines: [{ lineId: '1', units: [inspected({ unit: 7, quantity: null })] }] }, 'warehouse')).toBe('validation_failed');
    expect(bench.refusal('inspect', { lines: [{ lineId: '9', units: [inspected()] }] }, 'warehouse')).toBe('validation_failed');
  });
  test('a refused entry keeps the whole inspection out, and says where it is', () => {
    const bench = two();
    bench.receive({ '1': 2 });
    const verdict = bench.ask('inspect', { lines: [{ lineId: '1', units: [inspected(), inspected({ quantity: 2 })] }] }, 'warehouse');
    expect(verdict).toMatchObject({ refusal: { code: 'validation_failed', errors: [{ pointer: '/lines/0/units/1/quantity' }] } });
  });
  test('named units are taken before quantities', () => {
    const bench = two();
    bench.receive({ '1': 2 });
    bench.inspect('1', inspected({ grade: 'B' }), inspected({ unit: 1, quantity: null, grade: 'C' }));
    expect(bench.state.units.map(({ grade }) => grade)).toEqual(['C', 'B']);
  });
  test('each inspection settles what it decided: two instalments, two refunds', () => {
    const bench = two();
    bench.receive({ '1': 2 });
    bench.inspect('1');
    expect(bench.state.refunds).toMatchObject([{ settlementId: 'stl_1', amount: 1000 }]);
    expect(bench.status).toBe('at_warehouse');
    bench.inspect('1');
    expect(bench.state.refunds).toMatchObject([{ settlementId: 'stl_1' }, { settlementId: 'stl_2', amount: 1000 }]);
    expect(bench.status).toBe('settling');
  });
  test('a settled unit keeps its inspection; a rejected one can be corrected until the window is over', () => {
    const bench = two();
    bench.receive({ '1': 2 });
    bench.inspect('1', inspected({ unit: 1, quantity: null }), inspected({ unit: 2, quantity: null, accepted: false }));
    expect(bench.refusal('inspect', { lines: [{ lineId: '1', units: [inspected({ unit: 1, quantity: null })] }] }, 'warehouse')).toBe('invalid_state');
    bench.inspect('1', inspected({ unit: 2, quantity: null }));
    expect(bench.types).toContain('inspection_corrected');
    expect(bench.state.refunds).toHaveLength(2);
  });
  test('grades cost only a customer who is at fault', () => {
    const worth = (reason: 'changed_mind' | 'damaged', fault: 'customer' | 'seller' | null) => {
      const bench = new Bench().apply([policyWith(reason)]);
      bench.receive({ '1': 2 });
      bench.inspect('1', inspected({ quantity: 2, grade: 'C', fault }));
      return bench.state.refunds.reduce((sum, refund) => sum + refund.amount, 0);
    };
    expect([worth('changed_mind', null), worth('damaged', null), worth('changed_mind', 'seller'), worth('damaged', 'customer')]).toEqual([
      1000, 2000, 2000, 1000,
    ]);
  });
  test('a settlement that comes to nothing completes without a call to anybody', () => {
    const bench = new Bench().apply([applicationLine('1', { reason: 'changed_mind' })]).bring({ grade: 'D' });
    expect([bench.state.refunds, bench.status, bench.unit().refundAmount]).toEqual([[], 'completed', 0]);
    expect(bench.types).toContain('settled');
  });
  test('a fee of an amount is taken once a return, by the first instalment that can bear it', () => {
    const { refund } = samplePolicy();
    const fees = [{ kind: 'return_shipping', rate: null, amount: 300, reasons: ['changed_mind'] }] as const;
    const bench = new Bench({ policy: samplePolicy({ refund: { ...refund, fees } }) }).apply([
      applicationLine('2'),
      applicationLine('1', { quantity: 2, reason: 'changed_mind' }),
    ]);
    bench.receive({ '1': 2, '2': 1 });
    bench.inspect('2');
    bench.inspect('1');
    bench.inspect('1');
    expect(bench.state.refunds.map(({ amount }) => amount)).toEqual([2000, 700, 1000]);
  });
  test('what nobody inspected in time counts as good', () => {
    const bench = two();
    bench.receive({ '1': 1 });
    bench.pass(5 * day);
    expect(bench.unit()).toMatchObject({ inspection: 'waived', money: 'granted' });
    expect(bench.unit('1', 2)).toMatchObject({ logistics: 'in_transit', money: 'quoted' });
  });
});

describe('repairs', () => {
  const underRepair = () => new Bench().apply([applicationLine('2', { resolution: 'repair' })]).bring();
  test('a repaired article goes back to its owner and nothing is owed', () => {
    const bench = underRepair();
    expect([bench.status, nextStep(bench.state)?.action]).toEqual(['at_warehouse', 'repair']);
    bench.do('repair', { lineId: '2', unit: 1, outcome: 'repaired' }, 'warehouse');
    expect([bench.status, bench.unit('2').logistics, bench.state.refunds]).toEqual(['settling', 'sending_back', []]);
    expect(bench.state.replacements).toMatchObject([{ kind: 'repair', status: 'reserved', lineId: '2', unit: 1 }]);
    expect(nextStep(bench.state)).toMatchObject({ who: 'warehouse', action: 'wait' });
    expect(workOf(bench.state)).toMatchObject([{ queue: 'inspection', title: 'send_back_units' }]);
    bench.do('sendback', { carrier: 'sandbox', trackingNumber: 'BACK1' }, 'warehouse');
    expect([bench.status, bench.unit('2').logistics]).toEqual(['completed', 'sent_back']);
    expect(bench.state.replacements).toMatchObject([{ status: 'shipped', trackingNumber: 'BACK1' }]);
    bench.do('scan', { trackingNumber: 'BACK1', status: 'delivered', scannedAt: '2026-01-20T10:00:00Z' }, 'carrier');
    expect(bench.state.replacements).toMatchObject([{ status: 'delivered' }]);
  });
  test('one that gets lost on its way home is a person’s to make good', () => {
    const bench = underRepair();
    bench.do('repair', { lineId: '2', unit: 1, outcome: 'repaired' }, 'warehouse');
    bench.do('sendback', { carrier: 'sandbox', trackingNumber: 'BACK1' }, 'warehouse');
    bench.do('scan', { trackingNumber: 'BACK1', status: 'lost', scannedAt: '2026-01-20T10:00:00Z' }, 'carrier');
    expect([bench.status, bench.state.attention?.reason]).toEqual(['settling', 'replacement_lost']);
    bench.do('resolve', { units: [{ lineId: '2', unit: 1, logistics: 'lost', money: 'refund' }] }, 'agent');
    expect(bench.state.refunds).toMatchObject([{ amount: 2000 }]);
  });
  test('so is one piece of a line by agreement, when the others have gone their own way', () => {
    const agreed = () => {
      const bench = new Bench().apply([applicationLine('1', { quantity: 2 })]);
      // What is on its way nobody makes offers for; what is missing they do.
      bench.receive({ '1': 1 }, { final: true });
      bench.do('offer', { resolution: 'repair', amount: null }, 'agent');
      bench.do('accept_offer', { offerId: 'ofr_1' }, 'customer');
      bench.receive({ '1': 1 });
      bench.inspect('1', inspected({ quantity: 2 }));
      return bench;
    };
    const repaired = agreed();
    expect([repaired.unit('1', 1).money, repaired.status, nextStep(repaired.state)?.action]).toEqual(['granted', 'at_warehouse', 'repair']);
    repaired.do('repair', { lineId: '1', unit: 2, outcome: 'repaired' }, 'warehouse');
    expect(repaired.unit('1', 2)).toMatchObject({ money: 'none', logistics: 'sending_back' });
    const beyond = agreed();
    beyond.do('repair', { lineId: '1', unit: 2, outcome: 'unrepairable' }, 'warehouse');
    expect(beyond.unit('1', 2)).toMatchObject({ money: 'granted', refundAmount: 1000 });
  });
  test('one that cannot be repaired is refunded', () => {
    const bench = underRepair();
    bench.do('repair', { lineId: '2', unit: 1, outcome: 'unrepairable' }, 'warehouse');
    expect(bench.state.refunds).toMatchObject([{ amount: 2000 }]);
    expect(bench.refusal('repair', { lineId: '2', unit: 1, outcome: 'repaired' }, 'warehouse')).toBe('invalid_state');
  });
});

describe('an exception resolved', () => {
  test('needs a unit of the return that nobody has decided about, and something wrong with it', () => {
    const bench = two().ship();
    const word = (unit: number) => ({ units: [{ lineId: '1', unit, logistics: 'lost', money: 'refund' } as const] });
    expect(bench.refusal('resolve', word(3), 'agent')).toBe('validation_failed');
    const none = { units: [{ ...word(1).units[0]!, money: 'none' as const }] };
    expect([bench.refusal('resolve', word(1), 'agent'), bench.refusal('resolve', none, 'agent')]).toEqual(['invalid_state', 'invalid_state']);
    bench.scan('lost');
    bench.do('resolve', word(1), 'agent');
    expect(bench.refusal('resolve', word(1), 'agent')).toBe('invalid_state');
    expect(bench.state.refunds).toMatchObject([{ amount: 1000 }]);
  });
  test('what was given up as lost without money and turns up calls an agent, who may refund it', () => {
    const bench = two().ship();
    bench.scan('lost');
    bench.do('resolve', { units: [1, 2].map((unit) => ({ lineId: '1', unit, logistics: 'lost', money: 'none' })) }, 'agent');
    bench.receive({ '1': 1 });
    expect(bench.state.attention?.reason).toBe('late_parcel');
    bench.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'refund' }] }, 'agent');
    expect([bench.state.attention, bench.state.refunds.length]).toEqual([null, 1]);
  });
  test('or is not: what came too late goes back to the customer', () => {
    const bench = two().ship();
    bench.scan('lost');
    bench.do('resolve', { units: [1, 2].map((unit) => ({ lineId: '1', unit, logistics: 'lost', money: 'none' })) }, 'agent');
    bench.receive({ '1': 1 });
    bench.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'none' }] }, 'agent');
    expect([bench.unit().logistics, workOf(bench.state).map(({ title }) => title)]).toEqual(['sending_back', ['send_back_units']]);
  });
  test('is possible for trouble on the way, and for a promise that has passed', () => {
    const held = two().ship();
    held.scan('picked_up');
    const word = { units: [{ lineId: '1', unit: 1, logistics: 'lost', money: 'refund' } as const] };
    expect(held.refusal('resolve', word, 'agent')).toBe('invalid_state');
    held.scan('exception');
    expect(held.refusal('resolve', word, 'agent')).toBeNull();
    held.scan('in_transit');
    expect(held.refusal('resolve', word, 'agent')).toBe('invalid_state');
    held.pass(10 * day);
    expect([held.state.attention?.reason, held.refusal('resolve', word, 'agent')]).toEqual(['transit_overdue', null]);
  });
  test('is always possible where the policy promises no time: nothing else would end it', () => {
    const { transit: _, ...deadlines } = samplePolicy().deadlines;
    const bench = new Bench({ policy: samplePolicy({ deadlines }) }).apply().ship();
    bench.scan('picked_up');
    expect(bench.refusal('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'lost', money: 'refund' }] }, 'agent')).toBeNull();
  });
  test('without money for what stays with the customer gives the unit free', () => {
    const bench = two().ship();
    bench.scan('lost');
    bench.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'kept_by_customer', money: 'none' }] }, 'agent');
    expect([bench.unit(), bench.world.freeUnits['1']]).toMatchObject([{ released: true, money: 'none' }, [1, 3]]);
    bench.do('resolve', { units: [{ lineId: '1', unit: 2, logistics: 'lost', money: 'none' }] }, 'agent');
    expect([bench.unit('1', 2).released, bench.world.freeUnits['1'], bench.status]).toEqual([false, [1, 3], 'completed']);
  });
});
