import { nextStep } from './attention';
import { applicationLine, Bench, inspected, samplePolicy } from './fixtures';

describe('rejected goods that get lost on their way home', () => {
  const lost = () => {
    const { appeal: _, ...deadlines } = samplePolicy().deadlines;
    const bench = new Bench({ policy: samplePolicy({ deadlines }) }).apply([applicationLine('1')]).bring({ accepted: false });
    bench.do('sendback', { carrier: 'sandbox', trackingNumber: 'BACK1' }, 'warehouse');
    bench.do('scan', { trackingNumber: 'BACK1', status: 'lost', scannedAt: '2026-01-20T10:00:00Z' }, 'carrier');
    return bench;
  };
  test('are a person’s to make good, with the money', () => {
    const bench = lost();
    expect([bench.status, bench.state.attention?.reason]).toEqual(['rejected', 'send_back_lost']);
    expect(nextStep(bench.state)).toMatchObject({ who: 'agent', action: 'resolve_exception' });
    bench.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'lost', money: 'refund' }] }, 'agent');
    expect(bench.state.refunds).toHaveLength(1);
    expect(bench.state.attention).toBeNull();
  });
  test('are those of the parcel that was lost, and no others', () => {
    const { appeal: _, ...deadlines } = samplePolicy().deadlines;
    const bench = new Bench({ policy: samplePolicy({ deadlines }) }).apply([applicationLine('1', { quantity: 2 })]);
    for (const home of ['BACK1', 'BACK2']) {
      bench.receive({ '1': 1 });
      bench.inspect('1', inspected({ accepted: false, disposition: 'send_back' }));
      bench.do('sendback', { carrier: 'sandbox', trackingNumber: home }, 'warehouse');
    }
    bench.do('scan', { trackingNumber: 'BACK1', status: 'lost', scannedAt: '2026-01-20T10:00:00Z' }, 'carrier');
    const refund = (unit: number) => ({ units: [{ lineId: '1', unit, logistics: 'lost' as const, money: 'refund' as const }] });
    expect(bench.refusal('resolve', refund(2), 'agent')).toBe('invalid_state');
    expect(bench.refusal('resolve', refund(1), 'agent')).toBeNull();
  });
  test('whatever the inspection had found, as after an upheld appeal: nothing is taken off for it', () => {
    const { appeal: _, ...deadlines } = samplePolicy().deadlines;
    const asked = applicationLine('1', { reason: 'changed_mind' });
    const bench = new Bench({ policy: samplePolicy({ deadlines }) }).apply([asked]).bring({ accepted: false, grade: 'D', missingParts: true });
    bench.do('sendback', { carrier: 'sandbox', trackingNumber: 'BACK1' }, 'warehouse');
    bench.do('scan', { trackingNumber: 'BACK1', status: 'lost', scannedAt: '2026-01-20T10:00:00Z' }, 'carrier');
    bench.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'lost', money: 'refund' }] }, 'agent');
    expect(bench.state.refunds).toMatchObject([{ amount: 1000 }]);
  });
  test('or without it, when they turned up', () => {
    const bench = lost();
    bench.do('resolve', { units: [{ lineId: '1', unit: 1, logistics: 'kept_by_customer', money: 'none' }] }, 'agent');
    expect([bench.status, bench.state.attention, bench.state.refunds]).toEqual(['rejected', null, []]);
  });
});
