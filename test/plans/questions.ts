import { loadWorld } from '#activities/returns/world';
import { ApiKeysController } from '#apps/api/api-keys/api-keys.controller';
import { UsersController } from '#apps/api/users/users.controller';
import { factsAbout } from '#apps/worker/jobs/facts';
import type { JobContext } from '#apps/worker/jobs/job-context';
import { expireAllCoupons } from '#apps/worker/jobs/expire-coupons';
import { orderChanged } from '#apps/worker/jobs/order-changed';
import { reconcile } from '#apps/worker/jobs/reconcile';
import { Metrics } from '#apps/worker/metrics';
import { openOrder, resolveToken } from '#libs/access/sessions';
import { endSessions } from '#libs/access/users';
import { workQueues } from '#libs/contracts/lists';
import { application } from '#libs/domain/return/fixtures';
import { chainsFrom, readChains, readEntries, readMerchantPostings, readTail } from '#libs/persistence/audit-rows';
import { listCheckpoints } from '#libs/persistence/checkpoints';
import { readAnswer, recordCommand } from '#libs/persistence/commands';
import { expireCoupons, listCompensations } from '#libs/persistence/coupons';
import type { Transaction } from '#libs/persistence/database';
import { findReturnId, ledgerBalances, listLedger, listRefunds, readRefund, settlementOfRefund } from '#libs/persistence/finance-reads';
import { claimedUnits, readOrder, readTenders } from '#libs/persistence/orders';
import { listPoints, pointsTotals } from '#libs/persistence/points';
import { listProviders, waitingFor } from '#libs/persistence/payment-providers';
import { listPolicies } from '#libs/persistence/policies';
import { listReceipts, readReceipt, returnOfReceipt } from '#libs/persistence/receipts';
import { findReturn, listReturns, readTimeline, type ReturnFilter, type Sight } from '#libs/persistence/returns';
import { creditBalances, listCredit, lockSpend } from '#libs/persistence/store-credit';
import { listTasks, lockTask, type WorkFilter, type WorkPosition } from '#libs/persistence/tasks';
import { books } from './book-questions';
import { merchant } from './filling';
import type { WatchedDatabase } from './watched-database';

/** Something the product asks of its database, through its own functions. */
export interface Question {
  readonly name: string;
  readonly ask: (database: WatchedDatabase) => Promise<unknown>;
  /** Pages: nothing is sorted but what the limit has cut off, or what `sorts` says. */
  readonly list?: true;
  readonly sorts?: string;
  /** Reads as much as there is, and why that is right. */
  readonly readsAll?: string;
}

const limit = 51;
/** In the middle of three years of work: a page far from the first one costs the same. */
const middle = new Date(Date.now() - 550 * 86_400_000).toISOString();
const numbered = (prefix: string, number: number) => `${prefix}_${merchant}_${String(number).padStart(6, '0')}`;
const inMerchant = (name: string, work: (tx: Transaction) => Promise<unknown>, more: Partial<Question> = {}): Question => ({
  name,
  ask: (database) => database.inMerchant(merchant, work),
  ...more,
});
type Position = readonly [string, string];
/** The first page and one far behind it. */
const paged = (name: string, list: (tx: Transaction, after: Position | null) => Promise<unknown>, more: Partial<Question> = {}): Question[] => [
  inMerchant(name, (tx) => list(tx, null), { list: true, ...more }),
  inMerchant(`${name}, a later page`, (tx) => list(tx, [middle, 'x']), { list: true, ...more }),
];

const everything: Sight = { email: null, orderNumber: null };
const own: Sight = { email: 'C77@example.com', orderNumber: null };
const returnsBy = (name: string, filter: ReturnFilter, more: Partial<Question> = {}, sight = everything) =>
  paged(`GET /v1/returns${name}`, (tx, after) => listReturns(tx, merchant, filter, sight, after, limit), more);

const returns: readonly Question[] = [
  ...returnsBy('', {}),
  ...returnsBy('?status', { status: 'in_review' }),
  ...returnsBy('?status, one that most have', { status: 'completed' }),
  ...returnsBy('?customerId', { customerId: 'c-77' }),
  ...returnsBy('?orderNumber', { orderNumber: 'O77' }),
  ...returnsBy('?assignee', { assignee: 'usr_15' }),
  ...returnsBy('?attention', { attention: true }),
  ...returnsBy('?attention=false', { attention: false }),
  ...returnsBy('?overdue', { overdue: true }, { sorts: 'what is overdue' }),
  ...returnsBy('?overdue=false', { overdue: false }),
  ...returnsBy('?from&to', { from: middle, to: new Date().toISOString() }),
  ...returnsBy('?status&assignee', { status: 'in_review', assignee: 'usr_10' }, { sorts: 'what fits the rarer of the two' }),
  ...returnsBy('?trackingNumber', { trackingNumber: `TRK77${merchant}` }, { sorts: 'the returns of one number' }),
  ...returnsBy('?serial', { serial: 'SN77' }, { sorts: 'the returns of one serial number' }),
  ...returnsBy(' of a customer', {}, { sorts: 'the returns of one customer' }, own),
  ...returnsBy(' of a customer with one order opened', {}, { sorts: 'the returns of one order' }, { email: own.email, orderNumber: 'O77' }),
  inMerchant('GET /v1/returns/{id}', (tx) => findReturn(tx, merchant, numbered('ret', 77), everything)),
  inMerchant('GET /v1/returns/{id} of a customer', (tx) => findReturn(tx, merchant, numbered('ret', 77), own)),
  inMerchant('GET /v1/returns/{number}', (tx) => findReturn(tx, merchant, 'R-0000-0000', everything)),
  inMerchant('GET /v1/returns/{id}/timeline', (tx) => readTimeline(tx, merchant, numbered('ret', 77), 4, limit)),
  inMerchant('the return of a receipt', (tx) =>
    returnOfReceipt(tx, { trackingNumber: `TRK77${merchant}`, returnNumber: 'R-0000-0000', orderNumber: 'O78' } as never),
  ),
  ...paged('GET /v1/receipts', (tx, after) => listReceipts(tx, undefined, after, limit)),
  ...paged('GET /v1/receipts?status=unmatched', (tx, after) => listReceipts(tx, 'unmatched', after, limit)),
  ...paged('GET /v1/receipts?status=matched', (tx, after) => listReceipts(tx, 'matched', after, limit)),
  inMerchant('GET /v1/receipts/{id}', (tx) => readReceipt(tx, numbered('rcp', 77))),
];

const workBy = (name: string, filter: Partial<WorkFilter>, more: Partial<Question> = {}): Question[] => {
  const list = (tx: Transaction, after: WorkPosition | null) => listTasks(tx, { queues: workQueues, ...filter }, after, limit);
  return [
    inMerchant(`GET /v1/work${name}`, (tx) => list(tx, null), { list: true, ...more }),
    inMerchant(`GET /v1/work${name}, a later page`, (tx) => list(tx, [2, (Date.now() - 3_600_000) * 1000, 'x']), { list: true, ...more }),
  ];
};
const ofOne = { sorts: 'what one person has in one queue' };
const work: readonly Question[] = [
  ...workBy('', {}),
  ...workBy('?queue', { queues: ['review'] }),
  ...workBy('?assignee', { assignee: 'usr_15' }, ofOne),
  ...workBy('?overdue', { overdue: true }),
  ...workBy('?overdue=false', { overdue: false }),
  ...workBy('?queue&assignee&overdue', { queues: ['review'], assignee: 'usr_15', overdue: true }, ofOne),
  inMerchant('POST /v1/work/{id}/claim', (tx) => lockTask(tx, numbered('tsk', 77))),
];

const refundsBy = (name: string, filter: Parameters<typeof listRefunds>[1]) =>
  paged(`GET /v1/refunds${name}`, (tx, after) => listRefunds(tx, filter, after, limit));
const ledgerBy = (name: string, filter: Parameters<typeof listLedger>[1]) =>
  paged(`GET /v1/ledger/entries${name}`, (tx, after) => listLedger(tx, filter, after, limit));
const finance: readonly Question[] = [
  ...refundsBy('', {}),
  ...refundsBy('?status, one that waits', { status: 'awaiting_approval' }),
  ...refundsBy('?status, one that is over and rare', { status: 'redirected' }),
  ...refundsBy('?status, one that most have', { status: 'succeeded' }),
  ...refundsBy('?provider', { provider: 'manual' }),
  ...refundsBy('?returnId', { returnId: numbered('ret', 77) }),
  ...refundsBy('?from&to', { from: middle, to: new Date().toISOString() }),
  inMerchant('GET /v1/refunds/{id}', (tx) => readRefund(tx, numbered('rfd', 77))),
  inMerchant('GET /v1/refunds/{id}/explanation', (tx) => settlementOfRefund(tx, numbered('rfd', 77))),
  ...ledgerBy('', {}),
  ...ledgerBy('?account, a busy one', { account: 'provider_clearing' }),
  ...ledgerBy('?account, a quiet one', { account: 'write_off' }),
  ...ledgerBy('?account, one without postings', { account: 'goodwill' }),
  ...ledgerBy('?returnId', { returnId: numbered('ret', 77) }),
  ...ledgerBy('?from&to', { from: middle, to: new Date().toISOString() }),
  inMerchant('GET /v1/ledger/balances', (tx) => ledgerBalances(tx, null), { readsAll: 'a balance is the sum of every posting' }),
  inMerchant('GET /v1/tenders', (tx) => readTenders(tx, 'O77')),
  inMerchant('GET /v1/payment-providers', (tx) => listProviders(tx, null, limit), { list: true, sorts: 'the providers of one shop' }),
  inMerchant('GET /v1/payment-providers, a later page', (tx) => listProviders(tx, 'p', limit), { list: true, sorts: 'the providers of one shop' }),
  inMerchant('who waits for a provider', (tx) => waitingFor(tx, 'sandbox', null, 200)),
  inMerchant('GET /v1/audit/verify, the names of the next chains', (tx) => chainsFrom(tx, numbered('ret', 77))),
  inMerchant('GET /v1/audit/verify, chains with all that is theirs', (tx) => readChains(tx, [numbered('ret', 77), numbered('ret', 78)], 1, 100)),
  inMerchant('GET /v1/audit/verify, a piece of a long chain', (tx) => readEntries(tx, numbered('ret', 77), 2, 8, 5)),
  inMerchant('GET /v1/audit/verify, postings that belong to no return', (tx) => readMerchantPostings(tx, 1, 500)),
  inMerchant('GET /v1/audit/verify, what lies beyond a head', (tx) => readTail(tx, `merchant/${merchant}`, true)),
  inMerchant('GET /v1/audit/checkpoints', (tx) => listCheckpoints(tx, null, limit), { list: true }),
  inMerchant('GET /v1/audit/checkpoints, a later page', (tx) => listCheckpoints(tx, 500, limit), { list: true }),
  inMerchant('a return by its number', (tx) => findReturnId(tx, 'R-77', 'R-77')),
];

const shop: readonly Question[] = [
  inMerchant('GET /v1/customers/{id}/store-credit', async (tx) => [await creditBalances(tx, 'c-77'), await listCredit(tx, 'c-77', null, limit)], {
    list: true,
    sorts: 'the currencies of one customer',
  }),
  inMerchant('GET /v1/customers/{id}/store-credit, a later page', (tx) => listCredit(tx, 'c-77', 5_000, limit), {
    list: true,
    sorts: 'what is left of one customer',
  }),
  inMerchant('what an order has drawn', (tx) => lockSpend(tx, 'O77')),
  inMerchant('GET /v1/customers/{id}/points', async (tx) => [await pointsTotals(tx, 'c-77'), await listPoints(tx, 'c-77', null, limit)], { list: true }),
  inMerchant('GET /v1/customers/{id}/compensations', (tx) => listCompensations(tx, 'c-77', null, limit), { list: true }),
  inMerchant('GET /v1/orders/{orderNumber}', async (tx) => [await readOrder(tx, 'O77'), await claimedUnits(tx, 'O77')]),
  ...paged('GET /v1/policies', (tx, after) => listPolicies(tx, after, limit), { sorts: 'the policies of one shop' }),
  {
    name: 'GET /v1/users',
    ask: (database) => new UsersController(database, null as never, null as never).list({ merchantId: merchant } as never, { limit: 50 }),
    list: true,
    sorts: 'those of one shop',
  },
  {
    name: 'GET /v1/api-keys',
    ask: (database) => new ApiKeysController(database, null as never, null as never).list({ merchantId: merchant } as never, { limit: 50 }),
    list: true,
    sorts: 'those of one shop',
  },
  { name: 'who a session stands for', ask: (database) => resolveToken(database, 'bmt_x') },
  { name: 'who an API key stands for', ask: (database) => resolveToken(database, 'bmk_x') },
  { name: 'POST /v1/auth/order-access', ask: (database) => openOrder(database, 'O77', 'nobody@example.com') },
  inMerchant('the end of an account’s sessions', (tx) => endSessions(tx, numbered('usr', 7))),
  inMerchant('a command that comes again', (tx) => recordCommand(tx, { ...command, id: 'cmd_again' })),
  inMerchant('a command by its id', (tx) => tx.query(readAnswer, [numbered('cmd', 77)])),
  inMerchant('what a decision looks at', (tx) => loadWorld(tx, application(), Date.now())),
];
const command = {
  merchantId: merchant,
  caller: 'usr_1',
  route: 'POST /v1/returns',
  idempotencyKey: 'key77',
  bodyHash: '',
  body: {},
  actor: { kind: 'agent', id: 'usr_1' } as const,
  returnId: null,
};

const failed = (_: unknown, message: string) => {
  throw new Error(message);
};
const context = (database: WatchedDatabase) =>
  ({
    database,
    mailbox: null,
    wake: async () => undefined,
    signal: async () => undefined,
    log: { info: () => undefined, warn: failed },
  }) as unknown as JobContext;
const jobs: readonly Question[] = [
  { name: 'the reconciler, once a minute', ask: (database) => reconcile(context(database)) },
  { name: 'coupons expire, once an hour', ask: (database) => expireAllCoupons(context(database)) },
  inMerchant('coupons of a shop expire', (tx) => expireCoupons(tx, merchant, 50)),
  { name: 'an order has changed', ask: (database) => orderChanged(context(database), { merchantId: merchant, orderNumber: 'O77' }, 'x') },
  { name: 'a parcel’s number has become known', ask: (database) => factsAbout(context(database), 'UNKNOWN100') },
  { name: 'GET /metrics', ask: (database) => new Metrics(database).registry.metrics(), readsAll: 'counts what is open' },
];

/** By the file in which their plans are committed. */
export const questions = { returns, work, finance, books, shop, jobs };
