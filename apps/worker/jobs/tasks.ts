import type { Task, TaskList } from 'graphile-worker';
import { z } from 'zod';
import { orderChangedTask, paymentKnownTask } from '#libs/persistence/orders';
import { templates } from '../mail/texts';
import { deliverFact, factsAbout } from './facts';
import type { JobContext } from './job-context';
import { sendMail } from './mail';
import { orderChanged } from './order-changed';
import { reconcile } from './reconcile';

const id = z.string().min(1);
const payloads = {
  fact: z.object({ inboxId: z.coerce.number().int().positive() }),
  parcel: z.object({ trackingNumber: id }),
  payment: z.object({ providerPaymentId: id }),
  order: z.object({ merchantId: id, orderNumber: id }),
  mail: z.object({ merchantId: id, returnId: id, template: z.enum(templates), id }),
};

/** Every job there is, by the name under which a transaction adds it. */
export function taskList(context: JobContext): TaskList {
  return {
    deliver_fact: taking(payloads.fact, ({ inboxId }) => deliverFact(context, inboxId)),
    facts_of_parcel: taking(payloads.parcel, ({ trackingNumber }) => factsAbout(context, trackingNumber)),
    [paymentKnownTask]: taking(payloads.payment, ({ providerPaymentId }) => factsAbout(context, providerPaymentId)),
    // A job that is added again before it has run keeps its id; the revision tells one change from the next.
    [orderChangedTask]: taking(payloads.order, (order, { job }) => orderChanged(context, order, `${job.id}/${job.revision}`)),
    mail: taking(payloads.mail, (mail) => sendMail(context, mail)),
    reconcile: () => reconcile(context),
  };
}

/** One a minute for all workers together, and never two waiting: the key is the job's own. */
export const crontab = '* * * * * reconcile ?jobKey=reconcile&max=3&priority=-1';

const taking =
  <T>(schema: z.ZodType<T>, work: (payload: T, helpers: Parameters<Task>[1]) => Promise<void>): Task =>
  (payload, helpers) =>
    work(schema.parse(payload), helpers);
