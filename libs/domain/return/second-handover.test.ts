import { nextStep } from './attention';
import { due } from './due';
import { applicationLine, Bench, day, reviewed } from './fixtures';
import { labelled } from './handover';
import type { Application } from './input';

const slot = { from: '2026-11-17T01:00:00Z', to: '2026-11-17T03:00:00Z' };
const later = { from: '2026-12-01T01:00:00Z', to: '2026-12-01T03:00:00Z' };
const calls = (bench: Bench) => due(bench.state).effects.map(({ call, key }) => [call, key]);

/** Line 2 has come and is paid; line 1 was rejected, and an appeal gave it right: its goods are to come now. */
function upheld(change: Partial<Application>): Bench {
  const bench = new Bench({ policy: reviewed() }).apply([applicationLine('1'), applicationLine('2')], change);
  bench.decide('reject', ['1']);
  bench.decide('approve', ['2']);
  if (change.method === 'self_ship') bench.ship('TRK1');
  else bench.answer(change.method === 'drop_off' ? 'buyLabel' : 'bookPickup', { kind: 'done', carrier: 'sandbox', trackingNumber: 'TRK1' });
  bench.scan('picked_up');
  bench.receive({ '2': 1 }, { trackingNumber: 'TRK1' });
  bench.inspect('2');
  bench.answer('refund', { kind: 'done', providerRefundId: 'prf_1' });
  bench.do('appeal', {}, 'customer');
  bench.decide('approve', ['1'], 'agent2');
  expect(bench.status).toBe('awaiting_handover');
  return bench;
}

describe('goods that an upheld appeal asks for after the others have come', () => {
  test('dropped off: get a label of their own, and that is the one to print', () => {
    const bench = upheld({ method: 'drop_off' });
    expect(calls(bench)).toEqual([['buyLabel', 'ret_1/label/2']]);
    expect(labelled(bench.state)).toBeUndefined();
    bench.answer('buyLabel', { kind: 'done', carrier: 'sandbox', trackingNumber: 'TRK2' });
    expect(labelled(bench.state)).toMatchObject({ trackingNumber: 'TRK2', status: 'announced' });
    bench.scan('picked_up', 'TRK2');
    expect([bench.unit('1').logistics, bench.state.parcels.map(({ status }) => status)]).toEqual(['in_transit', ['delivered', 'picked_up']]);
    expect(labelled(bench.state)).toMatchObject({ trackingNumber: 'TRK2' });
  });
  test('not handed over either: only the label that nobody used is voided', () => {
    const bench = upheld({ method: 'drop_off' });
    bench.answer('buyLabel', { kind: 'done', carrier: 'sandbox', trackingNumber: 'TRK2' });
    bench.pass(7 * day);
    expect([bench.status, calls(bench)]).toEqual(['completed', [['voidLabel', 'ret_1/label/2']]]);
  });
  test('picked up: the courier is booked anew, not the parcel that has come moved', () => {
    const bench = upheld({ method: 'door_pickup', pickup: slot });
    expect(calls(bench)).toEqual([]);
    bench.do('pickup', later, 'customer');
    expect(calls(bench)).toEqual([['bookPickup', 'ret_1/pickup/2']]);
    expect(bench.state.steps.map(({ status, from }) => [status, from])).toEqual([
      ['done', slot.from],
      ['wanted', later.from],
    ]);
    bench.answer('bookPickup', { kind: 'done', carrier: 'sandbox', trackingNumber: 'TRK2' });
    bench.do('pickup', { ...later, to: '2026-12-01T05:00:00Z' }, 'customer');
    expect(calls(bench)).toEqual([['bookPickup', 'ret_1/pickup/2']]);
    bench.answer('bookPickup', { kind: 'done', carrier: 'sandbox', trackingNumber: 'TRK2' });
    bench.scan('picked_up', 'TRK2');
    expect(bench.unit('1').logistics).toBe('in_transit');
  });
  test('sent by the customer: says with what once more', () => {
    const bench = upheld({ method: 'self_ship' });
    bench.ship('TRK2');
    bench.scan('picked_up', 'TRK2');
    expect(bench.unit('1').logistics).toBe('in_transit');
  });
});

describe('what happens when nobody hands it over in time is said beforehand', () => {
  test('it expires, unless the customer has announced a parcel: then a person looks', () => {
    const bench = new Bench().apply();
    expect(nextStep(bench.state)).toMatchObject({ action: 'hand_over', whenOverdue: 'expire' });
    bench.ship();
    expect(nextStep(bench.state)).toMatchObject({ action: 'hand_over', whenOverdue: 'attention' });
    bench.pass(7 * day);
    expect([bench.status, bench.state.attention?.reason]).toEqual(['awaiting_handover', 'handover_overdue']);
  });
});
