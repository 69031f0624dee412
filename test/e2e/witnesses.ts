import { login, shop, until, type Body } from '../stack/stack';
import { expectStatus, type Journey } from './journey';

/** Customer, agent and warehouse are told the same: what happens next, and who must act. */
export async function everybodySees(journey: Journey, nextStep: Body): Promise<void> {
  for (const who of ['customer', 'agent', 'warehouse']) {
    const seen = await journey.read(who);
    if (nextStep === null) expect({ who, nextStep: seen.nextStep }).toEqual({ who, nextStep: null });
    else expect({ who, nextStep: seen.nextStep }).toMatchObject({ who, nextStep });
  }
  await journey.read();
}

/** The titles of the return's pieces of work in a queue, as its role sees them. */
export async function workOf(journey: Journey, who: string, queue: string): Promise<string[]> {
  const caller = await login(who);
  let cursor = '';
  for (;;) {
    const page = expectStatus(await caller.get(`/v1/work?queue=${queue}&limit=200${cursor}`), 200);
    const mine = page.data.filter((task: Body) => task.returnId === journey.id);
    if (mine.length > 0 || page.nextCursor === null) return mine.map((task: Body) => task.title);
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
}

export async function timeline(journey: Journey, who = 'admin'): Promise<Body[]> {
  const found: Body[] = [];
  let cursor = '';
  for (;;) {
    const page = expectStatus(await (await login(who)).get(`/v1/returns/${journey.id}/timeline?limit=200${cursor}`), 200);
    found.push(...page.data);
    if (page.nextCursor === null) return found;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
}
export const typesOf = (entries: Body[]): string[] => entries.map((entry) => entry.type);

export async function tenders(journey: Journey): Promise<Body[]> {
  return expectStatus(await (await login('finance')).get(`/v1/tenders?orderNumber=${journey.order.orderNumber}`), 200).data;
}
export async function refundsOf(journey: Journey): Promise<Body[]> {
  return expectStatus(await (await login('finance')).get(`/v1/refunds?returnId=${journey.id}`), 200).data;
}

/** What the return has left on each account, debit above zero. Every entry balances by itself. */
export async function ledger(journey: Journey): Promise<Record<string, number>> {
  const { data } = expectStatus(await (await login('finance')).get(`/v1/ledger/entries?returnId=${journey.id}&limit=200`), 200);
  const balances: Record<string, number> = {};
  for (const { postings } of data) {
    const of = (side: 'debitAmount' | 'creditAmount') => postings.reduce((sum: number, posting: Body) => sum + posting[side], 0);
    expect(of('debitAmount')).toBe(of('creditAmount'));
    for (const { account, debitAmount, creditAmount } of postings) balances[account] = (balances[account] ?? 0) + debitAmount - creditAmount;
  }
  return Object.fromEntries(Object.entries(balances).filter(([, balance]) => balance !== 0));
}

export async function logHolds(journey: Journey): Promise<void> {
  expect(expectStatus(await (await login('finance')).get(`/v1/audit/verify?returnId=${journey.id}`), 200)).toMatchObject({ ok: true, firstBroken: null });
}

/** Provider, tender and ledger agree that `refunded` has gone back, once, and nothing is under way. */
export async function booksAgree(journey: Journey, refunded: number): Promise<void> {
  const seen = await journey.payment();
  expect(seen.refundedAmount).toBe(refunded);
  const [tender] = await tenders(journey);
  expect(tender).toMatchObject({ refundedAmount: refunded, pendingAmount: 0, availableAmount: tender.capturedAmount - refunded });
  const balances = await ledger(journey);
  expect(balances.refunds_payable ?? 0).toBe(0);
  expect(0 - (balances.provider_clearing ?? 0)).toBe(refunded);
  await logHolds(journey);
}

/** How many pieces of each line nobody holds. */
export async function returnable(journey: Journey): Promise<number[]> {
  const order = expectStatus(await shop().get(`/v1/orders/${journey.order.orderNumber}`), 200);
  return order.lines.map((line: Body) => line.returnableQuantity);
}

/** The mail of one address by kind, once there is one of that kind. */
export function mailOf(address: string, kind: string): Promise<Body> {
  return until(
    async () => (expectStatus(await shop().get(`/v1/sandbox/mail?to=${encodeURIComponent(address)}`), 200).data as Body[]).find((mail) => mail.kind === kind),
    60_000,
    `mail "${kind}" to ${address}`,
  );
}
