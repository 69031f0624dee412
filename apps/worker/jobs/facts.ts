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
  readonly input: FactBody | MoneyFact | null;
  /** What the sender said, in its own words. */
  readonly data: unknown;
}
interface Place {
  readonly merchantId: string;
  readonly returnId: string;
  /** Of a scan. */
  readonly parcelId: string | null;
}

/**
 * Brings one fact to its return. Without a return it stays where it is, and is looked at again when its number becomes known. One that changes nothing is written down
 * here and wakes no workflow; the others are marked as handled by the transaction that acts on them.
 */
export async function deliverFact(context: JobContext, inboxId: number): Promise<void> {
  const fact = await unhandled(context, inboxId);
  if (!fact?.input) return;
  const { input } = fact;
  if (input.type === 'refund_elsewhere' || input.type === 'chargeback_reported') return recordMoneyFact(context, inboxId, fact.source, input);
  const place = await placeOf(context, input);
  if (!place) return input.type === 'scan' ? undefined : notOurs(context, fact, input);
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
    tx.query<Fact>(`SELECT id, source, body -> 'input' AS input, body -> 'event' -> 'data' AS data FROM inbox WHERE id = $1 AND handled_at IS NULL`, [inboxId]),
  );
  return row ?? null;
}

/**
 * Numbers of parcels are given anew after some time, and anybody may say one. Meant are returns that are open, or were when it was scanned, or whose parcel is still under
 * way: rather one that bought the number than one that merely said it, rather an open one, and of those the first.
 */
async function placeOf({ database }: JobContext, input: FactBody): Promise<Place | null> {
  const [row] = await database.asSystem((tx) =>
    input.type === 'scan'
      ? tx.query<Place>(
          `SELECT p.merchant_id AS "merchantId", p.return_id AS "returnId", p.parcel_id AS "parcelId"
           FROM parcel p JOIN return r ON r.merchant_id = p.merchant_id AND r.id = p.return_id
           WHERE p.tracking_number = $1 AND (r.closed_at IS NULL OR r.closed_at >= $2 OR EXISTS (SELECT FROM jsonb_array_elements(r.state -> 'parcels') one
             WHERE one ->> 'parcelId' = p.parcel_id AND NOT one ->> 'status' IN ('delivered', 'lost')))
           ORDER BY p.bought DESC, r.closed_at IS NOT NULL, p.created_at LIMIT 1`,
          [input.trackingNumber, input.scannedAt],
        )
      : tx.query<Place>(
          `SELECT merchant_id AS "merchantId", return_id AS "returnId", NULL AS "parcelId" FROM refund WHERE id = $1 AND provider_payment_id IS NOT NULL LIMIT 1`,
          [
            // What never went to a provider is nothing it could tell of.
            input.refundId,
          ],
        ),
  );
  return row ?? null;
}

/** The state to signal with. Without one nothing follows for the return: a scan is dealt with then, a refund's report is `no_news` and may yet tell of money. */
async function consider(tx: Transaction, fact: Fact, body: FactBody, place: Place): Promise<ReturnState | 'no_news' | null> {
  const [row] = await tx.query<{ state: ReturnState; details: Details }>('SELECT state, details FROM return WHERE id = $1 FOR UPDATE', [place.returnId]);
  if (!row) throw new Error(`no return ${place.returnId}`);
  const world = await loadWorld(tx, row.state, Date.now() + row.state.clockOffset);
  if (!world) throw new Error(`return ${place.returnId} has no order`);
  const actor: Actor = { kind: body.type === 'scan' ? 'carrier' : 'provider', id: fact.source };
  const verdict = decide(row.state, { ...body, id: letterId(fact), actor }, world);
  if (!('refusal' in verdict) && verdict.length > 0) return row.state;
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
