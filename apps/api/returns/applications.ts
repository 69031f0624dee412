import { Injectable } from '@nestjs/common';
import { loadWorld } from '#activities/returns/world';
import type { Caller } from '#libs/contracts/caller';
import type { ApplyBody } from '#libs/contracts/return-requests';
import { quote } from '#libs/domain/return/application';
import type { Application } from '#libs/domain/return/input';
import { Database, type Transaction } from '#libs/persistence/database';
import type { Annotations } from '#activities/returns/annotations';
import { ApiError, notFound } from '../http/api-error';
import { namedFiles, requireEvidence } from './evidence';
import { sightOf } from './return-commands';

/** A customer does not choose the policy by saying where they ask. */
export const applicationOf = (body: ApplyBody, { role }: Caller): Application => ({
  orderNumber: body.orderNumber,
  channel: role === 'customer' ? null : body.channel,
  lines: body.lines.map(({ comment: _, evidence, ...line }) => ({ ...line, evidenceCount: evidence.length })),
  method: body.method,
  pickup: body.pickup,
  refundTo: body.refundTo,
});
/** What the customer wrote: kept beside the return, outside of its log. */
export const commentsOf = (body: ApplyBody): NonNullable<Annotations['texts']> =>
  body.lines.flatMap(({ lineId, comment }) => (comment ? [{ kind: 'comment' as const, visibility: 'customer' as const, body: { lineId, comment } }] : []));

/** Quotes, and what both quote and application need to be about: an order that the caller may see, files that are theirs. */
@Injectable()
export class Applications {
  constructor(private readonly database: Database) {}

  /** The same code as the application, without a trace. */
  quote(caller: Caller, body: ApplyBody) {
    return this.database.inMerchant(caller.merchantId, async (tx) => {
      await requireVisible(tx, caller, body);
      const application = applicationOf(body, caller);
      const world = await loadWorld(tx, application, Date.now());
      if (!world) throw notFound('order');
      const found = quote(application, world);
      if ('refusal' in found) throw new ApiError(found.refusal.code, found.refusal.detail, found.refusal.errors ? { errors: found.refusal.errors } : {});
      const { assessment, settlement } = found;
      return {
        eligible: assessment.eligible,
        lines: assessment.lines.map(({ lineId, quantity, eligible, findings, resolutions }) => ({ lineId, quantity, eligible, findings, resolutions })),
        approval: assessment.approval,
        methods: assessment.methods,
        // Nothing is settled yet, so it has no id.
        settlement: { id: null, ...settlement },
        policy: world.policyRef,
      };
    });
  }

  async check(caller: Caller, body: ApplyBody): Promise<void> {
    await this.database.inMerchant(caller.merchantId, (tx) => requireVisible(tx, caller, body));
  }
}

async function requireVisible(tx: Transaction, caller: Caller, body: ApplyBody): Promise<void> {
  const { email, orderNumber } = sightOf(caller);
  const orders = await tx.query(
    'SELECT FROM orders WHERE merchant_id = $1 AND order_number = $2 AND ($3::text IS NULL OR lower(customer_email) = lower($3)) AND ($4::text IS NULL OR order_number = $4)',
    [caller.merchantId, body.orderNumber, email, orderNumber],
  );
  if (orders.length === 0) throw notFound('order');
  await requireEvidence(
    tx,
    caller,
    body.lines.flatMap((line, index) => namedFiles(line.evidence, `/lines/${index}/evidence`)),
  );
}
