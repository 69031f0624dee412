import type { Application, ApplicationLine, AssessedLine, Assessment, World } from './application';
import { defaultChecks, stockTaken, type Case, type Check } from './checks';
import type { AutomaticApproval, HandoverMethod } from './policy';

export type { Application, ApplicationLine, AssessedLine, Assessment, World } from './application';

/** Judges an application: every check of every line, all findings. The same for a quote and for the real thing; changes nothing. */
export function assess(application: Application, world: World, checks: readonly Check[] = defaultChecks): Assessment {
  const { cases, unknownLines } = casesOf(application, world);
  const lines = cases.map((subject) => assessLine(subject, checks));
  const eligible = lines.length > 0 && unknownLines.length === 0 && lines.every((line) => line.eligible);
  return { eligible, lines, unknownLines, approval: approvalOf(lines, world), methods: methodsOf(cases, world) };
}

/** Units are given out lowest first, and stock in the order of the lines: two lines cannot count on the same piece. */
function casesOf(application: Application, world: World): { cases: Case[]; unknownLines: string[] } {
  const orderLines = new Map(world.order.lines.map((line) => [line.lineId, line]));
  const taken = new Map<string, number>();
  const demanded = new Map<string, number>();
  const cases: Case[] = [];
  const unknownLines: string[] = [];
  for (const asked of application.lines) {
    const line = orderLines.get(asked.lineId);
    if (!line) {
      unknownLines.push(asked.lineId);
      continue;
    }
    const from = taken.get(asked.lineId) ?? 0;
    const free = Object.hasOwn(world.freeUnits, asked.lineId) ? (world.freeUnits[asked.lineId] ?? []) : [];
    const units = free.slice(from, from + asked.quantity);
    taken.set(asked.lineId, from + units.length);
    const sku = stockTaken(asked, line);
    const demand = sku === null ? 0 : (demanded.get(sku) ?? 0) + asked.quantity;
    if (sku !== null) demanded.set(sku, demand);
    const reason = world.policy.reasons.find((candidate) => candidate.code === asked.reason) ?? null;
    const goods = goodsOf({ world, asked, reason, units });
    cases.push({
      application,
      world,
      asked,
      line,
      reason,
      units,
      demand,
      goodsBack: goods === 'back' || (goods === 'either' && application.method !== 'none'),
    });
  }
  return { cases, unknownLines };
}

function assessLine(subject: Case, checks: readonly Check[]): AssessedLine {
  const { asked, reason, units, goodsBack, world } = subject;
  const findings = checks.map((check) => check(subject)).filter((finding) => finding !== null);
  return {
    lineId: asked.lineId,
    quantity: asked.quantity,
    units,
    eligible: findings.length === 0,
    findings,
    resolutions: reason?.resolutions ?? [],
    reason: asked.reason,
    fault: reason?.fault ?? 'customer',
    goodsBack,
    value: asked.resolution === 'adjustment' ? (asked.adjustmentAmount ?? 0) : valueOf(world, asked, units),
  };
}

/**
 * Whether a line's goods come back: not for a reason without goods, a resolution that leaves them, or a line below `keepItBelow`. With `goodsBack: optional` it is the
 * customer's choice: they keep them by choosing method `none`. A repair always needs them.
 */
function goodsOf({ world, asked, reason, units }: Pick<Case, 'world' | 'asked' | 'reason' | 'units'>): 'back' | 'stay' | 'either' {
  if (asked.resolution === 'repair') return 'back';
  if (reason?.goodsBack === 'none' || asked.resolution === 'refund_only' || asked.resolution === 'adjustment') return 'stay';
  const thresholdsHold = world.order.currency === world.policy.currency;
  if (thresholdsHold && units.length > 0 && valueOf(world, asked, units) < world.policy.refund.keepItBelow) return 'stay';
  return reason?.goodsBack === 'optional' ? 'either' : 'back';
}

function valueOf(world: World, asked: ApplicationLine, units: readonly number[]): number {
  return units.length === 0 ? 0 : world.unitAmounts(asked.lineId, units);
}

/** Automatic when each line has a rule that covers it; thresholds compare with what the whole application is worth, in the policy's currency only. */
function approvalOf(lines: readonly AssessedLine[], { order, policy, customer }: World): 'automatic' | 'review' {
  const total = lines.reduce((sum, line) => sum + line.value, 0);
  const covers = (rule: AutomaticApproval, line: AssessedLine): boolean =>
    total <= rule.maxAmount &&
    (rule.reasons.length === 0 || rule.reasons.includes(line.reason)) &&
    (rule.tiers.length === 0 || (customer.tier !== null && rule.tiers.includes(customer.tier))) &&
    customer.riskScore <= rule.maxRisk;
  const automatic =
    lines.length > 0 && order.currency === policy.currency && lines.every((line) => policy.approval.automatic.some((rule) => covers(rule, line)));
  return automatic ? 'automatic' : 'review';
}

/** What may be chosen, whichever was asked for: nothing but `none` where nothing is to come back, and `none` too where the customer may keep everything. */
function methodsOf(cases: readonly Case[], { policy }: World): readonly HandoverMethod[] {
  const goods = cases.map(goodsOf);
  if (goods.every((one) => one === 'stay')) return ['none'];
  const ways = policy.handover.methods.filter((method) => method !== 'none');
  return goods.includes('back') ? ways : [...ways, 'none'];
}
