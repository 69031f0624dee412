import { activityInfo } from '@temporalio/activity';
import type { ProviderActivities, ProviderCall } from '#libs/contracts/messages';
import type { Outcome } from '#libs/domain/return/input';
import { prepared, type Database } from '#libs/persistence/database';
import { NoAnswer, type ProviderHttp, type Reply } from '../provider-http';
import { providerList, type ListedRefund } from './provider-list';

interface RefundRow {
  readonly amount: number;
  readonly currency: string;
  readonly providerPaymentId: string;
  readonly paused: boolean;
}

/**
 * The payment provider. Each call is one question; its answer is data. A refund that was sent and not answered is never sent again under a new key on a guess: it is
 * `unanswered`, and looked up until it is known.
 */
export function paymentActivities(database: Database, http: ProviderHttp): Pick<ProviderActivities, 'refund' | 'lookUpRefund'> {
  return {
    async refund(call: ProviderCall): Promise<Outcome> {
      const row = await readRefund(database, call);
      const { amount, currency, providerPaymentId, paused } = row;
      if (paused) return await unsent(http, call, row);
      const path = `/payments/${encodeURIComponent(providerPaymentId)}/refunds`;
      try {
        return refundOutcome(await http.call('POST', path, { refundId: call.subject, amount, currency }, { 'idempotency-key': call.key }));
      } catch (error) {
        if (error instanceof NoAnswer) return { kind: 'unanswered' };
        throw error; // not sent: Temporal tries again, with the same key
      }
    },
    lookUpRefund: async (call: ProviderCall) => lookUp(http, call.subject, await readRefund(database, call)),
  };
}

/**
 * Nothing leaves for a paused provider. An earlier try of this very call may have been sent, though, by a worker that died with it: then the provider says whether it
 * was, before anybody relies on it having stayed here.
 */
async function unsent(http: ProviderHttp, { subject }: ProviderCall, row: RefundRow): Promise<Outcome> {
  if (activityInfo().attempt === 1) return { kind: 'paused' };
  const found = await lookUp(http, subject, row);
  return found.kind === 'done' || found.kind === 'accepted' ? found : { kind: 'paused' };
}

async function lookUp(http: ProviderHttp, refundId: string, row: RefundRow): Promise<Outcome> {
  return lookUpOutcome(await providerList(http).byRefundId(refundId), row);
}

export function refundOutcome({ status, body }: Reply): Outcome {
  if (status === 201 || status === 200) return { kind: body.status === 'pending' ? 'accepted' : 'done', providerRefundId: String(body.id) };
  return status === 402 ? { kind: 'refused', code: String(body.code ?? 'refused') } : { kind: 'unanswered' };
}

/**
 * Of all that the provider holds under our id, what moved money speaks first. Another sum is another refund, made by somebody who used our id: it does not pay this one,
 * and reconciliation finds it.
 */
export function lookUpOutcome(listed: readonly ListedRefund[], { amount, currency }: Pick<RefundRow, 'amount' | 'currency'>): Outcome {
  const found = listed.filter((refund) => refund.amount === amount && refund.currency === currency);
  const succeeded = found.find((refund) => refund.status === 'succeeded');
  if (succeeded) return { kind: 'done', providerRefundId: succeeded.id };
  const pending = found.find((refund) => refund.status === 'pending');
  if (pending) return { kind: 'accepted', providerRefundId: pending.id };
  return found.length > 0 ? { kind: 'refused', code: 'failed_at_provider' } : { kind: 'not_found' };
}

const refundById = prepared(
  `SELECT amount, currency, provider_payment_id AS "providerPaymentId", EXISTS (SELECT FROM payment_provider p WHERE p.provider = refund.provider AND p.paused_at IS NOT NULL) AS paused
   FROM refund WHERE id = $1`,
);
async function readRefund(database: Database, { merchantId, subject }: ProviderCall): Promise<RefundRow> {
  const [row] = await database.ask<RefundRow>(merchantId, refundById, [subject]);
  if (!row) throw new Error(`no refund ${subject}`);
  return row;
}
