import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '#libs/contracts/caller';
import type { DifferenceResolutionBody, ReconciliationBody } from '#libs/contracts/finance-requests';
import { Database, type Transaction } from '#libs/persistence/database';
import { appendToMerchantLog } from '#libs/persistence/log';
import {
  createReconciliation,
  enqueueReport,
  firstDifferences,
  lockDifference,
  openDifferences,
  readReconciliation,
  resolveDifference,
  type DifferenceRow,
  type ReconciliationRow,
  type Report,
} from '#libs/persistence/reconciliations';
import { ApiError, invalid, notFound } from '../http/api-error';
import { actorOf } from '../http/idempotency';
import { Settings } from '../settings';

/** Differences of each kind in one answer. */
const SHOWN = 200;
/** Most runs are over in a moment: whoever asks meanwhile is answered when they are, or after so many milliseconds. */
const PATIENCE = 5_000;
const LOOK = 100;

@Injectable()
export class Reconciliations {
  private readonly providers: readonly string[];

  constructor(
    private readonly database: Database,
    { values }: Settings,
  ) {
    this.providers = values.BOOMERANG_SANDBOX ? ['sandbox'] : [];
  }

  /** @throws ApiError `validation_failed` for a provider whose own list nobody can read */
  async begin(tx: Transaction, caller: Caller, { provider, from, to }: ReconciliationBody) {
    if (!this.providers.includes(provider)) throw invalid('/provider', 'invalid_value', 'is not a provider whose own list can be read');
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

  /** @throws ApiError `not_found`; `invalid_state` when it is over already, or is nothing that others can have done */
  async resolve(tx: Transaction, caller: Caller, id: string, n: number, { note, record }: DifferenceResolutionBody) {
    const difference = await lockDifference(tx, id, n);
    if (!difference) throw notFound('difference');
    if (difference.state !== 'open') throw new ApiError('invalid_state', `The difference is ${difference.state} already`);
    if (record) await enqueueReport(tx, difference.provider, elsewhere(difference));
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
}

/** The refund as the provider would have reported it, had it said so: made by others, or for a refund that we have given up. */
function elsewhere({ kind, facts }: DifferenceRow): Report {
  const { providerRefundId, providerPaymentId, providerAmount, providerStatus, orderNumber, status, at } = facts;
  const givenUp = status === null || status === 'redirected' || status === 'rejected';
  if (kind !== 'missing_here' || !givenUp || providerStatus !== 'succeeded' || orderNumber === null)
    throw new ApiError(
      'invalid_state',
      'Only money that the provider gave back without us, from a payment of one of our orders, is recorded as a refund made elsewhere',
    );
  const data = { providerRefundId, providerPaymentId, amount: providerAmount };
  return {
    eventId: `recorded/${providerRefundId}`,
    type: 'refund.succeeded',
    subject: providerPaymentId ?? '',
    at,
    data,
    input: { type: 'refund_elsewhere', ...data },
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
