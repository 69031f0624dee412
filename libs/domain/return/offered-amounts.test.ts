import { applicationLine, Bench, samplePolicy } from './fixtures';
import { worth } from './limits';

const credit = (bench: Bench, amount: number | null) => bench.refusal('offer', { resolution: 'store_credit', amount }, 'agent');

describe('an amount of store credit', () => {
  test('promises no more than what there is to come: it is where the money goes, not how much it is', () => {
    const bench = new Bench().apply([applicationLine('1')]);
    expect([999_999, 1001, 1000, 999, null].map((amount) => credit(bench, amount))).toEqual(['amount_unavailable', 'amount_unavailable', null, null, null]);
  });
  test('is kept: the refund comes to it', () => {
    const bench = new Bench().apply([applicationLine('1')]);
    bench.do('offer', { resolution: 'store_credit', amount: 1000 }, 'agent');
    bench.do('accept_offer', { offerId: 'ofr_1' }, 'customer');
    bench.bring();
    expect(bench.state.refunds).toMatchObject([{ tenderId: 'store_credit', amount: 1000 }]);
  });
  test('has the fees of the quote taken off', () => {
    const fees = [{ kind: 'return_shipping', rate: null, amount: 300, reasons: [] }] as const;
    const bench = new Bench({ policy: samplePolicy({ refund: { ...samplePolicy().refund, fees } }) }).apply([applicationLine('1')]);
    expect([worth(bench.unit(), bench.world), bench.unit().refundAmount]).toEqual([1000, 700]);
    expect([credit(bench, 701), credit(bench, 700)]).toEqual(['amount_unavailable', null]);
  });
  test('covers what its tender did not take', () => {
    const bench = new Bench().apply([applicationLine('1'), applicationLine('3')]);
    bench.receive({ '1': 1 });
    bench.inspect('1');
    bench.answer('refund', { kind: 'refused', code: 'card_closed' });
    expect([credit(bench, 1501), credit(bench, 1500)]).toEqual(['amount_unavailable', null]);
  });
});
