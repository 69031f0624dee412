import type { Chargeback, Order } from './order';

/**
 * The order as it stands after `incoming` was imported over `stored`. Chargebacks are facts, reported by providers too: one that the shop's snapshot does
 * not name stays, as long as its tender does. Everything else is as imported.
 */
export function mergedImport(stored: Order, incoming: Order): Order {
  return { ...incoming, chargebacks: mergedChargebacks(stored, incoming) };
}

function mergedChargebacks(stored: Order, incoming: Order): readonly Chargeback[] {
  const named = new Set(incoming.chargebacks.map((chargeback) => chargeback.chargebackId));
  const tenders = new Set(incoming.tenders.map((tender) => tender.tenderId));
  const unnamed = stored.chargebacks.filter((chargeback) => !named.has(chargeback.chargebackId) && tenders.has(chargeback.tenderId));
  const said = incoming.chargebacks.map((chargeback) => standingChargeback(stored.chargebacks, chargeback));
  return unnamed.length === 0 ? said : [...unnamed, ...said];
}

/**
 * What stands about a dispute after somebody said `said`, the shop or a provider: they tell the same dispute late, twice and in any order. Once decided it is not open
 * again, and of two decisions, as of two words about an open one, the later stands.
 */
export function standingChargeback(known: readonly Chargeback[], said: Chargeback): Chargeback {
  const before = known.find((other) => other.chargebackId === said.chargebackId);
  if (!before) return said;
  const [wasOpen, isOpen] = [before.status === 'open', said.status === 'open'];
  const late = wasOpen === isOpen ? Date.parse(said.at) < Date.parse(before.at) : isOpen;
  return late ? before : said;
}

/**
 * Where `next` differs from `stored` in something that the first return freezes: a JSON pointer into the order, or null. Free to change are `deliveredAt`
 * of shipments, chargebacks, and tenders that were not there before; those that were stay as they are, in their sequence.
 */
export function frozenDifference(stored: Order, next: Order): string | null {
  return difference(frozenPart(stored, stored), frozenPart(next, stored), '');
}

function frozenPart(order: Order, known: Order): unknown {
  const tenders = new Set(known.tenders.map((tender) => tender.tenderId));
  return {
    ...order,
    chargebacks: [],
    shipments: order.shipments.map((shipment) => ({ ...shipment, deliveredAt: null })),
    tenders: order.tenders.filter((tender) => tenders.has(tender.tenderId)),
  };
}

/** JSON pointer of the first place where two JSON values differ; null when they are the same, whatever the sequence of their keys. */
export function difference(a: unknown, b: unknown, pointer = ''): string | null {
  if (a === b) return null;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
      const found = difference(a[index], b[index], `${pointer}/${index}`);
      if (found !== null) return found;
    }
    return a.length === b.length ? null : pointer;
  }
  if (!isRecord(a) || !isRecord(b)) return pointer;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = difference(a[key], b[key], `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    if (found !== null) return found;
  }
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What banks hold back of each tender: open disputes and lost ones; won ones are free again. Minor units, by tender. */
export function disputedAmounts(chargebacks: readonly Chargeback[]): ReadonlyMap<string, number> {
  const disputed = new Map<string, number>();
  for (const { tenderId, amount, status } of chargebacks) {
    if (status !== 'won') disputed.set(tenderId, (disputed.get(tenderId) ?? 0) + amount);
  }
  return disputed;
}
