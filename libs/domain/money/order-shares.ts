import type { Order, OrderLine, Shipment, TaxRate } from '../order';
import type { Allocator } from './allocator';
import { largestRemainder } from './default-allocator';
import { type LaidDiscount, spreadDiscounts } from './discount-spread';
import { atRate, type Fraction, insideAtRate, parseRate, proportion, sum, sumOfRates, times } from './rational';

/** Tax of one rate: on the line's, the shipment's or the unit's net amount, which all of its rates share. */
export interface TaxShare {
  readonly name: string;
  readonly rate: string;
  readonly netAmount: number;
  readonly taxAmount: number;
}
/** An order line as it was paid. Minor units; discounts are positive. */
export interface FrozenLine {
  readonly lineId: string;
  readonly quantity: number;
  readonly unitPrice: number;
  readonly pricesIncludeTax: boolean;
  readonly goodsAmount: number;
  /** Its own, the line-targeted and its share of the order's discounts. */
  readonly discountAmount: number;
  /** What `discountAmount` is made of, in the sequence in which it was laid. */
  readonly discounts: readonly LaidDiscount[];
  readonly taxes: readonly TaxShare[];
  readonly taxAmount: number;
  readonly paidAmount: number;
}
/** One piece of a line; `unit` counts from 1. */
export interface UnitShare {
  readonly unit: number;
  readonly goodsAmount: number;
  readonly discountAmount: number;
  readonly taxAmount: number;
  readonly paidAmount: number;
  readonly taxes: readonly TaxShare[];
}
export interface FrozenShipment {
  readonly shipmentId: string;
  readonly lineIds: readonly string[];
  readonly shippingAmount: number;
  readonly discountAmount: number;
  readonly taxes: readonly TaxShare[];
  readonly taxAmount: number;
  readonly paidAmount: number;
}
/** What was paid for what: a function of the order alone. `total` is what the tenders must come to. */
export interface FrozenOrder {
  readonly currency: string;
  readonly pricesIncludeTax: boolean;
  readonly lines: readonly FrozenLine[];
  readonly shipments: readonly FrozenShipment[];
  readonly total: number;
}

/** Throws DiscountsAboveGoods, AmountTooLarge, or RangeError for a rate that is no decimal; `orderProblem` says so beforehand. */
export function freezeOrder(order: Order, allocator: Allocator = largestRemainder): FrozenOrder {
  const discounts = spreadDiscounts(order, allocator);
  const lines = order.lines.map((line, index) => freezeLine(line, discounts.lines[index] ?? [], order.pricesIncludeTax));
  const shipments = order.shipments.map((shipment, index) => freezeShipment(shipment, discounts.shipments[index] ?? [], order.pricesIncludeTax));
  const total = sum([...lines, ...shipments].map((part) => part.paidAmount));
  return { currency: order.currency, pricesIncludeTax: order.pricesIncludeTax, lines, shipments, total };
}

function freezeLine(line: OrderLine, discounts: readonly LaidDiscount[], pricesIncludeTax: boolean): FrozenLine {
  const goodsAmount = times(line.unitPrice, line.quantity);
  const discountAmount = sum(discounts.map((discount) => discount.amount));
  const { lineId, quantity, unitPrice } = line;
  return {
    lineId,
    quantity,
    unitPrice,
    pricesIncludeTax,
    goodsAmount,
    discountAmount,
    discounts,
    ...taxed(goodsAmount - discountAmount, line.taxRates, pricesIncludeTax),
  };
}

function freezeShipment(shipment: Shipment, discounts: readonly LaidDiscount[], pricesIncludeTax: boolean): FrozenShipment {
  const discountAmount = sum(discounts.map((discount) => discount.amount));
  const { shipmentId, lineIds, shippingAmount, taxRates } = shipment;
  return { shipmentId, lineIds, shippingAmount, discountAmount, ...taxed(shippingAmount - discountAmount, taxRates, pricesIncludeTax) };
}

interface Taxed {
  readonly taxes: readonly TaxShare[];
  readonly taxAmount: number;
  readonly paidAmount: number;
}

/** The tax of an amount after discounts, rounded once per rate; all rates share one base, none compounds. */
function taxed(amount: number, taxRates: readonly TaxRate[], pricesIncludeTax: boolean): Taxed {
  const rates = taxRates.map((tax) => parseRate(tax.rate));
  const all = sumOfRates(rates);
  const amounts = rates.map((rate: Fraction) => (pricesIncludeTax ? insideAtRate(amount, rate, all) : atRate(amount, rate)));
  const taxAmount = sum(amounts);
  const netAmount = pricesIncludeTax ? amount - taxAmount : amount;
  const taxes = taxRates.map((tax, index) => ({ name: tax.name, rate: tax.rate, netAmount, taxAmount: amounts[index] ?? 0 }));
  return { taxes, taxAmount, paidAmount: pricesIncludeTax ? amount : sum([amount, taxAmount]) };
}

/** What an amount that the customer pays once more costs with the tax of the order's kind of prices: an exchange's article. */
export function priceWithTax(price: number, taxRates: readonly TaxRate[], pricesIncludeTax: boolean): number {
  return taxed(price, taxRates, pricesIncludeTax).paidAmount;
}

/**
 * The share of piece `unit` (1..quantity): the difference of two rounded running totals, so that any set of pieces is a sum and all of them are the
 * line, to the minor unit. Discounts run by count, tax runs by the amount after discounts (DESIGN §5.1).
 */
export function unitShare(line: FrozenLine, unit: number): UnitShare {
  if (!Number.isInteger(unit) || unit < 1 || unit > line.quantity) throw new RangeError(`line ${line.lineId} has no unit ${unit}`);
  const discountUpTo = proportion(line.discountAmount, unit, line.quantity);
  const discountBefore = proportion(line.discountAmount, unit - 1, line.quantity);
  const paidUpTo = line.unitPrice * unit - discountUpTo;
  const paidBefore = line.unitPrice * (unit - 1) - discountBefore;
  const whole = line.goodsAmount - line.discountAmount;
  const amounts = line.taxes.map((tax) => proportion(tax.taxAmount, paidUpTo, whole) - proportion(tax.taxAmount, paidBefore, whole));
  const taxAmount = amounts.reduce((all, amount) => all + amount, 0);
  const amount = paidUpTo - paidBefore;
  const netAmount = line.pricesIncludeTax ? amount - taxAmount : amount;
  return {
    unit,
    goodsAmount: line.unitPrice,
    discountAmount: discountUpTo - discountBefore,
    taxAmount,
    paidAmount: line.pricesIncludeTax ? amount : amount + taxAmount,
    taxes: line.taxes.map((tax, index) => ({ name: tax.name, rate: tax.rate, netAmount, taxAmount: amounts[index] ?? 0 })),
  };
}

/** Every piece of the line, 1..quantity. */
export function unitShares(line: FrozenLine): UnitShare[] {
  return Array.from({ length: line.quantity }, (_, index) => unitShare(line, index + 1));
}
