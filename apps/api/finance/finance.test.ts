import { presentRefund } from '#activities/payments/present-refund';
import { ledgerEntryAnswer, refundAnswer } from '#libs/contracts/finance-answers';
import { Returns, sketchOrder, unit } from '#libs/domain/money/money-fixtures';
import { currentRules } from '#libs/domain/money/rule-versions';
import { settle, settleWith } from '#libs/domain/money/settle';
import type { Settlement } from '#libs/domain/money/settlement-types';
import type { LedgerEntry, RefundRow } from '#libs/persistence/finance-reads';
import { explainRefund } from './explanation';
import { presentEntry } from './present-finance';

const order = sketchOrder({ lines: [{ unitPrice: 1000, quantity: 3 }], discounts: [{ amount: 299 }] });
const inputs = new Returns(order).input([unit('1', 1)]);
const settlement = settle(inputs);
/** As it comes out of the database, with what was stored beside the figures. */
const stored = (document: object) => ({
  id: 'stl_1',
  document: JSON.parse(JSON.stringify({ id: 'stl_1', ...document })) as Settlement,
  inputs,
  rules: currentRules as unknown,
});

describe('the explanation of a refund', () => {
  it('matches when the stored inputs still give the stored figures', () => {
    expect(explainRefund('rfd_1', stored(settlement))).toMatchObject({ refundId: 'rfd_1', settlementId: 'stl_1', matches: true, recomputed: settlement });
  });

  it('does not match when one figure was changed, however deep', () => {
    const [line] = settlement.lines;
    expect(explainRefund('rfd_1', stored({ ...settlement, total: 901 }))).toMatchObject({
      matches: false,
      mismatch: '/total is stored as 901 and recomputed as 900.',
    });
    expect(explainRefund('rfd_1', stored({ ...settlement, lines: [{ ...line, discountAmount: 0 }] }))).toMatchObject({
      matches: false,
      mismatch: '/lines/0/discountAmount is stored as 0 and recomputed as -100.',
    });
  });

  it('matches for settlements stored before each rule had a version of its own', () => {
    const rules = { model: 'as_paid', allocator: 'largest-remainder-1', settlement: 1 };
    const old = settleWith(rules, inputs).settlement;
    expect(explainRefund('rfd_1', { ...stored(old), rules })).toMatchObject({ matches: true, mismatch: null });
    expect(explainRefund('rfd_1', { ...stored(settlement), rules })).toMatchObject({ matches: false });
  });

  it.each<[string, unknown, string]>([
    ['a rule version that is not here', { ...currentRules, fees: 9 }, 'the rule "fees" has no version 9; there are 1, 2'],
    ['an allocator that is not here', { ...currentRules, allocator: 'x' }, 'the rule "allocator" has no version "x"'],
    ['a version that is only inherited', { ...currentRules, allocator: 'toString' }, 'the rule "allocator" has no version "toString"'],
    ['rules that name no versions', { policy: 'pol_1' }, 'no version of the rule "model" is named'],
    ['no rules', null, 'no version of the rule "model" is named'],
  ])('does not match, and says why, with %s', (_what, rules, reason) => {
    const answer = explainRefund('rfd_1', { ...stored(settlement), rules });
    expect(answer).toMatchObject({ matches: false, recomputed: null });
    expect(answer.mismatch).toContain('unknown_rule_version');
    expect(answer.mismatch).toContain(reason);
  });

  it('does not match, and computes nothing, when the inputs cannot be settled', () => {
    const broken = { ...stored(settlement), inputs: { ...inputs, units: [unit('no such line', 1)] } };
    expect(explainRefund('rfd_1', broken)).toMatchObject({ matches: false, recomputed: null });
    for (const wrong of [null, {}, [], 'text', { ...broken.inputs, order: { ...order, lines: [{ unitPrice: 0.5 }] } }])
      expect(explainRefund('rfd_1', { ...broken, inputs: wrong as never })).toMatchObject({ matches: false, recomputed: null });
  });
});

const refund: RefundRow = {
  id: 'rfd_1',
  returnId: 'ret_1',
  orderNumber: 'A1',
  settlementId: 'stl_1',
  tenderId: 't1',
  provider: 'sandbox',
  providerPaymentId: 'pay_ok_1',
  amount: 900,
  currency: 'CNY',
  status: 'pending',
  attempt: 2,
  providerRefundId: null,
  grantedBy: 'usr_1',
  redirectedFrom: null,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  attempts: [],
  approvals: [],
  position: '1970-01-01 00:00:00+00',
};

describe('a refund as finance sees it', () => {
  it('has the shape its description promises, and nothing else', () => {
    expect(refundAnswer.strict().parse(JSON.parse(JSON.stringify(presentRefund(refund))))).toMatchObject({ id: 'rfd_1', amount: 900 });
  });

  it('names the key of the latest call, and before it that of the call to come', () => {
    const attempt = { attempt: 1, idempotencyKey: 'rfd_1/1', status: 'failed', code: 'declined', providerRefundId: null, requestedAt: '', answeredAt: null };
    expect(presentRefund({ ...refund, attempts: [attempt] }).idempotencyKey).toBe('rfd_1/1');
    expect(presentRefund(refund).idempotencyKey).toBe('rfd_1/2');
  });
});

describe('a ledger entry', () => {
  it('debits the account a posting comes from, credits the one it goes to, and so is balanced', () => {
    const entry: LedgerEntry = {
      id: 'e1',
      at: new Date(0),
      returnId: 'ret_1',
      refundId: null,
      type: 'goods_returned',
      currency: 'CNY',
      position: '1970-01-01 00:00:00+00',
      postings: [
        { from: 'sales_returns', to: 'refunds_payable', amount: 750 },
        { from: 'tax_payable', to: 'refunds_payable', amount: 150 },
      ],
    };
    const shown = ledgerEntryAnswer.strict().parse(JSON.parse(JSON.stringify(presentEntry(entry))));
    expect(shown.postings[0]).toEqual({ account: 'sales_returns', debitAmount: 750, creditAmount: 0 });
    expect(shown.postings.reduce((sum, side) => sum + side.debitAmount - side.creditAmount, 0)).toBe(0);
  });
});
