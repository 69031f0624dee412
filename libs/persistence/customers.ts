import type { Transaction } from './database';

export interface CustomerRow {
  readonly id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly tier: string | null;
  readonly blocked: boolean;
  /** 0–100. */
  readonly riskScore: number;
  readonly updatedAt: Date;
}
/** What staff may set; a field that is left out stays. `tier: null` takes the tier away. */
export interface CustomerChange {
  readonly blocked?: boolean | undefined;
  readonly tier?: string | null | undefined;
  readonly riskScore?: number | undefined;
}
const columns = 'id, email, name, tier, blocked, risk_score AS "riskScore", updated_at AS "updatedAt"';

export async function readCustomer(tx: Transaction, id: string): Promise<CustomerRow | null> {
  const [row] = await tx.query<CustomerRow>(`SELECT ${columns} FROM customer WHERE id = $1`, [id]);
  return row ?? null;
}

export async function changeCustomer(tx: Transaction, id: string, { blocked, tier, riskScore }: CustomerChange): Promise<CustomerRow | null> {
  const [row] = await tx.query<CustomerRow>(
    `WITH changed AS (
       UPDATE customer SET blocked = coalesce($2, blocked), tier = CASE WHEN $3 THEN $4 ELSE tier END, risk_score = coalesce($5, risk_score), updated_at = now()
       WHERE id = $1 RETURNING *)
     SELECT ${columns} FROM changed`,
    [id, blocked ?? null, tier !== undefined, tier ?? null, riskScore ?? null],
  );
  return row ?? null;
}

/** Name, address and tier as the latest import says; what staff decided about the customer stays. An order that names no tier leaves it as it is. */
export async function rememberCustomer(tx: Transaction, customer: { id: string; email: string; name: string; tier: string | null }): Promise<void> {
  await tx.query(
    `INSERT INTO customer (merchant_id, id, email, name, tier) VALUES (current_setting('app.merchant_id'), $1, $2, $3, $4)
     ON CONFLICT (merchant_id, id) DO UPDATE SET email = excluded.email, name = excluded.name, tier = coalesce(excluded.tier, customer.tier), updated_at = now()
     WHERE (customer.email, customer.name, customer.tier) IS DISTINCT FROM (excluded.email, excluded.name, coalesce(excluded.tier, customer.tier))`,
    [customer.id, customer.email, customer.name, customer.tier],
  );
}
