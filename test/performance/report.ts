import { limits, type Budgets, type Cost } from './budgets';
import type { Export } from './export';
import { figure, table } from './figures';
import type { Latency } from './latency';
import type { Report } from './main';
import { commands } from './one-return';
import type { Parked } from './parked';
import { tripKinds } from './statements';
import type { Load, Throughput } from './throughput';
import type { Verify } from './verify';

/** The report for people. */
export function printed(report: Report): string {
  const { machine, budgets, throughput, latency, parked, pure } = report;
  const parts = [
    `Bench of ${report.at} on ${machine.cores} × ${machine.model}, Node ${machine.node}; Temporal: ${report.temporal}; ${report.seconds} s${report.quick ? ' (quick: figures are rough)' : ''}`,
  ];
  if (budgets) parts.push(...budgetTables(budgets));
  if (throughput) parts.push(throughputTable(throughput));
  if (latency) parts.push(latencyTable(latency));
  if (parked) parts.push(parkedTable(parked));
  if (report.export) parts.push(exportTable(report.export));
  if (report.verify) parts.push(verifyTable(report.verify));
  if (pure)
    parts.push(
      table(
        'The rules alone, on one core; the floor reads the inputs of a settlement and writes its document, as JSON',
        ['', 'a second', 'to the floor'],
        [
          ['settlements', figure(pure.settlementsPerSecond), figure(pure.settlementsPerSecond / pure.keptPerSecond)],
          ['floor', figure(pure.keptPerSecond), ''],
          ['settlements of the largest return', figure(pure.largestPerSecond), ''],
          ['decisions (application)', figure(pure.decisionsPerSecond), figure(pure.decisionsPerSecond / pure.keptPerSecond)],
          ['decisions (one answer of 1,998)', figure(pure.answersAtTheLimitPerSecond), figure(pure.answersAtTheLimitPerSecond / pure.keptPerSecond)],
        ],
      ),
    );
  if (report.skipped.length > 0) parts.push(`No time was left for: ${report.skipped.join(', ')}`);
  return parts.join('\n\n');
}

const names: Record<keyof Cost, string> = {
  events: 'events',
  workflowTasks: 'workflow tasks',
  stateTransitions: 'state transitions',
  historyKiB: 'history, KiB',
  visibilityWrites: 'visibility writes',
};

function budgetTables({ cost, floor, over, database }: Budgets): string[] {
  const rows = (Object.keys(limits) as (keyof Cost)[]).map((name) => [
    names[name],
    figure(cost[name]),
    figure(limits[name]),
    figure(floor[name]),
    over.includes(name) ? 'TOO MUCH' : 'ok',
  ]);
  const trips = (['all', ...tripKinds] as const).filter((kind) => database[kind].transactions > 0);
  return [
    table('What one refund return costs Temporal', ['', 'return', 'limit', 'floor', ''], rows),
    table(
      'What it asks of the database',
      ['', 'transactions', 'statements'],
      trips.map((kind) => [kind, figure(database[kind].transactions), figure(database[kind].statements)]),
    ),
  ];
}

function throughputTable({ atATime, full, floor, ratio, rounds, factsPerReturn }: Throughput): string {
  const cpuRow = (name: string) => [`CPU ms a return: ${name}`, figure(full.cpu?.[name]), figure(floor.cpu?.[name]), ''];
  const both = (label: string, read: (load: Load) => number | null, share = '') => [label, figure(read(full)), figure(read(floor)), share];
  const rows = [
    both('returns a second', (load) => load.perSecond, `${figure(ratio)} (wanted ≥ 0.8)`),
    ...(rounds.length > 1
      ? [
          [
            '  by round',
            rounds.map((one) => figure(one.full.perSecond)).join(' '),
            rounds.map((one) => figure(one.floor.perSecond)).join(' '),
            rounds.map((one) => figure(one.full.perSecond / one.floor.perSecond)).join(' '),
          ],
        ]
      : []),
    both('one return, p50 ms', (load) => load.wholeMs.p50),
    both('one return, p95 ms', (load) => load.wholeMs.p95),
    both(
      'CPU ms a return, without driver and sandbox',
      (load) => load.cpuOwn,
      full.cpuOwn !== null && floor.cpuOwn !== null ? figure(full.cpuOwn / floor.cpuOwn) : '',
    ),
    ...Object.keys(full.cpu ?? {}).map(cpuRow),
    both('cores used by others meanwhile', (load) => load.foreignCores),
    both('failures', (load) => load.failures),
  ];
  return `${table(`Throughput, ${atATime} at a time`, ['', 'product', 'floor', 'product/floor'], rows)}\n  facts a return was told of: ${figure(factsPerReturn)}`;
}

function latencyTable({ perSecond, commands: measured, failures }: Latency): string {
  const rows = ([...commands, 'all'] as const).map((name) => {
    const { http, update, ratio50, ratio95 } = measured[name];
    return [name, figure(http.calls), figure(http.p50), figure(http.p95), figure(update.p50), figure(update.p95), figure(ratio50), figure(ratio95)];
  });
  const heading = `Round trips at half load (${figure(perSecond)} returns a second of each kind${failures ? `; ${failures} failed` : ''}), ms; wanted ≤ 1.5 × the bare Update`;
  return table(heading, ['', 'calls', 'HTTP p50', 'p95', 'Update p50', 'p95', 'ratio p50', 'p95'], rows);
}

function parkedTable({ returns, kibEach, idlePercent, idleMs }: Parked): string {
  const idle = Object.entries(idlePercent ?? {}).map(([name, percent]) => [`idle, ${name}, % of a core`, figure(percent)]);
  return table(
    `${returns} parked returns, all cached; idle for ${idleMs / 1000} s`,
    ['', ''],
    [['worker memory each, KiB (wanted ≤ 250)', figure(kibEach)], ...idle],
  );
}

function verifyTable({ entries, postings, entriesPerSecond, floorPerSecond, ratio }: Verify): string {
  return table(
    `An audit of ${entries} log entries with ${postings} postings`,
    ['', 'audit', 'bare SHA-256 of the texts', 'audit/bare'],
    [['entries a second', figure(entriesPerSecond), figure(floorPerSecond), figure(ratio)]],
  );
}

function exportTable({ rows, rowsPerSecond, floorPerSecond, ratio, restingMiB, highestMiB }: Export): string {
  return table(
    `An export of ${rows} ledger rows`,
    ['', 'over HTTP', 'bare COPY', 'HTTP/COPY'],
    [
      ['rows a second', figure(rowsPerSecond), figure(floorPerSecond), figure(ratio)],
      ['API’s memory, MiB: resting, highest', `${figure(restingMiB)} ${figure(highestMiB)}`, '', ''],
      ['highest/resting', figure(restingMiB && highestMiB && highestMiB / restingMiB), '', ''],
    ],
  );
}
