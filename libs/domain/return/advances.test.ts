import { sketchOrder } from '../money/money-fixtures';
import { settle } from '../money/settle';
import type { SettlementInput } from '../money/settlement-types';
import { advanceStatus } from './advance-book';
import { advance, advanced, bench, books, documentOf, paid, refunds, rules, worn } from './advance-fixtures';
import { nextStep } from './attention';
import { applicationLine, Bench, reviewed, sampleOrder } from './fixtures';
import { moneyOf } from './tables';

describe('when money goes ahead of the goods', () => {
  test('at approval it leaves at once, and the return goes on: the customer is still to hand over', () => {
    const one = advanced();
    expect([one.status, nextStep(one.state)?.action, moneyOf(one.state, one.unit()), one.unit().money]).toEqual([
      'awaiting_handover',
      'hand_over',
      'refunding',
      'quoted',
    ]);
    expect([refunds(one), one.tenders[0]!.pendingAmount, one.grantedAmount]).toEqual([[[1000, 'pending']], 1000, 1000]);
    expect(books(one, 'customer_receivable', 'refunds_payable')).toEqual([-1000, 1000]);
    one.answer('refund', { kind: 'done', providerRefundId: 'prf_1' });
    expect([moneyOf(one.state, one.unit()), one.status, books(one, 'refunds_payable', 'provider_clearing')]).toEqual([
      'refunded',
      'awaiting_handover',
      [0, 1000],
    ]);
  });
  test('not before somebody has approved it', () => {
    const one = new Bench({ policy: reviewed({ refund: rules() }) }).apply([worn]);
    expect(one.state.advances).toBeUndefined();
    one.decide('approve');
    expect(refunds(one)).toEqual([[1000, 'pending']]);
  });
  test('at the first scan, or with the goods themselves, and not before', () => {
    const scanned = advanced({ timing: 'at_first_scan' }).ship();
    expect(scanned.state.advances).toBeUndefined();
    scanned.scan('picked_up');
    scanned.scan('in_transit');
    expect([refunds(scanned), scanned.state.advances!.length]).toEqual([[[1000, 'pending']], 1]);
    const brought = advanced({ timing: 'at_first_scan' });
    brought.receive({ '1': 1 });
    expect(refunds(brought)).toEqual([[1000, 'pending']]);
  });
  test('after the inspection there is none', () => {
    expect(paidAfter().state.advances).toBeUndefined();
    function paidAfter() {
      return advanced({ timing: 'after_inspection' }).bring();
    }
  });
  test('only for money, and only for goods that come back', () => {
    const one = bench().apply([
      applicationLine('1', { resolution: 'exchange' }),
      applicationLine('2', { resolution: 'repair' }),
      applicationLine('3', { resolution: 'refund_only' }),
    ]);
    expect(one.state.advances).toBeUndefined();
  });
  test('beside a settlement of the same moment it takes nothing that the settlement took', () => {
    const order = sketchOrder({
      lines: [{ unitPrice: 1000, sku: 'TEE-M' }, { unitPrice: 500, sku: 'CAP' }],
      shipments: [{ shipmentId: 's1', shippingAmount: 300, deliveredAt: '2026-11-12T00:00:00Z' }],
      tenders: [{ tenderId: 'g', kind: 'gift_card', providerPaymentId: 'pay_g', amount: 600 }, { tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 1200 }],
    }); // prettier-ignore
    const one = bench({ outboundShipping: 'always' }, { order }).apply([worn, applicationLine('2', { resolution: 'refund_only' })]);
    expect(one.state.refunds.map(({ tenderId, amount, settlementId }) => [settlementId, tenderId, amount])).toEqual([
      ['stl_1', 'g', 600],
      ['stl_1', 't1', 200],
      ['stl_2', 't1', 1000],
    ]);
  });
  test('not while the customer may still choose an offer instead; and nothing else is offered once it is under way', () => {
    const one = new Bench({ policy: reviewed({ refund: rules() }) }).apply([worn]);
    one.do('offer', { resolution: 'adjustment', amount: 300 }, 'agent');
    one.decide('approve');
    expect(one.state.advances).toBeUndefined();
    one.do('decline_offer', { offerId: 'ofr_1' }, 'customer');
    expect(refunds(one)).toEqual([[1000, 'pending']]);
    expect(one.refusal('offer', { resolution: 'adjustment', amount: 300 }, 'agent')).toBe('invalid_state');
  });
  test('not where somebody would have to hand it out', () => {
    const order = sampleOrder({ tenders: [{ tenderId: 't1', kind: 'cash', providerPaymentId: null, amount: 5500 }] });
    expect(advanced({}, { order }).state.advances).toBeUndefined();
  });
});

describe('within the policy’s limit', () => {
  test.each([
    [1000, false],
    [1001, true],
    [0, false],
    [null, true],
  ])('below %s: an advance of 1000 is %s', (advanceBelow, made) => {
    expect(advanced({ advanceBelow }).state.advances !== undefined).toBe(made);
  });
  test('all that is advanced on the return counts, however it comes', () => {
    const one = new Bench({ policy: reviewed({ refund: rules({ advanceBelow: 2500 }) }) }).apply([worn, applicationLine('2')]);
    one.decide('approve', ['1']);
    one.decide('approve', ['2']);
    expect(refunds(one)).toEqual([[1000, 'pending']]);
    const both = new Bench({ policy: reviewed({ refund: rules({ advanceBelow: 2500 }) }) }).apply([worn, applicationLine('2')]);
    both.decide('approve');
    expect(both.state.advances).toBeUndefined();
  });
  test('an order in another currency has no advance while there is a limit', () => {
    const order = { ...sampleOrder(), currency: 'USD' };
    expect(new Bench({ order, policy: reviewed({ refund: rules({ advanceBelow: 90_000 }) }) }).apply([worn]).decide('approve').state.advances).toBeUndefined();
    expect(new Bench({ order, policy: reviewed({ refund: rules() }) }).apply([worn]).decide('approve').state.advances).toHaveLength(1);
  });
  test('what the order has not to give is not advanced', () => {
    const one = bench();
    one.tenders[0]!.refundedAmount = 5000;
    one.apply([applicationLine('3')]);
    expect(refunds(one)).toEqual([[500, 'pending']]);
    const full = new Bench({ policy: reviewed({ refund: rules() }) }).apply([worn]);
    full.tenders[0]!.refundedAmount = 5000;
    full.decide('approve');
    expect([full.state.advances, full.state.attention]).toEqual([undefined, null]);
  });
});

describe('the inspection closes it', () => {
  test('all is well: nothing more is paid', () => {
    const one = paid().bring();
    expect([one.status, refunds(one), advanceStatus(advance(one))]).toEqual(['completed', [[1000, 'succeeded']], 'settled']);
    expect(books(one, 'customer_receivable', 'refunds_payable', 'provider_clearing')).toEqual([0, 0, 1000]);
    expect([one.grantedAmount, one.advancedAmount]).toEqual([1000, 0]);
  });
  test('settled while its money is under way, the return waits for the money', () => {
    const one = advanced().bring();
    expect([one.status, moneyOf(one.state, one.unit()), nextStep(one.state)?.action]).toEqual(['settling', 'refunding', 'wait']);
    one.answer('refund', { kind: 'done' });
    expect(one.status).toBe('completed');
  });
  test('its settlement is computed in full, explains what was paid ahead, and computes to the same once more', () => {
    const one = paid().bring({ grade: 'B' });
    const [ahead, settled] = documentOf(one);
    expect(settled!.settlement).toMatchObject({ total: 900, tenders: [{ tenderId: 't1', amount: 900 }], fees: [{ kind: 'condition', amount: -100 }] });
    expect(settled!.settlement.explanation.filter(({ rule }) => rule === 'advance')).toMatchObject([
      { amount: 900, text: '9.00 CNY of it went to tender t1 (card) in advance (stl_1), before the goods were inspected.' },
    ]);
    expect(ahead!.settlement).toMatchObject({ total: 1000, points: { revoked: 0 }, coupons: { restored: [], revoked: [] } });
    for (const { settlement, inputs } of [ahead!, settled!]) expect(settle(JSON.parse(JSON.stringify(inputs)) as SettlementInput)).toEqual(settlement);
  });
  test('what the inspection adds is refunded: the fault is ours, so the fee falls away', () => {
    const fees = [{ kind: 'restocking', rate: '0.10', amount: null, reasons: [] }] as const;
    const order = sketchOrder({
      lines: [{ unitPrice: 1000, quantity: 2, sku: 'TEE-M' }],
      shipments: [{ shipmentId: 's1', shippingAmount: 500, deliveredAt: '2026-11-12T00:00:00Z' }],
      tenders: [{ tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 2500 }],
    });
    const one = paid({ fees, outboundShipping: 'seller_fault' }, { order }).bring({ fault: 'seller' });
    expect(refunds(one)).toEqual([
      [900, 'succeeded'],
      [500, 'pending'],
    ]);
    expect(books(one, 'customer_receivable', 'refunds_payable')).toEqual([0, 500]);
  });
  test('units of one advance share it, whichever comes first; shipping it held is earned once, an amount fee taken once', () => {
    const order = sketchOrder({
      lines: [{ unitPrice: 1000, quantity: 2, sku: 'TEE-M' }],
      shipments: [{ shipmentId: 's1', shippingAmount: 500, deliveredAt: '2026-11-12T00:00:00Z' }],
      tenders: [{ tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 2500 }],
    });
    const fees = [{ kind: 'return_shipping', rate: null, amount: 300, reasons: [] }] as const;
    const one = bench({ fees, outboundShipping: 'full_return' }, { order }).apply([applicationLine('1', { quantity: 2, reason: 'changed_mind' })]);
    expect([advance(one).amount, one.world.money.shipments]).toMatchObject([2200, [{ shipmentId: 's1', refundedAmount: 500 }]]);
    one.answer('refund', { kind: 'done' });
    one.receive({ '1': 2 });
    one.inspect('1');
    expect([advance(one).tenders, advanceStatus(advance(one))]).toEqual([[{ tenderId: 't1', amount: 1500 }], 'open']);
    one.inspect('1');
    expect([one.status, refunds(one), advanceStatus(advance(one)), one.grantedAmount]).toEqual(['completed', [[2200, 'succeeded']], 'settled', 2200]);
    expect(one.shipments.reduce((sum, { refundedAmount }) => sum + refundedAmount, 0)).toBe(500);
    expect(books(one, 'customer_receivable', 'refunds_payable')).toEqual([0, 0]);
  });
});

describe('spent points that are advanced', () => {
  test('are given back with the advance, and with the settlement only as far as more is owed', () => {
    const order = { ...sampleOrder({ tenders: [{ tenderId: 'p', kind: 'points', providerPaymentId: null, amount: 1200 }, { tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 4300 }] }), pointsSpent: 120 }; // prettier-ignore
    const one = advanced({}, { order });
    expect([advance(one).pointsRestored, refunds(one)]).toEqual([100, [[1000, 'succeeded']]]);
    expect(books(one, 'points_liability')).toEqual([1000]);
    const waiting = advanced({ approvalAbove: 900 }, { order });
    expect(advance(waiting).pointsRestored).toBe(100);
    waiting.do('reject_refund', { refundId: 'rfd_1' }, 'finance');
    expect(advance(waiting).pointsRestored).toBe(0);
  });
});
