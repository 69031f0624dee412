import { nextStep } from './attention';
import { Bench } from './fixtures';

/** Something else came instead of the article. */
function wrong(): Bench {
  const bench = new Bench().apply().ship();
  bench.scan('delivered');
  bench.do('receive', { receiptId: 'rcp_1', lines: [{ lineId: null, sku: 'A-SHOE', quantity: 1 }], trackingNumber: 'TRK1', final: false }, 'warehouse');
  expect([bench.unit().logistics, bench.state.attention?.reason]).toEqual(['wrong_item', 'wrong_item']);
  return bench;
}
const word = (logistics: 'wrong_item' | 'received' | 'kept_by_customer', money: 'refund' | 'none') => ({ units: [{ lineId: '1', unit: 1, logistics, money }] });

describe('a wrong item that is not paid for', () => {
  test('stays where it is until the warehouse sends it back to the customer', () => {
    const bench = wrong();
    expect(bench.refusal('sendback', { carrier: 'sandbox', trackingNumber: 'BACK1' }, 'warehouse')).toBe('invalid_state');
    bench.do('resolve', word('wrong_item', 'none'), 'agent');
    expect([bench.unit(), bench.state.attention, bench.status]).toMatchObject([{ logistics: 'wrong_item', money: 'none' }, null, 'completed']);
    bench.do('sendback', { carrier: 'sandbox', trackingNumber: 'BACK1' }, 'warehouse');
    expect([bench.unit().logistics, bench.state.parcels.at(-1), nextStep(bench.state)]).toMatchObject([
      'sent_back',
      { direction: 'outbound', method: 'send_back', trackingNumber: 'BACK1' },
      null,
    ]);
  });

  test('lost on its way back, it calls nobody to pay for an article that never came', () => {
    const bench = wrong();
    bench.do('resolve', word('wrong_item', 'none'), 'agent');
    bench.do('sendback', { carrier: 'sandbox', trackingNumber: 'BACK1' }, 'warehouse');
    bench.scan('lost', 'BACK1');
    expect([bench.state.attention?.reason, nextStep(bench.state)?.who]).toEqual(['send_back_lost', 'agent']);
    bench.do('resolve', word('kept_by_customer', 'none'), 'agent');
    expect([bench.state.attention, nextStep(bench.state)]).toEqual([null, null]);
  });

  test('one that was paid for stays here', () => {
    const bench = wrong();
    bench.do('resolve', word('wrong_item', 'refund'), 'agent');
    expect([bench.unit(), bench.state.refunds.length, bench.refusal('sendback', { carrier: 'sandbox', trackingNumber: 'BACK1' }, 'warehouse')]).toMatchObject([
      { logistics: 'wrong_item', money: 'granted' },
      1,
      'invalid_state',
    ]);
  });
});
