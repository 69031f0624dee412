import { takeAdvanced } from './advanced';
import type { Allocator } from './allocator';
import { giveCoupons } from './coupons';
import { largestRemainder } from './default-allocator';
import { fees1, fees2 } from './default-fees';
import { defaultTenderOrder } from './default-tender-order';
import { explain2, explain3 } from './explanation';
import { explain1 } from './explanation-1';
import type { FeeRules } from './fees';
import type { Explainer } from './findings';
import { giveUnits1, giveUnits2, type UnitRules } from './given-units';
import { freezeOrder } from './order-shares';
import { type ShippingRules, shipping1, shipping2 } from './outbound-shipping';
import { givePoints } from './points';
import { UnknownRuleVersion } from './settlement-error';
import { givenTaxes } from './taxes';
import type { TenderOrder } from './tender-order';

/** Every rule a settlement is made by. */
export interface RuleBook {
  readonly model: 'as_paid';
  readonly allocator: Allocator;
  /** What was paid for each line, piece and shipment. */
  readonly shares: typeof freezeOrder;
  /** What each piece gives before fees. */
  readonly units: UnitRules;
  readonly shipping: ShippingRules;
  readonly fees: FeeRules;
  readonly coupons: typeof giveCoupons;
  readonly taxes: typeof givenTaxes;
  /** What of the total advances have paid. */
  readonly advances: typeof takeAdvanced;
  readonly tenders: TenderOrder;
  readonly points: typeof givePoints;
  readonly explanation: Explainer;
}

/**
 * All versions of every rule. A rule that changes a figure or a word gets a new entry here and a new current version; an old entry stays as long as
 * settlements name it, which is for ever.
 */
const versions = {
  model: { as_paid: 'as_paid' },
  allocator: { [largestRemainder.version]: largestRemainder },
  shares: { 1: freezeOrder },
  units: { 1: giveUnits1, 2: giveUnits2 },
  shipping: { 1: shipping1, 2: shipping2 },
  fees: { 1: fees1, 2: fees2 },
  coupons: { 1: giveCoupons },
  taxes: { 1: givenTaxes },
  advances: { 1: takeAdvanced },
  tenders: { 1: defaultTenderOrder },
  points: { 1: givePoints },
  explanation: { 1: explain1, 2: explain2, 3: explain3 },
} as const satisfies { readonly [Rule in keyof RuleBook]: Readonly<Record<string, RuleBook[Rule]>> };

/** The version of each rule a settlement was made by: stored with it, so that it can be recomputed years later. */
export type RuleVersions = { readonly [Rule in keyof RuleBook]: keyof (typeof versions)[Rule] };

export const currentRules = {
  model: 'as_paid',
  allocator: 'largest-remainder-1',
  shares: 1,
  units: 2,
  shipping: 2,
  fees: 2,
  coupons: 1,
  taxes: 1,
  advances: 1,
  tenders: 1,
  points: 1,
  explanation: 3,
} as const satisfies RuleVersions;

/** Settlements were first stored with one version for all rules but model and allocator: 1 stood for the first of each. */
const together = [
  'shares',
  'units',
  'shipping',
  'fees',
  'coupons',
  'taxes',
  'advances',
  'tenders',
  'points',
  'explanation',
] as const satisfies (keyof RuleBook)[];

/** The rules that stored versions name. Throws UnknownRuleVersion for one that is not here, or not named at all. */
export function ruleBook(named: unknown): RuleBook {
  const { settlement, ...rules } = typeof named === 'object' && named !== null ? (named as Record<string, unknown>) : {};
  const all = settlement === undefined ? rules : { ...Object.fromEntries(together.map((rule) => [rule, settlement])), ...rules };
  const book = Object.entries(versions).map(([rule, known]) => [rule, pick(rule, known, all[rule])] as const);
  return Object.fromEntries(book) as unknown as RuleBook;
}

function pick(rule: string, known: Readonly<Record<string, unknown>>, version: unknown): unknown {
  const key = typeof version === 'string' || typeof version === 'number' ? String(version) : null;
  if (key === null || !Object.hasOwn(known, key)) throw new UnknownRuleVersion(rule, version, Object.keys(known));
  return known[key];
}

export const currentBook: RuleBook = ruleBook(currentRules);
