import { defaultDeadlines, defaultPolicy } from '#libs/domain/policy/default-policy';
import { userBody, userChangeBody } from './access-requests';
import { calendarBody } from './calendar';
import { errors, fieldErrors, problem, problemOf, type ErrorCode } from './errors';
import { pageQuery, returnsQuery } from './lists';
import { policyBody } from './policy';
import { refundSettleBody } from './finance-requests';
import { inspectionBody, receiptBody } from './receipt-requests';
import { applyBody, bulkBody, cancelBody, offerBody, pickupBody, ratingBody, shipmentBody } from './return-requests';
import { emptyBody } from './values';
import { carrierEventBody, parcelScanned, refundReported } from './webhook-events';

interface Parses {
  safeParse(value: unknown): { success: boolean; error?: { issues: Parameters<typeof fieldErrors>[0] } };
}
const pointers = (schema: Parses, value: unknown): string[] => fieldErrors(schema.safeParse(value).error?.issues ?? []).map((error) => error.pointer);

describe('an application', () => {
  const line = { lineId: '1', quantity: 2, reason: 'changed_mind' };
  const body = { orderNumber: 'A1001', lines: [line] };

  test('needs an order number and lines; a refund is what is asked for', () => {
    expect(applyBody.parse(body)).toEqual({
      orderNumber: 'A1001',
      channel: null,
      lines: [{ ...line, comment: null, resolution: 'refund', exchangeSku: null, adjustmentAmount: null, evidence: [] }],
      method: 'none',
      pickup: null,
      refundTo: 'original',
    });
  });
  test('is taken as the contract writes it', () => {
    const full = { ...line, comment: 'seam open', resolution: 'refund', exchangeSku: null, adjustmentAmount: null, evidence: ['fil_1'] };
    const pickup = { from: '2026-11-20T09:00:00Z', to: '2026-11-20T11:00:00Z' };
    expect(pointers(applyBody, { ...body, channel: 'web', lines: [full], method: 'door_pickup', pickup, refundTo: 'original' })).toEqual([]);
  });
  test.each([
    ['no lines', { lines: [] }, '/lines'],
    ['a line twice', { lines: [line, line] }, '/lines'],
    ['more than 2,000 units', { lines: ['1', '2', '3'].map((lineId) => ({ ...line, lineId, quantity: 999 })) }, '/lines'],
    ['no units of a line', { lines: [{ ...line, quantity: 0 }] }, '/lines/0/quantity'],
    ['an unknown resolution', { lines: [{ ...line, resolution: 'store_credit' }] }, '/lines/0/resolution'],
    ['an article with a refund', { lines: [{ ...line, exchangeSku: 'X' }] }, '/lines/0/exchangeSku'],
    ['an amount with a refund', { lines: [{ ...line, adjustmentAmount: 1 }] }, '/lines/0/adjustmentAmount'],
    ['an adjustment without an amount', { lines: [{ ...line, resolution: 'adjustment' }] }, '/lines/0/adjustmentAmount'],
    ['an adjustment by nothing', { lines: [{ ...line, resolution: 'adjustment', adjustmentAmount: 0 }] }, '/lines/0/adjustmentAmount'],
    ['evidence that is no file', { lines: [{ ...line, evidence: ['photo.jpg'] }] }, '/lines/0/evidence/0'],
    ['a comment of 2,001 characters', { lines: [{ ...line, comment: 'x'.repeat(2001) }] }, '/lines/0/comment'],
    ['a pickup without the courier', { method: 'drop_off', pickup: { from: '2026-11-20T09:00:00Z', to: '2026-11-20T11:00:00Z' } }, '/pickup'],
    ['an unknown method', { method: 'pigeon' }, '/method'],
  ])('with %s is refused at its place', (_, change, pointer) => {
    expect(pointers(applyBody, { ...body, ...change })).toEqual([pointer]);
  });
});

test('a pickup ends after it begins', () => {
  expect(pointers(pickupBody, { from: '2026-11-20T09:00:00+08:00', to: '2026-11-20T01:00:00Z' })).toEqual(['/to']);
});

test('calls that need no fields take no body, an empty one, and no field', () => {
  for (const schema of [emptyBody, cancelBody]) {
    expect(pointers(schema, undefined)).toEqual([]);
    expect(pointers(schema, {})).toEqual([]);
    expect(pointers(schema, { x: 1 })).toEqual(['/x']);
  }
});

test('an offer of an adjustment says how much; one of store credit may leave it open, and one in kind has no amount', () => {
  expect(pointers(offerBody, { resolution: 'adjustment' })).toEqual(['/amount']);
  expect(pointers(offerBody, { resolution: 'store_credit' })).toEqual([]);
  expect(pointers(offerBody, { resolution: 'refund_only', amount: 0 })).toEqual(['/amount']);
  for (const resolution of ['exchange', 'reship', 'repair']) {
    expect(pointers(offerBody, { resolution, amount: 100 })).toEqual(['/amount']);
    expect(pointers(offerBody, { resolution })).toEqual([]);
  }
});

test.each([
  [{ score: 0 }, '/score'],
  [{ score: 6 }, '/score'],
  [{ score: 5, recommend: 11 }, '/recommend'],
  [{ score: 4.5 }, '/score'],
])('%j is no rating', (body, pointer) => {
  expect(pointers(ratingBody, body)).toEqual([pointer]);
});

test('a bulk action names its returns by some criterion, and what its action needs', () => {
  expect(pointers(bulkBody, { action: 'extend', filter: {}, stage: 'review', by: 'P1D' })).toEqual(['/filter']);
  expect(pointers(bulkBody, { action: 'extend', filter: { overdue: true }, stage: 'review', by: 'P1D' })).toEqual([]);
  expect(pointers(bulkBody, { action: 'assign', filter: { overdue: true }, stage: 'review' })).toEqual(['/userId', '/stage']);
});

test('a receipt may hold anything, even nothing that is known', () => {
  expect(pointers(receiptBody, { lines: [{ quantity: 1, condition: 'a brick' }] })).toEqual([]);
  expect(receiptBody.parse({})).toMatchObject({ trackingNumber: null, lines: [], final: false });
});

test('an inspection names a unit or counts units, and no unit twice', () => {
  const graded = { grade: 'A', disposition: 'restock', accepted: true };
  const body = (...units: object[]) => ({ lines: [{ lineId: '1', units: units.map((unit) => ({ ...graded, ...unit })) }] });
  expect(pointers(inspectionBody, body({}, { unit: 1 }, { unit: 2, quantity: 1 }, { quantity: 3 }))).toEqual([]);
  expect(pointers(inspectionBody, body({ unit: 1, quantity: 2 }))).toEqual(['/lines/0/units/0/quantity']);
  expect(pointers(inspectionBody, body({ unit: 1 }, { unit: 1 }))).toEqual(['/lines']);
  expect(pointers(inspectionBody, body({ grade: 'E' }))).toEqual(['/lines/0/units/0/grade']);
});

describe('a policy', () => {
  const policy = defaultPolicy('CNY', '2026-01-01T00:00:00Z');
  test('that is the default one is taken and comes out as it went in', () => {
    expect(policyBody.parse(policy)).toEqual(policy);
  });
  test('may leave out all but name, currency, effectiveFrom, window and reasons; each stage keeps a deadline', () => {
    const short = { name: 'p', currency: 'KWD', effectiveFrom: '2026-01-01T00:00:00Z', window: { duration: 'P14D' }, reasons: policy.reasons };
    const parsed = policyBody.parse({ ...short, deadlines: { appeal: { target: 'P1D' } } });
    expect(parsed.deadlines).toEqual({ ...defaultDeadlines, appeal: { target: 'P1D', warn: null, calendar: '24x7', onBreach: 'close' } });
    expect(parsed.refund).toMatchObject({ fees: [], gradeDeductions: { A: '0', B: '0', C: '0', D: '0' }, approvalAbove: null });
    expect(parsed.approval.automatic).toEqual([]);
  });
  test.each([
    ['a breach that its stage does not have', { deadlines: { transit: { target: 'P1D', onBreach: 'accept' } } }, '/deadlines/transit/onBreach'],
    ['a warning after the deadline', { deadlines: { review: { target: 'P1D', warn: 'PT24H' } } }, '/deadlines/review/warn'],
    ['a duration in months', { window: { duration: 'P1M' } }, '/window/duration'],
    ['a rate above 1', { refund: { gradeDeductions: { D: '1.1' } } }, '/refund/gradeDeductions/D'],
    ['an unknown field deep inside', { refund: { gradeDeductions: { E: '1' } } }, '/refund/gradeDeductions/E'],
    ['a fee of both kinds', { refund: { fees: [{ kind: 'restocking', rate: '0.1', amount: 1 }] } }, '/refund/fees/0'],
    ['no reasons', { reasons: [] }, '/reasons'],
  ])('with %s is refused at its place', (_, change, pointer) => {
    expect(pointers(policyBody, { ...policy, ...change })).toEqual([pointer]);
  });
});

describe('a calendar', () => {
  const hours = [{ day: 1, from: '09:00', to: '18:00' }];
  test('needs a zone only, and may carry its id', () => {
    expect(calendarBody.parse({ id: 'x', zone: 'Asia/Shanghai' })).toEqual({
      id: 'x',
      zone: 'Asia/Shanghai',
      hours: [],
      holidays: [],
      workdays: [],
      years: [],
      suspensions: [],
    });
  });
  test.each([
    ['an unknown zone', { zone: 'Mars/Olympus' }, '/zone'],
    ['hours that end before they begin', { hours: [{ day: 1, from: '18:00', to: '09:00' }] }, '/hours/0/to'],
    ['hours that overlap', { hours: [...hours, { day: 1, from: '17:00', to: '19:00' }] }, '/hours/1'],
    ['an eighth day', { hours: [{ day: 8, from: '09:00', to: '18:00' }] }, '/hours/0/day'],
    ['a time that no clock shows', { hours: [{ day: 1, from: '09:60', to: '18:00' }] }, '/hours/0/from'],
    ['a holiday in a year it does not hold', { hours, years: [2026], holidays: ['2026-01-01', '2027-01-01'] }, '/holidays/1'],
    ['a holiday twice', { hours, holidays: ['2026-01-01', '2026-01-01'] }, '/holidays/1'],
    ['holidays around the clock', { holidays: ['2026-01-01'] }, '/holidays'],
    ['a day that does not exist', { hours, holidays: ['2026-02-29'] }, '/holidays/0'],
    [
      'a suspension that ends before it begins',
      { suspensions: [{ from: '2026-02-02T00:00:00Z', to: '2026-02-01T00:00:00Z', reason: '' }] },
      '/suspensions/0/to',
    ],
  ])('with %s is refused at its place', (_, change, pointer) => {
    expect(pointers(calendarBody, { zone: 'UTC', ...change })).toEqual([pointer]);
  });
  test('may close at midnight and pause for lunch', () => {
    const day = [
      { day: 1, from: '09:00', to: '12:00' },
      { day: 1, from: '12:00', to: '24:00' },
    ];
    expect(pointers(calendarBody, { zone: 'UTC', hours: day })).toEqual([]);
  });
});

describe('a query string', () => {
  test('has 50 a page unless it says otherwise, and 1 to 200', () => {
    expect(pageQuery.parse({})).toEqual({ limit: 50 });
    expect(pageQuery.parse({ limit: '200' })).toEqual({ limit: 200 });
    for (const limit of ['0', '201', '-1', '1.5', '', 'many']) expect(pointers(pageQuery, { limit })).toEqual(['/limit']);
  });
  test('has yes and no as true and false, and times from a day or an instant', () => {
    expect(returnsQuery.parse({ overdue: 'true', attention: 'false', from: '2026-11-01', to: '2026-11-02T00:00:00+08:00' })).toEqual({
      limit: 50,
      overdue: true,
      attention: false,
      from: '2026-11-01T00:00:00Z',
      to: '2026-11-01T16:00:00Z',
    });
    expect(pointers(returnsQuery, { overdue: '1' })).toEqual(['/overdue']);
    expect(pointers(returnsQuery, { status: 'lost' })).toEqual(['/status']);
  });
});

test('a user may be changed field by field, and a change gives nothing that was not in it', () => {
  expect(userChangeBody.parse({ active: false })).toEqual({ active: false });
  expect(userBody.parse({ email: 'a@b.example', name: 'A', role: 'agent' })).toMatchObject({ goodwillLimitAmount: 0, active: true, password: null });
  expect(pointers(userBody, { email: 'a@b.example', name: 'A', role: 'service' })).toEqual(['/role']);
});

test('events keep what we do not know; what we deal with is read strictly enough', () => {
  const event = {
    id: 'evt_1',
    type: 'parcel.scanned',
    at: '2026-11-13T09:00:00Z',
    data: { trackingNumber: 'T1', status: 'delivered', depot: 'HGH' },
    version: 7,
  };
  expect(carrierEventBody.parse(event)).toEqual(event);
  expect(parcelScanned.parse(event.data)).toEqual(event.data);
  expect(pointers(parcelScanned, { trackingNumber: 'T1', status: 'eaten' })).toEqual(['/status']);
  expect(pointers(refundReported, { providerRefundId: 'r', providerPaymentId: 'p', amount: 1.5 })).toEqual(['/amount']);
});

test('what the log keeps for good tells of nobody: a carrier and the reference of a payout hold no address, and a carrier no telephone number', () => {
  const sent = (carrier: string) => pointers(shipmentBody, { carrier, trackingNumber: 'T1' });
  for (const carrier of ['sf', 'SF Express', '顺丰速运', 'DHL 24', 'UPS 2nd Day 1234']) expect(sent(carrier)).toEqual([]);
  for (const carrier of ['my cousin, 13800001234', 'call +86 138 0000 1234', 'li.lei@example.com']) expect(sent(carrier)).toEqual(['/carrier']);
  expect(pointers(refundSettleBody, { reference: 'SEPA 2026-11-22 00012345678' })).toEqual([]);
  expect(pointers(refundSettleBody, { reference: 'to li.lei@example.com' })).toEqual(['/reference']);
});

describe('a problem', () => {
  test.each(Object.keys(errors) as ErrorCode[])('%s is well formed', (code) => {
    expect(problem.parse(problemOf(code, { detail: 'x' }))).toMatchObject({ code, status: errors[code].status });
  });
  test('lists at most 100 errors', () => {
    const body = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`f${index}`, 1]));
    expect(fieldErrors(emptyBody.safeParse(body).error?.issues ?? [])).toHaveLength(100);
  });
});
