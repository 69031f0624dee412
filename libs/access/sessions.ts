import type { Caller, Role } from '#libs/contracts/caller';
import type { Database } from '#libs/persistence/database';
import { passwordMatches } from './passwords';
import { newSessionToken, SESSION_LIFE, tokenHash } from './tokens';
import { userColumns, type User } from './users';

export interface Grant {
  readonly token: string;
  readonly expiresAt: string;
}

/** A token for the account, or null: wrong address, wrong password and an account that is switched off look alike and take as long. */
export async function login(database: Database, email: string, password: string): Promise<(Grant & { user: User }) | null> {
  const [found] = await database.asSystem((tx) =>
    tx.query<User & { merchantId: string; passwordHash: string | null }>(
      `SELECT ${userColumns}, merchant_id AS "merchantId", password_hash AS "passwordHash" FROM user_account WHERE lower(email) = lower($1) AND active`,
      [email],
    ),
  );
  if (!(await passwordMatches(password, found?.passwordHash ?? null)) || !found) return null;
  const { merchantId, passwordHash, ...user } = found;
  const [token, expiresAt] = newGrant();
  // The password was looked at outside the transaction: it must still be the one.
  const opened = await database.asSystem((tx) =>
    tx.query(
      `INSERT INTO session (token_hash, merchant_id, user_id, expires_at)
       SELECT $1, merchant_id, id, $2 FROM user_account WHERE id = $3 AND merchant_id = $4 AND active AND password_hash = $5 FOR SHARE RETURNING token_hash`,
      [tokenHash(token), expiresAt, user.id, merchantId, passwordHash],
    ),
  );
  return opened.length > 0 ? { token, expiresAt, user } : null;
}

/** A token that opens one order, for who knows its number and address. One statement whether they fit or not. Two shops with the same number and address: the later order. */
export async function openOrder(database: Database, orderNumber: string, email: string): Promise<Grant | null> {
  const [token, expiresAt] = newGrant();
  const opened = await database.asSystem((tx) =>
    tx.query(
      `INSERT INTO session (token_hash, merchant_id, order_number, email, expires_at)
       SELECT $1, o.merchant_id, o.order_number, o.customer_email, $2
       FROM merchant m JOIN orders o ON o.merchant_id = m.id AND o.order_number = $3 WHERE lower(o.customer_email) = lower($4) ORDER BY o.placed_at DESC LIMIT 1
       RETURNING token_hash`,
      [tokenHash(token), expiresAt, orderNumber, email],
    ),
  );
  return opened.length > 0 ? { token, expiresAt } : null;
}

function newGrant(): [token: string, expiresAt: string] {
  return [newSessionToken(), new Date(Date.now() + SESSION_LIFE).toISOString()];
}

export interface ResolvedToken {
  readonly caller: Caller;
  /** Milliseconds since 1970; keys have no end. */
  readonly expiresAt: number;
}
interface TokenRow {
  readonly merchantId: string;
  readonly role: Role;
  readonly id: string;
  readonly scopes: string[];
  readonly email: string | null;
  readonly orderNumber: string | null;
  readonly goodwillLimitAmount: number;
  readonly decisionLimitAmount: number;
  readonly expiresAt: Date | null;
}

/** Who a token or key stands for; null when it is unknown, over, revoked, or its account is switched off. */
export async function resolveToken(database: Database, token: string): Promise<ResolvedToken | null> {
  const sql = token.startsWith('bmk_') ? ofKey : token.startsWith('bmt_') ? ofSession : null;
  if (!sql || token.length > 200) return null;
  const [row] = await database.asSystem((tx) => tx.query<TokenRow>(sql, [tokenHash(token)]));
  if (!row) return null;
  const { expiresAt, ...caller } = row;
  return { caller, expiresAt: expiresAt?.getTime() ?? Infinity };
}

const ofSession = `
SELECT s.merchant_id AS "merchantId", coalesce(u.role, 'customer') AS role, coalesce(u.id, 'order/' || s.order_number) AS id, '{}'::text[] AS scopes,
  CASE WHEN u.id IS NULL THEN s.email WHEN u.role = 'customer' THEN u.email END AS email, s.order_number AS "orderNumber",
  coalesce(u.goodwill_limit_amount, 0) AS "goodwillLimitAmount", coalesce(u.decision_limit_amount, 0) AS "decisionLimitAmount", s.expires_at AS "expiresAt"
FROM session s LEFT JOIN user_account u ON u.id = s.user_id WHERE s.token_hash = $1 AND s.expires_at > now() AND (s.user_id IS NULL OR u.active)`;

const ofKey = `
SELECT merchant_id AS "merchantId", 'service' AS role, id, scopes, NULL AS email, NULL AS "orderNumber", 0::bigint AS "goodwillLimitAmount", 0::bigint AS "decisionLimitAmount", NULL AS "expiresAt"
FROM api_key WHERE key_hash = $1 AND revoked_at IS NULL`;
