import type { OrderMoney } from '#libs/domain/money/settlement-types';
import { newCouponCode, newId, newReturnNumber } from '#libs/persistence/ids';
import type { Application, World } from '#libs/domain/return/input';
import type { ReturnState } from '#libs/domain/return/state';
import type { Order } from '#libs/domain/order';
import { calendarStates, readCalendars, type CalendarStates } from '#libs/persistence/calendars';
import { prepared, type Transaction } from '#libs/persistence/database';
import { orderSpeaker } from '#libs/persistence/orders';
import { paidAfterAll } from '#libs/persistence/refunds-elsewhere';
import { policyInForce, readPolicyVersion } from '#libs/persistence/policies';

interface OrderRow {
  readonly order: Order;
  readonly grantedAmount: number;
  /** The part of it that no settlement stands for. */
  readonly advancedAmount: number;
  readonly advanceKept: boolean;
  readonly points: OrderMoney['points'];
  readonly customer: World['customer'] | null;
  readonly tenders: OrderMoney['tenders'] | null;
  readonly shipments: OrderMoney['shipments'] | null;
  readonly claims:
    readonly { lineId: string; unit: number; outcome: string; live: boolean; givenAmount: number; givenTaxes: readonly number[] | null }[] | null;
  readonly stock: readonly { sku: string; available: number; price: number; title: string }[] | null;
  readonly usedCoupons: readonly string[] | null;
  readonly goodwillElsewhere: number;
  readonly pausedProviders: readonly string[] | null;
  readonly orderSpeaker: string | null;
  readonly paidElsewhere: World['paidElsewhere'] | null;
  readonly calendars: CalendarStates;
}

/** `$1` the order, `$2` articles beside its own, `$3` the return that is decided about. */
const readOrderRow = prepared(`
SELECT o.document AS "order", o.granted_amount AS "grantedAmount", o.advanced_amount AS "advancedAmount",
  o.advanced_amount > 0 AND EXISTS (SELECT FROM return other WHERE other.order_number = o.order_number AND other.id <> $3
     AND other.state @? '$.advances[*] ? (@.recoveredAmount > 0 && @.recovery != "store_credit")') AS "advanceKept", jsonb_build_object('restored', o.points_restored, 'revoked', o.points_revoked) AS points,
  (SELECT jsonb_build_object('blocked', c.blocked, 'riskScore', c.risk_score, 'tier', c.tier) FROM customer c WHERE c.id = o.customer_id) AS customer,
  (SELECT jsonb_agg(jsonb_build_object('tenderId', t.tender_id, 'capturedAmount', t.captured_amount, 'refundedAmount', t.refunded_amount, 'pendingAmount', t.pending_amount,
     'disputedAmount', t.disputed_amount) ORDER BY t.position) FROM tender t WHERE t.order_number = o.order_number) AS tenders,
  (SELECT jsonb_agg(jsonb_build_object('shipmentId', s.shipment_id, 'refundedAmount', s.refunded_amount)) FROM shipment_balance s WHERE s.order_number = o.order_number) AS shipments,
  (SELECT jsonb_agg(jsonb_build_object('lineId', u.line_id, 'unit', u.unit, 'outcome', u.outcome, 'live', u.released_at IS NULL, 'givenAmount', u.given_amount, 'givenTaxes', u.given_taxes))
     FROM unit_claim u WHERE u.order_number = o.order_number AND (u.released_at IS NULL OR u.outcome <> 'open')) AS claims,
  (SELECT jsonb_agg(jsonb_build_object('sku', i.sku, 'available', i.available, 'price', i.price, 'title', i.title)) FROM inventory i
     WHERE i.sku = ANY (ARRAY (SELECT line ->> 'sku' FROM jsonb_array_elements(o.document -> 'lines') line) || $2::text[])) AS stock,
  (SELECT jsonb_agg(k.code) FROM compensation k WHERE k.status = 'used' AND k.code = ANY (ARRAY (SELECT g ->> 'code' FROM jsonb_array_elements(o.document -> 'giftedCoupons') g))) AS "usedCoupons",
  (SELECT coalesce(sum(k.amount), 0)::bigint FROM return r JOIN compensation k ON k.merchant_id = r.merchant_id AND k.return_id = r.id
     WHERE r.order_number = o.order_number AND r.id <> $3 AND k.status IN ('granted', 'used')) AS "goodwillElsewhere",
  (SELECT array_agg(provider) FROM payment_provider WHERE paused_at IS NOT NULL) AS "pausedProviders",
  ${orderSpeaker} AS "orderSpeaker",
  ${paidAfterAll} AS "paidElsewhere",
  ${calendarStates} AS calendars
FROM orders o WHERE o.order_number = $1`);

/** Everything a decision may look at, read after the locks are taken. Null: there is no such order, or no policy that is for it. */
export async function loadWorld(tx: Transaction, subject: ReturnState | Application, now: number): Promise<World | null> {
  const exchanges = subject.lines.flatMap(({ exchangeSku }) => (exchangeSku === null ? [] : [exchangeSku]));
  const [row] = await tx.query<OrderRow>(readOrderRow, [subject.orderNumber, exchanges, 'units' in subject ? subject.returnId : '']);
  if (!row) return null;
  const policy = await policyOf(tx, subject, row);
  if (!policy) return null;
  return {
    now,
    newId,
    newReturnNumber,
    newCouponCode,
    policy: policy.policy,
    policyRef: { id: policy.id, version: policy.version },
    order: row.order,
    money: moneyOf(row),
    grantedAmount: row.grantedAmount,
    advanceKept: row.advanceKept,
    goodwillElsewhere: row.goodwillElsewhere,
    pausedProviders: row.pausedProviders ?? [],
    orderSpeaker: row.orderSpeaker,
    paidElsewhere: row.paidElsewhere ?? [],
    freeUnits: freeUnits(row),
    stock: Object.fromEntries((row.stock ?? []).map((article) => [article.sku, article])),
    calendars: await readCalendars(tx, row.calendars),
    customer: row.customer
      ? { ...row.customer, tier: row.customer.tier ?? row.order.customer.tier }
      : { blocked: false, riskScore: 0, tier: row.order.customer.tier },
    usedCoupons: row.usedCoupons ?? [],
  };
}

/** A return keeps the version it was opened under; a new one gets the version in force when the order was placed. */
async function policyOf(tx: Transaction, subject: ReturnState | Application, row: OrderRow) {
  if ('units' in subject) {
    const policy = await readPolicyVersion(tx, subject.policy.id, subject.policy.version);
    return policy && { ...subject.policy, policy };
  }
  const order = { ...row.order, channel: subject.channel ?? row.order.channel };
  return policyInForce(tx, { order, lineIds: subject.lines.map((line) => line.lineId), tier: row.customer?.tier ?? null });
}

function moneyOf(row: OrderRow): OrderMoney {
  const claims = row.claims ?? [];
  return {
    tenders: row.tenders ?? [],
    shipments: row.shipments ?? [],
    settledUnits: claims.filter((claim) => claim.live && claim.outcome.startsWith('refunded')),
    keptUnits: claims.filter((claim) => claim.live && ['kept', 'refunded_kept'].includes(claim.outcome)),
    givenAmounts: claims
      .filter((claim) => claim.outcome === 'adjusted' || (claim.outcome === 'kept' && claim.givenAmount > 0))
      .map(({ lineId, unit, givenAmount, givenTaxes }) => ({ lineId, unit, amount: givenAmount, ...(givenTaxes && { taxes: givenTaxes }) })),
    refundedAmount: row.grantedAmount - row.advancedAmount,
    points: row.points,
  };
}

function freeUnits(row: OrderRow): World['freeUnits'] {
  const live = new Set((row.claims ?? []).filter((claim) => claim.live).map((claim) => `${claim.lineId}#${claim.unit}`));
  const free = (lineId: string, quantity: number) => Array.from({ length: quantity }, (_, index) => index + 1).filter((unit) => !live.has(`${lineId}#${unit}`));
  return Object.fromEntries(row.order.lines.map((line) => [line.lineId, free(line.lineId, line.quantity)]));
}
