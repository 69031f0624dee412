import { applicationLine, Bench, samplePolicy } from './fixtures';
import { worth } from './limits';

const credit = (bench: Bench, amount: number | null) => {
  const verdict = bench.ask('offer', { resolution: 'store_credit', amount }, 'agent');
  return 'refusal' in verdict ? [verdict.refusal.code, verdict.refusal.errors?.[0]?.pointer] : null;
};

describe('an amount of store credit', () => {
  test('is what the lines give: more is not there, and less would not be kept', () => {
    const bench = new Bench().apply([applicationLine('1')]);
    expect(credit(bench, 999_999)).toEqual(['amount_unavailable', undefined]);
    expect(credit(bench, 1001)).toEqual(['amount_unavailable', undefined]);
    expect(credit(bench, 999)).toEqual(['validation_failed', '/amount']);
    expect([credit(bench, 1000), credit(bench, null)]).toEqual([null, null]);
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
    expect([credit(bench, 1000), credit(bench, 700)]).toEqual([['validation_failed', '/amount'], null]);
  });
  test('covers what its tender did not take', () => {
    const bench = new Bench().apply([applicationLine('1'), applicationLine('3')]);
    bench.receive({ '1': 1 });
    bench.inspect('1');
    bench.answer('refund', { kind: 'refused', code: 'card_closed' });
    expect([credit(bench, 1501), credit(bench, 500), credit(bench, 1500)]).toEqual([['amount_unavailable', undefined], ['validation_failed', '/amount'], null]);
  });
});
