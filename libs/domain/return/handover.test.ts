import { nextStep, workOf } from './attention';
import { due } from './due';
import { applicationLine, Bench, day, hour, reviewed, samplePolicy } from './fixtures';

const calls = (bench: Bench) => due(bench.state).effects.map(({ call, key }) => [call, key]);
const slot = { from: '2026-11-17T01:00:00Z', to: '2026-11-17T03:00:00Z' };

describe('labels and couriers', () => {
  test('an approved drop-off has a label bought, which gives its parcel a number', () => {
    const bench = new Bench().apply([applicationLine('1')], { method: 'drop_off' });
    expect(calls(bench)).toEqual([['buyLabel', 'ret_1/label/1']]);
    bench.answer('buyLabel', { kind: 'done', carrier: 'sandbox', trackingNumber: 'SBX1' });
    expect(bench.state.parcels).toMatchObject([{ trackingNumber: 'SBX1', method: 'drop_off', status: 'announced' }]);
    expect(calls(bench)).toEqual([]);
  });
  test('nothing is bought before the application is approved', () => {
    const bench = new Bench({ policy: reviewed() }).apply([applicationLine('1')], { method: 'drop_off' });
    expect(calls(bench)).toEqual([]);
    bench.decide('approve');
    expect(calls(bench)).toEqual([['buyLabel', 'ret_1/label/1']]);
  });
  test('a cancelled return has its label voided', () => {
    const bench = new Bench().apply([applicationLine('1')], { method: 'drop_off' });
    bench.answer('buyLabel', { kind: 'done', trackingNumber: 'SBX1' });
    bench.do('cancel', {}, 'customer');
    expect(calls(bench)).toEqual([['voidLabel', 'ret_1/label/1']]);
    bench.answer('voidLabel', { kind: 'done' });
    expect(bench.state.steps).toMatchObject([{ status: 'undone' }]);
  });
  test('a label that an accepted offer has made needless is voided; one whose goods have come is left alone', () => {
    const bench = new Bench().apply([applicationLine('1')], { method: 'drop_off' });
    bench.answer('buyLabel', { kind: 'done', trackingNumber: 'SBX1' });
    bench.do('offer', { resolution: 'refund_only', amount: 300 }, 'agent');
    bench.do('accept_offer', { offerId: 'ofr_1' }, 'customer');
    expect(calls(bench)).toContainEqual(['voidLabel', 'ret_1/label/1']);
    const come = new Bench().apply([applicationLine('1')], { method: 'drop_off' });
    come.answer('buyLabel', { kind: 'done', trackingNumber: 'SBX1' });
    come.bring();
    expect(calls(come).map(([call]) => call)).toEqual(['refund']);
  });
  test('a label that comes after the cancel is voided once it is there', () => {
    const bench = new Bench().apply([applicationLine('1')], { method: 'drop_off' });
    bench.do('cancel', {}, 'customer');
    expect(calls(bench)).toEqual([['buyLabel', 'ret_1/label/1']]);
    bench.answer('buyLabel', { kind: 'done', trackingNumber: 'SBX1' });
    expect(calls(bench)).toEqual([['voidLabel', 'ret_1/label/1']]);
  });
  test('a label that nobody answered about is asked for again under the same key, and a person is told', () => {
    const bench = new Bench().apply([applicationLine('1')], { method: 'drop_off' });
    const first = due(bench.state).effects[0]!;
    bench.answer('buyLabel', { kind: 'unanswered' });
    const second = due(bench.state).effects[0]!;
    expect([second.key, second.id === first.id]).toEqual([first.key, false]);
    expect(bench.state.attention?.reason).toBe('label_unanswered');
  });
  test('a refused label calls a person; once the goods are on their way nobody needs it', () => {
    const bench = new Bench().apply([applicationLine('1')], { method: 'drop_off' });
    bench.answer('buyLabel', { kind: 'refused', code: 'no_service' });
    expect(bench.state.attention?.reason).toBe('label_refused');
    expect(bench.log.find((event) => event.type === 'step_changed')?.detail).toEqual({ code: 'no_service' });
    bench.ship();
    bench.scan('picked_up');
    expect(bench.state.attention).toBeNull();
  });
  test('a pickup asked for with the application is booked, moved with the same key, and cancelled', () => {
    const bench = new Bench().apply([applicationLine('1')], { method: 'door_pickup', pickup: slot });
    expect(calls(bench)).toEqual([['bookPickup', 'ret_1/pickup/1']]);
    bench.answer('bookPickup', { kind: 'done', trackingNumber: 'SBX1' });
    bench.do('pickup', { from: '2026-11-18T01:00:00Z', to: '2026-11-18T03:00:00Z' }, 'customer');
    expect(calls(bench)).toEqual([['bookPickup', 'ret_1/pickup/1']]);
    bench.answer('bookPickup', { kind: 'done', trackingNumber: 'SBX1' });
    expect(bench.state.steps).toMatchObject([{ status: 'done', from: '2026-11-18T01:00:00Z' }]);
    expect(bench.state.parcels).toHaveLength(1);
    bench.do('cancel', {}, 'customer');
    expect(calls(bench)).toEqual([['cancelPickup', 'ret_1/pickup/1']]);
  });
  test('the answer to a booking that was moved meanwhile is not the answer to the new one', () => {
    const bench = new Bench().apply([applicationLine('1')], { method: 'door_pickup', pickup: slot });
    const old = due(bench.state).effects[0]!;
    bench.do('pickup', { from: '2026-11-18T01:00:00Z', to: '2026-11-18T03:00:00Z' }, 'customer');
    expect(bench.do('outcome', { effect: old.id, call: old.call, subject: old.subject, result: { kind: 'done' } })).toEqual([]);
    expect(bench.state.steps).toMatchObject([{ status: 'wanted', round: 2 }]);
  });
  test('a refused courier can be booked anew', () => {
    const bench = new Bench().apply([applicationLine('1')], { method: 'door_pickup', pickup: slot });
    bench.answer('bookPickup', { kind: 'refused', code: 'full' });
    expect(bench.state.attention?.reason).toBe('pickup_refused');
    bench.do('pickup', slot, 'customer');
    expect(calls(bench)).toEqual([['bookPickup', 'ret_1/pickup/2']]);
    expect(bench.state.attention).toBeNull();
  });
  test('only a return that is picked up at the door can have a pickup', () => {
    expect(new Bench().apply().refusal('pickup', slot, 'customer')).toBe('invalid_state');
  });
});

describe('scans', () => {
  const shipped = () => new Bench().apply([applicationLine('1', { quantity: 2 })]).ship();
  test('the first scan moves everything that was waiting', () => {
    const bench = shipped();
    bench.scan('picked_up');
    expect(bench.state.units.map(({ logistics }) => logistics)).toEqual(['in_transit', 'in_transit']);
    expect(nextStep(bench.state)).toMatchObject({ who: 'system', action: 'wait' });
  });
  test('what says nothing new changes nothing: repeated, overtaken, and "in transit" after "picked up"', () => {
    const bench = shipped();
    bench.scan('picked_up');
    expect(bench.scan('picked_up')).toEqual([]);
    expect(bench.scan('in_transit')).toEqual([]);
    bench.scan('delivered');
    expect([bench.scan('delivered'), bench.scan('in_transit'), bench.scan('lost'), bench.scan('exception')]).toEqual([[], [], [], []]);
  });
  test('a parcel first seen when it is delivered still leaves the return in transit until the dock has it', () => {
    const bench = shipped();
    bench.scan('delivered');
    expect(bench.status).toBe('in_transit');
    expect(nextStep(bench.state)).toMatchObject({ who: 'warehouse', action: 'receive' });
  });
  test('a parcel nobody knows changes nothing', () => {
    expect(shipped().scan('delivered', 'OTHER')).toEqual([]);
  });
  test('goods lost on the way, also when that is the first thing heard of them, call a person, who refunds them', () => {
    for (const before of [[], ['picked_up']] as const) {
      const bench = shipped();
      for (const scanned of before) bench.scan(scanned);
      bench.scan('lost');
      expect(bench.state.units.map(({ logistics }) => logistics)).toEqual(['lost', 'lost']);
      expect(bench.state.attention?.reason).toBe('parcel_lost');
      expect(nextStep(bench.state)).toMatchObject({ who: 'agent', action: 'resolve_exception' });
      bench.do('resolve', { units: [1, 2].map((unit) => ({ lineId: '1', unit, logistics: 'lost', money: 'refund' })) }, 'agent');
      expect(bench.state.refunds).toMatchObject([{ amount: 2000 }]);
      expect(bench.state.attention).toBeNull();
    }
  });
  test('what was thought lost and is delivered after all goes on', () => {
    const bench = shipped();
    bench.scan('lost');
    bench.scan('delivered');
    expect(bench.state.attention).toBeNull();
    expect(bench.status).toBe('in_transit');
  });
  test('trouble on the way calls a person until the parcel moves again', () => {
    const bench = shipped();
    bench.scan('exception');
    expect(bench.state.attention?.reason).toBe('parcel_exception');
    bench.scan('in_transit');
    expect(bench.state.attention).toBeNull();
  });
  test('a scan after the receipt changes no unit', () => {
    const bench = shipped();
    bench.receive({ '1': 2 }, { trackingNumber: 'TRK1' });
    expect(bench.scan('delivered')).toEqual([]);
    expect(bench.status).toBe('at_warehouse');
  });
  test('the same number is not announced twice', () => {
    expect(shipped().refusal('shipment', { carrier: 'sandbox', trackingNumber: 'TRK1' }, 'customer')).toBe('invalid_state');
  });
});

describe('nobody hands anything over', () => {
  test('the customer is reminded, then the return expires: claims are free, the label is voided', () => {
    const bench = new Bench().apply([applicationLine('1')], { method: 'drop_off' });
    bench.answer('buyLabel', { kind: 'done', trackingNumber: 'SBX1' });
    bench.pass(4 * day);
    expect(bench.deadline('handover')).toMatchObject({ warned: true, breachedAt: null });
    bench.pass(3 * day);
    expect(bench.status).toBe('expired');
    expect(bench.unit()).toMatchObject({ released: true, logistics: 'kept_by_customer', money: 'none' });
    expect(calls(bench)).toEqual([['voidLabel', 'ret_1/label/1']]);
    expect([bench.state.deadlines, nextStep(bench.state)]).toEqual([[], null]);
  });
  test('a parcel with a number is on its way for all we know: a person looks instead', () => {
    const bench = new Bench().apply().ship();
    bench.pass(7 * day);
    expect(bench.status).toBe('awaiting_handover');
    expect(bench.state.attention?.reason).toBe('handover_overdue');
    expect(workOf(bench.state).map(({ queue }) => queue)).toEqual(['exception']);
  });
  test('the units that were settled stay settled when the rest expires', () => {
    const bench = new Bench().apply([applicationLine('1'), applicationLine('3', { resolution: 'refund_only' })], { method: 'drop_off' });
    bench.answer('refund', { kind: 'done' });
    bench.pass(7 * day);
    expect(bench.status).toBe('completed');
    expect(bench.unit('1')).toMatchObject({ released: true, money: 'none' });
    expect(bench.unit('3')).toMatchObject({ released: false, money: 'granted' });
  });
  test('with onBreach attention nothing expires', () => {
    const { deadlines } = samplePolicy();
    const bench = new Bench({ policy: samplePolicy({ deadlines: { ...deadlines, handover: { ...deadlines.handover!, onBreach: 'attention' } } }) }).apply();
    bench.pass(7 * day + hour);
    expect([bench.status, bench.state.attention?.reason]).toEqual(['awaiting_handover', 'handover_overdue']);
  });
});
