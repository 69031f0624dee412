import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporal } from '@temporalio/proto';
import { returnWorkflowId } from '#libs/contracts/messages';
import { Steps } from './one-return';
import type { Rig } from './rig';
import { StatementLog, tripKinds, type Trip, type TripKind } from './statements';

/** What one refund return may cost at most. None of it depends on the machine. */
export const limits = { events: 50, workflowTasks: 10, stateTransitions: 18, historyKiB: 16, visibilityWrites: 3 } as const;
export type Cost = Record<keyof typeof limits, number>;

export interface Budgets {
  readonly cost: Cost;
  readonly floor: Cost;
  readonly over: readonly (keyof typeof limits)[];
  /** Types of events in the history, with how many there are of each. */
  readonly events: Record<string, number>;
  /** Round trips to the product's database, by what they were for: transactions and statements. */
  readonly database: Record<TripKind | 'all', { readonly transactions: number; readonly statements: number }>;
  /** Statements of the deciding transactions, in the order in which they came. */
  readonly commits: readonly (readonly string[])[];
}

/** One refund return, alone on the machine, by Temporal's own books and the database's log. */
export async function measureBudgets(rig: Rig): Promise<Budgets> {
  await oneReturn(rig); // connections, statements and modules are there afterwards
  const log = new StatementLog(rig.database, join(rig.stack.homeDir, 'logs', 'postgres.log'));
  await log.on();
  let trips: Trip[];
  let workflowId: string;
  try {
    workflowId = await oneReturn(rig, async () => void (await log.take()));
    trips = await log.take();
  } finally {
    await log.off();
  }
  const { cost, events } = await costOf(rig, workflowId);
  const floorId = await rig.floor.refundReturn(100, new Steps());
  const floor = (await costOf(rig, floorId)).cost;
  const over = (Object.keys(limits) as (keyof typeof limits)[]).filter((name) => cost[name] > limits[name]);
  const commits = trips.filter((trip) => trip.kind === 'decided and committed').map((trip) => trip.statements.map((statement) => statement.slice(0, 160)));
  return { cost, floor, over, events, database: countTrips(trips), commits };
}

async function oneReturn(rig: Rig, begin: () => Promise<void> = async () => undefined): Promise<string> {
  const { driver, database } = rig;
  const order = await driver.importOrder();
  await begin();
  const id = await rig.refundReturn(order, 0, new Steps());
  const workflowId = returnWorkflowId('demo', id);
  const paid = await eventually(async () => (await database.query(`SELECT FROM return WHERE id = $1 AND status = 'completed'`, [id])).rowCount === 1);
  if (!paid) throw new Error(`return ${id} was not refunded in time`);
  await eventually(async () => (await database.query('SELECT FROM graphile_worker.jobs WHERE attempts = 0')).rowCount === 0, 2_000);
  await eventually(async () => (await rig.client.workflow.getHandle(workflowId).describe()).status.name !== 'RUNNING', 1_000);
  return workflowId;
}

async function costOf(rig: Rig, workflowId: string): Promise<{ cost: Cost; events: Record<string, number> }> {
  const handle = rig.client.workflow.getHandle(workflowId);
  await eventually(async () => (await handle.describe()).status.name !== 'RUNNING', 1_000);
  const { raw, historyLength, status } = await handle.describe();
  const history = (await handle.fetchHistory()).events ?? [];
  const events: Record<string, number> = {};
  for (const { eventType } of history) {
    const name = temporal.api.enums.v1.EventType[eventType ?? 0]!.replace('EVENT_TYPE_', '');
    events[name] = (events[name] ?? 0) + 1;
  }
  const info = raw.workflowExecutionInfo!;
  const cost: Cost = {
    events: historyLength,
    workflowTasks: events.WORKFLOW_TASK_COMPLETED ?? 0,
    stateTransitions: Number(info.stateTransitionCount),
    historyKiB: Math.round(Number(info.historySizeBytes) / 102.4) / 10,
    visibilityWrites: 1 + (events.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES ?? 0) + (status.name === 'RUNNING' ? 0 : 1),
  };
  return { cost, events };
}

function countTrips(trips: readonly Trip[]): Budgets['database'] {
  const count = (some: readonly Trip[]) => ({ transactions: some.length, statements: some.reduce((sum, trip) => sum + trip.statements.length, 0) });
  const byKind = Object.fromEntries(tripKinds.map((kind) => [kind, count(trips.filter((trip) => trip.kind === kind))])) as Omit<Budgets['database'], 'all'>;
  return { ...byKind, all: count(trips) };
}

async function eventually(holds: () => Promise<boolean>, withinMs = 10_000): Promise<boolean> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(40)) if (await holds()) return true;
  return false;
}
