import { exceptions, nextStep } from './attention';
import { due } from './due';
import { Bench, day, hour, sampleOrder, samplePolicy } from './fixtures';

/** A provider that finance can pause and resume under a return. */
function shop() {
  const world = { pausedProviders: [] as string[] };
  const bench = new Bench({ world, order: sampleOrder() });
  const { provider } = bench.order.tenders[0]!;
  return {
    bench,
    provider,
    pause: () => void (world.pausedProviders = [provider]),
    resume: () => void (world.pausedProviders = []),
    pauseAnother: () => void (world.pausedProviders = ['another']),
  };
}
const refund = (bench: Bench) => bench.state.refunds[0]!;
const open = (bench: Bench) => due(bench.state).effects.map(({ id, key }) => [id, key]);

test('a refund of a paused provider waits, pending and unsent, without a clock, and shouts for nobody', () => {
  const { bench, pause } = shop();
  bench.apply().bring();
  pause();
  bench.answer('refund', { kind: 'paused' });
  expect([refund(bench).status, refund(bench).attempt, refund(bench).paused, open(bench)]).toEqual(['pending', 1, true, []]);
  expect([bench.status, bench.deadline('refund'), nextStep(bench.state)]).toMatchObject([
    'settling',
    undefined,
    { who: 'system', action: 'wait', dueAt: null },
  ]);
  bench.pass(30 * day);
  expect([bench.state.attention, exceptions(bench.state), bench.unit().money, bench.tenders[0]!.pendingAmount]).toEqual([null, [], 'granted', 1000]);
});
test('resumed it goes by itself, with the same key and a whole new clock', () => {
  const { bench, pause, resume } = shop();
  bench.apply().bring();
  pause();
  bench.answer('refund', { kind: 'paused' });
  bench.pass(day);
  resume();
  bench.do('wake', {});
  expect([open(bench), bench.deadline('refund')?.dueAt]).toEqual([[['rfd_1/1:refund:2', 'rfd_1/1']], bench.now + 2 * hour]);
  bench.answer('refund', { kind: 'done', providerRefundId: 'prf_1' });
  expect([bench.status, refund(bench).paused]).toEqual(['completed', false]);
});
test('a wake while it is still paused, or the pause of another provider, changes nothing', () => {
  const { bench, pause, pauseAnother } = shop();
  bench.apply().bring();
  pause();
  bench.answer('refund', { kind: 'paused' });
  expect(bench.do('wake', {})).toEqual([]);
  pauseAnother();
  bench.do('wake', {});
  expect(open(bench)).toHaveLength(1);
});
test('resumed between the question and its answer, it is asked once more at once; paused again, it waits again, under names of their own', () => {
  const { bench, pause, resume } = shop();
  bench.apply().bring();
  const names: string[] = [];
  for (const step of [() => undefined, pause, resume, pause]) {
    step();
    if (refund(bench).paused) bench.do('wake', {});
    names.push(...open(bench).map(([id]) => id!));
    if (open(bench).length > 0) bench.answer('refund', { kind: 'paused' });
  }
  expect(names).toEqual(['rfd_1/1:refund:1', 'rfd_1/1:refund:2', 'rfd_1/1:refund:3', 'rfd_1/1:refund:4']);
  expect(refund(bench)).toMatchObject({ status: 'pending', attempt: 1, call: 'refund' });
});
test('look-ups go on, and a new attempt after one waits', () => {
  const { bench, pause } = shop();
  bench.apply().bring();
  bench.answer('refund', { kind: 'unanswered' });
  pause();
  bench.answer('lookUpRefund', { kind: 'not_found' });
  bench.answer('refund', { kind: 'paused' });
  expect([refund(bench), bench.state.attention]).toMatchObject([{ status: 'pending', attempt: 2, paused: true }, null]);
});
test('what the provider says of a waiting one counts', () => {
  const { bench, pause } = shop();
  bench.apply().bring();
  pause();
  bench.answer('refund', { kind: 'paused' });
  bench.do('refund_reported', { refundId: 'rfd_1', providerRefundId: 'prf_1', status: 'succeeded' }, 'provider');
  expect([bench.status, refund(bench)]).toMatchObject(['completed', { status: 'succeeded', paused: false }]);
});
test('waiting, it is neither tried again nor paid another way: it may have been sent before', () => {
  const { bench, pause } = shop();
  bench.apply().bring();
  pause();
  bench.answer('refund', { kind: 'paused' });
  const no = (type: 'retry_refund' | 'redirect_refund' | 'reject_refund' | 'settle_refund') =>
    bench.refusal(type, { refundId: 'rfd_1', to: 'manual', reference: 'X' } as never, 'finance');
  expect([no('retry_refund'), no('redirect_refund'), no('reject_refund'), no('settle_refund')]).toEqual(Array(4).fill('invalid_state'));
});
test('approved while paused, it waits as well', () => {
  const { bench, pause } = shop();
  bench.policy = samplePolicy({ refund: { ...samplePolicy().refund, approvalAbove: 500 } });
  bench.apply().bring();
  pause();
  bench.do('approve_refund', { refundId: 'rfd_1' }, 'finance');
  bench.answer('refund', { kind: 'paused' });
  expect([refund(bench), bench.deadline('approval'), bench.deadline('refund')]).toMatchObject([{ status: 'pending', paused: true }, undefined, undefined]);
});
test('resumed while a dispute holds the balance, it waits for that', () => {
  const { bench, pause, resume } = shop();
  bench.apply().bring();
  pause();
  bench.answer('refund', { kind: 'paused' });
  bench.tenders[0]!.disputedAmount = 5000;
  resume();
  bench.do('wake', {});
  expect([refund(bench), open(bench), bench.state.attention?.reason]).toMatchObject([{ paused: false, held: true }, [], 'tender_disputed']);
  bench.tenders[0]!.disputedAmount = 0;
  bench.do('wake', {});
  expect(open(bench)).toHaveLength(1);
});
