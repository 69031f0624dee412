import { nextStep } from './attention';
import { applicationLine, Bench, day, reviewed, samplePolicy } from './fixtures';

const ways = ['drop_off', 'door_pickup', 'self_ship'] as const;
type Way = (typeof ways)[number];

/** Two pieces are to come back, by a parcel that nobody has scanned. */
function unscanned(method: Way): Bench {
  const pickup = method === 'door_pickup' ? { from: '2026-11-17T01:00:00Z', to: '2026-11-17T03:00:00Z' } : null;
  const bench = new Bench().apply([applicationLine('1', { quantity: 2 })], { method, pickup });
  if (method === 'self_ship') return bench.ship('TRK1');
  bench.answer(method === 'drop_off' ? 'buyLabel' : 'bookPickup', { kind: 'done', carrier: 'sandbox', trackingNumber: 'TRK1' });
  return bench;
}
const places = (bench: Bench) => bench.state.units.map(({ logistics, parcelId }) => [logistics, parcelId !== null]);

describe('a part of what was expected arrives, and nobody had scanned its parcel', () => {
  test.each(ways)('%s: the rest was handed over with it, so it does not expire, and a person looks in time', (method) => {
    const bench = unscanned(method);
    bench.receive({ '1': 1 }, { trackingNumber: 'TRK1' });
    expect(places(bench)).toEqual([
      ['received', true],
      ['in_transit', false],
    ]);
    expect(nextStep(bench.state)).toMatchObject({ who: 'warehouse', action: 'receive', whenOverdue: 'attention' });
    bench.inspect('1');
    bench.pass(11 * day);
    expect([bench.status, bench.unit('1', 2).money, bench.state.attention?.reason]).toEqual(['in_transit', 'quoted', 'transit_overdue']);
    bench.do('resolve', { units: [{ lineId: '1', unit: 2, logistics: 'lost', money: 'refund' }] }, 'agent');
    expect(bench.unit('1', 2).money).toBe('granted');
  });
  test('the receipt may name the return alone: in which parcel the rest is nobody knows', () => {
    const bench = unscanned('drop_off');
    bench.receive({ '1': 1 });
    expect(places(bench)).toEqual([
      ['received', false],
      ['in_transit', false],
    ]);
    expect(nextStep(bench.state)).toMatchObject({ who: 'warehouse', action: 'receive' });
    bench.scan('delivered');
    expect(nextStep(bench.state)).toMatchObject({ who: 'warehouse', action: 'receive' });
  });
  test('that parcel may turn out to be lost', () => {
    const bench = unscanned('drop_off');
    bench.receive({ '1': 1 });
    bench.scan('lost');
    expect([bench.unit('1', 2).logistics, bench.state.attention?.reason]).toEqual(['lost', 'parcel_lost']);
  });
  test('a parcel that came empty, or with something else in it, came all the same', () => {
    const empty = unscanned('drop_off');
    empty.receive({}, { trackingNumber: 'TRK1' });
    expect(places(empty)).toEqual([
      ['in_transit', false],
      ['in_transit', false],
    ]);
    const foreign = unscanned('drop_off');
    foreign.receive({}, { lines: [{ lineId: null, sku: 'FOREIGN', quantity: 1 }] });
    expect(places(foreign).map(([place]) => place)).toEqual(['wrong_item', 'in_transit']);
  });
  test('no more will come: the rest is missing at once', () => {
    const bench = unscanned('drop_off');
    bench.receive({ '1': 1 }, { trackingNumber: 'TRK1', final: true });
    expect(places(bench).map(([place]) => place)).toEqual(['received', 'short']);
    expect(bench.state.attention?.reason).toBe('units_short');
  });
  test('a second parcel may still be announced, and brings the rest', () => {
    const bench = unscanned('self_ship');
    bench.receive({ '1': 1 }, { trackingNumber: 'TRK1' });
    bench.ship('TRK2');
    bench.scan('delivered', 'TRK2');
    bench.receive({ '1': 1 }, { trackingNumber: 'TRK2' });
    expect(places(bench).map(([place]) => place)).toEqual(['received', 'received']);
  });
  test('what is still to come waits for the parcel that is on its way with it', () => {
    const bench = unscanned('self_ship');
    bench.receive({ '1': 1 }, { trackingNumber: 'TRK1' });
    bench.inspect('1');
    bench.ship('TRK2').scan('picked_up', 'TRK2');
    expect([places(bench)[1], nextStep(bench.state)]).toMatchObject([['in_transit', true], { who: 'system', action: 'wait' }]);
  });
  test('no money is advanced for what neither a carrier nor the dock has seen', () => {
    const refund = { ...samplePolicy().refund, timing: 'at_first_scan', advanceBelow: 50_000 } as const;
    const advancedBy = (quantities: Record<string, number>, change: Parameters<Bench['receive']>[1] = {}): number[] => {
      const bench = new Bench({ policy: samplePolicy({ refund }) }).apply([applicationLine('1', { quantity: 2 })]).ship();
      bench.receive(quantities, change);
      return bench.state.refunds.map(({ amount }) => amount);
    };
    expect(advancedBy({}, { trackingNumber: 'TRK1' })).toEqual([]);
    expect(advancedBy({}, { trackingNumber: 'TRK1', lines: [{ lineId: null, sku: 'BRICK', quantity: 1 }] })).toEqual([]);
    expect(advancedBy({ '1': 1 })).toEqual([1000]);
  });
  test('what was rejected, or is not to come back, was not in it', () => {
    const bench = new Bench({ policy: reviewed() }).apply([applicationLine('1'), applicationLine('2'), applicationLine('3', { resolution: 'refund_only' })], {
      method: 'drop_off',
    });
    bench.decide('reject', ['2']);
    bench.decide('approve', ['1', '3']);
    bench.receive({ '1': 1 });
    expect([bench.unit('2').logistics, bench.unit('3').logistics]).toEqual(['awaiting', 'awaiting']);
  });
  test('an empty receipt of a parcel that had come long ago moves nothing', () => {
    const bench = new Bench({ policy: reviewed() }).apply([applicationLine('1'), applicationLine('2')], { method: 'drop_off' });
    bench.decide('reject', ['1']);
    bench.decide('approve', ['2']);
    bench.answer('buyLabel', { kind: 'done', carrier: 'sandbox', trackingNumber: 'TRK1' });
    bench.receive({ '2': 1 }, { trackingNumber: 'TRK1' });
    bench.do('appeal', {}, 'customer');
    bench.decide('approve', ['1'], 'agent2');
    bench.receive({}, { trackingNumber: 'TRK1' });
    expect(bench.unit('1').logistics).toBe('awaiting');
  });
});
