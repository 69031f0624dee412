import { balanceOf, type Account } from '../money/postings';
import type { Settlement, SettlementInput } from '../money/settlement-types';
import type { RefundRules } from '../policy/policy';
import { applicationLine, Bench, samplePolicy, type BenchOptions } from './fixtures';

/** A policy that pays at approval, and returns of one shirt of 1000 under it. */
export const rules = (more: Partial<RefundRules> = {}): RefundRules => ({
  ...samplePolicy().refund,
  timing: 'at_approval',
  gradeDeductions: { A: '0', B: '0.10', C: '0.50', D: '1' },
  ...more,
});
export const bench = (more: Partial<RefundRules> = {}, options: BenchOptions = {}) => new Bench({ policy: samplePolicy({ refund: rules(more) }), ...options });
export const worn = applicationLine('1', { reason: 'changed_mind' });
/** One shirt of 1000, its money on the way; `paid`: there. */
export const advanced = (more: Partial<RefundRules> = {}, options: BenchOptions = {}) => bench(more, options).apply([worn]);
export function paid(more: Partial<RefundRules> = {}, options: BenchOptions = {}): Bench {
  const one = advanced(more, options);
  one.answer('refund', { kind: 'done', providerRefundId: 'prf_1' });
  return one;
}
export const advance = ({ state }: Bench, index = 0) => state.advances![index]!;
/** Credits less debits. */
export const books = ({ ledger }: Bench, ...accounts: readonly Account[]) => accounts.map((account) => balanceOf(account, ledger));
export const refunds = ({ state }: Bench) => state.refunds.map(({ amount, status }) => [amount, status]);
export const documentOf = ({ log }: Bench) => log.flatMap((event) => (event.type === 'settled' || event.type === 'advanced' ? [event.detail as { settlement: Settlement; inputs: SettlementInput }] : [])); // prettier-ignore
