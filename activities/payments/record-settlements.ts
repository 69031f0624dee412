import { paymentIdOf } from '#libs/domain/money/store-credit';
import { postingsOfRefund, postingsOfSettlement, reversed } from '#libs/domain/money/postings';
import type { SettledUnit, Settlement, SettlementInput } from '#libs/domain/money/settlement-types';
import { advanceMovements, type AdvanceMovement } from '#libs/domain/return/advance-movements';
import { evolve, type Event, type EventOf } from '#libs/domain/return/evolve';
import type { Refund } from '#libs/domain/return/state';
import type { Transaction } from '#libs/persistence/database';
import type { Change } from '../returns/record';
import { post } from './ledger';

interface Detail {
  readonly settlement: Settlement;
  readonly settled: readonly SettledUnit[];
  readonly inputs: SettlementInput;
  readonly rules: object;
}

/**
 * An instalment or an advance: its document with the inputs it can be recomputed from, its refunds as intents, and every balance it takes from, in one transaction with
 * the log. What is given back comes before what is taken anew, so that no balance is short in between.
 */
export async function recordSettlements(tx: Transaction, change: Change): Promise<void> {
  let state = change.before;
  giveBackBalances(tx, change);
  for (const event of change.events) {
    const next = evolve(state, event);
    if (event.type === 'settlement_withdrawn') await recordWithdrawal(tx, change, event.settlementId);
    recordMovements(tx, change, event, advanceMovements(state, next), next.sequence);
    if (event.type === 'settled') recordOne(tx, change, event, event.detail as unknown as Detail);
    if (event.type === 'advanced') recordAdvance(tx, change, event, event.detail as unknown as Detail);
    state = next;
  }
}

/** A refund that was rejected, or for which another one stands, claims nothing any more. */
function giveBackBalances(tx: Transaction, { before, events, after: { state } }: Change): void {
  const over = (status?: Refund['status']) => status === 'rejected' || status === 'redirected';
  const given = events.flatMap((event) => (event.type === 'refund_changed' && over(event.set.status) ? [event.refundId] : []));
  const refunds = before.refunds.filter(({ refundId, status }) => given.includes(refundId) && !over(status));
  for (const { tenderId, amount } of refunds.toSorted((a, b) => (a.tenderId < b.tenderId ? -1 : 1)))
    tx.write('UPDATE tender SET pending_amount = pending_amount - $3 WHERE order_number = $1 AND tender_id = $2', [state.orderNumber, tenderId, amount]);
}

/** How the figures of advances moved: the order's balances and the ledger follow. `sequence` of the event names the entries. */
function recordMovements(tx: Transaction, change: Change, event: Event, movements: readonly AdvanceMovement[], sequence: number): void {
  const { orderNumber, returnId } = change.after.state;
  for (const { advanceId, postings, advancedAmount, shipping, pointsRestored, kept } of movements) {
    takeShipping(tx, orderNumber, shipping);
    keepUnits(tx, returnId, kept);
    tx.write(
      'UPDATE orders SET granted_amount = granted_amount + $2, advanced_amount = advanced_amount + $2, points_restored = points_restored + $3 WHERE order_number = $1',
      [orderNumber, advancedAmount, pointsRestored],
    );
    post(tx, change, { id: event.type === 'advanced' ? advanceId : `${advanceId}/${sequence}`, refundId: null, postings });
  }
}

function recordAdvance(tx: Transaction, change: Change, { advance: { advanceId }, refunds }: EventOf<'advanced'>, detail: Detail): void {
  insertDocument(tx, change, advanceId, 'advance', detail);
  insertRefunds(tx, change, { refunds, settlementId: advanceId });
  payAtOnce(tx, change, refunds, detail.settlement);
}

/**
 * The undo of an instalment that finance did not let go: claims, shipping, totals and ledger as if it had not been; its refunds give their balances back themselves.
 * The document stays. What each unit was given, as opposed to refunded, only the log knows.
 */
async function recordWithdrawal(tx: Transaction, change: Change, settlementId: string): Promise<void> {
  const { returnId, orderNumber } = change.after.state;
  const [row] = await tx.query<{ text: string }>(
    `SELECT text FROM log_entry WHERE stream = $1 AND type = 'settled' AND text::jsonb -> 'data' ->> 'settlementId' = $2`,
    [returnId, settlementId],
  );
  if (!row) throw new Error(`settlement ${settlementId} of return ${returnId} is not in the log`);
  const { settlement, settled } = (JSON.parse(row.text) as { data: { detail: Pick<Detail, 'settlement' | 'settled'> } }).data.detail;
  unmarkUnits(tx, returnId, settled);
  takeShipping(
    tx,
    orderNumber,
    settlement.shipping.map(({ shipmentId, amount }) => ({ shipmentId, amount: -amount })),
  );
  tx.write(
    'UPDATE orders SET granted_amount = granted_amount - $2, points_restored = points_restored - $3, points_revoked = points_revoked - $4 WHERE order_number = $1',
    [orderNumber, settlement.total, settlement.points.restored, settlement.points.revoked],
  );
  post(tx, change, { id: `${settlementId}/undo`, refundId: null, postings: reversed(postingsOfSettlement(settlement)) });
}
/** Claimed as before; what an adjustment had set free is claimed anew: the index refuses it if another return was quicker. */
function unmarkUnits(tx: Transaction, returnId: string, settled: readonly SettledUnit[]): void {
  tx.write(
    `UPDATE unit_claim SET outcome = CASE WHEN given_amount > undone.amount THEN 'kept' ELSE 'open' END, given_amount = given_amount - undone.amount, released_at = NULL,
       given_taxes = CASE WHEN undone.taxes IS NULL THEN given_taxes END
     FROM jsonb_to_recordset($2::jsonb) AS undone ("lineId" text, unit int, amount bigint, taxes jsonb)
     WHERE return_id = $1 AND line_id = "lineId" AND unit_claim.unit = undone.unit AND (released_at IS NULL OR outcome = 'adjusted')`,
    [returnId, JSON.stringify(settled.map(({ lineId, unit, amount, taxes }) => ({ lineId, unit, amount, taxes })))],
  );
}

function recordOne(tx: Transaction, change: Change, event: EventOf<'settled'>, detail: Detail): void {
  const { state } = change.after;
  const { settlement, settled, inputs } = detail;
  insertDocument(tx, change, event.settlementId, 'settlement', detail);
  markUnits(tx, state.returnId, settled, inputs);
  takeShipping(tx, state.orderNumber, settlement.shipping);
  insertRefunds(tx, change, event);
  tx.write(
    'UPDATE orders SET granted_amount = granted_amount + $2, points_restored = points_restored + $3, points_revoked = points_revoked + $4 WHERE order_number = $1',
    [state.orderNumber, settlement.total, settlement.points.restored, settlement.points.revoked],
  );
  post(tx, change, { id: event.settlementId, refundId: null, postings: postingsOfSettlement(settlement) });
  payAtOnce(tx, change, event.refunds, settlement);
}

function insertDocument(tx: Transaction, change: Change, id: string, kind: 'settlement' | 'advance', { settlement, inputs, rules }: Detail): void {
  const { state } = change.after;
  tx.write(
    `INSERT INTO settlement (merchant_id, id, return_id, order_number, currency, total, document, inputs, rules, created_at, kind)
     VALUES (current_setting('app.merchant_id'), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      id,
      state.returnId,
      state.orderNumber,
      state.currency,
      settlement.total,
      JSON.stringify(settlement),
      JSON.stringify(withoutPersons(inputs)),
      JSON.stringify(rules),
      change.at,
      kind,
    ],
  );
}

/** Money that lies with us is paid with the promise. */
function payAtOnce(tx: Transaction, change: Change, refunds: readonly Refund[], settlement: Settlement): void {
  const { state } = change.after;
  for (const refund of refunds.filter(({ status }) => status === 'succeeded')) {
    const kind = settlement.tenders.find((tender) => tender.tenderId === refund.tenderId)!.kind;
    post(tx, change, {
      id: `${refund.refundId}/1`,
      refundId: refund.refundId,
      postings: postingsOfRefund({ amount: refund.amount, currency: state.currency, kind }),
    });
  }
}

/** Names and addresses play no part in a settlement: they are not kept where erasure does not reach. */
export function withoutPersons(inputs: SettlementInput): SettlementInput {
  const { customer } = inputs.order;
  return { ...inputs, order: { ...inputs.order, shipTo: null, customer: { ...customer, name: '', email: '', phone: null } } };
}

function markUnits(tx: Transaction, returnId: string, settled: readonly SettledUnit[], { units }: SettlementInput): void {
  const rows = settled.map((unit) => {
    const keeps = units.find((asked) => asked.lineId === unit.lineId && asked.unit === unit.unit)?.keepsGoods === true;
    const outcome = { refund: keeps ? 'refunded_kept' : 'refunded', exchange: 'kept', adjustment: 'adjusted', none: 'kept' }[unit.kind];
    return { lineId: unit.lineId, unit: unit.unit, outcome, amount: unit.amount, taxes: unit.taxes };
  });
  // An adjusted unit stays the customer's to return later: its claim ends here, what it was given is remembered.
  tx.write(
    `UPDATE unit_claim SET outcome = given.outcome, given_amount = given_amount + given.amount, given_taxes = coalesce(given.taxes, given_taxes),
       released_at = CASE WHEN given.outcome = 'adjusted' THEN now() END
     FROM jsonb_to_recordset($2::jsonb) AS given ("lineId" text, unit int, outcome text, amount bigint, taxes jsonb)
     WHERE return_id = $1 AND line_id = "lineId" AND unit_claim.unit = given.unit AND released_at IS NULL`,
    [returnId, JSON.stringify(rows)],
  );
}

/** What the customer keeps of an advance counts like an adjustment: at the unit's newest claim of this return, and taken off again where it stands. */
function keepUnits(tx: Transaction, returnId: string, kept: AdvanceMovement['kept']): void {
  if (kept.length === 0) return;
  tx.write(
    `UPDATE unit_claim c SET given_amount = c.given_amount + kept.amount, outcome = CASE WHEN c.given_amount + kept.amount > 0 THEN 'adjusted' ELSE 'open' END
     FROM jsonb_to_recordset($2::jsonb) AS kept ("lineId" text, unit int, amount bigint)
     WHERE c.id = (SELECT max(id) FROM unit_claim n WHERE n.return_id = $1 AND n.line_id = "lineId" AND n.unit = kept.unit AND (kept.amount > 0 OR n.given_amount > 0))`,
    [returnId, JSON.stringify(kept)],
  );
}

/** Above zero takes, below gives back. */
function takeShipping(tx: Transaction, orderNumber: string, shipping: readonly Pick<Settlement['shipping'][number], 'shipmentId' | 'amount'>[]): void {
  const taken = shipping.filter((row) => row.amount !== 0).map(({ shipmentId, amount }) => ({ shipmentId, amount }));
  if (taken.length === 0) return;
  tx.write(
    `UPDATE shipment_balance b SET refunded_amount = refunded_amount + taken.amount FROM jsonb_to_recordset($2::jsonb) AS taken ("shipmentId" text, amount bigint)
     WHERE b.order_number = $1 AND b.shipment_id = "shipmentId"`,
    [orderNumber, JSON.stringify(taken)],
  );
}

/** Intents: the row and its key are there before anybody is called. The tender's balance is claimed by condition; nobody else's promise can be spent. */
function insertRefunds(tx: Transaction, change: Change, { refunds, settlementId }: Pick<EventOf<'settled'>, 'refunds' | 'settlementId'>): void {
  if (refunds.length === 0) return;
  const { state } = change.after;
  const rows = refunds.map((refund) => {
    const tender = change.world.order.tenders.find((candidate) => candidate.tenderId === refund.tenderId);
    return { ...refund, providerPaymentId: tender ? paymentIdOf(tender) : null };
  });
  tx.write(
    `INSERT INTO refund (merchant_id, id, return_id, order_number, settlement_id, tender_id, provider, provider_payment_id, amount, currency, status, attempt, granted_by, created_at, updated_at)
     SELECT current_setting('app.merchant_id'), "refundId", $2, $3, $4, "tenderId", provider, "providerPaymentId", amount, $5, status, 1, $6, $7, $7
     FROM jsonb_to_recordset($1::jsonb) AS r ("refundId" text, "tenderId" text, provider text, "providerPaymentId" text, amount bigint, status text)`,
    [JSON.stringify(rows), state.returnId, state.orderNumber, settlementId, state.currency, change.actor.id, change.at],
  );
  tx.write(
    `INSERT INTO refund_attempt (merchant_id, refund_id, attempt, idempotency_key, status, requested_at, answered_at)
     SELECT current_setting('app.merchant_id'), "refundId", 1, "refundId" || '/1', status, $2, CASE WHEN status = 'succeeded' THEN $2::timestamptz END
     FROM jsonb_to_recordset($1::jsonb) AS r ("refundId" text, status text)`,
    [JSON.stringify(rows), change.at],
  );
  for (const refund of [...refunds].toSorted((a, b) => (a.tenderId < b.tenderId ? -1 : 1))) {
    if (!change.world.order.tenders.some((tender) => tender.tenderId === refund.tenderId)) continue; // store credit of our own making has no balance to take from
    const column = refund.status === 'succeeded' ? 'refunded_amount' : 'pending_amount';
    tx.write(
      `UPDATE tender SET ${column} = ${column} + $3 WHERE order_number = $1 AND tender_id = $2 AND captured_amount - refunded_amount - pending_amount >= $3`,
      [state.orderNumber, refund.tenderId, refund.amount],
      // The settlement was made from these very balances under the order's lock: a bug, and nothing of it is kept.
      `tender ${refund.tenderId} of order ${state.orderNumber} has not ${refund.amount} left`,
    );
  }
}
