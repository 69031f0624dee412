import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '#apps/local/project-root';
import { measureBudgets, type Budgets } from './budgets';
import { measureExport, type Export } from './export';
import { measureLatency, type Latency } from './latency';
import { measureParked, type Parked } from './parked';
import { measurePure, type Pure } from './pure';
import { printed } from './report';
import { Rig } from './rig';
import { measureThroughput, type Throughput } from './throughput';
import { measureVerify, type Verify } from './verify';

const parts = ['budgets', 'throughput', 'latency', 'parked', 'export', 'verify', 'pure'] as const;
type Part = (typeof parts)[number];

export interface Report {
  readonly at: string;
  readonly machine: { readonly cores: number; readonly model: string; readonly node: string };
  readonly quick: boolean;
  temporal: string;
  seconds: number;
  /** Parts for which no time was left. */
  readonly skipped: Part[];
  budgets?: Budgets;
  throughput?: Throughput;
  latency?: Latency;
  parked?: Parked;
  export?: Export;
  verify?: Verify;
  pure?: Pure;
}

/** Milliseconds, except `atATime`, `parked` (returns), `exported` (rows), `verified` (log entries) and `rate` (returns a second when throughput was not measured). */
const full = {
  budget: 235_000,
  atATime: 16,
  rounds: 2,
  warmUp: 8_000,
  floor: 10_000,
  full: 16_000,
  latency: 20_000,
  parked: 300,
  idle: 8_000,
  exported: 1_000_000,
  verified: 100_000,
  pure: 4_000,
  rate: 2,
};
const brief: typeof full = {
  budget: 57_000,
  atATime: 8,
  rounds: 1,
  warmUp: 800,
  floor: 2_000,
  full: 3_000,
  latency: 3_000,
  parked: 30,
  idle: 1_000,
  exported: 50_000,
  verified: 10_000,
  pure: 600,
  rate: 2,
};

/** What each part takes at most; one that would not end in time is left out. */
const estimate = (plan: typeof full): Record<Part, number> => ({
  budgets: 5_000,
  throughput: plan.warmUp * 2 + plan.rounds * (plan.floor + plan.full + 5_000),
  latency: plan.latency + 2_500,
  parked: plan.parked * 100 + plan.idle,
  export: plan.exported * 0.06,
  verify: plan.verified * 0.15,
  pure: plan.pure,
});

/** `npm run bench`. Answers the exit code: 1 when a return costs more than its budget. */
export async function main(args: readonly string[]): Promise<number> {
  const began = Date.now();
  const quick = args.includes('--quick');
  const plan = quick ? brief : full;
  const wanted = wantedParts(args);
  const say = (line: string) => process.stderr.write(`[bench] ${line}\n`);
  const report: Report = {
    at: new Date(began).toISOString(),
    machine: { cores: cpus().length, model: cpus()[0]?.model ?? '', node: process.versions.node },
    quick,
    temporal: 'none',
    seconds: 0,
    skipped: [],
  };
  const rig = new Rig(say);
  const interrupt = (signal: NodeJS.Signals) => {
    say(`${signal}: ending`);
    void rig.stop().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt);
  const due = (part: Part) => {
    if (!wanted.has(part)) return false;
    const inTime = Date.now() - began + estimate(plan)[part] < plan.budget;
    if (inTime) say(`${part} …`);
    else report.skipped.push(part);
    return inTime;
  };
  try {
    if (due('pure')) report.pure = measurePure(plan.pure);
    if ([...wanted].some((part) => part !== 'pure')) {
      await rig.start();
      report.temporal = rig.server;
      if (due('budgets')) report.budgets = await measureBudgets(rig);
      if (due('throughput'))
        report.throughput = await measureThroughput(rig, {
          atATime: plan.atATime,
          rounds: plan.rounds,
          warmUpMs: plan.warmUp,
          floorMs: plan.floor,
          fullMs: plan.full,
        });
      if (due('latency')) report.latency = await measureLatency(rig, halfLoad(report.throughput) ?? plan.rate, plan.latency);
      if (due('parked')) report.parked = await measureParked(rig, plan.parked, plan.idle);
      if (due('export')) report.export = await measureExport(rig, plan.exported);
      if (due('verify')) report.verify = await measureVerify(rig, plan.verified);
    }
  } finally {
    await rig.stop();
  }
  report.seconds = Math.round((Date.now() - began) / 1000);
  const file = join(projectRoot, 'dist', 'bench.json');
  mkdirSync(join(projectRoot, 'dist'), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`${printed(report)}\n\nThe same as JSON: ${file}\n`);
  return report.budgets?.over.length ? 1 : 0;
}

/** The product's returns and the floor's, begun in turns, keep this machine half busy together. */
function halfLoad(measured: Throughput | undefined): number | undefined {
  if (!measured) return undefined;
  return Math.max(0.5, 0.5 / (1 / measured.full.perSecond + 1 / measured.floor.perSecond));
}

function wantedParts(args: readonly string[]): ReadonlySet<Part> {
  const unknown = args.find((arg) => arg !== '--quick' && !arg.startsWith('--only='));
  if (unknown) throw new Error(`unknown option ${unknown}; there are --quick and --only=${parts.join(',')}`);
  const only = args.find((arg) => arg.startsWith('--only='))?.slice('--only='.length);
  if (only === undefined) return new Set(parts);
  const names = only.split(',');
  const wrong = names.find((name) => !(parts as readonly string[]).includes(name));
  if (wrong !== undefined) throw new Error(`there is no part ${wrong}; there are ${parts.join(', ')}`);
  return new Set(names as Part[]);
}
