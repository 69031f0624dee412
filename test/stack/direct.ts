import { Client, Connection } from '@temporalio/client';
import { Pool, type QueryResultRow } from 'pg';
import { returnWorkflowId } from '#libs/contracts/messages';
import { connectTemporal } from '#libs/temporal/client';
import { stack } from './stack';

/** The stack's database and Temporal server as an operator reaches them, past the API. Opened with the first question, closed by `close`. */
class Direct {
  private opened?: { pool: Pool; client: Client; connection: Connection };

  private open() {
    if (this.opened) return this.opened;
    const { databaseUrl, temporalAddress, temporalNamespace } = stack();
    const pool = new Pool({ connectionString: databaseUrl, max: 4 });
    pool.on('error', () => undefined); // tests take the database away
    this.opened = { pool, ...connectTemporal({ address: temporalAddress, namespace: temporalNamespace }) };
    return this.opened;
  }
  get temporal(): Client {
    return this.open().client;
  }
  /** Rows as PostgreSQL gives them; bigint sums arrive as text unless they are cast to int. */
  async sql<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.open().pool.query<Row>(text, [...values])).rows;
  }
  /** The newest run of a demo return's workflow. */
  workflow(returnId: string) {
    return this.temporal.workflow.getHandle(returnWorkflowId('demo', returnId));
  }
  async close(): Promise<void> {
    const opened = this.opened;
    this.opened = undefined;
    await opened?.pool.end();
    await opened?.connection.close();
  }
}
export const direct = new Direct();

const deadlocks = async (): Promise<number> => {
  const [row] = await direct.sql<{ deadlocks: number }>('SELECT sum(deadlocks)::int AS deadlocks FROM pg_stat_database');
  return row!.deadlocks;
};
/** For a describe of its own: whatever its tests do at once, nobody waits for each other in a circle. Closes `direct` after the last of them. */
export function expectNoDeadlocks(): void {
  let before = 0;
  beforeAll(async () => {
    before = await deadlocks();
  });
  afterAll(async () => {
    const after = await deadlocks();
    await direct.close();
    expect(after).toBe(before);
  });
}

/** What must hold of an order whatever happened: claims never above what was captured, every sum the sum of its rows, and the ledger what the rows say. */
export async function expectSoundBooks(orderNumber: string): Promise<void> {
  await expectSoundTenders(orderNumber);
  const [order] = await direct.sql<{ granted: number; settled: number; paidOut: number }>(
    `SELECT (o.granted_amount - o.advanced_amount)::int AS granted, (SELECT coalesce(sum(total), 0)::int FROM settlement s WHERE s.order_number = o.order_number AND s.kind = 'settlement'
         AND NOT EXISTS (SELECT FROM refund r WHERE r.settlement_id = s.id AND r.status = 'rejected')) AS settled,
       (SELECT coalesce(sum(amount), 0)::int FROM refund r WHERE r.order_number = o.order_number AND r.status = 'succeeded') AS "paidOut"
     FROM orders o WHERE o.order_number = $1`,
    [orderNumber],
  );
  expect(order!.granted).toBe(order!.settled);
  // What went out of the books is what the providers paid.
  const [ledger] = await direct.sql<{ paid: number }>(
    `SELECT coalesce(sum(CASE WHEN to_account = 'provider_clearing' THEN amount WHEN from_account = 'provider_clearing' THEN -amount ELSE 0 END), 0)::int AS paid
     FROM ledger_posting WHERE refund_id IN (SELECT id FROM refund WHERE order_number = $1)`,
    [orderNumber],
  );
  expect(ledger!.paid).toBe(order!.paidOut);
  await expectSoundLedger(orderNumber);
}

/** What was refunded is our refunds and those made elsewhere, what is pending our open ones, what is disputed the order's disputes. Only facts take more than there was. */
async function expectSoundTenders(orderNumber: string): Promise<void> {
  const tenders = await direct.sql<{
    captured: number;
    refunded: number;
    pending: number;
    disputed: number;
    paidOut: number;
    elsewhere: number;
    underWay: number;
    atIssue: number;
  }>(
    `SELECT t.captured_amount::int AS captured, t.refunded_amount::int AS refunded, t.pending_amount::int AS pending, t.disputed_amount::int AS disputed,
       coalesce(sum(r.amount) FILTER (WHERE r.status = 'succeeded'), 0)::int AS "paidOut",
       coalesce(sum(r.amount) FILTER (WHERE r.status IN ('awaiting_approval', 'pending', 'unknown', 'failed', 'awaiting_payout')), 0)::int AS "underWay",
       (SELECT coalesce(sum(e.amount), 0)::int FROM refund_elsewhere e WHERE e.order_number = t.order_number AND e.tender_id = t.tender_id AND e.status = 'succeeded') AS elsewhere,
       (SELECT coalesce(sum((c ->> 'amount')::int), 0)::int FROM orders o, jsonb_array_elements(o.document -> 'chargebacks') c
          WHERE o.order_number = t.order_number AND c ->> 'tenderId' = t.tender_id AND c ->> 'status' <> 'won') AS "atIssue"
     FROM tender t LEFT JOIN refund r ON r.merchant_id = t.merchant_id AND r.order_number = t.order_number AND r.tender_id = t.tender_id
     WHERE t.order_number = $1 GROUP BY t.merchant_id, t.order_number, t.tender_id`,
    [orderNumber],
  );
  expect(tenders.length).toBeGreaterThan(0);
  for (const { captured, refunded, pending, disputed, paidOut, elsewhere, underWay, atIssue } of tenders) {
    expect({ refunded, pending, disputed }).toEqual({ refunded: paidOut + elsewhere, pending: underWay, disputed: atIssue });
    if (elsewhere === 0) expect(refunded + pending).toBeLessThanOrEqual(captured);
  }
}

/** Each refund is paid in the ledger if it succeeded and not otherwise, what is still owed is what is under way, and facts are booked as long as they stand. */
async function expectSoundLedger(orderNumber: string): Promise<void> {
  const wrong = await direct.sql(
    `SELECT r.id, r.status, r.amount::int, coalesce(p.paid, 0)::int AS paid FROM refund r LEFT JOIN (
       SELECT merchant_id, refund_id, sum(CASE WHEN from_account = 'refunds_payable' THEN amount ELSE -amount END) AS paid FROM ledger_posting
       WHERE type = 'refund_paid' GROUP BY merchant_id, refund_id) p ON p.merchant_id = r.merchant_id AND p.refund_id = r.id
     WHERE r.order_number = $1 AND coalesce(p.paid, 0) <> CASE WHEN r.status = 'succeeded' THEN r.amount ELSE 0 END`,
    [orderNumber],
  );
  expect(wrong).toEqual([]);
  const [owed] = await direct.sql<{ payable: number; underWay: number }>(
    `SELECT coalesce(sum(CASE WHEN l.to_account = 'refunds_payable' THEN l.amount WHEN l.from_account = 'refunds_payable' THEN -l.amount ELSE 0 END), 0)::int AS payable,
       (SELECT coalesce(sum(amount), 0)::int FROM refund WHERE order_number = $1 AND status IN ('awaiting_approval', 'pending', 'unknown', 'failed', 'awaiting_payout')) AS "underWay"
     FROM return r JOIN ledger_posting l ON l.merchant_id = r.merchant_id AND l.return_id = r.id WHERE r.order_number = $1`,
    [orderNumber],
  );
  expect(owed!.payable).toBe(owed!.underWay);
  // Facts are told by the merchant's chain, with what they booked.
  const [facts] = await direct.sql<{ booked: number; stands: number }>(
    `SELECT (SELECT coalesce(sum(CASE WHEN p ->> 'to' = 'provider_clearing' THEN (p ->> 'amount')::int ELSE -(p ->> 'amount')::int END), 0)::int
         FROM log_entry g, jsonb_array_elements(g.text::jsonb -> 'data' -> 'ledger') e, jsonb_array_elements(e -> 'postings') p
         WHERE g.stream = 'merchant/' || o.merchant_id AND g.text::jsonb -> 'data' ->> 'orderNumber' = o.order_number AND p ->> 'type' IN ('charged_back', 'refunded_elsewhere')) AS booked,
       (SELECT coalesce(sum(amount), 0)::int FROM refund_elsewhere e WHERE e.merchant_id = o.merchant_id AND e.order_number = o.order_number AND e.status = 'succeeded')
         + (SELECT coalesce(sum((c ->> 'amount')::int), 0)::int FROM jsonb_array_elements(o.document -> 'chargebacks') c WHERE c ->> 'status' = 'lost') AS stands
     FROM orders o WHERE o.order_number = $1`,
    [orderNumber],
  );
  expect(facts!.booked).toBe(facts!.stands);
}
