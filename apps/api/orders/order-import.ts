import { Injectable } from '@nestjs/common';
import { freezeOrder } from '#libs/domain/money/order-shares';
import type { Order } from '#libs/domain/order';
import { frozenDifference, mergedImport } from '#libs/domain/order-change';
import { Database, type Transaction } from '#libs/persistence/database';
import { claimedUnits, importOrder, readOrder } from '#libs/persistence/orders';
import { ApiError } from '../http/api-error';
import { importProblem } from './import-problem';
import { presentOrder, type PresentedOrder } from './present-order';
import { SandboxCaptures } from './sandbox-captures';

/** Takes orders in: checked, frozen, written with all that hangs on them, and made known to the sandbox's payment provider where there is one. */
@Injectable()
export class OrderImport {
  constructor(
    private readonly database: Database,
    private readonly captures: SandboxCaptures,
  ) {}

  /** @throws ApiError `validation_failed`, `order_totals_mismatch`, `order_locked`, `temporarily_unavailable` */
  async run(merchantId: string, order: Order): Promise<{ created: boolean; answer: PresentedOrder }> {
    const problem = importProblem(order);
    if (problem && problem.code !== 'order_totals_mismatch') throw problem;
    const outcome = await this.database.inMerchant(merchantId, async (tx) => {
      if (problem) await requireCapturesOnly(tx, order, problem);
      const imported = await importOrder(tx, order, freezeOrder(order));
      if (imported.kind === 'locked') throw locked(order.orderNumber, imported.pointer);
      return { created: imported.kind === 'created', order: imported.order, claimed: await claimedUnits(tx, order.orderNumber) };
    });
    // After the commit, and again at every repetition: an order that is in but unknown to the provider is told so by the 503, and repaired by the next PUT.
    await this.captures.register(outcome.order);
    return { created: outcome.created, answer: presentOrder(outcome.order, outcome.claimed) };
  }
}

/**
 * A capture that comes after the first return is a fact: it is recorded although the order's figures, frozen by then, do not account for it. Anything else about an
 * order with returns is refused for being locked, whether or not it would add up.
 */
async function requireCapturesOnly(tx: Transaction, order: Order, problem: ApiError): Promise<void> {
  const known = await readOrder(tx, order.orderNumber);
  if (!known || known.lockedAt === null) throw problem;
  const pointer = frozenDifference(known.order, mergedImport(known.order, order));
  if (pointer !== null) throw locked(order.orderNumber, pointer);
}

const locked = (orderNumber: string, pointer: string) =>
  new ApiError('order_locked', `Order ${orderNumber} has returns: only deliveredAt, new tenders and chargebacks may change, not ${pointer || 'the rest'}`);
