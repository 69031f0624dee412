import type { Settlement, SettlementInput } from '#libs/domain/money/settlement-types';
import type { Transaction } from './database';

export interface RefundRow {
  readonly id: string;
  readonly returnId: string;
  readonly orderNumber: string;
  readonly settlementId: string;
  readonly tenderId: string;
  readonly provider: string;
  readonly providerPaymentId: string | null;
  /** Minor units of `currency`. */
  readonly amount: number;
  readonly currency: string;
  readonly status: string;
  readonly attempt: number;
  readonly providerRefundId: string | null;
  readonly grantedBy: string;
  readonly redirectedFrom: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Oldest first. */
  readonly attempts: readonly RefundAttemptRow[];
  readonly approvals: readonly { readonly decision: string; readonly by: string; readonly note: string | null; readonly at: string }[];
  /** `created_at` to the microsecond, for the cursor. */
  readonly position: string;
}
export interface RefundAttemptRow {
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly status: string;
  readonly code: string | null;
  readonly providerRefundId: string | null;
  readonly requestedAt: string;
  readonly answeredAt: string | null;
}
export interface RefundFilter {
  readonly status?: string | undefined;
  readonly provider?: string | undefined;
  readonly returnId?: string | undefined;
  /** Inclusive. */
  readonly from?: string | undefined;
  /** Exclusive. */
  readonly to?: string | undefined;
}

const zoned = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const refundColumns = `r.id, r.return_id AS "returnId", r.order_number AS "orderNumber", r.settlement_id AS "settlementId", r.tender_id AS "tenderId", r.provider,
  r.provider_payment_id AS "providerPaymentId", r.amount, r.currency, r.status, r.attempt, r.provider_refund_id AS "providerRefundId", r.granted_by AS "grantedBy",
  r.redirected_from AS "redirectedFrom", r.created_at AS "createdAt", r.updated_at AS "updatedAt", r.created_at::text AS position,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('attempt', a.attempt, 'idempotencyKey', a.idempotency_key, 'status', a.status, 'code', a.code,
      'providerRefundId', a.provider_refund_id, 'requestedAt', ${zoned('a.requested_at')}, 'answeredAt', ${zoned('a.answered_at')}) ORDER BY a.attempt), '[]')
    FROM refund_attempt a WHERE a.merchant_id = r.merchant_id AND a.refund_id = r.id) AS attempts,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('decision', p.decision, 'by', p.by_user, 'note', p.note, 'at', ${zoned('p.at')}) ORDER BY p.at), '[]')
    FROM refund_approval p WHERE p.merchant_id = r.merchant_id AND p.refund_id = r.id) AS approvals`;

export async function readRefund(tx: Transaction, id: string): Promise<RefundRow | null> {
  const [row] = await tx.query<RefundRow>(`SELECT ${refundColumns} FROM refund r WHERE r.id = $1`, [id]);
  return row ?? null;
}

/** Newest first. `after`: `[position, id]` of the last one seen. */
export async function listRefunds(tx: Transaction, filter: RefundFilter, after: readonly [string, string] | null, limit: number): Promise<RefundRow[]> {
  const where = new Conditions();
  where.add('r.status = ?', filter.status).add('r.provider = ?', filter.provider).add('r.return_id = ?', filter.returnId);
  where.add('r.created_at >= ?', filter.from).add('r.created_at < ?', filter.to);
  if (after) where.add('(r.created_at, r.id) < (?, ?)', ...after);
  return tx.query<RefundRow>(
    `SELECT ${refundColumns} FROM refund r ${where.and()} ORDER BY r.created_at DESC, r.id DESC LIMIT ${where.place(limit)}`,
    where.parameters,
  );
}

/** Conditions of a list, with their parameters: only what is asked for, so that PostgreSQL plans for just that. */
class Conditions {
  readonly parameters: unknown[] = [];
  private readonly parts: string[] = [];

  /** Each `?` stands for the next value; left out when the first one is undefined. */
  add(condition: string, ...values: readonly (string | number | undefined)[]): this {
    if (values[0] === undefined) return this;
    let next = 0;
    return this.say(condition.replaceAll('?', () => this.place(values[next++])));
  }
  say(condition: string): this {
    this.parts.push(condition);
    return this;
  }
  place(value: unknown): string {
    return `$${this.parameters.push(value)}`;
  }
  and(...more: readonly string[]): string {
    const all = [...this.parts, ...more];
    return all.length > 0 ? `WHERE ${all.join(' AND ')}` : '';
  }
}

export interface LedgerEntry {
  readonly id: string;
  readonly at: Date;
  readonly returnId: string | null;
  readonly refundId: string | null;
  /** Of its first posting. */
  readonly type: string;
  readonly currency: string;
  /** In the sequence they were posted. */
  readonly postings: readonly { readonly from: string; readonly to: string; readonly amount: number }[];
  /** `at` to the microsecond, for the cursor. */
  readonly position: string;
}
export interface LedgerFilter {
  readonly account?: string | undefined;
  readonly returnId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Newest first, whole entries: one is listed when any of its postings is asked for. `after`: `[position, id]` of the last one seen. */
export async function listLedger(tx: Transaction, filter: LedgerFilter, after: readonly [string, string] | null, limit: number): Promise<LedgerEntry[]> {
  const where = new Conditions();
  where.add('return_id = ?', filter.returnId).add('at >= ?', filter.from).add('at < ?', filter.to);
  if (after) where.add('(at, entry_id) < (?, ?)', ...after);
  const account = filter.account === undefined ? null : where.place(filter.account);
  const size = where.place(limit);
  const some = (...more: readonly string[]) =>
    `SELECT at, entry_id FROM ledger_posting ${where.and(...more)} GROUP BY at, entry_id ORDER BY at DESC, entry_id DESC LIMIT ${size}`;
  // An account is one side of a posting or the other: each side has its index, and an entry may be on both.
  const page =
    account === null
      ? some()
      : `(${some(`from_account = ${account}`)}) UNION (${some(`to_account = ${account}`)}) ORDER BY at DESC, entry_id DESC LIMIT ${size}`;
  return tx.query<LedgerEntry>(
    `WITH page AS (${page})
     SELECT page.entry_id AS id, page.at, page.at::text AS position, whole.* FROM page CROSS JOIN LATERAL (
       SELECT min(return_id) AS "returnId", min(refund_id) AS "refundId", (array_agg(type ORDER BY l.position))[1] AS type, min(currency) AS currency,
         jsonb_agg(jsonb_build_object('from', from_account, 'to', to_account, 'amount', amount) ORDER BY l.position) AS postings
       FROM ledger_posting l WHERE l.entry_id = page.entry_id) AS whole
     ORDER BY page.at DESC, page.entry_id DESC`,
    where.parameters,
  );
}

export interface AccountBalance {
  readonly account: string;
  readonly currency: string;
  readonly debitAmount: number;
  readonly creditAmount: number;
  /** Debits less credits. */
  readonly balanceAmount: number;
}

/** What was posted until `at` (included; null: all there is): a posting debits the account it comes from and credits the one it goes to. */
export async function ledgerBalances(tx: Transaction, at: string | null): Promise<AccountBalance[]> {
  return tx.query<AccountBalance>(
    `WITH pair AS (SELECT from_account, to_account, currency, sum(amount) AS amount FROM ledger_posting WHERE $1::timestamptz IS NULL OR at <= $1 GROUP BY 1, 2, 3)
     SELECT account, currency, sum(debit)::bigint AS "debitAmount", sum(credit)::bigint AS "creditAmount", sum(debit - credit)::bigint AS "balanceAmount"
     FROM pair CROSS JOIN LATERAL (VALUES (from_account, amount, 0), (to_account, 0, amount)) AS side (account, debit, credit)
     GROUP BY account, currency ORDER BY account, currency`,
    [at],
  );
}

export interface StoredSettlement {
  readonly id: string;
  readonly document: Settlement;
  readonly inputs: SettlementInput;
  readonly rules: unknown;
}

/** The settlement a refund pays. */
export async function settlementOfRefund(tx: Transaction, refundId: string): Promise<StoredSettlement | null> {
  const [row] = await tx.query<StoredSettlement>(
    'SELECT s.id, s.document, s.inputs, s.rules FROM refund r JOIN settlement s ON s.merchant_id = r.merchant_id AND s.id = r.settlement_id WHERE r.id = $1',
    [refundId],
  );
  return row ?? null;
}

/** The id of a return from its id or number as stored; null when the caller's merchant has none such. */
export async function findReturnId(tx: Transaction, id: string, number: string | null): Promise<string | null> {
  const [row] = number
    ? await tx.query<{ id: string }>('SELECT id FROM return WHERE number = $1', [number])
    : await tx.query<{ id: string }>('SELECT id FROM return WHERE id = $1', [id]);
  return row?.id ?? null;
}
