import { login, type Body } from '../stack/stack';
import { anOrder, expectStatus, Journey } from './journey';
import { timeline } from './witnesses';

const codeOf = (rma: Body) => rma.compensations[0]?.code;
/** Every field's name in an answer, however deep. */
const names = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.flatMap(names)
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, inner]) => [name, ...names(inner)])
      : [];

describe('what is not for everybody', () => {
  test('a coupon that waits for approval: no code for anybody, and nothing at all for the customer, until it is granted', async () => {
    const journey = await Journey.begin();
    await journey.command('agent', 'goodwill', { kind: 'coupon', amount: 900_000, reason: 'a long story' });
    for (const who of ['agent', 'finance', 'admin']) {
      expect((await journey.read(who)).compensations).toMatchObject([{ amount: 900_000, status: 'awaiting_approval', code: null }]);
      expect(names(await timeline(journey, who))).not.toContain('code');
    }
    for (const who of ['customer', 'warehouse']) {
      expect((await journey.read(who)).compensations).toEqual([]);
      expect(JSON.stringify(await timeline(journey, who))).not.toMatch(/\b900000\b/); // hashes hold any figures
    }
    const { id } = (await journey.read()).compensations[0];
    expectStatus(await (await login('finance')).post(`/v1/compensations/${id}/approve`, { note: 'fair enough' }), 200);
    expect(codeOf(await journey.read('customer'))).toEqual(expect.any(String));
    expect(codeOf(await journey.read())).toEqual(expect.any(String));
  });

  test('a coupon that finance refuses is never heard of by the customer, and its code by nobody', async () => {
    const journey = await Journey.begin();
    await journey.command('agent', 'goodwill', { kind: 'coupon', amount: 900_000, reason: 'a long story' });
    const { id } = (await journey.read()).compensations[0];
    expectStatus(await (await login('finance')).post(`/v1/compensations/${id}/reject`, { note: 'too much' }), 200);
    expect((await journey.read('customer')).compensations).toEqual([]);
    expect((await timeline(journey, 'customer')).map((entry) => entry.type)).not.toContain('compensation_changed');
    expect((await journey.read()).compensations).toMatchObject([{ status: 'revoked', code: null }]);
  });

  test('who of us did what is not the customer’s; what anything is worth is not the warehouse’s', async () => {
    const journey = await Journey.begin(anOrder({ payment: 'pay_declined_' }));
    await journey.command('agent', 'goodwill', { kind: 'points', amount: 7, reason: 'sorry' });
    await journey.bringBack();
    await journey.until((rma) => rma.refunds[0]?.status === 'failed');
    expectStatus(await (await login('finance')).post(`/v1/refunds/${journey.rma.refunds[0].id}/redirect`, { to: 'manual' }), 200);
    const told = await timeline(journey, 'customer');
    for (const name of ['by', 'grantedBy', 'decidedBy', 'approvedBy', 'settledBy']) expect(names(told)).not.toContain(name);
    expect(told.map((entry) => entry.type)).toEqual(expect.arrayContaining(['compensation_granted', 'refund_redirected']));
    const seen = await timeline(journey, 'warehouse');
    expect(seen.map((entry) => entry.type).filter((type) => /^(refund_|compensation_|settled)/.test(type))).toEqual([]);
    for (const name of ['amount', 'adjustmentAmount', 'exchangePrice']) expect(names(seen)).not.toContain(name);
    expect(seen[0].data.units).toEqual([['1', 1]]);
    expect(told[0].data.units).toEqual([['1', 1, 1000]]);
  });

  test('an offer’s amount and a price adjustment are not the warehouse’s', async () => {
    const journey = await Journey.begin(anOrder(), { reason: 'price_dropped', lines: [{ lineId: '1', quantity: 1, reason: 'price_dropped', resolution: 'adjustment', adjustmentAmount: 123 }], method: 'none' }); // prettier-ignore
    expect((await journey.read('warehouse')).lines).toMatchObject([{ adjustmentAmount: null }]);
    expect((await journey.read('agent')).lines).toMatchObject([{ adjustmentAmount: 123 }]);
    const offered = await Journey.begin();
    await offered.command('agent', 'offers', { resolution: 'refund_only', amount: 456, note: 'keep it' });
    expect((await offered.read('warehouse')).offers).toMatchObject([{ amount: null }]);
    expect(JSON.stringify(await timeline(offered, 'warehouse'))).not.toMatch(/\b456\b/);
    expect((await offered.read('customer')).offers).toMatchObject([{ amount: 456 }]);
  });
});
