import type { Task, TaskList } from 'graphile-worker';
import { z } from 'zod';
import { providerResumedTask } from '#libs/persistence/payment-providers';
import { orderChangedTask, paymentKnownTask } from '#libs/persistence/orders';
import { reconciliationTask, reportTask, tellReport } from '#libs/persistence/reconciliations';
import { templates } from '../mail/texts';
import { checkpoint, checkpointAll } from './checkpoint';
import { deliverFact, factsAbout } from './facts';
import type { JobContext } from './job-context';
import { expireAllCoupons } from './expire-coupons';
import { sendMail } from './mail';
import { orderChanged } from './order-changed';
import { providerResumed } from './provider-resumed';
import { reconcile } from './reconcile';
import { reconcileProvider, reconcileYesterday } from './reconciliation';

const id = z.string().min(1);
const payloads = {
  fact: z.object({ inboxId: z.coerce.number().int().positive() }),
  parcel: z.object({ trackingNumber: id }),
  payment: z.object({ providerPaymentId: id }),
  order: z.object({ merchantId: id, orderNumber: id }),
  provider: z.object({ merchantId: id, provider: id, after: z.tuple([id, id]).nullable() }),
  reconciliation: z.object({ merchantId: id, reconciliationId: id }),
  report: z.object({
    provider: id,
    report: z.object({ eventId: id, type: id, subject: z.string(), at: id, data: z.looseObject({}), input: z.looseObject({}) }),
  }),
  merchant: z.object({ merchantId: id }),
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
    [providerResumedTask]: taking(payloads.provider, (resumed, { job }) => providerResumed(context, resumed, `${job.id}/${job.revision}`)),
    mail: taking(payloads.mail, (mail) => sendMail(context, mail)),
    reconcile: () => reconcile(context),
    [reconciliationTask]: taking(payloads.reconciliation, (run) => reconcileProvider(context, run)),
    [reportTask]: taking(payloads.report, async ({ provider, report }) => void (await context.database.asSystem((tx) => tellReport(tx, provider, report)))),
    reconcile_yesterday: () => reconcileYesterday(context),
    checkpoint_all: () => checkpointAll(context),
    checkpoint: taking(payloads.merchant, ({ merchantId }) => checkpoint(context, merchantId)),
    expire_coupons: () => expireAllCoupons(context),
  };
}

const taking =
  <T>(schema: z.ZodType<T>, work: (payload: T, helpers: Parameters<Task>[1]) => Promise<void>): Task =>
  (payload, helpers) =>
    work(schema.parse(payload), helpers);
