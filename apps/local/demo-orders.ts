/** The body of `PUT /v1/orders/{orderNumber}`, as a shop sends it. Amounts in minor units of `currency`. */
export interface DemoOrder {
  orderNumber: string;
  channel: string;
  currency: string;
  placedAt: string;
  pricesIncludeTax: boolean;
  customer: { id: string; name: string; email: string; phone: string; tier: string; locale: string };
  shipTo: { name: string; phone: string; country: string; region: string; city: string; postalCode: string; lines: string[] };
  lines: DemoLine[];
  discounts: { discountId: string; target: 'order' | 'line' | 'shipping'; lineIds?: string[]; amount: number; couponCode?: string }[];
  shipments: { shipmentId: string; lineIds: string[]; shippingAmount: number; discountAmount: number; taxRates: TaxRate[]; deliveredAt?: string }[];
  tenders: { tenderId: string; kind: string; provider: string; providerPaymentId: string; amount: number }[];
  pointsEarned: number;
  pointsSpent: number;
  giftedCoupons: { code: string; value: number }[];
  freightInsurance: boolean;
  chargebacks: never[];
}

interface TaxRate {
  name: string;
  rate: string;
}

interface DemoLine {
  lineId: string;
  sku: string;
  title: string;
  category: string;
  supplier: string;
  quantity: number;
  unitPrice: number;
  discountAmount: number;
  taxRates: TaxRate[];
  finalSale: boolean;
  serials: string[];
}

const DAY_MS = 86_400_000;

/** Stock to exchange into and to send again from. */
export const demoInventory = [
  { sku: 'TEE-S', available: 20, price: 1000, title: 'T-shirt, S' },
  { sku: 'TEE-M', available: 20, price: 1000, title: 'T-shirt, M' },
  { sku: 'TEE-L', available: 20, price: 1000, title: 'T-shirt, L' },
  { sku: 'TEE-XL', available: 0, price: 1000, title: 'T-shirt, XL (sold out)' },
  { sku: 'JACKET-M', available: 5, price: 45900, title: 'Rain jacket, M' },
  { sku: 'JACKET-L', available: 5, price: 45900, title: 'Rain jacket, L' },
  { sku: 'JACKET-LIGHT-M', available: 5, price: 35900, title: 'Light rain jacket, M' },
  { sku: 'LAMP', available: 12, price: 12900, title: 'Desk lamp' },
  { sku: 'KETTLE', available: 8, price: 19900, title: 'Kettle' },
];

export const demoCustomer = { id: 'c-demo', name: 'Wang Fang', email: 'customer@demo.example', phone: '+8613900000001', tier: 'standard', locale: 'zh-CN' };
const liLei = { id: 'c-1', name: 'Li Lei', email: 'li.lei@example.com', phone: '+8613800000000', tier: 'gold', locale: 'zh-CN' };
const hangzhou = { country: 'CN', region: 'Zhejiang', city: 'Hangzhou', postalCode: '310000', lines: ['88 Wensan Road'] };

/** An order by what is special about it. */
export interface Sketch {
  channel?: string;
  placedDaysAgo?: number;
  /** Undefined: not delivered yet. */
  deliveredDaysAgo?: number;
  currency?: string;
  pricesIncludeTax?: boolean;
  customer?: DemoOrder['customer'];
  shipTo?: typeof hangzhou;
  lines: (Pick<DemoLine, 'sku' | 'title' | 'category' | 'quantity' | 'unitPrice'> & Partial<DemoLine>)[];
  discounts?: DemoOrder['discounts'];
  shippingAmount?: number;
  shippingTaxRates?: TaxRate[];
  tenders: { kind?: string; provider?: string; payment: string; amount: number }[];
  pointsEarned?: number;
  pointsSpent?: number;
  giftedCoupons?: DemoOrder['giftedCoupons'];
  freightInsurance?: boolean;
}

/** @param now whole days before it are counted from its date */
export function demoOrder(orderNumber: string, now: Date, sketch: Sketch): DemoOrder {
  const day = (ago: number, time: string) => `${new Date(now.getTime() - ago * DAY_MS).toISOString().slice(0, 10)}T${time}Z`;
  const { customer = demoCustomer, shipTo = hangzhou, deliveredDaysAgo: delivered } = sketch;
  const lines = sketch.lines.map((line, index) => ({
    lineId: String(index + 1),
    supplier: 'acme',
    discountAmount: 0,
    taxRates: [],
    finalSale: false,
    serials: [],
    ...line,
  }));
  return {
    orderNumber,
    channel: sketch.channel ?? 'web',
    currency: sketch.currency ?? 'CNY',
    placedAt: day(sketch.placedDaysAgo ?? 6, '00:00:03'),
    pricesIncludeTax: sketch.pricesIncludeTax ?? true,
    customer,
    shipTo: { name: customer.name, phone: customer.phone, ...shipTo },
    lines,
    discounts: sketch.discounts ?? [],
    shipments: [
      {
        shipmentId: 's1',
        lineIds: lines.map(({ lineId }) => lineId),
        shippingAmount: sketch.shippingAmount ?? 0,
        discountAmount: 0,
        taxRates: sketch.shippingTaxRates ?? [],
        ...(delivered === undefined ? {} : { deliveredAt: day(delivered, '09:00:00') }),
      },
    ],
    tenders: sketch.tenders.map(({ kind = 'card', provider = 'sandbox', payment, amount }, index) => ({
      tenderId: `t${index + 1}`,
      kind,
      provider,
      providerPaymentId: `${payment}_${orderNumber}`,
      amount,
    })),
    pointsEarned: sketch.pointsEarned ?? 0,
    pointsSpent: sketch.pointsSpent ?? 0,
    giftedCoupons: sketch.giftedCoupons ?? [],
    freightInsurance: sketch.freightInsurance ?? false,
    chargebacks: [],
  };
}

const vat20 = [{ name: 'VAT', rate: '0.20' }];
const vat13 = [{ name: 'VAT', rate: '0.13' }];
const lamp = { sku: 'LAMP', title: 'Desk lamp', category: 'home', unitPrice: 12900, taxRates: vat13 };
const kettle = { sku: 'KETTLE', title: 'Kettle', category: 'home', unitPrice: 19900, taxRates: vat13 };
const jacket = { sku: 'JACKET-M', title: 'Rain jacket, M', category: 'apparel', unitPrice: 45900, taxRates: vat13 };

/** A dozen and a half orders of the demo shop, each one a situation worth trying. Recent on the day of the first start. */
export function demoOrders(now: Date): DemoOrder[] {
  return [...everydayOrders(now), ...unusualOrders(now), ...paymentOrders(now)];
}

function everydayOrders(now: Date): DemoOrder[] {
  const first = demoOrder('A1001', now, {
    placedDaysAgo: 5,
    deliveredDaysAgo: 3,
    customer: liLei,
    lines: [{ sku: 'TEE-M', title: 'T-shirt, M', category: 'apparel', quantity: 3, unitPrice: 1000, taxRates: vat20 }],
    discounts: [{ discountId: 'd1', target: 'order', amount: 299, couponCode: 'SAVE3' }],
    shippingAmount: 1200,
    tenders: [{ payment: 'pay_ok', amount: 3901 }],
    pointsEarned: 39,
    giftedCoupons: [{ code: 'GIFT5', value: 500 }],
  });
  first.tenders[0]!.providerPaymentId = 'pay_ok_1';
  return [
    first,
    demoOrder('A1002', now, {
      deliveredDaysAgo: 2,
      lines: [{ ...lamp, quantity: 2 }],
      shippingAmount: 1000,
      tenders: [{ payment: 'pay_ok', amount: 26800 }],
      pointsEarned: 268,
    }),
    // Several lines, one of them reduced, a coupon over all of them.
    demoOrder('A1003', now, {
      deliveredDaysAgo: 2,
      lines: [
        { ...lamp, quantity: 1 },
        { ...kettle, quantity: 1, discountAmount: 1900 },
        { sku: 'MUG', title: 'Mug', category: 'home', quantity: 4, unitPrice: 1500, taxRates: vat13 },
      ],
      discounts: [{ discountId: 'd1', target: 'order', amount: 1000, couponCode: 'TEN' }],
      shippingAmount: 800,
      tenders: [{ payment: 'pay_ok', amount: 36700 }],
    }),
    // Paid with points, store credit and a card.
    demoOrder('A1004', now, {
      deliveredDaysAgo: 3,
      lines: [{ ...kettle, quantity: 1 }],
      tenders: [
        { kind: 'points', payment: 'pay_ok_points', amount: 2000 },
        { kind: 'store_credit', payment: 'pay_ok_credit', amount: 3000 },
        { payment: 'pay_ok', amount: 14900 },
      ],
      pointsSpent: 200,
      pointsEarned: 149,
    }),
    // Clothes to exchange for another size, another article, or one that is sold out.
    demoOrder('A1005', now, {
      deliveredDaysAgo: 1,
      lines: [
        { ...jacket, quantity: 1 },
        { sku: 'TEE-M', title: 'T-shirt, M', category: 'apparel', quantity: 2, unitPrice: 1000, taxRates: vat13 },
      ],
      tenders: [{ payment: 'pay_ok', amount: 47900 }],
    }),
    // A serial number, freight insurance, and a sum an agent has to look at.
    demoOrder('A1006', now, {
      deliveredDaysAgo: 4,
      lines: [{ sku: 'PHONE-1', title: 'Phone', category: 'electronics', quantity: 1, unitPrice: 399900, taxRates: vat13, serials: ['SN-0001'] }],
      tenders: [{ payment: 'pay_ok', amount: 399900 }],
      freightInsurance: true,
    }),
  ];
}

function unusualOrders(now: Date): DemoOrder[] {
  const brooklyn = { country: 'US', region: 'NY', city: 'Brooklyn', postalCode: '11201', lines: ['1 Main Street'] };
  const salesTax = [
    { name: 'State', rate: '0.04' },
    { name: 'City', rate: '0.045' },
  ];
  return [
    // Prices without tax, two rates: 3 × 1999 = 5997 and 2500; state 240 + 100, city 270 + 113.
    demoOrder('A1101', now, {
      deliveredDaysAgo: 2,
      currency: 'USD',
      pricesIncludeTax: false,
      shipTo: brooklyn,
      lines: [
        { sku: 'SOCKS', title: 'Socks', category: 'apparel', quantity: 3, unitPrice: 1999, taxRates: salesTax },
        { sku: 'CAP', title: 'Cap', category: 'apparel', quantity: 1, unitPrice: 2500, taxRates: salesTax },
      ],
      shippingAmount: 500,
      tenders: [{ payment: 'pay_ok', amount: 9720 }],
    }),
    // A gift card paid a part; a bought gift card never comes back.
    demoOrder('A1102', now, {
      deliveredDaysAgo: 2,
      lines: [
        { ...lamp, quantity: 1 },
        { sku: 'CARD-100', title: 'Gift card 100', category: 'gift-card', quantity: 1, unitPrice: 10000 },
      ],
      tenders: [
        { kind: 'gift_card', payment: 'pay_ok_giftcard', amount: 5000 },
        { payment: 'pay_ok', amount: 17900 },
      ],
    }),
    demoOrder('A1103', now, { placedDaysAgo: 1, lines: [{ ...kettle, quantity: 1 }], tenders: [{ payment: 'pay_ok', amount: 19900 }] }), // on its way
    demoOrder('A1104', now, { placedDaysAgo: 120, deliveredDaysAgo: 115, lines: [{ ...lamp, quantity: 1 }], tenders: [{ payment: 'pay_ok', amount: 12900 }] }), // too old
    demoOrder('A1105', now, {
      deliveredDaysAgo: 2,
      lines: [{ ...jacket, quantity: 1, discountAmount: 20000, finalSale: true }],
      tenders: [{ payment: 'pay_ok', amount: 25900 }],
    }),
    // No decimals, and three of them.
    demoOrder('A1106', now, {
      deliveredDaysAgo: 2,
      currency: 'JPY',
      shipTo: { country: 'JP', region: 'Tokyo', city: 'Shibuya', postalCode: '150-0002', lines: ['1-2-3 Shibuya'] },
      lines: [{ sku: 'TEA-JP', title: 'Tea set', category: 'home', quantity: 3, unitPrice: 3333, taxRates: [{ name: 'Consumption tax', rate: '0.10' }] }],
      shippingAmount: 550,
      tenders: [{ payment: 'pay_ok', amount: 10549 }],
    }),
    demoOrder('A1107', now, {
      deliveredDaysAgo: 2,
      currency: 'KWD',
      shipTo: { country: 'KW', region: 'Al Asimah', city: 'Kuwait City', postalCode: '13001', lines: ['Block 3, Street 7'] },
      lines: [{ sku: 'PERFUME', title: 'Perfume', category: 'beauty', quantity: 2, unitPrice: 12345 }],
      shippingAmount: 1250,
      tenders: [{ payment: 'pay_ok', amount: 25940 }],
    }),
  ];
}

/** One order for each way in which a payment provider can behave. */
function paymentOrders(now: Date): DemoOrder[] {
  const behaviours = ['pay_declined', 'pay_flaky2', 'pay_lostreply', 'pay_lostcall', 'pay_async', 'pay_asyncfail', 'pay_latefail', 'pay_slow'];
  return behaviours.map((payment, index) =>
    demoOrder(`A120${index + 1}`, now, { deliveredDaysAgo: 2, lines: [{ ...lamp, quantity: 1 }], tenders: [{ payment, amount: 12900 }] }),
  );
}
