import type { Input } from '#libs/domain/return/input';
import type { Transaction } from '#libs/persistence/database';
import { readRefund, type RefundRow } from '#libs/persistence/finance-reads';

/** A refund as finance sees it. Its key is the latest attempt's; before the first call that of the call to come. */
export function presentRefund({ position: _position, providerPaymentId: _payment, attempt, ...refund }: RefundRow) {
  return { ...refund, idempotencyKey: refund.attempts.at(-1)?.idempotencyKey ?? `${refund.id}/${attempt}` };
}
export type PresentedRefund = ReturnType<typeof presentRefund>;

/** The refund that a command was about, as this transaction leaves it; null for commands about something else. */
export async function refundAfter(tx: Transaction, input: Input): Promise<PresentedRefund | null> {
  if (!isAboutRefund(input)) return null;
  const refund = await readRefund(tx, input.refundId);
  return refund && presentRefund(refund);
}

const commands: readonly string[] = ['approve_refund', 'reject_refund', 'retry_refund', 'redirect_refund', 'settle_refund'];
const isAboutRefund = (input: Input): input is Input<'retry_refund'> => commands.includes(input.type);
