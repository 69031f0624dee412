import { addTenders, takeAdvanced } from './advanced';
import { Returns, sketchOrder, unit } from './money-fixtures';
import { settle } from './settle';
import type { SettlementInput } from './settlement-types';
import { untouchedMoney } from './order-money-fixtures';

const card = (amount: number) => ({ tenderId: 't1', kind: 'card', amount }) as const;
const gift = (amount: number) => ({ tenderId: 'g', kind: 'gift_card', amount }) as const;

describe('money that went ahead', () => {
  test('is used tender by tender, the oldest advance first, and never beyond what is owed', () => {
    const advances = [
      { advanceId: 'a', tenders: [gift(300), card(200)] },
      { advanceId: 'b', tenders: [card(400)] },
    ];
    expect(takeAdvanced(600, advances)).toEqual([
      { advanceId: 'a', tenders: [gift(300), card(200)] },
      { advanceId: 'b', tenders: [card(100)] },
    ]);
    expect(takeAdvanced(300, advances)).toEqual([{ advanceId: 'a', tenders: [gift(300)] }]);
    expect([takeAdvanced(0, advances), takeAdvanced(100, [])]).toEqual([[], []]);
    expect(addTenders([gift(300)], [card(1), gift(2)])).toEqual([gift(302), card(1)]);
  });

  const order = {
    ...sketchOrder({
      lines: [{ unitPrice: 1000, quantity: 2 }],
      giftedCoupons: [{ code: 'G1', value: 100 }],
      tenders: [{ ...gift(600), providerPaymentId: 'pay_g' }, { ...card(1400), providerPaymentId: 'pay_1' }], // prettier-ignore
    }),
    pointsEarned: 20,
  };
  const input = (more: Partial<SettlementInput> = {}): SettlementInput => ({
    ...new Returns(order, {}).input([unit('1', 1), unit('1', 2)]),
    before: untouchedMoney(order),
    ...more,
  });
  const promised = {
    ...untouchedMoney(order),
    tenders: untouchedMoney(order).tenders.map((tender) => ({ ...tender, pendingAmount: tender.tenderId === 'g' ? 600 : 400 })),
  };

  test('counts as paid: only the rest takes of the tenders’ room, and all of it adds up to the total', () => {
    const settled = settle(input({ before: promised, advanced: [{ advanceId: 'a', tenders: [gift(600), card(400)] }] }));
    expect(settled).toMatchObject({ total: 2000, tenders: [gift(600), card(1400)], points: { revoked: 20 }, coupons: { revoked: ['G1'] } });
    const said = (rule: string) => settled.explanation.filter((entry) => entry.rule === rule).map(({ amount }) => amount);
    expect([said('advance'), said('tender'), said('total')]).toEqual([[600, 400], [1000], [2000]]);
  });
  test('is an advance itself by its purpose: earned points and coupons wait for the settlement', () => {
    const ahead = settle(input({ purpose: 'advance' }));
    expect(ahead).toMatchObject({ total: 2000, tenders: [gift(600), card(1400)], points: { revoked: 0 }, coupons: { restored: [], revoked: [] } });
    expect(ahead.explanation.map(({ rule }) => rule)).not.toContain('points_revoked');
    expect(ahead.explanation.find(({ rule }) => rule === 'advance')).toMatchObject({ amount: 2000 });
  });
});
