import type { UserBody, UserChangeBody, UserRole } from '#libs/contracts/access-requests';
import type { Actor } from '#libs/contracts/caller';
import type { Transaction } from '#libs/persistence/database';
import { newId } from '#libs/persistence/ids';
import { appendToMerchantLog } from '#libs/persistence/log';
import { hashPassword } from './passwords';

/** A user as callers see it. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
  readonly warehouse: string | null;
  readonly goodwillLimitAmount: number;
  readonly decisionLimitAmount: number;
  readonly active: boolean;
  readonly createdAt: Date;
}
export const userColumns = `id, email, name, role, warehouse, goodwill_limit_amount AS "goodwillLimitAmount", decision_limit_amount AS "decisionLimitAmount", active, created_at AS "createdAt"`;

/** The new user, or null when somebody (of any merchant) has the address already. */
export async function createUser(tx: Transaction, merchantId: string, user: UserBody, actor: Actor): Promise<User | null> {
  const [made] = await tx.query<User>(
    `INSERT INTO user_account (id, merchant_id, email, name, role, password_hash, warehouse, goodwill_limit_amount, decision_limit_amount, active)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING ${userColumns}`,
    [
      newId('usr'),
      merchantId,
      user.email,
      user.name,
      user.role,
      user.password === null ? null : await hashPassword(user.password),
      user.warehouse,
      user.goodwillLimitAmount,
      user.decisionLimitAmount,
      user.active,
    ],
  );
  if (!made) return null;
  await appendToMerchantLog(tx, merchantId, { type: 'user_created', actor, data: { userId: made.id, ...rights(made) } });
  return made;
}

const columnOf = {
  email: 'email',
  name: 'name',
  role: 'role',
  warehouse: 'warehouse',
  goodwillLimitAmount: 'goodwill_limit_amount',
  decisionLimitAmount: 'decision_limit_amount',
  active: 'active',
} as const satisfies Record<Exclude<keyof UserChangeBody, 'password'>, string>;

export type UserChange = { readonly outcome: 'changed'; readonly user: User; readonly signedOut: boolean } | { readonly outcome: 'unknown' | 'last_admin' };

/**
 * Changes some fields. Whoever loses a role, the account or the password is signed out everywhere. An address somebody (of any merchant) has already breaks
 * the constraint `user_account_email`.
 */
export async function changeUser(tx: Transaction, merchantId: string, userId: string, change: UserChangeBody, actor: Actor): Promise<UserChange> {
  // All admins are locked first, so that two of them cannot remove each other at once.
  const admins = await tx.query<{ id: string }>("SELECT id FROM user_account WHERE role = 'admin' AND active ORDER BY id FOR UPDATE");
  const [before] = await tx.query<User>(`SELECT ${userColumns} FROM user_account WHERE id = $1 FOR UPDATE`, [userId]);
  if (!before) return { outcome: 'unknown' };
  const staysAdmin = (change.role ?? before.role) === 'admin' && (change.active ?? before.active);
  if (!staysAdmin && admins.length === 1 && admins[0]!.id === userId) return { outcome: 'last_admin' };
  const user = await write(tx, before, change);
  const signedOut = user.role !== before.role || !user.active || change.password !== undefined;
  if (signedOut) await endSessions(tx, userId);
  const fields = Object.keys(change).toSorted();
  if (fields.length > 0) await appendToMerchantLog(tx, merchantId, { type: 'user_changed', actor, data: { userId, fields, ...rights(user) } });
  return { outcome: 'changed', user, signedOut };
}

/** Nobody stays in with what a changed account allowed before. */
export async function endSessions(tx: Transaction, userId: string): Promise<void> {
  await tx.query('DELETE FROM session WHERE user_id = $1', [userId]);
}

async function write(tx: Transaction, before: User, { password, ...change }: UserChangeBody): Promise<User> {
  const values = Object.entries(change).filter(([, value]) => value !== undefined);
  const assignments = values.map(([field], index) => `${columnOf[field as keyof typeof columnOf]} = $${index + 2}`);
  const parameters: unknown[] = [before.id, ...values.map(([, value]) => value)];
  if (password !== undefined) assignments.push(`password_hash = $${parameters.push(await hashPassword(password))}`);
  if (assignments.length === 0) return before;
  const [user] = await tx.query<User>(
    `WITH changed AS (UPDATE user_account SET ${assignments.join(', ')} WHERE id = $1 RETURNING *) SELECT ${userColumns} FROM changed`,
    parameters,
  );
  return user!;
}

/** What the log keeps: no name, no address. */
const rights = ({ role, active, goodwillLimitAmount, decisionLimitAmount }: User) => ({ role, active, goodwillLimitAmount, decisionLimitAmount });
