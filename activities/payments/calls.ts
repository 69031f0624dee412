import type { ProviderActivities, ProviderCall } from '#libs/contracts/messages';
import type { Outcome } from '#libs/domain/return/input';
import { prepared, type Database } from '#libs/persistence/database';
import { NoAnswer, type ProviderHttp, type Reply } from '../provider-http';

interface RefundRow {
  readonly amount: number;
  readonly currency: string;
  readonly providerPaymentId: string;
}

/**
 * The payment provider. Each call is one question; its answer is data. A refund that was sent and not answered is never sent again under a new key on a guess: it is
 * `unanswered`, and looked up until it is known.
 */
export function paymentActivities(database: Database, http: ProviderHttp): Pick<ProviderActivities, 'refund' | 'lookUpRefund'> {
  return {
    async refund(call: ProviderCall): Promise<Outcome> {
      const { amount, currency, providerPaymentId } = await readRefund(database, call);
      const path = `/payments/${encodeURIComponent(providerPaymentId)}/refunds`;
      try {
        return refundOutcome(await http.call('POST', path, { refundId: call.subject, amount, currency }, { 'idempotency-key': call.key }));
      } catch (error) {
        if (error instanceof NoAnswer) return { kind: 'unanswered' };
        throw error; // not sent: Temporal tries again, with the same key
      }
    },
    async lookUpRefund(call: ProviderCall): Promise<Outcome> {
      const reply = await http.call('GET', `/refunds?refundId=${encodeURIComponent(call.subject)}`);
      if (reply.status !== 200) throw new Error(`the look-up of ${call.subject} answered ${reply.status}`);
      return lookUpOutcome(reply.body.data as { id: string; status: string }[]);
    },
  };
}

export function refundOutcome({ status, body }: Reply): Outcome {
  if (status === 201 || status === 200) return { kind: body.status === 'pending' ? 'accepted' : 'done', providerRefundId: String(body.id) };
  return status === 402 ? { kind: 'refused', code: String(body.code ?? 'refused') } : { kind: 'unanswered' };
}

/** Of all that the provider holds under our id, what moved money speaks first. */
export function lookUpOutcome(found: readonly { id: string; status: string }[]): Outcome {
  const succeeded = found.find((refund) => refund.status === 'succeeded');
  if (succeeded) return { kind: 'done', providerRefundId: succeeded.id };
  const pending = found.find((refund) => refund.status === 'pending');
  if (pending) return { kind: 'accepted', providerRefundId: pending.id };
  return found.length > 0 ? { kind: 'refused', code: 'failed_at_provider' } : { kind: 'not_found' };
}

const refundById = prepared('SELECT amount, currency, provider_payment_id AS "providerPaymentId" FROM refund WHERE id = $1');
async function readRefund(database: Database, { merchantId, subject }: ProviderCall): Promise<RefundRow> {
  const [row] = await database.ask<RefundRow>(merchantId, refundById, [subject]);
  if (!row) throw new Error(`no refund ${subject}`);
  return row;
}
