import { lostAmount, postingsOfMoneyGone, postingsOfOverdraft } from './fact-postings';
import { balanceOf } from './postings';

test('money that left without us is owed by the customer, whatever made it leave', () => {
  for (const type of ['refunded_elsewhere', 'charged_back'] as const) {
    const postings = postingsOfMoneyGone(type, 300, 'CNY');
    expect([postings.length, balanceOf('provider_clearing', postings), balanceOf('customer_receivable', postings)]).toEqual([1, 300, -300]);
  }
  expect(postingsOfMoneyGone('charged_back', 0, 'CNY')).toEqual([]);
});
test('written off it is a loss, and no loss as far as it came back', () => {
  const postings = [...postingsOfOverdraft(300, 'CNY'), ...postingsOfOverdraft(-100, 'CNY'), ...postingsOfOverdraft(0, 'CNY')];
  expect([balanceOf('write_off', postings), balanceOf('customer_receivable', postings)]).toEqual([-200, 200]);
  expect(postings.every(({ amount }) => amount > 0)).toBe(true);
});
test('only a lost dispute has cost anything for good', () => {
  const of = (status: 'open' | 'won' | 'lost') => lostAmount({ chargebackId: 'cb', tenderId: 't1', amount: 400, status, at: '2026-11-01T00:00:00Z' });
  expect([of('open'), of('won'), of('lost'), lostAmount(undefined)]).toEqual([0, 0, 400, 0]);
});
