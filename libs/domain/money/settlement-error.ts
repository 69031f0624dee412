/**
 * A settlement that cannot be made.
 * - `amount_unavailable`: what the tenders still hold does not carry the total.
 * - `units_unavailable`: a unit was refunded already, or stands twice in the input.
 * - `invalid_input`: a line, unit or amount the order does not have.
 */
export class SettlementError extends Error {
  override readonly name = 'SettlementError';
  constructor(
    readonly code: 'amount_unavailable' | 'units_unavailable' | 'invalid_input',
    message: string,
  ) {
    super(message);
  }
}
