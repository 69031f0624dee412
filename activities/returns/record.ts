import type { Actor } from '#libs/contracts/caller';
import type { ReturnRecord } from '#libs/contracts/present-return';
import { workOf, type Work } from '#libs/domain/return/attention';
import type { SettlementInput } from '#libs/domain/money/settlement-types';
import type { Event } from '#libs/domain/return/evolve';
import type { World } from '#libs/domain/return/input';
import type { ReturnState } from '#libs/domain/return/state';
import { status } from '#libs/domain/return/tables';
import { canonical, sha256 } from '#libs/persistence/canonical';
import type { Transaction } from '#libs/persistence/database';
import type { ToldEntry } from '#libs/persistence/ledger';
import { insertEntries, link } from '#libs/persistence/log';
import { ownerOf } from '#libs/persistence/tasks';
import { recordAccounts } from '../compensation/accounts';
import { recordCompensations } from '../compensation/record';
import { recordReservations } from '../inventory/reservations';
import { recordOverdrafts } from '../payments/record-overdrafts';
import { recordRefunds } from '../payments/record-refunds';
import { recordSettlements, withoutPersons } from '../payments/record-settlements';
import { recordStanding } from '../payments/record-standing';
import { recordParcels } from '../carriers/record-parcels';
import { recordClaims } from './claims';
import { announce } from './messages-to-customer';
import { wakeAt } from './wake-at';

/** One decision with everything its rows need. */
export interface Change {
  readonly before: ReturnState;
  readonly after: ReturnRecord;
  readonly events: readonly Event[];
  /** The letter that caused it: unique per return. */
  readonly cause: string;
  readonly actor: Actor;
  /** The return's clock, RFC 3339. */
  readonly at: string;
  /** Hash of the last entry before. */
  readonly head: string;
  readonly world: World;
  /** The earliest promise that somebody still has to keep, by the return's clock (epoch ms): passed, the return is overdue. */
  readonly nextDueAt: number | null;
  /** What this decision has booked so far: the log tells it, so that the chain vouches for the ledger. */
  readonly ledger: ToldEntry[];
}

/**
 * Writes a decision down: log, row, claims, money, goods, work. Lock order: units, shipments, tenders, stock, store credit. Hardly anything here waits: all of it leaves for the
 * database at once, and the transaction fails with the first statement that does.
 */
export async function record(tx: Transaction, change: Change): Promise<void> {
  // The order is locked already; its first return freezes it.
  if (change.before.sequence === 0)
    tx.write('UPDATE orders SET locked_at = now() WHERE order_number = $1 AND locked_at IS NULL', [change.after.state.orderNumber]);
  recordClaims(tx, change);
  await recordSettlements(tx, change);
  await recordStanding(tx, change);
  recordRefunds(tx, change);
  recordOverdrafts(tx, change);
  recordReservations(tx, change);
  await recordCompensations(tx, change);
  recordParcels(tx, change);
  recordAccounts(tx, change);
  // Last, for it tells what was booked.
  writeRow(tx, change, recordLog(tx, change));
  recordWork(tx, change);
  announce(tx, change);
}

function recordLog(tx: Transaction, { before, events, cause, actor, at, head, ledger }: Change): string {
  const entries = link(
    withLedger(events.map(loggable), ledger).map(({ type, ...data }, index) => ({
      stream: before.returnId,
      sequence: before.sequence + index + 1,
      at,
      actor: { kind: actor.kind, id: actor.id },
      cause,
      type,
      data,
    })),
    head,
  );
  insertEntries(tx, entries);
  return entries.at(-1)!.hash;
}

/** The last event of a decision tells all that the decision booked. Like every detail it stays out of histories. */
function withLedger(events: readonly Event[], ledger: readonly ToldEntry[]): readonly Event[] {
  const last = events.at(-1);
  return ledger.length === 0 || last === undefined ? events : [...events.slice(0, -1), { ...last, detail: { ...last.detail, ledger } }];
}

/** What a settlement was computed from holds the whole order: the chain keeps its digest, the settlement's row the inputs without names and addresses. */
function loggable(event: Event): Event {
  if (event.type !== 'settled' && event.type !== 'advanced') return event;
  const { inputs, ...detail } = event.detail as Record<string, unknown> & { inputs: SettlementInput };
  return { ...event, detail: { ...detail, inputsDigest: sha256(canonical(withoutPersons(inputs))) } };
}

function writeRow(tx: Transaction, { before, after, at, nextDueAt }: Change, head: string): void {
  const { state, details, statusSince, closedAt } = after;
  const due = nextDueAt === null ? null : new Date(nextDueAt - state.clockOffset).toISOString();
  const wake = wakeAt(state, Date.parse(at));
  const values = [
    state.returnId,
    state.sequence,
    JSON.stringify(state),
    JSON.stringify(details),
    head,
    status(state),
    statusSince,
    state.priority,
    state.attention?.reason ?? null,
    due,
    at,
    closedAt,
    wake === null ? null : new Date(wake).toISOString(),
  ];
  if (before.sequence > 0) {
    tx.write(
      `UPDATE return SET sequence = $2, state = $3, details = $4, head = $5, status = $6, status_since = $7, priority = $8, attention = $9, next_due_at = $10, updated_at = $11, closed_at = $12, wake_at = $13
       WHERE id = $1`,
      values,
    );
    return;
  }
  tx.write(
    `INSERT INTO return (merchant_id, id, sequence, state, details, head, status, status_since, priority, attention, next_due_at, created_at, updated_at, closed_at, wake_at, number, order_number, customer_id)
     VALUES (current_setting('app.merchant_id'), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $13, $14, $15, $16)`,
    [...values, state.number, state.orderNumber, details.customerId],
  );
}

const urgency = { low: 0, normal: 1, high: 2, urgent: 3 } as const;
/** Due by our clock, not the one of a return whose clock was moved on. While its clock stands still, a piece of work is not due. */
function dueWork(state: ReturnState): Work[] {
  const running = { ...state, deadlines: state.deadlines.filter(({ pausedAt }) => pausedAt === null) };
  return workOf(running).map((one) => ({ ...one, dueAt: one.dueAt === null ? null : one.dueAt - state.clockOffset }));
}
/** The work queue is what the state asks of people; a piece that is still asked for keeps its owner, a new one is that of the return's. */
function recordWork(tx: Transaction, { before, after: { state, details }, at }: Change): void {
  const [was, is] = [before.sequence === 0 ? [] : dueWork(before), dueWork(state)];
  if (JSON.stringify(was) === JSON.stringify(is) && before.priority === state.priority) return;
  const gone = was.filter((one) => !is.some((other) => other.id === one.id)).map((one) => one.id);
  if (gone.length > 0) tx.write('DELETE FROM task WHERE id = ANY ($1::text[])', [gone]);
  if (is.length === 0) return;
  tx.write(
    `INSERT INTO task (merchant_id, id, queue, return_id, title, priority, due_at, created_at, assignee)
     SELECT current_setting('app.merchant_id'), id, queue, $2, title, $3, to_timestamp("dueAt" / 1000.0), $4, ${ownerOf('$5', 'work.queue')} FROM jsonb_to_recordset($1::jsonb) AS work (id text, queue text, title text, "dueAt" bigint)
     ON CONFLICT (merchant_id, id) DO UPDATE SET title = excluded.title, priority = excluded.priority, due_at = excluded.due_at`,
    [JSON.stringify(is), state.returnId, urgency[state.priority], at, details.assignee],
  );
}
