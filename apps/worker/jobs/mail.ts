import type { Details } from '#libs/domain/return/details';
import type { Order } from '#libs/domain/order';
import type { ReturnState } from '#libs/domain/return/state';
import type { Template } from '../mail/texts';
import { renderMail } from '../mail/templates';
import type { JobContext } from './job-context';

export interface MailJob {
  readonly merchantId: string;
  readonly returnId: string;
  readonly template: Template;
  /** The same mail has the same id for ever: the mailbox takes it once. */
  readonly id: string;
}

/** Writes to the customer, in their language, about the return as it stands now. */
export async function sendMail({ database, mailbox, log }: JobContext, { merchantId, returnId, template, id }: MailJob): Promise<void> {
  if (!mailbox) return log.debug({ merchantId, returnId, template }, 'no mail transport');
  const [row] = await database.inMerchant(merchantId, (tx) =>
    tx.query<{ state: ReturnState; details: Details; order: Order }>(
      'SELECT r.state, r.details, o.document AS "order" FROM return r JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_number = r.order_number WHERE r.id = $1',
      [returnId],
    ),
  );
  const to = row?.order.customer.email;
  // Whoever had their data erased gets no mail any more.
  if (!row || !to?.includes('@')) return log.info({ merchantId, returnId, template }, 'nobody to write to');
  const mail = renderMail(template, row);
  if (!mail) return log.debug({ merchantId, returnId, template }, 'nothing to write about any more');
  const { status } = await mailbox.call('POST', '/mail', { id, to, kind: template, ...mail });
  if (status !== 200 && status !== 201) throw new Error(`the mailbox answered ${status}`);
}
