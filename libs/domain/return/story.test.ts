import { Bench } from './fixtures';

test('a refund from application to payment', () => {
  const bench = new Bench().apply().ship();
  expect(bench.status).toBe('awaiting_handover');
  bench.scan('picked_up');
  expect(bench.status).toBe('in_transit');
  bench.scan('delivered');
  bench.receive({ '1': 1 });
  expect(bench.status).toBe('at_warehouse');
  bench.inspect('1');
  expect(bench.status).toBe('settling');
  bench.answer('refund', { kind: 'done', providerRefundId: 'prf_1' });
  expect(bench.status).toBe('completed');
  expect(bench.state.deadlines).toEqual([]);
  expect(bench.unit()).toMatchObject({ money: 'granted', refundAmount: 1000 });
});
