import { nextStep } from './attention';
import { due } from './due';
import { applicationLine, Bench, day, reviewed } from './fixtures';

const exchange = (sku: string | null = 'TEE-L') => new Bench().apply([applicationLine('1', { resolution: 'exchange', exchangeSku: sku })]);
const calls = (bench: Bench) => due(bench.state).effects.map(({ call }) => call);
const shipped = (bench: Bench) => bench.answer('reship', { kind: 'done', carrier: 'sandbox', trackingNumber: 'OUT1' });
const refunded = (bench: Bench) => bench.state.refunds.map(({ amount }) => amount);

test('an exchange is reserved at approval, leaves after the inspection, and is complete when it arrives', () => {
  const bench = exchange();
  expect([bench.state.replacements, bench.stock['TEE-L']?.available, calls(bench)]).toMatchObject([
    [{ status: 'reserved', kind: 'exchange', sku: 'TEE-L' }],
    4,
    [],
  ]);
  bench.bring();
  expect([calls(bench), bench.status]).toEqual([['reship'], 'settling']);
  shipped(bench);
  expect(bench.state.parcels).toMatchObject([{ direction: 'outbound', trackingNumber: 'OUT1' }]);
  bench.scan('delivered', 'OUT1');
  expect([bench.status, bench.state.replacements[0]?.status, refunded(bench), bench.state.deadlines]).toEqual(['completed', 'delivered', [], []]);
});
test('nothing is reserved before the approval, and a rejected line gives nothing away', () => {
  const bench = new Bench({ policy: reviewed() }).apply([applicationLine('1', { resolution: 'exchange' })]);
  expect(bench.state.replacements).toEqual([]);
  bench.decide('reject');
  expect(bench.state.replacements).toEqual([]);
});
test('a cheaper article refunds the difference', () => {
  const bench = exchange('TEE-SALE').bring();
  expect(refunded(bench)).toEqual([400]);
});
test('the same article again is even, whatever it costs by now', () => {
  for (const sku of [null, 'TEE-M']) {
    const bench = new Bench();
    bench.stock['TEE-M']!.price = 100;
    bench.apply([applicationLine('1', { resolution: 'exchange', exchangeSku: sku })]).bring();
    expect([refunded(bench), bench.state.replacements]).toMatchObject([[], [{ sku: 'TEE-M', status: 'reserved' }]]);
  }
});
test('a reship with nothing to come back leaves at once', () => {
  const bench = new Bench().apply([applicationLine('2', { reason: 'lost', resolution: 'reship' })], { method: 'none' });
  expect([bench.status, calls(bench)]).toEqual(['settling', ['reship']]);
  shipped(bench);
  bench.scan('delivered', 'OUT1');
  expect([bench.status, refunded(bench)]).toEqual(['completed', []]);
});
test('the last piece of an article can be promised once more by the decision that gives it back', () => {
  const bench = new Bench();
  bench.stock['TEE-L']!.available = 1;
  bench.apply([applicationLine('1', { resolution: 'exchange', exchangeSku: 'TEE-L' })]);
  bench.do('offer', { resolution: 'exchange', amount: null }, 'agent');
  bench.do('accept_offer', { offerId: bench.state.offers[0]!.offerId }, 'customer');
  expect([bench.state.replacements.map(({ status }) => status), bench.state.attention]).toEqual([['cancelled', 'reserved'], null]);
});
test('cancelled before it leaves: stock goes back; one being ordered is called back when the answer is there', () => {
  const reserved = exchange();
  reserved.do('cancel', {}, 'customer');
  expect([reserved.state.replacements[0]?.status, reserved.stock['TEE-L']?.available, calls(reserved)]).toEqual(['cancelled', 5, []]);
  const ordered = new Bench().apply([applicationLine('2', { reason: 'lost', resolution: 'reship' }), applicationLine('1')]);
  ordered.do('cancel', {}, 'customer');
  shipped(ordered);
  expect([calls(ordered), ordered.state.replacements[0]?.status, ordered.status]).toEqual([['cancelShipment'], 'cancelled', 'cancelled']);
});
test('goods that were never handed over are not replaced, also when the rest of the return goes on', () => {
  const bench = new Bench().apply([applicationLine('1', { resolution: 'exchange' }), applicationLine('3', { resolution: 'refund_only' })]);
  bench.pass(7 * day);
  expect([bench.unit('1').released, bench.state.replacements[0]?.status, calls(bench)]).toEqual([true, 'cancelled', ['refund']]);
});
test('a replacement on its way cannot be cancelled any more', () => {
  const bench = new Bench().apply([applicationLine('2', { reason: 'lost', resolution: 'reship' })], { method: 'none' });
  shipped(bench);
  expect(bench.refusal('cancel', {}, 'customer')).toBe('invalid_state');
});
test('an exchange lost on its way is refunded by an agent, less what the difference gave', () => {
  for (const [sku, amounts] of [
    ['TEE-L', [1000]],
    ['TEE-SALE', [400, 600]],
  ] as const) {
    const bench = exchange(sku).bring();
    if (refunded(bench).length > 0) bench.answer('refund', { kind: 'done' });
    shipped(bench);
    bench.scan('lost', 'OUT1');
    expect([bench.state.attention?.reason, nextStep(bench.state)?.action]).toEqual(['replacement_lost', 'resolve_exception']);
    bench.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'refund' }] }, 'agent');
    expect([refunded(bench), bench.state.attention, bench.state.replacements[0]?.status]).toEqual([amounts, null, 'cancelled']);
    bench.answer('refund', { kind: 'done' });
    expect(bench.status).toBe('completed');
  }
});
test('money that was resolved away is not followed by another replacement', () => {
  const bench = exchange('TEE-SALE').bring();
  bench.answer('refund', { kind: 'done' });
  shipped(bench);
  bench.scan('lost', 'OUT1');
  bench.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'none' }] }, 'agent');
  expect([bench.state.replacements.length, calls(bench), bench.status, bench.unit()]).toMatchObject([
    1,
    [],
    'completed',
    { money: 'granted', refundAmount: 400 },
  ]);
});
test('a parcel thought lost that arrives after all completes the return', () => {
  const bench = exchange().bring();
  shipped(bench);
  bench.scan('lost', 'OUT1');
  bench.scan('delivered', 'OUT1');
  expect([bench.status, bench.state.attention]).toEqual(['completed', null]);
});
test('an order the carrier refuses calls a person, who refunds', () => {
  const bench = exchange().bring();
  bench.answer('reship', { kind: 'refused', code: 'no_service' });
  expect([bench.state.attention?.reason, nextStep(bench.state)]).toMatchObject(['reship_refused', { who: 'agent', action: 'resolve_exception' }]);
  bench.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'refund' }] }, 'agent');
  expect([bench.state.attention, refunded(bench), bench.stock['TEE-L']?.available]).toEqual([null, [1000], 5]);
});
test('one on its way is nobody’s to resolve, until there is trouble or it is overdue', () => {
  const bench = exchange().bring();
  shipped(bench);
  const word = { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'refund' } as const] };
  expect(bench.refusal('resolve', word, 'agent')).toBe('invalid_state');
  bench.scan('exception', 'OUT1');
  expect(bench.refusal('resolve', word, 'agent')).toBeNull();
  const late = exchange().bring();
  shipped(late);
  late.pass(3 * day);
  expect(late.state.attention?.reason).toBe('replacement_overdue');
  late.do('resolve', word, 'agent');
  expect(refunded(late)).toEqual([1000]);
});

describe('nothing left in stock at approval', () => {
  const short = () => {
    const bench = new Bench({ policy: reviewed() }).apply([applicationLine('1', { resolution: 'exchange', exchangeSku: 'TEE-L' })]);
    bench.stock['TEE-L']!.available = 0;
    return bench.decide('approve');
  };
  test('calls a person, and owes nothing before somebody has said what happens instead', () => {
    const bench = short();
    expect([bench.state.replacements[0]?.status, bench.state.attention?.reason, bench.stock['TEE-L']?.available]).toEqual(['short', 'out_of_stock', 0]);
    bench.bring();
    expect([refunded(bench), bench.status, nextStep(bench.state)?.action]).toEqual([[], 'settling', 'resolve_exception']);
  });
  test('ends with a refund by an agent', () => {
    const bench = short().bring();
    bench.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'received', money: 'refund' }] }, 'agent');
    expect([refunded(bench), bench.state.attention]).toEqual([[1000], null]);
  });
  test('ends with an offer: something else, or the article that was bought', () => {
    const refund = short().bring();
    refund.do('offer', { resolution: 'refund', amount: null }, 'agent');
    refund.do('accept_offer', { offerId: 'ofr_1' }, 'customer');
    expect([refunded(refund), refund.state.attention]).toEqual([[1000], null]);
    const again = short().bring();
    again.do('offer', { resolution: 'reship', amount: null }, 'agent');
    again.do('accept_offer', { offerId: 'ofr_1' }, 'customer');
    expect([again.state.replacements.map(({ sku, status }) => [sku, status]), calls(again)]).toEqual([
      [
        ['TEE-L', 'cancelled'],
        ['TEE-M', 'reserved'],
      ],
      ['reship'],
    ]);
  });
});
