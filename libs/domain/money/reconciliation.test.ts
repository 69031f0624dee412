import { compare, isMadeElsewhere, isOverdueReport, type Comparison, type OurRefund, type TheirRefund } from './reconciliation';

const here = (status: string, more: Partial<OurRefund> = {}): OurRefund => ({ status, amount: 900, currency: 'CNY', providerRefundId: 're_1', ...more });
const there = (status: TheirRefund['status'], more: Partial<TheirRefund> = {}): TheirRefund => ({ id: 're_1', status, amount: 900, currency: 'CNY', ...more });

describe('a provider’s refund against ours', () => {
  const cases: readonly [ours: string | null, theirs: TheirRefund['status'] | null, Comparison][] = [
    ['succeeded', 'succeeded', 'matched'],
    ['pending', 'pending', 'matched'],
    ['unknown', 'pending', 'matched'],
    ['pending', 'succeeded', 'missing_here'],
    ['unknown', 'succeeded', 'missing_here'],
    ['failed', 'succeeded', 'missing_here'],
    ['rejected', 'succeeded', 'missing_here'],
    ['redirected', 'succeeded', 'missing_here'],
    ['awaiting_approval', 'succeeded', 'missing_here'],
    ['failed', 'pending', 'missing_here'],
    [null, 'succeeded', 'missing_here'],
    [null, 'pending', 'missing_here'],
    [null, 'failed', 'nothing'],
    ['succeeded', 'failed', 'missing_there'],
    ['succeeded', 'pending', 'missing_there'],
    ['succeeded', null, 'missing_there'],
    ['failed', 'failed', 'nothing'],
    ['pending', 'failed', 'nothing'],
    ['pending', null, 'nothing'],
    ['unknown', null, 'nothing'],
    ['awaiting_approval', null, 'nothing'],
    ['rejected', null, 'nothing'],
  ];
  it.each(cases)('%s here and %s there: %s', (ours, theirs, expected) =>
    expect(compare(ours === null ? null : here(ours), theirs === null ? null : there(theirs))).toBe(expected),
  );

  it('differs when the amount does, or the currency', () => {
    expect(compare(here('succeeded'), there('succeeded', { amount: 901 }))).toBe('amount_differs');
    expect(compare(here('pending'), there('pending', { amount: 1 }))).toBe('amount_differs');
    expect(compare(here('succeeded'), there('succeeded', { currency: 'USD' }))).toBe('amount_differs');
  });

  it('paid twice under our id: the second is money that our books do not have', () => {
    expect(compare(here('succeeded'), there('succeeded', { id: 're_2' }))).toBe('missing_here');
    expect(compare(here('succeeded'), there('failed', { id: 're_0' }))).toBe('nothing');
  });

  it('matches a refund whose number we have not been told yet', () => {
    expect(compare(here('pending', { providerRefundId: null }), there('pending'))).toBe('matched');
  });
});

describe('a report that never came', () => {
  it('is overdue when the provider has decided and we do not know', () => {
    for (const status of ['pending', 'unknown']) {
      expect(isOverdueReport(here(status), there('succeeded'))).toBe(true);
      expect(isOverdueReport(here(status, { providerRefundId: null }), there('failed'))).toBe(true);
    }
    expect(isOverdueReport(here('succeeded'), there('failed'))).toBe(true);
  });

  it('is overdue when ours has failed and the provider has paid it: under its number, or the same sum under our id', () => {
    expect(isOverdueReport(here('failed'), there('succeeded'))).toBe(true);
    expect(isOverdueReport(here('failed'), there('succeeded', { amount: 1 }))).toBe(true);
    expect(isOverdueReport(here('failed', { providerRefundId: null }), there('succeeded'))).toBe(true);
    expect(isOverdueReport(here('failed'), there('succeeded', { id: 're_0' }))).toBe(true);
  });

  it('is not when what the provider has under our id is another sum, for that is not this refund', () => {
    for (const other of [{ amount: 200 }, { currency: 'USD' }]) {
      expect(isOverdueReport(here('failed'), there('succeeded', { id: 're_0', ...other }))).toBe(false);
      expect(isOverdueReport(here('failed', { providerRefundId: null }), there('succeeded', other))).toBe(false);
    }
    expect(isOverdueReport(here('failed'), there('failed'))).toBe(false);
    expect(isOverdueReport(here('failed'), there('pending'))).toBe(false);
  });

  it('is not about a newer attempt that has a number of its own already', () => {
    for (const status of ['pending', 'unknown']) expect(isOverdueReport(here(status, { providerRefundId: 're_2' }), there('succeeded'))).toBe(false);
  });

  it('is not when both say the same, when a person decided otherwise, or when it is about another refund', () => {
    expect(isOverdueReport(here('succeeded'), there('succeeded'))).toBe(false);
    expect(isOverdueReport(here('pending'), there('pending'))).toBe(false);
    expect(isOverdueReport(here('redirected'), there('succeeded'))).toBe(false);
    expect(isOverdueReport(here('succeeded'), there('failed', { id: 're_0' }))).toBe(false);
    expect(isOverdueReport(null, there('succeeded'))).toBe(false);
  });
});

describe('money that left without us', () => {
  const other = there('succeeded', { id: 're_2', amount: 200 });

  it('is what nobody of ours asked for, or what came besides a refund of ours that is over', () => {
    expect(isMadeElsewhere(null, there('succeeded'))).toBe(true);
    for (const status of ['succeeded', 'failed', 'redirected', 'rejected']) expect(isMadeElsewhere(here(status), other)).toBe(true);
    for (const status of ['redirected', 'rejected']) expect(isMadeElsewhere(here(status), there('succeeded'))).toBe(true);
    expect(isMadeElsewhere(here('succeeded'), there('succeeded', { id: 're_2' }))).toBe(true);
    expect(isMadeElsewhere(here('failed', { providerRefundId: null }), other)).toBe(true);
  });

  it('is not what our books have already, or will have when the provider has been asked', () => {
    expect(isMadeElsewhere(here('succeeded'), there('succeeded'))).toBe(false);
    expect(isMadeElsewhere(here('succeeded', { providerRefundId: null }), other)).toBe(false);
    expect(isMadeElsewhere(here('failed'), there('succeeded'))).toBe(false);
    expect(isMadeElsewhere(here('failed'), there('succeeded', { id: 're_2' }))).toBe(false);
    for (const status of ['pending', 'unknown', 'awaiting_approval', 'awaiting_payout']) expect(isMadeElsewhere(here(status), other)).toBe(false);
  });

  it('is not what has not left', () => {
    for (const status of ['pending', 'failed'] as const) expect(isMadeElsewhere(null, there(status))).toBe(false);
  });
});
