import * as fc from 'fast-check';
import { postingsOfCouponExpired, postingsOfCouponUsed, postingsOfGiftUsed } from './coupon-postings';
import { balanceOf, postingsOfAdvanceRecovery, postingsOfCompensation, postingsOfRefund, reversed, type Posting } from './postings';
import { creditMovements, isOurCredit, paymentIdOf, postingsOfCreditSpent, releasable, takenBack } from './store-credit';

const credit = { kind: 'store_credit', provider: 'manual', providerPaymentId: null } as const;

describe('store credit as a tender', () => {
  test.each([
    ['without a number of a provider', credit, true],
    ['with a number of ours', { ...credit, provider: 'boomerang', providerPaymentId: 'crd_1' }, true],
    ['that a provider keeps', { ...credit, provider: 'vault', providerPaymentId: 'gc_1' }, false],
    ['is not a gift card, whoever keeps it', { kind: 'gift_card', provider: 'boomerang', providerPaymentId: null }, false],
  ] as const)('%s', (_, tender, ours) => {
    expect(isOurCredit(tender)).toBe(ours);
    if (tender.kind === 'store_credit') expect(paymentIdOf(tender)).toBe(ours ? null : tender.providerPaymentId);
  });

  test('paid back, it is owed by us; what a provider keeps leaves through the provider', () => {
    const refund = { amount: 500, currency: 'CNY', kind: 'store_credit' } as const;
    expect(postingsOfRefund(refund)).toMatchObject([{ from: 'refunds_payable', to: 'store_credit', amount: 500 }]);
    expect(postingsOfRefund({ ...refund, elsewhere: true })).toMatchObject([{ from: 'refunds_payable', to: 'provider_clearing', amount: 500 }]);
  });
});

describe('the movements of an account', () => {
  const entry = (id: string, postings: readonly Posting[]) => ({ id, refundId: null, postings });
  test('are the entries that touch it, each once, given or taken', () => {
    const granted = postingsOfCompensation({ kind: 'credit', amount: 300, currency: 'CNY' });
    expect(
      creditMovements([
        entry('led_1', postingsOfRefund({ amount: 500, currency: 'CNY', kind: 'store_credit' })),
        entry('led_2', postingsOfRefund({ amount: 900, currency: 'CNY', kind: 'card' })),
        entry('led_3', granted),
        entry('led_4', reversed(granted)),
        entry('led_5', postingsOfCreditSpent({ amount: 200, currency: 'CNY' })),
        entry('led_6', postingsOfAdvanceRecovery({ amount: 40, currency: 'CNY', recovery: 'store_credit' })),
        entry('led_7', [...granted, ...reversed(granted)]),
      ]).map(({ id, type, amount }) => [id, type, amount]),
    ).toEqual([
      ['led_1', 'refund_paid', 500],
      ['led_3', 'compensation_granted', 300],
      ['led_4', 'compensation_granted', -300],
      ['led_5', 'store_credit_spent', -200],
      ['led_6', 'advance_recovered', -40],
    ]);
  });

  test('come to the balance of the ledger, whatever is booked', () => {
    const amount = fc.integer({ min: 1, max: 1_000_000 });
    const some = fc.oneof(
      amount.map((value) => postingsOfRefund({ amount: value, currency: 'CNY', kind: 'store_credit' })),
      amount.map((value) => postingsOfRefund({ amount: value, currency: 'CNY', kind: 'store_credit', elsewhere: true })),
      amount.map((value) => postingsOfCompensation({ kind: 'credit', amount: value, currency: 'CNY' })),
      amount.map((value) => postingsOfCreditSpent({ amount: value, currency: 'CNY' })),
      amount.map((value) => postingsOfAdvanceRecovery({ amount: value, currency: 'CNY', recovery: 'store_credit' })),
      amount.map((value) => postingsOfCouponUsed({ amount: value, currency: 'CNY' })),
    );
    const entries = fc.array(fc.tuple(fc.array(some, { minLength: 1, maxLength: 3 }), fc.boolean()), { maxLength: 20 });
    fc.assert(
      fc.property(entries, (booked) => {
        const told = booked.map(([postings, undone], index) => entry(`led_${index}`, undone ? reversed(postings.flat()) : postings.flat()));
        const sum = creditMovements(told).reduce((total, movement) => total + movement.amount, 0);
        expect(sum).toBe(balanceOf('store_credit', told.flatMap(({ postings }) => postings))); // prettier-ignore
      }),
    );
  });
});

describe('what we may do ourselves', () => {
  test.each([
    [500, 800, 500],
    [500, 500, 500],
    [500, 200, 200],
    [500, 0, 0],
    [500, -300, 0],
  ])('of %i revoked with a balance of %i, %i is taken back', (amount, balance, taken) => {
    expect(takenBack(amount, balance)).toBe(taken);
  });

  test('an order gives back what it was not paid with', () => {
    const order = (...amounts: number[]) => ({ tenders: amounts.map((amount, index) => ({ ...credit, tenderId: `t${index}`, amount })) });
    expect(releasable(500, null)).toBe(500);
    expect(releasable(500, order())).toBe(500);
    expect(releasable(500, order(200, 100))).toBe(200);
    expect(releasable(500, order(500))).toBe(0);
    expect(releasable(500, order(900))).toBe(0);
    const card = { tenderId: 'c', kind: 'card', provider: 'sandbox', providerPaymentId: 'p', amount: 500 } as const;
    expect(releasable(500, { tenders: [card] })).toBe(500);
  });
});

test('a coupon is owed until it is used or expires; a gift was never owed, and costs when it is used', () => {
  const worth = { amount: 700, currency: 'CNY' };
  const granted = postingsOfCompensation({ kind: 'coupon', ...worth });
  for (const end of [postingsOfCouponUsed(worth), postingsOfCouponExpired(worth)]) expect(balanceOf('coupon_liability', [...granted, ...end])).toBe(0);
  expect(balanceOf('goodwill', [...granted, ...postingsOfCouponExpired(worth)])).toBe(0);
  expect(balanceOf('goodwill', [...granted, ...postingsOfCouponUsed(worth)])).toBe(-700);
  expect(balanceOf('goodwill', postingsOfGiftUsed(worth))).toBe(-700);
});
