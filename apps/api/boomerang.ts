#!/usr/bin/env node
import { createMerchant } from '#libs/access/merchants';
import { isCurrency } from '#libs/domain/policy/currencies';
import { Database } from '#libs/persistence/database';
import { migrate } from '#libs/persistence/migrate';
import { checkpointNow, exitCodes, exportFile, verifyFile } from './audit-command';

const usage = `usage:
  boomerang migrate
  boomerang merchant create --id ID --name NAME --admin EMAIL [--currency CNY]     (the password comes from BOOMERANG_ADMIN_PASSWORD)
  boomerang audit verify --file FILE [--public-key FILE] [--checkpoint NUMBER:HASH]  (needs no database; exits 0: holds, 1: broken, 2: unreadable)
  boomerang audit export --merchant ID --file FILE
  boomerang audit checkpoint --merchant ID                                         (signed by AUDIT_SIGNING_KEY or AUDIT_SIGNING_KEY_FILE)
The database is DATABASE_URL.`;

type Options = ReadonlyMap<string, string>;
const commands: Record<string, (options: Options) => Promise<number>> = {
  migrate: async () => {
    await migrate(databaseUrl());
    return 0;
  },
  'merchant create': createOne,
  'audit verify': (options) =>
    verifyFile(
      { file: required(options, 'file'), publicKey: options.get('public-key') ?? null, checkpoint: options.get('checkpoint') ?? null },
      (line) => void process.stdout.write(`${line}\n`),
    ),
  'audit export': (options) => withDatabase(async (database) => exportFile(database, required(options, 'merchant'), required(options, 'file'))),
  'audit checkpoint': (options) =>
    withDatabase(async (database) => {
      process.stdout.write(`${await checkpointNow(database, required(options, 'merchant'), process.env)}\n`);
    }),
};

/** What an operator does by hand: everything else is HTTP. */
async function main(args: readonly string[]): Promise<number> {
  const words = args.findIndex((arg) => arg.startsWith('--'));
  const command = commands[args.slice(0, words < 0 ? args.length : words).join(' ')];
  if (!command) throw new Error(usage);
  return command(optionsIn(words < 0 ? [] : args.slice(words)));
}

function optionsIn(args: readonly string[]): Options {
  const options = new Map<string, string>();
  for (let index = 0; index < args.length; index += 2) {
    const [name, value] = [args[index]!, args[index + 1]];
    if (!name.startsWith('--') || value === undefined) throw new Error(usage);
    options.set(name.slice(2), value);
  }
  return options;
}
function required(options: Options, name: string): string {
  const value = options.get(name);
  if (!value) throw new Error(usage);
  return value;
}

function databaseUrl(): string {
  if (!process.env.DATABASE_URL) throw new Error(usage);
  return process.env.DATABASE_URL;
}
async function withDatabase(work: (database: Database) => Promise<void>): Promise<number> {
  const database = await Database.connect({ url: databaseUrl(), poolSize: 1 });
  try {
    await work(database);
    return 0;
  } finally {
    await database.close();
  }
}

async function createOne(options: Options): Promise<number> {
  const [id, name, email, currency] = [required(options, 'id'), required(options, 'name'), required(options, 'admin'), options.get('currency') ?? 'CNY'];
  const password = process.env.BOOMERANG_ADMIN_PASSWORD ?? '';
  if (!email.includes('@') || !isCurrency(currency)) throw new Error(usage);
  if (password.length < 12) throw new Error('BOOMERANG_ADMIN_PASSWORD needs at least 12 characters');
  return withDatabase(async (database) => {
    await database.inMerchant(id, (tx) => createMerchant(tx, { id, name, adminEmail: email, adminPassword: password, currency }));
    process.stdout.write(`merchant ${id} is there; ${email} may log in as its admin\n`);
  });
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(process.argv[3] === 'verify' ? exitCodes.unreadable : 1);
  },
);
