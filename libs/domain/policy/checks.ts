import type { OrderLine } from '../order';
import type { Application, ApplicationLine, World } from './application';
import type { Finding, FindingCode } from './findings';
import type { Reason } from './policy';
import { deliveredAt, windowEnd } from './return-window';

/** One line of an application with everything the checks look at. */
export interface Case {
  readonly application: Application;
  readonly world: World;
  readonly asked: ApplicationLine;
  readonly line: OrderLine;
  /** Null: the policy does not know it. */
  readonly reason: Reason | null;
  readonly units: readonly number[];
  readonly goodsBack: boolean;
  /** How many of the article this line would take from stock, and the lines before it too. */
  readonly demand: number;
}
/** A check asks one question and answers with one finding, or null. */
export type Check = (subject: Case) => Finding | null;

const findingIf = (found: boolean, code: FindingCode, detail: () => string): Finding | null => (found ? { code, detail: detail() } : null);
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const windowClosed: Check = ({ world, line, reason }) => {
  const end = windowEnd(world.policy.window, world.order, line, world.customer.tier, reason?.needsDelivery ?? true);
  return findingIf(end !== null && world.now > end, 'window_closed', () => `The time for returns ended on ${day(end ?? 0)}.`);
};

const notDelivered: Check = ({ world, line, reason }) =>
  findingIf((reason?.needsDelivery ?? true) && deliveredAt(world.order, line) === null, 'not_delivered', () => 'The goods have not been delivered yet.');

const finalSale: Check = ({ world, line }) => findingIf(world.policy.excluded.finalSale && line.finalSale, 'final_sale', () => 'The article was a final sale.');

const categoryExcluded: Check = ({ world, line }) =>
  findingIf(
    line.category !== null && world.policy.excluded.categories.includes(line.category),
    'category_excluded',
    () => `Articles of ${line.category} cannot be returned.`,
  );

const quantityUnavailable: Check = ({ asked, units }) =>
  findingIf(units.length < asked.quantity, 'quantity_unavailable', () => `${asked.quantity} asked for, ${units.length} can still be returned.`);

const reasonNotAllowed: Check = ({ asked, reason }) => findingIf(reason === null, 'reason_not_allowed', () => `${asked.reason} is not a reason for a return.`);

const resolutionNotAllowed: Check = ({ asked, reason }) =>
  findingIf(
    reason !== null && !reason.resolutions.includes(asked.resolution),
    'resolution_not_allowed',
    () => `${asked.resolution} cannot be asked for with ${asked.reason}; possible: ${reason?.resolutions.join(', ')}.`,
  );

const methodNotAllowed: Check = ({ application, world, goodsBack }) => {
  const { methods } = world.policy.handover;
  const allowed = application.method !== 'none' && methods.includes(application.method);
  return findingIf(
    goodsBack && !allowed,
    'method_not_allowed',
    () => `The goods have to come back by ${methods.filter((method) => method !== 'none').join(', ')}.`,
  );
};

const evidenceRequired: Check = ({ asked, reason }) =>
  findingIf(reason?.evidence === 'required' && asked.evidenceCount === 0, 'evidence_required', () => `${asked.reason} needs a photo or a document.`);

const customerBlocked: Check = ({ world }) =>
  findingIf(world.customer.blocked, 'customer_blocked', () => 'Returns by this customer need a talk with us first.');

/** The same article again is an even exchange whatever it costs by now. */
const exchangePriceHigher: Check = ({ world, asked, line, units }) => {
  const sku = asked.exchangeSku ?? line.sku;
  const price = world.stock[sku]?.price;
  if (asked.resolution !== 'exchange' || sku === line.sku || price === undefined || units.length === 0) return null;
  const higher = BigInt(price) * BigInt(units.length) > BigInt(world.unitPrices(asked.lineId, units));
  return findingIf(higher, 'exchange_price_higher', () => `${sku} costs more than what was paid.`);
};

const outOfStock: Check = ({ world, asked, line, demand }) => {
  const sku = stockTaken(asked, line);
  const available = sku === null ? 0 : (world.stock[sku]?.available ?? 0);
  return findingIf(sku !== null && available < demand, 'out_of_stock', () => `${demand} of ${sku} needed, ${available} in stock.`);
};

const amountTooHigh: Check = ({ world, asked, units }) => {
  if (asked.resolution !== 'adjustment' || asked.adjustmentAmount === null) return null;
  const most = units.length === 0 ? 0 : world.unitAmounts(asked.lineId, units);
  return findingIf(asked.adjustmentAmount > most, 'amount_too_high', () => `At most ${most} can be given for this, in minor units.`);
};

/** The article that a line would take from stock, or null. */
export function stockTaken(asked: ApplicationLine, line: Pick<OrderLine, 'sku'>): string | null {
  if (asked.resolution === 'exchange') return asked.exchangeSku ?? line.sku;
  return asked.resolution === 'reship' ? line.sku : null;
}

/** Every question, in the order of CONTRACT §10; a merchant's own check is one more entry. */
export const defaultChecks: readonly Check[] = [
  windowClosed,
  notDelivered,
  finalSale,
  categoryExcluded,
  quantityUnavailable,
  reasonNotAllowed,
  resolutionNotAllowed,
  methodNotAllowed,
  evidenceRequired,
  customerBlocked,
  exchangePriceHigher,
  outOfStock,
  amountTooHigh,
];
