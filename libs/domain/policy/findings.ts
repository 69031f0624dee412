/** Why a line cannot be returned as asked (CONTRACT §10): a closed list. */
export const findingCodes = [
  'window_closed',
  'not_delivered',
  'final_sale',
  'category_excluded',
  'quantity_unavailable',
  'reason_not_allowed',
  'resolution_not_allowed',
  'method_not_allowed',
  'evidence_required',
  'customer_blocked',
  'exchange_price_higher',
  'out_of_stock',
  'amount_too_high',
] as const;
export type FindingCode = (typeof findingCodes)[number];
export interface Finding {
  readonly code: FindingCode;
  /** One sentence for a person. */
  readonly detail: string;
}
