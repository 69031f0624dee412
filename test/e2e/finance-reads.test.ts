import { login, shop, type Body, type Client } from '../stack/stack';
import { anOrder, expectStatus, Journey } from './journey';
import { expectProblem } from './refusals';

let finance: Client;
let journey: Journey;
/** One card and one gift card: two refunds. */
beforeAll(async () => {
  finance = await login('finance');
  const order = anOrder();
  const [card] = order.tenders;
  order.tenders = [{ ...card, amount: 2500 }, { tenderId: 'gift', kind: 'gift_card', provider: 'sandbox', providerPaymentId: `${card.providerPaymentId}_gift`, amount: 500 }]; // prettier-ignore
  journey = await Journey.begin(order, { quantity: 2 });
  await journey.bringBack(2);
  await journey.until('completed');
});

describe('refunds', () => {
  test('are listed by return, its number too, page by page, newest first', async () => {
    const all = expectStatus(await finance.get(`/v1/refunds?returnId=${journey.id}`), 200);
    expect(all.nextCursor).toBeNull();
    expect(all.data.map((refund: Body) => [refund.tenderId, refund.amount, refund.status]).toSorted()).toEqual([['gift', 500, 'succeeded'], ['t1', 1500, 'succeeded']]); // prettier-ignore
    expect((await finance.get(`/v1/refunds?returnId=${journey.rma.number}`)).body).toEqual(all);
    const first = expectStatus(await finance.get(`/v1/refunds?returnId=${journey.id}&limit=1`), 200);
    const second = expectStatus(await finance.get(`/v1/refunds?returnId=${journey.id}&limit=1&cursor=${first.nextCursor}`), 200);
    expect([...first.data, ...second.data]).toEqual(all.data);
    expect(second.nextCursor).toBeNull();
    expect((await finance.get('/v1/refunds?returnId=ret_nothing')).body.data).toEqual([]);
    expect((await finance.get(`/v1/refunds?returnId=${journey.id}&status=failed`)).body.data).toEqual([]);
    expect((await finance.get(`/v1/refunds?returnId=${journey.id}&to=2020-01-01`)).body.data).toEqual([]);
    expect((await finance.get(`/v1/refunds?returnId=${journey.id}&provider=sandbox&from=2020-01-01`)).body.data).toHaveLength(all.data.length);
  });

  test('each tells its calls, and its settlement recomputes to the same figures', async () => {
    const { data } = (await finance.get(`/v1/refunds?returnId=${journey.id}`)).body;
    for (const { id } of data) {
      const refund = expectStatus(await finance.get(`/v1/refunds/${id}`), 200);
      expect(refund).toMatchObject({ id, returnId: journey.id, orderNumber: journey.order.orderNumber, currency: 'CNY', provider: 'sandbox', approvals: [] });
      expect(refund.attempts).toMatchObject([{ attempt: 1, status: 'succeeded', idempotencyKey: refund.idempotencyKey }]);
      expect(expectStatus(await finance.get(`/v1/refunds/${id}/explanation`), 200)).toMatchObject({
        matches: true,
        settlement: { total: 2000 },
        recomputed: { total: 2000 },
      });
    }
    expect((await journey.payment()).refundedAmount).toBe(1500);
    expectProblem(await (await login('admin@other.example')).get(`/v1/refunds/${data[0].id}`), 404, 'not_found');
    expectProblem(await (await login('admin@other.example')).get(`/v1/refunds/${data[0].id}/explanation`), 404, 'not_found');
  });
});

describe('the ledger', () => {
  const balanced = (entry: Body) => entry.postings.reduce((sum: number, posting: Body) => sum + posting.debitAmount - posting.creditAmount, 0);
  test('has entries that balance, and comes to what the provider saw', async () => {
    const { data } = expectStatus(await finance.get(`/v1/ledger/entries?returnId=${journey.id}&limit=200`), 200);
    expect(data.length).toBeGreaterThan(0);
    for (const entry of data) expect([entry.id, balanced(entry)]).toEqual([entry.id, 0]);
    const net = (account: string) =>
      data
        .flatMap((entry: Body) => entry.postings)
        .reduce((sum: number, posting: Body) => (posting.account === account ? sum + posting.debitAmount - posting.creditAmount : sum), 0);
    expect(net('refunds_payable')).toBe(0);
    expect(net('provider_clearing')).toBe(-2000);
    expect(net('sales_returns') + net('tax_payable')).toBe(2000);
    const touching = expectStatus(await finance.get(`/v1/ledger/entries?returnId=${journey.id}&account=provider_clearing`), 200).data;
    expect(touching.every((entry: Body) => entry.postings.some((posting: Body) => posting.account === 'provider_clearing'))).toBe(true);
  });

  test('sums to zero in each currency, now and at any instant', async () => {
    for (const query of ['', `&at=${new Date().toISOString()}`, '&at=2020-01-01']) {
      const { data } = expectStatus(await finance.get(`/v1/ledger/balances?limit=200${query}`), 200);
      const sums = new Map<string, number>();
      for (const { currency, debitAmount, creditAmount, balanceAmount } of data) {
        expect(balanceAmount).toBe(debitAmount - creditAmount);
        sums.set(currency, (sums.get(currency) ?? 0) + balanceAmount);
      }
      expect([...sums.values()].every((sum) => sum === 0)).toBe(true);
      if (query.includes('2020')) expect(data).toEqual([]);
    }
  });

  test('pages balances like any list', async () => {
    const get = async (query: string) => expectStatus(await finance.get(`/v1/ledger/balances?at=${at}${query}`), 200);
    const at = new Date().toISOString();
    const all = await get('&limit=200');
    expect(all).toMatchObject({ at, nextCursor: null });
    const seen: Body[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Body = await get(`&limit=3${cursor && `&cursor=${cursor}`}`);
      expect(page.data.length).toBeLessThanOrEqual(3);
      seen.push(...page.data);
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(all.data);
    expectProblem(await finance.get('/v1/ledger/balances?limit=201'), 400, 'validation_failed', '/query/limit');
    expectProblem(await finance.get('/v1/ledger/balances?cursor=x'), 400, 'validation_failed', '/query/cursor');
  });

  test('pages whole entries, each once', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = expectStatus(await finance.get(`/v1/ledger/entries?returnId=${journey.id}&limit=1${cursor && `&cursor=${cursor}`}`), 200);
      for (const entry of page.data) expect(balanced(entry)).toBe(0);
      seen.push(...page.data.map((entry: Body) => entry.id));
      cursor = page.nextCursor ?? '';
    } while (cursor && seen.length < 50);
    const all = (await finance.get(`/v1/ledger/entries?returnId=${journey.id}&limit=200`)).body.data.map((entry: Body) => entry.id);
    expect(seen).toEqual(all);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('tenders and audit', () => {
  test('each means of payment says what it gave, gave back and still holds', async () => {
    expect(expectStatus(await finance.get(`/v1/tenders?orderNumber=${journey.order.orderNumber}`), 200).data).toMatchObject([
      { tenderId: 't1', kind: 'card', capturedAmount: 2500, refundedAmount: 1500, pendingAmount: 0, disputedAmount: 0, availableAmount: 1000 },
      { tenderId: 'gift', kind: 'gift_card', capturedAmount: 500, refundedAmount: 500, availableAmount: 0 },
    ]);
    expectProblem(await finance.get('/v1/tenders?orderNumber=nothing'), 404, 'not_found');
    expectProblem(await (await login('admin@other.example')).get(`/v1/tenders?orderNumber=${journey.order.orderNumber}`), 404, 'not_found');
  });

  test('the chains hold, one and all, and their head is the timeline’s last hash', async () => {
    const one = expectStatus(await finance.get(`/v1/audit/verify?returnId=${journey.id}`), 200);
    const timeline = (await shop().get(`/v1/returns/${journey.id}/timeline?limit=200`)).body.data;
    expect(one).toMatchObject({ ok: true, firstBroken: null, entries: timeline.length, head: timeline.at(-1).hash });
    expect(timeline.map((entry: Body) => entry.sequence)).toEqual(timeline.map((_: Body, index: number) => index + 1));
    const all = expectStatus(await finance.get('/v1/audit/verify'), 200);
    expect(all).toMatchObject({ ok: true, firstBroken: null });
    expect(all.entries).toBeGreaterThan(one.entries);
    expectProblem(await finance.get('/v1/audit/verify?returnId=ret_nothing'), 404, 'not_found');
    expectProblem(await (await login('admin@other.example')).get(`/v1/audit/verify?returnId=${journey.id}`), 404, 'not_found');
  });
});
