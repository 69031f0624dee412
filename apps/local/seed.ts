import { demoInventory, demoOrders } from './demo-orders';
import { StackError, messageOf } from './stack-error';

const API_KEY = 'bmk_demo_local_only';

export interface SeedOptions {
  apiUrl: string;
  /** "Now" for the orders' dates. */
  now?: Date;
  say?: (line: string) => void;
}

/** Imports the demo shop's orders and stock as the shop itself would: over HTTP with its API key. What is there already is left as it is. */
export async function seedDemo({ apiUrl, now = new Date(), say }: SeedOptions): Promise<{ imported: number; skipped: number }> {
  const call = async (method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${API_KEY}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    let response: Response;
    try {
      response = await fetch(`${apiUrl}${path}`, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(20_000),
      });
    } catch (error) {
      throw new StackError(`the demo data could not be imported: ${method} ${path}: ${messageOf(error)}`);
    }
    return { status: response.status, text: await response.text() };
  };
  let [imported, skipped] = [0, 0];
  const put = async (path: string, body: unknown) => {
    const { status } = await call('GET', path);
    if (status === 200) {
      skipped++;
      return;
    }
    const answer = await call('PUT', path, body);
    if (answer.status >= 300) throw new StackError(`the demo data could not be imported: PUT ${path} answered ${answer.status} ${answer.text.slice(0, 500)}`);
    imported++;
  };
  // One look tells whether an earlier start has done all this: the last order is imported last.
  const orders = demoOrders(now);
  const last = orders.at(-1)!;
  if ((await call('GET', `/v1/orders/${last.orderNumber}`)).status === 200) return { imported, skipped: orders.length };
  for (const { sku, ...stock } of demoInventory) await put(`/v1/inventory/${encodeURIComponent(sku)}`, stock);
  for (const order of orders) await put(`/v1/orders/${order.orderNumber}`, order);
  if (imported) say?.(`Demo shop: ${orders.length} orders imported`);
  return { imported, skipped };
}
