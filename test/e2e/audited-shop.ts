import { randomUUID } from 'node:crypto';
import { Client, type QueryResult, type QueryResultRow } from 'pg';
import { apiKeyScopes } from '#libs/contracts/access-requests';
import { createMerchant } from '#libs/access/merchants';
import { Database, type Prepared, type Transaction } from '#libs/persistence/database';
import { postForMerchant } from '#libs/persistence/ledger';
import { client, login, stack, until, type Body, type Client as Caller } from '../stack/stack';
import { anOrder, application, expectStatus, uniqueNumber } from './journey';

/** A shop of its own with a handful of returns: small enough to be audited hundreds of times. */
export class AuditedShop {
  private constructor(
    readonly id: string,
    readonly admin: Caller,
    private readonly shop: Caller,
  ) {}

  static async open(): Promise<AuditedShop> {
    const id = uniqueNumber('audited').toLowerCase();
    const [email, password] = [`admin@${id}.example`, 'correct horse battery'];
    const database = await Database.connect({ url: stack().databaseUrl, poolSize: 1 });
    try {
      await database.inMerchant(id, (tx) => createMerchant(tx, { id, name: 'Audited', adminEmail: email, adminPassword: password }));
    } finally {
      await database.close();
    }
    const admin = await login(email, password);
    const key = expectStatus(await admin.post('/v1/api-keys', { name: 'shop', scopes: apiKeyScopes }), 201).key as string;
    return new AuditedShop(id, admin, client(key));
  }

  /** A return with a refund, a gesture of goodwill, a note and a rating beside it. Answers its id. */
  async refund(): Promise<string> {
    const order = anOrder();
    expectStatus(await this.shop.put(`/v1/orders/${order.orderNumber}`, order), 201);
    const { id } = expectStatus(await this.shop.post('/v1/returns', application(order), { key: randomUUID() }), 201) as Body;
    const trackingNumber = uniqueNumber('TRK');
    const command = async (caller: Caller, path: string, body: unknown, status = 200) =>
      expectStatus(await caller.post(`/v1/returns/${id}/${path}`, body, { key: randomUUID() }), status);
    await command(this.shop, 'shipment', { carrier: 'sf', trackingNumber });
    const receipt = { trackingNumber, lines: [{ lineId: '1', quantity: 1 }] };
    expectStatus(await this.admin.post('/v1/receipts', receipt, { key: randomUUID() }), 201);
    await command(this.admin, 'inspections', { lines: [{ lineId: '1', units: [{ quantity: 1, grade: 'A', disposition: 'restock', accepted: true }] }] });
    await command(this.admin, 'notes', { text: 'called the customer', visibility: 'internal' });
    await until(async () => (await this.admin.get(`/v1/returns/${id}`)).body.status === 'completed', 60_000, `${id} to be completed`);
    return id as string;
  }

  /** Money that moved outside of any return. */
  async movement(): Promise<void> {
    const database = await Database.connect({ url: stack().databaseUrl, poolSize: 1 });
    try {
      await database.inMerchant(this.id, (tx) =>
        postForMerchant(tx, this.id, {
          id: `test/${randomUUID()}`,
          refundId: null,
          type: 'refunded_elsewhere',
          actor: { kind: 'provider', id: 'payment/sandbox' },
          data: { orderNumber: 'O1' },
          postings: [{ from: 'customer_receivable', to: 'provider_clearing', amount: 100, currency: 'CNY', type: 'refund_paid' }],
        }),
      );
    } finally {
      await database.close();
    }
  }
}

/** One transaction that is never committed: whatever is done to the shop's rows in it is seen by an audit inside, and by nobody else. */
export class Rehearsal {
  /** A connection does one thing at a time. */
  private last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly connection: Client) {}

  static async begin(): Promise<Rehearsal> {
    const connection = new Client({ connectionString: stack().databaseUrl });
    await connection.connect();
    await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    // As somebody who may do anything does it: no trigger, no foreign key.
    await connection.query('SET LOCAL session_replication_role = replica');
    return new Rehearsal(connection);
  }
  async end(): Promise<void> {
    await this.connection.query('ROLLBACK');
    await this.connection.end();
  }

  private run(text: string, values: readonly unknown[] = []): Promise<QueryResult> {
    const next = this.last.then(() => this.connection.query(text, [...values]));
    this.last = next.catch(() => undefined);
    return next;
  }

  /** What is done in it is undone after it. */
  async undone<T>(work: () => Promise<T>): Promise<T> {
    await this.run('SAVEPOINT before');
    try {
      return await work();
    } finally {
      await this.run('ROLLBACK TO SAVEPOINT before; RESET ROLE');
    }
  }
  /** As the owner of the database. */
  async sql<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return ((await this.run(text, values)) as QueryResult<Row>).rows;
  }
  /** Answers how many rows were changed. */
  async change(text: string, values: readonly unknown[] = []): Promise<number> {
    return (await this.run(text, values)).rowCount ?? 0;
  }

  /** The ways of `Database` that audits and checkpoints take. */
  readonly snapshot = async <T>(merchantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> => {
    await this.run(`SET LOCAL ROLE boomerang_app; SET LOCAL app.merchant_id = '${merchantId}'`);
    const query = async <Row>(sql: string | Prepared, values: readonly unknown[] = []) =>
      (await this.run(typeof sql === 'string' ? sql : sql.text, values)).rows as Row[];
    const writes: Promise<unknown>[] = [];
    try {
      const result = await work({ query, write: (sql, values) => void writes.push(query(sql, values)) });
      await Promise.all(writes);
      return result;
    } finally {
      await this.run('RESET ROLE').catch(() => undefined); // the work's own error says more
    }
  };
  readonly ask = <Row>(merchantId: string, sql: Prepared, values: readonly unknown[]): Promise<Row[]> =>
    this.snapshot(merchantId, (tx) => tx.query<Row>(sql, values));
}
