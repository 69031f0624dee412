/** Who calls, as the token says. Roles are closed (CONTRACT §2). */
export const roles = ['customer', 'agent', 'warehouse', 'finance', 'admin', 'service'] as const;
export type Role = (typeof roles)[number];
export interface Caller {
  readonly merchantId: string;
  readonly role: Role;
  /** `usr_…`, `key_…`, or `order/<orderNumber>` for a token that opens one order alone. */
  readonly id: string;
  /** Of an API key; empty for everybody else. */
  readonly scopes: readonly string[];
  /** A customer sees the orders of this address only; null for staff and keys. */
  readonly email: string | null;
  /** A token from order-access sees this order only. */
  readonly orderNumber: string | null;
  readonly goodwillLimitAmount: number;
  readonly decisionLimitAmount: number;
}
/** What the log and the command row keep of a caller: no personal data. */
export type { Actor } from '#libs/domain/return/input';
