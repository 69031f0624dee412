import type { Transaction } from './database';

/** Of one account in one currency over a range; minor units. A posting debits the account it comes from and credits the one it goes to. */
export interface AccountMovement {
  readonly account: string;
  readonly currency: string;
  /** Debits less credits before the range. */
  readonly openingAmount: number;
  readonly debitAmount: number;
  readonly creditAmount: number;
}
/** What went from one account to another for one reason. */
export interface TypeMovement {
  readonly currency: string;
  readonly type: string;
  readonly debitAccount: string;
  readonly creditAccount: string;
  readonly count: number;
  readonly amount: number;
}

/** Everything before `to`, so that a range begins with what was there. */
export function accountMovements(tx: Transaction, from: string, to: string): Promise<AccountMovement[]> {
  return tx.query<AccountMovement>(
    `WITH pair AS (SELECT from_account, to_account, currency, at >= $1 AS inside, sum(amount) AS amount FROM ledger_posting WHERE at < $2 GROUP BY 1, 2, 3, 4)
     SELECT account, currency, coalesce(sum(debit - credit) FILTER (WHERE NOT inside), 0)::bigint AS "openingAmount",
       coalesce(sum(debit) FILTER (WHERE inside), 0)::bigint AS "debitAmount", coalesce(sum(credit) FILTER (WHERE inside), 0)::bigint AS "creditAmount"
     FROM pair CROSS JOIN LATERAL (VALUES (from_account, amount, 0), (to_account, 0, amount)) AS side (account, debit, credit)
     GROUP BY account, currency ORDER BY currency, account`,
    [from, to],
  );
}

export function typeMovements(tx: Transaction, from: string, to: string): Promise<TypeMovement[]> {
  return tx.query<TypeMovement>(
    `SELECT currency, type, from_account AS "debitAccount", to_account AS "creditAccount", count(*)::int AS count, sum(amount)::bigint AS amount
     FROM ledger_posting WHERE at >= $1 AND at < $2 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
    [from, to],
  );
}

export interface RefundGroup {
  readonly currency: string;
  readonly status: string;
  /** Of the tender; of a payout by hand or credit of our own, which no tender has, its name. */
  readonly tenderKind: string;
  readonly provider: string;
  readonly count: number;
  readonly amount: number;
}
/** Refunds that were made in the range, by what has become of them until now. */
export function refundGroups(tx: Transaction, from: string, to: string): Promise<RefundGroup[]> {
  return tx.query<RefundGroup>(
    `SELECT r.currency, r.status, coalesce(t.kind, r.tender_id) AS "tenderKind", r.provider, count(*)::int AS count, sum(r.amount)::bigint AS amount
     FROM refund r LEFT JOIN tender t ON t.merchant_id = r.merchant_id AND t.order_number = r.order_number AND t.tender_id = r.tender_id
     WHERE r.created_at >= $1 AND r.created_at < $2 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
    [from, to],
  );
}

export interface OpenRefunds {
  readonly currency: string;
  readonly status: string;
  readonly count: number;
  readonly amount: number;
  readonly oldestAt: Date;
}
const open = ['awaiting_approval', 'pending', 'unknown', 'failed', 'awaiting_payout'];
/** Refunds that were made before the end of the range and are promised and not paid even now. */
export function openRefunds(tx: Transaction, to: string): Promise<OpenRefunds[]> {
  return tx.query<OpenRefunds>(
    `SELECT currency, status, count(*)::int AS count, sum(amount)::bigint AS amount, min(created_at) AS "oldestAt"
     FROM refund WHERE status = ANY ($1::text[]) AND created_at < $2 GROUP BY 1, 2 ORDER BY 1, 2`,
    [open, to],
  );
}

export interface SettledGroup {
  readonly currency: string;
  readonly kind: 'tax' | 'shipping_tax' | 'fee' | 'clawback';
  /** A tax's name, a fee's or clawback's kind. */
  readonly name: string;
  /** Of a tax: a decimal. */
  readonly rate: string | null;
  readonly netAmount: number | null;
  readonly amount: number;
}
/**
 * What the settlements of the range gave back of each tax and kept as fees, less what was withdrawn in it: finance had not let it go. Settlements are what is owed in the
 * end, so advances are none. Fees and clawbacks are below zero, as in a settlement.
 */
export function settledGroups(tx: Transaction, from: string, to: string): Promise<SettledGroup[]> {
  return tx.query<SettledGroup>(
    `WITH told AS (
       SELECT currency, document, 1 AS sign FROM settlement WHERE created_at >= $1 AND created_at < $2 AND kind = 'settlement'
       UNION ALL
       SELECT s.currency, s.document, -1 FROM (
         SELECT DISTINCT substr(entry_id, 5, length(entry_id) - 9) AS id FROM ledger_posting WHERE at >= $1 AND at < $2 AND entry_id LIKE 'led\\_stl\\_%/undo') AS undone
         JOIN settlement s ON s.id = undone.id AND s.kind = 'settlement')
     SELECT currency, part.kind, part.name, part.rate, sum(sign * part.net)::bigint AS "netAmount", sum(sign * part.amount)::bigint AS amount FROM told CROSS JOIN LATERAL (
       SELECT 'tax', row ->> 'name', row ->> 'rate', (row ->> 'netAmount')::bigint, (row ->> 'taxAmount')::bigint FROM jsonb_array_elements(document -> 'taxes') AS row
       UNION ALL SELECT 'shipping_tax', 'shipping', NULL, NULL, (row ->> 'taxAmount')::bigint FROM jsonb_array_elements(document -> 'shipping') AS row
       UNION ALL SELECT 'fee', row ->> 'kind', NULL, NULL, (row ->> 'amount')::bigint FROM jsonb_array_elements(document -> 'fees') AS row
       UNION ALL SELECT 'clawback', row ->> 'kind', NULL, NULL, (row ->> 'amount')::bigint FROM jsonb_array_elements(document -> 'clawbacks') AS row
     ) AS part (kind, name, rate, net, amount) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
    [from, to],
  );
}
