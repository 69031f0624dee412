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

export const deadlocks = async (): Promise<number> => {
  const [row] = await direct.sql<{ deadlocks: number }>('SELECT sum(deadlocks)::int AS deadlocks FROM pg_stat_database');
  return row!.deadlocks;
};

/** Balances of an order that must hold whatever happened: claims never above what was captured, and every sum the sum of its rows. */
export async function expectSoundBooks(orderNumber: string): Promise<void> {
  const tenders = await direct.sql<{ tenderId: string; captured: number; refunded: number; pending: number; paidOut: number; underWay: number }>(
    `SELECT t.tender_id AS "tenderId", t.captured_amount::int AS captured, t.refunded_amount::int AS refunded, t.pending_amount::int AS pending,
       coalesce(sum(r.amount) FILTER (WHERE r.status = 'succeeded'), 0)::int AS "paidOut",
       coalesce(sum(r.amount) FILTER (WHERE r.status IN ('awaiting_approval', 'pending', 'unknown', 'failed', 'awaiting_payout')), 0)::int AS "underWay"
     FROM tender t LEFT JOIN refund r ON r.merchant_id = t.merchant_id AND r.order_number = t.order_number AND r.tender_id = t.tender_id
     WHERE t.order_number = $1 GROUP BY t.merchant_id, t.order_number, t.tender_id`,
    [orderNumber],
  );
  expect(tenders.length).toBeGreaterThan(0);
  for (const { captured, refunded, pending, paidOut, underWay } of tenders) {
    expect(refunded + pending).toBeLessThanOrEqual(captured);
    expect({ refunded, pending }).toEqual({ refunded: paidOut, pending: underWay });
  }
  const [order] = await direct.sql<{ granted: number; settled: number; paidOut: number }>(
    `SELECT o.granted_amount::int AS granted, (SELECT coalesce(sum(total), 0)::int FROM settlement s WHERE s.order_number = o.order_number
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
}
