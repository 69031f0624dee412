import { behaviourOf } from './behaviour';

describe('behaviour by prefix', () => {
  it.each(['ok', 'declined', 'lostreply', 'lostcall', 'async', 'asyncfail', 'latefail', 'slow'])('knows pay_%s_', (kind) => {
    expect(behaviourOf(`pay_${kind}_x_1`)).toEqual({ kind });
  });

  it.each([
    ['pay_flaky1_x', 1],
    ['pay_flaky12_x', 12],
    ['pay_flaky_x', 1],
    ['pay_flaky0_x', 0],
  ])('takes the number of failures of %s', (id, failures) => {
    expect(behaviourOf(id)).toEqual({ kind: 'flaky', failures });
  });

  it.each(['pay_declined', 'declined_1', 'x_pay_declined_1', 'pay_asyncx_1', 'pi_123', ''])('treats %p, which has no known prefix, as pay_ok_', (id) => {
    expect(behaviourOf(id)).toEqual({ kind: 'ok' });
  });
});
