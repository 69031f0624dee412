import { choosePolicy, inScope, shareOf, versionInForce, type PolicyQuestion, type PublishedVersion } from './choose-policy';
import { defaultPolicy } from './default-policy';
import type { Policy, PolicyScope } from './policy';

const everything: PolicyScope = { countries: [], regions: [], categories: [], channels: [], tiers: [], sharePercent: 100 };
const published = (policyId: string, change: Partial<Policy> & { version?: number; born?: string } = {}): PublishedVersion => {
  const { version = 1, born = '2026-01-01T00:00:00Z', ...rest } = change;
  return { policyId, version, policyCreatedAt: born, policy: { ...defaultPolicy('CNY', '2026-01-01T00:00:00Z'), ...rest } };
};
const scoped = (change: Partial<PolicyScope>) => ({ scope: { ...everything, ...change } });
const line = (lineId: string, category: string | null) => ({
  lineId,
  sku: 'X',
  title: '',
  category,
  supplier: null,
  quantity: 1,
  unitPrice: 1,
  discountAmount: 0,
  taxRates: [],
  finalSale: false,
  serials: [],
});
const question: PolicyQuestion = {
  order: {
    orderNumber: 'A1001',
    channel: 'web',
    placedAt: '2026-06-01T00:00:00Z',
    customer: { id: 'c', name: '', email: 'a@b.example', phone: null, tier: 'gold', locale: 'en' },
    shipTo: { name: '', phone: null, country: 'CN', region: 'Zhejiang', city: null, postalCode: null, lines: [] },
    lines: [line('1', 'apparel'), line('2', 'toys'), line('3', null)],
  },
  lineIds: ['1', '3'],
};
const chosen = (...versions: PublishedVersion[]) => {
  const found = choosePolicy(versions, question);
  return found && `${found.policyId}.${found.version}`;
};

const from = (version: number, effectiveFrom: string) => published('p', { version, effectiveFrom });
describe('the version in force', () => {
  const versions = [from(3, '2026-07-01T00:00:00Z'), from(1, '2026-02-01T00:00:00Z'), from(2, '2026-05-01T00:00:00Z')];
  test.each([
    ['2026-06-01T00:00:00Z', 2],
    ['2026-05-01T00:00:00Z', 2],
    ['2026-04-30T23:59:59Z', 1],
    ['2026-08-01T00:00:00Z', 3],
    ['2025-01-01T00:00:00Z', 1],
  ])('at %s is version %d', (at, version) => {
    expect(versionInForce(versions, Date.parse(at))?.version).toBe(version);
  });
  test('decides the scope: that of other versions does not count', () => {
    expect(
      chosen(from(1, '2026-02-01T00:00:00Z'), published('p', { version: 2, effectiveFrom: '2026-05-01T00:00:00Z', ...scoped({ countries: ['US'] }) })),
    ).toBeNull();
  });
  test('does not exist where nothing was published', () => {
    expect(versionInForce([], 0)).toBeNull();
    expect(chosen()).toBeNull();
  });
});

describe('a scope', () => {
  test.each<[string, Partial<PolicyScope>, boolean]>([
    ['everything', {}, true],
    ['the country', { countries: ['US', 'CN'] }, true],
    ['another country', { countries: ['US'] }, false],
    ['the region', { regions: ['Zhejiang'] }, true],
    ['another region', { regions: ['Hebei'] }, false],
    ['the category of a line in the application', { categories: ['apparel'] }, true],
    ['the category of a line that stays', { categories: ['toys'] }, false],
    ['the channel', { channels: ['web'] }, true],
    ['another channel', { channels: ['store'] }, false],
    ['the tier', { tiers: ['gold'] }, true],
    ['another tier', { tiers: ['silver'] }, false],
    ['the country but another channel', { countries: ['CN'], channels: ['store'] }, false],
    ['nobody’s share', { sharePercent: 0 }, false],
  ])('of %s matches: %s', (_, scope, expected) => {
    expect(inScope({ ...everything, ...scope }, question)).toBe(expected);
  });
  test('looks at the tier the customer has now, where the caller knows it', () => {
    expect(inScope({ ...everything, tiers: ['silver'] }, { ...question, tier: 'silver' })).toBe(true);
  });
  test('of countries does not match an order without an address', () => {
    expect(inScope({ ...everything, countries: ['CN'] }, { ...question, order: { ...question.order, shipTo: null } })).toBe(false);
  });
});

describe('of several policies', () => {
  test('the highest priority wins over a narrower scope', () => {
    expect(chosen(published('narrow', scoped({ countries: ['CN'], tiers: ['gold'] })), published('high', { priority: 1 }))).toBe('high.1');
  });
  test('then the narrower scope wins over the older', () => {
    expect(
      chosen(
        published('old', { born: '2025-01-01T00:00:00Z', ...scoped({ countries: ['CN'] }) }),
        published('narrow', scoped({ countries: ['CN'], channels: ['web'] })),
      ),
    ).toBe('narrow.1');
  });
  test('then the older wins, whatever the order in which they are listed', () => {
    const [older, younger] = [published('b', { born: '2025-01-01T00:00:00Z' }), published('a')];
    expect(chosen(older, younger)).toBe('b.1');
    expect(chosen(younger, older)).toBe('b.1');
  });
  test('one for a share of the orders wins over one for all of them', () => {
    const place = shareOf(question.order.orderNumber);
    const all = published('all', { born: '2025-01-01T00:00:00Z' });
    expect(chosen(all, published('trial', scoped({ sharePercent: place + 1 })))).toBe(place === 99 ? 'all.1' : 'trial.1');
    expect(chosen(all, published('trial', scoped({ sharePercent: place })))).toBe('all.1');
  });
});

describe('the share of an order number', () => {
  test('never changes', () => {
    expect(['A1001', 'A1002', 'B-7', '订单-1'].map((number) => shareOf(number))).toMatchInlineSnapshot(`
     [
       68,
       55,
       5,
       87,
     ]
    `);
  });
  test('spreads consecutive numbers evenly', () => {
    const count = Array.from({ length: 100 }, () => 0);
    for (let number = 0; number < 20_000; number++) count[shareOf(`A${100_000 + number}`)]! += 1;
    expect(Math.min(...count)).toBeGreaterThan(130);
    expect(Math.max(...count)).toBeLessThan(275);
  });
});
