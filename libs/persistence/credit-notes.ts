import type { SettlementRefund } from '#libs/domain/money/credit-note';
import type { Settlement, SettlementInput } from '#libs/domain/money/settlement-types';
import type { Order } from '#libs/domain/order';
import type { Transaction } from './database';

/** All that a credit note says about a refund. Names and addresses are the order's, as long as they are stored there. */
export interface CreditNoteRow {
  readonly refundId: string;
  readonly status: string;
  /** Minor units of `currency`. */
  readonly amount: number;
  readonly currency: string;
  readonly tenderId: string;
  readonly provider: string;
  readonly providerRefundId: string | null;
  /** When the provider, or a person, said that it was paid; null before. */
  readonly paidAt: Date | null;
  readonly merchant: string;
  readonly returnId: string;
  readonly returnNumber: string;
  readonly order: Order;
  readonly settlementId: string;
  /** `advance`: money on account, before the goods are inspected. */
  readonly settlementKind: 'settlement' | 'advance';
  readonly settlement: Settlement;
  readonly inputs: SettlementInput;
  /** All refunds of the settlement, in no sequence. */
  readonly refunds: readonly SettlementRefund[];
}

export async function readCreditNote(tx: Transaction, refundId: string): Promise<CreditNoteRow | null> {
  const [row] = await tx.query<CreditNoteRow>(
    `SELECT r.id AS "refundId", r.status, r.amount, r.currency, r.tender_id AS "tenderId", r.provider, r.provider_refund_id AS "providerRefundId",
       (SELECT max(answered_at) FROM refund_attempt a WHERE a.merchant_id = r.merchant_id AND a.refund_id = r.id AND a.status = 'succeeded') AS "paidAt",
       m.name AS merchant, r.return_id AS "returnId", t.number AS "returnNumber", o.document AS "order",
       s.id AS "settlementId", s.kind AS "settlementKind", s.document AS settlement, s.inputs,
       (SELECT jsonb_agg(jsonb_build_object('refundId', f.id, 'amount', f.amount, 'status', f.status, 'redirectedFrom', f.redirected_from))
        FROM refund f WHERE f.merchant_id = r.merchant_id AND f.return_id = r.return_id AND f.settlement_id = r.settlement_id) AS refunds
     FROM refund r
     JOIN settlement s ON s.merchant_id = r.merchant_id AND s.id = r.settlement_id
     JOIN return t ON t.merchant_id = r.merchant_id AND t.id = r.return_id
     JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_number = r.order_number
     JOIN merchant m ON m.id = r.merchant_id
     WHERE r.id = $1`,
    [refundId],
  );
  return row ?? null;
}
