import { exportNames, exportStatement } from '#libs/persistence/exports';
import { accountMovements, openRefunds, refundGroups, settledGroups, typeMovements } from '#libs/persistence/ledger-reports';
import { closeRun, ourPairs, theirPairs, withOurs, type Run } from '#libs/persistence/reconciliation-run';
import { firstDifferences, listDifferences, listReconciliations, lockDifference, openDifferences, readReconciliation } from '#libs/persistence/reconciliations';
import type { Transaction } from '#libs/persistence/database';
import { merchant } from './filling';
import type { Question } from './questions';

const limit = 51;
const now = Date.now();
/** In the middle of three years of work, and a month of it. */
const middle = new Date(now - 550 * 86_400_000);
const month = [middle.toISOString(), new Date(middle.getTime() + 30 * 86_400_000).toISOString()] as const;
const until = new Date(now).toISOString();
const id = `rcl_${merchant}_000500`;
const run: Run = {
  merchantId: merchant,
  id,
  provider: 'sandbox',
  from: new Date(now - 3 * 365 * 86_400_000),
  to: new Date(now),
  step: 'ours',
  cursor: null,
  found: 0,
  failures: 0,
  createdAt: new Date(now),
};
const far = { ...run, cursor: JSON.stringify([middle.toISOString(), 'x']) };
const inMerchant = (name: string, work: (tx: Transaction) => Promise<unknown>, more: Partial<Question> = {}): Question => ({
  name,
  ask: (database) => database.inMerchant(merchant, work),
  ...more,
});
const pair = {
  refundId: `rfd_${merchant}_000077`,
  ours: null,
  theirs: null,
  elsewhere: false,
  providerPaymentId: null,
  returnId: null,
  orderNumber: null,
  at: middle,
  cursor: 'x',
};
const ofOneId = 'what the provider holds under one id';
const ofAMonth = { readsAll: 'a month is the sum of what was posted in it' };

class Undone extends Error {}

/** Reconciliations, reports and files. */
export const books: readonly Question[] = [
  inMerchant('GET /v1/reconciliations', (tx) => listReconciliations(tx, null, limit), { list: true }),
  inMerchant('GET /v1/reconciliations, a later page', (tx) => listReconciliations(tx, [middle.toISOString(), 'x'], limit), { list: true }),
  inMerchant('GET /v1/reconciliations/{id}', async (tx) => [await readReconciliation(tx, id), await firstDifferences(tx, id, limit)], {
    readsAll: 'of each kind of difference the first, in the sequence of all of the run',
  }),
  inMerchant('GET /v1/reconciliations/{id}, what is open', (tx) => openDifferences(tx, id), { readsAll: 'counts the differences of the run' }),
  inMerchant('GET /v1/reconciliations/{id}/differences', (tx) => listDifferences(tx, id, 0, limit), { list: true }),
  inMerchant('GET /v1/reconciliations/{id}/differences, a later page', (tx) => listDifferences(tx, id, 4_000, limit), { list: true }),
  inMerchant('POST /v1/reconciliations/{id}/differences/{n}/resolve', (tx) => lockDifference(tx, id, 77)),
  inMerchant('a page of theirs', (tx) => theirPairs(tx, { ...run, step: 'theirs' }, limit), { list: true }),
  inMerchant('a page of theirs, a later one', (tx) => theirPairs(tx, { ...run, step: 'theirs', cursor: 're_015000' }, limit), { list: true }),
  inMerchant('a page of ours', (tx) => ourPairs(tx, run, limit), { list: true, sorts: ofOneId }),
  inMerchant('a page of ours, a later one', (tx) => ourPairs(tx, far, limit), { list: true, sorts: ofOneId }),
  inMerchant('our side of a refund', (tx) => withOurs(tx, run, [pair])),
  {
    name: 'the end of a reconciliation',
    ask: (database) =>
      database
        .inMerchant(merchant, async (tx) => {
          await closeRun(tx, { ...run, step: 'close' });
          throw new Undone();
        })
        .catch((error: unknown) => {
          if (!(error instanceof Undone)) throw error;
        }),
    readsAll: 'ends everything that the run was about',
  },
  ...exportNames.map((name) =>
    inMerchant(
      `GET /v1/exports/${name}.csv, its beginning`,
      (tx) => tx.query(`${exportStatement(name, { from: month[0] }).sql} LIMIT ${limit}`, exportStatement(name, { from: month[0] }).parameters),
      { list: true },
    ),
  ),
  inMerchant('GET /v1/reports/month-close, accounts', (tx) => accountMovements(tx, ...month), { readsAll: 'a balance is the sum of every posting' }),
  inMerchant('GET /v1/reports/month-close, movements', (tx) => typeMovements(tx, ...month), ofAMonth),
  inMerchant('GET /v1/reports/month-close, refunds', (tx) => refundGroups(tx, ...month), ofAMonth),
  inMerchant('GET /v1/reports/month-close, what is open', (tx) => openRefunds(tx, until), { readsAll: 'what is open is little' }),
  inMerchant('GET /v1/reports/month-close, taxes and fees', (tx) => settledGroups(tx, ...month), ofAMonth),
];
