import { problemOf, type Problem } from '#libs/contracts/errors';
import type { Role } from '#libs/contracts/caller';
import type { CouponAnswer } from '#libs/contracts/coupon-answers';
import { presentReturn, type ReturnRecord } from '#libs/contracts/present-return';
import type { Event } from '#libs/domain/return/evolve';
import type { Actor, Input, Refusal } from '#libs/domain/return/input';
import type { Answer } from '#libs/persistence/commands';
import type { PresentedRefund } from '../payments/present-refund';

type Verdict =
  | { readonly refusal: Refusal['refusal'] }
  | { readonly record: ReturnRecord; readonly role: Actor['kind']; readonly events: readonly Event[]; readonly refund?: PresentedRefund | null };

/** What the caller is told: made inside the deciding transaction, so that it is the return right after the command and the same on every repetition. */
export function answerTo(input: Input, verdict: Verdict): Answer {
  if ('refusal' in verdict) {
    const { code, detail, errors, lines } = verdict.refusal;
    const problem = problemOf(code, { detail, ...(errors && { errors: [...errors] }), ...(lines && { lines: lines as Problem['lines'] }) });
    return { status: problem.status, body: problem };
  }
  const { record, role, events, refund } = verdict;
  if (refund) return { status: 200, body: refund };
  if (input.type === 'receive') {
    const unexpected = events.flatMap((event) => (event.detail?.unexpected as unknown[] | undefined) ?? []);
    return { status: 201, body: { id: input.receiptId, returnId: record.state.returnId, status: 'matched', unexpected } };
  }
  if (input.type === 'coupon_used') return { status: 200, body: couponOf(record, input.compensationId) };
  const body = presentReturn(record, readerOf(role));
  return input.type === 'apply' ? { status: 201, body, headers: { Location: `/v1/returns/${record.state.returnId}` } } : { status: 200, body };
}
function couponOf({ state, details }: ReturnRecord, id: string): CouponAnswer {
  const { amount, status } = state.compensations.find((one) => one.id === id)!;
  const { code, reason, validUntil } = details.compensations[id]!;
  return {
    code: code!,
    status,
    amount,
    currency: state.currency,
    customerId: details.customerId,
    reason,
    validUntil,
    returnId: state.returnId,
    giftedBy: null,
  };
}
const readerOf = (kind: Actor['kind']): Role => (kind === 'system' || kind === 'carrier' || kind === 'provider' ? 'admin' : kind);
