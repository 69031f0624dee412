import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export const commands = ['apply', 'shipment', 'receipt', 'inspection'] as const;
export type CommandName = (typeof commands)[number];

/** Times each command of one or many returns, ms. */
export class Steps {
  readonly took: Record<CommandName, number[]> = { apply: [], shipment: [], receipt: [], inspection: [] };
  /** Commands answered so far. */
  count = 0;

  async take<T>(name: CommandName, call: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await call();
    this.took[name].push(performance.now() - began);
    this.count++;
    return result;
  }
}

type Body = Record<string, unknown>;
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

/** The people and machines around a return, over HTTP: as lean as a caller can be, so that the driver does not measure itself. */
export class Driver {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private warehouse = '';
  private count = 0;

  constructor(
    private readonly apiUrl: string,
    private readonly sandboxSecret: string,
  ) {}

  async logIn(): Promise<void> {
    const { token } = await this.call('POST', '/v1/auth/login', { email: 'warehouse@demo.example', password: 'boomerang' }, 200, {});
    this.warehouse = String(token);
  }

  close(): void {
    this.agent.destroy();
  }

  /** One T-shirt, paid by a card that takes refunds at once, delivered two days ago. Answers the order's number. */
  async importOrder(): Promise<string> {
    const orderNumber = `B${process.pid}-${Date.now().toString(36)}-${++this.count}`;
    const address = {
      name: 'Li Lei',
      phone: '+8613800000000',
      country: 'CN',
      region: 'Zhejiang',
      city: 'Hangzhou',
      postalCode: '310000',
      lines: ['1 West Lake Road'],
    };
    const order = {
      orderNumber,
      channel: 'web',
      currency: 'CNY',
      placedAt: daysAgo(5),
      pricesIncludeTax: true,
      customer: { id: `c-${orderNumber}`, name: 'Li Lei', email: 'customer@demo.example', phone: '+8613800000000', tier: 'gold', locale: 'zh-CN' },
      shipTo: address,
      lines: [{ lineId: '1', sku: 'TEE-M', title: 'T-shirt, M', category: 'apparel', supplier: 'acme', quantity: 1, unitPrice: 1000 }],
      shipments: [{ shipmentId: 's1', lineIds: ['1'], shippingAmount: 0, deliveredAt: daysAgo(2) }],
      tenders: [{ tenderId: 't1', kind: 'card', provider: 'sandbox', providerPaymentId: `pay_ok_${randomUUID()}`, amount: 1000 }],
    };
    await this.call('PUT', `/v1/orders/${orderNumber}`, order, 201);
    return orderNumber;
  }

  async importOrders(count: number, atATime = 6): Promise<string[]> {
    const numbers: string[] = [];
    await Promise.all(
      Array.from({ length: Math.min(atATime, count) }, async () => {
        while (numbers.length < count) {
          const index = numbers.push('') - 1;
          numbers[index] = await this.importOrder();
        }
      }),
    );
    return numbers;
  }

  async apply(orderNumber: string): Promise<string> {
    const lines = [{ lineId: '1', quantity: 1, reason: 'changed_mind', resolution: 'refund' }];
    const { id } = await this.command('/v1/returns', { orderNumber, lines, method: 'self_ship' }, 201);
    return String(id);
  }

  /**
   * Apply, automatic approval, self-shipped, two scans that matter, one receipt, one inspection; the refund follows by itself. Answers the return's id.
   * @param dealtWith waits until the scans of a tracking number have reached their return: in life days lie between them, and none is overtaken by the receipt
   */
  async refundReturn(orderNumber: string, pauseMs: number, steps: Steps, dealtWith: (trackingNumber: string) => Promise<void>): Promise<string> {
    const trackingNumber = `TRK-${orderNumber}`;
    const id = await steps.take('apply', () => this.apply(orderNumber));
    await steps.take('shipment', () => this.command(`/v1/returns/${id}/shipment`, { carrier: 'sf', trackingNumber }, 200));
    for (const status of ['picked_up', 'delivered']) {
      await this.scan(trackingNumber, status);
      await sleep(pauseMs);
      await dealtWith(trackingNumber);
    }
    await steps.take('receipt', () => this.command('/v1/receipts', { trackingNumber, lines: [{ lineId: '1', quantity: 1 }] }, 201, this.warehouse));
    const units = [{ quantity: 1, grade: 'A', disposition: 'restock', accepted: true }];
    await steps.take('inspection', () => this.command(`/v1/returns/${id}/inspections`, { lines: [{ lineId: '1', units }] }, 200, this.warehouse));
    return id;
  }

  /** As a carrier sends it: signed, straight to us. */
  private async scan(trackingNumber: string, status: string): Promise<void> {
    const at = new Date().toISOString();
    const event = { id: randomUUID(), type: 'parcel.scanned', at, data: { trackingNumber, status, at } };
    const [body, timestamp] = [JSON.stringify(event), Math.floor(Date.now() / 1000)];
    const key = Buffer.from(this.sandboxSecret.replace(/^whsec_/, ''), 'base64');
    const signature = createHmac('sha256', key).update(`${event.id}.${timestamp}.${body}`).digest('base64');
    const headers = { 'webhook-id': event.id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${signature}` };
    await this.call('POST', '/v1/carriers/sandbox/events', body, 202, headers);
  }

  private command(path: string, body: Body, status: number, token?: string): Promise<Body> {
    return this.call('POST', path, body, status, { ...identity(token), 'idempotency-key': randomUUID() });
  }

  private call(method: string, path: string, body: Body | string | undefined, expected: number, headers: Record<string, string> = identity()): Promise<Body> {
    const content = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    return new Promise((done, fail) => {
      const sent = request(`${this.apiUrl}${path}`, {
        method,
        agent: this.agent,
        timeout: 30_000,
        headers: { ...headers, ...(content !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }) },
      });
      sent.once('error', fail).once('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer in 30 s`)));
      sent.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('error', fail).once('end', () => {
          if (response.statusCode === expected) return done(text === '' ? {} : (JSON.parse(text) as Body));
          fail(new Error(`${method} ${path} answered ${response.statusCode} instead of ${expected}: ${text.slice(0, 300)}`));
        });
      });
      sent.end(content);
    });
  }
}

const identity = (token = 'bmk_demo_local_only'): Record<string, string> => ({ authorization: `Bearer ${token}` });
