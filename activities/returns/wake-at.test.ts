import { due } from '#libs/domain/return/due';
import { newReturn, type ReturnState } from '#libs/domain/return/state';
import { wakeAt } from './wake-at';

const now = Date.parse('2026-11-16T02:00:00Z');
const minute = 60_000;
const resting = newReturn('demo', 'ret_1');
const deadline = {
  stage: 'review',
  startedAt: now,
  warnAt: null,
  dueAt: now + 60 * minute,
  warned: false,
  breachedAt: null,
  pausedAt: null,
} as unknown as ReturnState['deadlines'][number];
const refund = { refundId: 'rfd_1', attempt: 1, round: 1, call: 'refund', held: false, notBefore: null } as unknown as ReturnState['refunds'][number];

describe('when the reconciler wakes a return that nobody has moved on', () => {
  test('never, when nothing happens by itself', () => {
    expect(wakeAt(resting, now)).toBeNull();
    expect(wakeAt({ ...resting, deadlines: [{ ...deadline, pausedAt: now }] }, now)).toBeNull();
    expect(wakeAt({ ...resting, refunds: [{ ...refund, held: true }] }, now)).toBeNull();
  });

  test('a minute after its next moment', () => expect(wakeAt({ ...resting, deadlines: [deadline] }, now)).toBe(now + 61 * minute));

  test('two minutes after a call became due, and after the time before which it may not be made', () => {
    expect(due({ ...resting, refunds: [refund] }).effects).toHaveLength(1);
    expect(wakeAt({ ...resting, deadlines: [deadline], refunds: [refund] }, now)).toBe(now + 2 * minute);
    expect(wakeAt({ ...resting, refunds: [{ ...refund, notBefore: now + 5 * minute }] }, now)).toBe(now + 7 * minute);
    expect(wakeAt({ ...resting, refunds: [{ ...refund, notBefore: now - 5 * minute }] }, now)).toBe(now + 2 * minute);
  });

  test('by our clock, not the one of a return whose clock was moved on', () => {
    const moved = { ...resting, clockOffset: 10 * minute, deadlines: [deadline] };
    expect(wakeAt(moved, now + 10 * minute)).toBe(now + 51 * minute);
  });
});
