import { apiKeyScopes, type UserBody } from '#libs/contracts/access-requests';
import type { Database, Transaction } from '#libs/persistence/database';
import { newId } from '#libs/persistence/ids';
import { createMerchant } from './merchants';
import { tokenHash } from './tokens';
import { createUser } from './users';

const PASSWORD = 'boomerang';
const demo = [
  { id: 'demo', name: 'Demo', adminEmail: 'admin@demo.example', key: 'bmk_demo_local_only' },
  { id: 'other', name: 'Other', adminEmail: 'admin@other.example', key: 'bmk_other_local_only' },
];
type DemoUser = Pick<UserBody, 'email' | 'name' | 'role'> & Partial<UserBody>;
const limits = { goodwillLimitAmount: 5000, decisionLimitAmount: 100_000 };
const demoUsers: readonly DemoUser[] = [
  { email: 'customer@demo.example', name: 'Demo customer', role: 'customer' },
  { email: 'agent@demo.example', name: 'Demo agent', role: 'agent', ...limits },
  { email: 'agent2@demo.example', name: 'Second demo agent', role: 'agent', ...limits },
  { email: 'warehouse@demo.example', name: 'Demo warehouse', role: 'warehouse', warehouse: 'main' },
  { email: 'finance@demo.example', name: 'Demo finance', role: 'finance' },
  { email: 'finance2@demo.example', name: 'Second demo finance', role: 'finance' },
];

/** The merchants, users and API keys of the local stack (CONTRACT §2). What is there already stays as it is; several processes may start at once. Never in production: the passwords are known. */
export async function ensureDemo(database: Database): Promise<void> {
  for (const merchant of demo) {
    await database.inMerchant(merchant.id, async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(7620042)');
      const [there] = await tx.query('SELECT id FROM merchant WHERE id = $1', [merchant.id]);
      if (!there) await createMerchant(tx, { ...merchant, adminPassword: PASSWORD });
      if (merchant.id === 'demo') await ensureUsers(tx);
      await tx.query('INSERT INTO api_key (id, merchant_id, name, key_hash, scopes) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING', [
        newId('key'),
        merchant.id,
        'Local stack',
        tokenHash(merchant.key),
        apiKeyScopes,
      ]);
    });
  }
}

async function ensureUsers(tx: Transaction): Promise<void> {
  await tx.query(
    "UPDATE user_account SET goodwill_limit_amount = $1, decision_limit_amount = $2 WHERE email = 'admin@demo.example' AND goodwill_limit_amount = 0 AND decision_limit_amount = 0",
    [limits.goodwillLimitAmount, limits.decisionLimitAmount],
  );
  const present = new Set((await tx.query<{ email: string }>('SELECT email FROM user_account')).map(({ email }) => email));
  for (const user of demoUsers.filter(({ email }) => !present.has(email))) {
    await createUser(
      tx,
      'demo',
      { warehouse: null, goodwillLimitAmount: 0, decisionLimitAmount: 0, active: true, password: PASSWORD, ...user },
      { kind: 'system', id: 'system' },
    );
  }
}
