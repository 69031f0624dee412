import { z } from 'zod';
import type { ProviderHttp } from '../provider-http';

const listed = z.object({
  id: z.string().min(1).max(255),
  refundId: z.string().max(255),
  providerPaymentId: z.string().max(255),
  amount: z.int().min(0),
  currency: z.string().length(3),
  status: z.enum(['pending', 'succeeded', 'failed']),
  at: z.iso.datetime(),
});
const page = z.object({ data: z.array(listed), nextCursor: z.string().nullable() });

/** A refund in the provider's own list. Amounts in minor units. */
export type ListedRefund = z.infer<typeof listed>;
export type ListedPage = z.infer<typeof page>;

/** What a provider says of its refunds when it is asked; safe to ask again. */
export interface ProviderList {
  /** Oldest first; `from` is included, `to` is not. A cursor of null is the first page, or says that there is none after this. */
  refunds(from: string, to: string, cursor: string | null): Promise<ListedPage>;
  /** All that it holds under a refund id of ours. */
  byRefundId(refundId: string): Promise<readonly ListedRefund[]>;
}

/** @throws Error when it cannot be reached, or answers anything but a list */
export function providerList(http: ProviderHttp): ProviderList {
  const ask = async (query: Record<string, string>): Promise<ListedPage> => {
    const { status, body } = await http.call('GET', `/refunds?${new URLSearchParams(query).toString()}`);
    if (status !== 200) throw new Error(`the provider's list answered ${status}`);
    return page.parse(body);
  };
  return {
    refunds: (from, to, cursor) => ask({ from, to, limit: '200', ...(cursor !== null && { cursor }) }),
    byRefundId: async (refundId) => (await ask({ refundId })).data,
  };
}
