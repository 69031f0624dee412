import { MockActivityEnvironment } from '@temporalio/testing';
import type { Outcome } from '#libs/domain/return/input';
import type { Database } from '#libs/persistence/database';
import { NoAnswer, NotSent, type ProviderHttp, type Reply } from '../provider-http';
import { lookUpOutcome, paymentActivities, refundOutcome } from './calls';
import type { ListedRefund } from './provider-list';

const call = { merchantId: 'demo', returnId: 'ret_1', key: 'rfd_1/1', subject: 'rfd_1', round: 1 };
/** A provider that answers so, and what it was asked. */
function provider(answer: (method: string) => Reply): { http: ProviderHttp; asked: string[] } {
  const asked: string[] = [];
  const ask = (method: string, path: string) => {
    asked.push(`${method} ${path}`);
    return Promise.resolve(answer(method));
  };
  return { http: { call: ask } as unknown as ProviderHttp, asked };
}
const database = (paused: boolean) =>
  ({ ask: () => Promise.resolve([{ amount: 1000, currency: 'CNY', providerPaymentId: 'pay_1', paused }]) }) as unknown as Database;
const refund = (paused: boolean, http: ProviderHttp, attempt = 1) =>
  new MockActivityEnvironment({ attempt }).run(paymentActivities(database(paused), http).refund, call) as Promise<Outcome>;
const entries = (...statuses: readonly ListedRefund['status'][]): ListedRefund[] =>
  statuses.map((status, n) => ({
    id: `re_${n + 1}`,
    refundId: 'rfd_1',
    providerPaymentId: 'pay_1',
    status,
    amount: 1000,
    currency: 'CNY',
    at: '2026-11-20T08:00:00.000Z',
  }));
const listed = (...statuses: readonly ListedRefund['status'][]): Reply => ({ status: 200, body: { data: entries(...statuses), nextCursor: null } });
const sent: Reply = { status: 201, body: { id: 're_1', status: 'succeeded' } };

describe('a refund whose provider is paused', () => {
  test('does not leave, and nobody is asked anything', async () => {
    const { http, asked } = provider(() => sent);
    expect([await refund(true, http), asked]).toEqual([{ kind: 'paused' }, []]);
  });
  test('at a later try the provider says whether an earlier one has left', async () => {
    for (const [found, outcome] of [
      [listed(), { kind: 'paused' }],
      [listed('failed'), { kind: 'paused' }],
      [listed('succeeded'), { kind: 'done', providerRefundId: 're_1' }],
      [listed('pending'), { kind: 'accepted', providerRefundId: 're_1' }],
    ] as const) {
      const { http, asked } = provider(() => found);
      expect([await refund(true, http, 2), asked]).toEqual([outcome, ['GET /refunds?refundId=rfd_1']]);
    }
  });
  test('leaves when it is not', async () => {
    const { http, asked } = provider(() => sent);
    expect([await refund(false, http), asked]).toEqual([{ kind: 'done', providerRefundId: 're_1' }, ['POST /payments/pay_1/refunds']]);
  });
});

test('only what was never sent is sent again; what has no answer is no answer', async () => {
  const failing = (error: Error) => provider(() => { throw error; }).http; // prettier-ignore
  expect(await refund(false, failing(new NoAnswer('gone')))).toEqual({ kind: 'unanswered' });
  await expect(refund(false, failing(new NotSent('refused')))).rejects.toThrow('refused');
});
test.each([
  [
    { status: 201, body: { id: 're_1', status: 'pending' } },
    { kind: 'accepted', providerRefundId: 're_1' },
  ],
  [
    { status: 200, body: { id: 're_1', status: 'succeeded' } },
    { kind: 'done', providerRefundId: 're_1' },
  ],
  [
    { status: 402, body: { code: 'declined' } },
    { kind: 'refused', code: 'declined' },
  ],
  [
    { status: 402, body: {} },
    { kind: 'refused', code: 'refused' },
  ],
  [{ status: 500, body: {} }, { kind: 'unanswered' }],
  [{ status: 429, body: {} }, { kind: 'unanswered' }],
] as const)('%j is %j', (reply, outcome) => {
  expect(refundOutcome(reply)).toEqual(outcome);
});
test('of several under our id, what moved money speaks first', () => {
  const of = (...statuses: readonly ListedRefund['status'][]) => lookUpOutcome(entries(...statuses), { amount: 1000, currency: 'CNY' });
  expect([of('failed', 'succeeded'), of('failed', 'pending'), of('failed'), of()]).toEqual([
    { kind: 'done', providerRefundId: 're_2' },
    { kind: 'accepted', providerRefundId: 're_2' },
    { kind: 'refused', code: 'failed_at_provider' },
    { kind: 'not_found' },
  ]);
});
test('another sum under our id is another refund, and does not pay ours', () => {
  const asked = (amount: number, currency = 'CNY') => lookUpOutcome(entries('succeeded'), { amount, currency });
  expect([asked(1000), asked(200), asked(1000, 'USD')]).toMatchObject([{ kind: 'done' }, { kind: 'not_found' }, { kind: 'not_found' }]);
});
