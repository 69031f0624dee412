import { loadWorld } from '#activities/returns/world';
import { refundReported } from '#libs/contracts/webhook-events';
import { decide } from '#libs/domain/return/decide';
import { withScan, type Details } from '#libs/domain/return/details';
import type { Actor, Input } from '#libs/domain/return/input';
import type { ReturnState } from '#libs/domain/return/state';
import type { Transaction } from '#libs/persistence/database';
import type { JobContext } from './job-context';
import { recordMoneyFact, type MoneyFact } from './money-facts';

/** What a machine reported, as the inbox keeps it: an input of the domain without its id and actor. */
type FactBody = Omit<Input<'scan'>, 'id' | 'actor'> | Omit<Input<'refund_reported'>, 'id' | 'actor'>;
interface Fact {
  readonly id: number;
  readonly source: string;
  readonly receivedAt: Date;
  readonly input: FactBody | MoneyFact | null;
  /** What the sender said, in its own words. */
  readonly data: unknown;
}
interface Place {
  readonly merchantId: string;
  readonly returnId: string;
  /** Of a scan. */
  readonly parcelId: string | null;
  /** Something may follow from it there; else it is written down and no more. */
  readonly open: boolean;
}

/** So long a carrier may speak of a parcel that is through, and so long a scan of an unknown number is kept waiting for it. After that the number may be another parcel's. */
export const PATIENCE = '90 days';

/**
 * Brings one fact to its return. Without a return it stays where it is, and is looked at again when its number becomes known. One that changes nothing is written down
 * here and wakes no workflow; the others are marked as handled by the transaction that acts on them.
 */
export async function deliverFact(context: JobContext, inboxId: number): Promise<void> {
  const fact = await unhandled(context, inboxId);
  if (!fact?.input) return;
  const { input } = fact;
  if (input.type === 'refund_elsewhere' || input.type === 'chargeback_reported') return recordMoneyFact(context, inboxId, fact.source, input);
  const place = await placeOf(context, input, fact.receivedAt);
  if (!place) return input.type === 'scan' ? retire(context, fact) : notOurs(context, fact, input);
  const state = await context.database.inMerchant(place.merchantId, (tx) => consider(tx, fact, input, place));
  if (state === 'no_news' && input.type === 'refund_reported') return notOurs(context, fact, input);
  if (state && state !== 'no_news') await context.signal(state, { id: letterId(fact), kind: 'fact' });
}

/**
 * A refund is written down before anybody is asked for it: one that we do not know was made elsewhere. So was one of ours that is not what we wait for: given up, paid
 * another way, or paid before under another number of the provider's. Money that left is recorded.
 */
async function notOurs(context: JobContext, { id, source, data }: Fact, { status }: Omit<Input<'refund_reported'>, 'id' | 'actor'>): Promise<void> {
  const report = refundReported.safeParse(data).data;
  if (report && status !== 'pending') return recordMoneyFact(context, id, source, { type: 'refund_elsewhere', status, ...report });
  await context.database.asSystem((tx) => tx.query('UPDATE inbox SET handled_at = now() WHERE id = $1 AND handled_at IS NULL', [id]));
}

/** A scan that found no return in all that time will find none. It stays where it is, and nobody looks at it again. */
const retire = ({ database }: JobContext, { id }: Fact): Promise<void> =>
  database.asSystem(async (tx) => {
    await tx.query(`UPDATE inbox SET handled_at = now() WHERE id = $1 AND handled_at IS NULL AND received_at < now() - interval '${PATIENCE}'`, [id]);
  });

/** A parcel's or payment's number has become known: whatever was said about it before is dealt with now, in the order in which it came. */
export async function factsAbout(context: JobContext, subject: string): Promise<void> {
  const waiting = await context.database.asSystem((tx) =>
    tx.query<{ id: number }>('SELECT id FROM inbox WHERE subject = $1 AND handled_at IS NULL ORDER BY id LIMIT 1000', [subject]),
  );
  for (const { id } of waiting) await deliverFact(context, id);
}

const letterId = ({ id }: Fact): string => `fact/${id}`;

async function unhandled({ database }: JobContext, inboxId: number): Promise<Fact | null> {
  const [row] = await database.asSystem((tx) =>
    tx.query<Fact>(
      `SELECT id, source, received_at AS "receivedAt", body -> 'input' AS input, body -> 'event' -> 'data' AS data FROM inbox WHERE id = $1 AND handled_at IS NULL`,
      [inboxId],
    ),
  );
  return row ?? null;
}

/**
 * Numbers of parcels are given anew after some time, and anybody may say one. Of the returns that share it, meant is rather one that was there when it was scanned (none
 * has to be: a parcel may be on its way before anybody asks us); then one that is open, or was when it was scanned,
 * or whose parcel is still under way; then one that bought the number rather than one that merely said it; and of those one that is not closed, or was closed last. What is
 * said of a parcel that is through is about that parcel, as long as carriers speak of one: left over, it would be taken for the next parcel with that number.
 */
const placeOfScan = `
SELECT p.merchant_id AS "merchantId", p.return_id AS "returnId", p.parcel_id AS "parcelId", place.open
FROM parcel p JOIN return r ON r.merchant_id = p.merchant_id AND r.id = p.return_id
CROSS JOIN LATERAL (SELECT r.closed_at IS NULL OR r.closed_at >= $2 OR EXISTS (SELECT FROM jsonb_array_elements(r.state -> 'parcels') one
  WHERE one ->> 'parcelId' = p.parcel_id AND NOT one ->> 'status' IN ('delivered', 'lost')) AS open) AS place
WHERE p.tracking_number = $1
  AND (place.open OR (p.created_at <= $3 AND r.closed_at >= $2 - interval '${PATIENCE}'))
ORDER BY p.bought OR r.created_at <= $2 DESC, place.open DESC, p.bought DESC, r.closed_at DESC NULLS FIRST, p.created_at LIMIT 1`;
/** What never went to a provider is nothing it could tell of. */
const placeOfRefund = `
SELECT merchant_id AS "merchantId", return_id AS "returnId", NULL AS "parcelId", true AS open FROM refund WHERE id = $1 AND provider_payment_id IS NOT NULL LIMIT 1`;

async function placeOf({ database }: JobContext, input: FactBody, receivedAt: Date): Promise<Place | null> {
  const [row] = await database.asSystem((tx) =>
    input.type === 'scan'
      ? tx.query<Place>(placeOfScan, [input.trackingNumber, input.scannedAt, receivedAt])
      : tx.query<Place>(placeOfRefund, [input.refundId]),
  );
  return row ?? null;
}

/** The state to signal with. Without one nothing follows for the return: a scan is dealt with then, a refund's report is `no_news` and may yet tell of money. */
async function consider(tx: Transaction, fact: Fact, body: FactBody, place: Place): Promise<ReturnState | 'no_news' | null> {
  const [row] = await tx.query<{ state: ReturnState; details: Details }>('SELECT state, details FROM return WHERE id = $1 FOR UPDATE', [place.returnId]);
  if (!row) throw new Error(`no return ${place.returnId}`);
  if (place.open && (await isNews(tx, fact, body, row.state))) return row.state;
  if (body.type === 'refund_reported') return 'no_news';
  if (place.parcelId !== null) {
    const scans = withScan(row.details, place.parcelId, { status: body.status, at: body.scannedAt });
    await tx.query(`UPDATE return SET details = jsonb_set(details, '{scans}', $2::jsonb) WHERE id = $1`, [place.returnId, JSON.stringify(scans)]);
  }
  await tx.query('UPDATE inbox SET handled_at = now(), merchant_id = $2, return_id = $3 WHERE id = $1 AND handled_at IS NULL', [
    fact.id,
    place.merchantId,
    place.returnId,
  ]);
  return null;
}

async function isNews(tx: Transaction, fact: Fact, body: FactBody, state: ReturnState): Promise<boolean> {
  const world = await loadWorld(tx, state, Date.now() + state.clockOffset);
  if (!world) throw new Error(`return ${state.returnId} has no order`);
  const actor: Actor = { kind: body.type === 'scan' ? 'carrier' : 'provider', id: fact.source };
  const verdict = decide(state, { ...body, id: letterId(fact), actor }, world);
  return !('refusal' in verdict) && verdict.length > 0;
}
