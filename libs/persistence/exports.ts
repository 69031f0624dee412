import type { Transaction } from './database';

export const exportNames = ['refunds', 'ledger', 'returns'] as const;
export type ExportName = (typeof exportNames)[number];
/** `from` is included, `to` is not; without one there is no end. RFC 3339. */
export interface Range {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}
/** SQL of a cell. `text` may be whatever somebody else has typed; the others are ids and codes of ours, numbers and times. */
interface Cell {
  readonly sql: string;
  readonly text: boolean;
}
const text = (sql: string): Cell => ({ sql, text: true });
const plain = (sql: string): Cell => ({ sql, text: false });

interface Export {
  /** By the names of their columns, in the file's sequence. */
  readonly columns: Readonly<Record<string, Cell>>;
  readonly from: string;
  /** The instant that `from` and `to` are about. */
  readonly at: string;
  /** Oldest first, along an index. */
  readonly order: string;
}

const zoned = (column: string) => plain(`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
const ofReturn = 'FROM refund f WHERE f.merchant_id = r.merchant_id AND f.return_id = r.id AND f.status';

/** Ids, codes, amounts and times: nothing personal, so that a file may lie wherever books lie. */
const definitions: Readonly<Record<ExportName, Export>> = {
  refunds: {
    columns: {
      id: plain('r.id'),
      returnId: plain('r.return_id'),
      orderNumber: text('r.order_number'),
      settlementId: plain('r.settlement_id'),
      tenderId: text('r.tender_id'),
      provider: text('r.provider'),
      providerPaymentId: text('r.provider_payment_id'),
      providerRefundId: text('r.provider_refund_id'),
      amount: plain('r.amount'),
      currency: plain('r.currency'),
      status: plain('r.status'),
      attempt: plain('r.attempt'),
      idempotencyKey: plain(
        `coalesce((SELECT a.idempotency_key FROM refund_attempt a WHERE a.merchant_id = r.merchant_id AND a.refund_id = r.id ORDER BY a.attempt DESC LIMIT 1), r.id || '/' || r.attempt)`,
      ),
      grantedBy: plain('r.granted_by'),
      approvedBy: plain(
        `(SELECT string_agg(p.by_user, ' ' ORDER BY p.at) FROM refund_approval p WHERE p.merchant_id = r.merchant_id AND p.refund_id = r.id AND p.decision = 'approved')`,
      ),
      redirectedFrom: plain('r.redirected_from'),
      createdAt: zoned('r.created_at'),
      updatedAt: zoned('r.updated_at'),
    },
    from: 'refund r',
    at: 'r.created_at',
    order: 'r.created_at, r.id',
  },
  ledger: {
    columns: {
      entryId: text('l.entry_id'),
      position: plain('l.position'),
      at: zoned('l.at'),
      type: plain('l.type'),
      returnId: plain('l.return_id'),
      refundId: plain('l.refund_id'),
      debitAccount: plain('l.from_account'),
      creditAccount: plain('l.to_account'),
      amount: plain('l.amount'),
      currency: plain('l.currency'),
    },
    from: 'ledger_posting l',
    at: 'l.at',
    order: 'l.at, l.entry_id, l.position',
  },
  returns: {
    columns: {
      id: plain('r.id'),
      number: plain('r.number'),
      orderNumber: text('r.order_number'),
      customerId: text('r.customer_id'),
      channel: text(`r.state ->> 'channel'`),
      status: plain('r.status'),
      statusSince: zoned('r.status_since'),
      priority: plain('r.priority'),
      attention: plain('r.attention'),
      policyId: plain(`r.state -> 'policy' ->> 'id'`),
      policyVersion: plain(`(r.state -> 'policy' ->> 'version')::int`),
      units: plain(`jsonb_array_length(r.state -> 'units')`),
      refundedAmount: plain(`coalesce((SELECT sum(f.amount) ${ofReturn} = 'succeeded'), 0)::bigint`),
      pendingAmount: plain(
        `coalesce((SELECT sum(f.amount) ${ofReturn} IN ('awaiting_approval', 'pending', 'unknown', 'failed', 'awaiting_payout')), 0)::bigint`,
      ),
      currency: plain(`r.state ->> 'currency'`),
      createdAt: zoned('r.created_at'),
      updatedAt: zoned('r.updated_at'),
      closedAt: zoned('r.closed_at'),
    },
    from: 'return r',
    at: 'r.created_at',
    order: 'r.created_at, r.id',
  },
};

export const columnsOf = (name: ExportName): readonly string[] => Object.keys(definitions[name].columns);

/**
 * A line as RFC 4180 wants it, without its end; nothing is an empty field. PostgreSQL writes it, so that a row is one short text in our memory instead of a dozen. A
 * spreadsheet takes a text that begins like a formula for one and runs it: such a text gets an apostrophe before it.
 */
export function csvLine(cells: readonly Cell[]): string {
  return `concat(${cells.map((cell) => (cell.text ? quotedCell(cell.sql) : cell.sql)).join(`, ',', `)})`;
}
const quotedCell = (sql: string) =>
  `CASE WHEN ${sql} ~ '[",\\s]|^[=+@-]' THEN concat('"', CASE WHEN ${sql} ~ '^[=+@\\t\\r-]' THEN '''' END, replace(${sql}, '"', '""'), '"') ELSE ${sql} END`;

/** The lines as one statement, oldest first. */
export function exportStatement(name: ExportName, { from, to }: Range): { readonly sql: string; readonly parameters: readonly string[] } {
  const { columns, from: source, at, order } = definitions[name];
  const parameters: string[] = [];
  const conditions = [from === undefined ? null : `${at} >= $${parameters.push(from)}`, to === undefined ? null : `${at} < $${parameters.push(to)}`].filter(
    (condition) => condition !== null,
  );
  const cells = Object.entries(columns);
  const raw = cells.map(([column, { sql }]) => `${sql} AS "${column}"`).join(', ');
  const line = csvLine(cells.map(([column, cell]) => ({ ...cell, sql: `"${column}"` })));
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  return { sql: `SELECT ${line} AS line FROM (SELECT ${raw} FROM ${source} ${where} ORDER BY ${order}) AS row`, parameters };
}

/** A reader of all lines, so many at a time; none means that it is over. For one transaction, which sees one moment. */
export async function openExport(tx: Transaction, name: ExportName, range: Range, size: number): Promise<() => Promise<{ line: string }[]>> {
  const { sql, parameters } = exportStatement(name, range);
  await tx.query(`DECLARE export NO SCROLL CURSOR FOR ${sql}`, parameters);
  return () => tx.query<{ line: string }>(`FETCH ${size} FROM export`);
}
