import type { DemoOrder } from '../demo-orders';
import type { Body, People, Person } from './people';

/** One return of the day. Every step has a key made of the order's number: played again, it gets its first answer again and changes nothing. */
export class PlayedReturn {
  private constructor(
    private readonly people: People,
    readonly order: DemoOrder,
    readonly id: string,
    readonly number: string,
  ) {}

  static async begin(people: People, order: DemoOrder, application: Body): Promise<PlayedReturn> {
    const { orderNumber } = order;
    if (!(await people.find('shop', `/v1/orders/${orderNumber}`))) await people.put('shop', `/v1/orders/${orderNumber}`, order);
    const body = { orderNumber, channel: order.channel, method: 'self_ship', ...application };
    const { id, number } = await people.post('shop', '/v1/returns', body, `${orderNumber}/apply`);
    return new PlayedReturn(people, order, id, number);
  }

  /** A command on the return. @param step tells commands on the same path apart */
  async command(who: Person, path: string, body: unknown, step = path): Promise<Body> {
    return this.people.post(who, `/v1/returns/${this.id}/${path}`, body, `${this.order.orderNumber}/${step}`);
  }

  /** Shipped by the customer, scanned, received and inspected: all pieces asked for come back as new. */
  async bringBack(): Promise<void> {
    await this.send();
    await this.arrive('A');
  }

  /** The customer ships it, and the carrier takes it. */
  async send(): Promise<void> {
    await this.command('shop', 'shipment', { carrier: 'sf', trackingNumber: this.trackingNumber });
    await this.scan('picked_up');
  }

  /** The warehouse receives it and finds all of it of one grade. */
  async arrive(grade: string): Promise<void> {
    await this.scan('delivered');
    const { lines } = await this.read();
    const coming = (lines as Body[]).map(({ lineId, quantity }) => ({ lineId, quantity }));
    await this.people.post('warehouse', '/v1/receipts', { trackingNumber: this.trackingNumber, lines: coming }, `${this.order.orderNumber}/receipt`);
    const graded = coming.map(({ lineId, quantity }) => ({ lineId, units: [{ quantity, grade, disposition: 'restock', accepted: true }] }));
    await this.command('warehouse', 'inspections', { lines: graded });
  }

  private get trackingNumber(): string {
    return `TRK-${this.order.orderNumber}`;
  }
  private async scan(status: string): Promise<void> {
    const eventId = `${this.trackingNumber}/${status}`;
    await this.people.post('shop', `/v1/sandbox/carrier/${this.trackingNumber}/scans`, { status, eventId }, eventId);
  }

  async read(): Promise<Body> {
    return this.people.get('admin', `/v1/returns/${this.id}`);
  }

  async until(what: string, holds: (rma: Body) => boolean): Promise<Body> {
    return this.people.until('admin', `/v1/returns/${this.id}`, holds, `${this.order.orderNumber}: ${what}`);
  }
}
