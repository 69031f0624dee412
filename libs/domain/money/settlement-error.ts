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

/** A settlement names a version of a rule that this program does not have (any more, or yet): nothing can be computed by it. */
export class UnknownRuleVersion extends Error {
  override readonly name = 'UnknownRuleVersion';
  readonly code = 'unknown_rule_version';
  constructor(
    readonly rule: string,
    readonly version: unknown,
    known: readonly string[],
  ) {
    const named = version === undefined ? `no version of the rule "${rule}" is named` : `the rule "${rule}" has no version ${JSON.stringify(version)}`;
    super(`${named}; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`);
  }
}
