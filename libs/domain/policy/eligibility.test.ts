import * as fc from 'fast-check';
import type { Order, OrderLine, Shipment } from '../order';
import type { Application, ApplicationLine, World } from './application';
import { defaultChecks } from './checks';
import { defaultPolicy } from './default-policy';
import { assess } from './eligibility';
import { findingCodes } from './findings';
import type { Policy, Reason } from './policy';

const placed = Date.parse('2026-11-01T00:00:00Z');
const delivered = Date.parse('2026-11-05T00:00:00Z');
const dayMs = 86_400_000;
const policy = defaultPolicy('CNY', '2026-01-01T00:00:00Z');
const line = (change: Partial<OrderLine> = {}): OrderLine => ({
  lineId: '1',
  sku: 'TEE',
  title: 'T-shirt',
  category: 'apparel',
  supplier: null,
  quantity: 3,
  unitPrice: 1000,
  discountAmount: 0,
  taxRates: [],
  finalSale: false,
  serials: [],
  ...change,
});
const shipment = (change: Partial<Shipment> = {}): Shipment => ({
  shipmentId: 's1',
  lineIds: ['1', '2'],
  shippingAmount: 0,
  discountAmount: 0,
  taxRates: [],
  deliveredAt: new Date(delivered).toISOString(),
  ...change,
});
const order: Order = {
  orderNumber: 'A1',
  channel: 'web',
  currency: 'CNY',
  placedAt: new Date(placed).toISOString(),
  pricesIncludeTax: true,
  customer: { id: 'c', name: '', email: 'a@b.example', phone: null, tier: null, locale: 'en' },
  shipTo: null,
  lines: [line(), line({ lineId: '2', sku: 'MUG', category: 'kitchen', quantity: 2, unitPrice: 500 })],
  discounts: [],
  shipments: [shipment()],
  tenders: [],
  pointsEarned: 0,
  pointsSpent: 0,
  giftedCoupons: [],
  freightInsurance: false,
  chargebacks: [],
};
const worth = (lineId: string, units: readonly number[]): number => (order.lines.find((one) => one.lineId === lineId)?.unitPrice ?? 0) * units.length;
const world = (change: Partial<World> = {}): World => ({
  now: delivered + dayMs,
  order,
  policy,
  freeUnits: { '1': [1, 2, 3], '2': [1, 2] },
  customer: { blocked: false, riskScore: 0, tier: null },
  stock: { TEE: { available: 5, price: 1000 }, MUG: { available: 5, price: 500 }, CAP: { available: 5, price: 900 } },
  unitAmounts: worth,
  unitPrices: worth,
  ...change,
});
const ask = (change: Partial<ApplicationLine> = {}): ApplicationLine => ({
  lineId: '1',
  quantity: 1,
  reason: 'damaged',
  resolution: 'refund',
  exchangeSku: null,
  adjustmentAmount: null,
  evidenceCount: 0,
  ...change,
});
const apply = (lines: ApplicationLine[], method: Application['method'] = 'drop_off'): Application => ({ channel: 'web', lines, method });
const withLine = (change: Partial<OrderLine>): Order => ({ ...order, lines: [line(change)] });
const withPolicy = (change: Partial<Policy>): Policy => ({ ...policy, ...change });
const withReason = (code: string, change: Partial<Reason>): Policy =>
  withPolicy({ reasons: policy.reasons.map((reason) => (reason.code === code ? { ...reason, ...change } : reason)) });
const codes = (lines: ApplicationLine[], given: Partial<World> = {}, method: Application['method'] = 'drop_off'): string[][] =>
  assess(apply(lines, method), world(given)).lines.map((one) => one.findings.map((finding) => finding.code));

test('an ordinary application is eligible, takes the lowest free units and says what may be asked for', () => {
  const assessment = assess(apply([ask({ quantity: 2 })]), world({ freeUnits: { '1': [1, 3] } }));
  expect(assessment).toEqual({
    eligible: true,
    unknownLines: [],
    approval: 'automatic',
    methods: ['drop_off', 'door_pickup', 'self_ship'],
    lines: [
      {
        lineId: '1',
        quantity: 2,
        units: [1, 3],
        eligible: true,
        findings: [],
        resolutions: ['refund', 'exchange', 'reship', 'repair', 'refund_only'],
        reason: 'damaged',
        fault: 'seller',
        goodsBack: true,
        value: 2000,
      },
    ],
  });
});

test('a line that is not in the order is bad input, not a finding, and makes the whole ineligible', () => {
  expect(assess(apply([ask(), ask({ lineId: '9' })]), world())).toMatchObject({ eligible: false, unknownLines: ['9'], lines: [{ eligible: true }] });
  expect(assess(apply([ask({ lineId: '__proto__' })]), world()).unknownLines).toEqual(['__proto__']);
});

const parcels = (...dates: (string | null)[]) => dates.map((deliveredAt, index) => shipment({ shipmentId: `s${index}`, lineIds: ['1'], deliveredAt }));
describe('the window', () => {
  const last = delivered + 30 * dayMs;
  test('includes its last millisecond', () => {
    expect(codes([ask()], { now: last })).toEqual([[]]);
    expect(codes([ask()], { now: last + 1 })).toEqual([['window_closed']]);
  });
  test('can run from the order instead of the delivery', () => {
    const from = withPolicy({ window: { ...policy.window, from: 'placed' } });
    expect(codes([ask()], { policy: from, now: placed + 30 * dayMs })).toEqual([[]]);
    expect(codes([ask()], { policy: from, now: placed + 30 * dayMs + 1 })).toEqual([['window_closed']]);
  });
  test('is the longest of those for the category and the tier', () => {
    const window = { ...policy.window, byCategory: { apparel: 'P60D' }, byTier: { gold: 'P45D' } };
    const gold = { blocked: false, riskScore: 0, tier: 'gold' };
    const both = [ask(), ask({ lineId: '2' })];
    expect(codes(both, { policy: withPolicy({ window }), now: delivered + 40 * dayMs, customer: gold })).toEqual([[], []]);
    expect(codes(both, { policy: withPolicy({ window }), now: delivered + 50 * dayMs, customer: gold })).toEqual([[], ['window_closed']]);
    expect(codes(both, { policy: withPolicy({ window }), now: delivered + 31 * dayMs })).toEqual([[], ['window_closed']]);
    expect(codes(both, { policy: withPolicy({ window }), now: delivered + 61 * dayMs, customer: gold })).toEqual([['window_closed'], ['window_closed']]);
  });
  test('has not begun before the delivery', () => {
    const waiting = { ...order, shipments: [shipment({ deliveredAt: null })] };
    expect(codes([ask()], { order: waiting, now: placed + 1000 * dayMs })).toEqual([['not_delivered']]);
  });
  test('for what never came runs from the order', () => {
    const waiting = { ...order, shipments: [shipment({ deliveredAt: null })] };
    expect(codes([ask({ reason: 'lost' })], { order: waiting, now: placed + 30 * dayMs }, 'none')).toEqual([[]]);
    expect(codes([ask({ reason: 'lost' })], { order: waiting, now: placed + 30 * dayMs + 1 }, 'none')).toEqual([['window_closed']]);
  });
  test('runs from the last of the line’s parcels that came, whatever other parcels do', () => {
    const split = { ...order, shipments: parcels('2026-11-05T00:00:00Z', '2026-11-15T00:00:00Z', null) };
    expect(codes([ask()], { order: split, now: Date.parse('2026-12-15T00:00:00Z') })).toEqual([[]]);
    expect(codes([ask()], { order: split, now: Date.parse('2026-12-15T00:00:01Z') })).toEqual([['window_closed']]);
    expect(codes([ask({ lineId: '2' })], { order: { ...order, shipments: parcels(null) } })).toEqual([[]]);
  });
});

test('a shipment that names no lines carries all; without shipments the goods went with the order', () => {
  expect(codes([ask()], { order: { ...order, shipments: [shipment({ lineIds: [], deliveredAt: null })] } })).toEqual([['not_delivered']]);
  expect(codes([ask()], { order: { ...order, shipments: [] }, now: placed + 30 * dayMs })).toEqual([[]]);
  expect(codes([ask()], { order: { ...order, shipments: [] }, now: placed + 30 * dayMs + 1 })).toEqual([['window_closed']]);
});

describe('each question finds its own', () => {
  const evidence = withReason('damaged', { evidence: 'required' });
  const adjust = (adjustmentAmount: number, quantity = 1) => ask({ reason: 'price_dropped', resolution: 'adjustment', adjustmentAmount, quantity });
  const exchange = (exchangeSku: string | null, quantity = 1) => ask({ resolution: 'exchange', exchangeSku, quantity });
  test.each<[string, ApplicationLine[], Partial<World>, string[][]]>([
    ['final_sale', [ask()], { order: withLine({ finalSale: true }) }, [['final_sale']]],
    [
      'no final_sale where the policy does not mind',
      [ask()],
      { order: withLine({ finalSale: true }), policy: withPolicy({ excluded: { finalSale: false, categories: [] } }) },
      [[]],
    ],
    ['category_excluded', [ask()], { policy: withPolicy({ excluded: { finalSale: true, categories: ['apparel'] } }) }, [['category_excluded']]],
    ['quantity_unavailable', [ask({ quantity: 4 })], {}, [['quantity_unavailable']]],
    ['quantity_unavailable where all are held', [ask()], { freeUnits: {} }, [['quantity_unavailable']]],
    ['quantity_unavailable for the second asker of one unit', [ask({ quantity: 2 }), ask({ quantity: 2 })], {}, [[], ['quantity_unavailable']]],
    ['reason_not_allowed', [ask({ reason: 'boredom' })], {}, [['reason_not_allowed']]],
    ['resolution_not_allowed', [ask({ reason: 'changed_mind', resolution: 'reship' })], {}, [['resolution_not_allowed']]],
    ['evidence_required', [ask()], { policy: evidence }, [['evidence_required']]],
    ['no evidence_required where there is some', [ask({ evidenceCount: 1 })], { policy: evidence }, [[]]],
    [
      'customer_blocked, on every line',
      [ask(), ask({ lineId: '2' })],
      { customer: { blocked: true, riskScore: 0, tier: null } },
      [['customer_blocked'], ['customer_blocked']],
    ],
    ['an even exchange', [exchange('CAP')], { stock: { CAP: { available: 1, price: 1000 } } }, [[]]],
    ['exchange_price_higher', [exchange('CAP')], { stock: { CAP: { available: 1, price: 1001 } } }, [['exchange_price_higher']]],
    ['no exchange_price_higher for the same article', [exchange(null)], { stock: { TEE: { available: 1, price: 9999 } } }, [[]]],
    ['out_of_stock', [exchange('CAP', 2)], { stock: { CAP: { available: 1, price: 900 } } }, [['out_of_stock']]],
    ['out_of_stock for an article nobody knows', [exchange('NIL')], {}, [['out_of_stock']]],
    ['out_of_stock for a reship', [ask({ resolution: 'reship' })], { stock: {} }, [['out_of_stock']]],
    [
      'out_of_stock for the line that comes second',
      [exchange('CAP'), { ...exchange('CAP'), lineId: '2' }],
      { stock: { CAP: { available: 1, price: 1 } } },
      [[], ['out_of_stock']],
    ],
    ['an adjustment of everything', [adjust(2000, 2)], {}, [[]]],
    ['amount_too_high', [adjust(2001, 2)], {}, [['amount_too_high']]],
    ['amount_too_high where no unit is left', [adjust(1)], { freeUnits: {} }, [['quantity_unavailable', 'amount_too_high']]],
  ])('%s', (_, lines, given, expected) => {
    expect(codes(lines, given)).toEqual(expected);
  });
});

describe('goods that come back', () => {
  const cheap = withPolicy({ refund: { ...policy.refund, keepItBelow: 1001 } });
  test.each<[string, ApplicationLine, Partial<World>, boolean]>([
    ['ordinarily', ask(), {}, true],
    ['not for a reason without goods', ask({ reason: 'lost' }), {}, false],
    ['not for a refund only', ask({ resolution: 'refund_only' }), {}, false],
    ['not for an adjustment', ask({ reason: 'price_dropped', resolution: 'adjustment', adjustmentAmount: 1 }), {}, false],
    ['not below the threshold', ask(), { policy: cheap }, false],
    ['at the threshold', ask(), { policy: withPolicy({ refund: { ...policy.refund, keepItBelow: 1000 } }) }, true],
    ['for two, which are worth more', ask({ quantity: 2 }), { policy: cheap }, true],
    ['below a threshold of another currency', ask(), { policy: { ...cheap, currency: 'EUR' } }, true],
    ['for a repair, whatever it is worth', ask({ resolution: 'repair' }), { policy: cheap }, true],
  ])('%s', (_, asked, given, expected) => {
    expect(assess(apply([asked], 'drop_off'), world(given)).lines[0]?.goodsBack).toBe(expected);
  });
  test('need a way that the policy offers; where nothing comes back any way will do', () => {
    const few = withPolicy({ handover: { ...policy.handover, methods: ['drop_off'] } });
    expect(codes([ask()], { policy: few }, 'self_ship')).toEqual([['method_not_allowed']]);
    expect(codes([ask()], { policy: few }, 'none')).toEqual([['method_not_allowed']]);
    expect(codes([ask(), ask({ lineId: '2', resolution: 'refund_only' })], { policy: few }, 'none')).toEqual([['method_not_allowed'], []]);
    for (const method of ['none', 'self_ship', 'drop_off'] as const) expect(codes([ask({ resolution: 'refund_only' })], { policy: few }, method)).toEqual([[]]);
    expect(assess(apply([ask({ resolution: 'refund_only' })]), world()).methods).toEqual(['none']);
  });
  test('may be kept by choosing no way, where the reason leaves it open', () => {
    const open = withReason('damaged', { goodsBack: 'optional' });
    const methods = ['drop_off', 'door_pickup', 'self_ship', 'none'];
    // The answer is the same whichever way was asked for: it is what may be chosen.
    expect(assess(apply([ask()], 'none'), world({ policy: open }))).toMatchObject({ eligible: true, lines: [{ goodsBack: false }], methods });
    expect(assess(apply([ask()]), world({ policy: open }))).toMatchObject({ lines: [{ goodsBack: true }], methods });
  });
  test('cannot be kept beside a line whose goods have to come back, whichever way is asked for', () => {
    const open = withReason('damaged', { goodsBack: 'optional' });
    for (const method of ['none', 'self_ship'] as const) {
      const found = (...lines: Parameters<typeof apply>[0]) => assess(apply(lines, method), world({ policy: open })).methods;
      expect(found(ask(), ask({ lineId: '2', reason: 'changed_mind' }))).toEqual(['drop_off', 'door_pickup', 'self_ship']);
      expect(found(ask(), ask({ lineId: '2', resolution: 'refund_only' }))).toEqual(['drop_off', 'door_pickup', 'self_ship', 'none']);
      expect(found(ask({ resolution: 'refund_only' }))).toEqual(['none']);
    }
  });
});

const rules = (...automatic: Partial<Policy['approval']['automatic'][number]>[]) =>
  withPolicy({ approval: { automatic: automatic.map((rule) => ({ maxAmount: 3000, reasons: [], tiers: [], maxRisk: 50, ...rule })) } });
describe('automatic approval', () => {
  const asked = [ask({ quantity: 2 }), ask({ lineId: '2', quantity: 2, reason: 'changed_mind' })];
  const gold = { blocked: false, riskScore: 50, tier: 'gold' };
  test.each<[string, Partial<World>, 'automatic' | 'review']>([
    ['up to the amount, of all lines together', { policy: rules({}) }, 'automatic'],
    ['not above it', { policy: rules({ maxAmount: 2999 }) }, 'review'],
    ['with one rule for each line', { policy: rules({ reasons: ['damaged'] }, { reasons: ['changed_mind'] }) }, 'automatic'],
    ['not when a line has none', { policy: rules({ reasons: ['damaged'] }) }, 'review'],
    ['for the tiers named', { policy: rules({ tiers: ['gold'] }), customer: gold }, 'automatic'],
    ['not for other tiers', { policy: rules({ tiers: ['gold'] }) }, 'review'],
    ['up to the risk', { policy: rules({}), customer: { ...gold, riskScore: 50 } }, 'automatic'],
    ['not above it', { policy: rules({}), customer: { ...gold, riskScore: 51 } }, 'review'],
    ['not in another currency', { policy: { ...rules({}), currency: 'EUR' } }, 'review'],
    ['not without rules', { policy: rules() }, 'review'],
  ])('%s', (_, given, expected) => {
    expect(assess(apply(asked), world(given)).approval).toBe(expected);
  });
  test('counts an adjustment by its amount, not by what the unit is worth', () => {
    const adjust = ask({ reason: 'price_dropped', resolution: 'adjustment', adjustmentAmount: 100 });
    expect(assess(apply([adjust], 'none'), world({ policy: rules({ maxAmount: 100 }) })).approval).toBe('automatic');
    expect(assess(apply([adjust], 'none'), world({ policy: rules({ maxAmount: 99 }) })).approval).toBe('review');
  });
});

test('all findings come out at once, in the order of the contract', () => {
  const strict: Policy = {
    ...withReason('damaged', { evidence: 'required', resolutions: ['refund'] }),
    excluded: { finalSale: true, categories: ['apparel'] },
    window: { ...policy.window, from: 'placed', duration: 'P1D' },
  };
  const undelivered = { ...withLine({ finalSale: true }), shipments: [shipment({ deliveredAt: null })] };
  const everything = codes(
    [ask({ quantity: 9, resolution: 'exchange', exchangeSku: 'CAP' })],
    { policy: strict, order: undelivered, customer: { blocked: true, riskScore: 0, tier: null }, stock: { CAP: { available: 0, price: 5000 } } },
    'none',
  );
  expect(everything).toEqual([findingCodes.filter((code) => code !== 'reason_not_allowed' && code !== 'amount_too_high')]);
});

test('whatever is asked, the findings are those of the single checks, and eligible means that there are none', () => {
  const asked = fc.record({
    lineId: fc.constantFrom('1', '2'),
    quantity: fc.integer({ min: 1, max: 4 }),
    reason: fc.constantFrom('damaged', 'changed_mind', 'lost', 'price_dropped', 'boredom'),
    resolution: fc.constantFrom<ApplicationLine['resolution'][]>('refund', 'exchange', 'reship', 'repair', 'refund_only', 'adjustment'),
    exchangeSku: fc.constantFrom(null, 'CAP', 'NIL'),
    adjustmentAmount: fc.constantFrom(null, 1, 5000),
    evidenceCount: fc.integer({ min: 0, max: 1 }),
  });
  const method = fc.constantFrom<Application['method'][]>('drop_off', 'self_ship', 'none');
  fc.assert(
    fc.property(fc.array(asked, { minLength: 1, maxLength: 3 }), method, fc.integer({ min: 0, max: 60 }), fc.boolean(), (lines, way, days, blocked) => {
      const given = world({ now: placed + days * dayMs, customer: { blocked, riskScore: 0, tier: null } });
      const whole = assess(apply(lines, way), given);
      const single = defaultChecks.map((check) => assess(apply(lines, way), given, [check]));
      whole.lines.forEach((one, index) => {
        expect(one.findings).toEqual(single.flatMap((part) => part.lines[index]?.findings ?? []));
        expect(one.eligible).toBe(one.findings.length === 0);
      });
      expect(whole.eligible).toBe(whole.lines.every((one) => one.findings.length === 0));
      const units = whole.lines.flatMap((one) => one.units.map((unit) => `${one.lineId}/${unit}`));
      expect(new Set(units).size).toBe(units.length);
    }),
  );
});
