import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { client, login, shop, stack, type Answer, type Body } from './stack';

const undecided = new Set([202, 429, 502, 503, 504]);

export interface Patience {
  /** Milliseconds in all. */
  ms?: number;
  key?: string;
  /** The route answers 202 by design. */
  accepted?: boolean;
}

/**
 * A POST as the contract asks of callers: whatever is no answer (no connection, 202, 503, `request_in_progress`) is repeated with the same key until it is one.
 * @param who a demo user, or `shop`
 */
export async function patiently(
  who: string,
  path: string,
  body: unknown,
  { ms = 120_000, key = randomUUID(), accepted = false }: Patience = {},
): Promise<Answer> {
  const end = Date.now() + ms;
  for (let wait = 100; ; wait = Math.min(wait * 2, 1000)) {
    let last: unknown;
    try {
      const caller = who === 'shop' ? shop() : await login(who);
      const answer = await caller.post(path, body, { key });
      const decided = !undecided.has(answer.status) || (accepted && answer.status === 202);
      if (decided && answer.body?.code !== 'request_in_progress') return answer;
      last = `${answer.status} ${JSON.stringify(answer.body)}`;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`${path} has no answer after ${ms} ms: ${String(last)}`);
    await sleep(wait);
  }
}

/** A provider's event, signed as the sandbox signs, straight to the API. Answers the status. */
export async function report(
  path: 'payment-providers' | 'carriers',
  event: { id?: string; type: string; at?: string | undefined; data: Body },
): Promise<number> {
  const id = event.id ?? randomUUID();
  const at = event.at ?? new Date().toISOString();
  const body = JSON.stringify({ ...event, id, at });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', Buffer.from(stack().sandboxSecret.replace(/^whsec_/, ''), 'base64'))
    .update(`${id}.${timestamp}.${body}`)
    .digest('base64');
  const headers = { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
  return (await client().post(`/v1/${path}/sandbox/events`, body, { headers })).status;
}
