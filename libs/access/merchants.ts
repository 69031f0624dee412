import type { UserBody } from '#libs/contracts/access-requests';
import { defaultPolicy } from '#libs/domain/policy/default-policy';
import type { Transaction } from '#libs/persistence/database';
import { appendToMerchantLog } from '#libs/persistence/log';
import { createPolicy, publishPolicy } from '#libs/persistence/policies';
import { createUser } from './users';

export interface NewMerchant {
  /** Lower-case letters, digits and hyphens. */
  readonly id: string;
  readonly name: string;
  readonly adminEmail: string;
  readonly adminPassword: string;
  /** Of the amounts in the default policy; CNY when left out. */
  readonly currency?: string;
}

/** Older than any order that could come back. */
const BEGINNING = '2020-01-01T00:00:00Z';

/**
 * A merchant with its first admin and the default policy in force; the calendars `24x7` and `CN` are built in. Inside `inMerchant(id, …)`.
 * @throws Error when the id or the admin's address is taken
 */
export async function createMerchant(tx: Transaction, { id, name, adminEmail, adminPassword, currency = 'CNY' }: NewMerchant): Promise<void> {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(id)) throw new Error('a merchant id is 1 to 40 lower-case letters, digits and hyphens');
  const made = await tx.query('INSERT INTO merchant (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id', [id, name]);
  if (made.length === 0) throw new Error(`there is a merchant ${id} already`);
  await appendToMerchantLog(tx, id, { type: 'merchant_created', actor: system, data: { merchantId: id } });
  const policy = await createPolicy(tx, defaultPolicy(currency, BEGINNING));
  await publishPolicy(tx, policy.id);
  await appendToMerchantLog(tx, id, { type: 'policy_published', actor: system, data: { policyId: policy.id, version: policy.version } });
  const admin = await createUser(tx, id, { ...adminDefaults, email: adminEmail, name: `${name} admin`, password: adminPassword }, system);
  if (!admin) throw new Error('the address of the admin belongs to another account');
}

const system = { kind: 'system', id: 'system' } as const;
const adminDefaults = { role: 'admin', warehouse: null, goodwillLimitAmount: 0, decisionLimitAmount: 0, active: true } as const satisfies Partial<UserBody>;
