import { demoCustomer, demoOrder, type DemoOrder, type Sketch } from '../demo-orders';
import type { Body, People, Person } from './people';
import type { PlayedReturn } from './played-return';

/** A situation of the day: what was sold, what is asked for, and what people do about it until nothing moves by itself. */
export interface Case {
  readonly title: string;
  readonly sold: Sketch;
  readonly application: Body;
  /** What has to be there before the order is imported. */
  readonly prepare?: (people: People, orderNumber: string) => Promise<void>;
  /** Left out: the goods come back and are fine. */
  readonly play?: (rma: PlayedReturn, people: People) => Promise<void>;
  /** Left out: every refund is decided. */
  readonly rests?: (rma: Body) => boolean;
}

const vat13 = [{ name: 'VAT', rate: '0.13' }];
const vat20 = [{ name: 'VAT', rate: '0.20' }];
const tee = { sku: 'TEE-M', title: 'T-shirt, M', category: 'apparel', unitPrice: 1000, taxRates: vat20 };
const lamp = { sku: 'LAMP', title: '台灯 Desk lamp', category: 'home', unitPrice: 12900, taxRates: vat13 };
const anna = { id: 'c-anna', name: 'Anna Schmidt', email: 'anna.schmidt@example.com', phone: '+4915100000001', tier: 'standard', locale: 'en-GB' };

const wants = (quantity: number, reason = 'changed_mind', more: object = {}) => ({
  lines: [{ lineId: '1', quantity, reason, resolution: 'refund', ...more }],
});
const ended = new Set(['succeeded', 'failed', 'rejected', 'redirected', 'awaiting_payout', 'awaiting_approval']);
/** At least one refund, and none on its way. Holds for good, whatever finance does later. */
export const refundsDecided = ({ refunds }: Body): boolean => refunds.length > 0 && refunds.every(({ status }: Body) => ended.has(status));
const over = ({ status }: Body): boolean => status === 'completed';
const stays = (play: Case['play'] = async () => undefined): Pick<Case, 'play'> => ({ play });
const ofLamp = (payment: string): Pick<Case, 'sold' | 'application'> => ({
  sold: { deliveredDaysAgo: 2, lines: [{ ...lamp, quantity: 1 }], tenders: [{ payment, amount: 12900 }] },
  application: wants(1),
});

/** The rules alone do not approve it: somebody does. */
const decidedBy =
  (who: Person): Case['play'] =>
  async (rma) => {
    await rma.command(who, 'decision', { lines: [{ lineId: '1', decision: 'approve', reason: 'Unopened' }] });
    await rma.bringBack();
  };

/** What needs nobody: it is paid, exchanged or sent again while finance sleeps. */
const everyday: readonly Case[] = [
  {
    title: 'Two of three T-shirts, a coupon on the order',
    sold: {
      deliveredDaysAgo: 3,
      lines: [{ ...tee, quantity: 3 }],
      discounts: [{ discountId: 'd1', target: 'order', amount: 299, couponCode: 'SAVE3' }],
      shippingAmount: 1200,
      tenders: [{ payment: 'pay_ok', amount: 3901 }],
    },
    application: wants(2),
  },
  {
    title: 'One of two lamps, damaged: the shipping goes back too',
    sold: {
      deliveredDaysAgo: 2,
      customer: anna,
      lines: [{ ...lamp, quantity: 2 }],
      shippingAmount: 1000,
      shippingTaxRates: vat13,
      tenders: [{ payment: 'pay_ok', amount: 26800 }],
    },
    application: wants(1, 'damaged'),
  },
  {
    title: 'Paid with a gift card and a card',
    sold: {
      deliveredDaysAgo: 2,
      lines: [{ ...lamp, quantity: 1 }],
      tenders: [
        { kind: 'gift_card', payment: 'pay_ok_gift', amount: 5000 },
        { payment: 'pay_ok', amount: 7900 },
      ],
    },
    application: wants(1),
  },
  {
    title: 'Another currency, prices without tax: an agent decides',
    sold: {
      deliveredDaysAgo: 2,
      currency: 'KWD',
      customer: anna,
      pricesIncludeTax: false,
      lines: [{ sku: 'PERFUME', title: 'Perfume', category: 'beauty', quantity: 2, unitPrice: 12345, taxRates: [{ name: 'VAT', rate: '0.05' }] }],
      tenders: [{ payment: 'pay_ok', amount: 25925 }],
    },
    application: wants(1, 'wrong_size'),
    play: decidedBy('agent'),
  },
  {
    title: 'Exchanged for another size',
    sold: { deliveredDaysAgo: 1, lines: [{ ...tee, quantity: 1 }], tenders: [{ payment: 'pay_ok', amount: 1000 }] },
    application: wants(1, 'wrong_size', { resolution: 'exchange', exchangeSku: 'DAY-TEE-L' }),
    rests: ({ replacements }) => replacements[0]?.status === 'shipped' || replacements[0]?.status === 'delivered',
  },
  {
    title: 'Lost on its way: sent again',
    sold: {
      deliveredDaysAgo: 1,
      lines: [{ ...tee, sku: 'DAY-TEE-L', title: 'T-shirt, L', quantity: 1 }],
      tenders: [{ payment: 'pay_ok', amount: 1000 }],
    },
    application: { ...wants(1, 'lost', { resolution: 'reship' }), method: 'none' },
    ...stays(),
    rests: ({ replacements }) => replacements[0]?.status === 'shipped' || replacements[0]?.status === 'delivered',
  },
  {
    title: 'Free with a coupon: nothing to pay back',
    sold: {
      deliveredDaysAgo: 2,
      lines: [{ ...tee, quantity: 1 }],
      discounts: [{ discountId: 'd1', target: 'order', amount: 1000, couponCode: 'FREE' }],
      tenders: [],
    },
    application: wants(1),
    rests: over,
  },
  {
    title: 'The price fell the day after: the difference',
    sold: { deliveredDaysAgo: 1, lines: [{ ...lamp, quantity: 1 }], tenders: [{ payment: 'pay_ok', amount: 12900 }] },
    application: { ...wants(1, 'price_dropped', { resolution: 'adjustment', adjustmentAmount: 2000 }), method: 'none' },
    ...stays(),
  },
  {
    title: 'Keeps the scratched lamp for a part of its price',
    sold: { deliveredDaysAgo: 1, lines: [{ ...lamp, quantity: 1 }], tenders: [{ payment: 'pay_ok', amount: 12900 }] },
    application: wants(1, 'damaged'),
    ...stays(async (rma) => {
      const { offers } = await rma.command('agent', 'offers', { resolution: 'refund_only', amount: 4000, note: 'Keep it, and have 40 back' });
      await rma.command('shop', `offers/${offers[0].offerId}/accept`, {}, 'accept');
    }),
  },
  {
    title: 'Wants store credit instead',
    sold: { deliveredDaysAgo: 2, lines: [{ ...lamp, quantity: 1 }], tenders: [{ payment: 'pay_ok', amount: 12900 }] },
    application: { ...wants(1), refundTo: 'store_credit' },
  },
  { title: 'The provider answers later', ...ofLamp('pay_async') },
  { title: 'The provider pays, its answer is lost', ...ofLamp('pay_lostreply') },
];

/** Orders of this channel are paid back when the carrier first scans the parcel. */
const express = 'express';
async function publishExpress(people: People): Promise<void> {
  const { data } = await people.get('admin', '/v1/policies?limit=200');
  if (data.some(({ name }: Body) => name === express)) return;
  const rules = data.find(({ name }: Body) => name === 'default');
  const { id: _id, version: _version, status: _status, publishedAt: _publishedAt, createdAt: _createdAt, versions: _versions, ...policy } = rules;
  const refund = { ...policy.refund, timing: 'at_first_scan', advanceBelow: 30000, advanceRecovery: 'write_off' };
  const body = { ...policy, name: express, effectiveFrom: '2020-01-01T00:00:00Z', priority: 10, scope: { channels: [express] }, refund };
  const { id } = await people.post('admin', '/v1/policies', body, `policy/${express}`);
  await people.post('admin', `/v1/policies/${id}/publish`, {}, `policy/${express}/publish`);
}

/** The money is there before the parcel is. */
const paidBefore =
  (grade: string): Case['play'] =>
  async (rma) => {
    await rma.send();
    await rma.until('money at the first scan', refundsDecided);
    await rma.arrive(grade);
  };

/** What was promised before, and what it leads to. */
const consequences: readonly Case[] = [
  {
    title: 'A later order, paid in part with that store credit',
    sold: {
      deliveredDaysAgo: 1,
      lines: [{ ...tee, quantity: 8 }],
      tenders: [
        { kind: 'store_credit', provider: 'boomerang', payment: 'credit', amount: 5000 },
        { payment: 'pay_ok', amount: 3000 },
      ],
    },
    application: wants(2, 'wrong_size'),
    prepare: async (people, orderNumber) => {
      const enough = ({ balances }: Body) => balances.some(({ currency, balanceAmount }: Body) => currency === 'CNY' && balanceAmount >= 5000);
      const path = `/v1/customers/${demoCustomer.id}/store-credit`;
      await people.until('finance', path, enough, `${orderNumber}: store credit to spend`);
      await people.post('shop', `${path}/spend`, { orderNumber, amount: 5000, currency: 'CNY' }, `${orderNumber}/spend`);
    },
  },
  {
    title: 'Paid back at the first scan, fine at the inspection',
    sold: { channel: express, deliveredDaysAgo: 2, lines: [{ ...lamp, quantity: 1 }], tenders: [{ payment: 'pay_ok', amount: 12900 }] },
    application: wants(1),
    prepare: publishExpress,
    play: paidBefore('A'),
    rests: over,
  },
  {
    title: 'Paid back at the first scan, worn at the inspection: half is lost',
    sold: { channel: express, deliveredDaysAgo: 2, lines: [{ ...lamp, quantity: 1 }], tenders: [{ payment: 'pay_ok', amount: 12900 }] },
    application: wants(1),
    prepare: publishExpress,
    play: paidBefore('C'),
    rests: over,
  },
];

/** What ends on finance's desk. */
const forFinance: readonly Case[] = [
  {
    title: 'A laptop: above the approval limit',
    sold: {
      deliveredDaysAgo: 3,
      lines: [{ sku: 'LAPTOP', title: '笔记本电脑 Laptop', category: 'electronics', quantity: 1, unitPrice: 129900, taxRates: vat13 }],
      tenders: [{ payment: 'pay_ok', amount: 129900 }],
    },
    application: wants(1),
    play: decidedBy('admin'),
  },
  {
    title: 'Goodwill above the agent’s limit',
    ...ofLamp('pay_ok'),
    play: async (rma) => {
      await rma.bringBack();
      await rma.command('agent', 'goodwill', { kind: 'credit', amount: 6000, reason: 'The courier came three times in vain' });
    },
  },
  { title: 'The card is closed', ...ofLamp('pay_declined') },
  {
    title: 'Paid, and days later sent back by the bank',
    ...ofLamp('pay_latefail'),
    rests: ({ refunds }) => refunds.some(({ status }: Body) => status !== 'succeeded' && ended.has(status)),
  },
  {
    title: 'The buyer disputes the payment at the bank',
    ...ofLamp('pay_ok'),
    play: async (rma, people) => {
      const path = `/v1/orders/${rma.order.orderNumber}`;
      const { chargebacks } = await people.get('shop', path);
      const dispute = { chargebackId: `cb-${rma.order.orderNumber}`, tenderId: 't1', amount: 12900, status: 'open', at: rma.order.placedAt };
      if (chargebacks.length === 0) await people.put('shop', path, { ...rma.order, chargebacks: [dispute] });
      await rma.bringBack();
    },
    rests: ({ attention, refunds }) => attention !== null || refunds.some(({ status }: Body) => ended.has(status)),
  },
];

export const cases: readonly Case[] = [...everyday, ...forFinance, ...consequences];

/** @param name of the day; the same name is the same day, played once */
export function orderOf(name: string, position: number, { sold }: Case, today: Date): DemoOrder {
  return demoOrder(`${name}-${String(position + 1).padStart(2, '0')}`, today, sold);
}
