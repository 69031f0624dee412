import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { providerList, type ListedRefund, type ProviderList } from '#activities/payments/provider-list';
import { ProviderHttp } from '#activities/provider-http';
import type { Caller } from '#libs/contracts/caller';
import type { DifferenceResolutionBody, ReconciliationBody } from '#libs/contracts/finance-requests';
import { isMadeElsewhere, type TheirRefund } from '#libs/domain/money/reconciliation';
import { Database, type Transaction } from '#libs/persistence/database';
import { newId } from '#libs/persistence/ids';
import { appendToMerchantLog } from '#libs/persistence/log';
import {
  createReconciliation,
  enqueueReport,
  firstDifferences,
  lockDifference,
  nowHere,
  openDifferences,
  readReconciliation,
  resolveDifference,
  type DifferenceRow,
  type ReconciliationRow,
  type Report,
} from '#libs/persistence/reconciliations';
import { ApiError, invalid, notFound, unavailable } from '../http/api-error';
import { actorOf } from '../http/idempotency';
import { Settings } from '../settings';

/** Differences of each kind in one answer. */
const SHOWN = 200;
/** Most runs are over in a moment: whoever asks meanwhile is answered when they are, or after so many milliseconds. So long a provider may take, too. */
const PATIENCE = 5_000;
const LOOK = 100;

@Injectable()
export class Reconciliations {
  /** Providers whose own list can be read. */
  private readonly lists: ReadonlyMap<string, ProviderList>;

  constructor(
    private readonly database: Database,
    { values }: Settings,
  ) {
    const { BOOMERANG_SANDBOX, SANDBOX_URL: url, SANDBOX_SECRET: secret } = values;
    this.lists = new Map(BOOMERANG_SANDBOX && url && secret ? [['sandbox', providerList(new ProviderHttp({ url, secret, timeoutMs: PATIENCE }))]] : []);
  }

  /** @throws ApiError `validation_failed` for a provider whose own list nobody can read */
  async begin(tx: Transaction, caller: Caller, { provider, from, to }: ReconciliationBody) {
    if (!this.lists.has(provider)) throw invalid('/provider', 'invalid_value', 'is not a provider whose own list can be read');
    const row = await createReconciliation(tx, { provider, from, to, requestedBy: caller.id });
    return presentWhole(row!, [], 0);
  }

  async read({ merchantId }: Caller, id: string) {
    for (const end = Date.now() + PATIENCE; ; await sleep(LOOK)) {
      const row = await this.database.inMerchant(merchantId, (tx) => readReconciliation(tx, id));
      if (!row) throw notFound('reconciliation');
      if (row.status === 'running' && Date.now() < end) continue;
      return this.database.inMerchant(merchantId, async (tx) => presentWhole(row, await firstDifferences(tx, id, SHOWN), await openDifferences(tx, id)));
    }
  }

  /** @throws ApiError `not_found`; `invalid_state` when it is over already, or when what is to be recorded is not so */
  async resolve(tx: Transaction, caller: Caller, id: string, n: number, { note, record }: DifferenceResolutionBody, held: Held) {
    const difference = await lockDifference(tx, id, n);
    if (!difference) throw notFound('difference');
    if (difference.state !== 'open') throw new ApiError('invalid_state', `The difference is ${difference.state} already`);
    if (record) await enqueueReport(tx, difference.provider, await recorded(tx, difference, held));
    resolveDifference(tx, difference.id, caller.id, note);
    const { kind, facts } = difference;
    const { refundId, providerRefundId, amount, providerAmount } = facts;
    await appendToMerchantLog(tx, caller.merchantId, {
      type: 'difference_resolved',
      actor: actorOf(caller),
      data: { reconciliationId: id, n, kind, refundId, providerRefundId, amount, providerAmount, recorded: record },
    });
    return presentDifference((await lockDifference(tx, id, n))!);
  }

  /**
   * What the provider holds by now under the refund of a difference that says it holds nothing; null where there is nothing to ask. Asked before `resolve`, for nobody waits
   * for others with a transaction open.
   * @throws ApiError `temporarily_unavailable` when it does not answer: a guess would pay twice
   */
  async heldBy(caller: Caller, id: string, n: number, { record }: DifferenceResolutionBody): Promise<Held> {
    const difference = record ? await this.database.inMerchant(caller.merchantId, (tx) => lockDifference(tx, id, n)) : null;
    const list = difference?.kind === 'missing_there' && difference.state === 'open' ? this.lists.get(difference.provider) : undefined;
    if (!difference || !list) return null;
    return list.byRefundId(difference.facts.refundId).catch(() => {
      throw unavailable('The provider does not answer, and without its answer nothing is taken back');
    });
  }
}

type Open = DifferenceRow & { readonly provider: string };
type Held = readonly ListedRefund[] | null;

/** What our books are to learn of it. */
function recorded(tx: Transaction, difference: Open, held: Held): Promise<Report> {
  if (difference.kind === 'missing_here') return madeElsewhere(tx, difference);
  if (difference.kind === 'missing_there' && held) return neverMade(tx, held, difference);
  throw refused('Both have this refund: which amount is right, the provider has to say');
}

const refused = (detail: string) => new ApiError('invalid_state', detail);

/** The refund as the provider would have reported it, had it said so: made by others, or besides a refund of ours that is over. */
async function madeElsewhere(tx: Transaction, { provider, facts }: Open): Promise<Report> {
  const { providerRefundId, providerPaymentId, providerAmount, providerCurrency, providerStatus, orderNumber, at } = facts;
  const { ours, elsewhere } = await nowHere(tx, provider, facts);
  const theirs = { id: providerRefundId ?? '', status: providerStatus as TheirRefund['status'], amount: providerAmount ?? 0, currency: providerCurrency ?? '' };
  if (orderNumber === null || elsewhere === 'failed' || !isMadeElsewhere(ours, theirs) || (ours?.status === 'failed' && ours.asked))
    throw refused('Only money that the provider gave back without us, from a payment of one of our orders, is recorded as a refund made elsewhere');
  // Its return gave this refund up, and learns that it was paid after all.
  const givenUp = ours?.status === 'redirected' || ours?.status === 'rejected';
  const data = { providerRefundId, providerPaymentId, amount: providerAmount, ...(givenUp && { refundId: facts.refundId }) };
  return {
    eventId: `recorded/${providerRefundId}`,
    type: 'refund.succeeded',
    subject: providerPaymentId ?? '',
    at,
    data,
    input: { type: 'refund_elsewhere', ...data },
  };
}

/** The failure as the provider would have reported it, had it told us that it made no such refund. */
async function neverMade(tx: Transaction, held: readonly ListedRefund[], { provider, facts }: Open): Promise<Report> {
  const { refundId, providerRefundId, providerPaymentId, amount } = facts;
  const { ours } = await nowHere(tx, provider, facts);
  if (ours?.status !== 'succeeded' || ours.providerRefundId !== providerRefundId) throw refused('Our books have another word of this refund by now');
  const found = held.find(({ status }) => status !== 'failed');
  if (found) throw refused(`The provider has ${found.id} under this refund, and says that it is ${found.status}`);
  return {
    eventId: newId('recorded'),
    type: 'refund.failed',
    subject: refundId,
    at: new Date().toISOString(),
    data: { refundId, providerRefundId, providerPaymentId, amount },
    input: { type: 'refund_reported', refundId, providerRefundId, status: 'failed' },
  };
}

export const presentDifference = ({ n, kind, facts, state, endedBy, endedAt, note }: DifferenceRow) => ({ n, kind, ...facts, state, endedBy, endedAt, note });

export function presentSummary({ position: _position, missingHere, missingThere, amountDiffers, ...row }: ReconciliationRow) {
  return { ...row, counts: { missing_here: missingHere, missing_there: missingThere, amount_differs: amountDiffers } };
}

function presentWhole(row: ReconciliationRow, differences: readonly DifferenceRow[], open: number) {
  const of = (kind: DifferenceRow['kind']) => differences.filter((one) => one.kind === kind).map(presentDifference);
  return { ...presentSummary(row), missing_here: of('missing_here'), missing_there: of('missing_there'), amount_differs: of('amount_differs'), open };
}
