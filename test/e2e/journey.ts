import { randomUUID } from 'node:crypto';
import { patiently } from '../stack/patient';
import { login, shop, until, type Answer, type Body } from '../stack/stack';

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
let counter = 0;
export const uniqueNumber = (prefix = 'T') => `${prefix}${process.pid}-${Date.now().toString(36)}-${++counter}`;

/** An order of three T-shirts, paid by one card that behaves as `payment` says, delivered two days ago. Overrides go over it. */
export function anOrder({ payment = 'pay_ok_', ...overrides }: { payment?: string } & Record<string, unknown> = {}): Body {
  const orderNumber = (overrides.orderNumber as string | undefined) ?? uniqueNumber();
  const lines: { lineId: string; quantity: number; unitPrice: number; discountAmount?: number; [field: string]: unknown }[] = (overrides.lines as never) ?? [
    { lineId: '1', sku: 'TEE-M', title: 'T-shirt, M', category: 'apparel', supplier: 'acme', quantity: 3, unitPrice: 1000 },
  ];
  const total = lines.reduce((sum, line) => sum + line.quantity * line.unitPrice - (line.discountAmount ?? 0), 0);
  return {
    orderNumber,
    channel: 'web',
    currency: 'CNY',
    placedAt: daysAgo(5),
    pricesIncludeTax: true,
    customer: { id: `c-${orderNumber}`, name: 'Li Lei', email: 'customer@demo.example', phone: '+8613800000000', tier: 'gold', locale: 'zh-CN' },
    shipTo: { name: 'Li Lei', phone: '+8613800000000', country: 'CN', region: 'Zhejiang', city: 'Hangzhou', postalCode: '310000', lines: ['1 West Lake Road'] },
    lines,
    shipments: [{ shipmentId: 's1', lineIds: lines.map((line) => line.lineId), shippingAmount: 0, deliveredAt: daysAgo(2) }],
    tenders: [{ tenderId: 't1', kind: 'card', provider: 'sandbox', providerPaymentId: `${payment}${randomUUID()}`, amount: total }],
    ...overrides,
  };
}

export function expectStatus<T>(answer: Answer<T>, status: number): T {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export async function importOrder(order: Body): Promise<Body> {
  return expectStatus(await shop().put(`/v1/orders/${order.orderNumber}`, order), 201);
}

export interface ApplyOptions {
  quantity?: number;
  reason?: string;
  resolution?: string;
  method?: string;
  lines?: Body[];
  [field: string]: unknown;
}
export function application(
  order: Body,
  { quantity = 1, reason = 'changed_mind', resolution = 'refund', method = 'self_ship', lines, ...more }: ApplyOptions = {},
): Body {
  return { orderNumber: order.orderNumber, lines: lines ?? [{ lineId: '1', quantity, reason, resolution }], method, ...more };
}

/** One return, as the people around it see it. What they ask for has no answer yet when the machine is busy: they ask again, as the contract has it. */
export class Journey {
  private constructor(
    readonly order: Body,
    public rma: Body,
  ) {}

  static async begin(order: Body = anOrder(), options: ApplyOptions = {}): Promise<Journey> {
    await importOrder(order);
    return new Journey(order, expectStatus(await patiently('shop', '/v1/returns', application(order, options)), 201));
  }

  /** The same order is applied for once more. */
  async again(options: ApplyOptions = {}): Promise<Journey> {
    const asked = application(this.order, { channel: this.order.channel as string, ...options });
    return new Journey(this.order, expectStatus(await patiently('shop', '/v1/returns', asked), 201));
  }

  get id(): string {
    return this.rma.id as string;
  }
  get providerPaymentId(): string {
    return this.order.tenders[0].providerPaymentId as string;
  }
  trackingNumber = uniqueNumber('TRK');

  async read(who = 'admin'): Promise<Body> {
    this.rma = expectStatus(await (await login(who)).get(`/v1/returns/${this.id}`), 200);
    return this.rma;
  }
  async until(what: string | ((rma: Body) => boolean), ms = 60_000): Promise<Body> {
    const holds = typeof what === 'string' ? (rma: Body) => rma.status === what : what;
    return until(async () => holds(await this.read()) && this.rma, ms, `${what.toString()} of ${this.id}, which is ${this.rma.status}`).catch(
      async (error: unknown) => {
        throw new Error(`${String(error)}\n${JSON.stringify(await this.read(), null, 1).slice(0, 3000)}`);
      },
    );
  }
  async command(who: string, path: string, body: unknown = {}, status = 200): Promise<Body> {
    const answer = expectStatus<Body>(await patiently(who, `/v1/returns/${this.id}/${path}`, body), status);
    if (status === 200) this.rma = answer;
    return answer;
  }
  async scan(status: string, trackingNumber = this.trackingNumber, eventId: string = randomUUID()): Promise<void> {
    expectStatus(await shop().post(`/v1/sandbox/carrier/${trackingNumber}/scans`, { status, eventId }), 202);
  }
  async receive(lines: Body[] = [{ lineId: '1', quantity: 1 }], more: Record<string, unknown> = {}): Promise<Body> {
    return expectStatus(await patiently('warehouse', '/v1/receipts', { trackingNumber: this.trackingNumber, lines, ...more }), 201);
  }
  inspect(units: Body[] = [{ quantity: 1, grade: 'A', disposition: 'restock', accepted: true }], lineId = '1'): Promise<Body> {
    return this.command('warehouse', 'inspections', { lines: [{ lineId, units }] });
  }
  async advance(by: string): Promise<Body> {
    this.rma = expectStatus(await patiently('shop', `/v1/sandbox/returns/${this.id}/advance`, { by }), 200);
    return this.rma;
  }
  /** What the provider saw of the first tender. */
  async payment(): Promise<Body> {
    return expectStatus(await shop().get(`/v1/sandbox/payments/${this.providerPaymentId}`), 200);
  }
  /** Self-shipped, scanned, received and inspected: all that stands between approval and money. */
  async bringBack(quantity = 1): Promise<Body> {
    await this.command('shop', 'shipment', { carrier: 'sf', trackingNumber: this.trackingNumber });
    await this.scan('picked_up');
    await this.until('in_transit');
    await this.scan('delivered');
    // The carrier's word is dealt with by itself: without waiting for it, it may come when everything else is over, and move a return that is at rest.
    await this.until((rma) => rma.parcels.some((parcel: Body) => parcel.trackingNumber === this.trackingNumber && parcel.status === 'delivered'));
    await this.receive([{ lineId: '1', quantity }]);
    return this.inspect([{ quantity, grade: 'A', disposition: 'restock', accepted: true }]);
  }
}
