import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Order } from '#libs/domain/order';
import { unavailable } from '../http/api-error';
import { LOG } from '#libs/observability/logger';
import { Settings } from '../settings';

/** How long the sandbox may take to note one capture. */
const TIMEOUT_MS = 5000;

/** Makes the payments of imported orders known to the sandbox's payment provider, which refunds nothing it has not captured. Without the sandbox it does nothing. */
@Injectable()
export class SandboxCaptures {
  constructor(
    private readonly settings: Settings,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /** Safe to repeat: a capture is a PUT, and only ever grows. @throws ApiError `temporarily_unavailable` when the sandbox cannot be reached */
  async register(order: Order): Promise<void> {
    const { BOOMERANG_SANDBOX, SANDBOX_URL, SANDBOX_SECRET } = this.settings.values;
    if (!BOOMERANG_SANDBOX || !SANDBOX_URL || !SANDBOX_SECRET) return;
    const register = ([payment, capturedAmount]: [string, number]) => {
      const url = new URL(`/payments/${encodeURIComponent(payment)}`, SANDBOX_URL);
      return this.put(url, SANDBOX_SECRET, { capturedAmount, currency: order.currency }, order.orderNumber);
    };
    await Promise.all([...capturesOf(order)].map((capture) => register(capture)));
  }

  private async put(url: URL, secret: string, capture: object, orderNumber: string): Promise<void> {
    const response = await fetch(url, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(capture),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
    if (response instanceof Error || response.status >= 500) {
      throw unavailable('The order is stored, but the sandbox could not be told of its payments; send it again');
    }
    await response.body?.cancel();
    // What the sandbox will not note (a payment it knows in another currency) fails when it is to be refunded, as with a real provider.
    if (!response.ok) this.log.warn({ orderNumber, status: response.status }, 'the sandbox refused a capture');
  }
}

/** What the sandbox is to have captured, by payment: two tenders may stand for parts of one payment. Minor units. */
export function capturesOf(order: Pick<Order, 'tenders'>): ReadonlyMap<string, number> {
  const captures = new Map<string, number>();
  for (const { provider, providerPaymentId, amount } of order.tenders) {
    if (provider === 'sandbox' && providerPaymentId !== null) captures.set(providerPaymentId, (captures.get(providerPaymentId) ?? 0) + amount);
  }
  return captures;
}
