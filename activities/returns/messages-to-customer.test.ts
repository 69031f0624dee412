import { Bench, reviewed, samplePolicy, type BenchOptions } from '#libs/domain/return/fixtures';
import type { Transaction } from '#libs/persistence/database';
import type { Change } from './record';
import { announce } from './messages-to-customer';

/** A return, and the mails that each decision about it brings. */
class Post {
  readonly bench: Bench;
  constructor(options: BenchOptions = {}) {
    this.bench = new Bench(options);
  }
  async of(decide: (bench: Bench) => unknown): Promise<string[]> {
    const [before, { length }] = [this.bench.state, this.bench.log];
    decide(this.bench);
    const found: string[] = [];
    const tx = { write: (_: string, [, , templates]: [string, string, string[]]) => void found.push(...templates) } as unknown as Transaction;
    announce(tx, { before, after: { state: this.bench.state }, events: this.bench.log.slice(length), cause: 'x' } as unknown as Change);
    return found.toSorted();
  }
}
const above = (approvalAbove: number) => reviewed({ refund: { ...samplePolicy().refund, approvalAbove } });

describe('the customer hears of money', () => {
  test('when it is settled, and no second person has to say yes', async () => {
    const post = new Post();
    post.bench.apply().receive({ '1': 1 });
    expect(await post.of((bench) => bench.inspect('1'))).toEqual(['settled']);
    expect(await post.of((bench) => bench.answer('refund', { kind: 'refused', code: 'no' }))).toEqual([]);
    expect(await post.of((bench) => bench.do('retry_refund', { refundId: 'rfd_1' }, 'finance'))).toEqual([]);
  });
  test('else when that person has said so, once', async () => {
    const post = new Post({ policy: above(10) });
    post.bench.apply().decide('approve').receive({ '1': 1 });
    expect(await post.of((bench) => bench.inspect('1'))).toEqual([]);
    expect(await post.of((bench) => bench.do('approve_refund', { refundId: 'rfd_1' }, 'finance'))).toEqual(['settled']);
    expect(await post.of((bench) => bench.answer('refund', { kind: 'done' }))).toEqual([]);
  });
  test('not when that person says no; approved anew, nobody is asked to send what has arrived', async () => {
    const post = new Post({ policy: above(10) });
    expect(await post.of((bench) => bench.apply())).toEqual(['applied']);
    expect(await post.of((bench) => bench.decide('approve'))).toEqual(['approved']);
    post.bench.bring();
    expect(await post.of((bench) => bench.do('reject_refund', { refundId: 'rfd_1' }, 'finance'))).toEqual([]);
    expect(await post.of((bench) => bench.decide('approve', ['1'], 'agent2'))).toEqual([]);
    expect(await post.of((bench) => bench.do('approve_refund', { refundId: 'rfd_2' }, 'finance'))).toEqual(['settled']);
  });
  test('rejected by the agent too, they hear that', async () => {
    const post = new Post({ policy: above(10) });
    post.bench.apply().decide('approve').bring();
    post.bench.do('reject_refund', { refundId: 'rfd_1' }, 'finance');
    expect(await post.of((bench) => bench.decide('reject'))).toEqual(['rejected']);
  });
});
