import { Journey, anOrder } from '../e2e/journey';
import { direct } from '../stack/direct';
import { until } from '../stack/stack';

/** What Temporal says of the newest run. */
const runOf = async (returnId: string) => {
  const { runId, status, searchAttributes } = await direct.workflow(returnId).describe();
  return { runId, ended: status.name === 'COMPLETED', merchant: searchAttributes.MerchantId, attention: searchAttributes.NeedsAttention };
};

describe('what Temporal’s lists know of a return', () => {
  afterAll(() => direct.close());

  test('is whose it is and whether it needs somebody, from the first moment of every run', async () => {
    const journey = await Journey.begin(anOrder({ payment: 'pay_declined_' }));
    expect(await runOf(journey.id)).toMatchObject({ merchant: ['demo'], attention: [false] });
    await journey.bringBack();
    await journey.until((rma) => rma.attention?.reason === 'refund_failed');
    await journey.advance('PT3H');
    const first = await until(async () => {
      const run = await runOf(journey.id);
      return run.ended && run;
    }, 60_000, `the end of the first run of ${journey.id}`); // prettier-ignore
    expect(first.attention).toEqual([true]);
    await journey.command('agent', 'goodwill', { kind: 'points', amount: 100, reason: 'it takes so long' });
    const second = await runOf(journey.id);
    expect(second.runId).not.toBe(first.runId);
    expect(second).toMatchObject({ merchant: ['demo'], attention: [true] });
  });
});
