import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Auditor, Unreadable, type Expectations, type Verdict } from '#libs/audit/auditor';
import { keyIdsIn, readKeyRing } from '#libs/audit/keys';
import type { AuditRecord, SettlementRecord } from '#libs/audit/records';
import { auditLines } from '#libs/persistence/audit-records';
import { makeCheckpoint, markSealed } from '#libs/persistence/checkpoints';
import type { Database } from '#libs/persistence/database';
import { explainRefund } from './finance/explanation';

/** Exit codes of `audit verify`: everything follows, something does not, nothing can be said. */
export const exitCodes = { ok: 0, broken: 1, unreadable: 2 } as const;

export interface VerifyOptions {
  /** `-` reads from standard input. */
  readonly file: string;
  /** A file with the public keys that are trusted. */
  readonly publicKey: string | null;
  /** `NUMBER:HASH` of a checkpoint that is known from elsewhere. */
  readonly checkpoint: string | null;
}

/** Checks an audit file by itself: no database, no network, and little memory however long it is. */
export async function verifyFile(options: VerifyOptions, say: (line: string) => void): Promise<number> {
  let expectations: Expectations;
  let verdict: Verdict;
  try {
    expectations = expectationsOf(options);
    verdict = await audited(options.file, expectations);
  } catch (error) {
    say(`UNREADABLE: ${(error as Error).message}`);
    return exitCodes.unreadable;
  }
  for (const line of summary(verdict, expectations)) say(line);
  for (const { stream, table, id, detail } of verdict.findings.slice(1))
    say(`  also ${table} ${id}: ${detail}${stream && stream !== id ? ` (chain ${stream})` : ''}`);
  return verdict.ok ? exitCodes.ok : exitCodes.broken;
}

function expectationsOf({ publicKey, checkpoint }: VerifyOptions): Expectations {
  const trusted = publicKey === null ? null : new Set(keyIdsIn(readFileSync(publicKey, 'utf8'), publicKey));
  if (trusted?.size === 0) throw new Error(`${publicKey} holds no key`);
  const known = checkpoint === null ? null : /^(\d+):([0-9a-f]{64})$/.exec(checkpoint);
  if (checkpoint !== null && !known) throw new Error('--checkpoint wants NUMBER:HASH');
  return { trusted, recompute, ...(known && { known: { number: Number(known[1]), hash: known[2]! } }) };
}

const recompute = (settlement: SettlementRecord): string | null => explainRefund('', settlement as unknown as Parameters<typeof explainRefund>[1]).mismatch;

async function audited(file: string, expectations: Expectations): Promise<Verdict> {
  const auditor = new Auditor(expectations);
  const lines = createInterface({ input: file === '-' ? process.stdin : await opened(file), crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  for await (const line of lines) {
    number++;
    try {
      auditor.take(JSON.parse(line) as AuditRecord);
    } catch (error) {
      throw new Unreadable(`line ${number}: ${error instanceof Unreadable ? error.message : 'is not a line of an audit file'}`, { cause: error });
    }
  }
  return auditor.finish();
}

async function opened(file: string): Promise<Readable> {
  const stream = createReadStream(file);
  await new Promise<void>((resolve, reject) => {
    stream.once('open', () => resolve());
    stream.once('error', (error: NodeJS.ErrnoException) => reject(new Error(`${file} cannot be read (${error.code})`)));
  });
  return stream;
}

const count = (value: number) => value.toLocaleString('en');

function summary({ merchantId, findings, ok, ...verdict }: Verdict, { trusted }: Expectations): string[] {
  const last = verdict.checkpoints.at(-1);
  const signed = new Map<string, number>();
  for (const { keyId } of verdict.checkpoints) signed.set(keyId, (signed.get(keyId) ?? 0) + 1);
  const trust = (keyId: string) =>
    trusted === null ? 'not compared: name the trusted keys with --public-key' : trusted.has(keyId) ? 'trusted' : 'NOT TRUSTED';
  const [first] = findings;
  return [
    `merchant     ${merchantId}`,
    `log          ${count(verdict.entries)} entries in ${count(verdict.streams)} chains`,
    `ledger       ${count(verdict.postings)} postings`,
    ...[...verdict.balances].map(([currency, accounts]) => `             ${currency}: ${trialBalance(accounts)}`),
    `settlements  ${count(verdict.settlements)}, ${count(verdict.recomputed)} computed once more from their stored inputs`,
    `checkpoints  ${count(verdict.checkpoints.length)}${last ? `, the last one number ${last.number} of ${last.at}` : '; nothing is signed'}`,
    ...(last ? [`             hash ${verdict.lastCheckpoint}`] : []),
    ...[...signed].map(([keyId, checkpoints]) => `key          ${keyId} signed ${count(checkpoints)}; ${trust(keyId)}`),
    `head         ${verdict.head}`,
    first
      ? `BROKEN: ${first.table} ${first.id} ${first.detail}${first.sequence === null ? '' : ` (first broken: ${first.stream ?? 'checkpoint'} ${first.sequence})`}`
      : `OK: everything follows`,
  ];
}

function trialBalance(accounts: ReadonlyMap<string, bigint>): string {
  let total = 0n;
  for (const balance of accounts.values()) total += balance;
  return `trial balance ${total}; ${[...accounts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([account, balance]) => `${account} ${balance}`).join(', ')}`; // prettier-ignore
}

/** Writes the file that {@link verifyFile} reads. */
export async function exportFile(database: Database, merchantId: string, file: string): Promise<void> {
  const sink = file === '-' ? process.stdout : createWriteStream(file, { mode: 0o600 });
  await pipeline(Readable.from(auditLines(database, merchantId)), sink, { end: file !== '-' });
}

/** Makes a checkpoint now; answers what to say about it. */
export async function checkpointNow(database: Database, merchantId: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { signing } = readKeyRing({ AUDIT_SIGNING_KEY: env.AUDIT_SIGNING_KEY, AUDIT_SIGNING_KEY_FILE: env.AUDIT_SIGNING_KEY_FILE });
  if (!signing) throw new Error('no key signs checkpoints: set AUDIT_SIGNING_KEY or AUDIT_SIGNING_KEY_FILE');
  const made = await database.inMerchant(merchantId, (tx) => makeCheckpoint(tx, merchantId, signing));
  await markSealed(database, merchantId);
  return made ? `checkpoint ${made.number} ${made.hash} signed by key ${signing.keyId}` : 'nothing has moved since the last checkpoint';
}
