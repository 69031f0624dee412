import type { Order } from '../order';
import type { Policy, PolicyScope } from './policy';

/** A published version of a policy. `policyCreatedAt` is the policy's own birth, RFC 3339, the same for all its versions. */
export interface PublishedVersion {
  readonly policyId: string;
  readonly version: number;
  readonly policyCreatedAt: string;
  readonly policy: Policy;
}

/** What a policy is chosen for: the order, the lines of the application, and the customer's tier (the order's when null). */
export interface PolicyQuestion {
  readonly order: Pick<Order, 'orderNumber' | 'channel' | 'placedAt' | 'customer' | 'shipTo' | 'lines'>;
  readonly lineIds: readonly string[];
  readonly tier?: string | null;
}

/**
 * The version that rules a return: of each policy the one in force when the order was placed; of those whose scope holds the order the highest
 * priority, then the narrower scope, then the older policy. Null when none matches.
 */
export function choosePolicy<V extends PublishedVersion>(published: readonly V[], question: PolicyQuestion): V | null {
  const placedAt = Date.parse(question.order.placedAt);
  const policies = [...new Set(published.map((version) => version.policyId))];
  const candidates = policies
    .map((policyId) => published.filter((version) => version.policyId === policyId))
    .map((versions) => versionInForce(versions, placedAt))
    .filter((version): version is V => version !== null && inScope(version.policy.scope, question));
  return candidates.toSorted(byPrecedence)[0] ?? null;
}

/** Of one policy's versions the latest effective at `at` (ms), or the oldest. Null only when there is none. */
export function versionInForce<V extends PublishedVersion>(versions: readonly V[], at: number): V | null {
  const ordered = versions.toSorted((a, b) => Date.parse(a.policy.effectiveFrom) - Date.parse(b.policy.effectiveFrom) || a.version - b.version);
  return ordered.findLast((version) => Date.parse(version.policy.effectiveFrom) <= at) ?? ordered[0] ?? null;
}

/** Whether a policy is for this order. Empty lists match everything; categories match when any line of the application has one of them. */
export function inScope(scope: PolicyScope, { order, lineIds, tier }: PolicyQuestion): boolean {
  const asked = new Set(lineIds);
  const categories = order.lines.filter((line) => asked.has(line.lineId)).map((line) => line.category);
  return (
    matches(scope.countries, [order.shipTo?.country]) &&
    matches(scope.regions, [order.shipTo?.region]) &&
    matches(scope.categories, categories) &&
    matches(scope.channels, [order.channel]) &&
    matches(scope.tiers, [tier ?? order.customer.tier]) &&
    shareOf(order.orderNumber) < scope.sharePercent
  );
}

/** The place of an order number among a hundred, 0–99: the same for ever, spread evenly (FNV-1a with a final mix). */
export function shareOf(orderNumber: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < orderNumber.length; index++) {
    const unit = orderNumber.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % 100;
}

function matches(list: readonly string[], values: readonly (string | null | undefined)[]): boolean {
  return list.length === 0 || values.some((value) => typeof value === 'string' && list.includes(value));
}

function byPrecedence(a: PublishedVersion, b: PublishedVersion): number {
  return (
    b.policy.priority - a.policy.priority ||
    narrowness(b.policy.scope) - narrowness(a.policy.scope) ||
    a.policy.scope.sharePercent - b.policy.scope.sharePercent ||
    Date.parse(a.policyCreatedAt) - Date.parse(b.policyCreatedAt) ||
    (a.policyId < b.policyId ? -1 : 1)
  );
}

/** How many lists of a scope say something. */
function narrowness(scope: PolicyScope): number {
  return [scope.countries, scope.regions, scope.categories, scope.channels, scope.tiers].filter((list) => list.length > 0).length;
}
