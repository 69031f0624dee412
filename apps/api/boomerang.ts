#!/usr/bin/env node
import { createMerchant } from '#libs/access/merchants';
import { isCurrency } from '#libs/domain/policy/currencies';
import { Database } from '#libs/persistence/database';
import { migrate } from '#libs/persistence/migrate';

const usage = `usage:
  boomerang migrate
  boomerang merchant create --id ID --name NAME --admin EMAIL [--currency CNY]     (the password comes from BOOMERANG_ADMIN_PASSWORD)
The database is DATABASE_URL.`;

/** What an operator does by hand: everything else is HTTP. */
async function main(args: readonly string[]): Promise<void> {
  const url = process.env.DATABASE_URL;
  const command = args.join(' ');
  if (!url || args.length === 0) throw new Error(usage);
  if (command === 'migrate') return migrate(url);
  if (!command.startsWith('merchant create')) throw new Error(usage);
  const option = (name: string): string => (args.includes(name) ? (args[args.indexOf(name) + 1] ?? '') : '');
  const [id, name, email, currency] = [option('--id'), option('--name'), option('--admin'), option('--currency') || 'CNY'];
  const password = process.env.BOOMERANG_ADMIN_PASSWORD ?? '';
  if (!id || !name || !email.includes('@') || !isCurrency(currency)) throw new Error(usage);
  if (password.length < 12) throw new Error('BOOMERANG_ADMIN_PASSWORD needs at least 12 characters');
  const database = await Database.connect({ url, poolSize: 1 });
  try {
    await database.inMerchant(id, (tx) => createMerchant(tx, { id, name, adminEmail: email, adminPassword: password, currency }));
    process.stdout.write(`merchant ${id} is there; ${email} may log in as its admin\n`);
  } finally {
    await database.close();
  }
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
